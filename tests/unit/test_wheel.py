"""The built wheel holds every module and data file, and works outside the checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("model", "agents", "scenarios", "experiments")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return next(out.glob("*.whl"))


def test_wheel_holds_every_module_and_data_file(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        f"fundingflows/{file.relative_to(ROOT).as_posix()}"
        for folder in FOLDERS
        for pattern in ("*.py", "*.toml", "*.csv", "*.json", "*.css", "*.vue")
        for file in (ROOT / folder).rglob(pattern)
    }
    assert wanted - inside == set()
    assert not [name for name in inside if name.startswith(FOLDERS)]


def test_wheel_works_outside_the_checkout(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r})\n"
        "import fundingflows.model.system as s; print(s.__file__)\n"
        "from fundingflows.scenarios import load_place, load_funding\n"
        "print(load_place('anytown').registered, load_funding('status_quo').title)\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) in done.stdout
    assert "20000" in done.stdout
