"""A sum per head of the people registered or served, weighted for need or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np

from ....agents.forecast.activity import Activity
from ..fields import Help, Money


@dataclass(frozen=True)
class Capitation:
    """£ a weighted person-year.

    ``weights``: ``flat``; ``age_sex`` (consultation need by age and sex); ``carr_hill_a`` or ``carr_hill_b``, the
    global-sum formula with either of its two published age-sex tables (Statement of Financial Entitlements,
    Annex B; New GMS Contract 2003, Annex D).
    """

    term: ClassVar[str] = "capitation"
    name: str = "capitation"
    payer: str = "commissioner"
    rate: Annotated[Money, Help("£ per weighted person a year")] = 0.0
    weights: Literal["flat", "age_sex", "carr_hill_a", "carr_hill_b"] = "flat"

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date."""
        return np.asarray(self.rate * activity[f"people_{self.weights}"])  # type: ignore[operator]
