"""A stretch of a run as figures a year: what tables, comparisons and tests read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ...agents.patients.calendar import DAYS, WEEKS
from ...agents.patients.events import EVENTS
from ...model.contracts.pools.pools import FUNDERS
from ...model.system import HealthEconomy

SOURCES = ("treasury", "council_taxpayers", "clients")  #: accounts that money enters from


class Lazy(dict[str, Any]):
    """Figures by name, each worked out when it is first asked for: most readers want few."""

    def __init__(self, make: Callable[[str], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: str) -> Any:
        value = self[name] = self._make(name)
        return value


def _mean_of(years: Sequence[dict[str, np.ndarray]], name: str) -> np.ndarray:
    return np.mean([rows[name] for rows in years], axis=0)


def _mean_total(rows: Sequence[np.ndarray]) -> float:
    """Mean over weeks of a series' total, the sum of each week's array."""
    return float(np.asarray(rows).reshape(len(rows), -1).sum(axis=1).mean())


class Year:
    """Means over some years of a run (``first`` to ``last``, counted from 0), in whole-place units a year."""

    def __init__(self, model: HealthEconomy, first: int = 0, last: int | None = None) -> None:
        self.model = model
        years = model.record.years[first:last]
        if not years:
            raise ValueError("a run of at least one whole year is needed")
        last = first + len(years)
        self.last_year = years[-1]  # facts at its end
        self.first, self.years = first, len(years)
        self.groups = np.mean([y["groups"] for y in years], axis=0) / model.sample
        self.people = np.mean([y["stock"][:, 0] for y in years], axis=0) / model.sample
        self.qalys = np.mean([y["qaly_years"] for y in years], axis=0)
        self.unmet_care = np.mean([y["unmet_care"] for y in years], axis=0) / model.sample
        self.organisations = {
            kind: Lazy(partial(_mean_of, [y["organisations"][kind] for y in years]))
            for kind in years[0]["organisations"]
        }
        self.listed = np.mean([y["listed"].sum(axis=0) for y in years], axis=0) / model.sample
        weeks = slice(first * WEEKS, last * WEEKS)
        self.series = Lazy(lambda name: _mean_total(model.record.series[name][weeks]))
        self.costliest = float(np.mean([y["costliest_5_percent"] for y in years]))
        week, *flows = model.ledger.arrays()
        kept = (first * WEEKS + 1 <= week) & (week <= last * WEEKS)
        self.payer, self.payee, _, self.pence = (column[kept] for column in flows)  # codes of accounts

    def event(self, *names: str, bands: slice = slice(0, 7), quintile: int | None = None) -> float:
        """Events a year, of some age bands, of one quintile or all."""
        table = self.groups.reshape(7, 5, -1)[bands]
        table = table if quintile is None else table[:, quintile : quintile + 1]
        total = table.sum(axis=(0, 1))
        return float(sum(total[EVENTS.index(name)] for name in names))

    def number(self, bands: slice = slice(0, 7), quintile: int | None = None) -> float:
        """People registered, of some age bands, of one quintile or all."""
        table = self.people.reshape(7, 5)[bands]
        return float(table.sum() if quintile is None else table[:, quintile].sum())

    @property
    def residents(self) -> float:
        """People resident in the place."""
        return self.number() * self.model.place.file.resident_share

    def nights(self) -> dict[str, float]:
        """Bed-nights a year by kind, which add up to the nights used; those at home are beyond the usual."""
        emergency, elective = self.event("emergency_nights"), self.event("elective_nights")
        return {
            "emergency": emergency,
            "elective": elective,
            "transfers and other": (emergency + elective) * self.model.parameters.hospital.transfers_stay_share,
            "delayed by NHS care": self.event("nhs_delayed_nights"),
            "delayed by social care": self.event("social_delayed_nights"),
            "in hospital at home": -WEEKS * self.series["nights_at_home"],
        }

    def paid(self, payer: str | Sequence[str], payee: str | Sequence[str] | None = None) -> float:
        """£m a year from one account (or several) to another (or all)."""
        kept = np.isin(self.payer, self._codes(payer))
        if payee is not None:
            kept = kept & np.isin(self.payee, self._codes(payee))
        return float(self.pence[kept].sum()) / 1e8 / self.years

    def public(self) -> float:
        """£m a year that public purses pay to others, loans to hospitals included, less what comes back to them."""
        outside = [name for name in self.model.ledger.accounts if name not in self._names((*FUNDERS, *SOURCES))]
        public = (*FUNDERS, *(name for name in SOURCES if name != "clients"))
        return self.paid(public, outside) - self.paid(outside, public)

    def _codes(self, names: str | Sequence[str]) -> list[int]:
        wanted = self._names([names] if isinstance(names, str) else names)
        return [code for code, name in enumerate(self.model.ledger.accounts) if name in wanted]

    def _names(self, names: Sequence[str]) -> set[str]:
        """Accounts by name, or of a group by its own."""
        groups = {
            "commissioner": self.model.commissioners.names,
            "council": self.model.payments.councils,
            "social_care": self.model.social_care.names,
        }
        return {member for name in names for member in groups.get(name, [name])}

    def total(self, kind: str, name: str, arm: str = "") -> float:
        """A figure a year summed over providers of a kind, or over those of one arm of a reform."""
        values = self.organisations[kind][name]
        return float(np.asarray(values, dtype=float)[self.members(kind, arm)].sum())

    def members(self, kind: str, arm: str = "") -> np.ndarray:
        """Which providers of a kind belong to an arm of the reform, or all, (N,)."""
        if not arm:
            return np.ones(len(self.organisations[kind]["income"]), dtype=bool)
        return self.model.timetable.provisions.arms(kind) == arm  # type: ignore[union-attr]

    def income(self, kind: str) -> float:
        """£m a year earned by a kind of provider."""
        return self.total(kind, "income") / 1e6

    def cost(self, kind: str) -> float:
        """£m a year spent by a kind of provider on staff and suppliers (for practices, before partners' drawings)."""
        return self.total(kind, "cost") / 1e6

    def without_care(self) -> float:
        """People at home who were refused social care or wait for it; those who wait in a hospital bed are not."""
        return float(self.unmet_care.sum()) - self.event("social_delayed_nights") / (DAYS * WEEKS)

    def family_hours(self) -> float:
        """Hours a week that families care for people who were refused social care or wait for it."""
        care = self.model.parameters.social_care
        return care.family_share * care.family_hours * self.without_care()

    def carer_loss(self) -> float:
        """QALYs a year that this takes from carers; a part of what unmet care takes, which QALYs count already."""
        out = self.model.parameters.outcomes
        return -out.utility_unmet_care * out.carer_part * self.without_care()

    def median_wait(self) -> float:
        """Weeks that the median person on the list has waited."""
        total = np.cumsum(self.listed)
        week = int(np.searchsorted(total, total[-1] / 2.0))
        before = total[week - 1] if week else 0.0
        return float(week + (total[-1] / 2.0 - before) / max(self.listed[week], 1e-9))

    def carbon(self) -> float:
        """Thousand tonnes of CO2 equivalent a year from the care that is counted."""
        out = self.model.parameters.outcomes
        care = self.organisations["social_care"]
        hours = float(care["home_care_weeks"].sum()) * self.model.parameters.social_care.home_care_hours
        homes = sum(float(care[f"{kind}_weeks"].sum()) for kind in ("council_place", "self_place", "nhs_place"))
        kilos = (
            out.carbon_gp_consultation * self.event("gp_consultations")
            + out.carbon_other_consultation * self.event("other_consultations")
            + out.carbon_outpatient * self.event("first_clinics", "follow_ups", "other_visits")
            + out.carbon_ae * self.event("ae_attendances")
            + out.carbon_bed_day * sum(self.nights().values())
            + out.carbon_day_case * self.event("day_cases")
            + out.carbon_home_care_hour * hours
            + out.carbon_care_home_week * homes
        )
        return kilos / 1e6
