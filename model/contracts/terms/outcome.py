"""Pounds at stake on an indicator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np

from ....agents.forecast.activity import Activity
from ..contract import closing
from ..fields import Help, Indicator, Money, Threshold


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
    indicator: Indicator = ""
    start: Annotated[Threshold, Help("where payment begins")] = 0.0
    target: Annotated[Threshold, Help("where it is paid in full")] = 1.0
    name: str = "outcome"
    payer: str = "commissioner"
    per_head: Annotated[Money, Help("£ a head and year")] = 0.0
    form: Literal["bonus", "withheld", "penalty"] = "bonus"
    shared: Literal["own", "lot", "group"] = "own"
    adjusted: bool = True

    def problem(self, kind: str) -> str:
        """What is wrong with the term as written, in a few words; empty when nothing is."""
        if self.start == self.target:
            return f"target: expected a value other than start ({self.start})"
        if self.shared == "group" and kind != "practice":
            return "shared: only practices work together in groups; write 'own' or 'lot'"
        return ""

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
