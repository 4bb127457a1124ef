"""Emergency readmissions that are not paid for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from ....agents.forecast.activity import Activity
from ..fields import Help, Price, Share


@dataclass(frozen=True)
class Readmission:
    """Takes back the price of emergency readmissions soon after a discharge (England, from 2011/12).

    A readmission is an emergency admission within four weeks of an earlier admission's end, of whatever kind.
    ``unpaid``: share of them that is not paid for; 30 % were judged preventable (Blunt et al., Emerg Med J 2015;
    verified). ``price``: £ that a readmission would have brought.
    """

    term: ClassVar[str] = "readmission"
    kinds: ClassVar[tuple[str, ...]] = ("hospital",)
    name: str = "readmission"
    payer: str = "commissioner"
    price: Annotated[Price, Help("£ each")] = 0.0
    unpaid: Annotated[Share, Help("share of readmissions")] = 0.30

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date, at most zero."""
        return np.asarray(-self.price * self.unpaid * np.asarray(activity["readmissions"]))
