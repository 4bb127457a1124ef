"""Work done in processes of this machine, one thread each."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from multiprocessing import current_process
from multiprocessing.connection import wait
from typing import Any

from .executors import Executor, Outcome, Serial, Stopped, ending
from .worker import Died, Worker

NO_GUARD = 79  #: exit code of a worker whose import of the script that started it would start workers again
FALSE_STARTS = 10  #: workers in a row that may die before they are ready


def not_while_importing() -> None:
    """End a worker that, while it imports the script that started it, is told to make that script's runs."""
    if getattr(current_process(), "_inheriting", False):  # as multiprocessing itself sees it
        os._exit(NO_GUARD)


class Processes:
    """Processes of this machine, one thread each. A dead process is replaced and its work reported."""

    def __init__(self, function: Callable[[Any], Any], count: int | None = None) -> None:
        self.function = function
        self.slots = count or os.cpu_count() or 1
        self._workers: list[Worker] = []
        self._false_starts = 0

    def submit(self, number: int, work: Any) -> None:
        """Give work to an idle worker, or to a new one."""
        worker = next((w for w in self._workers if w.work is None), None)
        if worker is None:
            worker = Worker(self.function)
            self._workers.append(worker)
        worker.give(number, work)

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

    def _hear(self, worker: Worker) -> list[Outcome]:
        try:
            said = worker.hear()
        except Died as died:
            return self._bury(worker, died)
        self._false_starts = 0
        return [said] if isinstance(said, Outcome) else []

    def _bury(self, worker: Worker, died: Died) -> list[Outcome]:
        self._workers.remove(worker)
        if died.code == NO_GUARD and not worker.ready:
            raise Stopped("each process imports the script that starts it, so what starts runs there must stand under "
                          "if __name__ == '__main__':") from None  # fmt: skip
        self._false_starts += not worker.ready
        if self._false_starts >= FALSE_STARTS:
            raise Stopped(_never_ready(died, self._false_starts)) from None
        if worker.work and not worker.ready:  # its work had not begun
            self.submit(*worker.work)
            return []
        return [Outcome(worker.work[0], died=str(died))] if worker.work else []

    def close(self, now: bool = False) -> None:
        """End the workers; busy ones keep their finished runs. ``now``: do not wait long."""
        for worker in self._workers:
            worker.end()
        for worker in self._workers:
            worker.close(2.0 if now else 10.0)
        self._workers.clear()


def _never_ready(died: Died, count: int) -> str:
    """Why no worker starts: a process that fails prints its reason, a killed one cannot."""
    if died.code < 0:
        why = f"were killed ({died}) before they were ready: by a user, or by the system for lack of memory; "
        return f"{count} worker processes in a row {why}if memory is short, --processes 1 uses least"
    return f"{count} worker processes in a row could not start ({died}); see their messages above"


@contextlib.contextmanager
def local(function: Callable[[Any], Any], count: int) -> Iterator[Executor]:
    """``count`` processes of this machine, or this process alone for one; always closed on exit."""
    with ending(Serial(function) if count <= 1 else Processes(function, count)) as executor:
        yield executor
