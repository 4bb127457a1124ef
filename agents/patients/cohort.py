"""Everyone who is registered: a cohort of columns, and a readable view of one person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .calendar import WEEKS
from .lists import THEATRE, Listing, still_waiting
from .people import GONE, HOME, UNMET_BIT, People

WHERE = ("gone", "home", "in hospital", "fit to leave, waiting for care")
CARE = (
    "none",
    "home care",
    "care home, council-funded",
    "care home, self-funded",
    "care home, NHS-funded",
    "waiting for care",
    "refused care",
)
FRAILTY = ("fit", "mild", "moderate", "severe")


@dataclass(frozen=True)
class Patient:
    """One person, read from the columns. ``control`` is 0 to 1; ``age`` in whole years."""

    id: str
    age: int
    sex: str
    deprivation_quintile: int
    conditions: int
    frailty: str
    control: float
    unmet_need: bool
    practice: int
    care: str
    where: str


def with_room(rows: int, dtype: np.dtype) -> np.ndarray:
    """Zeros with room to grow; what is never touched takes no memory."""
    return np.zeros(rows + rows // 8, dtype=dtype)


class Patients:
    """The columns of everyone, sorted by practice; rows beyond a practice's people stand empty for newcomers."""

    def __init__(self, people: People, start: np.ndarray, stop: np.ndarray) -> None:
        self.people = people
        self.start = start
        self.stop = stop
        self.n_free = np.zeros(start.size, dtype=np.int64)
        self.empty = np.full(start.size, -1)  # (P,); each names the next
        for p in range(start.size):
            empty = start[p] + np.flatnonzero(people.where[start[p] : stop[p]] == GONE)
            if empty.size:
                self.n_free[p], self.empty[p] = empty.size, empty[0]
                people.spend[empty] = np.append(empty[1:], -1)
        self.traced = np.zeros(people.key.size, dtype=np.bool_)
        self.age_clock = 0
        self.pathways: Listing | None = None

    def __len__(self) -> int:
        """People registered now."""
        return int(self.lists().sum())

    def __getitem__(self, row: int) -> Patient:
        """The person in a row of the columns.

        Raises:
            IndexError: when the row does not exist or nobody has ever been in it.
        """
        c = self.people
        if not 0 <= row < c.key.size or c.key[row] == 0:
            raise IndexError(f"nobody in row {row} of {c.key.size}")
        state = c.state[row]
        return Patient(
            id=f"{int(c.key[row]):016x}",
            age=int((self.age_clock - int(state["born"])) // WEEKS),
            sex="female" if c.traits[row] & 1 else "male",
            deprivation_quintile=int(c.traits[row] >> 1 & 7) + 1,
            conditions=int(state["conditions"]),
            frailty=FRAILTY[state["frailty"]],
            control=round(float(state["control"]) / 65535.0, 4),
            unmet_need=bool(c.traits[row] & UNMET_BIT),
            practice=int(np.searchsorted(self.stop, row, side="right")),
            care=CARE[state["care"]],
            where=self._where(row, int(c.where[row])),
        )

    def __iter__(self) -> Iterator[Patient]:
        """Everyone registered now, practice by practice."""
        return (self[int(row)] for row in np.flatnonzero(self.people.where != GONE))

    def _where(self, row: int, where: int) -> str:
        """Where the person is; at home, whether on a hospital's list."""
        if where == HOME and self.pathways is not None:
            listed = still_waiting(self.pathways)
            stages = listed["stage"][(listed["row"] == row) & (listed["key"] == self.people.key[row])]
            if stages.size:
                return "waiting for admission" if (stages == THEATRE).any() else "waiting for a clinic"
        return WHERE[where]

    def lists(self) -> np.ndarray:
        """People registered with each practice, (P,)."""
        return self.stop - self.start - self.n_free

    def make_room(self, extra: np.ndarray) -> np.ndarray:
        """Give practices so many more empty rows, (P,). Returns how far each practice's rows moved, (P,)."""
        shift = np.cumsum(extra) - extra
        columns = list(self.people)
        del self.people  # so that each column can go as soon as it has been copied
        for k in range(len(columns)):
            columns[k] = self._moved(columns[k], shift, int(extra.sum()))
        self.people = People(*columns)
        traced = np.flatnonzero(self.traced)
        self.traced = np.zeros(columns[0].size, dtype=np.bool_)
        self.traced[traced + shift[np.searchsorted(self.stop, traced, side="right")]] = True
        spend, where = self.people.spend, self.people.where
        for p in np.flatnonzero(extra + shift):
            old = slice(self.start[p] + shift[p], self.stop[p] + shift[p])
            spend[old][(where[old] == GONE) & (spend[old] >= 0)] += shift[p]
            if extra[p]:
                fresh = np.arange(old.stop, old.stop + extra[p])
                spend[fresh] = np.append(fresh[1:], self.empty[p] + shift[p] if self.n_free[p] else -1)
                self.empty[p] = fresh[0]
            else:
                self.empty[p] += shift[p] if self.n_free[p] else 0
        self.start, self.stop = self.start + shift, self.stop + shift + extra
        self.n_free = self.n_free + extra
        return shift

    def _moved(self, column: np.ndarray, shift: np.ndarray, extra: int) -> np.ndarray:
        """A column with its practices' rows moved on by ``shift`` (P,) and empty rows after them.

        It is moved in its own memory where that is large enough, last practice first.
        """
        rows = column.size + extra
        room = column.base if isinstance(column.base, np.ndarray) and column.base.dtype == column.dtype else column
        if room.size < rows:
            room = with_room(rows, column.dtype)
        wider = room[:rows]
        for p in range(self.start.size)[::-1]:
            first, last = self.start[p] + shift[p], self.stop[p] + shift[p]
            wider[first:last] = column[self.start[p] : self.stop[p]]
        for first, last in zip(self.stop + shift, np.append(self.start[1:] + shift[1:], rows), strict=True):
            wider[first:last] = np.zeros((), dtype=column.dtype)
        return wider

    def forget_spend(self) -> None:
        """A new year: nobody has received care; empty rows keep the names of the next."""
        for first, last in zip(self.start, self.stop, strict=True):
            self.people.spend[first:last] *= self.people.where[first:last] == GONE

    def trace(self, rows: list[int]) -> None:
        """Log every event of these people from now on."""
        self.traced[rows] = True
