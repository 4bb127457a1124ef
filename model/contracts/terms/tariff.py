"""A price for each unit of activity, with bands, caps and floors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import numpy as np

from ....agents.forecast.activity import Activity
from ..fields import Factor, Help, Limit, Number, Prices, Scale


@dataclass(frozen=True)
class Tariff:
    """£ a unit of each activity named in ``prices``, times ``scale``.

    ``marginal_rate``: share of the price paid for units beyond ``baseline``, which is a share of the provider's own
    activity in the year before the contract (national marginal-rate emergency tariff: gov.uk, NHS England 2015); when
    ``rebased``, in the year just gone, so that doing more now raises the line.
    ``cap`` and ``floor``: the most and the least that is paid in a year, as shares of what the activity of the year
    before would be paid at the full price. ``most_per_head``: the most that is paid in a year for each person at the
    start of the run, £.
    """

    term: ClassVar[str] = "tariff"
    prices: Prices = field(default_factory=dict)
    name: str = "tariff"
    payer: str = "commissioner"
    scale: Annotated[Scale, Help("multiplies the prices")] = 1.0
    marginal_rate: Annotated[Factor, Help("share of the price above the baseline")] = 1.0
    baseline: Annotated[Factor, Help("share of last year's activity")] = 1.0
    cap: Annotated[Limit, Help("share of last year's payment")] = None
    floor: Annotated[Limit, Help("share of last year's payment")] = None
    rebased: bool = False
    most_per_head: Annotated[float | None, Number(unit="£"), Help("most paid for each person, £ a year")] = None

    @property
    def depends_on_last_year(self) -> bool:
        """Whether a year's activity sets the next year's pay."""
        return self.rebased

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date."""
        total: np.ndarray = np.zeros(())
        usual: np.ndarray = np.zeros(())
        reference = "last" if self.rebased else "before"
        for name, price in self.prices.items():
            units = np.asarray(activity[name])
            if self.marginal_rate != 1.0:
                line = self.baseline * activity[f"{name}.{reference}"] * activity["elapsed"]
                units = np.minimum(units, line) + self.marginal_rate * np.maximum(units - line, 0.0)
            total = total + price * units
            if self.cap is not None or self.floor is not None:
                usual = usual + price * activity[f"{name}.{reference}"] * activity["elapsed"]
        if self.cap is not None:
            total = np.minimum(total, self.cap * usual)
        if self.floor is not None:
            total = np.maximum(total, self.floor * usual)
        paid = self.scale * total  # type: ignore[operator]
        if self.most_per_head is not None:
            paid = np.minimum(paid, self.most_per_head * activity["people_at_start"] * activity["elapsed"])
        return np.asarray(paid)
