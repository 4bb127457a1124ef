"""Reads place files and their tables of practices."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from ..model.baseline import Baseline
from ..model.errors import InputError, asked_by, unknown
from ..model.numbers import real
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
from ..model.reading import toml
from .baseline import baselines, load_baseline
from .files import FOLDER, find, is_there
from .synthetic import Shape, expanded
from .tables import Column, table, unique
from .terms import RESERVED, say

ROUNDED = 0.01  #: how far shares may be from adding to 1, as they are written with few digits
MOST_PEOPLE = 1_000_000  #: of one sex and age band in a practice; England's largest has fewer patients in all
COLUMNS = {
    **dict.fromkeys(("code", "name", "lot"), Column(text=True, needed=True)), "town": Column(text=True),
    "latitude": Column(-90, 90), "longitude": Column(-180, 180), "rural": Column(0, 1, whole=True),
    **dict.fromkeys(STAFF_COLUMNS, Column(0, 10_000)), "continuity": Column(0, 1),
    **dict.fromkeys(("consultation_style", "referral_style"), Column(0, 100)),
    **dict.fromkeys(QUINTILE_COLUMNS, Column()),
    **dict.fromkeys(PEOPLE_COLUMNS, Column(0, MOST_PEOPLE, whole=True)),
}  # fmt: skip
BELONGS = {"council": "councils", "commissioner": "commissioners"}  #: tables of the place file, by column of practices
COLUMNS = {name: COLUMNS[name] for name in PRACTICE_COLUMNS} | dict.fromkeys(BELONGS, Column(text=True, needed=True))
COLUMNS |= {"formula_weight": Column(0, 100)}
OPTIONAL = (*BELONGS, "formula_weight")  #: columns of practices that a table may leave out


def places() -> list[str]:
    """Names of the places that ship with the model."""
    return sorted(_shipped_places())


FEWEST = 200  #: people of a place or its sample: with fewer, a practice, an age or a kind of care may have nobody


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
    number = real(sample)
    if number is None or not 0.0 < number <= 1.0:
        raise InputError(f"sample: expected a share above 0 and at most 1, got {sample}")
    path = find("place", name, _shipped_places())
    raw = toml(path)
    practices = None
    baseline = _baseline_of(path, raw)
    raw = {"starts": baseline.starts, **raw}
    try:
        if "areas" in raw:
            raw, practices = expanded(path, raw, baseline.parameters)
        file = PlaceFile.model_validate(raw)
    except ValidationError as error:
        raise say(error, path.name, _keys_of(error)) from None
    if practices is None:
        practices = _practices(path, file)
    else:
        _check_rows(path.name, practices, file)
    if file.set:
        with asked_by(f"{path.name}: set"):
            baseline = replace(baseline, parameters=baseline.parameters.changed(file.set))
    place = Place(path.stem, file, practices, baseline, number)
    if place.registered * number < FEWEST:
        raise InputError(
            f"{path.name}: expected at least {FEWEST} people, got {place.registered * number:.3g} "
            f"({place.registered:,} registered, sample {number:g})"
        )
    _check_accounts(path.name, place)
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
    with asked_by(f"{path.name}: baseline"):
        return load_baseline(str(name), path.parent)


def _keys_of(error: ValidationError) -> list[str]:
    """Keys that are known where the error is."""
    if error.title == "Shape":
        return list(Shape.model_fields)
    by_table = {"hospitals": HospitalSite, "councils": CouncilSite, "commissioners": CommissionerSite}
    table = error.errors()[0]["loc"][0] if error.errors()[0]["loc"] else ""
    return list(by_table.get(str(table), PlaceFile).model_fields)


def _practices(place: Path, file: PlaceFile) -> pd.DataFrame:
    path = place.parent / file.practices
    if not is_there(path):
        missing = f"{place.name}: practices: {file.practices}: no such file"
        raise InputError(f"{missing}; the place's table of practices belongs in the same folder")
    practices = table(path, COLUMNS, OPTIONAL, "practices")
    _check_rows(path.name, practices, file)
    return practices


def _check_rows(name: str, practices: pd.DataFrame, file: PlaceFile) -> None:
    unique(f"{name}: code", practices.code)
    for code, lot in zip(practices.code, practices.lot, strict=True):
        if lot not in file.lots:
            raise unknown("lot", str(lot), file.lots, where=f"{name}: {code}")
    people, fifths = practices[PEOPLE_COLUMNS].sum(axis=1), practices[QUINTILE_COLUMNS].sum(axis=1)
    empty = (people == 0) | (fifths == 0) | (practices.gp_fte <= 0)
    if empty.any():
        raise InputError(f"{name}: {practices.code[empty].iloc[0]}: expected people, quintiles and GPs above 0")
    for column, of in BELONGS.items():
        _check_belonging(name, practices, column, [site.id for site in getattr(file, of)])


def _check_belonging(name: str, practices: pd.DataFrame, column: str, ids: list[str]) -> None:
    """Every practice belongs to a council and a commissioner, and every one of them has a practice."""
    if column not in practices:
        if len(ids) > 1:
            raise InputError(f"{name}: missing column '{column}': the place has {len(ids)}, {ids[0]} and others")
        return
    for code, one in zip(practices.code, practices[column], strict=True):
        if one not in ids:
            raise unknown(column, str(one), ids, where=f"{name}: {code}")
    idle = [one for one in ids if one not in set(practices[column])]
    if idle:
        raise InputError(f"{name}: {column}: no practice belongs to '{idle[0]}'")


def _check_accounts(name: str, place: Place) -> None:
    """No two providers, councils, commissioners or accounts of the model have the same name."""
    file = place.file
    owners: list[tuple[str, str]] = [(account.casefold(), "an account of the model") for account in sorted(RESERVED)]
    for what, ids in (
        ("a practice", list(map(str, place.practices.code))), ("a hospital", [site.id for site in file.hospitals]),
        ("a council", [f"council {site.id}" for site in file.councils]),
        ("a commissioner", [site.id for site in file.commissioners]),
    ):  # fmt: skip
        owners += [(one.casefold(), what) for one in ids]
    known: dict[str, str] = {}
    for one, what in owners:
        if one in known:
            raise InputError(f"{name}: '{one}' is the name of {known[one]} and of {what}; choose another")
        known[one] = what
