"""One model assumption in full: its field, plausible range, grade and source, and why the visitor has changed it."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import pandas as pd
import solara

from ....model.parameters import AXES, Parameter
from ...results.numbers import significant
from ..drawings.markup import wider
from ..work import state
from .fields import Fold, Html, Number, Text
from .numbers import LONGEST_NOTE, default_of


@solara.component
def Assumption(path: str):
    """A number of the chosen place's baseline, shared by all pages that run; a table is scaled by a factor."""
    facts, usual = state.known()[path], default_of(state.known(), path)
    low, high = facts.range
    changed = path in state.numbers.value

    def take(number: float) -> None:
        rest = {k: v for k, v in state.numbers.value.items() if k != path}
        state.numbers.value = rest if number == usual else {**rest, path: float(number)}

    def note(text: str) -> None:
        state.notes.value = {**state.notes.value, path: " ".join(text.split())[:LONGEST_NOTE]}

    unit = f"times the table ({facts.unit})" if facts.by else facts.unit
    span = f"{low:g} to {high:g}, default {usual:g}"
    with solara.Div(classes=["ff-assumption", *(["ff-altered"] if changed else [])]):
        Number(path, facts.label, state.numbers.value.get(path, usual), take, low, high, unit=unit, help=span)
        Html(source(facts))
        with solara.Div():
            if facts.by:
                with Fold(summary=f"The table, by {' and '.join(_axis(axis) for axis in facts.by)}"):
                    Html(wider(values(facts), facts.label))
        with solara.Div():
            if changed:
                Text(f"why {path}", "Why you changed it", state.notes.value.get(path, ""), note,
                     help="Your note; it goes with the address and the code that repeats a run")  # fmt: skip


def source(facts: Parameter) -> str:
    """Grade, whole source and path, as markup."""
    return (
        f'<p class="ff-source"><span class="ff-grade">{escape(facts.status)}</span> {escape(facts.source)} '
        f"<code>{escape(facts.path)}</code></p>"
    )


def values(facts: Parameter) -> str:
    """A table of numbers as markup: the last axis across, the others down."""
    *down, across = [list(AXES[axis]) for axis in facts.by]
    table = np.asarray(facts.value, dtype=float).reshape(-1, len(across))
    rows: Any = pd.MultiIndex.from_product(down) if down else [(facts.unit,)]
    head = "".join(f'<th scope="col" class="n">{escape(name)}</th>' for name in across)
    body = "".join(
        f'<tr><th scope="row">{escape(", ".join(map(str, name)))}</th>'
        + "".join(f'<td class="n">{significant(float(value))}</td>' for value in row)
        + "</tr>"
        for name, row in zip(rows, table, strict=True)
    )
    first = " and ".join(_axis(axis) for axis in facts.by[:-1])
    return f"<table><thead><tr><th>{escape(first)}</th>{head}</tr></thead><tbody>{body}</tbody></table>"


def _axis(name: str) -> str:
    return name.replace("_", " ")
