"""Details of one provider: size, income by term, changes in behaviour, and pay for extra activity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pandas as pd

from ....agents.patients.calendar import WEEKS
from ....model.system import HealthEconomy
from ...results import incentives
from ...results.incentives import cohort_of
from ...results.numbers import price, valued
from ...results.received import received

PAYS = ("What it paid in the last 52 weeks", "Paid by")  #: heading of a payer's table, and its first column


@dataclass(frozen=True)
class Story:
    """Details of one provider as text: size, income by term, changes in behaviour, and pay for extra activity."""

    title: str
    lead: str
    income: list[tuple[str, str, str]]
    levers: list[tuple[str, str]]
    margin: list[tuple[str, str]]
    heading: tuple[str, str] = ("Income in the last 52 weeks", "Paid by")


def story(model: HealthEconomy, node: int) -> Story:
    """Details of the provider at a node of the network."""
    data = model.network.nodes[node]
    kind, first = data["kind"], len(model.practices)
    index = node if kind == "practice" else node - first if kind == "hospital" else 0
    if kind == "commissioner":
        return _commissioner(model, data["name"])
    cohort = cohort_of(model, kind)
    name = cohort.names[index]
    return Story(
        data["name"],
        _lead(model, kind, index),
        _income(model, name),
        [(decision.label, f"{100 * cohort.levers[index, k]:.1f} %") for k, decision in enumerate(cohort.DECISIONS)],
        _margin(model, kind, index),
    )


def _lead(model: HealthEconomy, kind: str, i: int) -> str:
    if kind == "practice":
        p = model.practices
        return (
            f"{p.lists[i]:,.0f} people, {p.gp_fte[i]:.1f} GPs (full-time equivalents), "
            f"{p.loads[i]:.0f} GP contacts per FTE-week, {100 * p.served[i]:.0f} % of requests met."
        )
    if kind == "hospital":
        h = model.hospitals
        return (
            f"{h.beds()[i]:,.0f} beds for this place, {100 * h.occupancy[i]:.0f} % occupied; "
            f"{h.listed[i].sum() / model.sample:,.0f} pathways waiting, "
            f"{h.wait()[i]:.1f} weeks on average."
        )
    if kind == "community":
        c = model.community
        visits = c.lately("home_visits")[i] / WEEKS
        return f"{visits:,.0f} visits a week to people at home, {100 * c.staff[i]:.0f} % of usual staff."
    care = model.social_care
    return f"{care.held.sum():,.0f} people in care, {care.waiting.sum():,.0f} waiting for it."


def _income(model: HealthEconomy, account: str) -> list[tuple[str, str, str]]:
    """Pay over the last year by payer and purpose, less what was taken back, and the sum."""
    flows = received(model.ledger.flows(weeks=(max(model.week - WEEKS, 0) + 1, max(model.week, 1))), [account])
    if flows.empty:
        return []
    years = min(model.week, WEEKS) / WEEKS
    pounds = cast(pd.Series, flows.groupby(["other", "purpose"])["pence"].sum()).sort_values(ascending=False)
    pounds = pounds / 100 / years
    rows = [(account_name(str(a)), str(b).replace("_", " "), price(v, 0)) for (a, b), v in pounds.items()]  # type: ignore[misc]
    return [*rows, ("Together", "", price(float(pounds.sum()), 0))]


def _margin(model: HealthEconomy, kind: str, i: int) -> list[tuple[str, str]]:
    if model.funding is None:
        return []
    rows = [
        (label, sum(float(extra[i]) for _, _, extra in incentives.per_term(model, kind, name)))
        for name, label in incentives.units(cohort_of(model, kind))
    ]
    return [(label, price(v)) for label, v in rows]


def _commissioner(model: HealthEconomy, name: str) -> Story:
    out: Any = model.ledger.flows(payer="commissioner", weeks=(max(model.week - WEEKS, 0) + 1, max(model.week, 1)))
    rows = []
    if not out.empty:
        total = out.groupby("purpose", observed=True)["pence"].sum().sort_values(ascending=False) / 100
        rows = [("commissioner", str(k).replace("_", " "), price(v, 0)) for k, v in total.items()]
    balance = model.commissioners.balance / 1e8
    return Story(name, f"Holds the contracts. Balance so far {valued(balance, '£m')}.", rows, [], [], PAYS)


def account_name(name: str) -> str:
    """An account of the ledger in words."""
    return {"nhs_england": "NHS England"}.get(name, name.replace("_", " ").capitalize())
