"""Commands made after the others: structure, place make, risk, report, history. Bad input and targets end in a line."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import pytest
from fundingflows.experiments.cli import main
from fundingflows.experiments.evidence.history import series
from fundingflows.experiments.figures import structure
from fundingflows.experiments.results import output

sys.path.append(str(Path(__file__).parents[1] / "unit/scenarios/published"))
from invented import workforce, write

COMMANDS = {
    "structure": ["structure"],
    "loops": ["structure", "--loops", "anytown", "status_quo", "--years", "1", "--seeds", "1", "--processes", "1"],
    "place": ["place", "make", "people.csv"],
    "risk": ["risk", "anytown", "status_quo", "--years", "0", "--seeds", "2", "--sample", "0.2", "--processes", "1"],
    "report": ["report", "status_quo", "capitated", "--place", "anytown", "--years", "1", "--seeds", "1"],
    "history": ["history", "anytown", "--seeds", "1", "--processes", "1"],
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with files and folders of somebody's, and a file that a place can be made of."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "people.csv", workforce())
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "other").mkdir()
    (tmp_path / "other/structure.md").write_text("mine")
    (tmp_path / "linked").symlink_to("other")
    (tmp_path / "bad.toml").write_text("a = [")
    (tmp_path / "odd.toml").write_text('title = "t"\n')
    return tmp_path


def said(capsys, monkeypatch, *words) -> tuple[int, str]:
    """Exit code of a command, and its last line on the way of errors; one that is refused prints nothing else."""
    monkeypatch.setattr("sys.argv", ["fundingflows", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert ended.value.code != 2 or not out
    assert not [line for line in lines if "Traceback" in line]
    return int(ended.value.code or 0), lines[-1] if lines else ""


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "target", ["notes.txt", "other", "/dev/null", "notes.txt/x", "x" * 300, "linked"],
)  # fmt: skip
def test_a_target_that_is_somebodys_is_refused_before_the_work(here, monkeypatch, capsys, command, target):
    before = everything(here)
    code, line = said(capsys, monkeypatch, *COMMANDS[command], "--out", target)
    assert code == 2
    assert line.startswith("fundingflows: --out ")
    assert everything(here) == before


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("structure", "--baseline", "2015-16"), "unknown baseline '2015-16'; did you mean '2015_16'?"),
        (("structure", "--baseline", "./other"), "other: not a baseline"),
        (("structure", "--years", "2"), "are for --loops PLACE FUNDING"),
        (("structure", "--longest", "0"), "--longest: expected a whole number from 1"),
        (("structure", "--loops", "nowhere", "status_quo"), "unknown place 'nowhere'"),
        (("structure", "--loops", "anytown", "bad.toml"), "bad.toml: not valid TOML"),
        (("structure", "--loops", "anytown", "status_quo", "--seeds", "0"), "--seeds: expected a whole number from 1"),
        (("structure", "--loops", "anytown", "status_quo", "--years", "0.5"), "--years: expected from 1 to 50 years"),
        (("structure", "--loops", "anytown", "status_quo", "--baseline", "2015_16"), "cannot go with --loops"),
        (("place", "make", "nowhere.csv"), "nowhere.csv: cannot be read: no such file"),
        (("place", "make", "other"), "other: cannot be read: is a directory"),
        (("place", "make", "bad.toml"), "bad.toml: "),
        (("place", "make", "notes.txt"), "notes.txt: "),
        (("place", "make", "people.csv", "./people.csv"), "people.csv: is given twice"),
        (("place", "make", "people.csv", "--smallest", "100001"), "--smallest: expected a whole number"),
        (("place", "make", "people.csv", "--practices", "none.csv"), "none.csv: cannot be read"),
        (("place", "make", "people.csv", "--practices", "Z99999"), "Z99999"),
        (("place", "make", "people.csv", "--pcn", "Nowhere"), "Nowhere"),
        (("place", "make", "people.csv", "--group", "North"), "--group: names a place of a saved session"),
        (("place", "make", "people.csv", "--baseline", "bad.toml"), "bad.toml"),
        (("risk", "nowhere"), "unknown place 'nowhere'"),
        (("risk", "bad.toml"), "bad.toml: not valid TOML"),
        (("risk", "anytown", "bad.toml"), "bad.toml: not valid TOML"),
        (("risk", "anytown", "odd.toml"), "odd.toml: "),
        (("risk", "anytown", "--seeds", "1"), "--seeds: expected a whole number from 2"),
        (("risk", "anytown", "--years", "-1"), "--years: expected a whole number from 0"),
        (("risk", "anytown", "--years", "50"), "--years: expected from 1 to 50 years, got 51"),
        (("risk", "anytown", "--sample", "1.5"), "sample"),
        (("risk", "anytown", "--processes", "0"), "--processes: expected a whole number of at least 1"),
        (("report", "bad.toml"), "bad.toml: not valid TOML"),
        (("report", "status_quo", "capitatd"), "unknown funding file 'capitatd'; did you mean 'capitated'?"),
        (("report", "--years", "nan"), "--years: expected from 1 to 50 years"),
        (("report", "--paths", "bad.toml"), "bad.toml: not valid TOML"),
        (("report", "--hold", "nothing"), "--hold: unknown link 'nothing'"),
        (("report", "--uncertainty", "1"), "--uncertainty: expected a whole number from 2"),
        (("report", "--seeds", "1000000000"), "--seeds: expected a whole number from 1"),
        (("history", "nowhere"), "unknown place 'nowhere'"),
        (("history", "bad.toml"), "bad.toml: not valid TOML"),
        (("history", "--seeds", "0"), "--seeds: expected a whole number from 1"),
        (("history", "anytown", "--sample", "nan"), "sample"),
    ],
)  # fmt: skip
def test_input_that_cannot_be_used_is_refused_in_a_line(here, monkeypatch, capsys, words, expected):
    before = everything(here)
    code, line = said(capsys, monkeypatch, *words)
    assert code == 2
    assert line.startswith("fundingflows: ")
    assert expected in line
    assert everything(here) == before


@pytest.mark.parametrize("command", ["structure", "place", "risk", "history"])  # report is written as compare
def test_a_disk_that_is_full_leaves_what_was_there(here, monkeypatch, capsys, command):
    monkeypatch.setattr(structure, "loop_diagram", lambda panel: structure.BEGINS[".svg"])  # half a minute's drawing
    monkeypatch.setattr(series, "simulated", lambda *_, **__: {})
    monkeypatch.setattr(series, "table", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left")))
    if command == "structure":
        assert said(capsys, monkeypatch, "structure", "--out", "out")[0] == 0
    else:
        with output.writing(here / "out") as temporary:
            output.write_manifest(temporary, {"run": 1})
    before = everything(here / "out")

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    code, line = said(capsys, monkeypatch, *COMMANDS[command], "--out", "out")
    assert (code, "no space left" in line) == (1, True)
    after = everything(here / "out")
    assert {name: raw for name, raw in after.items() if not name.startswith(("runs/", ".sweep"))} == before
    assert not [path for path in here.rglob(".*") if not path.name.endswith(".lock")]
