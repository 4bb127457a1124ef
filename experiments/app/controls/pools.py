"""Editor of pooled budgets: who holds them, who shares gains and losses, and how the budget changes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import solara

from ....model.errors import InputError
from ....scenarios import fundings
from ....scenarios.terms import PAYERS, RESERVED
from ..drawings.heat import SHOWN
from ..work import draft, state, store
from .fields import Choice, Html, Text
from .terms import Draft, Path, Typed, change, forget, head, key

Raw = dict[str, Any]
HOLDERS = {
    "commissioner": "the payers (commissioner holds the pool)",
    "lead": "one hospital, as lead provider",
    "alliance": "an alliance of providers, by agreed shares",
    "federation": "the practices paid from it, by list size",
}
OWN = {"alliance": ("members",), "lead": ("lead", "margin")}  #: keys that belong to one holder
SHARED = (
    ("gain", "Holder's share of a surplus", "share", "0 to 1; leave empty for all"),
    ("loss", "Holder's share of a deficit", "share", "0 to 1; leave empty for all"),
    ("cap", "Limit on gain or loss", "number", "share of the budget; leave empty for no limit"),
    ("savings", "Saving taken from the budget each year", "share", "0 to 1; leave empty for none"),
    ("savings_years", "Years in which savings are taken", "whole", "the first years; leave empty for all"),
    (
        "reinvest",
        "Share of the remaining surplus reinvested",
        "share",
        "in community services next year; leave empty for none",
    ),
)


def with_pool(raw: Raw) -> Raw:
    """A copy with a new pool. It pays nobody until a term names it as payer."""
    out = deepcopy(raw)
    pools = out.setdefault("pools", [])
    taken = {str(pool.get("name")) for pool in pools}
    name = next(n for n in ("pooled_budget", *(f"pooled_budget_{i}" for i in range(2, 99))) if n not in taken)
    pools.append({"name": name, "holder": "commissioner"})
    return out


def held_by(raw: Raw, n: int, holder: str) -> Raw:
    """A copy in which pool ``n`` has another holder; fields that only the old holder uses are removed."""
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
    """A copy in which pool ``n`` has a new name, also in the terms that name it as payer.

    Raises:
        InputError: when the name is malformed or belongs to another account.
    """
    taken = {*RESERVED, *PAYERS, *(str(p.get("name")) for k, p in enumerate(raw["pools"]) if k != n)}
    if not store.NAME.fullmatch(name):
        raise InputError(f"use lower-case letters, digits and underscores, starting with a letter, not '{name[:30]}'")
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
    """Every term written in a draft."""
    out = [term for contract in raw.get("contracts", {}).values() for term in contract]
    for one in raw.get("changes", ()):
        out += [*one.get("contract", ()), *one.get("add_terms", ())]
    return out


@solara.component
def Pools(raw: Draft, wrong: str):
    """All pools of the draft."""
    Html(
        "<h2>Pooled budgets</h2>"
        '<p class="ff-note">A pool pays every term that names it as payer. Each payer contributes '
        "what it would otherwise pay these providers. At the end of the year members share the surplus or deficit.</p>"
    )
    for n, pool in enumerate(raw.value.get("pools", [])):
        Pool(raw, n, pool, wrong).key(f"pool/{n}")
    solara.Button("Add a pool", outlined=True, small=True, on_click=lambda: raw.set(with_pool(raw.value)))


@solara.component
def Pool(raw: Draft, n: int, pool: Raw, wrong: str):
    """One pool, with its error message."""
    at: Path = ("pools", n)
    holder = str(pool.get("holder", "commissioner"))

    def other(chosen: str) -> None:
        forget(at)
        raw.value = held_by(raw.value, n, chosen)

    with solara.Div(classes=["ff-term", "ff-pool"]):
        head(raw, at, f"Pool {n + 1}", wrong)
        with solara.Div(classes=["ff-fields"]):
            Name(raw, n, str(pool.get("name", "")))
            Choice(key((*at, "holder")), "Who shares surplus and deficit", holder, other, list(HOLDERS.items()))
            like = [(name, state.title(name)) for name in fundings()]
            Choice(key((*at, "budget_like")), "Budget set at the cost of", str(pool.get("budget_like", "status_quo")),
                   lambda v: change(raw, (*at, "budget_like"), v), like)  # fmt: skip
            for kind, words in SHOWN.items() if holder == "alliance" else ():
                share = pool.get("members", {}).get(kind)
                Typed(raw, (*at, "members", kind), f"{words}: share", share, "share", "0 to 1; shares add up to 1")
            if holder == "lead":
                Typed(
                    raw,
                    (*at, "lead"),
                    "Lead hospital",
                    pool.get("lead"),
                    "words",
                    "its code; leave empty for the largest",
                )
                Typed(
                    raw,
                    (*at, "margin"),
                    "Margin it keeps",
                    pool.get("margin"),
                    "share",
                    "share of the budget; leave empty for none",
                )
            for name, label, sort, help in SHARED:
                Typed(raw, (*at, name), label, pool.get(name), sort, help)
            Charges(raw, at, dict(pool.get("charges", {})))


@solara.component
def Name(raw: Draft, n: int, name: str):
    """The name by which terms are paid from the pool. A name that cannot be used shows an error."""
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

    Text(place, "Name", typed, take, error=error, help="terms use this name as their payer")


@solara.component
def Charges(raw: Draft, at: Path, charges: dict[str, Any]):
    """£ that each extra unit of an activity costs the pool outside it."""
    for activity, price in charges.items():
        label = f"£ for each unit: {activity.replace('_', ' ')}"
        Typed(raw, (*at, "charges", activity), label, price, "number").key(activity)
    left = dict.fromkeys(a for activities in draft.ACTIVITIES.values() for a in activities if a not in charges)
    Choice(key((*at, "charges", "more")), "Add a charge for", "",
           lambda a: change(raw, (*at, "charges", a), 1.0) if a else None,
           [("", "…"), *((a, a.replace("_", " ")) for a in left)],
           help="cost to the pool of each unit of care elsewhere, which members take into account")  # fmt: skip
