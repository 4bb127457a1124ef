"""A provider's part in the result of a pooled budget, as its plans see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ....agents.forecast.activity import Activity, with_facts
from ....agents.plans import NODES
from ..holding import Holding, Holdings
from .pool import Pool


@dataclass(frozen=True, eq=False)
class PoolShare:
    """Providers' parts in a pool's result. Plans count it; the money moves when the pool settles.

    ``weights`` (N,): share of gain or loss by row. ``surplus``: £ by which the pool was last in surplus. ``budget``: £
    a year. ``error``: relative error of a forecast of the whole pool's spending.
    """

    pool: Pool
    weights: np.ndarray
    surplus: float
    budget: float
    error: float

    def due(self, activity: Activity, paid: Sequence[Holding]) -> np.ndarray:
        """Expected £ a year from the pool's result in plans; zero outside plans. ``paid``: terms that the pool pays."""
        level = {n.removesuffix(".level"): v for n, v in activity.items() if n.endswith(".level")}
        if not level:
            return np.zeros(())
        usual = with_facts(activity, level)
        charged = {name: price for name, price in self.pool.charges.items() if name in level}
        surplus = self.surplus - extra_spending(paid, charged, usual, activity) + self.error * self.budget * NODES
        return np.asarray(self.weights[:, None] * self.pool.holder_result(surplus, self.budget))


class PooledContract(Holdings):
    """Holdings of which some are paid from pools whose result the providers share."""

    def __init__(self, holdings: Sequence[Holding], shares: Sequence[PoolShare]) -> None:
        super().__init__(holdings)
        self.shares = tuple(shares)

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date and, in plans, each row's part in the pools' results."""
        total = super().due(activity)
        for share in self.shares:
            total = total + share.due(activity, paid_from(share.pool, self.holdings))
        return total


def paid_from(pool: Pool, holdings: Sequence[Holding]) -> list[Holding]:
    """The holdings that a pool pays."""
    return [holding for holding in holdings if holding.term.payer == pool.name]


def extra_spending(paid: Sequence[Holding], charges: Mapping[str, float], now: Activity, more: Activity) -> Any:
    """£ by which a pool spends more when providers do ``more`` instead of ``now``: its terms and its charges."""
    spent: Any = np.zeros(())
    for holding in paid:
        spent = spent - holding.due(now) + holding.due(more)
    for name, price in charges.items():
        spent = spent + price * (np.asarray(more[name]) - np.asarray(now[name]))
    return spent
