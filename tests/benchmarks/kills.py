"""Kill what makes a sweep, again and again, and see that nothing is lost: ``python tests/benchmarks/kills.py``.

Each way of killing ends in the digest of a sweep that nobody touched, every run exactly once and no error. Kills are
counted, so that it ends: a worker of Dask lives for seconds before it can work, and one that is always killed finishes
nothing. It takes minutes, which is why the tests have only one kill of each kind.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq
from fundingflows.experiments.sweeps.results import open_sweep

sys.path.append(str(Path(__file__).parents[1] / "unit"))
from watching import alive, below, used, workers

TOML = """
fundings = ["status_quo", "capitated"]
years = 5
seeds = {seeds}
[vary]
"hospital.acsc_share" = [0.18, 0.22]
"""


def start(file: Path, folder: Path, *words: str) -> subprocess.Popen:
    """The sweep's own command."""
    command = [sys.executable, "-m", "fundingflows.experiments.cli", "sweep", str(file), "--out", str(folder), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


LONGEST = 14.0  #: seconds of processor time before a worker or parent is killed; some three of them are its start
MOST = 10  #: kills of workers in a spree


@contextmanager
def killing(pids: Callable[[], list[int]], luck: random.Random, most: int = MOST) -> Iterator[list[int]]:
    """While inside, workers are killed when they have worked for a random time; the list holds those that were."""
    killed: list[int] = []
    lives: dict[int, float] = {}
    over = threading.Event()

    def spree() -> None:
        while len(killed) < most and not over.wait(0.1):
            for pid in pids():
                if used(pid) > lives.setdefault(pid, luck.uniform(0.5, LONGEST)) and pid not in killed:
                    killed.append(pid)
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)

    thread = threading.Thread(target=spree)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def judge(name: str, folder: Path, planned: int, digest: str, note: str) -> bool:
    """Say whether every run is there exactly once, without errors, with the results of the quiet sweep."""
    found = open_sweep(folder)
    rows = sum(pq.ParquetFile(path).metadata.num_rows for path in (folder / "runs").glob("*.parquet"))
    errors = int(found.runs["error"].notna().sum())
    same = found.digest == digest
    print(f"{name}: {len(found.runs)} of {planned} runs in {rows} rows, {errors} errors, {note}; "
          f"digest {'the same' if same else 'NOT THE SAME'}", flush=True)  # fmt: skip
    return same and rows == planned and errors == 0


def finish(process: subprocess.Popen) -> str:
    """Wait for it; what it said."""
    said, _ = process.communicate(timeout=1800)
    if process.returncode:
        raise SystemExit(f"the sweep ended with {process.returncode}: {said}")
    return said


def kill_workers(file: Path, folder: Path, luck: random.Random, *words: str, most: int = MOST) -> str:
    """A spree among the workers of one sweep."""
    process = start(file, folder, *words)
    with killing(lambda: workers(process.pid), luck, most) as killed:
        finish(process)
    return f"{len(killed)} workers killed"


def kill_parents(file: Path, folder: Path, luck: random.Random, *ways: tuple[str, ...], times: int) -> str:
    """Parents are killed at random moments, as often as is asked; orphans are waited for. ``ways``: one a parent."""
    slowest, halfway = 0.0, 0
    for _ in range(times):
        parents = [start(file, folder, *words) for words in ways]
        lives = [luck.uniform(1.0, LONGEST) for _ in parents]
        ours: list[int] = []
        began = time.monotonic()
        while any(parent.poll() is None for parent in parents):
            for parent, life in zip(parents, lives, strict=True):
                if parent.poll() is None and used(parent.pid) + sum(map(used, below(parent.pid))) > life:
                    ours += below(parent.pid)
                    parent.kill()
                    parent.wait()  # not for what it says: its workers hold the pipe while they live
                    began = time.monotonic()
            time.sleep(0.02)
        while any(map(alive, ours)):
            if time.monotonic() - began > 20.0:
                raise SystemExit("orphans are alive after 20 s")
            time.sleep(0.05)
        slowest = max(slowest, time.monotonic() - began) if ours else slowest
        halfway += len(ours) > 0
        for parent in parents:
            parent.communicate()
    for parent in [start(file, folder, *words) for words in ways]:
        finish(parent)
    return f"killed {times} times ({halfway} with workers), orphans gone after at most {slowest:.1f} s"


def two_parts(file: Path, folder: Path, luck: random.Random, most: int = MOST) -> str:
    """Two array parts at once, with a spree among the workers of both."""
    parts = [start(file, folder, *words) for words in PARTS]
    with killing(lambda: [pid for part in parts for pid in workers(part.pid)], luck, most) as killed:
        for part in parts:
            finish(part)
    return f"{len(killed)} workers killed"


PARTS = [("--part", f"{i}/2", "--processes", "2") for i in (1, 2)]
DASK = ("--dask", "local", "--processes", "2")


def main() -> None:
    """All of them, or those that are named."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("ways", nargs="*", help="[default: all of them]")
    asked.add_argument("--seeds", type=int, default=12)
    asked.add_argument("--luck", type=int, default=1)
    asked.add_argument("--most", type=int, default=MOST, help="kills of workers in a spree")
    asked.add_argument("--times", type=int, default=4, help="kills of parents")
    asked = asked.parse_args()
    most, times = asked.most, asked.times
    ways: dict[str, Callable[[Path, Path, random.Random], str]] = {
        "spree": lambda *a: kill_workers(*a, "--processes", "2", most=most),
        "parents": lambda *a: kill_parents(*a, ("--processes", "2"), times=times),
        "parts": lambda *a: two_parts(*a, most=most),
        "parts-parents": lambda *a: kill_parents(*a, *PARTS, times=times),
        "dask": lambda *a: kill_workers(*a, *DASK, most=most),
        "dask-parents": lambda *a: kill_parents(*a, DASK, times=times),
    }
    with tempfile.TemporaryDirectory() as here:
        file = Path(here) / "kills.toml"
        file.write_text(TOML.format(seeds=asked.seeds))
        quiet = Path(here) / "quiet"
        finish(start(file, quiet, "--processes", "1"))
        planned, digest = 4 * asked.seeds, open_sweep(quiet).digest
        good = judge("quiet", quiet, planned, digest, "nobody killed")
        for way in asked.ways or ways:
            folder = Path(here) / way
            note = ways[way](file, folder, random.Random(asked.luck))
            good &= judge(way, folder, planned, digest, note)
    raise SystemExit(not good)


if __name__ == "__main__":
    main()
