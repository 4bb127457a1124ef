"""Where work is done: in this process, in processes of this machine, or by Dask. One interface.

There is no scheduler of our own.

An executor takes a numbered piece of work for each free slot and hands back outcomes in the order they come. It says
when the process that did a piece of work died, and leaves what then to do to the caller.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

DEATHS = 5  #: processes that a piece of work may take with it before it counts as failed and not as unlucky


class Stopped(Exception):
    """Something outside the sweep stands in its way; the message is one sentence for a person."""


@dataclass(frozen=True)
class Outcome:
    """What became of a piece of work: a value, an error that it raised, or the death of its process."""

    number: int
    value: Any = None
    error: BaseException | None = None
    died: str = ""


class Executor(Protocol):
    """What the sweep asks of an executor."""

    @property
    def slots(self) -> int: ...
    def submit(self, number: int, work: Any) -> None: ...
    def wait(self) -> list[Outcome]: ...
    def close(self, now: bool = False) -> None: ...


class Serial:
    """Work is done in this process, one piece at a time."""

    slots = 1

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function
        self._work: list[tuple[int, Any]] = []

    def submit(self, number: int, work: Any) -> None:
        self._work.append((number, work))

    def wait(self) -> list[Outcome]:
        number, work = self._work.pop(0)
        try:
            return [Outcome(number, self.function(work))]
        except Exception as error:
            return [Outcome(number, error=error)]

    def close(self, now: bool = False) -> None:
        self._work.clear()


@contextlib.contextmanager
def ending(executor: Executor) -> Iterator[Executor]:
    """An executor that is ended however its use ends: at once, if by Ctrl-C or an error."""
    try:
        yield executor
    except BaseException:
        executor.close(now=True)
        raise
    executor.close()
