"""Sees to it that every run of a plan is made once, whatever happens to those who make them."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from ..sweeps.plan import Plan
from . import shards
from .executors import DEATHS, Executor, Outcome, Stopped
from .runs import Batch, Report, Run, version

SECONDS = 5.0  #: of work in a shard: what a killed worker loses at most, give or take a run


@dataclass
class Tally:
    """How a sweep stands."""

    planned: int
    kept: int
    errors: int = 0
    new: int = 0
    deaths: int = 0
    seconds: float = 0.0  # that the model took for the new runs
    damaged: list[str] = field(default_factory=list)


def stand(runs: Sequence[Run], folder: Path, retry_errors: bool = False) -> tuple[Tally, list[Run]]:
    """How these runs stand in the folder, and which are still to be made."""
    made, damaged = shards.done(folder, retry_errors)
    todo = [run for run in runs if run.key not in made]
    errors = sum(made.get(run.key) is not None for run in runs)
    return Tally(len(runs), len(runs) - len(todo), errors, damaged=damaged), todo


class Driver:
    """One sweep at work: cuts batches that take some seconds, gives them out, and takes back those that were lost."""

    def __init__(
        self, plan: Plan, folder: Path, executor: Executor, seconds: float = SECONDS, again: bool = False
    ) -> None:
        self.again = again
        self.plan, self.folder, self.executor, self.target = plan, folder.absolute(), executor, seconds
        self.lost: deque[tuple[Run, ...]] = deque()  # batches whose process died, to be tried again
        self.busy: dict[int, tuple[Run, ...]] = {}
        self.deaths: dict[str, int] = {}
        self.paces: deque[float] = deque(maxlen=20)  # seconds a run, of the last batches
        self.number = 0

    def run(self, todo: Sequence[Run], tally: Tally, progress: Callable[[Tally], None]) -> Tally:
        """Make the runs.

        Raises:
            Stopped: when rows cannot be kept or workers cannot work; what was kept is kept.
        """
        waiting = deque(todo)
        while waiting or self.lost or self.busy:
            while (waiting or self.lost) and len(self.busy) < self.executor.slots:
                self._give(self.lost.popleft() if self.lost else self._cut(waiting))
            for outcome in self.executor.wait():
                self._take(outcome, tally)
            progress(tally)
        return tally

    def _cut(self, waiting: deque[Run]) -> tuple[Run, ...]:
        size = int(self.target / max(median(self.paces), 1e-6)) if self.paces else 1
        fair = -(-len(waiting) // (2 * self.executor.slots))  # towards the end, so that nobody waits for the last
        return tuple(waiting.popleft() for _ in range(min(max(size, 1), max(fair, 1), len(waiting))))

    def _give(self, runs: tuple[Run, ...], failed: str = "") -> None:
        cases = {run.case: self.plan.cases[run.case] for run in runs}
        self.number += 1
        self.busy[self.number] = runs
        self.executor.submit(self.number, Batch(self.folder, version(), cases, runs, failed, self.again))

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

    def _died(self, runs: tuple[Run, ...], how: str) -> None:
        """Lost runs are tried again, in halves, so that one that kills is soon alone and gets no other into trouble."""
        if shards.kept(self.folder, runs) and not self.again:
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
