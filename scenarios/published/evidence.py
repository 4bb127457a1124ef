"""What one published table says of each practice, under the model's names of columns."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ...model.errors import InputError
from ...model.place.place import PEOPLE_COLUMNS, STAFF_COLUMNS
from . import services
from .account import Account, Read
from .dates import dated
from .registered import by_column, by_row
from .rows import latest, practices
from .sheets import Sheet

STATED = {column: column.replace("_fte", "_source") for column in STAFF_COLUMNS}
NOT_GIVEN = "no data provided"  #: within the mark of a practice whose staff NHS England estimated


def workforce(sheet: Sheet, account: Account) -> pd.DataFrame:
    """People by age and sex, and staff; figures of practices that did not respond are missing."""
    frame = practices(latest(sheet, account), sheet, account)
    for column in (one for one in STAFF_COLUMNS if one in frame):
        stated = STATED[column]
        silent = frame[stated].str.lower().str.contains(NOT_GIVEN) if stated in frame else frame[column].isna()
        if column == "gp_fte":
            silent |= frame[column] == 0  # no practice works without GPs: it did not respond
        frame[column] = frame[column].mask(silent)
    people = [column for column in PEOPLE_COLUMNS if column in frame]
    off = (frame[people].sum(axis=1) - frame["patients"]).abs() > 0 if "patients" in frame else pd.Series(False)
    if off.any():
        account.notes.append(
            f"{sheet.file}: ages do not add to the published list in {off.sum()} practices; the ages count"
        )
    return frame.rename(columns={"patients": "registered"})


SOURCES: dict[str, Callable[[Sheet, Account], pd.DataFrame]] = {
    "workforce": workforce, "registered": by_row, "list_size": by_column, "map": services.mapping,
    "tool": services.tool, "payments": services.payments, "open_practices": services.open_practices,
    "fingertips": services.scores, "scores": services.scores, "prevalence": services.prevalence,
}  # fmt: skip
LISTS = {*PEOPLE_COLUMNS, "registered"}  #: a table with one of these says which practices there are


def lists(found: pd.DataFrame) -> pd.Series:
    """People registered with each practice, by ages where they are given, or in all; missing where neither is."""
    ages = found.reindex(columns=PEOPLE_COLUMNS).sum(axis=1, min_count=1)
    return ages.fillna(found["registered"]) if "registered" in found else ages


def gather(sheets: list[Sheet], account: Account) -> pd.DataFrame:
    """All that tables say of practices: of two that say the same, the one whose layout has the lower rank counts.

    Raises:
        InputError: when no table says how many people practices have.
    """
    frames = []
    for sheet in sorted(sheets, key=lambda one: one.layout.rank):
        layout = sheet.layout
        account.read.append(
            Read(sheet.file, layout.title, layout.publisher, sheet.era, dated(sheet), sheet.rows, sheet.width,
                 layout.used)
        )  # fmt: skip
        if layout.key in SOURCES:
            frame = SOURCES[layout.key](sheet, account).replace("", None)
            frames.append(frame)
            if LISTS & set(frame):
                account.lists[sheet.file] = lists(frame)
    listed = [frame for frame in frames if LISTS & set(frame)]
    if not listed:
        titles = ", ".join(sheet.file for sheet in sheets)
        raise InputError(f"{titles}: no file has people by practice; add the workforce file or registered patients")
    codes = listed[0].index
    for frame in listed[1:]:
        codes = codes.union(frame.index)
    found = pd.DataFrame(index=codes)
    for frame in frames:
        found = found.combine_first(frame[frame.index.isin(codes)])
    return found
