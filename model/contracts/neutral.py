"""Prices solved so that a kind of provider is paid in the expected first year what another funding file pays it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

import numpy as np
from scipy.optimize import brentq

from ...agents.forecast.activity import Activity
from ..errors import InputError, unknown
from ..scenario import Funding
from .change import Change, applied
from .contract import Contract, Neutral


def unsolved(contract: Contract) -> list[tuple[int, str, Neutral]]:
    """Position, field and wish of every price still to be solved."""
    return [
        (i, name, getattr(term, name))
        for i, term in enumerate(contract)
        for name in term.__dataclass_fields__
        if isinstance(getattr(term, name), Neutral)
    ]


def yardsticks(funding: Funding) -> dict[str, str]:
    """Funding files that a file's prices and budgets are measured by, and the key that first names each."""
    found: dict[str, str] = {}
    contracts = [(f"contracts.{kind}", contract) for kind, contract in funding.contracts.items()]
    for change in funding.changes:
        contracts.append((change.where, Contract((*(change.contract or ()), *change.add_terms))))
    for where, contract in contracts:
        for _, _, wish in unsolved(contract):
            found.setdefault(wish.neutral_with, f"{where}: neutral_with")
    for pool in funding.pools:
        found.setdefault(pool.budget_like, f"pools ({pool.name}): budget_like")
    return found


def ready(others: Mapping[str, Funding], expected: Mapping[str, Activity]) -> dict[str, Funding]:
    """Yardsticks with numbers for their own neutral prices; their contracts before any change of theirs.

    Raises:
        InputError: when files are neutral with each other in a circle.
    """
    done: dict[str, Funding] = {}

    def make(name: str, asking: tuple[str, ...]) -> Funding:
        if name in asking:
            raise InputError(f"{asking[0]}: neutral_with: a circle: {' → '.join((*asking, name))}")
        if name not in done:
            bare = replace(others[name], changes=(), pools=())
            needs = {n: make(n, (*asking, name)) for n in yardsticks(bare) if n in others}
            done[name] = solve(bare, needs, expected)
        return done[name]

    for name in others:
        make(name, ())
    return done


def solve(
    funding: Funding,
    others: Mapping[str, Funding],
    expected: Mapping[str, Activity],
    rows: Callable[[Change], np.ndarray] | None = None,
) -> Funding:
    """The funding file with every neutral price replaced by a number.

    ``expected``: the expected first year of each kind of provider with behaviour frozen. Terms that have a price
    are paid first; what is left of the other file's spend is raised by the neutral prices, by their shares. Prices in
    changes are solved on the providers that a change is for, ``rows`` (N,), as if it alone changed the file.

    Raises:
        InputError: when the other file is unknown, itself unsolved (see ``ready``), or leaves nothing to be raised.
    """
    contracts = {
        kind: _solved(f"{funding.id}: contracts.{kind}", kind, contract, others, expected[kind])
        for kind, contract in funding.contracts.items()
    }
    changes = tuple(_solved_change(x, contracts, others, expected, rows) for x in funding.changes)
    return replace(funding, contracts=contracts, changes=changes)


def _solved(where: str, kind: str, contract: Contract, others: Mapping[str, Funding], activity: Activity) -> Contract:
    """A contract whose neutral prices are numbers."""
    wishes = unsolved(contract)
    if not wishes:
        return contract
    like = wishes[0][2].neutral_with
    for _, _, wish in wishes:
        if wish.neutral_with != like:
            raise InputError(f"{where}: neutral with '{like}' and '{wish.neutral_with}'; one is enough")
    if like not in others:
        raise unknown("funding file", like, others, where=f"{where}: neutral_with")
    if unsolved(others[like].contracts[kind]):
        raise InputError(f"{where}: '{like}' has neutral prices of its own")
    if len({wish.times for _, _, wish in wishes}) > 1:
        raise InputError(f"{where}: neutral prices ask for different multiples of '{like}'; one is enough")
    goal = _spend(others[like].contracts[kind], activity) * wishes[0][2].times
    return _solve_kind(where, contract, wishes, goal, activity)


def _solved_change(
    change: Change,
    contracts: Mapping[str, Contract],
    others: Mapping[str, Funding],
    expected: Mapping[str, Activity],
    rows: Callable[[Change], np.ndarray] | None,
) -> Change:
    """A change whose neutral prices are numbers, solved on the contract that it leaves its providers with."""
    if change.who is None or not unsolved(Contract((*(change.contract or ()), *change.add_terms))):
        return change
    kind = change.who.kind
    activity = expected[kind]
    if rows is not None:
        activity = _of(rows(change), activity)
    held = applied(change, 0, [(-1, term) for term in contracts[kind]], 1.0)
    after = _solved(change.where, kind, Contract(tuple(t for _, t in held)), others, activity)
    mine = [term for (source, _), term in zip(held, after, strict=True) if source == 0]
    added = len(change.add_terms)
    whole = Contract(tuple(mine[: len(mine) - added])) if change.contract is not None else None
    return replace(change, contract=whole, add_terms=tuple(mine[len(mine) - added :]))


def _of(rows: np.ndarray, activity: Activity) -> Activity:
    """The activity of some providers, (N,) or (S, N) cut down to them."""
    n = rows.size
    out = {k: v[..., rows] if np.ndim(v) and np.shape(v)[-1] == n else v for k, v in activity.items()}  # type: ignore[index]
    return {**out, "share_at_start": out["share_at_start"] / np.sum(out["share_at_start"])}


def _spend(owes: Any, activity: Activity) -> float:
    """£ owed to all providers together, on average over futures when the activity has several, (S, N)."""
    due = np.asarray(owes.due(activity))
    return float(due.sum() / (due.shape[0] if due.ndim == 2 else 1))


def _solve_kind(
    where: str, contract: Contract, wishes: list[tuple[int, str, Neutral]], goal: float, activity: Activity
) -> Contract:
    free = {i for i, _, _ in wishes}
    fixed = sum(_spend(term, activity) for i, term in enumerate(contract) if i not in free)
    left = goal - fixed
    if left <= 0:
        raise InputError(f"{where}: terms with a price already pay £{fixed:,.0f} of £{goal:,.0f}")
    stated = sum(w.share or 0.0 for _, _, w in wishes)
    unstated = sum(w.share is None for _, _, w in wishes)
    if stated * goal > left * (1.0 + 1e-9) or (unstated and stated * goal >= left):
        raise InputError(f"{where}: shares of {stated:g} of £{goal:,.0f} are more than is left, £{left:,.0f}")
    if not unstated and stated * goal < left * (1.0 - 1e-6):
        raise InputError(
            f"{where}: shares of {stated:g} leave £{left - stated * goal:,.0f} unraised; "
            "leave one price without a share"
        )
    if len({i for i, _, _ in wishes}) < len(wishes):
        raise InputError(f"{where}: a term has two neutral prices; one is enough")
    terms: list[Any] = list(contract.terms)
    for i, key, wish in wishes:
        # stated shares are of the whole spend; the others divide what remains
        part = wish.share * goal if wish.share is not None else (left - stated * goal) / unstated
        terms[i] = replace(terms[i], **{key: _price(terms[i], key, part, activity, where)})
    return Contract(tuple(terms))


def _price(term: Any, key: str, pounds: float, activity: Activity, where: str) -> float:
    def short(price: float) -> float:
        return _spend(replace(term, **{key: price}), activity) - pounds

    high = 1.0
    while short(high) < 0.0:
        high *= 4.0
        if high > 1e12:
            raise InputError(f"{where}.{term.name}.{key}: no price raises £{pounds:,.0f}; is its activity ever done?")
    return cast(float, brentq(short, 0.0, high, xtol=1e-12, rtol=np.float64(1e-14)))
