"""What councils expect of their plans for social care: stocks and flows of coming years."""

from __future__ import annotations

from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np

from ..patients.calendar import WEEKS
from ..plans import NODES, Forecast


class Plan(NamedTuple):
    """A decision each, (K, C); 1.0 is that of the baseline year."""

    eligibility: np.ndarray
    speed: np.ndarray
    reablement: np.ndarray


class SocialCareForecast:
    """Coming years of all councils under plans. Made when a decision begins, for as long as nothing else changes."""

    def __init__(self, social_care: Any) -> None:
        self.social_care = social_care
        self.p = social_care.p
        self.now = Plan(*np.maximum(social_care.levers, 1e-6).T)

    def __call__(self, levers: np.ndarray, year: np.ndarray) -> Forecast:
        """Forecast of plans (K, C, 3), ``year`` whole years from now."""
        care, own, level = self.p.social_care, self.social_care, self.social_care.level
        error = self.p.behaviour.forecast_error
        plan = Plan(*levers.transpose(2, 0, 1))
        taken = self._taken(plan)
        at_home = self._client_weeks("home_care", care.home_care_years, taken, year)
        in_homes = self._client_weeks("council_place", care.care_home_years, taken, year)
        nights = level["social_delayed_nights"] * self.now.speed / plan.speed
        delayed = cache(partial(self._delayed, nights, year))
        later = {
            "home_care_weeks": lambda: own.shocked(at_home, error),
            "council_place_weeks": lambda: own.shocked(in_homes, error),
            "care_starts": lambda: own.shocked(level["care_starts"] * taken, error),
            "social_delayed_nights": lambda: own.shocked(nights, error),
            **{f"{name}{suffix}{whose}": delayed
               for name in own.INDICATORS for suffix in ("", ".crude") for whose in ("", ".lot")},
        }  # fmt: skip
        benefit = -own.altruism * self.p.money.qaly_value * self.p.outcomes.delay_harm * nights
        return Forecast(own.plan_activity(later), self._cost(plan, at_home, in_homes), benefit, np.zeros(()))

    def _taken(self, plan: Plan) -> np.ndarray:
        """Needs taken on relative to now, (K, C): eligibility, less what reablement keeps from arising."""
        effect = 1.0 - self.p.social_care.reablement_effect * (plan.reablement - self.now.reablement)
        return plan.eligibility / self.now.eligibility * effect

    def _client_weeks(self, kind: str, lasts: float, taken: np.ndarray, year: np.ndarray) -> np.ndarray:
        """Weeks of care: clients are a stock, which follows new cases over the years that care ``lasts``."""
        weeks = self.social_care.level[f"{kind}_weeks"]
        share = 1.0 - np.exp(-(year + 0.5) / lasts)
        most = self.social_care.capacity_of(kind) * WEEKS / np.maximum(weeks, 1.0)
        return weeks * np.minimum(1.0 + share * (taken - 1.0), most)

    def _delayed(self, nights: np.ndarray, year: np.ndarray) -> np.ndarray:
        """Delayed nights per 1,000 people as they will be measured, (K, C, Q)."""
        own = self.social_care
        noise = self.p.outcomes.acsc_measure_error * np.sqrt(1000.0 / np.maximum(own.people_65, 1.0))
        known = own.measured["delayed_nights"]
        level = known + own.in_time(year) * (1000.0 * nights / np.maximum(own.people, 1.0) - known)
        return level[..., None] * (1.0 + noise[:, None] * NODES)

    def _cost(self, plan: Plan, at_home: np.ndarray, in_homes: np.ndarray) -> np.ndarray:
        """£ (K, C) of care, and of what reablement and speed take beyond the baseline year."""
        care, own = self.p.social_care, self.social_care
        cost = own.fee() * (care.home_care_hours * care.home_care_price * at_home + care.care_home_price * in_homes)
        other = care.reablement_spend_share * care.other_spend_65 * own.people_65 * (plan.reablement - 1.0)
        other = other + care.speed_spend_share * care.overheads * own.people * (plan.speed - 1.0)
        return cost + own.rule * other
