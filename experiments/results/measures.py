"""The headline measures: workload, money, people, planet. One table, read by every comparison."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite, isnan
from typing import Any

import numpy as np

from ...model.errors import InputError
from ...model.system import HealthEconomy
from .year import Year


@dataclass(frozen=True)
class Measure:
    """A figure of a run: which way is better is left to the reader, save for the probability that it rises.

    ``of``: what it is a share of, where that may be nothing: then it is not a number and shown as a dash.
    """

    key: str
    group: str
    label: str
    unit: str
    read: Callable[[Year], float]
    digits: int = 1
    of: str = ""


def _share(part: Any, whole: Any) -> Any:
    """Not a number where there is nothing to take a share of; both may be arrays, of the providers of a kind."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole, np.divide(part, whole), np.nan)[()]


def _unmet(y: Year, quintile: int) -> float:
    return 1000.0 * y.event("unmet_requests", quintile=quintile) / max(y.number(quintile=quintile), 1.0)


def _qalys(y: Year) -> float:
    """QALYs a year per 1,000 people of the start: of those alive, deaths of the ill would raise it."""
    return 1000.0 * float(y.qalys.sum()) / y.model.place.registered


def _contacts(y: Year) -> float:
    weeks = y.model.parameters.general_practice.gp_weeks
    return _share(y.event("gp_consultations"), y.total("practice", "gp_fte")) / weeks


def _control(y: Year) -> float:
    stock = y.last_year["stock"]
    return float(stock[:, 2].sum() / max(stock[:, 1].sum(), 1) / 65535.0)


def _drawings(y: Year) -> float:
    p = y.model.parameters.money
    partners = p.partners_rate * y.number()
    return 1000.0 * (y.income("practice") - y.cost("practice")) / np.maximum(partners, 1e-9)


def _practice_share(y: Year) -> float:
    return 100.0 * _share(y.income("practice"), sum(y.income(kind) for kind in ("practice", "hospital", "social_care")))


def _hospital_margin(y: Year) -> float:
    return 100.0 * (1.0 - _share(y.cost("hospital"), y.income("hospital")))


MEASURES: tuple[Measure, ...] = (
    Measure("consultations", "workload", "GP and nurse consultations", "per person-year",
            lambda y: y.event("gp_consultations", "other_consultations") / y.number(), 2),
    Measure("contacts", "workload", "GP contacts per FTE-week", "contacts",
            _contacts, of="GPs in post"),
    Measure("gp_fte", "workload", "GPs in post", "FTE", lambda y: y.total("practice", "gp_fte")),
    Measure("failed", "workload", "Requests not met", "% of requests",
            lambda y: 100.0 * _share(y.event("failed_requests"), y.event("requests")), of="requests"),
    Measure("referrals", "workload", "GP referrals", "per 1,000 people",
            lambda y: 1000.0 * y.event("gp_referrals") / y.number()),
    Measure("emergencies", "workload", "Emergency admissions", "per 1,000 people",
            lambda y: 1000.0 * y.event("emergency_zero_day", "emergency_overnight") / y.number()),
    Measure("electives", "workload", "Elective admissions", "per 1,000 people",
            lambda y: 1000.0 * y.event("day_cases", "inpatients") / y.number()),
    Measure("ae", "workload", "A&E attendances", "per 1,000 people",
            lambda y: 1000.0 * y.event("ae_attendances") / y.number()),
    Measure("occupancy", "workload", "Hospital beds occupied", "%",
            lambda y: 100.0 * y.series["beds_used"] / y.series["beds_open"]),
    Measure("waiting", "workload", "Waiting list", "per 1,000 people",
            lambda y: 1000.0 * float(y.listed.sum()) / y.number()),
    Measure("median_wait", "workload", "Median wait on the list", "weeks", Year.median_wait, 2),
    Measure("delays", "workload", "Delayed days in hospital", "per 1,000 people",
            lambda y: 1000.0 * y.event("nhs_delayed_nights", "social_delayed_nights") / y.number()),
    Measure("home_visits", "workload", "Visits by community nurses and therapists", "per 1,000 people",
            lambda y: 1000.0 * y.total("community", "home_visits") / y.number()),
    Measure("practice_income", "money", "Paid to general practice", "£m a year", lambda y: y.income("practice")),
    Measure("hospital_income", "money", "Paid to hospitals", "£m a year", lambda y: y.income("hospital")),
    Measure("care_income", "money", "Paid to social care, clients included", "£m a year",
            lambda y: y.income("social_care")),
    Measure("community_income", "money", "Paid to community services", "£m a year", lambda y: y.income("community")),
    Measure("practice_share", "money", "General practice's share of the three", "%", _practice_share, 2,
            of="what the three are paid"),
    Measure("public", "money", "Public spending, NHS and council", "£m a year", Year.public),
    Measure("hospital_margin", "money", "Hospitals' margin", "% of income", _hospital_margin, 2,
            of="what hospitals are paid"),
    Measure("drawings", "money", "Drawings per GP partner", "£000 a year", _drawings),
    Measure("balance", "money", "Commissioner's balance at the end", "£m",
            lambda y: y.last_year["balance"] / 1e8),
    Measure("qalys", "people", "QALYs", "per 1,000 people of the start", _qalys, 2),
    Measure("deaths", "people", "Deaths", "per 1,000 people", lambda y: 1000.0 * y.event("deaths") / y.number(), 2),
    Measure("acsc", "people", "Avoidable (ACSC) admissions", "per 1,000 people",
            lambda y: 1000.0 * y.event("acsc_admissions") / y.number(), 2),
    Measure("control", "people", "Conditions controlled, at the end", "%", lambda y: 100.0 * _control(y), 2),
    Measure("family_care", "people", "Family care of people without social care", "hours a week per 1,000 people",
            lambda y: 1000.0 * y.family_hours() / y.number()),
    Measure("carer_loss", "people", "QALYs of these carers lost (among QALYs)", "per 1,000 people of the start",
            lambda y: 1000.0 * y.carer_loss() / y.model.place.registered, 3),
    Measure("unmet_poorest", "people", "Unmet requests, most deprived fifth", "per 1,000 people",
            lambda y: _unmet(y, 0)),
    Measure("unmet_richest", "people", "Unmet requests, least deprived fifth", "per 1,000 people",
            lambda y: _unmet(y, 4)),
    Measure("carbon", "planet", "Carbon footprint of the care counted", "kt CO2e a year", Year.carbon, 2),
)  # fmt: skip


def read(model: HealthEconomy, first: int = 0, last: int | None = None) -> dict[str, float]:
    """Every measure of a run, as means over some years."""
    return values(Year(model, first, last))


def values(year: Year) -> dict[str, float]:
    """Every measure of some years of a run.

    Raises:
        InputError: when one is infinite, or not a number although it should be one.
    """
    found = {measure.key: float(np.float64(measure.read(year))) for measure in MEASURES}
    for measure in MEASURES:
        value = found[measure.key]
        if not (isfinite(value) or (isnan(value) and measure.of)):
            place, funding = year.model.place.id, year.model.case.funding
            raise InputError(
                f"{place}, {funding.id if funding else 'no money'}: {measure.label} is not a finite number; "
                "check the numbers of place, funding file and parameters"
            )
    return found
