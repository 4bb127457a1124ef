"""Commissioners: they hold the contracts, carry small deficits over, and cut by rule when the money runs out."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .links import link
from .member import Row
from .patients.people import TINY
from .stocks import Flow, Stock
from .treasury import Treasury

PENCE = 100.0  #: in a pound
#: what a commissioner can pay less or more for; the baseline's parameters say in which order, how fast and how far
CUTS = {
    "other_services": "mental health, ambulances, others",
    "community": "community services",
    "discretionary": "discretionary practice money",
    "planned_care": "planned hospital work",
    "hospital_pay": "what hospitals are owed",
}
PLANNED = ("day_cases", "inpatients", "first_clinics", "follow_ups")  #: hospital work that can wait

DEFICIT_CUTS = link(
    "deficit_cuts", "commissioner deficit", "cuts", 1,
    "Commissioners and NHS England in deficit cut what they pay, and spend a surplus.", "payers",
    {f"money.squeeze_limit_{item}": 0.0 for item in CUTS} | {"money.deficit_tolerance": 1.0},
)  # fmt: skip


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

    ``part`` (K,): each one's share of the place's people, by which allocations are divided. ``shares``: what is paid
    for each item of ``CUTS``, (K,), relative to the usual.
    """

    STOCKS: ClassVar[tuple[Stock, ...]] = (
        *(
            Stock(
                f"paid_{item}",
                f"paid for {what}",
                "relative to the usual",
                "money",
                "What commissioners pay for",
                mean=True,
            )
            for item, what in CUTS.items()
        ),
        Stock("savings", "savings of pools set aside for community services", "£", "money"),
    )
    FLOWS: ClassVar[tuple[Flow, ...]] = (
        *(Flow(f"paid_{item}_moved", "restored or cut", "", f"paid_{item}", delay=f"money.squeeze_limit_{item}",
               words=("-cuts",), law="a deficit beyond the tolerance is cut, a surplus restores, each so much a year",
               up=("held_commissioners",), down=(f"paid_{item}",), both_ways=True) for item in CUTS),
        Flow("set_aside", "set aside", "", "savings", law="what a pool reinvests"),
        Flow("savings_spent", "spent in the year to come", "savings", "", delay="one year", law="all of it",
             up=("savings",)),
    )  # fmt: skip

    def __init__(self, model: Any, sites: list[Any], part: np.ndarray, parameters: Any) -> None:
        self.model = model
        self.p = parameters
        self.names = ["commissioner"] if len(sites) == 1 else [site.id for site in sites]
        self.part = part
        self.shares = {item: np.ones(len(sites)) for item in CUTS}
        self.deficit = np.zeros(len(sites))  # £, carried over; a surplus is negative
        self.saved = np.zeros(len(sites))  # £ of savings set aside for community services in the year to come
        self.extra = np.zeros(len(sites))  # £ of earlier savings that are spent on them this year
        self.flowed: dict[str, float] = {}  # what has flowed since the start, by name of the flow

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
    def community(self) -> np.ndarray:
        """Money for community services relative to the usual, (K,)."""
        return self.shares["community"]

    @property
    def discretionary(self) -> np.ndarray:
        """Discretionary practice money relative to the usual, (K,)."""
        return self.shares["discretionary"]

    @property
    def planned_care(self) -> np.ndarray:
        """Planned hospital work that is paid for, relative to the usual, (K,)."""
        return self.shares["planned_care"]

    @property
    def hospital_pay(self) -> np.ndarray:
        """Share of what hospitals are owed that is paid, (K,): below 1 under a cash limit."""
        return self.shares["hospital_pay"]

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
        self.count_flow("set_aside", savings)

    def count_flow(self, name: str, amount: float) -> None:
        """Count what flows, whole place."""
        self.flowed[name] = self.flowed.get(name, 0.0) + amount

    def levels(self) -> dict[str, float]:
        """How much there is of each stock now, whole place, by name."""
        shares = {f"paid_{item}": float(share.mean()) for item, share in self.shares.items()}
        return shares | {"savings": float(self.saved.sum())}

    def observe_year(
        self, treasury: Treasury, hospitals: Any, payer: np.ndarray, income: np.ndarray, community: np.ndarray
    ) -> None:
        """Write next year's budgets from the year's allocations.

        ``payer`` and ``income`` (H,): row of the commissioner of each hospital, and £ that it received this year;
        ``community`` (K,): £ that community services received.
        """
        usual = self.usual_money(treasury)
        usual["community"] = (community - self.extra) / np.maximum(self.community, TINY)
        planned = sum(hospitals.unit_cost(name) * hospitals.seen(name) for name in PLANNED)
        specialised = self.part * (self.p.money.nhs_england_specialised * treasury.people * treasury.growth)
        usual["planned_care"] = np.bincount(payer, planned, len(self))
        usual["hospital_pay"] = np.maximum(np.bincount(payer, income, len(self)) - specialised, 0.0)
        self.plan(self.part * treasury.allocations()["commissioner"], usual)

    def usual_money(self, treasury: Treasury) -> dict[str, np.ndarray]:
        """£ a year (K,) of what is paid outside hospitals and community services and can be cut, at full payment."""
        money, size = self.p.money, self.part * (treasury.people * treasury.growth)
        other = money.block_mental_health + money.block_ambulance + money.block_other
        return {
            "other_services": other * size,
            "discretionary": self.part * (money.income_local_enhanced * treasury.people),
        }

    def plan(self, allocation: np.ndarray, money: dict[str, np.ndarray]) -> None:
        """Write next year's budgets: a deficit beyond the tolerance is cut, item after item, each so much a year.

        ``allocation`` (K,) and ``money`` (K,) by item: £ a year at usual payment. A surplus first gives back what was
        cut, the last cut first; what is more than may be carried over then buys more than usual. Savings set aside by
        then are spent on community services, beside these shares. Who is so far in deficit that the centre covers part
        of it is under directions, and cuts at their pace.
        """
        self.count_flow("savings_spent", float(self.saved.sum()))
        self.extra, self.saved = self.saved, np.zeros_like(self.saved)
        balance = np.array([self.model.ledger.balance(name) for name in self.names]) / PENCE
        self.deficit = self.extra - balance  # what is set aside is spent already
        tolerated = self.p.money.deficit_tolerance * allocation
        pace = np.where(self.deficit > self.p.money.deficit_limit * allocation, self.p.money.directed_pace, 1.0)
        over, spare = np.maximum(self.deficit - tolerated, 0.0), np.clip(-self.deficit, 0.0, tolerated)
        beyond = np.maximum(-self.deficit - self.p.money.surplus_limit * allocation, 0.0)
        before = {item: self.shares[item].copy() for item in money}
        order = sorted(money, key=lambda item: self._rule("order", item))
        for item in order:
            over = over - self._move(item, -over, money[item], self._rule("least", item), pace)
        for item in reversed(order):
            spare = spare - self._move(item, spare, money[item], 1.0)
        for item in order:
            usual = np.where(before[item] < 1.0, 0.0, beyond)  # what was cut comes back first, at its own pace
            beyond = beyond - self._move(item, usual, money[item], self._rule("most", item))

    def _move(
        self, item: str, pounds: np.ndarray, money: np.ndarray, end: float, pace: np.ndarray | float = 1.0
    ) -> np.ndarray:
        """Pay ``pounds`` (K,) more, or less, for an item, not past ``end`` nor the year's limit; returns £ moved.

        ``pace`` (K,): the year's limit relative to the rule's.
        """
        share, limit = self.shares[item], self._rule("limit", item) * pace
        step = np.clip(pounds / np.maximum(money, 1.0), -limit, limit)
        room = np.where(step > 0.0, np.maximum(end - share, 0.0), np.minimum(end - share, 0.0))
        moved = np.where(step > 0.0, np.minimum(step, room), np.maximum(step, room))
        self.shares[item] = share + moved
        self.count_flow(f"paid_{item}_moved", float(moved.mean()))
        return np.abs(moved) * money

    def _rule(self, what: str, item: str) -> float:
        """A number of the rules of a squeeze for an item of ``CUTS``."""
        return float(getattr(self.p.money, f"squeeze_{what}_{item}"))
