"""What one more of everything brings each kind of provider: the contract recomputed with a little more. No run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ...model.clock import week_of
from ...model.contracts.holding import Contracts, Line, lines
from ...model.contracts.pool import payer_of
from ...model.scenario import Funding
from ...model.system import HealthEconomy

UNITS: dict[str, tuple[tuple[str, str, float], ...]] = {
    "practice": (
        ("gp_consultations", "one more GP consultation", 1.0),
        ("other_consultations", "one more nurse or other consultation", 1.0),
        ("gp_referrals", "one more referral", 1.0),
        ("ae_attendances", "one more A&E attendance of its patients", 1.0),
        ("emergency_overnight", "one more emergency admission of its patients", 1.0),
        ("acsc_admissions", "one more avoidable admission of its patients", 1.0),
    ),
    "hospital": (
        ("first_clinics", "one more first clinic", 1.0),
        ("follow_ups", "one more follow-up", 1.0),
        ("day_cases", "one more day case", 1.0),
        ("inpatients", "one more elective inpatient", 1.0),
        ("emergency_zero_day", "one more short emergency admission", 1.0),
        ("emergency_overnight", "one more overnight emergency admission", 1.0),
        ("ae_major", "one more A&E attendance", 1.0),
        ("emergency_nights", "one more bed-day of an emergency", 1.0),
    ),
    "social_care": (
        ("home_care_weeks", "one more client-week of home care", 1.0),
        ("council_place_weeks", "one more week in a care home", 1.0),
        ("care_starts", "one more new client", 1.0),
        ("social_delayed_nights", "one more delayed night in hospital", 1.0),
    ),
}
PEOPLE = ("people_flat", "people_age_sex", "people_carr_hill_a", "people_carr_hill_b")


Held = Mapping[str, Sequence[Line]]  #: terms with their holders, by kind of provider


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
    if model.reform is None:
        raise ValueError("a way of paying is needed")
    return {cohort.kind: model.reform.lines(cohort, week, {}) for cohort in model.cohorts}


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
    reform = model.reform if funding is model.funding else None
    if by is None and reform:
        by = {c.kind: reform.latest(c).lines for c in model.cohorts}
    elif by is None:
        by = {c.kind: lines(funding.contracts[c.kind], len(c)) for c in model.cohorts}
    for cohort in model.cohorts:
        if of and of not in cohort.names:
            continue
        contract = Contracts(by[cohort.kind])
        activity = cohort.expected()
        whose = np.array([float(name == of) for name in cohort.names]) if of else activity["share_at_start"]
        first = len(rows)
        steps: list[dict[str, Any]] = []
        for name, label, step in UNITS[cohort.kind]:
            steps.append(_more(cohort, activity, name, step))
            cost = _cost(model, cohort.kind, name)
            rows.append(_row(cohort, contract, activity, steps[-1], label, step, cost, whose))
        for label, change in _indicator_steps(cohort):
            steps.append(change(activity))
            rows.append(_row(cohort, contract, activity, steps[-1], label, 1.0, np.nan, whose))
        steps.append(_one_more_person(activity))
        label = "one more person registered or served"
        rows.append(_row(cohort, contract, activity, steps[-1], label, 1.0, np.nan, whose))
        for row, more in zip(rows[first:], steps, strict=True):
            through = reform.pools.marginal(cohort, by, activity, more) if reform else np.zeros(len(cohort))
            row["pool"] = float(whose @ through)
    return pd.DataFrame(rows)


def per_term(
    model: HealthEconomy, kind: str, name: str, by: Sequence[Line] | None = None
) -> list[tuple[str, str, np.ndarray]]:
    """£ that each term of a kind's contract pays each provider for one more unit: (payer, term, (N,)).

    ``name`` is an activity, or ``people`` for one more person. The contract is the one in force now, or the terms
    ``by``. For social care the commissioner is the council.
    """
    if model.reform is None:
        raise ValueError("a way of paying is needed")
    cohort = next(c for c in model.cohorts if c.kind == kind)
    activity = cohort.expected()
    more = _one_more_person(activity) if name == "people" else _more(cohort, activity, name, 1.0)
    rows = []
    for line in model.reform.held[kind] if by is None else by:
        extra = np.broadcast_to(np.asarray(line.due(more)) - line.due(activity), (len(cohort),))
        rows.append((payer_of(kind, line.term), line.term.name, extra))
    return rows


def _one_more_person(activity: dict[str, Any]) -> dict[str, Any]:
    more = dict(activity)
    for name in PEOPLE:
        if name in more:
            more[name] = activity[name] * (1.0 + 1.0 / activity["people_flat"])
    return more


def _more(cohort: Any, activity: dict[str, Any], name: str, step: float) -> dict[str, Any]:
    more = {**activity, name: activity[name] + step}
    if cohort.kind == "practice" and name == "acsc_admissions":
        _shift(cohort, more, "acsc_rate", 1.0 / np.maximum(cohort.expected_acsc, 1e-9))
        more["acsc_rate.crude"] = activity["acsc_rate.crude"] + 1000.0 / np.maximum(cohort.lists, 1.0)
    if cohort.kind == "hospital" and name == "emergency_nights":
        _shift(cohort, more, "bed_nights_per_head", 1.0 / np.maximum(cohort.served_people, 1.0))
    if cohort.kind == "social_care" and name == "social_delayed_nights":
        _shift(cohort, more, "delayed_nights", 1000.0 / np.maximum(cohort.people, 1.0))
    return more


def _shift(cohort: Any, activity: dict[str, Any], name: str, change: np.ndarray) -> None:
    """Change an indicator of each provider alone; in the lot's mean only the own part moves."""
    activity[name] = activity[name] + change
    if cohort.kind == "practice":
        part = cohort.usual_list / np.bincount(cohort.lot, cohort.usual_list)[cohort.lot]
    else:
        part = activity["share_at_start"]
    activity[f"{name}.lot"] = activity[f"{name}.lot"] + part * change


def _indicator_steps(cohort: Any) -> list[tuple[str, Any]]:
    """Labels and changes for outcomes that are not events."""

    def shift(name: str, change: np.ndarray) -> Any:
        def apply(activity: dict[str, Any]) -> dict[str, Any]:
            more = dict(activity)
            _shift(cohort, more, name, change)
            return more

        return apply

    if cohort.kind == "practice":
        sick = 0.19 * np.maximum(
            cohort.lists, 1.0
        )  # about 19 % have a condition: one more of them brought to full control
        return [
            ("one more patient's conditions controlled", shift("control", 0.4 / sick)),
            ("one percentage point of recorded quality", shift("recorded_quality", np.full(len(cohort), 0.01))),
            ("one percentage point of requests served", shift("access", np.full(len(cohort), 0.01))),
        ]
    if cohort.kind == "hospital":
        return [
            ("one percentage point of the list within 18 weeks", shift("within_18_weeks", np.full(len(cohort), 0.01)))
        ]
    return []


def _row(
    cohort: Any, contract: Any, activity: dict[str, Any], more: dict[str, Any], label: str, step: float, cost: float,
    whose: np.ndarray,
) -> dict[str, Any]:  # fmt: skip
    shape = (len(cohort),)
    extra = np.broadcast_to(contract.due(more), shape) - np.broadcast_to(contract.due(activity), shape)
    return {"kind": cohort.kind, "unit": label, "pays": float(whose @ extra) / step, "pool": 0.0, "costs": cost}


def _cost(model: HealthEconomy, kind: str, name: str) -> float:
    hospital, money, care = model.parameters.hospital, model.parameters.money, model.parameters.social_care
    variable = 1.0 - hospital.fixed_cost_share
    if kind == "hospital" and name == "emergency_nights":
        return variable * money.bed_day_cost
    if kind == "hospital":
        return variable * model.hospitals.unit_cost(name)
    if kind == "practice" and name in ("gp_consultations", "other_consultations"):
        seen = sum(model.practices.before[k].sum() for k in ("gp_consultations", "other_consultations"))
        people = model.practices.usual_list.sum()
        return float(money.practice_variable_share * money.practice_cost_premises_other * people / seen)
    if name == "home_care_weeks":
        return care.home_care_hours * care.home_care_price
    if name == "council_place_weeks":
        return care.care_home_price
    return float("nan")
