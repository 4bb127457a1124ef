"""A full disk and signals at one moment each; tests/benchmarks/harm.py tries ten of each, of three commands."""

import os
import signal
import sys
from pathlib import Path

import pytest

sys.path += [str(Path(__file__).parents[1] / folder) for folder in ("benchmarks", "unit")]
import harm
from watching import wait_for


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder in which the run was made once, for a year."""
    here = tmp_path_factory.mktemp("made")
    said = harm.start("run", here, 1).communicate()[1]
    assert (here / "out/manifest.json").exists(), said
    return here


def test_a_disk_that_is_full_leaves_the_earlier_run_and_says_so(made):
    before = harm.prints(made)
    process = harm.start("run", made, 1, limit=9_000)  # the smallest tables can be written, the largest cannot
    _, said = process.communicate()
    assert process.returncode == 1
    assert said.splitlines()[-1].startswith("fundingflows: ")
    assert "file too large" in said
    assert harm.prints(made) == before
    assert not harm.wrong("run", before, made, said, killed=False)


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_while_results_are_written_leaves_the_earlier_run(made, which):
    before = harm.prints(made)
    process = harm.start("run", made, 2)
    wait_for(lambda: list(made.glob(".out.*")) or process.poll() is not None)
    os.kill(process.pid, which)
    _, said = process.communicate()
    assert not harm.wrong("run", before, made, said, killed=which == signal.SIGKILL)
    assert harm.prints(made) == before
    assert process.returncode in (143, -signal.SIGKILL)
