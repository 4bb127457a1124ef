"""The outside world that money enters from, and lends what hospitals lose."""

from __future__ import annotations

from typing import Any

import mesa


class Treasury(mesa.Agent):
    """Allocations grow by stated rates a year; hospital losses are covered by loans, which are not income.

    ``growth``: of the commissioners' money since the start, and of what they pay outside contracts; ``others``: of
    the money of NHS England and of councils.
    """

    def __init__(self, model: Any, parameters: Any, people: float) -> None:
        super().__init__(model)
        self.code = "treasury"
        self.p = parameters
        self.people = people
        self.growth = 1.0
        self.others = {"nhs_england": 1.0, "council": 1.0}

    @property
    def balance(self) -> int:
        """Pence on the treasury's account: what it has put in, negative."""
        return self.model.ledger.balance(self.code)

    def use(self, parameters: Any) -> None:
        """Use these parameters from now on."""
        self.p = parameters

    def allocations(self) -> dict[str, float]:
        """£ a year for each holder of public money at this year's level."""
        money, care = self.p.money, self.p.social_care
        return {
            "commissioner": money.commissioner_allocation * self.people * self.growth,
            "nhs_england": (money.nhs_england_practice + money.nhs_england_specialised)
            * self.people
            * self.others["nhs_england"],
            "council": care.council_budget * self.people * self.others["council"],
        }

    def next_year(self) -> None:
        """Allocations grow."""
        self.growth *= 1.0 + self.p.money.allocation_growth
        self.others["nhs_england"] *= 1.0 + self.p.money.nhs_england_growth
        self.others["council"] *= 1.0 + self.p.social_care.budget_growth
