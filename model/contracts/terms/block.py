"""A fixed sum, whatever the activity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from ....agents.forecast.activity import Activity
from ..fields import Help, Money


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
    per_head: Annotated[Money, Help("£ a head and year")] = 0.0
    amount: Annotated[Money, Help("£ a year for all providers together")] = 0.0
    discretionary: bool = False

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date."""
        people = activity["people_at_start"]
        pounds = (self.per_head * people + self.amount * activity["share_at_start"]) * activity["elapsed"]  # type: ignore[operator]
        if self.discretionary:
            pounds = pounds * activity["discretionary"]
        return np.asarray(pounds)
