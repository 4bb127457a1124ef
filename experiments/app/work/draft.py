"""A draft scenario: the tables of a funding file, edited field by field."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from ....model.contracts.contract import Neutral
from ....model.contracts.fields import ByActivity, Number, OfIndicator, TermField, term_fields
from ....model.contracts.terms import terms
from ....model.errors import InputError
from ....model.reading import parsed
from ....model.scenario import KINDS
from ....scenarios import scenario
from ....scenarios.terms import PAYERS, vocabulary
from . import state, store

ACTIVITIES = {kind: vocabulary(kind)[0] for kind in KINDS}
INDICATORS = {kind: vocabulary(kind)[1] for kind in KINDS}
Raw = dict[str, Any]


def of(name: str) -> Raw:
    """The tables of a built-in or saved way of paying."""
    return parsed(state.funding_of(name).text, f"{name}.toml")


def fresh() -> Raw:
    """A new draft: the status quo with one contract to edit."""
    usual = state.place_of(state.place.value).baseline.usual
    raw = of(usual)
    return {
        "title": "My way of paying",
        "question": "What would change?",
        "source": "My own proposal",
        "extends": usual,
        "contracts": {"practice": raw["contracts"]["practice"]},
    }


def written(raw: Raw, kind: str) -> list[Raw]:
    """The terms of a kind's contract, from the draft or the file that it extends."""
    seen = []
    while kind not in raw.get("contracts", {}):
        base = str(raw.get("extends") or state.place_of(state.place.value).baseline.usual)
        if base in seen or base not in state.fundings():
            return []
        seen.append(base)
        raw = of(base)
    return list(raw["contracts"][kind])


def with_written(raw: Raw, kind: str) -> Raw:
    """A copy that holds a kind's contract itself, so that it can be changed."""
    return changed(raw, ("contracts", kind), deepcopy(written(raw, kind)))


def terms_for(kind: str) -> list[str]:
    """Names of the terms on offer for a kind of provider."""
    return sorted(name for name, made in terms().items() if kind in getattr(made, "kinds", KINDS))


def at(raw: Raw, path: tuple[Any, ...]) -> Any:
    """The value at a path in the tables, or ``None``."""
    there: Any = raw
    for key in path:
        if isinstance(there, dict):
            there = there.get(key)
        else:
            there = there[key] if isinstance(there, list) and isinstance(key, int) and key < len(there) else None
    return there


def dotted(path: tuple[Any, ...]) -> str:
    """A path as error messages write it: ``changes[2].contract[1]``."""
    return "".join(f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".")


def amount_of(term: str) -> str:
    """The field of a term that may be a share of a reference's money; empty when none may."""
    if term not in terms():
        return ""
    return next((f.name for f in term_fields(terms()[term]).values() if Neutral in get_args(f.type)), "")


def pools(raw: Raw) -> tuple[str, ...]:
    """Names of the draft's pools, which can be payers too."""
    return tuple(str(pool.get("name")) for pool in raw.get("pools", ()))


@dataclass(frozen=True)
class Control:
    """How the builder shows one field of a term.

    ``shape``: ``number``, ``choice``, ``words`` or ``prices`` (a number by activity, in ``unit``). ``help``: the
    meaning of a number, from the term itself.
    """

    key: str
    shape: str
    choices: tuple[str, ...] = ()
    help: str = ""
    unit: str = ""


def fields(kind: str, name: str, pools: tuple[str, ...] = ()) -> list[Control]:
    """Controls for a term's fields, in the order of its dataclass."""
    return [_control(kind, field, pools) for field in term_fields(terms()[name]).values()]


def _control(kind: str, field: TermField, pools: tuple[str, ...]) -> Control:
    if field.name == "payer":
        return Control(field.name, "choice", (*PAYERS, *pools))
    if isinstance(field.rule, OfIndicator):
        return Control(field.name, "choice", tuple(INDICATORS[kind]))
    if isinstance(field.rule, ByActivity):
        return Control(field.name, "prices", help=field.help, unit=field.rule.unit)
    if field.choices:
        return Control(field.name, "choice", field.choices)
    if field.type is bool:
        return Control(field.name, "choice", ("true", "false"))
    return Control(field.name, "number" if isinstance(field.rule, Number) else "words", help=field.help)


def changed(raw: Raw, path: tuple[Any, ...], value: Any) -> Raw:
    """A copy with one value set; ``None`` removes it."""
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


def with_term(raw: Raw, under: tuple[Any, ...], kind: str, name: str) -> Raw:
    """A copy with a new term for a kind of provider, at a path in the tables."""
    out = deepcopy(raw)
    table: Any = out
    for key in under[:-1]:
        table = table.setdefault(key, {}) if isinstance(table, dict) else table[key]
    contract = table.setdefault(under[-1], [])
    taken = {str(t.get("name", t.get("term"))) for t in contract}
    called = next(n for n in (name, *(f"{name}_{i}" for i in range(2, 99))) if n not in taken)
    new: Raw = {"term": name, "name": called}
    for field in term_fields(terms()[name]).values():
        if isinstance(field.rule, OfIndicator):
            new[field.name] = INDICATORS[kind][0]
        elif isinstance(field.rule, ByActivity):
            new[field.name] = {ACTIVITIES[kind][0]: 1.0}
    contract.append(new)
    return out


def check(raw: Raw) -> tuple[str, str]:
    """The draft as TOML, and its first error (empty when it is valid)."""
    try:
        text = store.write(raw)
        store.read(text, "draft")
    except InputError as error:
        return store.write(raw), f"{str(error).removeprefix('draft.toml: ')}."
    except (TypeError, ValueError):
        return "", "This cannot be written as TOML."
    return text, ""


def keepable(name: str, raw: Raw) -> str:
    """The draft and the name that it is to be saved under, as text that a browser keeps; ``""`` if it cannot."""
    try:
        return f"# {name}\n{store.write(raw)}" if raw else ""
    except (TypeError, ValueError):
        return ""


def kept(text: str) -> tuple[str, Raw]:
    """Name and draft from a text that a browser has kept.

    Raises:
        InputError: when it is no draft, whatever it is.
    """
    if len(text) > 2 * store.MOST_BYTES:
        raise InputError("draft: too long")
    raw, name = parsed(text, "draft.toml"), text.partition("\n")[0].removeprefix("# ")
    contracts, lists = raw.get("contracts", {}), [raw.get("changes", []), raw.get("pools", [])]
    if not isinstance(contracts, dict) or not set(contracts) <= set(KINDS):
        raise InputError("draft: contracts: expected a table by kind of provider")
    for entries in (*lists, *contracts.values()):
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise InputError("draft: expected lists of tables")
    return name if store.NAME.fullmatch(name) else "my_scenario", raw


def price_of(raw: Raw, kind: str, name: str, called: list[str], day: date) -> tuple[Raw, tuple[Any, ...]]:
    """The draft, and the path of what it pays for one more of something under the contracts of a day.

    ``called``: names of the terms that pay for it, the first of which is looked for. The contract is written into the
    draft where the file that it extends has it. The path is empty where the draft cannot say.
    """
    dated = [
        n for n, x in enumerate(raw.get("changes", ())) if x.get("who", {}).get("kind") == kind and x["when"] <= day
    ]
    lists = [("changes", n, part) for n in dated for part in ("contract", "add_terms")]
    out = with_written(raw, kind)
    for one in called:
        for under in [*lists[::-1], ("contracts", kind)]:
            for i, term in enumerate(at(out, under) or ()):
                if one == str(term.get("name", term.get("term"))):
                    made = out if under[0] == "contracts" else raw
                    return made, (*under, i, *_price_in(term, name))
    return (raw, ()) if called else (out, ())


def _price_in(term: Raw, name: str) -> tuple[str, ...]:
    """The field of a term that pays for one more of something: its own price, or an amount for all of it."""
    for key, field in term_fields(terms()[term["term"]]).items():
        if isinstance(field.rule, ByActivity) and name in term.get(key, {}):
            return (key, name)
    return tuple(filter(None, (amount_of(term["term"]),)))


def fits(text: str, where: str) -> str:
    """Why a draft does not fit a place (calendar, lots, providers); empty when it does."""
    try:
        scenario(state.place_of(where), store.read(text, "draft")[1])
    except InputError as error:
        return f"{str(error).removeprefix('draft.toml: ')}."
    return ""
