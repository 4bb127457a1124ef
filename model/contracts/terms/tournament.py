"""A prize for the best: pounds for those whose indicator ranks at the top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np

from ....agents.forecast.activity import Activity
from ..contract import placed
from ..fields import Help, Indicator, Money, Share


@dataclass(frozen=True)
class Tournament:
    """Pays the best ``top`` share of the providers that hold the contract, whatever they reach.

    ``per_head``: £ a year per person registered or served, to the winners. ``best``: whether ``high`` or ``low``
    values of the indicator win. ``adjusted``: for age and deprivation. Advancing Quality in the North West of England
    paid the best quarter of hospitals 4 % of their tariff in 2008/09 (Sutton et al., NEJM 367:1821, 2012).
    """

    term: ClassVar[str] = "tournament"
    collective: ClassVar[bool] = True
    indicator: Indicator = ""
    name: str = "tournament"
    payer: str = "commissioner"
    per_head: Annotated[Money, Help("£ a head and year")] = 0.0
    top: Annotated[Share, Help("share of providers")] = 0.25
    best: Literal["high", "low"] = "high"
    adjusted: bool = True

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date."""
        name = self.indicator if self.adjusted else f"{self.indicator}.crude"
        won = placed(activity, name, self.top, self.best)
        return np.asarray(self.per_head * activity["people_at_start"] * activity["elapsed"] * won)  # type: ignore[operator]
