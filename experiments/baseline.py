"""The model beside the published baseline year, figure by figure and pound by pound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..agents.week import EVENTS, WEEKS
from ..model.system import FundingFlows

REGISTERED, RESIDENTS, PEOPLE_65 = 552_295, 546_000, 127_578


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


class Year:
    """Means over years 1 and 2 of a run, in whole-place units a year."""

    def __init__(self, model: FundingFlows, first: int = 0, last: int = 2) -> None:
        self.model = model
        years = model.record.years[first:last]
        self.groups = np.mean([y["groups"] for y in years], axis=0) / model.sample
        self.people = np.mean([y["stock"][:, 0] for y in years], axis=0) / model.sample
        self.organisations = {
            kind: {
                name: np.mean([y["organisations"][kind][name] for y in years], axis=0)
                for name in years[0]["organisations"][kind]
            }
            for kind in ("practice", "hospital", "social_care")
        }
        self.listed = np.mean([y["listed"].sum(axis=0) for y in years], axis=0) / model.sample
        self.series = {
            name: np.mean([np.sum(row) for row in rows[first * WEEKS : last * WEEKS]])
            for name, rows in model.record.series.items()
        }
        self.costliest = float(np.mean([y["costliest_5_percent"] for y in years]))
        self.flows = model.ledger.flows(weeks=(first * WEEKS + 1, last * WEEKS))
        self.years = len(years)

    def event(self, *names: str, bands: slice = slice(0, 7)) -> float:
        """Events a year, of some age bands."""
        table = self.groups.reshape(7, 5, -1)[bands].sum(axis=(0, 1))
        return float(sum(table[EVENTS.index(name)] for name in names))

    def number(self, bands: slice = slice(0, 7)) -> float:
        """People registered, of some age bands."""
        return float(self.people.reshape(7, 5)[bands].sum())

    @property
    def residents(self) -> float:
        return self.number() * self.model.place.file.resident_share

    def scaled(self, count: float) -> float:
        """A count brought to the published number of people registered."""
        return count * REGISTERED / self.number()

    def nights(self) -> dict[str, float]:
        """Bed-nights a year by kind; they add up to the nights used."""
        emergency, elective = self.event("emergency_nights"), self.event("elective_nights")
        parts = {
            "emergency": emergency,
            "elective": elective,
            "other, mainly transfers": (emergency + elective) * self.model.parameters.hospital.transfers_stay_share,
            "delayed, NHS": self.event("nhs_delayed_nights"),
            "delayed, social care": self.event("social_delayed_nights"),
        }
        return parts

    def paid(self, payer: str | Sequence[str], payee: str | Sequence[str] | None = None) -> float:
        """£m a year from one account (or several) to another (or all)."""
        payers = [payer] if isinstance(payer, str) else payer
        flows = self.flows[self.flows["payer"].isin(payers)]
        if payee is not None:
            flows = flows[flows["payee"].isin([payee] if isinstance(payee, str) else payee)]
        return float(flows["pence"].sum()) / 1e8 / self.years


SENIOR = slice(4, 7)


def _median(y: Year) -> float:
    total = np.cumsum(y.listed)
    week = int(np.searchsorted(total, total[-1] / 2.0))
    before = total[week - 1] if week else 0.0
    return week + (total[-1] / 2.0 - before) / max(y.listed[week], 1e-9)


def _gp(y: Year) -> dict[str, np.ndarray]:
    return y.organisations["practice"]


FIGURES: tuple[Figure, ...] = (
    Figure("GP and nurse consultations", 5.51, "D*", "per person-year",
           lambda y: y.event("gp_consultations", "other_consultations") / y.number()),
    Figure("GP contacts per FTE-week (44 weeks)", 129.0, "D*", "contacts",
           lambda y: y.event("gp_consultations") / float(_gp(y)["gp_fte"].sum()) / 44.0),
    Figure("GP FTE", 0.599, "D", "per 1,000 registered", lambda y: 1000.0 * float(_gp(y)["gp_fte"].sum()) / y.number()),
    Figure("Requests that fail at first ask", 0.11, "R", "share",
           lambda y: y.event("failed_requests") / y.event("requests")),
    Figure("Emergency admissions", 105.0, "D*", "per 1,000 residents",
           lambda y: 1000.0 * y.event("emergency_zero_day", "emergency_overnight") / y.residents),
    Figure("Emergency admissions, 65+", 228.7, "D*", "per 1,000 residents 65+",
           lambda y: 1000.0 * y.event("emergency_zero_day", "emergency_overnight", bands=SENIOR)
           / (y.number(SENIOR) * y.model.place.file.resident_share)),
    Figure("A&E attendances", 343.1, "D*", "per 1,000 residents", lambda y: 1000.0 * y.event("ae_attendances") / y.residents),
    Figure("A&E attendances, major", 131_139, "D*", "a year", lambda y: y.scaled(y.event("ae_major"))),
    Figure("GP referrals", 132_195, "D*", "a year", lambda y: y.scaled(y.event("gp_referrals"))),
    Figure("First clinics", 182_834, "D*", "a year", lambda y: y.scaled(y.event("first_clinics"))),
    Figure("Follow-ups", 398_183, "D*", "a year", lambda y: y.scaled(y.event("follow_ups"))),
    Figure("Elective day cases", 69_453, "R", "a year", lambda y: y.scaled(y.event("day_cases"))),
    Figure("Elective inpatients", 15_066, "R", "a year", lambda y: y.scaled(y.event("inpatients"))),
    Figure("Mean emergency stay, delays included", 5.42, "D*", "nights",
           lambda y: y.event("emergency_nights", "nhs_delayed_nights", "social_delayed_nights")
           / y.event("emergency_zero_day", "emergency_overnight")),
    Figure("Occupied bed-days", 376_942, "D*/A", "a year", lambda y: y.scaled(sum(y.nights().values()))),
    Figure("Occupancy of G&A beds", 0.91, "D*/A", "share", lambda y: y.series["beds_used"] / y.series["beds_open"]),
    Figure("Waiting list", 33_049, "D*/A", "pathways", lambda y: y.scaled(float(y.listed.sum()))),
    Figure("Median wait on the list", 6.75, "D*/A", "weeks", _median),
    Figure("Share of the list within 18 weeks", 0.918, "V", "share", lambda y: float(y.listed[:18].sum() / y.listed.sum())),
    Figure("Delayed days", 21_700, "D*", "a year",
           lambda y: y.scaled(y.event("nhs_delayed_nights", "social_delayed_nights"))),
    Figure("Delayed days for social care alone", 0.341, "D*", "share",
           lambda y: y.event("social_delayed_nights") / y.event("nhs_delayed_nights", "social_delayed_nights")),
    Figure("Costliest 5 % of people (45-55 %)", 0.50, "V range", "share of spend", lambda y: y.costliest),
    Figure("Deaths", 5_918, "D*", "a year", lambda y: y.scaled(y.event("deaths"))),
    Figure("Births", 5_600, "R", "a year", lambda y: y.scaled(y.event("births"))),
    Figure("Practice income", 132.91, "D*/A", "£ per patient",
           lambda y: 1e6 * y.paid(["nhs_england", "commissioner"], y.model.practices.names) / y.number()),
    Figure("Commissioner's spending", 1240.0, "R", "£ per head", lambda y: 1e6 * y.paid("commissioner") / y.number()),
    Figure("Council's spending on social care", 276.8, "V", "£ per head", lambda y: 1e6 * y.paid("council") / y.number()),
    Figure("Council-funded people in care homes, 65+", 1_642, "A", "people", lambda y: y.scaled(_held(y, "council_place"))),
    Figure("Council home-care clients, 65+", 2_600, "A", "people", lambda y: y.scaled(_held(y, "home_care"))),
)  # fmt: skip


def _held(y: Year, kind: str) -> float:
    return float(y.organisations["social_care"][f"{kind}_weeks"][0]) / WEEKS


CONDITIONS = (447_727, 79_909, 19_187, 4_519, 953)


def table(models: Sequence[FundingFlows]) -> pd.DataFrame:
    """Published and simulated side by side: mean over runs, ratio, and whether it is within tolerance."""
    years = [Year(model) for model in models]
    rows = []
    for figure in FIGURES:
        values = [figure.read(year) for year in years]
        mean = float(np.mean(values))
        ratio = mean / figure.published
        rows.append((figure.name, figure.unit, figure.published, figure.grade, mean, ratio, abs(ratio - 1) <= figure.tolerance))
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


def conditions(model: FundingFlows, year: int) -> np.ndarray:
    """People by number of conditions at a year's end (0: the start), brought to the published list, (5,)."""
    spread = model.first_spread if year == 0 else model.record.years[year - 1]["spread"]
    count = spread.sum(axis=0)[:5].astype(float)
    return count * REGISTERED / count.sum()
