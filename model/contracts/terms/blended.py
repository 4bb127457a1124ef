"""A fixed sum for planned activity, and a share of the price for what is done beyond or short of the plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import numpy as np

from ....agents.forecast.activity import Activity
from ..fields import Factor, Help, Prices, Scale, Share


@dataclass(frozen=True)
class Blended:
    """Pays for planned activity in full, whatever is done; then shares in what is done beyond the plan or short of it.

    Activity is valued at ``prices``. ``plan``: the planned value, as a share of the value of the provider's own
    activity in the year before the contract; when ``rebased``, in the year just gone. ``up``: share of the value beyond
    the plan that is paid in addition; ``down``: share of the value short of it that is taken back. ``tolerance``: share
    of the plan by which activity may miss it, in either direction, without any change of pay; only what lies beyond
    counts. ``scale`` multiplies all of it. England's blended payment for emergency care paid 20 % both ways (2019/20
    National Tariff Payment System; recalled).
    """

    term: ClassVar[str] = "blended"
    prices: Prices = field(default_factory=dict)
    name: str = "blended"
    payer: str = "commissioner"
    plan: Annotated[Factor, Help("planned value, as a share of last year's")] = 1.0
    up: Annotated[Share, Help("share of the price paid beyond the plan")] = 0.2
    down: Annotated[Share, Help("share of the price taken back short of it")] = 0.2
    tolerance: Annotated[Share, Help("share of the plan without effect on pay")] = 0.0
    scale: Annotated[Scale, Help("multiplies the prices")] = 1.0
    rebased: bool = False

    @property
    def depends_on_last_year(self) -> bool:
        """Whether a year's activity sets the next year's pay."""
        return self.rebased

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date."""
        done: np.ndarray = np.zeros(())
        usual: np.ndarray = np.zeros(())
        reference = "last" if self.rebased else "before"
        for name, price in self.prices.items():
            done = done + price * np.asarray(activity[name])
            usual = usual + price * np.asarray(activity[f"{name}.{reference}"])
        planned = self.plan * usual * activity["elapsed"]
        free = self.tolerance * planned
        beyond, short = np.maximum(done - planned - free, 0.0), np.maximum(planned - free - done, 0.0)
        return np.asarray(self.scale * (planned + self.up * beyond - self.down * short))  # type: ignore[operator]
