"""What practices' money does to who works in them: staff hired or shed, and what is left to partners."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .counts import QUARTERS
from .links import link
from .patients.calendar import QUARTER, WEEKS, share_closed
from .ratios import ratio
from .stocks import Flow, Stock
from .workforce import LEAST_FTE, Workforce

A_QUARTER = QUARTER / WEEKS  #: years

INCOME_STAFF = link(
    "income_staff", "practice income", "practice staff hired", 1,
    "Practices hire nurses and other staff with what they are paid beyond the usual, and shed those they cannot pay.",
    "workforce",
)  # fmt: skip


class Staffing(Workforce):
    """Practices by what they are paid, spend and can therefore staff, (P,) each."""

    paid_posts: np.ndarray | float = (
        0.0  # posts wanted because a contract pays them back, relative to those of the start
    )
    paid_back: np.ndarray | float = (
        0.0  # £ a year lately paid for staff beyond the usual, which other posts cannot cost
    )

    STOCKS: ClassVar[tuple[Stock, ...]] = (
        Stock("other_staff", "nurses and other clinical staff in post", "FTE", "practice", "Nurses and other staff"),
        Stock(
            "income_known",
            "income of practices beyond the usual, as they judge it",
            "£ a year",
            "practice",
            "Practice income",
        ),
    )
    FLOWS: ClassVar[tuple[Flow, ...]] = (
        Flow("other_staff_hired", "hired", "", "other_staff", delay="general_practice.other_joining_years",
             words=("practice staff hired",),
             law="towards the posts that money pays for, as far as people are found", up=("income_known",),
             down=("other_staff",)),
        Flow("other_staff_shed", "shed", "other_staff", "", delay="general_practice.other_leaving_years",
             law="towards the posts that money pays for", up=("other_staff",), down=("income_known",)),
        Flow("other_staff_changed", "posts that a funding file adds or takes", "", "other_staff", both_ways=True,
             law="as the file says"),
        Flow("other_staff_regraded", "posts measured anew where a practice closes", "", "other_staff", both_ways=True,
             law="staff of the closed practice are taken over in proportion to lists"),
        Flow("income_known_learnt", "towards what was paid", "", "income_known", delay="general_practice.income_years",
             law="(paid − known) · (1 − e^(−Δt/τ)) each quarter", down=("income_known",),
             both_ways=True),
        Flow("income_known_closed", "forgotten where a practice closes", "", "income_known", both_ways=True,
             law="what the practice had earned beyond the usual"),
    )  # fmt: skip

    def __init__(self, model: Any, table: Any, parameters: Any) -> None:
        super().__init__(model, table, parameters)
        n = len(table)
        self.usual_profit = np.ones(n)  # £ a year left to partners, as expected at the start
        self.usual_expenses = np.ones(n)  # £ a year, as expected at the start
        self.extra = np.zeros(n)  # £ a year received lately beyond the usual
        self.received = np.zeros(n)  # £ this year, up to the quarter last filed
        self.settled = np.zeros(n)  # £ that came when the last year's contract was settled
        # nurses, other clinical and administrative staff in post, relative to the posts at the start
        self.staffing = np.ones(n)
        self.is_open = np.ones(n, dtype=np.bool_)  # closed ones keep their row, without patients
        self.successor = np.arange(n)  # the practice that newcomers register with where this one has closed

    def learn_usual_money(self) -> None:
        """Take the expected year before the contract, and its income, as the usual one."""
        least = self.p.general_practice.least_profit_share * self.usual_income
        self.usual_expenses = self.expenses(WEEKS)
        self.usual_profit = np.maximum(self.usual_income - self.usual_expenses, least)

    # the quarter --------------------------------------------------------------------------------------------

    def observe_income(self, received: np.ndarray, years: float) -> None:
        """Learn what was paid, ``received`` (P,) £ in so many ``years`` since the contract year began; staff follow."""
        self.received = received.copy()
        part = share_closed(A_QUARTER, self.p.general_practice.income_years)
        step = (received / years + self.settled - self.usual_income - self.extra) * part
        self.extra += step
        self.count_flow("income_known_learnt", step)
        self._hire_and_shed()
        self.earned = self.per_gp(self.usual_income + self.extra, self.expenses(WEEKS))

    def observe_settlement(self, received: np.ndarray) -> None:
        """Learn what the whole year brought, (P,) £: what came at its end counts in the year to come."""
        self.settled = received - self.received

    def per_gp(self, income: np.ndarray, cost: np.ndarray) -> np.ndarray:
        """What a year's £ (P,) leave to partners for each GP in post, relative to the start; below 0, a loss.

        Only differences from the usual year count, because costs are spread by list and fit no practice exactly.
        """
        left = self.usual_profit + (income - self.usual_income) - (cost - self.usual_expenses)
        return left / self.usual_profit * self.usual_fte / np.maximum(self.gp_fte, LEAST_FTE)

    def _hire_and_shed(self) -> None:
        """Other staff move to what the practice can pay for: slowly up, as far as people can be found; faster down."""
        gp = self.p.general_practice
        target = self.affordable_staffing()
        gap = target - self.staffing
        most = gp.other_growth_limit / QUARTERS * self.lists / self.usual_list
        hired = np.minimum(gap * share_closed(A_QUARTER, gp.other_joining_years), most)
        step = np.where(gap > 0.0, hired, gap * share_closed(A_QUARTER, gp.other_leaving_years))
        self.staffing += step
        self.count_flow("other_staff_hired", self.other_fte * np.maximum(step, 0.0))
        self.count_flow("other_staff_shed", self.other_fte * np.maximum(-step, 0.0))

    def resize(self, name: str, factor: np.ndarray) -> None:
        if name == "other_staff":
            self.count_flow("other_staff_changed", self.other_fte * (factor - 1.0) * self.staffing)
        super().resize(name, factor)

    def levels(self) -> dict[str, float]:
        return super().levels() | {
            "gps": float(self.gp_fte.sum()),
            "gp_hours": float(self.hours.mean()),
            "other_staff": float((self.other_fte * self.staffing).sum()),
            "income_known": float(self.extra.sum()),
        }

    def affordable_staffing(self) -> np.ndarray:
        """Posts for other staff that money lately received pays for, relative to the start, (P,).

        They grow with the list; of what comes in beyond the usual, a share is spent on staff. Posts that are paid back
        come on top, and what pays for them pays for no others. Partners forgo all that is theirs before they lose
        money.
        """
        gp, cost = self.p.general_practice, self.staff_cost()
        list_growth = self.lists / self.usual_list
        if INCOME_STAFF.held_by(self):
            return list_growth
        beyond = self.usual_income + self.extra - self.usual_income * list_growth - self.paid_back
        wanted = list_growth + self.paid_posts + gp.staff_share * beyond / cost
        profit = self.usual_profit + self.extra - (self.expenses(WEEKS) - self.usual_expenses)
        return np.maximum(np.minimum(wanted, self.staffing + profit / cost), 0.0)

    def posts_paid_back(self) -> np.ndarray:
        """Posts filled because a contract pays them back, relative to those of the start, (P,)."""
        return np.clip(self.staffing - self.lists / self.usual_list, 0.0, self.paid_posts)

    # money --------------------------------------------------------------------------------------------------

    def staff_cost(self) -> np.ndarray:
        """£ a year that other staff cost when every post of the start is filled, (P,)."""
        money = self.p.money
        clinical = (money.practice_cost_nurse + money.practice_cost_direct_care) * self.lever("appointments")
        clinical = clinical * ratio(self.other_fte, self.usual_other_fte)
        return (clinical + money.practice_cost_admin) * self.usual_list

    def expenses(self, weeks: int) -> np.ndarray:
        """£ paid to staff and suppliers in some weeks, (P,), before partners draw what is left."""
        money = self.p.money
        years = weeks / WEEKS
        salaried = money.practice_cost_salaried_gp * self.usual_list * self.gp_fte / self.usual_fte
        premises = money.practice_cost_premises_other * self.usual_list
        seen = self.last_quarter("gp_consultations") + self.last_quarter("other_consultations")
        usual = sum(self.before[k] for k in ("gp_consultations", "other_consultations")) / QUARTERS
        v = money.practice_variable_share
        premises = premises * (1.0 - v + v * seen / np.maximum(usual, 1.0))
        office = money.practice_cost_admin * self.usual_list * self.posts_paid_back()  # which such posts do not add to
        return years * (salaried + self.staff_cost() * self.staffing - office + premises)
