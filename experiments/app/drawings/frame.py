"""One moment of a run, drawn: its tiles and six charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter, time
from typing import Any

import numpy as np

from ....agents.patients.calendar import WEEKS
from ....model.system import HealthEconomy
from ...figures.charts import Series, lines, moved
from ...results import levers
from ...results.by_provider import by_provider
from ...results.measures import MEASURES
from ...results.received import received
from ...results.weekly import SPAN, series
from ..work.finding import Change, against, since
from . import tiles
from .tiles import Tile

#: what a title may speak of: weekly series that are measures too
SPOKEN = {
    "failed": "requests not met", "waiting": "the waiting list", "contacts": "GP contacts per FTE-week",
    "occupancy": "the share of hospital beds in use",
}  # fmt: skip
UNITS = {m.key: m.unit for m in MEASURES}


@dataclass(frozen=True)
class Frame:
    """Everything that Explore shows of a run in one week."""

    model: HealthEconomy
    choice: tuple[Any, ...]
    week: int
    weeks: int
    figures: list[Tile]
    charts: list[str]
    finding: str
    because: str  #: what providers do differently, and what they are paid for it
    digest: str
    ran: float = 0.0  #: seconds of simulation, when run without drawing
    drawn: float = 0.0  #: seconds of drawing
    ended: float = 0.0  #: end of the model's last week, s since 1970
    beside: str = ""  #: title of the reference, drawn dashed
    each: Mapping[tuple[str, str], np.ndarray] = field(default_factory=dict)  #: measures by provider, at the end
    than: Mapping[tuple[str, str], np.ndarray] = field(default_factory=dict)  #: those of the reference


def paid(model: HealthEconomy) -> dict[str, np.ndarray]:
    """£m a year that each sector is paid over the last year, or since the start, every 4 weeks: weeks and four series.

    What is taken back is taken off; over whole years it is the income of the measures.
    """
    flows = model.ledger.flows()
    weeks = np.arange(4, model.week + 1, 4)
    out = {"week": weeks.astype(float)}
    for kind, names in (
        ("General practice", model.practices.names),
        ("Hospitals", model.hospitals.names),
        ("Social care", model.social_care.names),
        ("Community", model.community.names),
    ):
        own = received(flows, names)
        by_week = np.bincount(own["week"], own["pence"], minlength=model.week + 1) / 1e8
        total = np.cumsum(by_week)
        before = np.maximum(weeks - WEEKS, 0)
        out[kind] = (total[weeks] - total[before]) / (weeks - before) * WEEKS
    return out


CHARTS = (
    ("failed", "Requests not met", "% of appointment requests, 13-week mean", True),
    ("contacts", "GP workload", "contacts per FTE and working week, 13-week mean", False),
    ("waiting", "The waiting list", "pathways per 1,000 registered people", True),
    ("occupancy", "Beds in use", "% of open beds, 13-week mean", False),
    ("acsc", "Avoidable admissions", "a year per 1,000 people, last 52 weeks", True),
)


@dataclass(frozen=True)
class Beside:
    """The run that Explore compares with: the same people and seed under the reference, to its horizon."""

    title: str
    data: dict[str, np.ndarray]
    money: dict[str, np.ndarray]
    measured: dict[str, float]
    moves: list[dict[str, Any]]
    each: Mapping[tuple[str, str], np.ndarray] = field(default_factory=dict)

    @property
    def weeks(self) -> int:
        """Weeks that were run."""
        return len(self.data["failed"])


def beside_of(model: HealthEconomy) -> Beside:
    """What a finished run of the reference is compared by."""
    title = model.case.funding.title if model.case.funding else "No money moves"
    return Beside(title, series(model), paid(model), tiles.measured(model), levers.moves(model), by_provider(model))


def draw(
    model: HealthEconomy, choice: tuple[Any, ...], weeks: int, ran: float = 0.0, beside: Beside | None = None
) -> Frame:
    """Draw the current state of a run; ``ran``: seconds of simulation; ``beside``: drawn dashed."""
    ended, begun = time(), perf_counter()
    data = series(model)
    years = np.arange(1, model.week + 1) / WEEKS
    end = weeks / WEEKS
    charts = []
    for key, what, unit, zero in CHARTS if data else ():
        y = data[key]
        start = min(SPAN, y.size) - 1
        title = moved(what, float(y[start]), float(y[-1]), unit)
        other = beside.data[key][: model.week] if beside else None
        line = Series(what, y, beside=other)
        charts.append(lines(title, unit, years, [line], end=end, from_zero=zero, size=(400, 230)))
    if model.week >= 4 and model.funding is not None:
        charts.insert(4, _money(model, end, beside))
    drawn = Frame(
        model, choice, model.week, weeks, _tiles(model, weeks, data, beside), charts,
        _finding(model, weeks, data, beside), _because(model, beside), model.digest[:16],
    )  # fmt: skip
    other = beside.title if beside else ""
    each = by_provider(model) if tiles.whole(model, weeks) else {}
    than = beside.each if each and beside and beside.weeks == weeks else {}
    took = perf_counter() - begun
    return replace(drawn, ran=ran, drawn=took, ended=ended, beside=other, each=each, than=than)


def _money(model: HealthEconomy, end: float, beside: Beside | None) -> str:
    money = paid(model)
    x = money.pop("week") / WEEKS
    parts = [Series(name, y, beside=beside.money[name][: y.size] if beside else None) for name, y in money.items()]
    first = sum(float(s.y[min(12, s.y.size - 1)]) for s in parts)
    title = moved("Income of the four sectors", first, sum(float(s.y[-1]) for s in parts), "£m")
    return lines(title, "£m a year, last 52 weeks or since the start", x, parts, end=end, size=(400, 230))


def _tiles(model: HealthEconomy, weeks: int, data: dict[str, np.ndarray], beside: Beside | None) -> list[Tile]:
    """Figures of the whole run at its end, and those of the last weeks until then."""
    if tiles.whole(model, weeks):
        return tiles.ending(model, beside.measured if beside and beside.weeks == weeks else None)
    return tiles.moment(model, data, beside.data if beside else None)


def _finding(model: HealthEconomy, weeks: int, data: dict[str, np.ndarray], beside: Beside | None) -> str:
    """What moved most: away from the reference, or since the first weeks where nothing runs beside."""
    title, now = _title(model), model.week - 1
    if model.week < SPAN:
        return f"{title}: starting position"
    if beside is None:
        moved = [_change(key, data[key][SPAN - 1], data[key][now]) for key in SPOKEN]
        return since(title, moved, model.week / WEEKS)
    if tiles.whole(model, weeks) and beside.weeks == weeks:
        mine = tiles.measured(model)
        return against(title, [_change(key, beside.measured[key], mine[key]) for key in SPOKEN])
    return against(title, [_change(key, beside.data[key][now], data[key][now]) for key in SPOKEN])


def _change(key: str, before: float, after: float) -> Change:
    return Change(SPOKEN[key], UNITS[key], float(before), float(after))


def _because(model: HealthEconomy, beside: Beside | None) -> str:
    """What providers do differently, in the largest; compared with the reference where both have run as long."""
    moves = levers.moves(model) if model.week >= SPAN else []
    base = beside.moves if beside and model.week == beside.weeks else None
    return levers.sentence("Behind it", moves, base, few=True) if moves else ""


def _title(model: HealthEconomy) -> str:
    return model.case.funding.title if model.case.funding else "No money moves"
