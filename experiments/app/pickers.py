"""What every page lets a visitor choose, and how far the work is that was asked for."""

from __future__ import annotations

from html import escape
from typing import Any

import solara

from . import state
from .controls import Choice, Html, Number
from .task import Task


@solara.component
def Place():
    """The place, for all pages."""
    _ = state.shelf.value
    options = [(name, state.place_title(name)) for name in state.allowed()]
    Choice("place", "Place", state.place.value, state.place.set, options)


@solara.component
def Funding(key: str, label: str, value: Any):
    """A way of paying, shipped or saved."""
    _ = state.shelf.value
    names = state.fundings()
    Choice(key, label, value.value, value.set, [(name, state.title(name)) for name in names])


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
        "Seed of luck",
        state.seed.value,
        state.seed.set,
        *state.SEED,
        whole=True,
        help="The same seed gives the same luck under every way of paying",
    )


@solara.component
def Running(task: Task):
    """How far the work is, how to stop it, and what went wrong."""
    now = task.progress.value
    if now.running:
        solara.ProgressLinear(value=max(100.0 * now.share, 2.0), color="#005EB8")
        Html(f'<div class="ff-note" role="status">{escape(now.text)}</div>')
        solara.Button("Stop", on_click=task.stop, outlined=True, small=True, classes=["ff-stop"])
    elif now.state == "failed":
        Html(f'<div class="ff-bad" role="alert">{escape(now.text)}</div>')
    elif now.state == "stopped":
        Html(f'<div class="ff-note" role="status">{escape(now.text)}</div>')
