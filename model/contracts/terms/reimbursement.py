"""Staff in post paid back to the practices that employ them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from ....agents.forecast.activity import Activity
from ..fields import Factor, Help, Number, Price


@dataclass(frozen=True)
class Reimbursement:
    """Pays ``price`` £ a year for each full-time nurse or other clinician in post beyond those who were there before.

    ``baseline``: staff who are not paid for, as a share of those in the year before the contract. ``most_per_head``:
    the most that is paid in a year for each person at the start of the run, £. England's Additional Roles Reimbursement
    Scheme pays so for staff of networks beyond those employed in March 2019, up to a sum per weighted head.
    """

    term: ClassVar[str] = "reimbursement"
    kinds: ClassVar[tuple[str, ...]] = ("practice",)
    name: str = "reimbursement"
    payer: str = "commissioner"
    price: Annotated[Price, Help("£ a year for each full-time equivalent")] = 0.0
    baseline: Annotated[Factor, Help("staff not paid for, as a share of last year's")] = 1.0
    most_per_head: Annotated[float | None, Number(unit="£"), Help("most paid for each person, £ a year")] = None

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date."""
        usual = self.baseline * activity["other_staff_years.before"] * activity["elapsed"]
        paid = self.price * np.maximum(activity["other_staff_years"] - usual, 0.0)
        if self.most_per_head is not None:
            paid = np.minimum(paid, self.most_per_head * activity["people_at_start"] * activity["elapsed"])
        return np.asarray(paid)
