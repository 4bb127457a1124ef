"""Dated changes in a draft: add them, list them, and find the parameters that they can set."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

from ....agents.cohorts import COHORTS
from ....model.scenario import KINDS
from ..work import state

Raw = dict[str, Any]
VERBS = {"multiply": "multiply by", "add": "add", "set": "set to"}


def with_change(raw: Raw) -> Raw:
    """A copy with a new change, which at first only labels the practices."""
    out = deepcopy(raw)
    out.setdefault("changes", []).append({"when": date(2017, 4, 1), "who": {"kind": "practice"}, "arm": "treated"})
    return out


def for_whom(raw: Raw, n: int, kind: str) -> Raw:
    """A copy in which change ``n`` affects another kind of provider or the whole place, and keeps only its dates."""
    out = deepcopy(raw)
    old = out["changes"][n]
    new = {key: old[key] for key in ("when", "until", "announced", "over") if key in old}
    if kind:
        new |= {"who": {"kind": kind}, "arm": old.get("arm") or "treated"}
    else:
        new["set"] = {"social_care.council_budget": {"multiply": 0.9}}
    out["changes"][n] = new
    return out


def rows(change: Raw) -> list[tuple[str, str, Any]]:
    """Path, verb and number of each parameter that a change sets."""
    out = []
    for path, step in change.get("set", {}).items():
        steps = step if isinstance(step, dict) else {"set": step}
        out += [(path, verb, number) for verb, number in steps.items()]
    return out


def with_set(raw: Raw, n: int, path: str, verb: str, number: Any, old: str = "") -> Raw:
    """A copy in which change ``n`` sets a parameter, without the verb ``old``; ``None`` removes the parameter."""
    out = deepcopy(raw)
    table = out["changes"][n].setdefault("set", {})
    step = table.get(path, {})
    step = dict(step) if isinstance(step, dict) else {"set": step}
    step.pop(old, None)
    if number is not None:
        step[verb] = number
    table.pop(path, None)
    if step:
        table[path] = step
    if not table:
        del out["changes"][n]["set"]
    return out


def named(raw: Raw, kind: str) -> list[str]:
    """Names of all terms that providers of a kind can hold under the draft, now or later."""
    written: list[Any] = list(raw.get("contracts", {}).get(kind, ()))
    base = state.funding_of(str(raw["extends"])) if raw.get("extends") in state.fundings() else None
    names = [] if written or base is None else [term.name for term in base.contracts[kind]]
    for change in raw.get("changes", ()):
        if change.get("who", {}).get("kind") == kind:
            written += [*change.get("contract", ()), *change.get("add_terms", ())]
    return list(dict.fromkeys([*names, *(str(t.get("name", t.get("term"))) for t in written)]))


def paths(raw: Raw, kind: str, query: str) -> list[tuple[str, str]]:
    """Path and label of the parameters that a change for ``kind`` may set and that contain every word of a query."""
    found = [(f"capacity.{k}.{c}", f"capacity: {c.replace('_', ' ')}") for k in KINDS if kind in ("", k)
             for c in COHORTS[k].CAPACITY]  # fmt: skip
    found += [(f"contracts.{k}.{path}", f"contract: {path}") for k in KINDS if kind in ("", k)
              for path in _fields(raw, k)]  # fmt: skip
    if not kind:
        found += [(path, p.label) for path, p in state.known().items()]
    words = query.lower().split()
    return [(p, label) for p, label in found if all(w in f"{p} {label}".lower().replace("_", " ") for w in words)]


def _fields(raw: Raw, kind: str) -> list[str]:
    """Numeric fields of a kind's terms, from the draft or else from the file that it extends."""
    out = []
    base = state.funding_of(str(raw["extends"])) if raw.get("extends") in state.fundings() else None
    for term in raw.get("contracts", {}).get(kind) or (base.contracts[kind] if base else ()):
        read = term.get if isinstance(term, dict) else lambda key, t=term: getattr(t, key, None)
        name = read("name") or read("term")
        for key in term if isinstance(term, dict) else term.__dataclass_fields__:
            value = read(key)
            if isinstance(value, dict) and "neutral_with" not in value:
                out += [f"{name}.{key}.{activity}" for activity in value]
            elif isinstance(value, int | float) and not isinstance(value, bool):
                out.append(f"{name}.{key}")
    return out
