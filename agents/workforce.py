"""The people who work in practices: GPs who come and go, their hours and days, and time that indicators take."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .links import link
from .patients.calendar import QUARTER, WEEKS, share_closed
from .provider import Providers
from .ratios import ratio
from .stocks import Flow, Stock

LEAST_FTE = 0.05  #: GPs in post, so that contacts per GP stay finite where everyone has left

WORKLOAD_LEAVING = link(
    "workload_leaving", "GPs", "GPs leaving", -1,
    "The fewer GPs there are, the more patients each one sees, and the sooner they leave.", "workforce",
    {"general_practice.leaving_workload": 0.0},
)  # fmt: skip
INCOME_LEAVING = link(
    "income_leaving", "practice income", "GPs leaving", -1, "GPs who earn less than they used to leave sooner.",
    "workforce",
    dict.fromkeys(("general_practice.leaving_income", "general_practice.leaving_income_above",
                   "general_practice.leaving_below_salaried"), 0.0),
)  # fmt: skip
INCOME_JOINING = link(
    "income_joining", "practice income", "GPs joining", 1, "Fewer GPs join where less is left to earn.", "workforce",
    dict.fromkeys(("general_practice.joining_income", "general_practice.joining_income_above"), 0.0),
)  # fmt: skip
INCOME_HOURS = link(
    "income_hours", "practice income", "GP hours", -1, "GPs who earn more work fewer hours.",
    usual={"general_practice.income_hours": 0.0},
)  # fmt: skip
DEMAND_DAYS = link(
    "demand_days", "requests", "appointments", 1, "GPs of whom more is asked see more patients in a day.",
)  # fmt: skip


class Workforce(Providers):
    """Practices by those who work in them, (P,) each."""

    STOCKS: ClassVar[tuple[Stock, ...]] = (
        Stock("gps", "GPs in post", "FTE", "practice", "GPs"),
        Stock("gp_hours", "hours of a full-time GP", "relative to the usual", "practice", "Hours of GPs", mean=True),
    )
    FLOWS: ClassVar[tuple[Flow, ...]] = (
        Flow("gps_joined", "GPs who join", "", "gps", delay="general_practice.joining_years",
             words=("GPs joining",),
             law="the usual intake and vacancies, at most so many as the country trains; fewer where income has fallen",
             up=("income_known",), down=("gps",)),
        Flow("gps_left", "GPs who leave", "gps", "", delay="general_practice.leaving_rate",
             words=("GPs leaving",), law="a rate that rises with contacts per GP and with falls in income",
             up=("gps", "asking_again", "registered"), down=("income_known",)),
        Flow("gps_changed", "posts that a funding file adds or takes", "", "gps", both_ways=True,
             law="as the file says"),
        Flow("gp_hours_changed", "towards the hours that income asks for", "", "gp_hours",
             delay="behaviour.adjustment_years",
             words=("GP hours",), law="(hours wanted − hours) · (1 − e^(−Δt/τ)) each year",
             up=("gps",), down=("income_known", "gp_hours"), both_ways=True),
    )  # fmt: skip

    def __init__(self, model: Any, table: Any, parameters: Any) -> None:
        super().__init__(model, [str(code) for code in table.code], parameters)
        self.table = table
        gp, n = parameters.general_practice, len(table)
        self.gp_fte = table.gp_fte.to_numpy(dtype=float)
        self.usual_fte = self.gp_fte.copy()
        self.hours = np.ones(n)  # that a full-time GP works, relative to the baseline year
        self.intensity = np.ones(n)  # of a GP's day, when more is asked of each than in the baseline year
        self.earned = np.ones(n)  # what partners earn for each GP in post, relative to the start, as lately paid
        self.usual_leaving = gp.leaving_rate  # what the country trains for, whatever the rate becomes
        self.posts = np.ones(n)  # posts for GPs relative to the start, growth of the list apart
        self.other_fte = (table.nurse_fte + table.direct_care_fte).to_numpy(dtype=float)
        self.usual_other_fte = np.maximum(self.other_fte, 1e-9)
        self.group = np.full(n, -1)  # practices that work together have one number; -1 works alone
        self.turnover = np.full(n, gp.leaving_rate)
        self.usual_load = np.full(n, gp.gp_contacts_per_fte_week)
        self.loads = self.usual_load.copy()
        self.usual_list = np.ones(n)
        self.lists = np.ones(n)

    def time_on(self, proactive: np.ndarray, recording: np.ndarray) -> np.ndarray:
        """Clinical time that proactive care and recording take beyond the baseline year, as a share of all of it."""
        gp = self.p.general_practice
        return gp.proactive_share * (proactive - 1.0) + gp.recording_share * (recording - 1.0)

    def time_on_indicators(self) -> np.ndarray:
        """That share at current behaviour, (P,)."""
        return self.time_on(self.lever("proactive"), self.lever("recording"))

    def displaced(self, time: np.ndarray) -> np.ndarray:
        """Share of appointments that gives way to more time on indicators.

        Hours are given, so that more work of one kind crowds out another (Holmström and Milgrom, J Law Econ Org 7:24,
        1991); as with all that is asked of a practice beyond the usual, part of it is absorbed in fuller days.
        """
        return (1.0 - self.p.general_practice.absorbed) * time

    def share_out(self, amount: np.ndarray, by: np.ndarray) -> np.ndarray:
        """What practices of one group have together, divided among them in proportion to ``by``; (P,) each."""
        joined = self.group >= 0
        groups = self.group[joined]
        total, weight = np.bincount(groups, amount[joined]), np.bincount(groups, by[joined])
        out = amount.astype(float)
        out[joined] = (total / np.maximum(weight, 1e-9))[groups] * by[joined]
        return out

    def load(self) -> np.ndarray:
        """GP contacts per FTE-week worked, at the pace of the last quarter (P,)."""
        return self.loads

    def staff(self, consultations: np.ndarray) -> None:
        """GPs leave the faster the more they see and the less they earn; vacancies fill slowly. First-order flows.

        ``consultations`` (P,): GP consultations of the last quarter, whole place.
        """
        gp = self.p.general_practice
        years = QUARTER / WEEKS
        if (self.group >= 0).any():
            consultations = self.share_out(consultations, self.gp_fte)
        worked = np.maximum(self.gp_fte, LEAST_FTE) * gp.gp_weeks * years
        self.loads = consultations / worked * (1.0 + self.time_on_indicators())
        most = gp.leaving_pressure_limit
        pressure = np.clip(ratio(self.loads, self.usual_load) - 1.0, -most, most)
        leaving = gp.leaving_rate * np.exp(gp.leaving_workload * pressure) * self.leaving_for_income()
        self.turnover = np.minimum(leaving, gp.leaving_rate_limit)
        post = self.usual_fte * self.posts * self.lists / self.usual_list
        joiners = (self.usual_leaving * post + (post - self.gp_fte) / gp.joining_years) * self.joining_for_income()
        joiners = np.clip(joiners, 0.0, gp.joining_limit * self.usual_leaving * post)  # the country trains only so many
        self.count_flow("gps_joined", joiners * years)
        self.count_flow("gps_left", np.minimum(self.turnover * self.gp_fte * years, self.gp_fte + joiners * years))
        self.gp_fte = np.maximum(self.gp_fte + (joiners - self.turnover * self.gp_fte) * years, 0.0)

    def leaving_for_income(self) -> np.ndarray:
        """Factor on the rate of leaving, (P,): falls in income make GPs leave, rises hardly keep any.

        Dissatisfaction precedes leaving, satisfaction does not prevent it (Hann, Reeves, Sibbald, EJPH 21:499, 2011).
        Partners who earn less than salaried GPs do leave steeply, up to the limit of the rate.
        """
        gp, least = self.p.general_practice, self.p.general_practice.salaried_income
        seen = np.maximum(self.earned, least)
        slope = np.where(seen < 1.0, gp.leaving_income, gp.leaving_income_above)
        short = np.clip(1.0 - self.earned / least, 0.0, 1.0)
        return seen**slope * np.exp(gp.leaving_below_salaried * short)

    def joining_for_income(self) -> np.ndarray:
        """Factor on the number who join, (P,): nobody does where nothing is left to earn, a few more where more is."""
        gp = self.p.general_practice
        slope = np.where(self.earned < 1.0, gp.joining_income, gp.joining_income_above)
        return np.maximum(self.earned, 0.0) ** slope

    def work(self, earned: np.ndarray) -> None:
        """GPs who earn more work fewer hours, and the other way round: a stock that follows income.

        ``earned`` (P,): what partners earned for each GP in post in the year just ended, relative to the start.
        """
        gp = self.p.general_practice
        wanted = np.clip(earned, gp.hours_income_low, gp.hours_income_high) ** gp.income_hours
        step = (wanted - self.hours) * share_closed(1.0, self.p.behaviour.adjustment_years)
        self.hours += step
        self.count_flow("gp_hours_changed", step.mean())

    def _absorb(self) -> None:
        """When more is asked of each GP than in the baseline year, part of it is taken on by seeing more in a day."""
        if DEMAND_DAYS.held_by(self):
            return
        gp, posts = self.p.general_practice, self.gp_fte / self.usual_fte
        asked = self.lately("first_requests") / np.maximum(self.before["first_requests"], 1e-9)
        per_gp = asked / np.maximum(posts, 1e-9)
        self.intensity = np.clip(per_gp, gp.intensity_demand_low, gp.intensity_demand_high) ** gp.absorbed

    def resize(self, name: str, factor: np.ndarray) -> None:
        """More or fewer posts, filled at once: ``gps`` or ``other_staff``."""
        if name == "gps":
            self.count_flow("gps_changed", self.gp_fte * (factor - 1.0))
            self.gp_fte = self.gp_fte * factor
            self.posts = self.posts * factor
        else:
            self.other_fte = self.other_fte * factor

    def teams(self) -> np.ndarray:
        """A number for each practice, the same for those that work together, (P,)."""
        alone = self.group < 0
        return np.where(alone, self.group.max() + 1 + np.arange(len(self)), self.group)
