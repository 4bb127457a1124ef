"""Commissioners: they hold the contracts, carry deficits over, and take the money from what they can cut."""

from __future__ import annotations

from typing import Any

import numpy as np

from .member import Row
from .treasury import Treasury

PENCE = 100.0  #: in a pound


class Commissioner(Row):
    """One commissioner of health care, as a Mesa agent: a view of its row in the cohort."""

    @property
    def community(self) -> float:
        """Share of the money for community services that is still paid; 1.0 at the start."""
        return float(self.cohort.community[self.row])

    @property
    def discretionary(self) -> float:
        """Share of discretionary practice money that is still paid; 1.0 at the start."""
        return float(self.cohort.discretionary[self.row])


class Commissioners:
    """All commissioners of a place, one row each.

    ``part`` (K,): each one's share of the place's people, by which allocations are divided.
    """

    def __init__(self, model: Any, sites: list[Any], part: np.ndarray, parameters: Any) -> None:
        self.model = model
        self.p = parameters
        self.names = ["commissioner"] if len(sites) == 1 else [site.id for site in sites]
        self.part = part
        self.community = np.ones(len(sites))
        self.discretionary = np.ones(len(sites))
        self.deficit = np.zeros(len(sites))  # £, carried over; a surplus is negative
        self.saved = np.zeros(len(sites))  # £ of savings set aside for community services in the year to come
        self.extra = np.zeros(len(sites))  # £ of earlier savings that are spent on them this year

    @classmethod
    def open(cls, model: Any) -> Commissioners:
        """The commissioners of a model's place, each with its share of the people, as Mesa agents."""
        place, sites = model.place, list(model.place.file.commissioners)
        part = np.bincount(place.commissioner, place.people.sum(axis=(1, 2)), minlength=len(sites)) / place.registered
        cohort = cls(model, sites, part, model.parameters)
        for row, site in enumerate(sites):
            Commissioner(model, cohort, row, site.name)
        return cohort

    def __len__(self) -> int:
        return len(self.names)

    @property
    def balance(self) -> int:
        """Pence on all their accounts."""
        return sum(self.model.ledger.balance(name) for name in self.names)

    def use(self, parameters: Any) -> None:
        """Use these parameters from now on."""
        self.p = parameters

    def set_aside(self, savings: float) -> None:
        """Set savings aside, £, for community services in the year to come; the first commissioner holds pools."""
        self.saved[0] += savings

    def observe_year(self, treasury: Treasury) -> np.ndarray:
        """Write next year's budgets from the year's allocations.

        Returns what is paid for community services relative to their full money, (K,), with savings spent on them.
        """
        money, people = self.p.money, treasury.people
        community = self.part * (money.block_community * people * treasury.growth)
        allocation = self.part * treasury.allocations()["commissioner"]
        self.plan(allocation, community, self.part * money.income_local_enhanced * people)
        return self.community + self.extra / np.maximum(community, 1.0)

    def plan(self, allocation: np.ndarray, community_money: np.ndarray, discretionary_money: np.ndarray) -> None:
        """Write next year's budgets: a deficit beyond the tolerance is taken from the discretionary rest.

        All (K,) in £ a year at full payment. Cuts are limited a year; money returns at the same pace when there is a
        surplus. Savings set aside by then are spent on community services, beside these shares.
        """
        money = self.p.money
        self.extra, self.saved = self.saved, np.zeros_like(self.saved)
        balance = np.array([self.model.ledger.balance(name) for name in self.names]) / PENCE
        self.deficit = self.extra - balance  # what is set aside is spent already
        over = self.deficit - money.deficit_tolerance * allocation
        spare = np.clip(-self.deficit, 0.0, allocation * money.deficit_tolerance)
        back = spare / np.maximum(community_money + discretionary_money, 1.0)
        up = (
            np.minimum(1.0, self.community + np.minimum(back, money.squeeze_limit_community)),
            np.minimum(1.0, self.discretionary + np.minimum(back, money.squeeze_limit_discretionary)),
        )
        from_community = np.minimum(over / np.maximum(community_money, 1.0), money.squeeze_limit_community)
        left = over - from_community * community_money
        from_practices = np.minimum(left / np.maximum(discretionary_money, 1.0), money.squeeze_limit_discretionary)
        down = (
            np.maximum(self.community - from_community, money.community_least),
            np.maximum(self.discretionary - np.maximum(from_practices, 0.0), 0.0),
        )
        self.community = np.where(over <= 0.0, up[0], down[0])
        self.discretionary = np.where(over <= 0.0, up[1], down[1])
