"""Runs each planned run exactly once, even if workers die."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from . import shards
from .batch import Batch, Report
from .executors import DEATHS, Executor, Outcome, Stopped
from .spec import Task, version

SECONDS = 5.0  #: of work in a shard: about the most that a killed worker loses


@dataclass
class Tally:
    """Runs planned, kept, failed and newly made."""

    planned: int
    kept: int
    errors: int = 0
    new: int = 0
    deaths: int = 0
    seconds: float = 0.0  # of simulation for the new runs
    damaged: list[str] = field(default_factory=list)


def progress(keys: Sequence[str], folder: Path, retry_errors: bool = False) -> tuple[Tally, set[str]]:
    """Tally of the runs with these keys in the folder, and the missing keys."""
    made, damaged = shards.done(folder, retry_errors)
    missing = {key for key in keys if key not in made}
    errors = sum(made.get(key) is not None for key in keys)
    return Tally(len(keys), len(keys) - len(missing), errors, damaged=damaged), missing


class Dispatcher:
    """Cuts batches of a few seconds, hands them to workers and repeats lost ones."""

    def __init__(self, folder: Path, executor: Executor, seconds: float = SECONDS, again: bool = False) -> None:
        self.again = again
        self.folder, self.executor, self.target = folder.absolute(), executor, seconds
        self.lost: deque[tuple[Task, ...]] = deque()  # batches whose process died, to be tried again
        self.busy: dict[int, tuple[Task, ...]] = {}
        self.deaths: dict[str, int] = {}
        self.paces: deque[float] = deque(maxlen=20)  # seconds a run, of the last batches
        self.number = 0

    def run(self, todo: Sequence[Task], tally: Tally, report: Callable[[Tally], None]) -> Tally:
        """Make the runs.

        Raises:
            Stopped: when rows cannot be kept or workers cannot work; finished rows stay.
        """
        waiting = deque(todo)
        while waiting or self.lost or self.busy:
            while (waiting or self.lost) and len(self.busy) < self.executor.slots:
                self._give(self.lost.popleft() if self.lost else self._cut(waiting))
            for outcome in self.executor.wait():
                self._take(outcome, tally)
            report(tally)
        return tally

    def _cut(self, waiting: deque[Task]) -> tuple[Task, ...]:
        size = int(self.target / max(median(self.paces), 1e-6)) if self.paces else 1
        fair = -(-len(waiting) // (2 * self.executor.slots))  # smaller towards the end, so that no worker sits idle
        return tuple(waiting.popleft() for _ in range(min(max(size, 1), max(fair, 1), len(waiting))))

    def _give(self, runs: tuple[Task, ...], failed: str = "") -> None:
        self.number += 1
        self.busy[self.number] = runs
        self.executor.submit(self.number, Batch(self.folder, version(), runs, failed, self.again))

    def _take(self, outcome: Outcome, tally: Tally) -> None:
        runs = self.busy.pop(outcome.number)
        if outcome.died:
            tally.deaths += 1
            self._died(runs, outcome.died)
            return
        if outcome.error is not None:
            raise outcome.error
        report: Report = outcome.value
        if report.full:
            raise Stopped(f"{self.folder}: rows cannot be kept: {report.full.lower()}{_room(self.folder)}")
        tally.kept += report.rows
        tally.new += report.rows
        tally.errors += report.errors
        tally.seconds += report.seconds
        if report.seconds:
            self.paces.append(report.seconds / report.rows)

    def _died(self, runs: tuple[Task, ...], how: str) -> None:
        """Try lost runs again, in halves, to isolate a run that kills its process."""
        if shards.kept(self.folder, [run.key for run in runs]) and not self.again:
            self.lost.append(runs)  # the process died before it could say so; the next one will
        elif len(runs) > 1:
            self.lost.extend((runs[: len(runs) // 2], runs[len(runs) // 2 :]))
        else:
            (key,) = (run.key for run in runs)
            self.deaths[key] = self.deaths.get(key, 0) + 1
            if self.deaths[key] < DEATHS:
                self.lost.append(runs)
                return
            why = f"ProcessDied: the process that made this run died {DEATHS} times ({how}); is there enough memory?"
            self._give(runs, failed=why)


def _room(folder: Path) -> str:
    free = shutil.disk_usage(folder).free
    return f" ({free / 1e6:,.1f} MB are free)" if free < 1e8 else ""
