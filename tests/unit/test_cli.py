"""The command line: what it writes, what it says of bad input, and that it answers at once."""

import contextlib
import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from fundingflows.experiments.cli import main
from watching import alive, wait_for, workers

COMMAND = [sys.executable, "-m", "fundingflows.experiments.cli"]


def call(*words, cwd):
    """The command as in a shell, but in this process, which has imported everything already."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.setattr(sys, "argv", ["fundingflows", *words])
        patch.chdir(cwd)
        with pytest.raises(SystemExit) as ended:
            main()
    return subprocess.CompletedProcess(words, ended.value.code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run and a comparison of a small place."""
    here = tmp_path_factory.mktemp("cli")
    one = ("--years", "1", "--seed", "2", "--trace", "3", "--csv", "--out", "one")
    done = call("run", "anytown", "capitated", *one, cwd=here)
    assert done.returncode == 0, done.stderr
    two = ("--place", "anytown", "--years", "1", "--seeds", "2", "--out", "two")
    done = call("compare", "status_quo", "capitated", *two, cwd=here)
    assert done.returncode == 0, done.stderr
    (here / "said").write_text(done.stdout)
    return here


def test_run_writes_the_documented_files(folder):
    manifest = json.loads((folder / "one/manifest.json").read_text())
    assert {"digest", "seed", "scenario_hash", "versions", "command"} <= set(manifest)
    ledger = pd.read_parquet(folder / "one/ledger.parquet")
    assert list(ledger.columns) == ["week", "payer", "payee", "purpose", "pence"]
    for name in ("organisations", "edges", "people", "weekly", "trace"):
        assert len(pd.read_parquet(folder / f"one/{name}.parquet")) > 0
        assert (folder / f"one/{name}.csv").exists()
    assert (folder / "one/picture.png").stat().st_size > 10_000


def test_a_comparison_can_be_verified(folder):
    done = call("verify", "two", "--most", "2", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": the same") == 2


def test_run_alone_and_inside_a_comparison_have_one_digest(folder):
    alone = json.loads((folder / "one/manifest.json").read_text())["digest"]
    together = json.loads((folder / "two/manifest.json").read_text())["digests"]
    assert together["capitated/2"] == alone


def test_a_run_goes_on_from_a_checkpoint_under_the_same_or_another_way_of_paying(folder):
    half = ("run", "anytown", "capitated", "--seed", "2", "--years", "1", "--checkpoint", "half.ff", "--out", "half")
    assert call(*half, cwd=folder).returncode == 0
    onward = ("--seed", "2", "--years", "2")
    assert call("run", "anytown", "capitated", *onward, "--out", "whole", cwd=folder).returncode == 0
    done = call("run", "anytown", "capitated", *onward, "--from", "half.ff", "--out", "rest", cwd=folder)
    assert done.returncode == 0, done.stderr
    digest = [json.loads((folder / name / "manifest.json").read_text())["digest"] for name in ("whole", "rest")]
    assert digest[0] == digest[1]
    other = call("run", "anytown", "activity_based", *onward, "--from", "half.ff", "--out", "other", cwd=folder)
    assert other.returncode == 0, other.stderr
    wrong = call("run", "anytown", "capitated", "--years", "2", "--from", "half.ff", "--out", "wrong", cwd=folder)
    assert wrong.returncode == 2
    assert "seed: the checkpoint has 2" in wrong.stderr


def test_comparison_says_level_difference_and_reason(folder):
    said = (folder / "said").read_text()
    for word in ("workload", "money", "people", "planet", "±", "each extra 1 % brought"):
        assert word in said
    table = pd.read_parquet(folder / "two/comparison.parquet")
    same = table[table["funding"] == "status_quo"]
    assert (same["difference"] == 0).all()
    moved = table[(table["funding"] == "capitated") & (table["measure"] == "electives")].iloc[0]
    assert moved["low"] <= moved["difference"] <= moved["high"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "somerst", "status_quo"), "did you mean 'somerset'"),
        (("run", "anytown", "capitation"), "did you mean 'capitated'"),
        (("run", "anytown", "missing.toml"), "missing.toml: no such file"),
        (
            ("run", "anytown", "status_quo", "--set", "hospital.acsc_shar=0.2"),
            "did you mean 'hospital.acsc_share'",
        ),
        (("run", "anytown", "status_quo", "--set", "hospital.acsc_share=lots"), "expected a number"),
        (("run", "anytown", "status_quo", "--set", "hospital.acsc_share=1.5"), "at most 1"),
        (("run", "anytown", "status_quo", "--set", "contracts.practice.global_sum.rate=-1"), "at least 0"),
        (
            ("run", "anytown", "status_quo", "--set", "contracts.practice.global_sun.rate=1"),
            "did you mean 'global_sum'",
        ),
        (("run", "anytown", "status_quo", "--trace", "x"), "--trace"),
        (("run", "anytown", "status_quo", "--sample", "0"), "sample"),
        (("run", "anytown", "status_quo", "--seed", "-1"), "--seed"),
        (("compare", "--seeds", "0"), "--seeds"),
        (("parameters", "hospitl"), "did you mean 'hospital'"),
    ],
)
def test_bad_input_gives_one_sentence_and_writes_nothing(tmp_path, monkeypatch, capsys, words, said):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["fundingflows", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    error = capsys.readouterr().err
    assert ended.value.code == 2
    assert said in error
    assert len(error.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_bad_input_from_a_shell_shows_no_traceback(tmp_path):
    done = subprocess.run([*COMMAND, "run", "anytown", "capitation"], capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years of work")
    done = call("run", "anytown", "status_quo", "--out", "mine", cwd=tmp_path)
    assert done.returncode == 2
    assert [f.name for f in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_help_needs_no_heavy_import(tmp_path):
    code = (
        "import sys, fundingflows.experiments.cli; "
        "print([m for m in ('mesa', 'numba', 'pandas', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("scenarios",),
        ("parameters",),
        ("parameters", "hospital.acsc_share"),
        ("incentives", "anytown", "somerset_obc", "--on", "2016-04-01"),
    ],
)
def test_listings_print(monkeypatch, capsys, words):
    monkeypatch.setattr(sys, "argv", ["fundingflows", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert len(capsys.readouterr().out.splitlines()) > 5


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no /proc to see processes in")
def test_a_comparison_that_is_stopped_leaves_only_what_was_finished(tmp_path):
    with subprocess.Popen(
        [*COMMAND, "compare", "--place", "anytown", "--years", "50"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as run:
        wait_for(lambda: workers(run.pid) or run.poll() is not None)  # they are at it for minutes
        ours = workers(run.pid)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=60)
    assert ours
    assert run.returncode == 130
    assert "finished runs are kept in results/compare-anytown/" in said
    left = [path.name for path in (tmp_path / "results" / "compare-anytown").iterdir() if path.name[0] != "."]
    assert left in ([], ["runs"])
    wait_for(lambda: not any(map(alive, ours)), seconds=10.0)
