"""Emergency readmissions that are not paid for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from ....agents.forecast.activity import Activity
from ..fields import Help, Price, Share

#: admissions whose discharge an emergency readmission may follow
FOLLOWED = ("emergency_zero_day", "emergency_overnight", "day_cases", "inpatients")


@dataclass(frozen=True)
class Readmission:
    """Takes back the price of emergency readmissions within 30 days of a discharge (England, from 2011/12).

    The model does not tell readmissions from other emergencies. They are taken as the share ``readmitted`` of all
    discharges: 7.0 % (Blunt et al., Emerg Med J 2015; verified). ``unpaid``: share of them that is not paid for;
    30 % were judged preventable in the same study. ``price``: £ that a readmission would have brought.
    """

    term: ClassVar[str] = "readmission"
    kinds: ClassVar[tuple[str, ...]] = ("hospital",)
    name: str = "readmission"
    payer: str = "commissioner"
    price: Annotated[Price, Help("£ each")] = 0.0
    readmitted: Annotated[Share, Help("share of discharges")] = 0.07
    unpaid: Annotated[Share, Help("share of readmissions")] = 0.30

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date, at most zero."""
        discharged: np.ndarray = np.zeros(())
        for name in FOLLOWED:
            discharged = discharged + np.asarray(activity[name])
        return np.asarray(-self.price * self.readmitted * self.unpaid * discharged)
