"""Processes that make runs side by side, one thread each. They start with the server, are warmed up, and are kept.

Two runs on a thread each end sooner than two after one another on two threads, and leave the server to the pages.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from ....model.errors import InputError
from ....model.system import HealthEconomy
from ...runs import shards
from ...runs.spec import RunSpec
from ...runs.worker import Died, Word, Worker, tell

MOST = 4  #: processes at most: each holds a place and its models in memory
NICE = 5  #: how far runs give way to the pages of the server
LOOK = 0.05  #: seconds between looks at a process and at whether its run is still wanted
DEATHS = 2  #: deaths of its process after which a run is given up
crew: Crew | None = None  #: that of the server; without one runs are made where they are asked for


class Unwanted(Exception):
    """A run that nobody wants any more."""


class GivenUp(Exception):
    """A run whose process has died more than once: often for lack of memory."""


def start() -> Crew:
    """The processes of this server, started at the first call."""
    global crew
    if crew is None:
        crew = Crew(min(_cores(), MOST))
        atexit.register(crew.close)
    return crew


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def made(work: tuple[RunSpec, Path | None]) -> None:
    """Make a run in a process of its own and keep it, telling each week; without a folder it only warms it up.

    That a run's input cannot be used is kept as its row, as sweeps do.
    """
    run, folder = work
    try:
        row = run.row(tell)
    except InputError as error:
        row = run.failed(error)
    if folder is not None:
        shards.write(folder, [row])


def _unread(model: HealthEconomy) -> dict[str, Any]:
    return {}


class Crew:
    """A number of processes, shared by all visitors."""

    def __init__(self, count: int) -> None:
        self.count, self.closed = count, False
        self._workers = [Worker(made, NICE) for _ in range(count)]
        self._idle: Queue[Worker] = Queue()
        self._numbers = itertools.count(1)
        for worker in self._workers:
            self._idle.put(worker)

    def close(self) -> None:
        """End the processes."""
        self.closed = True
        for worker in self._workers:
            worker.end()
        for worker in self._workers:
            worker.close(2.0)

    def warm(self, run: RunSpec) -> None:
        """Let every idle process make a short run that is not kept, to load kernels and the place; returns at once."""
        idle: list[Worker] = []
        with contextlib.suppress(Empty):
            while True:
                idle.append(self._idle.get_nowait())
        for worker in idle:
            short = replace(run, reader=_unread)
            worker.give(next(self._numbers), (short, None))  # nobody waits for its end; the next run follows it
            self._idle.put(worker)

    def make_all(
        self, lanes: Sequence[Sequence[RunSpec]], folder: Path, look: Callable[[float, list[RunSpec]], None]
    ) -> None:
        """Make the runs, lane by lane in their order; those of a lane one after the other in one thread of ours.

        ``look`` is called again and again in the caller's thread with the finished runs and the weeks made, as
        ``weight`` counts them; an exception of it ends all runs.

        Raises:
            GivenUp: when a process dies again and again.
            Unwanted: when the server ends.
        """
        work = _Work(self, lanes, folder)
        try:
            while work.busy(LOOK):
                look(work.weeks, list(work.made))
        finally:
            work.end()
        if work.errors:
            raise work.errors[0]
        if self.closed:
            raise Unwanted
        look(work.weeks, list(work.made))

    def make(self, run: RunSpec, folder: Path, week: Callable[[int], None], halt: threading.Event) -> None:
        """Make a run on the next idle process, and again where a process dies of it once.

        Raises:
            Unwanted: when told to stop.
            GivenUp: when its process dies again and again.
        """
        deaths = early = 0
        while True:
            worker, told = self._next(halt), 0

            def count(now: int) -> None:
                nonlocal told
                told = now
                week(now)

            try:
                self._follow(worker, (run, folder), count, halt)
                return
            except Died as died:
                if self.closed:
                    raise Unwanted from None
                deaths, early = deaths + (told > 0), early + (not told)
                worker = self._another(worker)
                if deaths == DEATHS or early > self.count + DEATHS:  # each may have died idle, which says nothing
                    run_is = f"{run.place}, {run.funding}, seed {run.seed}"
                    raise GivenUp(f"the process of {run_is}, died {deaths + early} times ({died})") from None
            finally:
                self._idle.put(worker)

    def _follow(
        self, worker: Worker, work: tuple[RunSpec, Path], week: Callable[[int], None], halt: threading.Event
    ) -> None:
        worker.give(next(self._numbers), work)
        while not halt.is_set():
            said = worker.hear(LOOK)
            if isinstance(said, Word):
                week(said.value)
            elif said is not None:
                if said.error is not None:
                    raise said.error
                return
        worker.drop()
        raise Unwanted

    def _next(self, halt: threading.Event) -> Worker:
        while not (halt.is_set() or self.closed):
            with contextlib.suppress(Empty):
                worker = self._idle.get(timeout=LOOK)
                return worker if worker.process.is_alive() else self._another(worker)
        raise Unwanted

    def _another(self, dead: Worker) -> Worker:
        dead.close(2.0)
        worker = Worker(made, NICE)
        self._workers[self._workers.index(dead)] = worker
        return worker


class _Work:
    """Lanes of runs in the making, each run by a thread that waits for a process."""

    def __init__(self, crew: Crew, lanes: Sequence[Sequence[RunSpec]], folder: Path) -> None:
        self.crew, self.folder, self.waiting = crew, folder, deque(lanes)
        self.made: list[RunSpec] = []
        self.errors: list[Exception] = []
        self.passed: dict[int, float] = {}  # weeks of each run, by its number
        self.halt = threading.Event()
        self.threads = [threading.Thread(target=self._body, daemon=True) for _ in range(min(crew.count, len(lanes)))]
        for thread in self.threads:
            thread.start()

    @property
    def weeks(self) -> float:
        return sum(list(self.passed.values()))

    def busy(self, seconds: float) -> bool:
        """Wait a moment; whether runs are still in the making."""
        alive = [thread for thread in self.threads if thread.is_alive()]
        if alive:
            alive[0].join(seconds)
        return any(thread.is_alive() for thread in alive)

    def end(self) -> None:
        self.halt.set()
        for thread in self.threads:
            thread.join()

    def _body(self) -> None:
        try:
            while not self.halt.is_set():
                try:
                    lane = self.waiting.popleft()
                except IndexError:
                    return
                for run in lane:
                    self._make(run)
        except Unwanted:
            pass
        except Exception as error:
            self.errors.append(error)
            self.halt.set()

    def _make(self, run: RunSpec) -> None:
        number, part = id(run), run.scenario.place.sample

        def week(now: int) -> None:
            self.passed[number] = now * part

        self.crew.make(run, self.folder, week, self.halt)
        self.passed[number] = run.weeks * part
        self.made.append(run)


def weight(runs: Sequence[Any]) -> float:
    """Weeks of runs, each by the part of the people that it simulates."""
    return sum(run.weeks * run.scenario.place.sample for run in runs)
