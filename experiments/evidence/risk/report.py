"""Risk by size as a page, a table and a picture."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ...figures.risk import picture
from ...results.markdown import table
from .table import COLUMNS, cells, finding

WHAT = """*Chance* is the luck of who falls ill; it falls with the root of the number of people. *Formula* is what a
budget does not know of a group and what stays from year to year: how ill its people are beyond what the formula counts,
and how much their practices do. Groups are practices with nothing else in common; the larger ones are worked out from
those of the place.

It is the least that budgets will spread. The model gives every stay and visit its mean cost, so that its costliest
people cost less than the costliest in truth; prices, epidemics and staff that hit everyone alike are not in it."""


def markdown(rows: pd.DataFrame, heading: str) -> str:
    """The finding, what its words mean, and the table."""
    lines = table(list(COLUMNS.values()), [cells(row) for row in rows.to_dict("records")])
    return "\n".join([finding(rows), "", WHAT, "", heading, "", *lines, ""])


def write(rows: pd.DataFrame, heading: str, folder: Path) -> None:
    """Write ``risk.md``, ``risk.csv``, ``risk.png`` and ``risk.svg``."""
    (folder / "risk.md").write_text(markdown(rows, heading), encoding="utf-8")
    rows.to_csv(folder / "risk.csv", index=False)
    picture(rows, finding(rows), folder / "risk")
