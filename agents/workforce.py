"""The people who work in practices: GPs who come and go, their hours and days, and time that indicators take."""

from __future__ import annotations

from typing import Any

import numpy as np

from .patients.calendar import QUARTER, WEEKS
from .provider import Providers

LEAST_FTE = 0.05  #: GPs in post, so that contacts per GP stay finite where everyone has left


class Workforce(Providers):
    """Practices by those who work in them, (P,) each."""

    def __init__(self, model: Any, table: Any, parameters: Any) -> None:
        super().__init__(model, [str(code) for code in table.code], parameters)
        self.table = table
        gp, n = parameters.general_practice, len(table)
        self.gp_fte = table.gp_fte.to_numpy(dtype=float)
        self.usual_fte = self.gp_fte.copy()
        self.hours = np.ones(n)  # that a full-time GP works, relative to the baseline year
        self.intensity = np.ones(n)  # of a GP's day, when more is asked of each than in the baseline year
        self.usual_profit = np.ones(n)  # £ a year left to partners, as expected at the start
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
        """GPs leave the faster the more they see; vacancies fill slowly. A stock with first-order flows.

        ``consultations`` (P,): GP consultations of the last quarter, whole place.
        """
        gp = self.p.general_practice
        years = QUARTER / WEEKS
        if (self.group >= 0).any():
            consultations = self.share_out(consultations, self.gp_fte)
        worked = np.maximum(self.gp_fte, LEAST_FTE) * gp.gp_weeks * years
        self.loads = consultations / worked * (1.0 + self.time_on_indicators())
        most = gp.leaving_pressure_limit
        pressure = np.clip(self.loads / self.usual_load - 1.0, -most, most)
        self.turnover = np.minimum(gp.leaving_rate * np.exp(gp.leaving_workload * pressure), gp.leaving_rate_limit)
        post = self.usual_fte * self.posts * self.lists / self.usual_list
        joiners = self.usual_leaving * post + (post - self.gp_fte) / gp.joining_years
        joiners = np.clip(joiners, 0.0, gp.joining_limit * self.usual_leaving * post)  # the country trains only so many
        self.gp_fte = np.maximum(self.gp_fte + (joiners - self.turnover * self.gp_fte) * years, 0.0)

    def work(self, profit: np.ndarray) -> None:
        """GPs who earn more work fewer hours, and the other way round: a stock that follows income.

        ``profit`` (P,): £ left to partners in the year just ended.
        """
        gp = self.p.general_practice
        earned = profit / self.usual_profit * self.usual_fte / np.maximum(self.gp_fte, 1e-9)  # by those in post
        wanted = np.clip(earned, gp.hours_income_low, gp.hours_income_high) ** gp.income_hours
        self.hours += (wanted - self.hours) * (1.0 - np.exp(-1.0 / self.p.behaviour.adjustment_years))

    def _absorb(self) -> None:
        """When more is asked of each GP than in the baseline year, part of it is taken on by seeing more in a day."""
        gp, posts = self.p.general_practice, self.gp_fte / self.usual_fte
        asked = self.lately("first_requests") / np.maximum(self.before["first_requests"], 1e-9)
        per_gp = asked / np.maximum(posts, 1e-9)
        self.intensity = np.clip(per_gp, gp.intensity_demand_low, gp.intensity_demand_high) ** gp.absorbed

    def resize(self, name: str, factor: np.ndarray) -> None:
        """More or fewer posts, filled at once: ``gps`` or ``other_staff``."""
        if name == "gps":
            self.gp_fte = self.gp_fte * factor
            self.posts = self.posts * factor
        else:
            self.other_fte = self.other_fte * factor

    def teams(self) -> np.ndarray:
        """A number for each practice, the same for those that work together, (P,)."""
        alone = self.group < 0
        return np.where(alone, self.group.max() + 1 + np.arange(len(self)), self.group)
