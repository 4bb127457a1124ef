"""Choices that several pages share, and the progress of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from html import escape
from typing import Any

import solara

from ..drawings.heat import day
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
def Whose(kind: str = ""):
    """Choice between the average provider and one practice or hospital; those of a kind only, or all."""
    place = state.place_of(state.place.value)
    practices = place.practices
    names = {
        "hospital": [(h.id, h.name) for h in place.file.hospitals],
        "practice": list(zip(map(str, practices.code), map(str, practices.name), strict=True)),
    }
    offered = names.get(kind, []) if kind else [*names["hospital"], *names["practice"]]
    average = "the average provider" + ("" if kind else " of each kind")
    chosen = state.whose.value if state.whose.value in dict(offered) else ""
    Choice("whose", "Paid to", chosen, state.whose.set, [("", average), *offered])


@solara.component
def When(days: Mapping[int, date], week: int):
    """Choice of a date from which contracts are in force; nothing where they never change."""
    if len(days) > 1:
        options = [(str(at), day(date)) for at, date in days.items()]
        Choice("when", "Contracts from", str(week), lambda at: state.when.set(int(at)), options,
               help="dates on which this way of paying changes a contract")  # fmt: skip


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
