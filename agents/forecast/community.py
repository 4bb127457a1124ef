"""What community services expect of their plans: visits, hospital at home, and what follows for patients."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..plans import NODES, Forecast


class CommunityForecast:
    """Coming years of all areas under plans. Made when a decision begins, for as long as nothing else changes."""

    def __init__(self, community: Any) -> None:
        self.community = community
        self.p = community.p
        self.now = np.maximum(community.levers, 1e-6)

    def __call__(self, levers: np.ndarray, year: np.ndarray) -> Forecast:
        """Forecast of plans (K, N, 2), ``year`` whole years from now."""
        own, level, error = self.community, self.community.level, self.p.behaviour.forecast_error
        more = (levers / self.now).transpose(2, 0, 1)
        visits, cases = level["home_visits"] * more[0], level["home_cases"] * more[1]
        reached = own.reached(levers[..., 0])
        nights = level["nhs_delayed_nights"] * own.delay(reached) / own.delay(own.reached(self.now[:, 0]))
        later = {
            "home_visits": lambda: own.shocked(visits, error),
            "home_cases": lambda: own.shocked(cases, error),
            "nhs_delayed_nights": lambda: own.shocked(nights, error),
            **self._indicators(reached, nights, year),
        }
        cost = own.work_cost({"home_visits": visits, "home_cases": cases})
        return Forecast(own.plan_activity(later), cost, self._benefit(reached, nights), np.zeros(()))

    def _indicators(
        self, reached: np.ndarray, nights: np.ndarray, year: np.ndarray
    ) -> dict[str, Callable[[], np.ndarray]]:
        """A function for each form that contracts name; an area is a lot of its own."""
        own = self.community
        settled = {
            "visited": 1.0 - self.p.community.unvisited - own.unvisited(reached),
            "delayed_nights": 1000.0 * nights / np.maximum(own.people, 1.0),
        }

        def measured(name: str) -> np.ndarray:
            known = own.measured[name]
            level = known + own.in_time(year) * (settled[name] - known)
            return level[..., None] * (1.0 + own.noise()[:, None] * NODES)

        forms = ("", ".lot", ".crude", ".crude.lot")
        return {f"{name}{form}": partial(measured, name) for name in settled for form in forms}

    def _benefit(self, reached: np.ndarray, nights: np.ndarray) -> np.ndarray:
        """£ (K, N) that altruism gives to needs at home that are visited and to delays."""
        community, outcomes, own = self.p.community, self.p.outcomes, self.community
        lost = own.need * own.unvisited(reached) * worth_of_all(community) + outcomes.delay_harm * nights
        return -own.altruism * self.p.money.qaly_value * lost


def worth_of_all(community: Any) -> float:
    """QALYs, for each visit usually made, by which a share of 1 more of the needs goes unvisited.

    One more visit than usual brings ``visit_gain``; by how little each helps more follows from the share unvisited.
    """
    usual = community.unvisited
    return float(community.visit_gain / (-np.log(usual) * usual))
