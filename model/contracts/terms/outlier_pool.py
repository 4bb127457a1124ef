"""What patients cost beyond a threshold, shared among holders out of a top-slice of their pay."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import numpy as np

from ....agents.forecast.activity import Activity
from ....agents.patients.people import TINY
from ..contract import holders
from ..fields import Help, Price, Prices, Share


@dataclass(frozen=True)
class OutlierPool:
    """Pays holders a share of what each patient costs beyond a threshold in a year, from what all of them put in.

    ``threshold``: £ a patient and year, 0 for all cost; all public care counts, of people registered at the year's end.
    ``share``: of the cost beyond it that is claimed. ``top_slice``: the most that each holder puts in, £ a head and
    year. Where claims exceed what is put in, all are met in part; where they are fewer, all put in less. The pool
    itself neither gains nor loses. ``prices``: £ that one more unit of an activity adds to the cost of the patients who
    get it, as plans see it: the pool bears it for the part of spending that falls on patients beyond the threshold.
    """

    term: ClassVar[str] = "outlier_pool"
    collective: ClassVar[bool] = True
    name: str = "outlier_pool"
    payer: str = "commissioner"
    threshold: Annotated[Price, Help("£ a patient and year")] = 0.0
    share: Annotated[Share, Help("share of the cost beyond it")] = 1.0
    top_slice: Annotated[Price, Help("most put in, £ a head and year")] = 0.0
    prices: Prices = field(default_factory=dict)

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date: the claim that is met less the part put in; all holders' add up to zero."""
        held = holders(activity)
        own, usual = self._claims(activity)
        claims = (usual * held).sum() - usual + own  # in plans the others' claims stay as they are
        put_in = self.top_slice * np.asarray(activity["people_at_start"], dtype=float) * activity["elapsed"]
        fund = float((put_in * held).sum())
        met = np.minimum(claims, fund)
        return np.asarray(own * met / np.maximum(claims, TINY) - put_in * met / max(fund, TINY))

    def _claims(self, activity: Activity) -> tuple[np.ndarray, np.ndarray]:
        """Own claims now, and those that the others are taken to keep, £ each."""
        beyond = np.asarray(activity.get(f"cost_beyond_{self.threshold:g}", 0.0), dtype=float)
        usual = self.share * np.broadcast_to(beyond, np.shape(activity["people_at_start"]))
        part, more = activity.get(f"share_beyond_{self.threshold:g}", 0.0), np.zeros(())
        for name, price in self.prices.items():
            if f"{name}.level" in activity:
                more = more + price * (np.asarray(activity[name]) - activity[f"{name}.level"])
        return usual + self.share * part * more, usual
