"""Whom practices take on: where they may choose, they turn away people on whom a contract makes them lose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from . import plans
from .forecast.activity import Contract
from .hiring import Hiring
from .joiners import needs, with_joiner
from .patients.calendar import WEEKS
from .patients.entry import uniforms
from .patients.people import BAND_OF, BANDS, TINY

CONDITIONS, FRAILTY = 5, 4  #: grades by which a kind of joiner is known, beside its age band
KINDS_OF_JOINER = BANDS * CONDITIONS * FRAILTY
IS_TURNED_AWAY, GOES_TO = 7, 8  #: draws of a joiner's identity, after those of age and practice
ROUNDING = 1e-6  #: share of income a head below which a difference of two large sums is none


class Choosing(Hiring):
    """Practices by whom they turn away of the people who ask to join, by kind of joiner and practice, (T, P).

    A kind is an age band, a number of long-term conditions and a frailty: what a practice can see. A practice loses by
    a person whose care costs more, compared with its average patient, than the contract pays. It turns away a share of
    those by whom it loses more than under the usual contract, which therefore turns nobody away. Whoever is turned away
    registers with a neighbour in the same week. Patients on the list and newborn children stay.
    """

    peers: np.ndarray  # (P, n) rows of each one's neighbours

    def __init__(self, model: Any, table: Any, parameters: Any) -> None:
        super().__init__(model, table, parameters)
        self.one_more: Mapping[str, np.ndarray] = {}  # weight of one more person, (P, BANDS), by formula
        self.usual_contract: Contract | None = None
        self.turning_away: np.ndarray | None = None  # shares (T, P); None where practices may not choose
        # people who asked to join this year, (T, P), once any may be turned away
        self.asked: np.ndarray = np.zeros((0, 0), dtype=np.int64)
        self.turned_away: np.ndarray = self.asked  # of these
        self.taken_on: np.ndarray = (
            self.asked
        )  # people whom another practice turned away and who registered here, (T, P)

    def fit_adjustment_cost(self, usual: Contract) -> None:
        super().fit_adjustment_cost(usual)
        self.usual_contract = usual

    def decide(self, years: float, look_around: bool = True) -> None:
        """Compare plans, and decide whom to turn away from now on."""
        super().decide(years, look_around)
        allowed = self.p.general_practice.choice_of_patients
        self.turning_away = None
        if allowed > 0.0 and self.contract is not None and self.motives is not None:
            self.turning_away = self.shares_turned_away(self.contract, allowed)

    def shares_turned_away(self, contract: Contract, allowed: float = 1.0) -> np.ndarray:
        """Share of each kind of joiner, (T, P), that practices turn away under a contract, as far as ``allowed``."""
        room = max(self.p.behaviour.room_choice * allowed, TINY)
        beyond = self.losses(contract) - self.losses(self.usual_contract)
        beyond = np.where(beyond > ROUNDING, beyond, 0.0)
        return room * np.tanh(beyond * self.p.behaviour.response_choice / room)

    def losses(self, contract: Any) -> np.ndarray:
        """What is lost a year by one more person of a kind, (T, P), as a share of the usual income a head.

        Compared with the average person on the practice's list, so that a budget's size alone changes nothing.
        """
        year = self.expected()
        year |= {f"{name}.level": year[name] for name in (*self.COUNTED, *self.INDICATORS) if name in year}
        year = {name: v[:, None] if isinstance(v, np.ndarray) else v for name, v in year.items()}
        people = np.maximum(year["people_flat"], 1.0)
        mean_need = year["people_need"] / people
        weights = {name: w.T.repeat(CONDITIONS * FRAILTY, axis=0)[..., None] for name, w in self.one_more.items()}
        needed = needs(self).reshape(KINDS_OF_JOINER, 1, 1)
        average = with_joiner(year, self.COUNTED, {name: year[name] / people for name in weights}, mean_need)
        joined = with_joiner(year, self.COUNTED, weights, needed)
        pays = plans.expected_due(contract, joined) - plans.expected_due(contract, average)
        return np.maximum(needed[..., 0] / mean_need[:, 0] - 1.0 - pays / (self.usual_income / people[:, 0]), 0.0)

    def welcome(self, newcomers: np.ndarray, week: int) -> None:
        """Send newcomers, (n,) of NEWCOMER, whom the practice that they ask turns away to a neighbour, in place."""
        if self.turning_away is None:
            return
        if not self.asked.size:
            self.asked = np.zeros(self.turning_away.shape, dtype=np.int64)
            self.turned_away, self.taken_on = np.zeros_like(self.asked), np.zeros_like(self.asked)
        kind, first = kinds_of(newcomers, week), newcomers["practice"].copy()
        away = uniforms(newcomers["key"], np.uint64(IS_TURNED_AWAY)) < self.turning_away[kind, first]
        np.add.at(self.asked, (kind, first), 1)
        np.add.at(self.turned_away, (kind[away], first[away]), 1)
        lots = uniforms(newcomers["key"], np.uint64(GOES_TO))
        for k in np.flatnonzero(away):
            newcomers["practice"][k] = self._taken_on_by(int(first[k]), int(kind[k]), float(lots[k]))
        np.add.at(self.taken_on, (kind[away], newcomers["practice"][away]), 1)

    def _taken_on_by(self, practice: int, kind: int, lot: float) -> int:
        """The practice that takes on someone whom ``practice`` turns away: a neighbour, or itself where it has none."""
        near = np.unique(self.peers[practice])
        near = near[(near != practice) & self.is_open[near]]
        if not near.size or self.turning_away is None:
            return practice
        part = np.cumsum(self.lists[near] * (1.0 - self.turning_away[kind, near]))
        if part[-1] <= 0.0:
            return practice
        return int(near[np.searchsorted(part / part[-1], lot, side="right").clip(max=near.size - 1)])

    def number(self, what: str) -> np.ndarray:
        """People whom each practice has ``turned_away`` or ``taken_on`` this year, whole place, (P,)."""
        counted: np.ndarray = getattr(self, what)
        return counted.sum(axis=0) / self.model.sample if counted.size else np.zeros(len(self))

    def joiners(self) -> dict[str, np.ndarray]:
        """People who asked to join this year, and those turned away, whole place: (T,) by kind; none without choice."""
        if not self.asked.size:
            return {}
        return {name: getattr(self, name).sum(axis=1) / self.model.sample for name in ("asked", "turned_away")}

    def close_year(self) -> None:
        super().close_year()
        self.asked, self.turned_away, self.taken_on = (np.zeros_like(self.asked) for _ in range(3))


def kinds_of(newcomers: np.ndarray, week: int) -> np.ndarray:
    """The kind of each joiner (n,): age band, conditions and frailty as one number."""
    years = np.clip((week - newcomers["born"].astype(np.int64)) // WEEKS, 0, BAND_OF.size - 1)
    return (BAND_OF[years] * CONDITIONS + newcomers["conditions"]) * FRAILTY + newcomers["frailty"]
