"""Tables of the first way of paying as it is and of the others as differences from it, paired by seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup

from ..results.compared import Compared
from ..results.intervals import Interval, paired
from ..results.numbers import number, signed
from .parts import Cell, Table

CERTAIN = 0.975  #: probability of a direction from which a difference is bold: its 95 % interval leaves out zero


class Row(NamedTuple):
    """A row of a table: its words, decimals, and values (ways of paying, seeds)."""

    label: str
    digits: int
    values: np.ndarray


def certain(above: float) -> bool:
    """Whether a direction is as good as certain, by the probability of being above zero."""
    return above > CERTAIN or above < 1.0 - CERTAIN


def beyond_chance(difference: float, above: float) -> str:
    """The direction of a difference that chance does not explain; what follows says nothing of numbers not known."""
    if difference == 0.0 or above != above:
        return "no change" if difference == 0.0 else "–"
    if not certain(above):
        return "within chance"
    return "a rise" if difference > 0.0 else "a fall"


def cell(difference: float, above: float, digits: int) -> Cell:
    """A difference as a cell, bold where its direction is certain and it is no zero as written."""
    text = signed(difference, digits)
    return Markup("<b>{}</b>").format(text) if certain(above) and text.strip("+−0.,") else text


def differences(row: Row) -> list[Interval]:
    """Paired differences of the other ways of paying from the first."""
    return [paired(values - row.values[0]) for values in row.values[1:]]


def table(compared: Compared, caption: str, rows: Sequence[Row], head: str = "") -> Table:
    """One row each: level of the first, differences of the others."""
    out: list[list[Cell]] = []
    for row in rows:
        found = differences(row)
        level = number(float(np.mean(row.values[0])), row.digits)
        out.append([row.label, level, *(cell(d.mean, d.above, row.digits) for d in found)])
    return Table(caption, [head, *(compared.titles[name] for name in compared.names)], out)


def frame(compared: Compared, rows: dict[str, Row]) -> pd.DataFrame:
    """The same as a table to quote from, by ``key/way``: level, difference, low, high, above."""
    out = {}
    for key, row in rows.items():
        for name, values, found in zip(
            compared.names, row.values, [Interval(0.0, 0.0, 0.0, 0.5), *differences(row)], strict=True
        ):
            out[f"{key}/{name}"] = {"level": float(np.mean(values)), "difference": found.mean, "low": found.low,
                                    "high": found.high, "above": found.above}  # fmt: skip
    return pd.DataFrame.from_dict(out, orient="index")


def values(compared: Compared, series: pd.Series) -> np.ndarray:
    """A series by (funding, seed) as an array (ways of paying, seeds)."""
    wide = series.unstack("seed")
    return wide.reindex(index=compared.names, columns=compared.seeds).to_numpy(dtype=float)
