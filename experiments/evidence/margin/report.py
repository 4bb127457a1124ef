"""The marginal pound as a page, a table and a picture."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ...figures.margin import picture
from ...results.markdown import table
from .published import Figure, figures
from .table import COLUMNS, cells


def markdown(rows: pd.DataFrame, text: str) -> str:
    """The table of results and that of published figures, below some words of introduction."""
    known = dict(zip(rows["service"], rows["title"], strict=True))
    lines = [text, "", *table(list(COLUMNS.values()), [[row["title"], *cells(row)] for row in rows.to_dict("records")])]
    shown = [[known.get(f.service, f.service), f.figure, f.year, f.meaning, f.source] for f in figures()]
    return "\n".join([*lines, "", *table(["Service", "Published", "Prices", "What it means", "Source"], shown), ""])


def write(rows: pd.DataFrame, text: str, folder: Path) -> None:
    """Write ``margin.md``, ``margin.csv`` and, for several seeds, ``margin.png`` and ``margin.svg``."""
    (folder / "margin.md").write_text(text, encoding="utf-8")
    rows.to_csv(folder / "margin.csv", index=False)
    picture(rows, ranges(), folder / "margin")


def ranges() -> dict[str, tuple[float, float]]:
    """The widest published range of £ per QALY by service."""
    out: dict[str, tuple[float, float]] = {}
    for f in figures():
        if f.low is not None and f.high is not None:
            low, high = out.get(f.service, (f.low, f.high))
            out[f.service] = min(low, f.low), max(high, f.high)
    return out


def sentence(figure: Figure) -> str:
    """A published figure on one line."""
    return f"{figure.figure} ({figure.year} prices; {figure.source}). {figure.meaning}."
