"""Pounds at stake on an indicator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from ....agents.forecast.activity import Activity
from ..contract import Neutral, closing


@dataclass(frozen=True)
class Outcome:
    """Pays for reaching a target, in proportion between where payment begins and where it is full.

    ``start``: indicator value at which payment begins; ``target``: value at which it is full (below ``start`` when
    less is better). ``per_head``: £ at stake per person registered or served. ``form``: ``bonus`` is paid when
    earned; ``withheld`` is paid in advance and taken back when not earned, so that over a whole year the two come to
    the same sum and differ in when it is paid; ``penalty`` pays nothing and takes what is not earned. ``shared``:
    ``own`` result, the result of the whole ``lot``, or that of the ``group`` of practices that work together.
    ``adjusted``: for the age and deprivation of the people registered.
    """

    term: ClassVar[str] = "outcome"
    indicator: str = ""
    start: float = 0.0
    target: float = 1.0
    name: str = "outcome"
    payer: str = "commissioner"
    per_head: float | Neutral = 0.0
    form: Literal["bonus", "withheld", "penalty"] = "bonus"
    shared: Literal["own", "lot", "group"] = "own"
    adjusted: bool = True

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date."""
        reached = (np.asarray(activity[self._measure()]) - self.start) / (self.target - self.start)
        reached = np.minimum(np.maximum(reached, 0.0), 1.0)
        if self.form == "withheld" and not closing(activity):
            reached = np.ones_like(reached)
        if self.form == "penalty":
            reached = reached - 1.0 if closing(activity) else np.zeros_like(reached)
        return np.asarray(self.per_head * activity["people_at_start"] * activity["elapsed"] * reached)  # type: ignore[operator]

    def _measure(self) -> str:
        name = self.indicator if self.adjusted else f"{self.indicator}.crude"
        return name if self.shared == "own" else f"{name}.{self.shared}"
