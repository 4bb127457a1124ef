"""The columns of everyone who is registered, and the empty rows among them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .calendar import WEEKS
from .patient import CARE, FRAILTY, WHERE, Patient
from .people import GONE, UNMET_BIT, People


def with_room(rows: int, dtype: np.dtype) -> np.ndarray:
    """Zeros with room to grow; what is never touched takes no memory."""
    return np.zeros(rows + rows // 8, dtype=dtype)


class PatientRows:
    """The columns of everyone, sorted by practice, with empty rows for newcomers and births.

    A practice's empty rows, counted from its first row, are the first ``n_free`` entries of its part of ``vacant``;
    the last of them is taken first.
    """

    def __init__(self, people: People, start: np.ndarray, stop: np.ndarray) -> None:
        self.people = people
        self.start = start
        self.stop = stop
        self.n_free = np.zeros(start.size, dtype=np.int64)
        self.vacant = with_room(people.key.size, np.dtype(np.int32))[: people.key.size]
        for p in range(start.size):
            empty = np.flatnonzero(people.where[start[p] : stop[p]] == GONE)
            self._add_vacant(p, empty)
        self.traced = np.zeros(people.key.size, dtype=np.bool_)
        self.age_clock = 0

    def observe_quarter(self, age_clock: int) -> None:
        """Read ages at this week of the clock of ageing from now on."""
        self.age_clock = age_clock

    def __len__(self) -> int:
        """People registered now."""
        return int(self.list_sizes().sum())

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
        return WHERE[where]

    def list_sizes(self) -> np.ndarray:
        """People registered with each practice, (P,)."""
        return self.stop - self.start - self.n_free

    def _add_vacant(self, p: int | np.intp, rows: np.ndarray) -> None:
        """Add empty rows, counted from the practice's first, to those it has; the first of them is taken first."""
        first = self.start[p] + self.n_free[p]
        self.vacant[first : first + rows.size] = rows[::-1]
        self.n_free[p] += rows.size

    def make_room(self, extra: np.ndarray) -> np.ndarray:
        """Give practices so many more empty rows, (P,). Returns how far each practice's rows moved, (P,)."""
        shift = np.cumsum(extra) - extra
        size = self.stop - self.start
        columns = [*self.people, self.vacant]
        del self.people, self.vacant  # so that each column can go as soon as it has been copied
        for k in range(len(columns)):
            columns[k] = self._moved(columns[k], shift, int(extra.sum()))
        self.vacant = columns.pop()
        self.people = People(*columns)
        traced = np.flatnonzero(self.traced)
        self.traced = np.zeros(columns[0].size, dtype=np.bool_)
        self.traced[traced + shift[np.searchsorted(self.stop, traced, side="right")]] = True
        self.start, self.stop = self.start + shift, self.stop + shift + extra
        for p in np.flatnonzero(extra):
            self._add_vacant(p, size[p] + np.arange(extra[p]))
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
        """A new year: nobody has received care yet."""
        self.people.spend[:] = 0

    def trace(self, rows: list[int]) -> None:
        """Log every event of these people from now on."""
        self.traced[rows] = True
