"""Choices that several pages share, and the progress of a run."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import solara

from ..work import state
from ..work.task import Task
from .fields import Choice, Html, Number


@solara.component
def Place():
    """The place, for all pages."""
    _ = state.shelf.value
    options = [(name, state.place_title(name)) for name in state.allowed()]
    Choice("place", "Place", state.place.value, state.place.set, options)


@solara.component
def Funding(key: str, label: str, value: Any, on_value: Callable[[str], None] | None = None):
    """A way of paying: a built-in or a saved one."""
    _ = state.shelf.value
    Choice(key, label, value.value, on_value or value.set, state.labels())


@solara.component
def Years():
    Number(
        "years",
        "Years to run",
        state.years.value,
        state.years.set,
        *state.YEARS,
        whole=True,
        help=f"{state.YEARS[0]} to {state.YEARS[1]} years",
    )


@solara.component
def Seed():
    Number(
        "seed",
        "Random seed",
        state.seed.value,
        state.seed.set,
        *state.SEED,
        whole=True,
        help="The same seed repeats the same chance events under every way of paying",
    )


@solara.component
def Running(task: Task):
    """Progress of a run, a button to stop it, and any error."""
    Status(task)
    if task.running.value:
        solara.Button("Stop", on_click=task.stop, outlined=True, small=True, classes=["ff-stop"])


@solara.component
def Status(task: Task):
    """Progress bar and message as one piece of markup, since this is redrawn at every report."""
    now = task.progress.value
    if now.running:
        share = max(100.0 * now.share, 2.0)
        Html(
            f'<progress class="ff-progress" max="100" value="{share:.1f}" aria-label="Progress"></progress>'
            f'<div class="ff-note" role="status">{escape(now.text)}</div>'
        )
    else:
        sort, role = ("ff-bad", "alert") if now.state == "failed" else ("ff-note", "status")
        Html(f'<div class="{sort}" role="{role}">{escape(now.text)}</div>' if now.text else "")
