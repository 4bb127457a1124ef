"""Background work of one visitor: it reports progress, can be stopped, and shows errors as a sentence."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from operator import is_
from time import monotonic
from typing import Any, Protocol

import solara

from ....model.errors import InputError

LOCK = threading.RLock()  #: held for one week of one model, since all models share the kernels' threads
PAUSE = 0.25  #: seconds between progress reports; drawing each takes processor time from the run
ending = threading.Event()  #: set once the server ends: no thread can be started then, and work that fails says nothing
log = logging.getLogger(__name__)


class Stopped(Exception):
    """The visitor has asked the work to stop."""


@dataclass(frozen=True)
class Progress:
    """Progress of a task: ``state`` is idle, running, done, stopped or failed; ``share`` runs from 0 to 1."""

    state: str = "idle"
    share: float = 0.0
    text: str = ""

    @property
    def running(self) -> bool:
        return self.state == "running"


class Reports(Protocol):
    """What work reports its progress to. Both methods raise ``Stopped`` once the work should stop."""

    def say(self, share: float, text: str) -> None: ...
    def check(self) -> None: ...


class Handle:
    """Given to the work to report progress. Its methods raise ``Stopped`` once the visitor has pressed Stop."""

    def __init__(self, task: Task, halt: threading.Event) -> None:
        self.task, self.halt, self.last = task, halt, 0.0

    def say(self, share: float, text: str) -> None:
        """Report progress; reports in quick succession are skipped."""
        self.check()
        if monotonic() - self.last > PAUSE:
            self.last = monotonic()
            self.task.progress.value = Progress("running", share, text)

    def check(self) -> None:
        """Raise ``Stopped`` when the work should stop."""
        if self.halt.is_set():
            raise Stopped

    def show(self, result: Any) -> None:
        """Show an intermediate result while the work continues."""
        self.check()
        self.task.result.value = result

    def leave(self, result: Any) -> None:
        """Show the result reached when the work was stopped, unless newer work has begun."""
        if self.task.halt.peek() is self.halt:
            self.task.result.value = result


class Task:
    """One piece of work at a time for each visitor (each visitor has their own reactive values)."""

    def __init__(self) -> None:
        self.progress = solara.reactive(Progress())
        self.running = solara.reactive(False)  #: for components that need not be redrawn at each report
        self.result: solara.Reactive[Any] = solara.reactive(None, equals=is_)
        self.asked: solara.Reactive[Any] = solara.reactive(None)  #: the settings with which it was begun
        self.halt: solara.Reactive[threading.Event | None] = solara.reactive(None, equals=is_)

    def start(self, work: Callable[[Handle], Any], text: str = "Starting", asked: Any = None) -> None:
        """Start work with the settings ``asked``; earlier work is stopped and its result discarded."""
        self._end()
        self.asked.value = asked
        halt = threading.Event()
        self.halt.value = halt
        self._set(Progress("running", 0.0, text))
        threading.Thread(target=self._body, args=(work, halt), daemon=True).start()

    def _body(self, work: Callable[[Handle], Any], halt: threading.Event) -> None:
        try:
            end = Progress("done", 1.0)
            result = work(Handle(self, halt))
            if result is not None and not halt.is_set():
                self.result.value = result
        except Stopped:
            end = Progress("stopped", 0.0, "Stopped.")
        except InputError as error:
            end = Progress("failed", 0.0, sentence(str(error)))
        except Exception:
            tell_of("work of the app failed")
            end = Progress(
                "failed", 0.0, "Something went wrong. The terminal where you started the app shows the details."
            )
        if not halt.is_set():
            self._set(end)

    def _set(self, progress: Progress) -> None:
        self.progress.value = progress
        self.running.value = progress.running

    def _end(self) -> None:
        halt = self.halt.peek()
        if halt is not None:
            halt.set()

    def stop(self) -> None:
        """Stop the work; the page shows it at once."""
        self._end()
        if self.progress.peek().running:
            self._set(Progress("stopped", 0.0, "Stopped."))

    def clear(self) -> None:
        """Stop and discard the result."""
        self._end()
        self.result.value = self.asked.value = None
        self._set(Progress())


def tell_of(failure: str) -> None:
    """Log the error that is being handled, unless the server is ending."""
    if not ending.is_set():
        log.exception(failure)


def sentence(text: str) -> str:
    """What is said of an error, with its full stop."""
    return text if text.endswith((".", "?")) else text + "."
