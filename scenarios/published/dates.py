"""Dates as publications write them."""

from __future__ import annotations

import re

import pandas as pd

from .sheets import Sheet

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAMED = re.compile(r"(?i)(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ _,-]*((?:19|20)?\d\d)(?!\d)")
BRITISH = re.compile(r"\d\d/(0[1-9]|1[0-2])/(?:20)?(\d\d)")
NUMBERED = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/]?(0[1-9]|1[0-2])(?!\d\d\d)")


def month_of(text: str) -> str:
    """``2021-01`` for ``01JAN2021``, ``01-Apr-17``, ``RTT-January-2026`` or ``20191001``; else nothing."""
    named = NAMED.search(text)
    if named:
        year = named[2] if len(named[2]) > 2 else f"20{named[2]}"
        return f"{year}-{MONTHS.index(named[1].lower()) + 1:02d}"
    numbered = NUMBERED.search(text)
    if numbered:
        return f"{numbered[1]}-{numbered[2]}"
    british = BRITISH.fullmatch(text)
    return f"20{british[2]}-{british[1]}" if british else ""


def period(year: pd.Series, month: pd.Series) -> pd.Series:
    """``2025-07`` for a year and a month, by number or name."""
    named = month.str[:3].str.lower().map({name: f"{k:02d}" for k, name in enumerate(MONTHS, start=1)})
    return year + "-" + named.fillna(month.str.zfill(2))


def dated(sheet: Sheet) -> str:
    """The month of a table: by its own column of dates, or by the name of its file."""
    if {"year", "month"} <= set(sheet.frame):
        return str(period(sheet.frame["year"], sheet.frame["month"]).max())
    found = month_of(str(sheet.frame["date"].iloc[0])) if "date" in sheet.frame else ""
    return found or month_of(sheet.file)
