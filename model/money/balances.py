"""How the books of commissioners and councils balance at the year's end; nothing accumulates without end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...agents.links import link
from ..economy import Economy
from .account import pence
from .ledger import Ledger

STAFF = "staff_and_suppliers"
LEAST = 1e-6  #: share of its dues that a council without money pays, so that its dues stay known

COUNCIL_CASH = link(
    "council_cash", "council money", "pay of social care", 1,
    "A council that has overspent pays less of what it owes the next year.", "payers",
)  # fmt: skip
LOANS_INTEREST = link(
    "loans_interest", "loans", "interest", 1, "Deficits of hospitals and commissioners bear interest.", "payers",
    {"money.deficit_interest": 0.0},
)  # fmt: skip


def balance_commissioners(model: Economy) -> None:
    """Commissioners pay interest on a deficit; the centre covers what exceeds a limit, and takes back a surplus.

    What they must cut for it they have decided before, from the whole deficit.
    """
    money, ledger, holders = model.parameters.money, model.ledger, model.commissioners
    allocation = holders.part * model.treasury.allocations()["commissioner"]
    deficit = np.maximum(-ledger.held(holders.names), 0) / 100.0
    ledger.pay(holders.names, "treasury", pence(money.deficit_interest * deficit), "interest")
    held = ledger.held(holders.names)
    uncovered = np.maximum(-held - pence(money.deficit_limit * allocation), 0)
    ledger.pay("treasury", holders.names, uncovered, "central cover")
    surplus = np.maximum(held - pence(holders.extra + money.surplus_limit * allocation), 0)
    ledger.pay(holders.names, "treasury", surplus, "surplus returned")


class CashBooks:
    """Accounts over a year of payers that may not borrow: each pays what it owes as far as its money lasts.

    ``pay`` (C,): share of what each owes that it can pay this year. ``received``: pence (C,) since the year began.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.pay = np.ones(len(names))
        self.start = np.zeros(len(names), dtype=np.int64)  # pence on the accounts when the year began
        self.received = np.zeros(len(names), dtype=np.int64)

    def held(self, ledger: Ledger) -> np.ndarray:
        """Pence (C,) on the accounts."""
        return ledger.held(self.names)

    def paid(self, ledger: Ledger) -> np.ndarray:
        """Pence (C,) paid since the year began."""
        return self.start + self.received - self.held(ledger)

    def close(self, ledger: Ledger, limit: float) -> None:
        """End the year: a deficit is made good within the next, and of a surplus the share ``limit`` of income is kept.

        Next year's money and dues are taken to be those of this year.
        """
        held, owed = self.held(ledger), np.maximum(self.paid(ledger), 1) / self.pay
        self.pay = np.clip((self.received + held) / owed, LEAST, 1.0)
        self.end_year(ledger, limit, STAFF, "other council services")

    def end_year(self, ledger: Ledger, limit: float, payee: str, purpose: str) -> None:
        """Pay out what is left beyond the share ``limit`` of income, and begin the year's count again."""
        held = self.held(ledger)
        left = np.maximum(held - pence(limit * self.received / 100.0), 0)
        ledger.pay(self.names, payee, left, purpose)
        self.start, self.received = held - left, np.zeros_like(held)
