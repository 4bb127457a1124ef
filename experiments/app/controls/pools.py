"""Pools as controls: who holds one, who shares its gains and losses, and how its budget moves."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import solara

from ....model.errors import InputError
from ....scenarios import fundings
from ....scenarios.terms import PAYERS, RESERVED
from ..drawings.heat import SHOWN
from ..work import draft, state, store
from .controls import Choice, Html, Words
from .terms import Draft, Path, Typed, change, forget, head, key

Raw = dict[str, Any]
HOLDERS = {
    "commissioner": "nobody: all goes back to the payers",
    "lead": "one hospital, the lead provider",
    "alliance": "an alliance of providers, by shares",
    "federation": "the practices paid from it, by people",
}
OWN = {"alliance": ("members",), "lead": ("lead", "margin")}  #: keys that belong to one holder
SHARED = (
    ("gain", "Holder's part of a surplus", "share", "0 to 1; empty: all"),
    ("loss", "Holder's part of a deficit", "share", "0 to 1; empty: all"),
    ("cap", "Most gained or lost", "number", "share of the budget; empty: no limit"),
    ("savings", "Budget falls behind by", "share", "share a year, 0 to 1; empty: 0"),
    ("savings_years", "for its first", "whole", "years; empty: all"),
    ("reinvest", "Reinvested of the surplus left", "share", "share, in community services next year; empty: 0"),
)


def with_pool(raw: Raw) -> Raw:
    """A copy with one more pool, which pays nobody until a term names it as its payer."""
    out = deepcopy(raw)
    pools = out.setdefault("pools", [])
    taken = {str(pool.get("name")) for pool in pools}
    name = next(n for n in ("pooled_budget", *(f"pooled_budget_{i}" for i in range(2, 99))) if n not in taken)
    pools.append({"name": name, "holder": "commissioner"})
    return out


def held_by(raw: Raw, n: int, holder: str) -> Raw:
    """A copy in which pool ``n`` has another holder, and nothing that belongs to the one before."""
    out = deepcopy(raw)
    pool = out["pools"][n]
    for keys in OWN.values():
        for name in keys:
            pool.pop(name, None)
    pool["holder"] = holder
    if holder == "alliance":
        pool["members"] = {"practice": 0.5, "hospital": 0.5}
    return out


def renamed(raw: Raw, n: int, name: str) -> Raw:
    """A copy in which pool ``n`` has another name, and terms that it pays go on being paid by it.

    Raises:
        InputError: when the name is none, or belongs to another account.
    """
    taken = {*RESERVED, *PAYERS, *(str(p.get("name")) for k, p in enumerate(raw["pools"]) if k != n)}
    if not store.NAME.fullmatch(name):
        raise InputError(f"expected small letters, digits and underscores, beginning with a letter, got '{name[:30]}'")
    if name in taken:
        raise InputError(f"'{name}' is taken by another account; choose another")
    out = deepcopy(raw)
    old = out["pools"][n].get("name")
    out["pools"][n]["name"] = name
    for term in _terms(out):
        if term.get("payer") == old:
            term["payer"] = name
    for one in out.get("changes", ()):
        for path, step in one.get("set", {}).items():
            if path.endswith(".payer") and step in (old, {"set": old}):
                one["set"][path] = name
    return out


def _terms(raw: Raw) -> list[Raw]:
    """Every term that is written in a draft."""
    out = [term for contract in raw.get("contracts", {}).values() for term in contract]
    for one in raw.get("changes", ()):
        out += [*one.get("contract", ()), *one.get("add_terms", ())]
    return out


@solara.component
def Pools(raw: Draft, wrong: str):
    """All pools of the draft."""
    Html(
        "<h2>Pooled budgets</h2>"
        '<p class="ff-note">Budgets that pay together: a term whose payer is the pool is paid from it. Each payer puts '
        "in what it would pay the same providers otherwise; at the year's end what is left, or lacking, is divided.</p>"
    )
    for n, pool in enumerate(raw.value.get("pools", [])):
        Pool(raw, n, pool, wrong).key(f"pool/{n}")
    solara.Button("Add a pool", outlined=True, small=True, on_click=lambda: raw.set(with_pool(raw.value)))


@solara.component
def Pool(raw: Draft, n: int, pool: Raw, wrong: str):
    """One pool, with what is wrong beside it."""
    at: Path = ("pools", n)
    holder = str(pool.get("holder", "commissioner"))

    def other(chosen: str) -> None:
        forget(at)
        raw.value = held_by(raw.value, n, chosen)

    with solara.Div(classes=["ff-term", "ff-pool"]):
        head(raw, at, f"Pool {n + 1}", wrong)
        with solara.Div(classes=["ff-fields"]):
            Name(raw, n, str(pool.get("name", "")))
            Choice(key((*at, "holder")), "Gain and loss fall to", holder, other, list(HOLDERS.items()))
            like = [(name, state.title(name)) for name in fundings()]
            Choice(key((*at, "budget_like")), "Budget as large as under", str(pool.get("budget_like", "status_quo")),
                   lambda v: change(raw, (*at, "budget_like"), v), like)  # fmt: skip
            for kind, words in SHOWN.items() if holder == "alliance" else ():
                share = pool.get("members", {}).get(kind)
                Typed(raw, (*at, "members", kind), f"{words}: part", share, "share", "0 to 1; parts add to 1; empty: 0")
            if holder == "lead":
                Typed(raw, (*at, "lead"), "Lead hospital", pool.get("lead"), "words", "its code; empty: the largest")
                Typed(raw, (*at, "margin"), "It keeps", pool.get("margin"), "share", "share of the budget; empty: 0")
            for name, label, sort, help in SHARED:
                Typed(raw, (*at, name), label, pool.get(name), sort, help)
            Charges(raw, at, dict(pool.get("charges", {})))


@solara.component
def Name(raw: Draft, n: int, name: str):
    """The pool's name, which terms are paid by; it is taken over where it can be."""
    typed, set_typed = solara.use_state(name)
    place = key(("pools", n, "name"))
    error = state.problems.value.get(place, "")
    solara.use_effect(lambda: None if error else set_typed(name), [name])

    def take(text: str) -> None:
        set_typed(text)
        rest = {k: v for k, v in state.problems.value.items() if k != place}
        try:
            raw.value = renamed(raw.value, n, text.strip())
            state.problems.value = rest
        except InputError as wrong:
            state.problems.value = {**rest, place: f"Name: {wrong}."}

    Words(place, "Name", typed, take, error=error, help="terms name it as their payer")


@solara.component
def Charges(raw: Draft, at: Path, charges: dict[str, Any]):
    """£ that one more of an activity costs the pool elsewhere."""
    for activity, price in charges.items():
        said = f"£ that one more costs it: {activity.replace('_', ' ')}"
        Typed(raw, (*at, "charges", activity), said, price, "number").key(activity)
    left = dict.fromkeys(a for activities in draft.ACTIVITIES.values() for a in activities if a not in charges)
    Choice(key((*at, "charges", "more")), "It is charged for", "",
           lambda a: change(raw, (*at, "charges", a), 1.0) if a else None,
           [("", "…"), *((a, a.replace("_", " ")) for a in left)],
           help="what one more costs it elsewhere, as members see it")  # fmt: skip
