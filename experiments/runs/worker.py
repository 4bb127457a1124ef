"""A process that does one piece of work after another, one thread each, and what passes between it and its owner."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from . import watchdog
from .executors import Outcome

ONE_THREAD: dict[str, str] = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
_STARTING = threading.Lock()  # the environment is the whole process's


class Interrupted(BaseException):
    """The process must end; its work keeps what is finished."""


class Dropped(Exception):
    """The owner of this process no longer wants the work that it does."""


class Died(Exception):
    """A process has died; the message says of what, and ``code`` is its exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"signal {-code}" if code < 0 else f"exit code {code}")
        self.code = code


@dataclass(frozen=True)
class Word:
    """What work says of itself before it has ended."""

    number: int
    value: Any


class Desk:
    """A process's side: the work that waits, and the number of that which is being done."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe, self.number, self.dropped = pipe, 0, False
        self.waiting: deque[tuple[int, Any]] = deque()

    def next(self) -> Any:
        """The next piece of work, once there is one."""
        while not self.waiting:
            self._hear()
        (self.number, work), self.dropped = self.waiting.popleft(), False
        return work

    def tell(self, value: Any) -> None:
        """Tell the owner; raises ``Dropped`` as ``tell`` does."""
        while self.pipe.poll():
            self._hear()
        if self.dropped:
            raise Dropped
        self.pipe.send(Word(self.number, value))

    def _hear(self) -> None:
        """Take a piece of work, or the number of one that is no longer wanted."""
        asked = self.pipe.recv()
        if isinstance(asked, int):
            self.dropped |= asked == self.number
            self.waiting = deque(one for one in self.waiting if one[0] != asked)
        else:
            self.waiting.append(asked)


_desk: Desk | None = None


def tell(value: Any) -> None:
    """Tell the owner of this process something of the work being done; nothing where it has no owner.

    Raises:
        Dropped: when the work is no longer wanted.
    """
    if _desk is not None:
        _desk.tell(value)


def _interrupt(*_: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # ignore further signals
    raise Interrupted


def _serve(pipe: Connection, module: str, name: str, nice: int) -> None:
    """Main loop of the process. It ignores Ctrl-C, because its owner ends it.

    Imports follow the watchdog, because they take seconds in which the owner may die.
    """
    global _desk
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watchdog.follow_parent()
    if nice and hasattr(os, "nice"):
        os.nice(nice)
    function = getattr(importlib.import_module(module), name)
    signal.signal(signal.SIGTERM, _interrupt)
    with contextlib.suppress(Interrupted, EOFError, OSError):
        _desk = Desk(pipe)
        pipe.send(None)  # ready
        while True:
            work = _desk.next()
            try:
                outcome = Outcome(_desk.number, function(work))
            except Exception as error:
                outcome = Outcome(_desk.number, error=error)
            pipe.send(outcome)


class Worker:
    """The owner's side: a process, its pipe and the piece of work that it has.

    ``function`` does a piece of work; it is found by its name in the process. ``nice``: how far the process gives way.
    """

    def __init__(self, function: Callable[[Any], Any], nice: int = 0) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(
            target=_serve, args=(theirs, function.__module__, function.__qualname__, nice), daemon=True
        )
        with _STARTING, _environment(ONE_THREAD):  # before numpy, which reads it on import
            self.process.start()
        theirs.close()
        self.work: tuple[int, Any] | None = None
        self.ready = False

    def give(self, number: int, work: Any) -> None:
        """Give a piece of work: at once, or when the process is ready."""
        self.work = (number, work)
        if self.ready:
            self._send(self.work)

    def drop(self) -> None:
        """The work is no longer wanted: it ends when it next tells something, and its outcome is not heard."""
        if self.work is not None and self.ready:
            self._send(self.work[0])
        self.work = None

    def _send(self, what: tuple[int, Any] | int) -> None:
        with contextlib.suppress(OSError):  # that it has just died is heard
            self.pipe.send(what)

    def hear(self, seconds: float | None = None) -> Word | Outcome | None:
        """What the process says of its work, waiting so long at most.

        Nothing when it has said nothing, that it is ready, or something of other work than its latest.

        Raises:
            Died: when the process has died.
        """
        try:
            if not self.pipe.poll(seconds):
                return None
            said = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join(5.0)
            raise Died(self.process.exitcode or 0) from None
        if said is None:
            self.ready = True
            if self.work is not None:
                self._send(self.work)
        if said is None or self.work is None or said.number != self.work[0]:
            return None
        if isinstance(said, Outcome):
            self.work = None
        return said

    def end(self) -> None:
        """Tell the process to end; work that can be interrupted keeps what is finished."""
        if self.process.is_alive():
            self.process.terminate()

    def close(self, patience: float) -> None:
        """End the process, by force after so many seconds."""
        self.end()
        self.process.join(patience)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.pipe.close()


@contextlib.contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
