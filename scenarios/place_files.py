"""Reads place files and their tables of practices."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
from pydantic import ValidationError

from ..model.baseline import Baseline
from ..model.errors import InputError, nearest, unknown
from ..model.place.place import (
    PEOPLE_COLUMNS,
    PRACTICE_COLUMNS,
    QUINTILE_COLUMNS,
    REACH_KM,
    STAFF_COLUMNS,
    CommissionerSite,
    CouncilSite,
    HospitalSite,
    Place,
    PlaceFile,
)
from .baseline import baselines, load_baseline
from .files import FOLDER, find, toml
from .synthetic import Shape, expanded
from .terms import RESERVED, say

ROUNDED = 0.01  #: how far shares may be from adding to 1, as they are written with few digits
TEXT = ("code", "name", "town", "lot")  #: columns of practices that are text
AT_LEAST_0 = (
    *PEOPLE_COLUMNS, *QUINTILE_COLUMNS, *STAFF_COLUMNS, "continuity", "consultation_style", "referral_style",
)  # fmt: skip


def places() -> list[str]:
    """Names of the places that ship with the model."""
    return sorted(_shipped_places())


def _shipped_places() -> dict[str, Path]:
    return {file.stem: file for file in (FOLDER / "places").glob("*.toml")}


def default_place() -> str:
    """Name of the place that is meant when none is named."""
    return str(toml(FOLDER / "default.toml")["place"])


@cache
def default_baseline() -> Baseline:
    """The baseline of the default place."""
    return baseline_of(default_place())


def load_place(name: str | Path, sample: float = 1.0) -> Place:
    """A place by name, or by the path of its TOML file.

    Raises:
        InputError: when the file or its table of practices cannot be used.
    """
    if not (isinstance(sample, int | float) and 0.0 < sample <= 1.0):
        raise InputError(f"sample: expected a share above 0 and at most 1, got {sample}")
    path = find("place", name, _shipped_places())
    raw = toml(path)
    table = None
    baseline = _baseline_of(path, raw)
    raw = {"starts": baseline.starts, **raw}
    try:
        if "areas" in raw:
            raw, table = expanded(path, raw, baseline.parameters)
        file = PlaceFile.model_validate(raw)
    except ValidationError as error:
        raise say(error, path.name, _keys_of(error)) from None
    if table is None:
        table = _practices(path.parent / file.practices, file)
    else:
        _check_rows(path.name, table, file)
    place = Place(path.stem, file, table, baseline, float(sample))
    _check_hospitals(path.name, place)
    return place


def _check_hospitals(name: str, place: Place) -> None:
    """Every practice is near enough to one, and their shares add to 1 as written."""
    near = place.distances().min(axis=1)
    if (near > REACH_KM).any():
        p = int(near.argmax())
        code = place.practices.code.iloc[p]
        raise InputError(
            f"{place.file.practices}: {code}: no hospital within {REACH_KM:.0f} km; "
            f"the nearest is {near[p]:.0f} km away"
        )
    total = sum(h.share for h in place.file.hospitals)
    if abs(total - 1.0) > ROUNDED:
        raise InputError(f"{name}: hospitals.share: expected shares that add to 1, got {total:.3f}")


def baseline_of(name: str | Path) -> Baseline:
    """The baseline of a place, by the place's name or path; its practices are not read.

    Raises:
        InputError: for an unknown place, or a baseline that cannot be used.
    """
    path = find("place", name, _shipped_places())
    return _baseline_of(path, toml(path))


def _baseline_of(path: Path, raw: dict[str, Any]) -> Baseline:
    """The baseline that a place names, or the path of its folder as seen from the place's file."""
    name = raw.get("baseline")
    if name is None:
        raise InputError(f"{path.name}: missing key 'baseline'; write baseline = \"{baselines()[-1]}\"")
    try:
        return load_baseline(str(name), path.parent)
    except InputError as error:
        raise InputError(f"{path.name}: baseline: {error}") from None


def _keys_of(error: ValidationError) -> list[str]:
    """Keys that are known where the error is."""
    if error.title == "Shape":
        return list(Shape.model_fields)
    by_table = {"hospitals": HospitalSite, "councils": CouncilSite, "commissioners": CommissionerSite}
    table = error.errors()[0]["loc"][0] if error.errors()[0]["loc"] else ""
    return list(by_table.get(str(table), PlaceFile).model_fields)


def _practices(path: Path, file: PlaceFile) -> pd.DataFrame:
    if not path.is_file():
        raise InputError(f"{path.name}: no such file; the place's table of practices belongs in the same folder")
    try:
        table = pd.read_csv(path, dtype=dict.fromkeys(TEXT, str))
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise InputError(f"{path.name}: not a table: {error}") from None
    for column in PRACTICE_COLUMNS:
        if column not in table.columns:
            raise InputError(f"{path.name}: missing column '{column}'{nearest(column, list(table.columns))}")
    for column in table.columns:
        if column not in PRACTICE_COLUMNS:
            raise InputError(f"{path.name}: unknown column '{column}'{nearest(column, PRACTICE_COLUMNS)}")
    for column in (c for c in PRACTICE_COLUMNS if c not in TEXT):
        bad = ~np.isfinite(np.asarray(pd.to_numeric(table[column], errors="coerce"), dtype=float))
        if bad.any():
            code = table.code[bad].iloc[0]
            raise InputError(
                f"{path.name}: {code}: {column}: expected a number, got {table.loc[bad, column].iloc[0]!r}"
            )
    _check_rows(path.name, table, file)
    return cast(pd.DataFrame, table[PRACTICE_COLUMNS])


def _check_rows(name: str, table: pd.DataFrame, file: PlaceFile) -> None:
    if table.empty:
        raise InputError(f"{name}: no practices")
    for column in ("code", "name", "lot"):
        nothing = np.asarray(table[column].isna())
        if nothing.any():
            raise InputError(f"{name}: row {int(nothing.argmax()) + 2}: {column}: expected text, got nothing")
    taken = sorted(set(table.code) & RESERVED)
    if taken:
        raise InputError(f"{name}: code '{taken[0]}' is the name of an account of the model; choose another")
    if table.code.duplicated().any():
        raise InputError(f"{name}: code '{table.code[table.code.duplicated()].iloc[0]}' occurs twice")
    for column in AT_LEAST_0:
        low = table[column].to_numpy(dtype=float) < 0
        if low.any():
            code, value = table.code[low].iloc[0], table.loc[low, column].iloc[0]
            raise InputError(f"{name}: {code}: {column}: expected at least 0, got {value}")
    for code, lot in zip(table.code, table.lot, strict=True):
        if lot not in file.lots:
            raise unknown("lot", str(lot), file.lots, where=f"{name}: {code}")
    empty = (table[PEOPLE_COLUMNS].sum(axis=1) == 0) | (table[QUINTILE_COLUMNS].sum(axis=1) == 0) | (table.gp_fte <= 0)
    if empty.any():
        raise InputError(f"{name}: {table.code[empty].iloc[0]}: expected people, quintiles and GPs above 0")
