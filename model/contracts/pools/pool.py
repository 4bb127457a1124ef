"""A pooled budget as a funding file writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np


@dataclass(frozen=True)
class Pool:
    """One ``[[pools]]`` table. Terms whose ``payer`` is its name are paid from it.

    The budget is what each payer would pay the same providers in the expected year under ``budget_like``, a shipped
    funding file without its dated changes, less what that payer still pays them outside the pool. It grows with
    allocations, less ``savings`` in each of its first ``savings_years`` years (every year when left out).

    Of a surplus the holder gets the share ``gain``, of a deficit it makes good the share ``loss``, neither more than
    ``cap`` of the budget; the rest returns to the payers. The commissioner spends the share ``reinvest`` of a surplus
    that is left after the holder's part on community services in the next year.

    ``holder``: who bears the risk. ``members``: an alliance's shares of gain and loss by kind of provider. ``lead``:
    id of the lead hospital, the largest when left out; it keeps the share ``margin`` of the budget before anything
    else, and subcontractors are paid what that leaves. ``charges``: £ that the pool pays elsewhere for one more of an
    activity, as members see it in their plans.
    """

    name: str
    holder: Literal["commissioner", "lead", "alliance", "federation"] = "commissioner"
    members: Mapping[str, float] = field(default_factory=dict)
    lead: str | None = None
    margin: float = 0.0
    gain: float = 1.0
    loss: float = 1.0
    cap: float | None = None
    savings: float = 0.0
    savings_years: int | None = None
    reinvest: float = 0.0
    budget_like: str = "usual"  # the usual contract of the place's baseline
    charges: Mapping[str, float] = field(default_factory=dict)

    def holder_result(self, surplus: Any, budget: float) -> np.ndarray:
        """£ of a surplus (or, negative, of a deficit) that falls to the holder; ``budget`` in £."""
        surplus = np.asarray(surplus, dtype=float)
        part = self.gain * np.maximum(surplus, 0.0) + self.loss * np.minimum(surplus, 0.0)
        return part if self.cap is None else np.clip(part, -self.cap * budget, self.cap * budget)

    def savings_factor(self, year: int) -> float:
        """The budget of a year relative to one without savings; ``year``: 1 in the pool's first year."""
        years = year if self.savings_years is None else min(year, self.savings_years)
        return (1.0 - self.savings) ** years
