"""NHS England's books: it may not borrow, so that what it overspends one year it cuts the next, in an order by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..contracts.contract import payer_of
from ..contracts.holding import Holding, holdings_of
from ..economy import Economy
from .balances import LEAST, CashBooks

NAME = "nhs_england"
ITEMS = ("primary_care", "specialised")  #: what it can pay less for; parameters say in which order and how far


def item_of(kind: str) -> str:
    """The item that pay of a kind of provider is part of."""
    return "specialised" if kind == "hospital" else "primary_care"


def in_order(
    short: float, owed: Mapping[str, float], order: Sequence[str], least: Mapping[str, float]
) -> dict[str, float]:  # fmt: skip
    """Share of each item that is paid when ``short`` of what is ``owed`` (pence by item) is missing.

    The first item of the order is cut to its least share, then the next; what is short then falls on all alike.
    """
    shares = {}
    for item in order:
        cut = min(max(short, 0.0), (1.0 - least[item]) * owed[item])
        shares[item] = 1.0 - cut / max(owed[item], 1.0)
        short -= cut
    paid = sum(shares[item] * owed[item] for item in order)
    further = max(1.0 - max(short, 0.0) / max(paid, 1.0), LEAST)
    return {item: share * further for item, share in shares.items()}


class NHSEnglandBooks:
    """NHS England's account over a year.

    ``shares``: of what it owes for each item that it pays this year. ``paid``: pence this year by item.
    """

    def __init__(self, model: Economy) -> None:
        self.model = model
        self.books = CashBooks([NAME])
        self.shares: dict[str, float] = dict.fromkeys(ITEMS, 1.0)
        self.paid: dict[str, int] = dict.fromkeys(ITEMS, 0)
        self._settled: tuple[float, float] | None = None  # £ a year at first prices, once worked out

    def share(self, kind: str) -> float:
        """Share of what it owes to a kind of provider that it pays this year."""
        return self.shares[item_of(kind)]

    def count(self, kind: str, amount: np.ndarray) -> None:
        """Count a payment to a kind of provider, pence (N,)."""
        self.paid[item_of(kind)] += int(amount.sum())

    # the money that contracts come with --------------------------------------------------------------------

    def forget_settlement(self) -> None:
        """A contract has changed: the money that comes with it is worked out again."""
        self._settled = None

    def settlement(self) -> tuple[float, float]:
        """£ a year that contracts bring it beyond its allocation: from commissioners, and from the treasury.

        Its budget follows what its contracts are expected to cost in the first year, against the usual ones. Where it
        now pays what commissioners paid, they hand that over; the rest is new money, or money taken back (below 0).
        """
        if self._settled is None:
            costs = [self._more(cohort) for cohort in self.model.cohorts]
            moved = sum(np.sign(more) * min(abs(more), abs(less)) for more, less in costs if more * less > 0.0)
            self._settled = float(moved), float(sum(more for more, _ in costs) + self._pooled() - moved)
        moved, new = self._settled
        return moved * self.model.treasury.growth, new * self.model.treasury.growth

    def _pooled(self) -> float:
        """£ a year that it pays into pools."""
        timetable = self.model.timetable
        return 0.0 if timetable is None else sum(b.get(NAME, 0.0) for b in timetable.pools.budget.values())

    def _more(self, cohort: Any) -> tuple[float, float]:
        """£ a year that it owes a kind of provider beyond the usual contract, and that commissioners owe less."""
        timetable, usual = self.model.timetable, self.model.case.usual
        if timetable is None or usual is None:
            return 0.0, 0.0
        now = self._owed(cohort, timetable.held[cohort.kind])
        before = self._owed(cohort, holdings_of(usual.contracts[cohort.kind], len(cohort)))
        return now[NAME] - before[NAME], before["commissioner"] - now["commissioner"]

    @staticmethod
    def _owed(cohort: Any, held: Sequence[Holding]) -> dict[str, float]:
        activity, out = cohort.expected(), {NAME: 0.0, "commissioner": 0.0}
        for holding in held:
            payer = payer_of(cohort.kind, holding.term)
            if payer in out:
                out[payer] += float(np.broadcast_to(holding.due(activity), (len(cohort),)).sum())
        return out

    # the year's end -----------------------------------------------------------------------------------------

    def close(self) -> None:
        """End the year: a deficit beyond the tolerance is cut from the next, and a surplus beyond the limit returned.

        Next year's money and dues are taken to be those of this year. What goes into pools counts as primary care.
        """
        money, books = self.model.parameters.money, self.books
        income, held = int(books.received[0]), int(books.held(self.model.ledger)[0])
        self.paid["primary_care"] += int(books.paid(self.model.ledger)[0]) - sum(self.paid.values())
        due = {item: max(self.paid[item] / self.shares[item], 0.0) for item in ITEMS}
        short = sum(due.values()) - income - held
        order = sorted(ITEMS, key=lambda item: float(getattr(money, f"squeeze_order_{item}")))
        least = {item: float(getattr(money, f"squeeze_least_{item}")) for item in ITEMS}
        cut = short if short > money.deficit_tolerance * income else 0.0
        self.shares = in_order(cut, due, order, least)
        self.paid = dict.fromkeys(ITEMS, 0)
        books.end_year(self.model.ledger, money.surplus_limit, "treasury", "surplus returned")
