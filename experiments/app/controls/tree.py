"""Model assumptions as fields: the most important ones, others by search, with unit, range and source."""

from __future__ import annotations

from typing import Any

import solara

from ..work import state
from ..work.task import Task
from .fields import Fold, Html, Number, Text
from .numbers import MATTER, default_of, search

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
                Figure(path).key(path)
        solara.Button("Restore defaults", on_click=reset, outlined=True, small=True, disabled=not changed)


def _hits(query: str) -> str:
    if not query.strip():
        return f"{len(state.known())} assumptions; try: waiting, GPs leaving, price, assumed"
    n = len(search(state.known(), query))
    more = f"; showing the first {MOST}, add a word to narrow the search" if n > MOST else ""
    return f"{n} assumption{'s' * (n != 1)} found{more}"


def reset() -> None:
    """Restore every default."""
    state.numbers.value = {}
    state.problems.value = {k: v for k, v in state.problems.value.items() if k not in state.known()}


@solara.component
def Figure(path: str):
    """One assumption, shared by Explore, Follow and Compare."""
    facts, usual = state.known()[path], default_of(state.known(), path)
    low, high = facts.range

    def take(number: float) -> None:
        rest = {k: v for k, v in state.numbers.value.items() if k != path}
        state.numbers.value = rest if number == usual else {**rest, path: float(number)}

    unit = f"times the table ({facts.unit})" if facts.by else facts.unit
    words = f"{low:g} to {high:g}, default {usual:g}; {facts.status}: {facts.source}"
    Number(path, facts.label, state.numbers.value.get(path, usual), take, low, high, unit=unit, help=words)


@solara.component
def Outdated(task: Task, what: tuple[Any, ...]):
    """A note when the settings have changed since the last run began."""
    if task.asked.value is not None and task.asked.value != what:
        now = "The run goes on with the earlier ones." if task.running.value else "Run again to update."
        Html(f'<div class="ff-note ff-stale" role="status">You have changed the settings. {now}</div>')
