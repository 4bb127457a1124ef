"""A contract is a list of terms and owes their sum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from ...agents.contract import Activity


@dataclass(frozen=True)
class Neutral:
    """A price still to be solved, so that first-year spend equals that of another funding file.

    ``share`` is the part of the money to be raised by this price; prices without one share the rest equally.
    """

    neutral_with: str
    share: float | None = None


@runtime_checkable
class Term(Protocol):
    """What every term has: a name, who pays, and what is owed."""

    name: str
    payer: str

    def due(self, activity: Activity) -> np.ndarray: ...


@dataclass(frozen=True)
class Contract:
    """Terms that are owed together. ``due`` gives pounds for the year to date, of the activity's shape."""

    terms: tuple[Any, ...] = ()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.terms)

    def due(self, activity: Activity) -> np.ndarray:
        """The sum of what the terms owe."""
        total: np.ndarray = np.zeros(())
        for term in self.terms:
            total = total + term.due(activity)
        return total
