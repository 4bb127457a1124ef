"""Published files as tables of text under the model's names of columns: CSV, or zip archives of CSV files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pandas as pd

from ...model.errors import InputError
from ..tables import SHOWN, cells, decoded, header_of, plain_number, raw
from .layouts import Layout, of_header, of_row, unknown_layout

MOST_BYTES = 600_000_000  #: the largest, patients by practice and neighbourhood, have about 70 MB
MOST_ROWS = 4_000_000  #: patients by practice, sex and single year of age: 1.4 million
TITLES = 12  #: lines that may stand above the names of columns


@dataclass(frozen=True)
class Sheet:
    """What was read of one table: the layout's columns by their own names, rows numbered as in the file."""

    file: str
    layout: Layout
    frame: pd.DataFrame
    rows: int
    width: int
    era: str
    named: dict[str, str]

    def where(self, row: object, column: str) -> str:
        """File, row and column of a cell, for messages."""
        return f"{self.file}: row {row}: {self.named.get(column, column)}"


def read(path: Path) -> list[Sheet]:
    """The tables of a CSV file, or of all CSV files in a zip archive that have a layout.

    Raises:
        InputError: naming the file and what was expected.
    """
    content = raw(path, MOST_BYTES)
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return [_sheet(path.name, content)]
    sheets, said = [], InputError(f"{path.name}: holds no CSV file")
    for name, part in _parts(path, content):
        try:
            sheets.append(_sheet(f"{path.name}/{name}", part))
        except InputError as error:  # archives hold notes and other tables, too
            said = error
    if not sheets:
        raise said
    return sheets


def _parts(path: Path, content: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [one for one in archive.infolist() if one.filename.lower().endswith(".csv")]
            if sum(one.file_size for one in inside) > MOST_BYTES:
                raise InputError(f"{path.name}: unpacked larger than {MOST_BYTES / 1e6:g} MB")
            for one in inside:
                yield one.filename, archive.read(one)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise InputError(f"{path.name}: cannot be unpacked: {str(error).lower()}") from None


def _sheet(name: str, content: bytes) -> Sheet:
    rows = ((number, row) for number, row in enumerate(cells(decoded(name, content), name), start=1) if any(row))
    top = list(islice(rows, TITLES))
    if not top:
        raise InputError(f"{name}: empty; expected a table with a row of column names")
    bare = of_row(top[0][1])
    if bare is not None:
        return _filled(name, bare, bare.positions, chain(top, rows), len(top[0][1]), [])
    for k, (_, row) in enumerate(top):
        header = header_of(row)
        layout = of_header(header)
        if layout is not None:
            named = layout.found(header)
            _once(name, header, named.values())
            named |= {one: one for one in layout.further(header)}
            at = {column: header.index(one) for column, one in named.items()}
            return _filled(name, layout, at, chain(top[k + 1 :], rows), len(header), header)
    raise unknown_layout(name, header_of(max((row for _, row in top), key=lambda row: sum(map(bool, row)))))


def _once(name: str, header: Sequence[str], used: Iterable[str]) -> None:
    for one in used:
        if header.count(one) > 1:
            raise InputError(f"{name}: column '{one[:SHOWN]}' occurs twice")


def _filled(
    name: str, layout: Layout, at: dict[str, int], rows: Iterable[tuple[int, list[str]]], width: int, header: list[str]
) -> Sheet:
    kept, numbers, last = [], [], max(at.values())
    for number, row in rows:
        if len(numbers) >= MOST_ROWS:
            raise InputError(f"{name}: more than {MOST_ROWS:,} rows")
        if len(row) <= last:
            raise InputError(f"{name}: row {number}: expected {width} cells, got {len(row)}")
        kept.append([row[k] for k in at.values()])
        numbers.append(number)
    if not kept:
        raise InputError(f"{name}: no rows under the names of columns")
    frame = pd.DataFrame(kept, columns=pd.Index(list(at)), index=pd.Index(numbers), dtype=str)
    sheet = Sheet(name, layout, frame, len(frame), width, layout.era(header), layout.found(header))
    for column in [*(one for one in layout.numbers if one in frame), *layout.further(header)]:
        frame[column] = _numbers(sheet, column)
    for column in ("code", "pcn", "icb", "sub_icb", "trust", "lsoa"):
        if column in frame:
            frame[column] = frame[column].str.upper()
    return sheet


def _numbers(sheet: Sheet, column: str) -> np.ndarray:
    """Numbers of a column; nan for blanks and marks of missing or suppressed values."""
    text = sheet.frame[column]
    known = {cell: plain_number(cell) for cell in text.unique()}
    for cell, number in known.items():
        if number is not None and not np.isfinite(number):
            row = text.index[text == cell][0]
            raise InputError(f"{sheet.where(row, column)}: expected a number, got '{cell[:SHOWN]}'")
    return text.map({cell: np.nan if number is None else number for cell, number in known.items()}).to_numpy(float)
