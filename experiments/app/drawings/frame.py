"""One moment of a run, drawn: headline figures and six charts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter, time
from typing import Any

import numpy as np

from ....agents.patients.calendar import WEEKS
from ....agents.patients.events import EVENTS
from ....model.system import HealthEconomy
from ...figures.charts import Series, lines, moved
from ...results import levers
from ...results.numbers import valued
from ...results.received import received

SPAN = 13  #: weeks over which weekly figures are averaged


@dataclass(frozen=True)
class Frame:
    """Everything that Explore shows of a run in one week."""

    model: HealthEconomy
    choice: tuple[Any, ...]
    week: int
    weeks: int
    figures: list[tuple[str, str]]
    charts: list[str]
    finding: str
    digest: str
    ran: float = 0.0  #: seconds of simulation, when run without drawing
    drawn: float = 0.0  #: seconds of drawing
    ended: float = 0.0  #: end of the model's last week, s since 1970


def smooth(y: np.ndarray, span: int = SPAN) -> np.ndarray:
    """Trailing mean over a span of weeks; shorter at the start."""
    total = np.concatenate([[0.0], np.cumsum(y)])
    first = np.maximum(np.arange(1, y.size + 1) - span, 0)
    return (total[1:] - total[first]) / (np.arange(1, y.size + 1) - first)


def series(model: HealthEconomy) -> dict[str, np.ndarray]:
    """Weekly figures of the whole place so far, each an array (weeks,)."""
    if not model.record.practice:
        return {}
    events = np.array([week.sum(axis=0) for week in model.record.practice]) / model.sample
    of = lambda name: events[:, EVENTS.index(name)].astype(float)  # noqa: E731
    rows = {name: np.array(r, dtype=float) for name, r in model.record.series.items()}
    beds, used, fte = rows["beds_open"].sum(axis=1), rows["beds_used"].sum(axis=1), rows["gp_fte"].sum(axis=1)
    people = float(model.practices.lists.sum())
    return {
        "failed": 100.0 * smooth(of("failed_requests")) / np.maximum(smooth(of("requests")), 1e-9),
        "contacts": smooth(of("gp_consultations") / fte) * WEEKS / model.parameters.general_practice.gp_weeks,
        "waiting": 1000.0 * rows["waiting"].sum(axis=1) / people,
        "occupancy": 100.0 * smooth(used / beds),
        "acsc": smooth(of("acsc_admissions"), WEEKS) * WEEKS * 1000.0 / people,
        "gp_fte": fte,
    }


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
        ("Community services", model.community.names),
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


def draw(model: HealthEconomy, choice: tuple[Any, ...], weeks: int, ran: float = 0.0) -> Frame:
    """Draw the current state of a run; ``ran``: seconds of simulation."""
    ended, begun = time(), perf_counter()
    data = series(model)
    years = np.arange(1, model.week + 1) / WEEKS
    end = weeks / WEEKS
    charts = []
    for key, what, unit, zero in CHARTS if data else ():
        y = data[key]
        start = min(SPAN, y.size) - 1
        title = moved(what, float(y[start]), float(y[-1]), unit)
        charts.append(lines(title, unit, years, [Series(what, y)], end=end, from_zero=zero, size=(400, 230)))
    if model.week >= 4 and model.funding is not None:
        charts.insert(4, _money(model, end))
    drawn = Frame(
        model, choice, model.week, weeks, _figures(model, data), charts, _finding(model, data), model.digest[:16]
    )
    return replace(drawn, ran=ran, drawn=perf_counter() - begun, ended=ended)


def _money(model: HealthEconomy, end: float) -> str:
    money = paid(model)
    x = money.pop("week") / WEEKS
    parts = [Series(name, y) for name, y in money.items()]
    first = sum(float(s.y[min(12, s.y.size - 1)]) for s in parts)
    title = moved("Income of the four sectors", first, sum(float(s.y[-1]) for s in parts), "£m")
    return lines(title, "£m a year, last 52 weeks or since the start", x, parts, end=end, size=(400, 230))


def _figures(model: HealthEconomy, data: dict[str, np.ndarray]) -> list[tuple[str, str]]:
    year, week = divmod(model.week, WEEKS)
    last = {name: float(y[-1]) for name, y in data.items()}
    balance = model.commissioners.balance / 1e8
    return [
        (f"{year} y {week} w", f"simulated in {model.place.file.title} (years, weeks)"),
        (f"{last['failed']:.1f} %" if last else "–", "of appointment requests not met, last 13 weeks"),
        (f"{float(model.hospitals.listed.sum() / model.sample):,.0f}", "pathways on the waiting list"),
        (f"{last['occupancy']:.0f} %" if last else "–", "of hospital beds occupied, last 13 weeks"),
        (f"{float(model.practices.gp_fte.sum()):,.1f}", "GPs in post, full-time equivalents"),
        (valued(balance, "£m"), "commissioner's balance so far"),
    ]


def _finding(model: HealthEconomy, data: dict[str, np.ndarray]) -> str:
    title = model.case.funding.title if model.case.funding else "No money moves"
    if model.week < SPAN:
        return f"{title}: starting position"
    moves = levers.moves(model)
    return levers.sentence(title, moves, few=True) if moves else title
