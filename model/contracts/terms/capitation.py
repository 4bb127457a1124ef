"""A sum per head of the people registered or served, weighted for need or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np

from ....agents.forecast.activity import Activity
from ..fields import Help, Money, Price, Share

Weights = Literal["flat", "age_sex", "workload", "carr_hill_a", "carr_hill_b", "need"]


@dataclass(frozen=True)
class Capitation:
    """£ a weighted person-year.

    ``weights``: ``flat``; ``age_sex`` (consultation need by age and sex); ``workload``, the same with a factor for
    deprivation; ``carr_hill_a`` or ``carr_hill_b``, the global-sum formula with either of its two published age-sex
    tables (Statement of Financial Entitlements, Annex B; New GMS Contract 2003, Annex D); ``need``, what care by this
    kind of provider is expected to cost for a person of an age, with so many long-term conditions, of a frailty. With
    ``need`` it is a year-of-care payment. ``adjustment``: how much of the difference between people's weights the price
    follows; 0 pays the same for everyone. ``floor``: the least that is paid, £ a year for each person weighted by
    ``floor_weights``, so that no provider falls far below an older formula.
    """

    term: ClassVar[str] = "capitation"
    name: str = "capitation"
    payer: str = "commissioner"
    rate: Annotated[Money, Help("£ per weighted person a year")] = 0.0
    weights: Weights = "flat"
    adjustment: Annotated[Share, Help("share of the difference between weights that the price follows")] = 1.0
    floor: Annotated[Price, Help("least paid, £ per person weighted otherwise, a year")] = 0.0
    floor_weights: Weights = "carr_hill_a"

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date."""
        people = activity[f"people_{self.weights}"]
        if self.adjustment < 1.0:
            everyone = activity["people_flat"]
            people = everyone + self.adjustment * (people - everyone)
        paid = np.asarray(self.rate * people)  # type: ignore[operator]
        return np.maximum(paid, self.floor * activity[f"people_{self.floor_weights}"]) if self.floor else paid
