"""Reads place and funding files; says in one sentence what is wrong with one."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ..model.errors import InputError, nearest, unknown
from ..model.funding import Contract, Neutral, terms
from ..model.parameters import Parameters, defaults
from ..model.place import PEOPLE_COLUMNS, PRACTICE_COLUMNS, QUINTILE_COLUMNS, REACH_KM, STAFF_COLUMNS, Place, PlaceFile
from ..model.scenario import KINDS, Funding, Scenario

FOLDER = Path(__file__).parent


class _FundingFile(BaseModel):
    """A funding file as written, its terms still unread."""

    model_config = ConfigDict(extra="forbid")
    title: str = Field(min_length=1)
    question: str = Field(min_length=1)
    source: str = Field(min_length=1)
    extends: str | None = None
    contracts: dict[str, list[dict[str, Any]]] = {}


def places() -> list[str]:
    """Names of the places that ship with the model."""
    return sorted(file.stem for file in (FOLDER / "places").glob("*.toml"))


def fundings() -> list[str]:
    """Names of the funding files that ship with the model."""
    return sorted(file.stem for file in (FOLDER / "funding").glob("*.toml"))


def _find(name: str | Path, folder: str, known: list[str]) -> Path:
    text = str(name)
    if text.endswith(".toml"):
        path = Path(text)
        if not path.is_file():
            raise InputError(f"{text}: no such file{nearest(path.stem, known)}")
        return path
    if text not in known:
        raise unknown({"places": "place", "funding": "funding file"}[folder], text, known)
    return FOLDER / folder / f"{text}.toml"


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path.name}: not valid TOML: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: cannot be read: {error}") from None


def _say(error: ValidationError, where: str, known: list[str]) -> InputError:
    """Pydantic's first complaint as one sentence with file, key and the nearest valid choice."""
    complaints = error.errors()
    # a misspelt key says more than the key that is missing because of it
    first = next(
        (c for c in complaints if c["type"] in ("extra_forbidden", "unexpected_keyword_argument")), complaints[0]
    )
    key = _path(first["loc"])
    name = str(first["loc"][-1]) if first["loc"] else ""
    if first["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return InputError(f"{where}: unknown key '{key}'{nearest(name, known)}")
    if first["type"] in ("missing", "missing_argument"):
        return InputError(f"{where}: missing key '{key}'")
    text = first["msg"].removeprefix("Value error, ")
    given = first.get("input")
    shown = f", got {given!r}" if isinstance(given, str | int | float | bool) else ""
    choices = nearest(str(given), _choices(first)) if first["type"] == "literal_error" else ""
    return InputError(f"{where}: {key}: {text[0].lower() + text[1:]}{shown}{choices}")


def _path(location: tuple[int | str, ...]) -> str:
    """A key as people write it: tables counted from 1, pydantic's own words for types left out."""
    out = ""
    for part in location:
        if isinstance(part, int):
            out += f"[{part + 1}]"
        elif re.fullmatch(r"[a-z0-9_]+", part) and part not in ("float", "int", "str"):
            out += f".{part}" if out else part
    return out


def _choices(first: Any) -> list[str]:
    return [c.strip(" '") for c in str(first.get("ctx", {}).get("expected", "")).replace(" or ", ",").split(",")]


# places ---------------------------------------------------------------------------------------------------------


def load_place(name: str | Path, sample: float = 1.0) -> Place:
    """A place by name, or by the path of its TOML file.

    Raises:
        InputError: when the file or its table of practices cannot be used.
    """
    if not (isinstance(sample, int | float) and 0.0 < sample <= 1.0):
        raise InputError(f"sample: expected a share above 0 and at most 1, got {sample}")
    path = _find(name, "places", places())
    try:
        file = PlaceFile.model_validate(_toml(path))
    except ValidationError as error:
        raise _say(error, path.name, _keys_of(error)) from None
    place = Place(path.stem, file, _practices(path.parent / file.practices, file), float(sample))
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


def _keys_of(error: ValidationError) -> list[str]:
    from ..model.place import CommissionerSite, CouncilSite, HospitalSite

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


def load_funding(name: str | Path, _extending: tuple[str, ...] = ()) -> Funding:
    """A funding file by name, or by path.

    Raises:
        InputError: for a file, key, term, price or activity that cannot be used.
    """
    path = _find(name, "funding", fundings())
    raw = _toml(path)
    try:
        file = _FundingFile.model_validate(raw)
    except ValidationError as error:
        raise _say(error, path.name, list(_FundingFile.model_fields)) from None
    for kind in file.contracts:
        if kind not in KINDS:
            raise unknown("kind of provider", kind, KINDS, where=f"{path.name}: contracts")
    contracts = {kind: _contract(path.name, kind, written) for kind, written in file.contracts.items()}
    missing = [kind for kind in KINDS if kind not in contracts]
    if missing and file.extends is None:
        raise InputError(
            f"{path.name}: contracts: no contract for {missing[0]}; write [[contracts.{missing[0]}]], "
            'or extends = "status_quo" to keep that file\'s'
        )
    if file.extends is not None:
        if str(path.resolve()) in _extending:
            raise InputError(f"{path.name}: extends: the files extend each other in a circle")
        base = load_funding(_beside(path, file.extends), (*_extending, str(path.resolve())))
        contracts = {**base.contracts, **contracts}
    ordered = {kind: contracts[kind] for kind in KINDS}
    return Funding(path.stem, file.title, file.question, file.source, ordered, path.read_text(encoding="utf-8"))


def _beside(path: Path, name: str) -> str | Path:
    """A file that another extends: by name, or by a path seen from that other file."""
    return path.parent / name if name.endswith(".toml") else name


def _contract(file: str, kind: str, written: list[dict[str, Any]]) -> Contract:
    vocabulary = terms()
    if not written:
        raise InputError(f"{file}: contracts.{kind}: expected at least one term; a block of £0 pays nothing")
    made = []
    for number, table in enumerate(written, start=1):
        where = f"{file}: contracts.{kind}[{number}]"
        if "term" not in table:
            raise InputError(f"{where}: missing key 'term'; known: {', '.join(sorted(vocabulary))}")
        fields = dict(table)
        name = fields.pop("term")
        if not isinstance(name, str) or name not in vocabulary:
            raise unknown("term", str(name), vocabulary, where=where)
        if fields.get("name") == "":
            raise InputError(f"{where}: name: expected a name, got ''")
        made.append(_term(f"{where} ({fields.get('name', name)})", kind, vocabulary[name], fields))
    names = [t.name for t in made]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{file}: contracts.{kind}: two terms are named '{name}'; give each a name of its own")
    return Contract(tuple(made))


def _term(where: str, kind: str, term: type[Any], fields: dict[str, Any]) -> Any:
    known = [f for f in term.__dataclass_fields__ if f != "term"]
    for key, value in fields.items():
        if key not in known:
            raise InputError(f"{where}: unknown key '{key}'{nearest(key, known)}")
        if isinstance(value, dict) and "neutral_with" in value:
            _check_neutral(where, key, value)
            fields = {**fields, key: Neutral(**value)}
    _check_numbers(where, term, fields)
    try:
        made = TypeAdapter(term).validate_python(fields)
    except ValidationError as error:
        raise _say(error, where, known) from None
    _check_term(where, kind, made)
    return made


def _check_numbers(where: str, term: type[Any], fields: dict[str, Any]) -> None:
    """A quoted number or a true is a slip of the pen, not a price."""
    for key, value in fields.items():
        kind = str(term.__dataclass_fields__[key].type)
        numbers = {key: value} if kind.startswith("float") else {}
        if kind == "bool" and not isinstance(value, bool):
            raise InputError(f"{where}: {key}: expected true or false, got {value!r}")
        if kind.startswith("dict[str, float]") and isinstance(value, dict):
            numbers = {f"{key}.{inner}": number for inner, number in value.items()}
        for name, number in numbers.items():
            if isinstance(number, bool | str) or (isinstance(number, float) and not np.isfinite(number)):
                raise InputError(f"{where}: {name}: expected a finite number, got {number!r}")


def _check_neutral(where: str, key: str, value: dict[str, Any]) -> None:
    for inner in value:
        if inner not in ("neutral_with", "share"):
            raise InputError(f"{where}: {key}: unknown key '{inner}'{nearest(inner, ['neutral_with', 'share'])}")
    if not isinstance(value["neutral_with"], str):
        raise InputError(f"{where}: {key}.neutral_with: expected a funding file's name, got {value['neutral_with']!r}")
    share = value.get("share")
    if share is not None and not (isinstance(share, int | float) and 0 < share <= 1):
        raise InputError(f"{where}: {key}.share: expected a share above 0 and at most 1, got {share!r}")


def _vocabulary(kind: str) -> tuple[list[str], list[str]]:
    """Activities and indicators that a kind of provider's contract may name."""
    from ..agents.hospital import INDICATORS as HOSPITAL
    from ..agents.hospital import Hospitals
    from ..agents.practice import INDICATORS as PRACTICE
    from ..agents.practice import Practices
    from ..agents.social_care import INDICATORS as CARE
    from ..agents.social_care import SocialCare

    cohort, indicators = {
        "practice": (Practices, PRACTICE), "hospital": (Hospitals, HOSPITAL), "social_care": (SocialCare, CARE),
    }[kind]  # fmt: skip
    return list(cohort.COUNTED), list(indicators)


def _below_nought(value: Any) -> bool:
    """Whether a value is a number, but not a finite one of at least 0."""
    return isinstance(value, float) and not (np.isfinite(value) and value >= 0)


def _check_term(where: str, kind: str, term: Any) -> None:
    activities, indicators = _vocabulary(kind)
    for name in term.__dataclass_fields__:
        value = getattr(term, name)
        if name not in ("start", "target") and _below_nought(value):
            raise InputError(f"{where}: {name}: expected a number of at least 0, got {value}")
        if name == "prices":
            for activity, price in value.items():
                if activity not in activities:
                    raise unknown("activity", activity, activities, where=f"{where}: prices")
                if not (np.isfinite(price) and price >= 0):
                    raise InputError(f"{where}: prices.{activity}: expected a price of at least £0, got {price}")
        if name == "indicator" and value not in indicators:
            raise unknown("indicator", value, indicators, where=f"{where}: indicator")
        if name == "payer" and value not in PAYERS:
            raise unknown("payer", value, PAYERS, where=f"{where}: payer")
    if getattr(term, "start", 0.0) == getattr(term, "target", 1.0):
        raise InputError(f"{where}: target: expected a value other than start ({term.start})")


RESERVED = {
    *("treasury", "council_taxpayers", "clients", "commissioner", "nhs_england", "council", "social_care"),
    *("community", "mental_health", "pharmacies", "continuing_care", "other_nhs", "staff_and_suppliers"),
}  #: accounts that are not practices or hospitals
PAYERS = ("commissioner", "nhs_england", "council")


# together -------------------------------------------------------------------------------------------------------


def scenario(
    place: str | Path | Place,
    funding: str | Path | Funding | None,
    *,
    parameters: Parameters | None = None,
    sample: float = 1.0,
) -> Scenario:
    """A place and a way of paying, ready to run; habits are formed under the status quo."""
    where = place if isinstance(place, Place) else load_place(place, sample)
    if isinstance(place, Place) and sample != 1.0:
        where = replace(place, sample=float(sample))
    usual = load_funding("status_quo")
    how = load_funding(funding) if isinstance(funding, str | Path) else funding
    return Scenario(where, how, usual if how is not None else None, parameters or defaults(), {usual.id: usual})
