"""What has been paid of one holding this year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..contracts.holding import Holding
from .ledger import MOST_PENCE

NO_SUM = 2**62  #: pence that no sum or difference of real sums comes near


def pence(pounds: Any) -> np.ndarray:
    """Whole pence, rounded to the nearest, halves to even; always an integer array.

    What is no sum of money, not a number or beyond all bounds, becomes ``NO_SUM``, which the ledger refuses.
    """
    exact = np.atleast_1d(np.rint(np.asarray(pounds, dtype=float) * 100.0))
    sound = np.abs(exact) <= MOST_PENCE  # false for what is not a number
    return (exact if sound.all() else np.where(sound, exact, NO_SUM)).astype(np.int64)


@dataclass
class Account:
    """Pence (N,) paid under one holding this year, and where each row's count of activity began.

    ``joined_at``: year-to-date totals (N,) by name when a provider took up the term within the year, 0 for those who
    held it from the year's start; empty if none did.
    """

    holding: Holding
    paid: np.ndarray
    joined_at: dict[str, np.ndarray] = field(default_factory=dict)

    def activity_since_joining(self, activity: dict[str, Any]) -> dict[str, Any]:
        """The year to date, counted from when each provider took up the term."""
        return {**activity, **{name: activity[name] - start for name, start in self.joined_at.items()}}

    def unpaid(self, activity: dict[str, Any], share: np.ndarray | float = 1.0) -> np.ndarray:
        """Pence (N,) owed for the year to date beyond those already paid; negative for a claw-back.

        ``share`` (N,): of what is owed, what the payer has the money for.
        """
        return pence(self.holding.due(self.activity_since_joining(activity)) * share) - self.paid


def continued(holding: Holding, before: Account | None, activity: Mapping[str, Any], names: Iterable[str]) -> Account:
    """The account of a holding after a change within the year.

    Rows that keep the term keep what was paid and go on counting; for the others the count of ``names`` starts now.
    """
    n = holding.rows.size
    if before is None:
        before = Account(holding, np.zeros(n, dtype=np.int64))
        keeps = np.zeros(n, dtype=bool)
    else:
        keeps = keeping(before.holding, holding.rows)
    joined_at = {}
    for name in names:
        now = np.broadcast_to(np.asarray(activity[name], dtype=float), (n,))
        joined_at[name] = np.where(keeps, before.joined_at.get(name, 0.0), now)
    joined_late = any(start.any() for start in joined_at.values())
    return Account(holding, np.where(keeps, before.paid, 0), joined_at if joined_late else {})


def keeping(holding: Holding, after: np.ndarray) -> np.ndarray:
    """Rows (N,) that hold a term before and after a change, and whose count goes on.

    A collective term, whose pay depends on all its holders, is counted anew for everyone when its holders change.
    """
    if getattr(holding.term, "collective", False) and not np.array_equal(holding.rows, after):
        return np.zeros_like(after)
    return holding.rows & after
