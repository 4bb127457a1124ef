"""How commands show progress, and tables on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from ...model.scenario import Scenario


def terminal() -> Console:
    """As wide as the terminal; wide enough for the tables where there is none."""
    from rich.console import Console

    console = Console()
    return console if console.is_terminal else Console(width=140)


def progress_bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    return Progress(
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
