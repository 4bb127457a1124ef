"""A supplement for each case that meets the criteria of good care."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import numpy as np

from ....agents.forecast.activity import Activity
from ..fields import Help, Indicator, Prices, Scale, Threshold


@dataclass(frozen=True)
class BestPractice:
    """£ a unit of each activity in ``prices``, times ``scale``, for the share of cases that meet the criteria.

    That share is where the ``indicator`` lies between ``start`` (no case qualifies) and ``target`` (all do), as the
    best-practice tariffs of the English NHS pay per patient that meets all criteria (2010/11 on).
    """

    term: ClassVar[str] = "best_practice"
    prices: Prices = field(default_factory=dict)
    indicator: Indicator = ""
    start: Annotated[Threshold, Help("where payment begins")] = 0.0
    target: Annotated[Threshold, Help("where it is paid in full")] = 1.0
    name: str = "best_practice"
    payer: str = "commissioner"
    scale: Annotated[Scale, Help("multiplies the prices")] = 1.0

    def problem(self, kind: str) -> str:
        """What is wrong with the term as written, in a few words; empty when nothing is."""
        return "" if self.start != self.target else f"target: expected a value other than start ({self.start})"

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date."""
        met = np.clip((np.asarray(activity[self.indicator]) - self.start) / (self.target - self.start), 0.0, 1.0)
        total: np.ndarray = np.zeros(())
        for name, price in self.prices.items():
            total = total + price * np.asarray(activity[name])
        return np.asarray(self.scale * total * met)  # type: ignore[operator]
