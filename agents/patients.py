"""Everyone who is registered: a cohort of columns, and a readable view of one person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from . import week as w

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
    """One person, read from the columns. ``control`` is 0 to 1; ``age`` in whole years; ``since`` in weeks."""

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
    since: int


class Patients:
    """The columns of everyone, sorted by practice; rows beyond a practice's people stand empty for newcomers."""

    def __init__(self, people: w.People, start: np.ndarray, stop: np.ndarray) -> None:
        self.people = people
        self.start = start
        self.stop = stop
        self.free = np.zeros(people.key.size, dtype=np.int32)
        self.n_free = np.zeros(start.size, dtype=np.int64)
        self.traced = np.zeros(people.key.size, dtype=np.bool_)
        self.age_clock = 0
        self.pathways: w.Listing | None = None
        for p in range(start.size):
            rows = np.arange(start[p], stop[p])
            empty = rows[people.where[rows] == w.GONE][::-1]
            self.free[start[p] : start[p] + empty.size] = empty
            self.n_free[p] = empty.size

    def __len__(self) -> int:
        """People registered now."""
        return int((self.people.where != w.GONE).sum())

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
            age=int((self.age_clock - int(state["born"])) // w.WEEKS),
            sex="female" if c.traits[row] & 1 else "male",
            deprivation_quintile=int(c.traits[row] >> 1 & 7) + 1,
            conditions=int(state["conditions"]),
            frailty=FRAILTY[state["frailty"]],
            control=round(float(state["control"]) / 65535.0, 4),
            unmet_need=bool(c.traits[row] & w.UNMET_BIT),
            practice=int(np.searchsorted(self.stop, row, side="right")),
            care=CARE[state["care"]],
            where=self._where(row, int(c.where[row])),
            since=int(state["clock"]),
        )

    def __iter__(self) -> Iterator[Patient]:
        """Everyone registered now, practice by practice."""
        return (self[int(row)] for row in np.flatnonzero(self.people.where != w.GONE))

    def _where(self, row: int, where: int) -> str:
        """Where the person is; at home, whether on a hospital's list."""
        if where == w.HOME and self.pathways is not None:
            listed = w.all_rows(self.pathways)
            stages = listed["stage"][(listed["row"] == row) & (listed["key"] == self.people.key[row])]
            if stages.size:
                return "waiting for admission" if (stages == w.THEATRE).any() else "waiting for a clinic"
        return WHERE[where]

    def lists(self) -> np.ndarray:
        """People registered with each practice, (P,)."""
        return self.stop - self.start - self.n_free

    def make_room(self, extra: np.ndarray) -> np.ndarray:
        """Give practices so many more empty rows, (P,). Returns how far each practice's rows moved, (P,)."""
        shift = np.cumsum(extra) - extra
        columns = [*self.people, self.traced, self.free]
        del self.people, self.traced, self.free  # one column at a time is in memory twice
        for k in range(len(columns)):
            columns[k] = self._wider(columns[k], shift, int(extra.sum()))
        *people, self.traced, self.free = columns
        self.people = w.People(*people)
        for p in np.flatnonzero(extra + shift):
            at = self.start[p] + shift[p]
            held = self.free[at : at + self.n_free[p]] + shift[p]
            fresh = np.arange(self.stop[p] + shift[p], self.stop[p] + shift[p] + extra[p])[::-1]
            self.free[at : at + held.size + extra[p]] = np.concatenate([fresh, held])
        self.start, self.stop = self.start + shift, self.stop + shift + extra
        self.n_free = self.n_free + extra
        return shift

    def _wider(self, column: np.ndarray, shift: np.ndarray, extra: int) -> np.ndarray:
        """A column with its practices' rows moved on by ``shift`` (P,)."""
        wider = np.zeros(column.size + extra, dtype=column.dtype)
        for p in range(self.start.size):
            wider[self.start[p] + shift[p] : self.stop[p] + shift[p]] = column[self.start[p] : self.stop[p]]
        return wider

    def trace(self, rows: list[int]) -> None:
        """Log every event of these people from now on."""
        self.traced[rows] = True
