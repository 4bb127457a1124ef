"""Organisations one by one, as Mesa agents: views of their rows in the cohorts."""

from __future__ import annotations

from typing import Any

import mesa


class Row(mesa.Agent):
    """One organisation as a view of its row in a cohort, with an account of its own."""

    def __init__(self, model: Any, cohort: Any, row: int, name: str) -> None:
        super().__init__(model)
        self.cohort = cohort
        self.row = row
        self.code = cohort.names[row]
        self.name = name

    @property
    def balance(self) -> int:
        """Pence on the organisation's account."""
        return self.model.ledger.balance(self.code)


class Member(Row):
    """One provider of any kind."""

    @property
    def levers(self) -> dict[str, float]:
        """Where each lever stands; 1.0 is the baseline year's."""
        return dict(zip(self.cohort.LEVERS, self.cohort.levers[self.row].tolist(), strict=True))


class Practice(Member):
    """One practice, as a Mesa agent: a view of its row in the cohort."""

    @property
    def list_size(self) -> int:
        """People registered."""
        return round(float(self.cohort.lists[self.row]))

    @property
    def gp_fte(self) -> float:
        return float(self.cohort.gp_fte[self.row])

    @property
    def served(self) -> float:
        """Share of requests that were served, smoothed over a quarter."""
        return float(self.cohort.served[self.row])

    @property
    def contacts_per_fte_week(self) -> float:
        """GP consultations of the last quarter per GP FTE and week worked."""
        return float(self.cohort.load()[self.row])


class Hospital(Member):
    """One hospital, as a Mesa agent: a view of its row in the cohort."""

    @property
    def beds(self) -> float:
        """Beds open for the place, acute and step-down."""
        return float(self.cohort.beds()[self.row])

    @property
    def occupancy(self) -> float:
        """Share of open beds used last week."""
        return float(self.cohort.occupancy[self.row])

    @property
    def waiting(self) -> int:
        """People on the list."""
        return int(self.cohort.listed[self.row].sum())


class CommunityProvider(Member):
    """Community services of one commissioner's area, as a Mesa agent."""

    @property
    def staff(self) -> float:
        """Staff in post, relative to the start."""
        return float(self.cohort.staff[self.row])


class SocialCareProvider(Member):
    """Social care of one council area, as a Mesa agent."""

    @property
    def clients(self) -> dict[str, float]:
        """People in each kind of care."""
        return dict(zip(self.cohort.CARE, self.cohort.held[self.row], strict=True))

    @property
    def waiting(self) -> int:
        """People assessed whose care has not begun."""
        return round(float(self.cohort.waiting[self.row]))
