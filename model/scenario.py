"""A funding file, and a scenario: a place under a funding file. Both are data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from ..agents.cohorts import COHORTS
from .contracts.change import Change
from .contracts.contract import Contract
from .contracts.fields import Number, term_fields
from .contracts.pools.pool import Pool
from .errors import InputError, unknown
from .numbers import bounded
from .parameters import Parameters
from .place.place import Place

KINDS = tuple(COHORTS)  #: kinds of provider, in the order that they are told what happened


@dataclass(frozen=True)
class Funding:
    """A way of paying: a contract for each kind of provider, dated changes, and pooled budgets."""

    id: str
    title: str
    question: str
    source: str
    contracts: dict[str, Contract]
    text: str = ""  # the file as written
    changes: tuple[Change, ...] = ()
    pools: tuple[Pool, ...] = ()
    baseline: str = ""  # id of the baseline whose usual contract is in it

    @cached_property
    def terms(self) -> str:
        """Every term as JSON."""
        terms = [asdict(term) | {"term": term.term} for contract in self.contracts.values() for term in contract]
        return json.dumps(terms, sort_keys=True, default=str)

    def changed(self, changes: Mapping[str, Any]) -> Funding:
        """A copy with fields of terms changed by path ``contracts.KIND.NAME.FIELD`` (or ``….prices.ACTIVITY``).

        Raises:
            InputError: for an unknown path or a value of the wrong type.
        """
        contracts = dict(self.contracts)
        for path, value in changes.items():
            contracts = _set(contracts, path, value)
        return replace(self, contracts=contracts, text=self.text + json.dumps(dict(changes), sort_keys=True))


def _set(contracts: dict[str, Contract], path: str, value: Any) -> dict[str, Contract]:
    parts = path.split(".")[1:]
    if len(parts) < 3:
        raise InputError(
            f"--set {path}: expected contracts.KIND.TERM.FIELD, such as contracts.practice.global_sum.rate"
        )
    kind, name, key, *rest = parts
    if kind not in contracts:
        raise unknown("kind of provider", kind, contracts, where=f"--set {path}")
    names = [term.name for term in contracts[kind]]
    if name not in names:
        raise unknown("term", name, names, where=f"--set {path}")
    term = contracts[kind].terms[names.index(name)]
    fields = {k: getattr(term, k) for k in term.__dataclass_fields__ if k != "term"}
    if key not in fields:
        raise unknown("field", key, fields, where=f"--set {path}")
    old = fields[key]
    if rest:
        if not isinstance(old, dict) or rest[0] not in old:
            raise unknown("price", rest[0], old if isinstance(old, dict) else [], where=f"--set {path}")
        value, old = {**old, rest[0]: _number(path, value)}, value
    elif isinstance(old, bool | str):
        if type(value) is not type(old):
            raise InputError(f"--set {path}: expected {type(old).__name__}, got {value!r}")
    else:
        value = _number(path, value)
        rule = term_fields(type(term))[key].rule
        if isinstance(rule, Number) and rule.most is not None and value > rule.most:
            raise InputError(f"--set {path}: expected a share of at most {rule.most:g}, got {value:g}")
    changed = replace(term, **{key: value})
    terms = tuple(changed if i == names.index(name) else t for i, t in enumerate(contracts[kind]))
    return {**contracts, kind: Contract(terms)}


def _number(path: str, value: Any) -> float:
    number = bounded(value, f"--set {path}")
    if number < 0:
        raise InputError(f"--set {path}: expected a number of at least 0, got {value}")
    return number


@dataclass(frozen=True)
class Scenario:
    """What is run.

    Attributes:
        place: with its baseline year.
        funding: how providers are paid; nothing when no money moves.
        usual: the funding file under which habits were formed; nothing when no money moves.
        parameters: all of them, with any changes.
        others: funding files that prices and budgets refer to, by name.
    """

    place: Place
    funding: Funding | None
    usual: Funding | None
    parameters: Parameters
    others: dict[str, Funding] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """SHA-256 of everything that can change a result, except the seed and the model's version."""
        parts = [json.dumps(self.place.digest), self.parameters.text, _terms(self.funding), _terms(self.usual)]
        if self.funding and (self.funding.changes or self.funding.pools):
            changes = [change.plain() for change in self.funding.changes]
            dated = [str(self.place.file.starts), changes, [asdict(pool) for pool in self.funding.pools]]
            parts += [json.dumps(part, sort_keys=True, default=str) for part in dated]
        usual = self.usual.id if self.usual else None
        parts += [f"[{json.dumps(name)}, {_terms(self.others[name])}]" for name in sorted(self.others) if name != usual]
        return sha256(f"[{', '.join(parts)}]".encode()).hexdigest()


def _terms(funding: Funding | None) -> str:
    return funding.terms if funding else "[]"
