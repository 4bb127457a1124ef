"""Reads the terms of funding files; the first mistake is reported in one sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from ..agents.cohorts import COHORTS
from ..model.contracts.contract import Contract, Neutral
from ..model.contracts.fields import ByActivity, Number, OfIndicator, TermField, term_fields
from ..model.contracts.terms import terms
from ..model.errors import InputError, nearest, unknown

MOST_TERMS = 200  #: of one contract; each is worked out for every plan that a provider compares
RESERVED = {
    *("treasury", "council_taxpayers", "clients", "commissioner", "nhs_england", "council", "social_care"),
    *("community", "mental_health", "pharmacies", "continuing_care", "other_nhs", "staff_and_suppliers"),
}  #: accounts that are not practices or hospitals
PAYERS = ("commissioner", "nhs_england", "council")


def say(error: ValidationError, where: str, known: list[str]) -> InputError:
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
        elif re.fullmatch(r"[a-z0-9_.]+", part) and part not in ("float", "int", "str", "bool"):
            out += f".{part}" if out else part
    return out


def _choices(first: Any) -> list[str]:
    return [c.strip(" '") for c in str(first.get("ctx", {}).get("expected", "")).replace(" or ", ",").split(",")]


def read_contract(
    file: str, kind: str, written: list[dict[str, Any]], payers: Sequence[str] = PAYERS, under: str = ""
) -> Contract:
    """A contract from its list of terms. ``under``: the key of that list; ``contracts.KIND`` when left out."""
    under = under or f"contracts.{kind}"
    known = terms()
    if not written:
        raise InputError(f"{file}: {under}: expected at least one term; a block of £0 pays nothing")
    if len(written) > MOST_TERMS:
        raise InputError(f"{file}: {under}: expected at most {MOST_TERMS:,} terms, got {len(written):,}")
    made = []
    for number, table in enumerate(written, start=1):
        where = f"{file}: {under}[{number}]"
        if "term" not in table:
            raise InputError(f"{where}: missing key 'term'; known: {', '.join(sorted(known))}")
        fields = dict(table)
        name = fields.pop("term")
        if not isinstance(name, str) or name not in known:
            raise unknown("term", str(name), known, where=where)
        if fields.get("name") == "":
            raise InputError(f"{where}: name: expected a name, got ''")
        made.append(read_term(f"{where} ({fields.get('name', name)})", kind, known[name], fields, payers))
    names = Counter(t.name for t in made)
    for name, n in names.items():
        if n > 1:
            raise InputError(f"{file}: {under}: two terms are named '{name}'; give each a name of its own")
    return Contract(tuple(made))


def read_term(where: str, kind: str, term: type[Any], fields: dict[str, Any], payers: Sequence[str]) -> Any:
    """One term from its keys.

    Raises:
        InputError: for an unknown key, a missing one, or a value that its field does not allow.
    """
    known = list(term_fields(term))
    for key, value in fields.items():
        if key not in known:
            raise InputError(f"{where}: unknown key '{key}'{nearest(key, known)}")
        if isinstance(value, dict) and "neutral_with" in value:
            _check_neutral(where, key, value)
            fields = {**fields, key: Neutral(**value)}
    _check_numbers(where, term, fields)
    try:
        made = _reader(term).validate_python(fields)
    except ValidationError as error:
        raise say(error, where, known) from None
    _check_term(where, kind, made, payers)
    return made


@cache
def _reader(term: type[Any]) -> TypeAdapter[Any]:
    """Made once for each kind of term: making one takes longer than reading a whole file."""
    return TypeAdapter(term)


def _check_numbers(where: str, term: type[Any], written: dict[str, Any]) -> None:
    """Refuse what pydantic would silently convert: a quoted number, or true for 1."""
    for key, value in written.items():
        field = term_fields(term)[key]
        numbers = {key: value} if isinstance(field.rule, Number) else {}
        if field.type is bool and not isinstance(value, bool):
            raise InputError(f"{where}: {key}: expected true or false, got {value!r}")
        if isinstance(field.rule, ByActivity) and isinstance(value, dict):
            numbers = {f"{key}.{inner}": number for inner, number in value.items()}
        for name, number in numbers.items():
            if isinstance(number, bool | str) or (isinstance(number, float) and not np.isfinite(number)):
                raise InputError(f"{where}: {name}: expected a finite number, got {number!r}")


def _check_neutral(where: str, key: str, value: dict[str, Any]) -> None:
    for inner in value:
        if inner not in ("neutral_with", "share", "times"):
            raise InputError(
                f"{where}: {key}: unknown key '{inner}'{nearest(inner, ['neutral_with', 'share', 'times'])}"
            )
    if not isinstance(value["neutral_with"], str):
        raise InputError(f"{where}: {key}.neutral_with: expected a funding file's name, got {value['neutral_with']!r}")
    share = value.get("share")
    if share is not None and not (isinstance(share, int | float) and 0 < share <= 1):
        raise InputError(f"{where}: {key}.share: expected a share above 0 and at most 1, got {share!r}")
    times = value.get("times", 1.0)
    if isinstance(times, bool) or not (isinstance(times, int | float) and 0 < times <= 100):
        raise InputError(f"{where}: {key}.times: expected a number above 0, such as 0.97, got {times!r}")


def vocabulary(kind: str) -> tuple[list[str], list[str]]:
    """Activities and indicators that a kind of provider's contract may name."""
    cohort = COHORTS[kind]
    return list(cohort.COUNTED), list(cohort.INDICATORS)


def _check_term(where: str, kind: str, term: Any, payers: Sequence[str]) -> None:
    kinds = getattr(term, "kinds", None)
    if kinds is not None and kind not in kinds:
        raise InputError(f"{where}: {term.term} is for {' or '.join(kinds)} contracts, not {kind}")
    for name, field in term_fields(type(term)).items():
        _check_field(f"{where}: {name}", kind, field, getattr(term, name))
    if term.payer not in payers:
        raise unknown("payer", term.payer, payers, where=f"{where}: payer")
    problem = term.problem(kind) if hasattr(term, "problem") else ""
    if problem:
        raise InputError(f"{where}: {problem}")


def _check_field(where: str, kind: str, field: TermField, value: Any) -> None:
    activities, indicators = vocabulary(kind)
    if isinstance(field.rule, Number) and isinstance(value, float):
        _check_range(where, field.rule, value)
    elif isinstance(field.rule, OfIndicator) and value not in indicators:
        raise unknown("indicator", value, indicators, where=where)
    elif isinstance(field.rule, ByActivity):
        for activity, number in value.items():
            if activity not in activities:
                raise unknown("activity", activity, activities, where=where)
            if not (np.isfinite(number) and number >= 0):
                raise InputError(f"{where}.{activity}: expected a price of at least £0, got {number}")


def _check_range(where: str, rule: Number, value: float) -> None:
    if rule.least is not None and not (np.isfinite(value) and value >= rule.least):
        raise InputError(f"{where}: expected a number of at least {rule.least:g}, got {value}")
    if rule.most is not None and value > rule.most:
        raise InputError(f"{where}: expected a share of at most {rule.most:g}, got {value}")
