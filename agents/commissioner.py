"""The commissioner: holds the contracts, carries its deficit over, and takes the money from what it can cut."""

from __future__ import annotations

from typing import Any

import mesa


class Commissioner(mesa.Agent):
    """One commissioner of health care.

    ``community`` and ``discretionary`` are the shares of the money for community services and of discretionary
    practice money that are still paid; 1.0 at the start.
    """

    def __init__(self, model: Any, site: Any, parameters: Any) -> None:
        super().__init__(model)
        self.code = "commissioner"
        self.name = site.name
        self.p = parameters
        self.community = 1.0
        self.discretionary = 1.0
        self.deficit = 0.0  # £, carried over; a surplus is negative
        self.saved = 0.0  # £ of savings set aside for community services in the year to come
        self.extra = 0.0  # £ of earlier savings that are spent on them this year

    @property
    def balance(self) -> int:
        """Pence on the commissioner's account."""
        return self.model.ledger.balance(self.code)

    def plan(self, allocation: float, community_money: float, discretionary_money: float) -> None:
        """Write next year's budgets: a deficit beyond the tolerance is taken from the discretionary rest.

        All in £ a year at full payment. Cuts are limited a year; money returns at the same pace when there is a
        surplus. Savings set aside by then are spent on community services, beside these shares.
        """
        money = self.p.money
        self.extra, self.saved = self.saved, 0.0
        self.deficit = self.extra - self.balance / 100.0  # what is set aside is spent already
        over = self.deficit - money.deficit_tolerance * allocation
        if over <= 0.0:
            spare = min(-self.deficit, allocation * money.deficit_tolerance) if self.deficit < 0 else 0.0
            back = spare / max(community_money + discretionary_money, 1.0)
            self.community = min(1.0, self.community + min(back, money.squeeze_limit_community))
            self.discretionary = min(1.0, self.discretionary + min(back, money.squeeze_limit_discretionary))
            return
        from_community = min(over / max(community_money, 1.0), money.squeeze_limit_community)
        self.community = max(self.community - from_community, 0.5)
        left = over - from_community * community_money
        from_practices = min(left / max(discretionary_money, 1.0), money.squeeze_limit_discretionary)
        self.discretionary = max(self.discretionary - max(from_practices, 0.0), 0.0)
