"""Headline figures of Explore: of the last weeks during a run, and those of ``fundingflows compare`` at its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ....agents.patients.calendar import WEEKS
from ....model.system import HealthEconomy
from ...results.measures import MEASURES, Measure
from ...results.numbers import number, signed, signed_valued, valued
from ...results.year import Year

ENDING = [m for m in MEASURES if m.key in ("contacts", "failed", "occupancy", "waiting", "balance")]
WEEKLY = (
    ("contacts", 1, "", "GP contacts per FTE-week, last 13 weeks"),
    ("failed", 1, " %", "of appointment requests not met, last 13 weeks"),
    ("occupancy", 1, " %", "of hospital beds occupied, last 13 weeks"),
    ("listed", 0, "", "pathways on the waiting list"),
)  #: weekly series that tiles show during a run, with decimals, unit and label


class Tile(NamedTuple):
    """A figure, what it is, and its difference from the reference. ``measure``: its key in ``compare``, if any.

    ``exact`` and ``gap``: figure and difference without rounding, for a measure.
    """

    value: str
    label: str
    than: str = ""
    measure: str = ""
    exact: float = float("nan")
    gap: float = float("nan")


def measured(model: HealthEconomy) -> dict[str, float]:
    """The measures on tiles, as means over the whole run so far."""
    year = Year(model)
    return {measure.key: float(measure.read(year)) for measure in ENDING}


def whole(model: HealthEconomy, weeks: int) -> bool:
    """Whether a run has reached its end after whole years, so that it has measures."""
    return model.week == weeks and weeks > 0 and weeks % WEEKS == 0 and len(model.record.years) == weeks // WEEKS


def ending(model: HealthEconomy, than: Mapping[str, float] | None) -> list[Tile]:
    """Tiles at the end of a run; ``than``: measures of the reference."""
    mine, years = measured(model), model.week // WEEKS
    span = f"mean of {years} years" if years > 1 else "mean of the year"
    out = [_now(model)]
    for m in ENDING:
        value, money = mine[m.key], m.unit.startswith("£")
        label = m.label if money else f"{m.label}, {m.unit}; {span}"
        gap, said = float("nan"), ""
        if than:
            gap = value - than[m.key]
            change = signed_valued(gap, m.unit) if money else signed(gap, m.digits)
            said = f"{change} compared with {_shown(than[m.key], m)}"
        out.append(Tile(_shown(value, m), label, said, m.key, value, gap))
    return out


def _shown(value: float, m: Measure) -> str:
    return valued(value, m.unit) if m.unit.startswith("£") else number(value, m.digits)


def moment(model: HealthEconomy, data: Mapping[str, np.ndarray], than: Mapping[str, np.ndarray] | None) -> list[Tile]:
    """Tiles during a run; ``than``: weekly series of the reference."""
    out = [_now(model)]
    for key, digits, unit, label in WEEKLY:
        value = float(data[key][-1]) if data else _opening(model, key)
        said = ""
        if data and than:
            other = float(than[key][model.week - 1])
            said = f"{signed(value - other, digits)} compared with {number(other, digits)}{unit}"
        out.append(Tile(f"{number(value, digits)}{unit * (value == value)}", label, said))
    balance = valued(model.commissioners.balance / 1e8, "£m")
    return [*out, Tile(balance, "commissioner's balance so far")]


def _now(model: HealthEconomy) -> Tile:
    year, week = divmod(model.week, WEEKS)
    return Tile(f"{year} y {week} w", f"simulated in {model.place.file.title} (years, weeks)")


def _opening(model: HealthEconomy, key: str) -> float:
    """A figure before the first week, where there is one."""
    return float(model.hospitals.listed.sum() / model.sample) if key == "listed" else float("nan")
