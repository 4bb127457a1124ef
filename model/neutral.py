"""Prices solved so that a kind of provider is paid in the expected first year what another funding file pays it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import numpy as np
from scipy.optimize import brentq

from ..agents.contract import Activity
from .errors import InputError, unknown
from .funding import Contract, Neutral
from .scenario import Funding


def unsolved(contract: Contract) -> list[tuple[int, str, Neutral]]:
    """Position, field and wish of every price still to be solved."""
    return [
        (i, name, getattr(term, name))
        for i, term in enumerate(contract)
        for name in term.__dataclass_fields__
        if isinstance(getattr(term, name), Neutral)
    ]


def solve(funding: Funding, others: Mapping[str, Funding], expected: Mapping[str, Activity]) -> Funding:
    """The funding file with every neutral price replaced by a number.

    ``expected``: the expected first year of each kind of provider with behaviour frozen. Terms that have a price
    are paid first; what is left of the other file's spend is raised by the neutral prices, by their shares.

    Raises:
        InputError: when the other file is unknown, itself unsolved, or leaves nothing to be raised.
    """
    contracts = {}
    for kind, contract in funding.contracts.items():
        wishes = unsolved(contract)
        if not wishes:
            contracts[kind] = contract
            continue
        like = wishes[0][2].neutral_with
        if like not in others:
            raise unknown("funding file", like, others, where=f"{funding.id}: contracts.{kind}: neutral_with")
        if unsolved(others[like].contracts[kind]):
            raise InputError(f"{funding.id}: contracts.{kind}: '{like}' has neutral prices of its own")
        goal = float(np.sum(others[like].contracts[kind].due(expected[kind])))
        contracts[kind] = _solve_kind(funding.id, kind, contract, wishes, goal, expected[kind])
    return replace(funding, contracts=contracts)


def _solve_kind(
    name: str, kind: str, contract: Contract, wishes: list[tuple[int, str, Neutral]], goal: float, activity: Activity
) -> Contract:
    free = {i for i, _, _ in wishes}
    fixed = sum(float(np.sum(term.due(activity))) for i, term in enumerate(contract) if i not in free)
    left = goal - fixed
    if left <= 0:
        raise InputError(f"{name}: contracts.{kind}: terms with a price already pay £{fixed:,.0f} of £{goal:,.0f}")
    stated = sum(w.share or 0.0 for _, _, w in wishes)
    unstated = sum(w.share is None for _, _, w in wishes)
    terms: list[Any] = list(contract.terms)
    for i, key, wish in wishes:
        # stated shares are of the whole spend; the others divide what remains
        part = wish.share * goal if wish.share is not None else (left - stated * goal) / unstated
        terms[i] = replace(terms[i], **{key: _price(terms[i], key, part, activity, f"{name}: contracts.{kind}")})
    return Contract(tuple(terms))


def _price(term: Any, key: str, pounds: float, activity: Activity, where: str) -> float:
    def short(price: float) -> float:
        return float(np.sum(replace(term, **{key: price}).due(activity))) - pounds

    high = 1.0
    while short(high) < 0.0:
        high *= 4.0
        if high > 1e12:
            raise InputError(f"{where}.{term.name}.{key}: no price raises £{pounds:,.0f}; is its activity ever done?")
    return cast(float, brentq(short, 0.0, high, xtol=1e-12, rtol=np.float64(1e-14)))
