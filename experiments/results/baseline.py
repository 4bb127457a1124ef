"""The model beside the published baseline year, figure by figure and pound by pound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from ...agents.patients.week import WEEKS
from ...model.system import HealthEconomy
from .year import Year

REGISTERED = 552_295  #: people of the published county; counts are brought to it


def scaled(y: Year, count: float) -> float:
    """A count brought to the published number of people registered."""
    return count * REGISTERED / y.number()


@dataclass(frozen=True)
class Figure:
    """A published figure, its grade (V, D, D*, R, A), and how to read it off a run of two years."""

    name: str
    published: float
    grade: str
    unit: str
    read: Callable[[Year], float]

    @property
    def tolerance(self) -> float:
        """5 % of the published figure; 10 % where it is assumed, or published as a range that wide."""
        return 0.10 if self.grade.endswith(("A", "range")) else 0.05


SENIOR = slice(4, 7)


def _gp(y: Year) -> dict[str, np.ndarray]:
    return y.organisations["practice"]


def _contacts(y: Year) -> float:
    weeks = y.model.parameters.general_practice.gp_weeks
    return y.event("gp_consultations") / float(_gp(y)["gp_fte"].sum()) / weeks


FIGURES: tuple[Figure, ...] = (
    Figure("GP and nurse consultations", 5.51, "D*", "per person-year",
           lambda y: y.event("gp_consultations", "other_consultations") / y.number()),
    Figure("GP contacts per FTE-week (44 weeks)", 129.0, "D*", "contacts",
           _contacts),
    Figure("GP FTE", 0.599, "D", "per 1,000 registered", lambda y: 1000.0 * float(_gp(y)["gp_fte"].sum()) / y.number()),
    Figure("Requests that fail at first ask", 0.11, "R", "share",
           lambda y: y.event("failed_requests") / y.event("requests")),
    Figure("Emergency admissions", 105.0, "D*", "per 1,000 residents",
           lambda y: 1000.0 * y.event("emergency_zero_day", "emergency_overnight") / y.residents),
    Figure("Emergency admissions, 65+", 228.7, "D*", "per 1,000 residents 65+",
           lambda y: 1000.0 * y.event("emergency_zero_day", "emergency_overnight", bands=SENIOR)
           / (y.number(SENIOR) * y.model.place.file.resident_share)),
    Figure("A&E attendances", 343.1, "D*", "per 1,000 residents",
           lambda y: 1000.0 * y.event("ae_attendances") / y.residents),
    Figure("A&E attendances, major", 131_139, "D*", "a year", lambda y: scaled(y, y.event("ae_major"))),
    Figure("GP referrals", 132_195, "D*", "a year", lambda y: scaled(y, y.event("gp_referrals"))),
    Figure("First clinics", 182_834, "D*", "a year", lambda y: scaled(y, y.event("first_clinics"))),
    Figure("Follow-ups", 398_183, "D*", "a year", lambda y: scaled(y, y.event("follow_ups"))),
    Figure("Elective day cases", 69_453, "R", "a year", lambda y: scaled(y, y.event("day_cases"))),
    Figure("Elective inpatients", 15_066, "R", "a year", lambda y: scaled(y, y.event("inpatients"))),
    Figure("Mean emergency stay, delays included", 5.42, "D*", "nights",
           lambda y: y.event("emergency_nights", "nhs_delayed_nights", "social_delayed_nights")
           / y.event("emergency_zero_day", "emergency_overnight")),
    Figure("Occupied bed-days", 376_942, "D*/A", "a year", lambda y: scaled(y, sum(y.nights().values()))),
    Figure("Occupancy of G&A beds", 0.91, "D*/A", "share", lambda y: y.series["beds_used"] / y.series["beds_open"]),
    Figure("Waiting list", 33_049, "D*/A", "pathways", lambda y: scaled(y, float(y.listed.sum()))),
    Figure("Median wait on the list", 6.75, "D*/A", "weeks", Year.median_wait),
    Figure("Share of the list within 18 weeks", 0.918, "V", "share",
           lambda y: float(y.listed[:18].sum() / y.listed.sum())),
    Figure("Delayed days", 21_700, "D*", "a year",
           lambda y: scaled(y, y.event("nhs_delayed_nights", "social_delayed_nights"))),
    Figure("Delayed days for social care alone", 0.341, "D*", "share",
           lambda y: y.event("social_delayed_nights") / y.event("nhs_delayed_nights", "social_delayed_nights")),
    Figure("Costliest 5 % of people (45-55 %)", 0.50, "V range", "share of spend", lambda y: y.costliest),
    Figure("Deaths", 5_911, "D*", "a year", lambda y: scaled(y, y.event("deaths"))),
    Figure("Births", 5_600, "D", "a year", lambda y: scaled(y, y.event("births"))),
    Figure("Practice income", 132.91, "D*/A", "£ per patient",
           lambda y: 1e6 * y.paid(["nhs_england", "commissioner"], y.model.practices.names) / y.number()),
    Figure("Commissioner's spending", 1240.0, "D*", "£ per head", lambda y: 1e6 * y.paid("commissioner") / y.number()),
    Figure("Council's spending on social care", 276.8, "V", "£ per head",
           lambda y: 1e6 * y.paid("council") / y.number()),
    Figure("Council-funded people in care homes, 65+", 1_642, "A", "people",
           lambda y: scaled(y, _held(y, "council_place"))),
    Figure("Council home-care clients, 65+", 2_600, "A", "people", lambda y: scaled(y, _held(y, "home_care"))),
)  # fmt: skip


def _held(y: Year, kind: str) -> float:
    return float(y.organisations["social_care"][f"{kind}_weeks"].sum()) / WEEKS


CONDITIONS = (447_727, 79_909, 19_187, 4_519, 953)


def table(models: Sequence[HealthEconomy]) -> pd.DataFrame:
    """Published and simulated side by side: mean over runs, ratio, and whether it is within tolerance."""
    years = [Year(model, 0, 2) for model in models]
    rows = []
    for figure in FIGURES:
        values = [figure.read(year) for year in years]
        mean = float(np.mean(values))
        ratio = mean / figure.published
        rows.append(
            (figure.name, figure.unit, figure.published, figure.grade, mean, ratio, abs(ratio - 1) <= figure.tolerance)
        )
    for name, model_year in (("start", 0), ("year 5", 5)):
        counts = [conditions(model, model_year) for model in models if len(model.record.years) >= model_year]
        if not counts:
            continue
        mean = np.mean(counts, axis=0)
        for n, (got, want) in enumerate(zip(mean, CONDITIONS, strict=True)):
            label = f"People with {n}{'+' if n == 4 else ''} conditions, {name}"
            rows.append((label, "people", want, "D", got, got / want, abs(got / want - 1) <= 0.05))
    columns = ["figure", "unit", "published", "grade", "model", "ratio", "within"]
    return pd.DataFrame(rows, columns=columns)


def conditions(model: HealthEconomy, year: int) -> np.ndarray:
    """People by number of conditions at a year's end (0: the start), brought to the published list, (5,)."""
    spread = model.first_spread if year == 0 else model.record.years[year - 1]["spread"]
    count = spread.sum(axis=0)[:5].astype(float)
    return count * REGISTERED / count.sum()


#: £m of the baseline year, payer to payee (docs/baseline.md, section 5)
MATRIX: dict[tuple[str, str], float] = {
    ("treasury", "commissioner"): 684.8, ("treasury", "nhs_england"): 161.3, ("treasury", "council"): 63.0,
    ("treasury", "hospitals"): 23.4, ("council_taxpayers", "council"): 76.9, ("clients", "social_care"): 90.9,
    ("commissioner", "council"): 13.0, ("commissioner", "practices"): 4.0, ("commissioner", "hospitals"): 342.4,
    ("commissioner", "community"): 84.0, ("commissioner", "mental_health"): 72.0, ("commissioner", "pharmacies"): 83.0,
    ("commissioner", "continuing_care"): 39.0, ("commissioner", "other_nhs"): 47.4, ("nhs_england", "practices"): 69.4,
    ("nhs_england", "hospitals"): 91.9, ("council", "social_care"): 152.9, ("practices", "staff_and_suppliers"): 73.4,
    ("hospitals", "staff_and_suppliers"): 457.7, ("community", "staff_and_suppliers"): 84.0,
    ("mental_health", "staff_and_suppliers"): 72.0, ("pharmacies", "staff_and_suppliers"): 83.0,
    ("continuing_care", "social_care"): 11.7, ("continuing_care", "staff_and_suppliers"): 27.3,
    ("other_nhs", "staff_and_suppliers"): 47.4, ("social_care", "staff_and_suppliers"): 255.5,
}  # fmt: skip


def matrix(model: HealthEconomy, first: int = 0, last: int = 1) -> pd.DataFrame:
    """Payer by payee, £m a year over some years, practices and hospitals each as one."""
    flows = model.ledger.flows(weeks=(first * WEEKS + 1, last * WEEKS))
    together = dict.fromkeys(model.practices.names, "practices") | dict.fromkeys(model.hospitals.names, "hospitals")
    payer = flows["payer"].astype(str).replace(together)
    payee = flows["payee"].astype(str).replace(together)
    pence = cast(pd.Series, flows["pence"].groupby([payer, payee]).sum())
    return cast(pd.DataFrame, (pence / 1e8 / (last - first)).unstack(fill_value=0.0))


def money_table(models: Sequence[HealthEconomy]) -> pd.DataFrame:
    """The year-1 matrix beside the published one, £m, scaled to the published number of people."""
    each = [matrix(model) for model in models]
    mean = sum(each[1:], each[0]) / len(each)
    scale = REGISTERED / models[0].place.registered
    rows = []
    for payer in mean.index:
        for payee in mean.columns:
            got, want = float(mean.loc[payer, payee]) * scale, MATRIX.get((payer, payee), 0.0)
            if got > 0.05 or want:
                rows.append((payer, payee, want, got, got - want))
    return pd.DataFrame(rows, columns=["payer", "payee", "published", "model", "difference"])
