"""A fixed sum, whatever is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ....agents.forecast.activity import Activity
from ..contract import Neutral


@dataclass(frozen=True)
class Block:
    """A sum a year, paid evenly, fixed when the contract begins.

    ``per_head``: £ per person registered (or served) at the start of the contract. ``amount``: £ in all, shared
    among the providers by the people they had at the start. ``discretionary`` money is what a commissioner in
    deficit takes back first.
    """

    term: ClassVar[str] = "block"
    name: str = "block"
    payer: str = "commissioner"
    per_head: float | Neutral = 0.0
    amount: float | Neutral = 0.0
    discretionary: bool = False

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date."""
        people = activity["people_at_start"]
        pounds = (self.per_head * people + self.amount * activity["share_at_start"]) * activity["elapsed"]  # type: ignore[operator]
        if self.discretionary:
            pounds = pounds * activity["discretionary"]
        return np.asarray(pounds)
