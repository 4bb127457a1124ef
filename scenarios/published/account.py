"""What is written down while a place is made: files read, practices left out, figures filled in, totals compared."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Read:
    """A table that was read."""

    file: str
    title: str
    publisher: str
    era: str
    date: str
    rows: int
    columns: int
    used: str


@dataclass(frozen=True)
class Dropped:
    """A practice, row or cell that was left out, and why."""

    what: str
    name: str
    people: float | None
    why: str


@dataclass(frozen=True)
class Filled:
    """A figure that no file gives: for how many practices, how it was filled in, and by what source."""

    figure: str
    practices: int
    how: str
    source: str


@dataclass(frozen=True)
class Total:
    """A total of the place, and the same as published."""

    what: str
    place: float
    published: float
    source: str

    @property
    def difference(self) -> float:
        """Relative to what is published."""
        return self.place / self.published - 1.0 if self.published else 0.0


@dataclass
class Account:
    """All that the data page shows; ``lists``: people by practice, as each file has them."""

    read: list[Read] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    filled: list[Filled] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lists: dict[str, pd.Series] = field(default_factory=dict)
    practices: pd.DataFrame = field(default_factory=pd.DataFrame)

    def drop(self, what: str, name: str, people: float | None, why: str) -> None:
        """Write down that something was left out."""
        self.dropped.append(Dropped(what, name, people, why))

    def fill(self, figure: str, practices: int, how: str, source: str) -> None:
        """Write down that a figure was filled in; nothing where it was for no practice."""
        if practices:
            self.filled.append(Filled(figure, practices, how, source))
