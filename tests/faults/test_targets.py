"""Targets are checked before the work; results come first; what was there survives whatever goes wrong."""

import errno
import json
import os
import subprocess
from pathlib import Path

import pytest
from fundingflows.experiments import cli
from fundingflows.experiments.commands import run as running
from fundingflows.experiments.results import output
from fundingflows.experiments.runs.executors import Stopped
from fundingflows.model import leftovers
from fundingflows.model.errors import InputError
from fundingflows.model.initial import checkpoint, state
from fundingflows.scenarios import FundingFlows


@pytest.fixture(scope="module")
def model():
    made = FundingFlows("anytown", "status_quo", rng=1)
    made.step()
    return made


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "link").symlink_to("notes.txt")
    (tmp_path / "linked").symlink_to("folder")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "expected the name of a file"),
        ("folder", "is a folder"),
        ("link", "a link"),
        ("/dev/null", "a device"),
        ("notes.txt", "something other than a checkpoint"),
        ("notes.txt/x", "cannot be written"),
        ("x" * 300, "no file can"),
        ("a\0b", "expected the name of a file"),
    ],
)
def test_a_checkpoint_goes_to_a_file_of_its_own(here, model, path, said):
    for check in (checkpoint.check_target, lambda path: checkpoint.save(model, path)):
        with pytest.raises(InputError, match=said):
            check(path)
    assert (here / "notes.txt").read_text() == "mine"
    assert (here / "link").is_symlink()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "the folder you are in"),
        (".", "the folder you are in"),
        ("..", "the folder you are in"),
        ("/", "you are in"),
        ("linked", "is a link"),
        ("link", "is a link"),
        ("notes.txt", "is a file"),
        ("x" * 300, "no folder can"),
        ("a\0b", "no folder can"),
        ("notes.txt/out", "cannot be written"),
        ("/dev/null/out", "cannot be written"),
    ],
)
def test_results_go_to_a_folder_of_their_own(here, path, said):
    with pytest.raises(InputError, match=said):
        output.check(Path(path))


def test_a_checkpoint_inside_the_folder_of_results_would_be_replaced_with_it(here, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["ff", "run", "anytown", "status_quo", "--out", "out", "--checkpoint", "out/w.ff"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "lies in out/" in capsys.readouterr().err


def test_a_checkpoint_that_fails_does_not_cost_the_results(here, model):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(Stopped, match=r"w\.ff: not written: No space left on device; the results are in out/"):
        running._keep(full, model, Path("w.ff"), Path("out"))


@pytest.mark.parametrize("moment", ["contents", "digest", "replace"])
def test_a_full_disk_leaves_the_earlier_checkpoint(here, model, monkeypatch, moment):
    kept = checkpoint.save(model, here / "w.ff").read_bytes()

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    where = {"contents": (checkpoint.np, "savez"), "digest": (checkpoint, "file_digest"), "replace": (Path, "replace")}
    monkeypatch.setattr(*where[moment], full)
    with pytest.raises(OSError, match="No space"):
        checkpoint.save(model, here / "w.ff")
    assert (here / "w.ff").read_bytes() == kept
    assert not list(here.glob(".w.ff.*"))


@pytest.mark.parametrize("end", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt(), cli.Terminated(143)])
def test_an_interrupted_run_leaves_the_earlier_one(here, end):
    for text in ("first", None):
        try:
            with output.writing(here / "out") as temporary:
                (temporary / "x").write_text(text or "half")
                if text is None:
                    raise end
                output.write_manifest(temporary, {})
        except type(end):
            pass
    assert (here / "out/x").read_text() == "first"
    assert sorted(p.name for p in here.iterdir()) == ["folder", "link", "linked", "notes.txt", "out"]


def test_an_earlier_run_returns_when_it_cannot_be_replaced(here, monkeypatch):
    with output.writing(here / "out") as temporary:
        output.write_manifest(temporary, {"run": 1})
    rename, times = Path.rename, []

    def failing(self, target):
        times.append(self)
        if len(times) == 2:
            raise OSError(errno.EIO, "broken")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="broken"), output.writing(here / "out") as temporary:
        output.write_manifest(temporary, {"run": 2})
    assert json.loads((here / "out/manifest.json").read_text()) == {"run": 1}


@pytest.mark.parametrize("end", [KeyboardInterrupt(), cli.Terminated(143)])
def test_a_signal_while_the_earlier_run_is_removed_leaves_the_new_one_alone(here, monkeypatch, end):
    with output.writing(here / "out") as temporary:
        output.write_manifest(temporary, {"run": 1})
    remove, times = output.shutil.rmtree, []

    def signalled(path, ignore_errors=False):
        times.append(path)
        if len(times) == 1:
            raise end
        remove(path, ignore_errors)

    monkeypatch.setattr(output.shutil, "rmtree", signalled)
    with pytest.raises(type(end)), output.writing(here / "out") as temporary:
        output.write_manifest(temporary, {"run": 2})
    assert json.loads((here / "out/manifest.json").read_text()) == {"run": 2}
    assert not list(here.glob(".out.*"))


@pytest.fixture
def dead():
    """What a process of this machine that has ended would have called something temporary for ``out``."""
    process = subprocess.Popen(["true"])
    process.wait()
    return leftovers.prefix("out").replace(f".{os.getpid()}.", f".{process.pid}.")


def test_an_earlier_run_returns_after_a_process_was_killed_while_replacing_it(here, dead):
    old = here / f"{dead}abc{output.OLD}"
    old.mkdir()
    (old / "manifest.json").write_text("{}")
    with pytest.raises(RuntimeError), output.writing(here / "out"):
        raise RuntimeError
    assert (here / "out/manifest.json").read_text() == "{}"
    assert not os.path.lexists(old)


def test_what_a_killed_process_left_goes_and_what_another_is_writing_stays(here, model, dead):
    busy = here / f"{leftovers.prefix('out')}xyz"
    for folder in (here / f"{dead}abc", busy):
        folder.mkdir()
        (folder / "half.parquet").write_bytes(b"x")
    (here / f"{dead}file").write_bytes(b"half a checkpoint")
    with output.writing(here / "out") as temporary:
        output.write_manifest(temporary, {})
    assert not list(here.glob(f"{dead}*"))
    assert busy.exists()
    checkpoint.save(model, here / "w.ff")
    assert {path.name for path in here.iterdir()} > {"w.ff", busy.name}


def test_a_manifest_is_written_whole_or_not_at_all(here, monkeypatch):
    output.write_manifest(here / "folder", {"run": 1})
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
    with pytest.raises(OSError, match="full"):
        output.write_manifest(here / "folder", {"run": 2})
    assert [path.name for path in (here / "folder").iterdir()] == ["manifest.json"]
    assert json.loads((here / "folder/manifest.json").read_text()) == {"run": 1}


@pytest.mark.parametrize("end", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt(), cli.Terminated(143)])
def test_a_steady_state_that_is_interrupted_leaves_nothing_in_the_cache(tmp_path, monkeypatch, end):
    def ended(*_):
        raise end

    monkeypatch.setattr(state, "add", ended)
    with pytest.raises(type(end)):
        state.InitialState({}).save(tmp_path / "cache")
    assert not list(tmp_path.iterdir())
