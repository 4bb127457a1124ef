"""Reads CSV tables: one reader for practices and areas, which says in one sentence what is wrong with a table."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ..model.errors import InputError, nearest
from ..model.numbers import MOST

MOST_BYTES = 50_000_000  #: a table of all practices of England takes 2 MB
MOST_ROWS = 20_000  #: three times as many as England has practices
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
MISSING = ("*", "-", "–", ".", "..", ":", "c", "na", "n/a", "nan", "nd", "ns", "est", "null", "none", "suppressed")
SHOWN = 40  #: characters of a value that a message shows


@dataclass(frozen=True)
class Column:
    """What a column may hold: text, or numbers between two bounds; ``whole`` numbers count people.

    ``needed``: text that may not be blank.
    """

    low: float = 0.0
    high: float = MOST
    whole: bool = False
    text: bool = False
    needed: bool = False


def table(path: Path, columns: Mapping[str, Column], optional: Sequence[str], what: str) -> pd.DataFrame:
    """A CSV table: columns in the order of ``columns``, those of ``optional`` only where the file has them.

    Names of columns and cells are stripped of blanks; numbers may have commas for thousands. ``what``: its rows.

    Raises:
        InputError: when there is no such file, or it is no table, or for the first cell that is not as it should be.
    """
    header, rows = _table(path, what)
    for name in columns:
        if name not in header and name not in optional:
            raise InputError(f"{path.name}: missing column '{name}'{nearest(name, header)}")
    for name in header:
        if name not in columns:
            raise InputError(f"{path.name}: unknown column '{name[:SHOWN]}'{nearest(name, columns)}")
    width = len(header)
    for number, row in enumerate(rows, start=2):
        if len(row) < width or any(row[width:]):
            raise InputError(f"{path.name}: row {number}: expected {width} cells, got {len(row)}")
    frame = pd.DataFrame([row[:width] for row in rows], columns=pd.Index(header), dtype=str)
    key = next((name for name in ("code", "id") if name in header), header[0])
    lines = [f"{path.name}: {name or f'row {row}'}" for row, name in enumerate(frame[key], start=2)]
    kept = [name for name in columns if name in header]
    return pd.DataFrame({name: _column(lines, name, columns[name], list(frame[name])) for name in kept})


def _table(path: Path, what: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a CSV file, stripped of blanks; empty rows are left out."""
    rows = [row for row in cells(decoded(path.name, raw(path)), path.name) if any(row)]
    if not rows:
        raise InputError(f"{path.name}: empty; expected a table with a row of column names")
    header = header_of(rows[0])
    for name in header:
        if header.count(name) > 1:
            raise InputError(f"{path.name}: column '{name[:SHOWN]}' occurs twice")
    if not 1 < len(rows) <= MOST_ROWS:
        found = "no" if len(rows) == 1 else f"more than {MOST_ROWS:,}"
        raise InputError(f"{path.name}: {found} {what}")
    return header, rows[1:]


def header_of(row: Sequence[str]) -> list[str]:
    """Names of columns in small letters, without the empty cells that spreadsheets leave at the end."""
    width = max((k for k, name in enumerate(row, start=1) if name), default=0)
    return [name.lower() for name in row[:width]]


def cells(text: str, name: str) -> Iterator[list[str]]:
    """Rows of CSV text, their cells stripped of blanks; ``name``: its file in messages.

    Raises:
        InputError: where the text is no table.
    """
    try:
        for row in csv.reader(io.StringIO(text), strict=True):
            yield [cell.strip() for cell in row]
    except csv.Error as error:
        raise InputError(f"{name}: not a table: {error}") from None


def raw(path: Path, most: int = MOST_BYTES) -> bytes:
    """The bytes of a file.

    Raises:
        InputError: for a file that cannot be read, or has more than ``most`` bytes.
    """
    try:
        if path.stat().st_size > most:
            raise InputError(f"{path.name}: larger than {most / 1e6:g} MB")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read: {(error.strerror or str(error)).lower()}") from None


def decoded(name: str, content: bytes) -> str:
    """Text in UTF-8, UTF-16 or, from older spreadsheets, Windows' Western encoding.

    Raises:
        InputError: naming the file, where it is no text.
    """
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InputError(f"{name}: not a table: expected text in UTF-8")


def _column(lines: Sequence[str], name: str, kind: Column, cells: Sequence[str]) -> np.ndarray | pd.Series:
    if kind.text:
        for line, cell in zip(lines, cells, strict=True):
            if kind.needed and not cell:
                raise InputError(f"{line}: {name}: expected text, got nothing")
        return pd.Series(cells, dtype=str)
    numbers = [_number(f"{line}: {name}", kind, cell) for line, cell in zip(lines, cells, strict=True)]
    whole = all(number.is_integer() for number in numbers) and not any(set(cell) & set(".eE") for cell in cells)
    return np.array(numbers, dtype=np.int64 if whole else float)


def _number(where: str, kind: Column, cell: str) -> float:
    """The number that a cell holds, within the column's bounds."""
    number = plain_number(cell)
    if number is None:
        shown = "nothing" if cell == "" else f"'{cell}', a mark for a missing or suppressed value"
        raise InputError(f"{where}: expected a number, got {shown}")
    if not np.isfinite(number):
        raise InputError(f"{where}: expected a number, got '{cell[:SHOWN]}'")
    if kind.whole and not number.is_integer():
        raise InputError(f"{where}: expected a whole number, got {cell[:SHOWN]}")
    if number < kind.low:
        raise InputError(f"{where}: expected at least {kind.low:g}, got {cell[:SHOWN]}")
    if number > kind.high:
        raise InputError(f"{where}: expected at most {kind.high:,g}, got {cell[:SHOWN]}")
    return number


def plain_number(cell: str) -> float | None:
    """The number that a cell holds, with or without commas for thousands; nan where it holds something else.

    ``None`` for a blank and for a mark of a missing or suppressed value.
    """
    if cell == "" or cell.lower() in MISSING:
        return None
    plain = cell.replace(",", "") if THOUSANDS.fullmatch(cell) else cell
    try:
        return float(plain) if plain.isascii() and "_" not in plain else float("nan")
    except ValueError:
        return float("nan")


def unique(where: str, names: Iterable[str]) -> None:
    """Refuse names that occur twice, or differ only by case; ``where``: what has them.

    Raises:
        InputError: naming both.
    """
    seen: dict[str, str] = {}
    for name in names:
        other = seen.get(name.casefold())
        if other == name:
            raise InputError(f"{where} '{name}' occurs twice")
        if other is not None:
            raise InputError(f"{where} '{name}' and '{other}' differ only by case; use names that nobody confuses")
        seen[name.casefold()] = name
