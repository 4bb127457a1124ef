"""Savings and overspends against a benchmark, shared with the provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import numpy as np

from ....agents.forecast.activity import Activity
from ..fields import Factor, Help, Limit, Prices


@dataclass(frozen=True)
class GainShare:
    """Pays the share ``up`` of a saving against a benchmark, and takes the share ``down`` of an overspend.

    ``prices``: £ that each unit of activity counts as cost. ``benchmark``: that cost in the year before, times this
    factor. ``corridor``: gains and losses up to this share of the benchmark stay with the payer. ``cap``: the most
    that is gained or lost, as a share of the benchmark. ``rebased``: the benchmark is always the year just gone, so
    saving now lowers it; otherwise it is the year before the contract.
    """

    term: ClassVar[str] = "gain_share"
    prices: Prices = field(default_factory=dict)
    name: str = "gain_share"
    payer: str = "commissioner"
    benchmark: Annotated[Factor, Help("share of last year's cost")] = 1.0
    up: Annotated[Factor, Help("share of what is saved")] = 0.5
    down: Annotated[Factor, Help("share of what is overspent")] = 0.0
    corridor: Annotated[Factor, Help("share of the benchmark")] = 0.0
    cap: Annotated[Limit, Help("share of the benchmark")] = None
    rebased: bool = False

    @property
    def depends_on_last_year(self) -> bool:
        """Whether a year's activity sets the next year's pay."""
        return self.rebased

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date; below zero when the provider owes."""
        cost: np.ndarray = np.zeros(())
        usual: np.ndarray = np.zeros(())
        reference = "last" if self.rebased else "before"
        for name, price in self.prices.items():
            cost = cost + price * np.asarray(activity[name])
            usual = usual + price * np.asarray(activity[f"{name}.{reference}"])
        line = self.benchmark * usual * activity["elapsed"]
        saved = line - cost
        free = self.corridor * line
        shared = self.up * np.maximum(saved - free, 0.0) - self.down * np.maximum(-saved - free, 0.0)
        if self.cap is not None:
            shared = np.clip(shared, -self.cap * line, self.cap * line)
        return np.asarray(shared)
