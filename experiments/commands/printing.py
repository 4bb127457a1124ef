"""How commands show progress, and tables on a terminal."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from ...model.scenario import Scenario


SECONDS = 15.0  #: between lines of progress where there is no terminal


def terminal() -> Console:
    """As wide as the terminal; wide enough for the tables where there is none."""
    from rich.console import Console

    console = Console()
    return console if console.is_terminal else Console(width=140)


def progress_bar() -> Progress:
    """A bar on a terminal; elsewhere a line now and then, so that a log shows how far it is."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    class Telling(Progress):
        said = monotonic()

        def update(self, task_id: TaskID, **what: Any) -> None:  # type: ignore[override]
            super().update(task_id, **what)
            self.tell(task_id)

        def advance(self, task_id: TaskID, advance: float = 1) -> None:
            super().advance(task_id, advance)
            self.tell(task_id)

        def tell(self, task_id: TaskID) -> None:
            if console.is_terminal or monotonic() - self.said < SECONDS:
                return
            self.said = monotonic()
            task = next(task for task in self.tasks if task.id == task_id)
            far = f": {task.completed:,.0f} of {task.total:,.0f}" if task.total else ""
            print(f"{task.description}{far}", file=sys.stderr, flush=True)

    console = Console(stderr=True)
    return Telling(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    )  # fmt: skip


def initial_state(case: Scenario, bar: Progress) -> Any:
    """The place's steady state, with a line of progress when it has to be made."""
    from ...model.initial.calibrate import steady_state

    task = bar.add_task(
        f"{case.place.file.title}: compiling and finding the steady state (first time only)", total=None
    )
    start = steady_state(case.place, lambda text: bar.update(task, description=text))
    bar.remove_task(task)
    return start


def print_frame(frame: Any, title: str) -> None:
    """A table of numbers on the terminal."""
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for k, name in enumerate(frame.columns):
        table.add_column(name.replace("_", " "), justify="left" if k == 0 else "right")
    for row in frame.itertuples(index=False):
        table.add_row(*(f"{x:,.4g}" if isinstance(x, float) else str(x) for x in row))
    terminal().print(table)
