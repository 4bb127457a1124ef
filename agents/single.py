"""A behaviour that is chosen by itself: what is paid for it depends on the amount of one activity alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from . import plans
from .habit import TINY, Habit, Room

Dues = Callable[[np.ndarray], np.ndarray]  #: £ a year (K, N) at amounts (K, N) or (K, 1)


class Single(NamedTuple):
    """How an amount answers to what is paid for it, on the curve of all behaviour (``habit``)."""

    usual: float  # amount in the baseline year
    down: float  # furthest that pay can lower it
    up: float  # furthest that pay can raise it
    response: float  # amount per unit of income by which its marginal pay rises, near the usual

    def slope(self, dues: Dues) -> np.ndarray:
        """£ a year (N,) for one more unit of the amount, at the usual one."""
        now, more = dues(self.usual + np.array([[0.0], [plans.STEP]]))
        return (more - now) / plans.STEP

    def best(self, dues: Dues, usual_pay: np.ndarray, income: np.ndarray, start: np.ndarray) -> np.ndarray:
        """The amount (N,) that is worth most.

        ``usual_pay``: £ a year for one more unit under the usual contract. ``income``: £ a year under it. ``start``:
        the amount last found best. All (N,).
        """
        low, here, high = dues(self.usual + np.array([[-self.down], [0.0], [self.up]]))
        if np.array_equal(low, here) and np.array_equal(here, high) and not usual_pay.any():
            return np.full(len(income), self.usual)
        room = Room(*(np.maximum([way], TINY) for way in (self.down, self.up)))
        habit = Habit(usual_pay[:, None], income[:, None] / max(self.response, TINY), room)

        def worth(amount: np.ndarray) -> np.ndarray:
            return dues(self.usual + amount[..., 0] - 1.0) - habit.cost(amount)

        return self.usual - 1.0 + plans.best(worth, 1.0 + (start - self.usual)[:, None], room.low, room.high)[:, 0]
