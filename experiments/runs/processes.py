"""Work done in processes of this machine, one thread each."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from multiprocessing import current_process, get_context
from multiprocessing.connection import Connection, wait
from typing import Any

from . import watchdog
from .executors import Executor, Outcome, Serial, Stopped, ending

ONE_THREAD: dict[str, str] = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
NO_GUARD = 79  #: exit code of a worker whose import of the script that started it would start workers again
FALSE_STARTS = 10  #: workers in a row that may die before they are ready


def not_while_importing() -> None:
    """End a worker that, while it imports the script that started it, is told to make that script's runs."""
    if getattr(current_process(), "_inheriting", False):  # as multiprocessing itself sees it
        os._exit(NO_GUARD)


class Interrupted(BaseException):
    """The worker must end; it keeps its finished runs."""


def _interrupt(*_: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # ignore further signals
    raise Interrupted


def _serve(pipe: Connection, module: str, name: str) -> None:
    """Main loop of a worker. It ignores Ctrl-C, because the parent ends its workers itself.

    Imports follow the watchdog, because they take seconds in which the parent may die.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watchdog.follow_parent()
    function = getattr(importlib.import_module(module), name)
    signal.signal(signal.SIGTERM, _interrupt)
    with contextlib.suppress(Interrupted, EOFError, OSError):
        pipe.send(None)  # ready
        while True:
            number, work = pipe.recv()
            try:
                outcome = Outcome(number, function(work))
            except Exception as error:
                outcome = Outcome(number, error=error)
            pipe.send(outcome)


class _Worker:
    """A process, its pipe and its piece of work."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(
            target=_serve, args=(theirs, function.__module__, function.__qualname__), daemon=True
        )
        with _environment(ONE_THREAD):
            self.process.start()
        theirs.close()
        self.work: tuple[int, Any] | None = None
        self.ready = False


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


class Processes:
    """Processes of this machine, one thread each. A dead process is replaced and its work reported."""

    def __init__(self, function: Callable[[Any], Any], count: int | None = None) -> None:
        self.function = function
        self.slots = count or os.cpu_count() or 1
        self._workers: list[_Worker] = []
        self._false_starts = 0

    def submit(self, number: int, work: Any) -> None:
        """Give work to an idle worker, or to a new one."""
        worker = next((w for w in self._workers if w.work is None), None)
        if worker is None:
            worker = _Worker(self.function)
            self._workers.append(worker)
        worker.work = (number, work)
        if worker.ready:
            self._send(worker)

    def _send(self, worker: _Worker) -> None:
        with contextlib.suppress(OSError):  # a worker that has just died is found by wait
            worker.pipe.send(worker.work)

    def wait(self) -> list[Outcome]:
        """At least one outcome.

        Raises:
            Stopped: when workers repeatedly die before they are ready.
        """
        outcomes: list[Outcome] = []
        while not outcomes:
            wait([w.pipe for w in self._workers])  # readable: a message, or the end of a process
            for worker in list(self._workers):
                if worker.pipe.poll():
                    outcomes += self._hear(worker)
        return outcomes

    def _hear(self, worker: _Worker) -> list[Outcome]:
        try:
            said = worker.pipe.recv()
        except (EOFError, OSError):
            return self._bury(worker)
        if not worker.ready:
            worker.ready, self._false_starts = True, 0
            if worker.work is not None:
                self._send(worker)
            return []
        worker.work = None
        return [said]

    def _bury(self, worker: _Worker) -> list[Outcome]:
        worker.process.join(5.0)
        self._workers.remove(worker)
        code = worker.process.exitcode or 0
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        if code == NO_GUARD and not worker.ready:
            raise Stopped("each process imports the script that starts it, so what starts runs there must stand under "
                          "if __name__ == '__main__':") from None  # fmt: skip
        self._false_starts += not worker.ready
        if self._false_starts >= FALSE_STARTS:
            raise Stopped(_never_ready(how, self._false_starts)) from None
        if worker.work and not worker.ready:  # its work had not begun
            self.submit(*worker.work)
            return []
        return [Outcome(worker.work[0], died=how)] if worker.work else []

    def close(self, now: bool = False) -> None:
        """End the workers; busy ones keep their finished runs. ``now``: do not wait long."""
        for worker in self._workers:
            if worker.process.is_alive():
                worker.process.terminate()
        for worker in self._workers:
            worker.process.join(2.0 if now else 10.0)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.pipe.close()
        self._workers.clear()


def _never_ready(how: str, count: int) -> str:
    """Why no worker starts: a process that fails prints its reason, a killed one cannot."""
    if how.startswith("signal"):
        why = f"were killed ({how}) before they were ready: by a user, or by the system for lack of memory; "
        return f"{count} worker processes in a row {why}if memory is short, --processes 1 uses least"
    return f"{count} worker processes in a row could not start ({how}); see their messages above"


@contextlib.contextmanager
def local(function: Callable[[Any], Any], count: int) -> Iterator[Executor]:
    """``count`` processes of this machine, or this process alone for one; always closed on exit."""
    with ending(Serial(function) if count <= 1 else Processes(function, count)) as executor:
        yield executor
