"""Executors, with one interface: this process, processes of this machine, or Dask.

An executor takes a numbered piece of work for each free slot and returns outcomes as they finish. It reports when a
process died during its work; the caller decides what to do then.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

DEATHS = 5  #: deaths of its process after which a piece of work counts as failed


class Stopped(Exception):
    """Something outside the program prevents the work; the message is one sentence for the user."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of a piece of work: a value, an error or the death of its process."""

    number: int
    value: Any = None
    error: BaseException | None = None
    died: str = ""


class Executor(Protocol):
    """The interface of an executor."""

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
    """Close an executor on exit: at once after Ctrl-C or an error."""
    try:
        yield executor
    except BaseException:
        executor.close(now=True)
        raise
    executor.close()
