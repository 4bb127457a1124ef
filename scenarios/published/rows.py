"""Rows of published tables that are practices: one for each code, of the latest month."""

from __future__ import annotations

import pandas as pd

from .account import Account
from .dates import period
from .sheets import Sheet

CODE = r"[A-Z]\d{5}"  #: an ODS code of a practice


def latest(sheet: Sheet, account: Account) -> pd.DataFrame:
    """The rows of the latest month, where a table has several."""
    frame = sheet.frame
    if not {"year", "month"} <= set(frame):
        return frame
    when = period(frame["year"], frame["month"])
    old = when < when.max()
    if old.any():
        account.drop(f"{old.sum():,} rows", sheet.file, None, f"of earlier months than {when.max()}")
    return frame[~old]


def practices(frame: pd.DataFrame, sheet: Sheet, account: Account) -> pd.DataFrame:
    """One row a practice, by its code; other rows and repeated codes are left out and written down."""
    other = ~frame["code"].str.fullmatch(CODE)
    if other.any():
        shown = ", ".join(sorted(set(frame["code"][other]))[:3])
        account.drop(f"{other.sum():,} rows", sheet.file, None, f"no code of a practice, such as {shown or 'a blank'}")
    frame = frame[~other]
    again = frame["code"].duplicated()
    for row, code in frame["code"][again].items():
        account.drop(str(code), sheet.file, None, f"row {row}: the code occurs twice; the first counts")
    return frame[~again].set_index("code")
