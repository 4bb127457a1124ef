"""Blends of ways of paying: a provider earns a share of what each of several contracts would pay it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

import numpy as np

from ...model.contracts.contract import Contract, Neutral
from ...model.contracts.fields import term_fields
from ...model.errors import InputError
from ...model.place.place import Place
from ...model.scenario import KINDS, Funding
from ...scenarios import scenario
from ..runs.spec import RunSpec

_solved: dict[tuple[str, str, str], tuple[Funding, dict[str, Any]]] = {}


def solved(place: Place, funding: Funding) -> tuple[Funding, dict[str, Any]]:
    """A funding file with its neutral prices solved at a place, and each kind of provider's expected year."""
    name = (place.digest, funding.id, funding.text)
    if name not in _solved:
        model = RunSpec(scenario(place, funding), funding.id).model()
        if model.funding is None:
            raise ValueError("a way of paying is needed")
        _solved[name] = model.funding, {cohort.kind: cohort.expected(futures=True) for cohort in model.cohorts}
    return _solved[name]


def blended(place: Place, base: Funding, parts: Mapping[str, Sequence[tuple[Funding, float]]]) -> Funding:
    """``base`` with the contracts of some kinds blended.

    ``parts``: by kind of provider, pairs of a funding file and its part; the rest of the contract is ``base``'s. As
    each file is solved by itself, a blend of files that spend the same in the expected year spends that too. Where
    ``base`` pools budgets, blended contracts are paid out of its (first) pool.

    Raises:
        InputError: for parts that are negative or add to more than 1, or a term that has no part.
    """
    ours, expected = solved(place, base)
    pool = base.pools[0].name if base.pools else None
    contracts = dict(ours.contracts)
    for kind, pairs in parts.items():
        rest = 1.0 - sum(part for _, part in pairs)
        if rest < -1e-9 or any(part < 0 for _, part in pairs):
            raise InputError(f"blend.{kind}: expected parts of at least 0 that add to at most 1, got {1.0 - rest:g}")
        terms: list[Any] = []
        for funding, part in [(base, max(rest, 0.0)), *pairs]:
            if part > 1e-9:
                file = solved(place, funding)[0]
                terms += [_part_of(t, part, expected[kind], funding.id, pool) for t in file.contracts[kind]]
        contracts[kind] = Contract(tuple(terms))
    return replace(ours, contracts=contracts)


def _part_of(term: Any, part: float, activity: Any, file: str, pool: str | None) -> Any:
    """A term that owes the share ``part``: its money fields (those that may be neutral) are multiplied by it.

    ``pool``: the payer, if not the term's own. Prices are rounded to ten digits, so that a blend has one key on every
    machine.
    """
    money = [field.name for field in term_fields(type(term)).values() if Neutral in get_args(field.type)]
    values = {name: float(f"{getattr(term, name) * part:.10g}") for name in money}
    made = replace(term, name=f"{file}_{term.name}", payer=pool or term.payer, **values)
    whole, some = np.asarray(term.due(activity)), np.asarray(made.due(activity))
    if not np.allclose(some, part * whole, rtol=1e-6, atol=1e-6):
        raise InputError(f"blend: the term '{term.name}' of {file} is not proportional to its money; it has no part")
    return made


def split(path: str) -> tuple[str, str]:
    """Kind of provider and funding file of a path ``blend.KIND.FUNDING``.

    Raises:
        InputError: for another form.
    """
    parts = path.split(".", 2)
    if len(parts) != 3 or parts[1] not in KINDS:
        raise InputError(f"{path}: expected blend.KIND.FUNDING, such as blend.practice.capitated")
    return parts[1], parts[2]
