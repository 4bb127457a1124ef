"""Dated changes of a funding file: from when until when, for which providers, and what they change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Literal

import numpy as np

from ...agents.patients.calendar import WEEKS
from ..clock import week_of
from ..errors import InputError, unknown
from ..numbers import MOST
from ..people.population import origin
from ..place.place import Place
from .contract import Contract

VERBS = ("set", "multiply", "add")


@dataclass(frozen=True)
class Who:
    """The providers that a change is for: all of a kind, of a lot, by id, a random share of them, or volunteers."""

    kind: str
    lot: str | None = None
    ids: tuple[str, ...] = ()
    share: float | None = None
    draw: str = ""
    volunteers: bool = False


@dataclass(frozen=True)
class Change:
    """One ``[[changes]]`` table, its terms read. ``where`` names it in messages."""

    when: date
    where: str = "changes"
    until: date | None = None
    announced: date | None = None  # from when providers plan with it
    over: int = 1  # years in equal steps, or as many as lists in ``set`` have numbers
    who: Who | None = None
    arm: str = ""
    contract: Contract | None = None
    add_terms: tuple[Any, ...] = ()
    drop_terms: tuple[str, ...] = ()
    set: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    together: bool | Literal["lot"] = False  # practices share staff and results while it holds: all, or those of a lot

    @property
    def joins(self) -> bool:
        """Whether its steps are groups of providers that join, rather than steps of a value for all of them."""
        return self.contract is not None or bool(self.add_terms or self.drop_terms)

    @property
    def pays(self) -> bool:
        """Whether it changes contracts."""
        return self.joins or bool(self.paths("contracts."))

    def paths(self, start: str) -> dict[str, Mapping[str, Any]]:
        """The values that it sets below a path."""
        return {path: step for path, step in self.set.items() if path.startswith(start)}

    @property
    def numbers(self) -> dict[str, Mapping[str, Any]]:
        """The parameters that it sets."""
        return {p: step for p, step in self.set.items() if not p.startswith(("contracts.", "capacity."))}

    def weeks(self, starts: date) -> list[int]:
        """Weeks in which it takes a step, and that in which it ends."""
        first = week_of(self.when, starts)
        steps = [first + WEEKS * k for k in range(self.over)]
        if self.announced is not None:
            steps = [week_of(self.announced, starts), *steps]
        return steps if self.until is None else [*(s for s in steps if s < self._end(starts)), self._end(starts)]

    def share_done(self, week: int, starts: date) -> float:
        """The share of its steps taken by a week, 0–1; 0 before it and after its end."""
        first = week_of(self.when, starts)
        if week < first or (self.until is not None and week >= self._end(starts)):
            return 0.0
        return min((week - first) // WEEKS + 1, self.over) / self.over

    def known(self, week: int, starts: date) -> bool:
        """Whether it is announced and still to come."""
        return self.announced is not None and week_of(self.announced, starts) <= week < week_of(self.when, starts)

    def _end(self, starts: date) -> int:
        return week_of(self.until, starts) if self.until is not None else 10**9

    def plain(self) -> dict[str, Any]:
        """Everything that can change a result, as data."""
        terms = [asdict(t) | {"term": t.term} for t in (*(self.contract or ()), *self.add_terms)]
        kept = {k: getattr(self, k) for k in ("when", "until", "announced", "over", "arm", "drop_terms", "together")}
        return {**kept, "who": self.who and asdict(self.who), "terms": terms, "set": dict(self.set)}


def rank(place: str, kind: str, names: list[str], draw: str) -> np.ndarray:
    """Rank (N,) of providers in a random draw: by hash of their identity, so alike in every run and seed."""
    hashes = [origin(f"{place}/draw/{draw}/{kind}/{name}") for name in names]
    return np.argsort(np.argsort(np.array(hashes, dtype=np.uint64), kind="stable"), kind="stable")


def selected(who: Who | None, kind: str, place: Place, names: list[str]) -> np.ndarray:
    """Rows (N,) of a kind that a change is for; volunteers are all who may.

    Raises:
        InputError: for a lot or an id that the place does not have.
    """
    rows = np.ones(len(names), dtype=bool)
    if who is None:
        return rows
    if who.kind != kind:
        return ~rows
    if who.lot is not None:
        if who.lot not in place.file.lots:
            raise unknown("lot", who.lot, place.file.lots, where="who")
        rows &= np.asarray(place.practices.lot == who.lot)
    if who.ids:
        for name in who.ids:
            if name not in names:
                raise unknown(kind, name, names, where="who: ids")
        rows &= np.isin(names, who.ids)
    if who.share is not None:
        order = rank(place.id, kind, names, who.draw)
        chosen = np.flatnonzero(rows)[np.argsort(order[rows], kind="stable")]
        rows = np.zeros_like(rows)
        rows[chosen[: round(who.share * chosen.size)]] = True
    return rows


def adopted(change: Change, rows: np.ndarray, done: float, place: Place, kind: str, names: list[str]) -> np.ndarray:
    """Rows (N,) that a change has reached after this share of its steps; equal groups join, drawn at random."""
    if done >= 1.0 or not change.joins:
        return rows if done > 0.0 else np.zeros_like(rows)
    order = rank(place.id, kind, names, (change.who.draw if change.who else "") + "/adoption")
    joined = np.flatnonzero(rows)[np.argsort(order[rows], kind="stable")]
    out = np.zeros_like(rows)
    out[joined[: round(done * joined.size)]] = True
    return out


def of_year(number: Any, done: float) -> tuple[Any, float]:
    """A number after this share of the steps of a change, and the share of it that holds.

    A list has a number for each step, which then holds in full; before the first step nothing does.
    """
    if not isinstance(number, list | tuple):
        return number, done
    at = round(done * len(number))
    return number[max(at - 1, 0)], float(at > 0)


def stepped(path: str, value: Any, step: Mapping[str, Any], done: float) -> Any:
    """A value after this share of the steps of a change."""
    for verb, given in step.items():
        number, done = of_year(given, done)
        if verb == "set":
            if isinstance(number, str | bool) or isinstance(value, str | bool):
                value = number
            else:
                value = value + (number - value) * done
        elif verb == "multiply":
            value = value * (1.0 + (number - 1.0) * done)
        elif verb == "add":
            value = value + number * done
        else:
            raise unknown("change", verb, VERBS, where=path)
    if not isinstance(value, str | bool) and np.abs(value).max() > MOST:
        raise InputError(f"{path}: becomes more than {MOST:,}")
    return value


def applied(
    kind: str, change: Change, change_id: int, held: list[tuple[int, Any]], done: float
) -> list[tuple[int, Any]]:
    """Terms of a kind of provider after a change of contract, each with the number of the change that brought it."""
    if change.contract is not None:
        held = [(change_id, term) for term in change.contract]
    held = [(s, t) for s, t in held if t.name not in change.drop_terms]
    held += [(change_id, term) for term in change.add_terms]
    done = 1.0 if change.joins else done
    for path, step in change.paths(f"contracts.{kind}.").items():
        _, _, name, key, *rest = path.split(".")
        held = [(s, _field(path, t, key, rest, step, done) if t.name == name else t) for s, t in held]
    return held


def _field(path: str, term: Any, key: str, rest: list[str], step: Mapping[str, Any], done: float) -> Any:
    old = getattr(term, key)
    if rest:
        return replace(term, **{key: {**old, rest[0]: stepped(path, old.get(rest[0], 0.0), step, done)}})
    if old is None and set(step) != {"set"}:
        raise InputError(f"{path}: has no value yet; write {{ set = … }}")
    new = step["set"] if old is None else stepped(path, old, step, done)
    return replace(term, **{key: new})
