"""What one more of everything brings each kind of provider: the contract recomputed with a little more. No run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..model.scenario import Funding
from ..model.system import FundingFlows

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


def table(model: FundingFlows, funding: Funding | None = None, of: str = "") -> pd.DataFrame:
    """£ that the kind's average provider is paid for one more unit at the year's end, and what the unit costs it.

    ``of``: the code of one provider, whose pay is shown instead of the average; rows are then those of its kind.

    The year is the expected one before the contract; ``funding`` is the model's own unless another one is given, with
    its prices solved. Where the model's own file changes by date, the contract is the one in force when the last of its
    changes has come. Columns: kind, unit, pays (£), pool (£ through the provider's part in the results of pools; below
    zero where doing more spends a pool's money), costs (£, variable cost where the model has one).
    """
    funding = funding or model.funding
    if funding is None:
        raise ValueError("a way of paying is needed")
    rows: list[dict[str, Any]] = []
    reform = model.reform if funding is model.funding else None
    held = {c.kind: reform.latest(c).lines for c in model.cohorts} if reform else {}
    for cohort in model.cohorts:
        if of and of not in cohort.names:
            continue
        contract = reform.latest(cohort) if reform else funding.contracts[cohort.kind]
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
            through = reform.pools.marginal(cohort, held, activity, more) if reform else np.zeros(len(cohort))
            row["pool"] = float(whose @ through)
    return pd.DataFrame(rows)


def per_term(model: FundingFlows, kind: str, name: str) -> list[tuple[str, str, np.ndarray]]:
    """£ that each term of a kind's contract pays each provider for one more unit: (payer, term, (N,)).

    ``name`` is an activity, or ``people`` for one more person. For social care the commissioner is the council.
    """
    if model.funding is None:
        raise ValueError("a way of paying is needed")
    cohort = next(c for c in model.cohorts if c.kind == kind)
    activity = cohort.expected()
    more = _one_more_person(activity) if name == "people" else _more(cohort, activity, name, 1.0)
    rows = []
    for term in model.funding.contracts[kind]:
        payer = "council" if kind == "social_care" and term.payer == "commissioner" else term.payer
        extra = np.broadcast_to(np.asarray(term.due(more)) - term.due(activity), (len(cohort),))
        rows.append((payer, term.name, extra))
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


def _cost(model: FundingFlows, kind: str, name: str) -> float:
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
