"""A contract is a list of terms and owes their sum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from ...agents.forecast.activity import Activity


@dataclass(frozen=True)
class Neutral:
    """A price still to be solved, so that first-year spending equals that of another funding file.

    ``share``: part of that spending to be raised by this price; prices without one share the rest equally. ``times``:
    spending of the whole contract relative to the other file's.
    """

    neutral_with: str
    share: float | None = None
    times: float = 1.0


@runtime_checkable
class Term(Protocol):
    """A way of paying: its name, its payer, and the pounds it owes for an activity."""

    name: str
    payer: str

    def due(self, activity: Activity) -> np.ndarray: ...


@dataclass(frozen=True)
class Contract:
    """A list of terms; it owes their sum."""

    terms: tuple[Any, ...] = ()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.terms)

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds for the year to date, in the shape of the activity."""
        total: np.ndarray = np.zeros(())
        for term in self.terms:
            total = total + term.due(activity)
        return total

    @property
    def depends_on_last_year(self) -> bool:
        """Whether a year's activity sets the next year's pay."""
        return any(getattr(term, "depends_on_last_year", False) for term in self.terms)


def payer_of(kind: str, term: Any) -> str:
    """The account that pays a term; social care's commissioner is the council."""
    return "council" if kind == "social_care" and term.payer == "commissioner" else term.payer


def closing(activity: Activity) -> bool:
    """Whether the year's dues are final: at the year's end, or when a contract ends before it."""
    given = activity.get("closing")
    return bool(given) if given is not None else bool(np.all(np.asarray(activity["elapsed"]) >= 1.0))


def holders(activity: Activity) -> np.ndarray:
    """1 for each provider that holds the term and 0 for the others, in the shape of a column of providers."""
    return np.broadcast_to(np.asarray(activity.get("holders", 1.0), dtype=float), np.shape(activity["people_at_start"]))


def together(activity: Activity, name: str) -> np.ndarray:
    """Total of an activity over all holders of a term.

    In plans only a provider's own part varies; the others stay at the mean of the last four quarters, ``name.level``.
    """
    own = np.asarray(activity[name], dtype=float)
    held = holders(activity)
    level = activity.get(f"{name}.level")
    if level is None:
        return np.asarray((own * held).sum(axis=-1, keepdims=True))
    usual = np.asarray(level, dtype=float)
    return np.asarray((usual * held).sum() - usual + own)


def placed(activity: Activity, name: str, top: float, best: str) -> np.ndarray:
    """1.0 for each provider whose indicator is in the best ``top`` share of a term's holders, else 0.0.

    ``best``: ``high`` or ``low``. In plans the others stay at their last measured value, ``name.level``.
    """
    sign = 1.0 if best == "high" else -1.0
    own = sign * np.asarray(activity[name], dtype=float)
    held = holders(activity) > 0
    n = max(round(top * int(held.sum())), 1)
    level = activity.get(f"{name}.level")
    if level is None:
        ranked = np.sort(np.where(held, own, -np.inf), axis=-1)
        worst_winner = ranked[..., -min(n, ranked.shape[-1]), None]
        return np.asarray(own >= worst_winner, dtype=float)
    usual = np.where(held, sign * np.asarray(level, dtype=float), -np.inf)
    ranked = np.append(np.sort(usual.ravel())[::-1], -np.inf)
    # present winners must stay above the best loser; the others must pass the worst winner
    to_beat = np.where(usual >= ranked[n - 1], ranked[n], ranked[n - 1])
    return np.asarray(own > to_beat, dtype=float)
