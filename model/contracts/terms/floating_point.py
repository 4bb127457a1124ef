"""A fixed sum divided by points for activity; the value of a point floats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import numpy as np

from ....agents.forecast.activity import Activity
from ..contract import together
from ..fields import Help, Money, Points


@dataclass(frozen=True)
class FloatingPoint:
    """Divides ``amount`` £ a year among the providers that hold the contract, by their points.

    ``points``: for each unit of activity. The more all do, the less a point is worth, as with the floating value of a
    point under the budgets for doctors' services in Germany. A provider's plans vary its own points only; the
    others' stay at the level of the last four quarters.
    """

    term: ClassVar[str] = "floating_point"
    collective: ClassVar[bool] = True
    points: Points = field(default_factory=dict)
    name: str = "floating_point"
    payer: str = "commissioner"
    amount: Annotated[Money, Help("£ a year for all providers together")] = 0.0

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date."""
        own: np.ndarray = np.zeros(())
        every: np.ndarray = np.zeros(())
        for name, points in self.points.items():
            own = own + points * np.asarray(activity[name])
            every = every + points * together(activity, name)
        return np.asarray(self.amount * activity["elapsed"] * own / np.maximum(every, 1e-9))  # type: ignore[operator]
