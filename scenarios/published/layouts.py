"""Layouts of published files, as data, and which of them a file has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ...model.errors import InputError, nearest
from ...model.reading import toml

FILE = Path(__file__).with_name("layouts.toml")


@dataclass(frozen=True)
class Layout:
    """A publication's columns: ``columns`` has the published names of each, the first era's that a file has counts.

    ``rank``: of files that say the same, the lowest counts; ``used``: for what.
    ``needs``: columns without which a file is another one. ``numbers``: those that hold numbers; ``pattern``: names of
    further columns of numbers. ``first`` and ``positions``: what the first cell of a file without names of columns
    looks like, and where each column is.
    """

    key: str
    title: str
    publisher: str
    rank: int
    used: str = ""
    needs: Sequence[str] = ()
    columns: dict[str, list[str]] = field(default_factory=dict)
    numbers: Sequence[str] = ()
    pattern: str = ""
    eras: dict[str, str] = field(default_factory=dict)
    first: str = ""
    positions: dict[str, int] = field(default_factory=dict)

    def found(self, header: Sequence[str]) -> dict[str, str]:
        """Name in the file's header of each of the layout's columns that it has."""
        names = set(header)
        pairs = (
            (column, next((name for name in known if name in names), "")) for column, known in self.columns.items()
        )
        return {column: name for column, name in pairs if name}

    def further(self, header: Sequence[str]) -> list[str]:
        """Columns of numbers that the layout knows by a pattern."""
        return [name for name in header if self.pattern and re.match(self.pattern, name)]

    def lacks(self, header: Sequence[str]) -> list[str]:
        """Columns that the layout needs and the header has not."""
        found = self.found(header)
        lacking = [column for column in self.needs if column not in found]
        return [*lacking, self.pattern] if self.pattern and not self.further(header) else lacking

    def era(self, header: Sequence[str]) -> str:
        """When a file with this header is from, where columns tell."""
        return next((era for mark, era in self.eras.items() if mark in header), "")


@cache
def layouts() -> tuple[Layout, ...]:
    """Every layout that is known."""
    return tuple(Layout(key, **table) for key, table in toml(FILE).items())


def of_header(header: Sequence[str]) -> Layout | None:
    """The layout of a file with these columns: of several, the one that needs most."""
    fits = [one for one in layouts() if one.columns and not one.lacks(header)]
    return max(fits, key=lambda one: len(one.needs) + bool(one.pattern), default=None)


def of_row(row: Sequence[str]) -> Layout | None:
    """The layout without names of columns to which a row belongs."""
    for one in layouts():
        if one.first and re.fullmatch(one.first, row[0].upper()) and len(row) > max(one.positions.values()):
            return one
    return None


def unknown_layout(name: str, header: Sequence[str]) -> InputError:
    """The error for a file that has no layout that is known: the nearest one, and what the file lacks."""
    named = [one for one in layouts() if one.columns]
    near = max(named, key=lambda one: (len(one.found(header)) / len(one.columns), -one.rank))
    if len(near.lacks(header)) == 1 and len(near.needs) > 2:
        column = near.lacks(header)[0]
        asked = " or ".join(f"'{known}'" for known in near.columns.get(column, [f"{column} (a pattern)"]))
        close = nearest(near.columns.get(column, [column])[0], header) if header else ""
        return InputError(f"{name}: looks like '{near.title}' but has no column {asked}{close}")
    titles = "; ".join(one.title for one in layouts())
    shown = ", ".join(header[:4]) or "nothing"
    return InputError(f"{name}: no layout that a place is made from; its columns begin with {shown}. Known: {titles}")
