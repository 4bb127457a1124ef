"""Neutral prices: a kind of provider is paid as much in the expected first year as under another file."""

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
    """Position of the term, field and ``Neutral`` of every price still to be solved."""
    return [
        (i, name, getattr(term, name))
        for i, term in enumerate(contract)
        for name in term.__dataclass_fields__
        if isinstance(getattr(term, name), Neutral)
    ]


def references(funding: Funding) -> dict[str, str]:
    """Funding files that neutral prices and pooled budgets refer to, and the key that first names each."""
    found: dict[str, str] = {}
    contracts = [(f"contracts.{kind}", contract) for kind, contract in funding.contracts.items()]
    for change in funding.changes:
        contracts.append((change.where, Contract((*(change.contract or ()), *change.add_terms))))
    for where, contract in contracts:
        for _, _, neutral in unsolved(contract):
            found.setdefault(neutral.neutral_with, f"{where}: neutral_with")
    for pool in funding.pools:
        found.setdefault(pool.budget_like, f"pools ({pool.name}): budget_like")
    return found


def solved_references(others: Mapping[str, Funding], expected: Mapping[str, Activity]) -> dict[str, Funding]:
    """Reference files without dated changes, their own neutral prices solved.

    Raises:
        InputError: when files are neutral with each other in a circle.
    """
    done: dict[str, Funding] = {}

    def make(name: str, asking: tuple[str, ...]) -> Funding:
        if name in asking:
            raise InputError(f"{asking[0]}: neutral_with: a circle: {' → '.join((*asking, name))}")
        if name not in done:
            bare = replace(others[name], changes=(), pools=())
            needs = {n: make(n, (*asking, name)) for n in references(bare) if n in others}
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
    """A copy of the funding file with a number for every neutral price.

    ``expected``: the expected first year of each kind of provider with behaviour frozen. Terms that have a price are
    paid first; neutral prices raise the rest of the reference file's spending, by their shares. Prices in a change are
    solved for the providers that it is for, ``rows`` (N,), as if the file had no other change.

    Raises:
        InputError: when the reference file is unknown, itself unsolved (see ``solved_references``), or leaves nothing
            to be raised.
    """
    contracts = {
        kind: _solved(f"{funding.id}: contracts.{kind}", kind, contract, others, expected[kind])
        for kind, contract in funding.contracts.items()
    }
    changes = tuple(_solved_change(x, contracts, others, expected, rows) for x in funding.changes)
    return replace(funding, contracts=contracts, changes=changes)


def _solved(where: str, kind: str, contract: Contract, others: Mapping[str, Funding], activity: Activity) -> Contract:
    """A contract whose neutral prices are numbers."""
    neutrals = unsolved(contract)
    if not neutrals:
        return contract
    reference = neutrals[0][2].neutral_with
    for _, _, neutral in neutrals:
        if neutral.neutral_with != reference:
            raise InputError(f"{where}: neutral with '{reference}' and '{neutral.neutral_with}'; one is enough")
    if reference not in others:
        raise unknown("funding file", reference, others, where=f"{where}: neutral_with")
    if unsolved(others[reference].contracts[kind]):
        raise InputError(f"{where}: '{reference}' has neutral prices of its own")
    if len({neutral.times for _, _, neutral in neutrals}) > 1:
        raise InputError(f"{where}: neutral prices ask for different multiples of '{reference}'; one is enough")
    goal = _spend(others[reference].contracts[kind], activity) * neutrals[0][2].times
    return _solve_kind(where, contract, neutrals, goal, activity)


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
    held = applied(kind, change, 0, [(-1, term) for term in contracts[kind]], 1.0)
    after = _solved(change.where, kind, Contract(tuple(t for _, t in held)), others, activity)
    mine = [term for (source, _), term in zip(held, after, strict=True) if source == 0]
    added = len(change.add_terms)
    whole = Contract(tuple(mine[: len(mine) - added])) if change.contract is not None else None
    return replace(change, contract=whole, add_terms=tuple(mine[len(mine) - added :]))


def _of(rows: np.ndarray, activity: Activity) -> Activity:
    """The activity of some providers: the columns of arrays (N,) and (S, N) at ``rows``."""
    n = rows.size
    out = {k: v[..., rows] if np.ndim(v) and np.shape(v)[-1] == n else v for k, v in activity.items()}  # type: ignore[index]
    return {**out, "share_at_start": out["share_at_start"] / np.sum(out["share_at_start"])}


def _spend(owes: Any, activity: Activity) -> float:
    """£ owed to all providers together; the mean over futures for an activity of several, (S, N)."""
    due = np.asarray(owes.due(activity))
    return float(due.sum() / (due.shape[0] if due.ndim == 2 else 1))


def _solve_kind(
    where: str, contract: Contract, neutrals: list[tuple[int, str, Neutral]], goal: float, activity: Activity
) -> Contract:
    free = {i for i, _, _ in neutrals}
    fixed = sum(_spend(term, activity) for i, term in enumerate(contract) if i not in free)
    left = goal - fixed
    if left <= 0:
        raise InputError(f"{where}: terms with a price already pay £{fixed:,.0f} of £{goal:,.0f}")
    stated = sum(w.share or 0.0 for _, _, w in neutrals)
    unstated = sum(w.share is None for _, _, w in neutrals)
    if stated * goal > left * (1.0 + 1e-9) or (unstated and stated * goal >= left):
        raise InputError(f"{where}: shares of {stated:g} of £{goal:,.0f} are more than is left, £{left:,.0f}")
    if not unstated and stated * goal < left * (1.0 - 1e-6):
        raise InputError(
            f"{where}: shares of {stated:g} leave £{left - stated * goal:,.0f} unraised; "
            "leave one price without a share"
        )
    if len({i for i, _, _ in neutrals}) < len(neutrals):
        raise InputError(f"{where}: a term has two neutral prices; one is enough")
    terms: list[Any] = list(contract.terms)
    for i, key, neutral in neutrals:
        # stated shares are of the whole spend; the others divide what remains
        part = neutral.share * goal if neutral.share is not None else (left - stated * goal) / unstated
        terms[i] = replace(terms[i], **{key: _price(terms[i], key, part, activity, where)})
    return Contract(tuple(terms))


def _price(term: Any, key: str, pounds: float, activity: Activity, where: str) -> float:
    def shortfall(price: float) -> float:
        return _spend(replace(term, **{key: price}), activity) - pounds

    if shortfall(0.0) > 0.0:
        raise InputError(f"{where}.{term.name}.{key}: the term pays more than £{pounds:,.0f} even at a price of £0")
    high = 1.0
    while shortfall(high) < 0.0:
        high *= 4.0
        if high > 1e12:
            raise InputError(f"{where}.{term.name}.{key}: no price raises £{pounds:,.0f}; is its activity ever done?")
    return cast(float, brentq(shortfall, 0.0, high, xtol=1e-12, rtol=np.float64(1e-14)))
