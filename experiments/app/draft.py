"""A scenario that is being built: a funding file's tables, changed field by field."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from copy import deepcopy
from typing import Any, get_args, get_type_hints

from ...model.errors import InputError
from ...model.funding import terms
from ...model.scenario import KINDS
from ...scenarios.terms import PAYERS, vocabulary
from . import state, store

ACTIVITIES = {kind: vocabulary(kind)[0] for kind in KINDS}
INDICATORS = {kind: vocabulary(kind)[1] for kind in KINDS}
TABLES = ("prices", "points")  # fields of a number for each activity
UNITS = {
    "rate": "£ per weighted person a year",
    "per_head": "£ a head and year",
    "amount": "£ a year, all of the kind",
    "scale": "multiplies the prices",
    "marginal_rate": "share of the price above the baseline",
    "baseline": "share of last year's activity",
    "cap": "share of last year's payment",
    "floor": "share of last year's payment",
    "start": "where payment begins",
    "target": "where it is full",
    "price": "£ each",
    "readmitted": "share of discharges",
    "unpaid": "share of readmissions",
    "benchmark": "share of last year's payment",
    "up": "share of what is saved",
    "down": "share of what is overspent",
    "corridor": "share of the benchmark",
    "top": "share of providers",
}  #: what a number means
Raw = dict[str, Any]


def of(name: str) -> Raw:
    """The tables of a way of paying, shipped or saved."""
    return tomllib.loads(state.funding_of(name).text)


def fresh() -> Raw:
    """What a new scenario begins as: the status quo with one contract of its own to change."""
    raw = of("status_quo")
    return {
        "title": "My way of paying",
        "question": "What would change?",
        "source": "My own proposal",
        "extends": "status_quo",
        "contracts": {"practice": raw["contracts"]["practice"]},
    }


def terms_for(kind: str) -> list[str]:
    """Names of the terms that a kind of provider can be paid by."""
    return sorted(name for name, made in terms().items() if kind in getattr(made, "kinds", KINDS))


def fields(kind: str, name: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """A term's fields: key, sort (number, yes, choice, words, prices), and the choices there are."""
    made = terms()[name]
    hints = get_type_hints(made)
    out = []
    for key in (field.name for field in dataclasses.fields(made)):
        choices = tuple(str(c) for c in get_args(hints[key]) if isinstance(c, str))
        sort = "number"
        if key == "payer":
            sort, choices = "choice", PAYERS
        elif key == "indicator":
            sort, choices = "choice", tuple(INDICATORS[kind])
        elif choices:
            sort = "choice"
        elif hints[key] is bool:
            sort, choices = "choice", ("true", "false")
        elif hints[key] is str:
            sort = "words"
        elif key in TABLES:
            sort = "prices"
        out.append((key, sort, choices))
    return out


def shown(value: Any) -> str:
    """A field's value as people type it: a number, or ``neutral`` with a share."""
    if isinstance(value, dict):
        share = value.get("share")
        return "neutral" + (f" {share:g}" if isinstance(share, int | float) else "")
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def meant(typed: str, sort: str) -> Any:
    """The value that was typed; ``None`` leaves a field to its default.

    Raises:
        InputError: in words.
    """
    plain = typed.strip()[:200]
    if not plain:
        return None
    if sort == "words" or (sort == "choice" and plain not in ("true", "false")):
        return plain
    if sort == "choice":
        return plain == "true"
    neutral = re.fullmatch(r"neutral(?:\s+(0?\.[0-9]{1,6}|1(?:\.0)?))?", plain)
    if neutral:
        return {"neutral_with": "status_quo"} | ({"share": float(neutral[1])} if neutral[1] else {})
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,12})?", plain):
        raise InputError(f"expected a number, or the word neutral with a share such as neutral 0.2, got '{plain[:30]}'")
    return float(plain)


def changed(raw: Raw, path: tuple[Any, ...], value: Any) -> Raw:
    """A copy with one value set, or taken out when it is ``None``."""
    out = deepcopy(raw)
    table: Any = out
    for key in path[:-1]:
        table = table.setdefault(key, {}) if isinstance(table, dict) else table[key]
    if value is None and isinstance(table, dict):
        table.pop(path[-1], None)
    elif value is None:
        del table[path[-1]]
    else:
        table[path[-1]] = value
    return out


def with_term(raw: Raw, kind: str, name: str) -> Raw:
    """A copy with one more term for a kind of provider."""
    out = deepcopy(raw)
    contract = out.setdefault("contracts", {}).setdefault(kind, [])
    taken = {str(t.get("name", t.get("term"))) for t in contract}
    called = next(n for n in (name, *(f"{name}_{i}" for i in range(2, 99))) if n not in taken)
    new: Raw = {"term": name, "name": called}
    known = terms()[name].__dataclass_fields__
    if "indicator" in known:
        new["indicator"] = INDICATORS[kind][0]
    new |= {table: {ACTIVITIES[kind][0]: 1.0} for table in TABLES if table in known}
    contract.append(new)
    return out


def check(raw: Raw) -> tuple[str, str]:
    """The draft as TOML, and what is wrong with it (nothing when it can be used)."""
    try:
        text = store.write(raw)
        store.read(text, "draft")
    except InputError as error:
        return store.write(raw), f"{error}."
    except (TypeError, ValueError):
        return "", "draft: cannot be written as TOML."
    return text, ""
