"""Every pound that reached a provider in the last quarter, by payer, and how a map draws it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ....agents.patients.calendar import QUARTER
from ....model.system import HealthEconomy
from ...figures.svg import COLOURS, GREY, short, tag, text
from ...results.numbers import pounds
from ...results.received import received
from ..work import story

TALL = 56.0  #: room for the row of payers above a map
LEAST, MOST = 1.0, 9.0  #: widths of lines: nothing that was paid is too thin to see
BOX = 34.0  #: height of a payer's box
MANY = 5  #: payers told apart; the others share the last place
REST = "others"
PAINTS = (*COLOURS, "#5B8DB8", GREY)


def paid(model: HealthEconomy) -> pd.DataFrame:
    """£ of pay in the last quarter: payer and node of the network, less what was taken back.

    Over all rows they are what providers received (``received``).
    """
    nodes = _nodes(model)
    weeks = (max(model.week - QUARTER, 0) + 1, max(model.week, 1))
    rows: Any = received(model.ledger.flows(weeks=weeks), list(nodes))
    found: Any = rows.assign(node=rows["account"].map(nodes)).groupby(["other", "node"])["pence"].sum() / 100.0
    table: Any = found.reset_index().rename(columns={"other": "payer", "pence": "pounds"})
    return table[table["pounds"] != 0.0].reset_index(drop=True)


def _nodes(model: HealthEconomy) -> dict[str, int]:
    """Nodes of the providers' accounts: nodes are numbered in the order of the cohorts."""
    names = [name for cohort in model.cohorts for name in cohort.names]
    return {name: node for node, name in enumerate(names)}


def payers(table: pd.DataFrame) -> dict[str, float]:
    """Payers that are told apart with all that they paid, £, the largest first; small ones together at the end."""
    by: Any = table.groupby("payer")
    sums = by["pounds"].sum().sort_values(ascending=False)
    out = {str(name): float(value) for name, value in sums.iloc[:MANY].items()}
    rest = float(sums.iloc[MANY:].sum())
    return out | ({REST: rest} if len(sums) > MANY else {})


def draw(model: HealthEconomy, x: np.ndarray, y: np.ndarray, width: float, top: float) -> list[str]:
    """Lines from a row of payers at height ``top`` to every provider that they paid; ``x``, ``y``: nodes."""
    table: Any = paid(model)
    if table.empty:
        return [text(0, top + 12, "Nobody has been paid yet.", 11, fill=GREY)]
    every = payers(table)
    middle = {name: (k + 0.5) * width / len(every) for k, name in enumerate(every)}
    place = {name: k for k, name in enumerate(every)}
    most = float(table["pounds"].abs().max())
    parts = []
    for row in table.sort_values("pounds", ascending=False).to_dict("records"):
        name = row["payer"] if row["payer"] in every else REST
        wide = max(MOST * abs(row["pounds"]) / most, LEAST)
        parts.append(tag(
            "path", d=f"M{middle[name]:.0f},{top + BOX:.0f} {x[row['node']]:.0f},{y[row['node']]:.0f}",
            stroke=PAINTS[place[name]], stroke_width=wide, stroke_dasharray="" if row["pounds"] > 0 else "3 3",
        ))  # fmt: skip
    boxes = [
        _box(name, value, middle[name], width / len(every), top, PAINTS[place[name]]) for name, value in every.items()
    ]
    return [tag("g", *parts, fill="none", stroke_opacity=0.65), *boxes]


def _box(name: str, value: float, middle: float, room: float, top: float, paint: str) -> str:
    wide = room - 6
    said = story.account_name(name)
    return tag(
        "g",
        tag("rect", x=middle - wide / 2, y=top, width=wide, height=BOX, fill="#ffffff", stroke=paint, stroke_width=2),
        text(middle, top + 14, short(said, max(int(wide / 6.2), 3)), 11, "middle"),
        text(middle, top + 28, pounds(value), 11, "middle", font_weight="bold"),
    )
