"""Pounds at stake on an indicator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from ...agents.contract import Activity
from .contract import Neutral


@dataclass(frozen=True)
class Outcome:
    """Pays for reaching a target, in proportion between where payment begins and where it is full.

    ``start``: indicator value at which payment begins; ``target``: value at which it is full (below ``start`` when
    less is better). ``per_head``: £ at stake per person registered or served. ``form``: ``bonus`` is paid when
    earned; ``withheld`` is paid in advance and taken back when not earned; over a whole year they come to the same
    sum, they differ in when it is paid. ``shared``: ``own`` result, or the result of the whole ``lot``. ``adjusted``:
    for the age and deprivation of the people registered.
    """

    term: ClassVar[str] = "outcome"
    indicator: str = ""
    start: float = 0.0
    target: float = 1.0
    name: str = "outcome"
    payer: str = "commissioner"
    per_head: float | Neutral = 0.0
    form: Literal["bonus", "withheld"] = "bonus"
    shared: Literal["own", "lot"] = "own"
    adjusted: bool = True

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date."""
        reached = np.clip((np.asarray(activity[self._measure()]) - self.start) / (self.target - self.start), 0.0, 1.0)
        elapsed = activity["elapsed"]
        if self.form == "withheld" and np.ndim(elapsed) == 0 and float(elapsed) < 1.0:
            reached = np.ones_like(reached)
        return np.asarray(self.per_head * activity["people_at_start"] * elapsed * reached)  # type: ignore[operator]

    def _measure(self) -> str:
        name = self.indicator if self.adjusted else f"{self.indicator}.crude"
        return f"{name}.lot" if self.shared == "lot" else name
