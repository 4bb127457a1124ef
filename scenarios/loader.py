"""Reads place and funding files; says in one sentence what is wrong with one."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..model.baseline import Baseline
from ..model.contracts.change import Change
from ..model.contracts.contract import Contract
from ..model.contracts.neutral import references
from ..model.errors import InputError, nearest, unknown
from ..model.parameters import Parameters
from ..model.place.place import (
    PEOPLE_COLUMNS,
    PRACTICE_COLUMNS,
    QUINTILE_COLUMNS,
    REACH_KM,
    STAFF_COLUMNS,
    Place,
    PlaceFile,
)
from ..model.scenario import KINDS, Funding, Scenario
from .baseline import FILE, PUBLISHED, baselines, load_baseline
from .changes import ChangeFile, PoolFile, WhoFile, check, read_changes, read_pools
from .synthetic import Shape, expanded
from .terms import PAYERS, RESERVED, read_contract, say

FOLDER = Path(__file__).parent
USUAL = "usual"  #: as the name of a funding file: the usual contract of the baseline


class FundingFile(BaseModel):
    """A funding file as written, its terms still unread."""

    model_config = ConfigDict(extra="forbid")
    title: str = Field(min_length=1)
    question: str = Field(min_length=1)
    source: str = Field(min_length=1)
    extends: str | None = None
    contracts: dict[str, list[dict[str, Any]]] = {}
    pools: list[PoolFile] = []
    changes: list[ChangeFile] = []


def places() -> list[str]:
    """Names of the places that ship with the model."""
    return sorted(_shipped_places())


def _shipped_places() -> dict[str, Path]:
    return {file.stem: file for file in (FOLDER / "places").glob("*.toml")}


def default_place() -> str:
    """Name of the place that is meant when none is named."""
    return str(_toml(FOLDER / "default.toml")["place"])


@cache
def _default_baseline() -> Baseline:
    return baseline_of(default_place())


def fundings(baseline: Baseline | None = None) -> list[str]:
    """Names of the funding files that ship with the model, and of the baseline's usual contract."""
    return sorted(_shipped_fundings(baseline or _default_baseline()))


def _shipped_fundings(baseline: Baseline) -> dict[str, Path]:
    """Funding files by name; those of the baseline take precedence."""
    own = [file for file in baseline.folder.glob("*.toml") if file.name not in (FILE, *PUBLISHED)]
    return {file.stem: file for file in (*(FOLDER / "funding").glob("*.toml"), *own)}


def _find(what: str, name: str | Path, known: dict[str, Path]) -> Path:
    text = str(name)
    if text.endswith(".toml"):
        path = Path(text)
        if not path.is_file():
            raise InputError(f"{text}: no such file{nearest(path.stem, known)}")
        return path
    if text not in known:
        raise unknown(what, text, known)
    return known[text]


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path.name}: not valid TOML: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: cannot be read: {error}") from None


# places ---------------------------------------------------------------------------------------------------------


def load_place(name: str | Path, sample: float = 1.0) -> Place:
    """A place by name, or by the path of its TOML file.

    Raises:
        InputError: when the file or its table of practices cannot be used.
    """
    if not (isinstance(sample, int | float) and 0.0 < sample <= 1.0):
        raise InputError(f"sample: expected a share above 0 and at most 1, got {sample}")
    path = _find("place", name, _shipped_places())
    raw = _toml(path)
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
    near = place.distances().min(axis=1)
    if (near > REACH_KM).any():
        p = int(near.argmax())
        code = place.practices.code.iloc[p]
        raise InputError(
            f"{file.practices}: {code}: no hospital within {REACH_KM:.0f} km; the nearest is {near[p]:.0f} km away"
        )
    total = sum(h.share for h in file.hospitals)
    if abs(total - 1.0) > 0.01:
        raise InputError(f"{path.name}: hospitals.share: expected shares that add to 1, got {total:.3f}")
    return place


def baseline_of(name: str | Path) -> Baseline:
    """The baseline of a place, by the place's name or path; its practices are not read.

    Raises:
        InputError: for an unknown place, or a baseline that cannot be used.
    """
    path = _find("place", name, _shipped_places())
    return _baseline_of(path, _toml(path))


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
    from ..model.place.place import CommissionerSite, CouncilSite, HospitalSite

    if error.title == "Shape":
        return list(Shape.model_fields)
    by_table = {"hospitals": HospitalSite, "councils": CouncilSite, "commissioners": CommissionerSite}
    table = error.errors()[0]["loc"][0] if error.errors()[0]["loc"] else ""
    return list(by_table.get(str(table), PlaceFile).model_fields)


def _practices(path: Path, file: PlaceFile) -> pd.DataFrame:
    if not path.is_file():
        raise InputError(f"{path.name}: no such file; the place's table of practices is read from beside its TOML file")
    try:
        table = pd.read_csv(path, dtype={"code": str, "name": str, "town": str, "lot": str})
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise InputError(f"{path.name}: not a table: {error}") from None
    for column in PRACTICE_COLUMNS:
        if column not in table.columns:
            raise InputError(f"{path.name}: missing column '{column}'{nearest(column, list(table.columns))}")
    for column in table.columns:
        if column not in PRACTICE_COLUMNS:
            raise InputError(f"{path.name}: unknown column '{column}'{nearest(column, PRACTICE_COLUMNS)}")
    for column in (c for c in PRACTICE_COLUMNS if c not in ("code", "name", "town", "lot")):
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
    for column in (
        *PEOPLE_COLUMNS,
        *QUINTILE_COLUMNS,
        *STAFF_COLUMNS,
        "continuity",
        "consultation_style",
        "referral_style",
    ):
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


# funding --------------------------------------------------------------------------------------------------------


def load_funding(name: str | Path, baseline: Baseline | None = None, _extending: tuple[str, ...] = ()) -> Funding:
    """A funding file by name, or by path.

    ``baseline``: of the place that it is for; left out, that of the default place. The name ``usual`` is its usual
    contract.

    Raises:
        InputError: for a file, key, term, price or activity that cannot be used.
    """
    baseline = baseline or _default_baseline()
    path = _find("funding file", baseline.usual if name == USUAL else name, _shipped_fundings(baseline))
    return read_funding(path, _toml(path), path.read_text(encoding="utf-8"), baseline, _extending)


def read_funding(
    path: Path, raw: dict[str, Any], text: str, baseline: Baseline, _extending: tuple[str, ...] = (),
    base: Funding | None = None,
) -> Funding:  # fmt: skip
    """A funding file whose tables have been read, or that is a part of another file.

    ``path`` names it in messages, and files that it extends are looked for beside it. ``base``: what it extends when
    it does not say so itself.

    Raises:
        InputError: for a key, term, price or activity that cannot be used.
    """
    try:
        file = FundingFile.model_validate(raw)
    except ValidationError as error:
        raise say(error, path.name, _fields_of(error)) from None
    for kind in file.contracts:
        if kind not in KINDS:
            raise unknown("kind of provider", kind, KINDS, where=f"{path.name}: contracts")
    pools = read_pools(path.name, file.pools)
    kept: dict[str, Contract] = {}
    earlier: tuple[Change, ...] = ()
    if file.extends is not None:
        if str(path.resolve()) in _extending:
            raise InputError(f"{path.name}: extends: the files extend each other in a circle")
        base = load_funding(_beside(path, file.extends), baseline, (*_extending, str(path.resolve())))
    if base is not None:
        named = {pool.name for pool in pools}
        kept, earlier = base.contracts, base.changes
        pools = (*(pool for pool in base.pools if pool.name not in named), *pools)
    payers = (*PAYERS, *(pool.name for pool in pools))
    own = {kind: read_contract(path.name, kind, written, payers) for kind, written in file.contracts.items()}
    missing = [kind for kind in KINDS if kind not in file.contracts]
    if missing and base is None:
        raise InputError(
            f"{path.name}: contracts: no contract for {missing[0]}; write [[contracts.{missing[0]}]], "
            f'or extends = "{baseline.usual}" to keep that file\'s'
        )
    contracts = {kind: {**kept, **own}[kind] for kind in KINDS}
    changes = read_changes(path.name, file.changes, contracts, earlier, pools, baseline.parameters)
    of = baseline.id if path.parent == baseline.folder else base.baseline if base is not None else ""
    return Funding(path.stem, file.title, file.question, file.source, contracts, text, changes, pools, of)


def _fields_of(error: ValidationError) -> list[str]:
    """Keys that are known where the error is."""
    by_table: dict[str, type[BaseModel]] = {"changes": ChangeFile, "pools": PoolFile}
    location = error.errors()[0]["loc"]
    table = by_table.get(str(location[0]) if location else "", FundingFile)
    return list((WhoFile if "who" in location and len(location) > 3 else table).model_fields)


def _beside(path: Path, name: str) -> str | Path:
    """A file that another extends: by name, or by a path seen from that other file."""
    return path.parent / name if name.endswith(".toml") else name


# together -------------------------------------------------------------------------------------------------------


def scenario(
    place: str | Path | Place,
    funding: str | Path | Funding | None,
    *,
    parameters: Parameters | None = None,
    sample: float = 1.0,
) -> Scenario:
    """A place and a funding file, ready to run; habits are formed under the usual contract of the place's baseline.

    Raises:
        InputError: for a name or file that cannot be used, or a funding file that was read for another baseline.
    """
    where = place if isinstance(place, Place) else load_place(place, sample)
    if isinstance(place, Place) and sample != 1.0:
        where = replace(place, sample=float(sample))
    baseline = where.baseline
    parameters = parameters or baseline.parameters
    usual = load_funding(USUAL, baseline)
    how = load_funding(funding, baseline) if isinstance(funding, str | Path) else funding
    others = {usual.id: usual}
    if how is not None:
        if how.baseline not in ("", baseline.id):
            raise InputError(
                f"{how.id}: read for the baseline {how.baseline}, while {where.id} has {baseline.id}; "
                "load_funding(name, baseline) reads it for that"
            )
        check(how, where, parameters)
        others = _yardsticks(how, others, baseline)
    return Scenario(where, how, usual if how is not None else None, parameters, others)


def _yardsticks(funding: Funding, known: dict[str, Funding], baseline: Baseline) -> dict[str, Funding]:
    """Files that prices and budgets are measured by, and those that these are measured by in turn, by name."""
    found, waiting = dict(known), [funding]
    names = [USUAL, *fundings(baseline)]
    while waiting:
        asking = waiting.pop()
        for name, key in references(asking).items():
            if name in found:
                continue
            if name not in names:
                raise unknown("funding file", name, names, where=f"{asking.id}: {key}")
            found[name] = load_funding(name, baseline)
            waiting.append(found[name])
    return found
