"""Long work of one visitor in a thread of its own: it reports progress, can be stopped, and says what went wrong."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from operator import is_
from time import monotonic
from typing import Any

import solara

from ....model.errors import InputError

LOCK = threading.RLock()  #: one week of one model at a time in this process: the kernels share their threads
PAUSE = 0.25  #: seconds between two reports of progress: each is drawn, by a processor that the run needs as well
log = logging.getLogger(__name__)


class Stopped(Exception):
    """The visitor has asked the work to stop."""


@dataclass(frozen=True)
class Progress:
    """Where the work is: ``state`` is idle, running, done, stopped or failed; ``share`` is from 0 to 1."""

    state: str = "idle"
    share: float = 0.0
    text: str = ""

    @property
    def running(self) -> bool:
        return self.state == "running"


class Handle:
    """What the work is given to say how far it is; saying so raises ``Stopped`` once it has been told to stop."""

    def __init__(self, task: Task, halt: threading.Event) -> None:
        self.task, self.halt, self.last = task, halt, 0.0

    def say(self, share: float, text: str) -> None:
        """Report; reports that come too fast are left out."""
        self.check()
        if monotonic() - self.last > PAUSE:
            self.last = monotonic()
            self.task.progress.value = Progress("running", share, text)

    def check(self) -> None:
        """Raise ``Stopped`` once told to stop."""
        if self.halt.is_set():
            raise Stopped

    def show(self, result: Any) -> None:
        """Hand over a result before the end, to be drawn while the work goes on."""
        self.check()
        self.task.result.value = result

    def leave(self, result: Any) -> None:
        """Hand over how far the work had come when it was told to stop, unless other work has begun since."""
        if self.task.halt.peek() is self.halt:
            self.task.result.value = result


class Task:
    """One piece of work at a time for each visitor (reactive values belong to the visitor that reads them)."""

    def __init__(self) -> None:
        self.progress = solara.reactive(Progress())
        self.running = solara.reactive(False)  #: for what only asks whether, and need not be drawn at each report
        self.result: solara.Reactive[Any] = solara.reactive(None, equals=is_)
        self.halt: solara.Reactive[threading.Event | None] = solara.reactive(None, equals=is_)

    def start(self, work: Callable[[Handle], Any], text: str = "Starting") -> None:
        """Begin; work that is still going on is stopped and its result is dropped."""
        self._end()
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
            end = Progress("failed", 0.0, _sentence(str(error)))
        except Exception:
            log.exception("work of the app failed")
            end = Progress("failed", 0.0, "The model could not do this; the server's terminal says why.")
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
        """Ask the work to stop; the page says so at once."""
        self._end()
        if self.progress.peek().running:
            self._set(Progress("stopped", 0.0, "Stopped."))

    def clear(self) -> None:
        """Stop, and forget the result."""
        self._end()
        self.result.value = None
        self._set(Progress())


def _sentence(text: str) -> str:
    return text if text.endswith(".") else text + "."
