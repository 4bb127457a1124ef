"""Habit: what it costs a provider to behave unlike usual, how much room it has, and how fast it moves.

Positive mathematical programming (Howitt, Am J Agric Econ 77:329, 1995): behaviour under the usual contract is taken as
optimal, and departing from it has a cost. The lever that is best when marginal pay rises by ``m`` of income is::

    x − 1 = room · tanh(m · response / room)

Near 1.0 it answers with ``response``; towards the end of its room it stiffens, so that a payment introduced or
abolished moves it as far as published reforms did, and never to the end. A lever is the mean of many decisions that go
either way: the curve is that of a logit choice, and its cost the entropy that such choices lose.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .patients.calendar import share_closed

LAST = 1e-4  #: share of the room that the search leaves at each end, where the cost of one step more has no bound
TINY = 1e-9  #: smallest room, of a lever that stays


class Room(NamedTuple):
    """How far each lever can go from usual behaviour, (L,) in lever units each."""

    down: np.ndarray
    up: np.ndarray

    @classmethod
    def of(cls, behaviour: Any, names: Sequence[str]) -> Room:
        """The room of levers by name, from the parameters of behaviour."""
        down, up = ([getattr(behaviour, f"room_{way}_{name}") for name in names] for way in ("down", "up"))
        return cls(np.maximum(down, TINY), np.maximum(up, TINY))

    @property
    def low(self) -> np.ndarray:
        """Lowest levers that a plan may have, (L,)."""
        return 1.0 - self.down * (1.0 - LAST)

    @property
    def high(self) -> np.ndarray:
        """Highest levers that a plan may have, (L,)."""
        return 1.0 + self.up * (1.0 - LAST)

    def of_side(self, away: np.ndarray) -> np.ndarray:
        """The room on the side of 1.0 that levers are on, ``away`` (..., L) from it."""
        return np.where(away < 0.0, self.down, self.up)

    def used(self, levers: np.ndarray) -> np.ndarray:
        """Share of its room that each lever has used, (..., L): 0 at usual behaviour, 1 at the end of the room."""
        away = levers - 1.0
        return np.abs(away) / self.of_side(away)


class Habit(NamedTuple):
    """Cost of departing from usual behaviour."""

    slope: np.ndarray  # (N, L) £ a year per lever unit, which the slope of worth is at usual behaviour
    curvature: np.ndarray  # (N, L) £ a year per squared lever unit, at usual behaviour: income ÷ response
    room: Room

    def cost(self, levers: np.ndarray) -> np.ndarray:
        """Cost (K, N) in £ a year of levers (K, N, L) inside their room."""
        away = levers - 1.0
        room = self.room.of_side(away)
        u = away / room
        lost = u * np.arctanh(u) + 0.5 * np.log1p(-u * u)  # the integral of atanh
        return (self.slope * away + self.curvature * (room * room) * lost).sum(axis=-1)

    def scaled(self, factor: np.ndarray) -> Habit:
        """The habit of providers that grow by ``factor`` (N,), as their income does."""
        return self._replace(slope=self.slope * factor[:, None], curvature=self.curvature * factor[:, None])


def responses(behaviour: Any, names: Sequence[str]) -> np.ndarray:
    """How far each lever moves, (L,), per unit of income by which its marginal pay rises, near usual behaviour."""
    return np.array([getattr(behaviour, f"response_{name}") for name in names])


def shares_closed(behaviour: Any, names: Sequence[str], years: float) -> np.ndarray:
    """Share (L,) of the way to its plan that each lever goes in some years: writing is quick, building slow."""
    return np.array([share_closed(years, getattr(behaviour, f"years_{name}")) for name in names])
