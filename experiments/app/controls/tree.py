"""The model's numbers as controls: those that matter most, any other by searching, with unit, range and source."""

from __future__ import annotations

from typing import Any

import solara

from ..work import state
from .controls import Fold, Html, Number, Words
from .numbers import MATTER, found, shipped

MOST = 12  #: numbers shown for one search


def trouble() -> str:
    """The first number that cannot be used, in words."""
    return state.trouble(*state.known())


@solara.component
def Numbers() -> Any:
    """The numbers, folded away: changed ones first, then those that matter; a search looks through all of them."""
    query, set_query = solara.use_state("")
    changed = state.numbers.value
    said = f"Numbers of the model ({len(changed)} changed)" if changed else "Numbers of the model"
    with Fold(summary=said):
        Words("find", "Search all numbers", query, lambda text: set_query(text[:80]), help=_hits(query))
        usual = [*(p for p in changed if p not in MATTER), *MATTER]
        paths = found(state.known(), query)[:MOST] if query.strip() else usual
        with solara.Div(classes=["ff-numbers"]):
            for path in paths:
                Figure(path).key(path)
        solara.Button("Back to the shipped numbers", on_click=reset, outlined=True, small=True, disabled=not changed)


def _hits(query: str) -> str:
    if not query.strip():
        return f"{len(state.known())} numbers; for example: waiting, GPs leaving, price, assumed"
    n = len(found(state.known(), query))
    more = f"; the first {MOST} are shown, search for more words" if n > MOST else ""
    return f"{n} number{'s' * (n != 1)} with these words{more}"


def reset() -> None:
    """All numbers as shipped."""
    state.numbers.value = {}
    state.problems.value = {k: v for k, v in state.problems.value.items() if k not in state.known()}


@solara.component
def Figure(path: str):
    """One number; it counts on Explore, Follow and Compare."""
    facts, usual = state.known()[path], shipped(state.known(), path)
    low, high = facts.range

    def take(number: float) -> None:
        rest = {k: v for k, v in state.numbers.value.items() if k != path}
        state.numbers.value = rest if number == usual else {**rest, path: float(number)}

    source = facts.source if len(facts.source) < 120 else facts.source[:118] + "…"
    unit = f"times the table ({facts.unit})" if facts.by else facts.unit
    words = f"{low:g} to {high:g}, shipped {usual:g}; {facts.status}: {source}"
    Number(path, facts.label, state.numbers.value.get(path, usual), take, low, high, unit=unit, help=words)


@solara.component
def Changed(shown: tuple[Any, ...] | None, what: tuple[Any, ...], running: bool):
    """Says when what is shown was run on other choices than those made now."""
    if shown is not None and shown != what and not running:
        Html('<div class="ff-note ff-stale" role="status">Choices have changed; what is shown was run before.</div>')
