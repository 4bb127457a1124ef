"""Staff that pay for themselves: practices fill posts for which a contract pays them back."""

from __future__ import annotations

from typing import Any

import numpy as np

from .advising import Advising
from .forecast.activity import Contract
from .patients.calendar import WEEKS, share_closed
from .single import Dues, Single


class Hiring(Advising):
    """Practices by the posts for nurses and other clinical staff that are paid back to them, (P,) each.

    What a practice can pay for out of its income is one reason to hire (``affordable_staffing``). Another is a contract
    that pays for staff in post: a post that is paid back in full costs nothing. How many are wanted follows what one
    more brings, on the curve of all behaviour; people are found no faster than otherwise.
    """

    def __init__(self, model: Any, table: Any, parameters: Any) -> None:
        super().__init__(model, table, parameters)
        n = len(table)
        self.usual_staff_pay = np.zeros(n)  # £ a year that the usual contract pays for one more unit of staffing

    def fit_adjustment_cost(self, usual: Contract) -> None:
        super().fit_adjustment_cost(usual)
        self.usual_staff_pay = self._staffing().slope(self._dues_of_staffing(usual))

    def decide(self, years: float, look_around: bool = True) -> None:
        """Compare plans, and how many posts to fill that are paid back."""
        super().decide(years, look_around)
        if self.contract is None or self.motives is None:
            return
        dues, usual_pay = self._dues_of_staffing(self.contract), self.usual_staff_pay
        start = np.broadcast_to(1.0 + self.paid_posts, (len(self),))
        self.paid_posts = self._staffing().best(dues, usual_pay, self.usual_income, start) - 1.0
        now, usual = dues(np.array([self.staffing, np.ones(len(self))]))
        beyond = now - usual - usual_pay * (self.staffing - 1.0)
        self.paid_back = self.paid_back + (beyond - self.paid_back) * share_closed(
            years, self.p.general_practice.income_years
        )

    def with_staff(self, counted: np.ndarray) -> np.ndarray:
        """A week's counts with a row for the time of nurses and other clinical staff in post, in FTE-years."""
        at = self.COUNTED.index("other_staff_years")
        return np.insert(counted, at, self.other_fte * self.staffing / WEEKS, axis=0)

    def variable_cost(self, name: str) -> float:
        if name != "other_staff_years":
            return float("nan")
        money, usual = self.p.money, self.before[name].sum()
        return float((money.practice_cost_nurse + money.practice_cost_direct_care) * self.usual_list.sum() / usual)

    def _staffing(self) -> Single:
        """Staffing relative to the start; nobody is shed because a post is paid back."""
        behaviour = self.p.behaviour
        return Single(1.0, 0.0, behaviour.room_up_staff, behaviour.response_staff)

    def _dues_of_staffing(self, contract: Contract) -> Dues:
        """£ a year (K, P) that a contract pays at a staffing relative to the start, (K, P) or (K, 1)."""
        return self.dues_by(contract, "other_staff_years", self.other_fte)
