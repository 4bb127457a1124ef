"""A supplement for each case that was treated as it should be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from ....agents.forecast.activity import Activity
from ..contract import Neutral


@dataclass(frozen=True)
class BestPractice:
    """£ a unit of each activity in ``prices``, times ``scale``, for the share of cases that meet the criteria.

    That share is where the ``indicator`` lies between ``start`` (no case qualifies) and ``target`` (all do), as the
    best-practice tariffs of the English NHS pay per patient that meets all criteria (2010/11 on).
    """

    term: ClassVar[str] = "best_practice"
    prices: dict[str, float] = field(default_factory=dict)
    indicator: str = ""
    start: float = 0.0
    target: float = 1.0
    name: str = "best_practice"
    payer: str = "commissioner"
    scale: float | Neutral = 1.0

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date."""
        met = np.clip((np.asarray(activity[self.indicator]) - self.start) / (self.target - self.start), 0.0, 1.0)
        total: np.ndarray = np.zeros(())
        for name, price in self.prices.items():
            total = total + price * np.asarray(activity[name])
        return np.asarray(self.scale * total * met)  # type: ignore[operator]
