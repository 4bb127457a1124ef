"""Processes that make runs side by side, one thread each. They start with the server, are warmed up, and are kept.

Two runs on a thread each end sooner than two after one another on two threads, and leave the server to the pages.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any

from ...runs import watchdog
from ...runs.processes import ONE_THREAD

if TYPE_CHECKING:
    from ...runs.spec import RunSpec

MOST = 4  #: processes at most: each holds a place and its models in memory
NICE = 5  #: how far runs give way to the pages of the server
LOOK = 0.05  #: seconds between looks at a process and at whether its run is still wanted
DEATHS = 2  #: deaths of its process after which a run is given up
crew: Crew | None = None  #: that of the server; without one runs are made where they are asked for


class Unwanted(Exception):
    """A run that nobody wants any more."""


class Died(Exception):
    """The process of a run has died more than once: often for lack of memory."""


def start() -> Crew:
    """The processes of this server, started at the first call."""
    global crew
    if crew is None:
        crew = Crew(min(_cores(), MOST))
        atexit.register(crew.close)
    return crew


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _serve(pipe: Connection) -> None:
    """A process: makes a run after the other, tells each week, and ends one when told anything meanwhile."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends its processes itself
    watchdog.follow_parent()
    if hasattr(os, "nice"):
        os.nice(NICE)
    os.environ.update(ONE_THREAD)  # before numpy, which reads it on import
    from .single import make

    number, folder = 0, None

    def week(now: int) -> None:
        if folder is None:  # warming up: what is told meanwhile is the next run
            return
        if pipe.poll():  # only the end of this run is told meanwhile
            pipe.recv()
            raise Unwanted
        pipe.send((number, now))

    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):  # the server has gone
        while True:
            asked = pipe.recv()
            if asked is None:  # the end of a run that had ended by itself
                continue
            number, run, folder = asked
            error: Exception | None = None
            try:
                make(run, folder, week)
            except (EOFError, BrokenPipeError, ConnectionResetError):
                raise
            except Exception as wrong:
                error = wrong
            pipe.send((number, error))


class _Worker:
    """A process and its pipe."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()
        self.number, self.begun = 0, False  # of its latest run, and whether it has told a week of it

    def make(self, run: RunSpec, folder: Path, week: Callable[[int], None], halt: threading.Event) -> None:
        self.number, self.begun = self.number + 1, False
        self.pipe.send((self.number, run, folder))
        while True:
            if halt.is_set():
                self.pipe.send(None)
                raise Unwanted
            if self.pipe.poll(LOOK):
                number, told = self.pipe.recv()
                if number != self.number:  # of a run that was ended before
                    continue
                self.begun = True
                if not isinstance(told, int):
                    if told is not None:
                        raise told
                    return
                week(told)

    def close(self) -> None:
        self.process.terminate()
        self.process.join(2.0)
        self.pipe.close()


class Crew:
    """A number of processes, shared by all visitors."""

    def __init__(self, count: int) -> None:
        self.count, self.closed = count, False
        self._workers = [_Worker() for _ in range(count)]
        self._idle: Queue[_Worker] = Queue()
        for worker in self._workers:
            self._idle.put(worker)

    def close(self) -> None:
        """End the processes."""
        self.closed = True
        for worker in self._workers:
            worker.close()

    def warm(self, run: RunSpec) -> None:
        """Let every idle process make a short run that is not kept, to load kernels and the place; returns at once."""
        idle: list[_Worker] = []
        with contextlib.suppress(Empty):
            while True:
                idle.append(self._idle.get_nowait())
        for worker in idle:
            with contextlib.suppress(OSError):  # one that has died is replaced when it is needed
                worker.pipe.send((0, run, None))  # no run has this number, so that nobody waits for the answer
            self._idle.put(worker)

    def make_all(
        self, lanes: Sequence[Sequence[RunSpec]], folder: Path, look: Callable[[float, list[RunSpec]], None]
    ) -> None:
        """Make the runs, lane by lane in their order; those of a lane one after the other in one thread of ours.

        ``look`` is called again and again in the caller's thread with the finished runs and the weeks made, as
        ``weight`` counts them; an exception of it ends all runs.

        Raises:
            Died: when a process dies again and again.
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
            Died: when processes die.
        """
        deaths = early = 0
        while True:
            worker = self._next(halt)
            try:
                worker.make(run, folder, week, halt)
                return
            except (EOFError, BrokenPipeError, ConnectionResetError):
                if self.closed:
                    raise Unwanted from None
                deaths, early = deaths + worker.begun, early + (not worker.begun)
                worker = self._another(worker)
                if deaths == DEATHS or early > self.count + DEATHS:  # each may have died idle, which says nothing
                    raise Died(
                        f"a process died {deaths + early} times of {run.place}, {run.funding}, seed {run.seed}"
                    ) from None
            finally:
                self._idle.put(worker)

    def _next(self, halt: threading.Event) -> _Worker:
        while not (halt.is_set() or self.closed):
            with contextlib.suppress(Empty):
                worker = self._idle.get(timeout=LOOK)
                return worker if worker.process.is_alive() else self._another(worker)
        raise Unwanted

    def _another(self, dead: _Worker) -> _Worker:
        dead.close()
        worker = _Worker()
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
