"""Holdings: which providers hold each term, and what those terms owe them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ...agents.forecast.activity import Activity, PlanActivity, with_facts
from .contract import Contract


@dataclass(frozen=True, eq=False)
class Holding:
    """One term and the providers that hold it.

    ``change_id``: number of the change that brought the term, −1 for the file's own contract. ``rows`` (N,): providers
    that hold it. ``eligible`` (N,): providers entitled to it; a fixed sum is divided among them. ``before``: the
    reference year (N,) by activity, where some rows began later than the run; empty when all refer to the expected
    year.
    """

    change_id: int
    term: Any
    rows: np.ndarray
    eligible: np.ndarray
    before: dict[str, np.ndarray] = field(default_factory=dict)

    @cached_property
    def is_universal(self) -> bool:
        """Whether everyone has held it from the start; the activity then needs no adjustment."""
        return not self.before and bool(self.rows.all()) and bool(self.eligible.all())

    def has_same_term(self, other: Holding) -> bool:
        """Whether both hold the same term of the same change."""
        return self.change_id == other.change_id and self.term == other.term

    def activity_seen(self, activity: Activity) -> Activity:
        """The activity as this term counts it: own reference year, own holders, sums divided among the eligible."""
        if self.is_universal:
            return activity
        shape = np.shape(activity["people_at_start"])
        share = np.asarray(activity["share_at_start"], dtype=float) * self.eligible.reshape(shape)
        own = {f"{name}.before": number.reshape(shape) for name, number in self.before.items()}
        return with_facts(activity, {**own, "holders": self.rows.reshape(shape), "share_at_start": share / share.sum()})

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date; zero for rows that do not hold the term."""
        owed = self.term.due(self.activity_seen(activity))
        if self.is_universal:
            return owed
        return np.where(self.rows.reshape(np.shape(activity["people_at_start"])), owed, 0.0)


class Holdings:
    """The holdings of one kind of provider: a contract for all its rows at once."""

    def __init__(self, holdings: Sequence[Holding]) -> None:
        self.holdings = tuple(holdings)

    def __iter__(self) -> Iterator[Any]:
        return iter(holding.term for holding in self.holdings)

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date: the sum of the terms that each row holds.

        In plans, what payers are expected to pay of it: ``expected_pay``, shares by payer, where that is not all.
        """
        total: np.ndarray = np.zeros(())
        paid: Mapping[str, Any] = activity.get("expected_pay", {})  # type: ignore[assignment]
        for holding in self.holdings:
            owed = activity.owed(holding) if isinstance(activity, PlanActivity) else holding.due(activity)
            total = total + (owed * paid[holding.term.payer] if holding.term.payer in paid else owed)
        return total

    @property
    def depends_on_last_year(self) -> bool:
        """Whether a year's activity sets the next year's pay."""
        return any(getattr(holding.term, "depends_on_last_year", False) for holding in self.holdings)

    def of(self, row: int) -> Contract:
        """The terms of one row."""
        return Contract(tuple(holding.term for holding in self.holdings if holding.rows[row]))


def holdings_of(contract: Any, n: int) -> list[Holding]:
    """The holdings of any contract for n providers; a plain contract is held by everyone."""
    if isinstance(contract, Holdings):
        return list(contract.holdings)
    everyone = np.ones(n, dtype=bool)
    return [Holding(-1, term, everyone, everyone) for term in contract]


def differ(old: Sequence[Holding], new: Sequence[Holding]) -> bool:
    """Whether terms or their holders differ."""
    return len(old) != len(new) or any(
        not a.has_same_term(b) or not np.array_equal(a.rows, b.rows) for a, b in zip(old, new, strict=True)
    )
