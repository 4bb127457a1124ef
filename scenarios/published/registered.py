"""People by practice, sex and age from registered patients, in rows or columns; and from lists without ages."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from ...model.place.place import BAND_COLUMNS, PEOPLE_COLUMNS
from .account import Account
from .rows import CODE, practices
from .sheets import Sheet

SEXES = {"MALE": "m", "FEMALE": "f", "M": "m", "F": "f", "ALL": "all", "PERSONS": "all", "": "all"}
PRACTICE = ("GP", "")  #: types of organisation that are practices; others repeat the same people


def band_of(age: pd.Series) -> np.ndarray:
    """The model's age band of published ages: ``0_4``, ``37``, ``85-89``, ``95+``; ``all`` without a number."""
    first = pd.to_numeric(age.str.extract(r"^(\d+)", expand=False)).to_numpy(dtype=float)
    edges = [int(band.split("_")[0]) for band in BAND_COLUMNS]
    row = np.searchsorted(edges, np.nan_to_num(first), side="right") - 1
    return np.where(np.isnan(first), "all", np.array(BAND_COLUMNS, dtype=object)[row])


def by_row(sheet: Sheet, account: Account) -> pd.DataFrame:
    """Registered patients with a row for each practice, sex and age; all ages together is the list."""
    frame = sheet.frame
    if "type" in frame:
        other = ~frame["type"].str.upper().isin(PRACTICE)
        if other.any():
            kinds = ", ".join(sorted(set(frame["type"][other]))[:3])
            account.drop(f"{other.sum():,} rows", sheet.file, None, f"of {kinds}, which hold the same people again")
        frame = frame[~other]
    bad = ~frame["code"].str.fullmatch(CODE)
    if bad.any():
        account.drop(f"{bad.sum():,} rows", sheet.file, None, f"no code of a practice: {frame['code'][bad].iloc[0]}")
    frame = _once(frame[~bad], sheet, account)
    frame = frame.assign(sex=frame["sex"].str.upper().map(SEXES).fillna("other"), band=band_of(frame["age"]))
    other = frame["sex"] == "other"
    if other.any():
        account.drop(
            "people of other or unknown sex", sheet.file, float(frame["patients"][other].sum()), "no sex given"
        )
    grouped = frame.groupby(["code", "sex", "band"])["patients"]
    counts = grouped.sum().mask(grouped.agg(lambda one: one.isna().any())).unstack(["sex", "band"])
    out = pd.DataFrame(index=counts.index)
    for sex, band in counts.columns:
        if sex in "mf" and band != "all":
            out[f"{sex}_{band}"] = counts[(sex, band)]
        elif (sex, band) == ("all", "all"):
            out["registered"] = counts[(sex, band)]
    texts = [column for column in ("postcode", "sub_icb") if column in frame]
    return out.join(frame.groupby("code")[texts].first()) if texts else out


def _once(frame: pd.DataFrame, sheet: Sheet, account: Account) -> pd.DataFrame:
    """Rows that do not repeat an earlier one of the same practice, sex and age."""
    again = frame.duplicated(["code", "sex", "age"])
    if again.any():
        row, code = frame.index[again][0], frame["code"][again].iloc[0]
        why = f"practice, sex and age occur twice, first in row {row} ({code}); the first counts"
        account.drop(f"{again.sum():,} rows", sheet.file, None, why)
    return frame[~again]


def by_column(sheet: Sheet, account: Account) -> pd.DataFrame:
    """The older list-size return, with a column for each sex and age up to 75 and over."""
    frame = practices(sheet.frame, sheet, account)
    names = sheet.layout.further(list(frame.columns))
    out = frame.drop(columns=names)
    out["registered"] = frame[names].sum(axis=1)
    for column in PEOPLE_COLUMNS:
        mine = [name for name in names if _column_of(name) == column]
        if mine:
            out[column] = frame[mine].sum(axis=1, min_count=len(mine))
    last = [name for name in names if name.rstrip().endswith("75+")]
    return out.drop(columns=["m_75_84", "f_75_84"], errors="ignore") if last else out


def _column_of(name: str) -> str:
    sex, age = re.match(r"(male|female) (\d+)", name).groups()  # type: ignore[union-attr]
    return f"{sex[0]}_{band_of(pd.Series([age]))[0]}"
