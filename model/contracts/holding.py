"""Which terms each provider of a kind is paid under: a few terms, each held by some rows of the cohort."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from ...agents.forecast.activity import Activity, Outlook, adding
from .contract import Contract


@dataclass(frozen=True, eq=False)
class Line:
    """One term and the rows (N,) that hold it.

    ``source``: number of the change that brought it, −1 for the file's own contract. ``party`` (N,): rows that it is
    meant for, among whom a sum is shared. ``before``: the reference year of rows that began later than the run,
    (N,) by activity; empty when all refer to the expected year.
    """

    source: int
    term: Any
    rows: np.ndarray
    party: np.ndarray
    before: dict[str, np.ndarray] = field(default_factory=dict)

    @cached_property
    def plain(self) -> bool:
        """Held by everyone from the start, so that nothing has to be told apart."""
        return not self.before and bool(self.rows.all()) and bool(self.party.all())

    def same(self, other: Line) -> bool:
        """Whether it is the same term of the same origin, whoever holds it."""
        return self.source == other.source and self.term == other.term

    def see(self, activity: Activity) -> Activity:
        """The activity as this term is to see it."""
        if self.plain:
            return activity
        shape = np.shape(activity["people_at_start"])
        share = np.asarray(activity["share_at_start"], dtype=float) * self.party.reshape(shape)
        own = {f"{name}.before": number.reshape(shape) for name, number in self.before.items()}
        return adding(activity, {**own, "party": self.rows.reshape(shape), "share_at_start": share / share.sum()})

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date; nothing for rows that do not hold the term."""
        owed = self.term.due(self.see(activity))
        if self.plain:
            return owed
        return np.where(self.rows.reshape(np.shape(activity["people_at_start"])), owed, 0.0)


class Contracts:
    """Terms with their holders; to agents a contract like any other, evaluated for all rows at once."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = tuple(lines)

    def __iter__(self) -> Iterator[Any]:
        return iter(line.term for line in self.lines)

    def due(self, activity: Activity) -> np.ndarray:
        """The sum of what the terms owe each row."""
        total: np.ndarray = np.zeros(())
        for line in self.lines:
            total = total + (activity.owed(line) if isinstance(activity, Outlook) else line.due(activity))
        return total

    @property
    def looks_back(self) -> bool:
        """Whether a year's activity sets what the next year pays."""
        return any(getattr(line.term, "looks_back", False) for line in self.lines)

    def of(self, row: int) -> Contract:
        """The terms of one row."""
        return Contract(tuple(line.term for line in self.lines if line.rows[row]))


class Coming(Contracts):
    """Contracts with others that are already known to follow: in plans, from the second year on.

    Terms that are new then refer to the year gone as the year before, so that what is done until then counts.
    """

    def __init__(self, now: Contracts, later: Contracts) -> None:
        super().__init__(now.lines)
        self.now, self.later = now, later

    def due(self, activity: Activity) -> np.ndarray:
        """What is owed now or, in a plan's later years, under what follows."""
        if float(np.max(activity.get("year", 0))) < 1.0:
            return self.now.due(activity)
        known = {line.term.name for line in self.now.lines}
        gone = {f"{k.removesuffix('.last')}.before": v for k, v in activity.items() if k.endswith(".last")}
        total = self.later.due(activity)
        for line in self.later.lines:
            if line.term.name not in known:
                fresh = replace(line, before={}).due(adding(activity, gone))
                total = total + fresh - line.due(activity)
        return total

    @property
    def looks_back(self) -> bool:
        """What is done now is the year before of what follows."""
        return True


def lines(contract: Any, n: int) -> list[Line]:
    """The lines of any contract; one that knows no rows is held by everyone."""
    if isinstance(contract, Contracts):
        return list(contract.lines)
    all_rows = np.ones(n, dtype=bool)
    return [Line(-1, term, all_rows, all_rows) for term in contract]
