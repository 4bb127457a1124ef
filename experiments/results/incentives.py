"""What one more of everything brings each kind of provider: the contract recomputed with a little more. No run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ...model.clock import week_of
from ...model.contracts.contract import payer_of
from ...model.contracts.holding import Holding, Holdings, holdings_of
from ...model.scenario import Funding
from ...model.system import HealthEconomy

PEOPLE = ("people_flat", "people_age_sex", "people_workload", "people_carr_hill_a", "people_carr_hill_b", "people_need")


Held = Mapping[str, Sequence[Holding]]  #: terms with their holders, by kind of provider


def days(model: HealthEconomy) -> dict[int, date]:
    """Weeks from which the model's own file pays something else, each with its day; the beginning first."""
    starts = model.place.file.starts
    out = {0: starts}
    for change in model.funding.changes if model.funding else ():
        if change.pays:
            steps = [(pd.Timestamp(change.when) + pd.DateOffset(years=k)).date() for k in range(change.over)]
            out |= {week_of(day, starts): day for day in [*steps, *([change.until] if change.until else [])]}
    return dict(sorted(out.items()))


def held(model: HealthEconomy, week: int) -> Held:
    """What the model's own file pays by in a week, taken up by all who may."""
    if model.timetable is None:
        raise ValueError("a way of paying is needed")
    return {cohort.kind: model.timetable.holdings(cohort, week, {}) for cohort in model.cohorts}


def final(model: HealthEconomy) -> Held:
    """What the model's own file pays by when the last of its changes has come."""
    if model.timetable is None:
        raise ValueError("a way of paying is needed")
    return {cohort.kind: model.timetable.final_contract(cohort).holdings for cohort in model.cohorts}


def table(model: HealthEconomy, funding: Funding | None = None, of: str = "", by: Held | None = None) -> pd.DataFrame:
    """£ that the kind's average provider is paid for one more unit at the year's end, and what the unit costs it.

    ``of``: the code of one provider, whose pay is shown instead of the average; rows are then those of its kind.

    The year is the expected one before the contract; ``funding`` is the model's own unless another one is given, with
    its prices solved. Where the model's own file changes by date, the contract is the one in force when the last of its
    changes has come; ``by`` are other terms of it, such as those ``held`` in an earlier week.

    Columns: kind, unit, pays (£), pool (£ through the provider's part in the results of pools; below zero where doing
    more spends a pool's money), costs (£, variable cost where the model has one).
    """
    funding = funding or model.funding
    if funding is None:
        raise ValueError("a way of paying is needed")
    rows: list[dict[str, Any]] = []
    timetable = model.timetable if funding is model.funding else None
    if by is None and timetable:
        by = final(model)
    elif by is None:
        by = {c.kind: holdings_of(funding.contracts[c.kind], len(c)) for c in model.cohorts}
    for cohort in model.cohorts:
        if of and of not in cohort.names:
            continue
        contract = Holdings(by[cohort.kind])
        activity = cohort.expected()
        whose = np.array([float(name == of) for name in cohort.names]) if of else activity["share_at_start"]
        first = len(rows)
        steps: list[dict[str, Any]] = []
        for name, label in units(cohort):
            steps.append(_one_more_person(activity) if name == "people" else _more(cohort, activity, name))
            cost = cohort.variable_cost(name) if name in cohort.COUNTED else np.nan
            rows.append(_row(cohort, contract, activity, steps[-1], label, cost, whose))
        for row, more in zip(rows[first:], steps, strict=True):
            through = timetable.pools.marginal(cohort, by, activity, more) if timetable else np.zeros(len(cohort))
            row["pool"] = float(whose @ through)
    return pd.DataFrame(rows)


def cohort_of(model: HealthEconomy, kind: str) -> Any:
    """The providers of a kind."""
    return next(cohort for cohort in model.cohorts if cohort.kind == kind)


def units(cohort: Any) -> list[tuple[str, str]]:
    """Activities, indicators and ``people``: what tables show one more of, by name, and in words."""
    done = [(a.name, f"one more {a.one}") for a in cohort.ACTIVITIES if a.one]
    measured = [(i.name, f"one percentage point of {i.label}") for i in cohort.OUTCOMES if i.step]
    return [*done, *measured, ("people", "one more person registered or served")]


def per_term(
    model: HealthEconomy, kind: str, name: str, by: Sequence[Holding] | None = None
) -> list[tuple[str, str, np.ndarray]]:
    """£ that each term of a kind's contract pays each provider for one more unit: (payer, term, (N,)).

    ``name`` is an activity, or ``people`` for one more person. The contract is the one in force now, or the terms
    ``by``. For social care the commissioner is the council.
    """
    if model.timetable is None:
        raise ValueError("a way of paying is needed")
    cohort = cohort_of(model, kind)
    activity = cohort.expected()
    more = _one_more_person(activity) if name == "people" else _more(cohort, activity, name)
    rows = []
    for holding in model.timetable.held[kind] if by is None else by:
        extra = np.broadcast_to(np.asarray(holding.due(more)) - holding.due(activity), (len(cohort),))
        rows.append((payer_of(kind, holding.term), holding.term.name, extra))
    return rows


def numbers_of(term: Any) -> dict[str, Any]:
    """A term's fields that are numbers, or numbers by activity."""
    found = {key: getattr(term, key) for key in term.__dataclass_fields__}
    return {
        key: value
        for key, value in found.items()
        if isinstance(value, dict) or (isinstance(value, int | float | np.floating) and not isinstance(value, bool))
    }


def _one_more_person(activity: dict[str, Any]) -> dict[str, Any]:
    more = dict(activity)
    for name in PEOPLE:
        if name in more:
            more[name] = activity[name] * (1.0 + 1.0 / activity["people_flat"])
    return more


def _more(cohort: Any, activity: dict[str, Any], name: str) -> dict[str, Any]:
    """The year with one more unit of an activity, or a step of an indicator, by each provider."""
    more = dict(activity)
    if name in cohort.COUNTED:
        more[name] = activity[name] + 1.0
        changes = cohort.moves(name)
    else:
        step = next(i.step for i in cohort.OUTCOMES if i.name == name)
        changes = {name: np.full(len(cohort), step)}
    for indicator, change in changes.items():
        more[indicator] = activity[indicator] + change
        if not indicator.endswith(".crude"):  # in the lot's mean only the own part moves
            more[f"{indicator}.lot"] = activity[f"{indicator}.lot"] + cohort.part_of_lot() * change
    return more


def _row(
    cohort: Any, contract: Any, activity: dict[str, Any], more: dict[str, Any], label: str, cost: float,
    whose: np.ndarray,
) -> dict[str, Any]:  # fmt: skip
    shape = (len(cohort),)
    extra = np.broadcast_to(contract.due(more), shape) - np.broadcast_to(contract.due(activity), shape)
    return {"kind": cohort.kind, "unit": label, "pays": float(whose @ extra), "pool": 0.0, "costs": cost}
