"""Marginal pay under several contracts as a heat map with its numbers."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any

import pandas as pd

from ....agents.cohorts import COHORTS
from ...results.numbers import price
from .markup import wider

SHOWN = {kind: cohort.TITLE for kind, cohort in COHORTS.items()}  #: kinds of provider, as headings


def day(when: date) -> str:
    """A date in words: 1 April 2017."""
    return f"{when.day} {when:%B %Y}"


def heat(frames: dict[str, pd.DataFrame], alone: bool = False, edits: str = "") -> str:
    """A table coloured by marginal pay: darker blue is higher within its row, orange is a loss.

    ``alone``: the frames are of one provider, not of the average provider. ``edits``: title of the way of paying that
    a button in each row leads to; its ``data-node`` is the kind and the row's label, divided by a bar.
    """
    titles = list(frames)
    first = frames[titles[0]]
    head = "".join(f'<th scope="col" class="n ff-wrap">{escape(t)}</th>' for t in titles)
    body = []
    last, pooled = "", False
    for i, row in enumerate(first.to_dict("records")):
        if row["kind"] != last:
            last = row["kind"]
            body.append(
                f'<tr><th colspan="{len(titles) + 2 + bool(edits)}" class="ff-kind">{SHOWN[str(last)]}</th></tr>'
            )
        pools = [float(frames[t]["pool"].iloc[i]) for t in titles]
        values = [float(frames[t]["pays"].iloc[i]) + pool for t, pool in zip(titles, pools, strict=True)]
        body.append(_row(row, values, pools, edits))
        pooled |= any(abs(pool) >= 0.005 for pool in pools)
    note = (
        f"£ paid to {'this provider' if alone else 'the average provider of each kind'} for one more unit, "
        "at the end of the expected year. "
        "Darker blue: higher pay within the row. Orange, marked ▼: income is lost. Cost: variable cost, "
        "where the model has one."
    )
    if pooled:
        note += " In brackets: the part that comes from a pooled budget."
    build = '<th scope="col">In Build</th>' if edits else ""
    kept = (
        f'<table class="ff-heat"><thead><tr><th scope="col">One more</th>{head}'
        f'<th scope="col" class="n">Cost</th>{build}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table>"
    )
    return f'<p class="ff-note">{note}</p>{wider(kept, "Marginal pay by activity and way of paying")}'


def _row(row: dict[Any, Any], values: list[float], pools: list[float], edits: str) -> str:
    most = max((abs(v) for v in values), default=0.0)
    cells = ""
    for v, pool in zip(values, pools, strict=True):
        part = abs(v) / most if most > 0.005 else 0.0
        colour = f"rgba(0,94,184,{0.55 * part:.2f})" if v >= 0 else f"rgba(244,106,37,{0.25 + 0.5 * part:.2f})"
        ink = "#ffffff" if v >= 0 and part > 0.85 else "#212B32"
        colour = "#005EB8" if v >= 0 and part > 0.85 else colour
        shown = ("▼ " if v < -0.005 else "") + price(v)
        shown += f"<br><small>(pool {price(pool)})</small>" if abs(pool) >= 0.005 else ""
        cells += f'<td class="n" style="background:{colour};color:{ink}">{shown}</td>'
    cost = "" if row["costs"] != row["costs"] else price(float(row["costs"]))
    label = str(row["unit"]).removeprefix("one more ")
    edit = _edit(row, f"Edit what “{edits}” pays for {row['unit']}") if edits else ""
    return f'<tr><td>{escape(label)}</td>{cells}<td class="n">{cost}</td>{edit}</tr>'


def _edit(row: dict[Any, Any], label: str) -> str:
    node = escape(f"{row['kind']}|{row['unit']}")
    return f'<td><button class="ff-edit" data-node="{node}" aria-label="{escape(label)}">Edit</button></td>'
