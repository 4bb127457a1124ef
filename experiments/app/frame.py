"""One moment of a run, drawn: headline figures, six charts, and the story of any provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...agents.week import EVENTS, WEEKS
from ...model.system import FundingFlows
from .. import incentives, levers
from .charts import Series, lines, moved
from .svg import number

SPAN = 13  #: weeks that weekly figures are averaged over


@dataclass(frozen=True)
class Frame:
    """What Explore shows of a run at one week."""

    model: FundingFlows
    choice: tuple[Any, ...]
    week: int
    weeks: int
    figures: list[tuple[str, str]]
    charts: list[str]
    finding: str
    digest: str


def smooth(y: np.ndarray, span: int = SPAN) -> np.ndarray:
    """Trailing mean over a span, over what there is of it at the start."""
    total = np.concatenate([[0.0], np.cumsum(y)])
    first = np.maximum(np.arange(1, y.size + 1) - span, 0)
    return (total[1:] - total[first]) / (np.arange(1, y.size + 1) - first)


def series(model: FundingFlows) -> dict[str, np.ndarray]:
    """Weekly figures of the whole place so far, each (weeks,)."""
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


def paid(model: FundingFlows) -> dict[str, np.ndarray]:
    """£m a year paid to each sector over the last year, or since the start, at each payment: week and three series."""
    flows = model.ledger.flows()
    weeks = np.arange(4, model.week + 1, 4)
    out = {"week": weeks.astype(float)}
    payee = flows["payee"].astype(str)
    for kind, names in (
        ("General practice", model.practices.names),
        ("Hospitals", model.hospitals.names),
        ("Social care", ["social_care"]),
    ):
        kept = payee.isin(names) & (flows["purpose"] != "loan")
        by_week = np.bincount(flows["week"][kept], flows["pence"][kept], minlength=model.week + 1) / 1e8
        total = np.cumsum(by_week)
        before = np.maximum(weeks - WEEKS, 0)
        out[kind] = (total[weeks] - total[before]) / (weeks - before) * WEEKS
    return out


CHARTS = (
    ("failed", "Requests that fail", "% of requests to practices, mean of 13 weeks", True),
    ("contacts", "Work per GP", "contacts per FTE and working week, mean of 13 weeks", False),
    ("waiting", "The waiting list", "people per 1,000 registered", True),
    ("occupancy", "Beds in use", "% of open beds, mean of 13 weeks", False),
    ("acsc", "Avoidable admissions", "a year per 1,000 people, last 52 weeks", True),
)


def draw(model: FundingFlows, choice: tuple[Any, ...], weeks: int) -> Frame:
    """Draw a run as it is now."""
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
    return Frame(
        model, choice, model.week, weeks, _figures(model, data), charts, _finding(model, data), model.digest[:16]
    )


def _money(model: FundingFlows, end: float) -> str:
    money = paid(model)
    x = money.pop("week") / WEEKS
    parts = [Series(name, y) for name, y in money.items()]
    first = sum(float(s.y[min(12, s.y.size - 1)]) for s in parts)
    title = moved("Pay of the three sectors", first, sum(float(s.y[-1]) for s in parts), "£m")
    return lines(title, "£m a year, last 52 weeks or since the start", x, parts, end=end, size=(400, 230))


def _figures(model: FundingFlows, data: dict[str, np.ndarray]) -> list[tuple[str, str]]:
    year, week = divmod(model.week, WEEKS)
    last = {name: float(y[-1]) for name, y in data.items()}
    balance = model.commissioners.balance / 1e8
    return [
        (f"{year} y {week} w", f"of {model.place.file.title}"),
        (f"{last['failed']:.1f} %" if last else "–", "of requests to practices fail"),
        (f"{float(model.hospitals.listed.sum() / model.sample):,.0f}", "pathways on the waiting list"),
        (f"{last['occupancy']:.0f} %" if last else "–", "of hospital beds in use"),
        (f"{float(model.practices.gp_fte.sum()):,.1f}", "GPs in post, full-time equivalents"),
        (("−" if balance < 0 else "") + f"£{abs(balance):,.1f}m", "commissioner's balance so far"),
    ]


def _finding(model: FundingFlows, data: dict[str, np.ndarray]) -> str:
    title = model.case.funding.title if model.case.funding else "No money moves"
    if model.week < SPAN:
        return f"{title}: before behaviour has changed"
    moves = levers.moves(model)
    if not moves:
        return title
    top = max(moves, key=lambda r: abs(r["end"] - 1.0))
    if abs(top["pay"] - top["usual_pay"]) > 0.01 * abs(top["usual_pay"]) + 1.0 or abs(top["end"] - 1.0) < 0.005:
        return levers.sentence(title, moves)
    what, verb = levers.WORDS[top["kind"], top["lever"]][0], "rose" if top["end"] > 1 else "fell"
    return f"{title}: {what} {verb} most, by {100 * abs(top['end'] - 1):.1f} %, with pay at the margin as before"


# stories --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Story:
    """One provider's account: what it is, what each term has paid, what it does differently, what one more brings."""

    title: str
    lead: str
    income: list[tuple[str, str, str]]
    levers: list[tuple[str, str]]
    margin: list[tuple[str, str]]


def story(model: FundingFlows, node: int) -> Story:
    """The story of a node of the network."""
    data = model.network.nodes[node]
    kind, first, hospitals = data["kind"], len(model.practices), len(model.hospitals)
    index = node if kind == "practice" else node - first if kind == "hospital" else 0
    if kind == "commissioner":
        return _commissioner(model, data["name"])
    cohort = model.cohorts[("practice", "hospital", "social_care").index(kind)]
    name = cohort.names[index]
    assert node <= first + hospitals
    return Story(
        data["name"],
        _lead(model, kind, index),
        _income(model, name),
        [
            (f"{levers.WORDS[kind, lever][0]}", f"{100 * cohort.levers[index, k]:.1f} %")
            for k, lever in enumerate(cohort.LEVERS)
        ],
        _margin(model, kind, index),
    )


def _lead(model: FundingFlows, kind: str, i: int) -> str:
    if kind == "practice":
        p = model.practices
        return (
            f"{p.lists[i]:,.0f} people, {p.gp_fte[i]:.1f} GPs (full-time equivalents), "
            f"{p.loads[i]:.0f} GP contacts per FTE-week, {100 * p.served[i]:.0f} % of requests served."
        )
    if kind == "hospital":
        h = model.hospitals
        return (
            f"{h.beds()[i]:,.0f} beds for this place, {100 * h.occupancy[i]:.0f} % occupied; "
            f"{h.listed[i].sum() / model.sample:,.0f} pathways waiting, "
            f"{h.wait()[i]:.1f} weeks on average."
        )
    care = model.social_care
    return f"{care.held.sum():,.0f} people in care, {care.waiting:,.0f} waiting for it."


def _income(model: FundingFlows, account: str) -> list[tuple[str, str, str]]:
    flows: Any = model.ledger.flows(payee=account, weeks=(max(model.week - WEEKS, 0) + 1, max(model.week, 1)))
    if flows.empty:
        return []
    years = min(model.week, WEEKS) / WEEKS
    total = flows.groupby(["payer", "purpose"], observed=True)["pence"].sum().sort_values(ascending=False) / 100 / years
    return [(_account(str(a)), str(b).replace("_", " "), f"£{v:,.0f}") for (a, b), v in total.items()]


def _margin(model: FundingFlows, kind: str, i: int) -> list[tuple[str, str]]:
    if model.funding is None:
        return []
    rows = [
        (label, sum(float(extra[i]) for _, _, extra in incentives.per_term(model, kind, name)))
        for name, label, _ in (*incentives.UNITS[kind], ("people", "one more person registered or served", 1.0))
    ]
    return [(label, pounds(v)) for label, v in rows]


def _commissioner(model: FundingFlows, name: str) -> Story:
    out: Any = model.ledger.flows(payer="commissioner", weeks=(max(model.week - WEEKS, 0) + 1, max(model.week, 1)))
    rows = []
    if not out.empty:
        total = out.groupby("purpose", observed=True)["pence"].sum().sort_values(ascending=False) / 1e8
        rows = [("commissioner", str(k).replace("_", " "), f"£{v:,.1f}m paid") for k, v in total.items()]
    balance = model.commissioners.balance / 1e8
    return Story(name, f"Holds the contracts. Balance so far £{number(balance)}m.", rows, [], [])


def _account(name: str) -> str:
    return {"nhs_england": "NHS England"}.get(name, name.replace("_", " ").capitalize())


def pounds(value: float) -> str:
    """£ and pence."""
    shown = f"£{abs(value):,.2f}"
    return "£0" if shown == "£0.00" else ("−" if value < 0 else "") + shown
