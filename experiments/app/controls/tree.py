"""Model assumptions as fields: the most important ones, others by search, with unit, range and source."""

from __future__ import annotations

from typing import Any

import solara

from ..work import state
from ..work.task import Task
from .assumption import Assumption
from .fields import Fold, Html, Text
from .numbers import MATTER, search

MOST = 12  #: search results shown


def trouble() -> str:
    """The error of the first assumption that cannot be used; empty when all can."""
    return state.trouble(*state.known())


@solara.component
def Numbers() -> Any:
    """A folded list of assumptions: changed ones first, then the most important; search covers all."""
    query, set_query = solara.use_state("")
    changed = state.numbers.value
    title = f"Model assumptions ({len(changed)} changed)" if changed else "Model assumptions"
    with Fold(summary=title):
        Text("find", "Search all assumptions", query, lambda text: set_query(text[:80]), help=_hits(query))
        usual = [*(p for p in changed if p not in MATTER), *MATTER]
        paths = search(state.known(), query)[:MOST] if query.strip() else usual
        with solara.Div(classes=["ff-numbers"]):
            for path in paths:
                Assumption(path).key(path)
        solara.Button("Restore defaults", on_click=reset, outlined=True, small=True, disabled=not changed)
        with solara.Link("/assumptions"):
            Html('<span class="ff-link">All assumptions, by theme</span>')


def _hits(query: str) -> str:
    if not query.strip():
        return f"{len(state.known())} assumptions; try: waiting, GPs leaving, price, assumed"
    n = len(search(state.known(), query))
    more = f"; showing the first {MOST}, add a word to narrow the search" if n > MOST else ""
    return f"{n} assumption{'s' * (n != 1)} found{more}"


def reset() -> None:
    """Restore every default."""
    state.numbers.value, state.notes.value = {}, {}
    state.problems.value = {k: v for k, v in state.problems.value.items() if k not in state.known()}


@solara.component
def Unused():
    """A note that a page leaves changed assumptions out."""
    n = len(state.numbers.value)
    said = (
        f"This page uses the default assumptions; the {n} that you have changed {'is' if n == 1 else 'are'} left out."
    )
    Html(f'<div class="ff-warn" role="status">{said}</div>' if n else "")


@solara.component
def Outdated(task: Task, what: tuple[Any, ...]):
    """A note when the settings have changed since the last run began."""
    if task.asked.value is not None and task.asked.value != what:
        now = "The run goes on with the earlier ones." if task.running.value else "Run again to update."
        Html(f'<div class="ff-note ff-stale" role="status">You have changed the settings. {now}</div>')
