"""A contract is a list of terms and owes their sum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from ...agents.forecast.activity import Activity


@dataclass(frozen=True)
class Neutral:
    """A price still to be solved, so that first-year spend equals that of another funding file.

    ``share`` is the part of the money to be raised by this price; prices without one share the rest equally. ``times``
    makes the whole contract pay so many times what the other file does, 1 when left out.
    """

    neutral_with: str
    share: float | None = None
    times: float = 1.0


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

    @property
    def looks_back(self) -> bool:
        """Whether a year's activity sets what the next year pays."""
        return any(getattr(term, "looks_back", False) for term in self.terms)


def closing(activity: Activity) -> bool:
    """Whether the books close: at the year's end, or when a contract ends before it."""
    given = activity.get("closing")
    return bool(given) if given is not None else bool(np.all(np.asarray(activity["elapsed"]) >= 1.0))


def everyone(activity: Activity, own: np.ndarray) -> np.ndarray:
    """1 for each provider that holds the term and 0 for the others, in the shape of one column of providers."""
    people = activity["people_at_start"]
    return np.broadcast_to(np.asarray(activity.get("party", 1.0), dtype=float), np.shape(people))


def together(activity: Activity, name: str) -> np.ndarray:
    """All that the holders of a term have done of an activity; between plans only a provider's own part varies.

    In plans the others stay at the level of the last four quarters, which is given as ``name.level``.
    """
    own = np.asarray(activity[name], dtype=float)
    party = everyone(activity, own)
    level = activity.get(f"{name}.level")
    if level is None:
        return np.asarray((own * party).sum(axis=-1, keepdims=True))
    settled = np.asarray(level, dtype=float)
    return np.asarray((settled * party).sum() - settled + own)


def placed(activity: Activity, name: str, top: float, best: str) -> np.ndarray:
    """1.0 for each provider whose indicator is in the best ``top`` share of the holders of a term, else 0.0.

    ``best``: ``high`` or ``low``. Between plans the others stay at their last measured value (``name.level``).
    """
    sign = 1.0 if best == "high" else -1.0
    own = sign * np.asarray(activity[name], dtype=float)
    party = everyone(activity, own) > 0
    n = max(round(top * int(party.sum())), 1)
    level = activity.get(f"{name}.level")
    if level is None:
        held = np.where(party, own, -np.inf)
        line = np.sort(held, axis=-1)[..., -min(n, held.shape[-1]), None]
        return np.asarray(own >= line, dtype=float)
    settled = np.where(party, sign * np.asarray(level, dtype=float), -np.inf)
    ranked = np.append(np.sort(settled.ravel())[::-1], -np.inf)
    # who is among the best now must stay above the first who is not; the others must pass the last who is
    line = np.where(settled >= ranked[n - 1], ranked[n], ranked[n - 1])
    return np.asarray(own > line, dtype=float)
