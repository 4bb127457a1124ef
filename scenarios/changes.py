"""Reads the ``[[changes]]`` and ``[[pools]]`` of funding files, and says in one sentence what is wrong with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from ..agents.cohorts import COHORTS
from ..model.clock import week_of
from ..model.contracts.change import VERBS, Change, Who, selected, stepped
from ..model.contracts.contract import Contract
from ..model.contracts.pools.pool import Pool
from ..model.errors import InputError, nearest, unknown
from ..model.parameters import Parameters
from ..model.place.place import Place
from ..model.scenario import KINDS, Funding
from .terms import PAYERS, RESERVED, read_contract, vocabulary

if TYPE_CHECKING:
    Kind = str
else:
    Kind = Literal[KINDS]


class WhoFile(BaseModel):
    """The providers that a change is for: all of a kind unless narrowed."""

    model_config = ConfigDict(extra="forbid")
    kind: Kind
    lot: str | None = Field(None, description="a lot of the place; practices only")
    ids: list[str] = Field([], description="codes of practices or ids of hospitals")
    share: float | None = Field(None, gt=0, le=1, description="a random share, drawn by hash of identity")
    draw: str | int = Field("", description="another value draws another share")
    volunteers: bool = Field(False, description="each year those for whom it is worth more take it up, or leave")


class ChangeFile(BaseModel):
    """A dated change, its terms still unread."""

    model_config = ConfigDict(extra="forbid")
    when: date = Field(description="the day it begins")
    until: date | None = Field(None, description="the day it ends; left out, it stays")
    announced: date | None = Field(
        None, description="the day from which providers plan with it; left out, when it begins"
    )
    over: int = Field(1, ge=1, le=50, description="years over which it comes in equal steps")
    who: WhoFile | None = None
    arm: str = Field("", description="a label for the providers it is for, such as treated")
    contract: list[dict[str, Any]] | None = Field(None, description="terms that replace the whole contract")
    add_terms: list[dict[str, Any]] = Field([], description="terms that are added")
    drop_terms: list[str] = Field([], description="names of terms that end")
    set: dict[str, float | bool | str | list[float] | dict[str, float | bool | str | list[float]]] = Field(
        {}, description="numbers by path: of parameters, contracts or capacity; a list has one for each year"
    )
    together: bool | Literal["lot"] = Field(
        False, description="practices share staff and results while it holds: all of them, or those of each lot"
    )


class PoolFile(BaseModel):
    """Budgets that pay together, and who bears the risk."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, pattern="^[a-z][a-z0-9_]*$", description="the payer that its terms name")
    holder: Literal["commissioner", "lead", "alliance", "federation"] = "commissioner"
    members: dict[Kind, float] = Field({}, description="alliance: share of gain and loss by kind")
    lead: str | None = Field(None, description="id of the lead hospital; the largest when left out")
    margin: float = Field(0.0, ge=0, lt=1, description="share of the budget that a lead keeps")
    gain: float = Field(1.0, ge=0, le=1, description="share of a surplus that falls to the holder")
    loss: float = Field(1.0, ge=0, le=1, description="share of a deficit that the holder makes good")
    cap: float | None = Field(None, ge=0, description="most gained or lost, as a share of the budget")
    savings: float = Field(0.0, ge=0, lt=1, description="yearly share by which the budget falls behind allocations")
    savings_years: int | None = Field(None, ge=1, description="years in which it does; all, when left out")
    reinvest: float = Field(0.0, ge=0, le=1, description="share of what a surplus leaves that is reinvested")
    budget_like: str = Field("usual", description="funding file whose spend the budget equals")
    charges: dict[str, float] = Field({}, description="£ that one more of an activity costs the pool elsewhere")


def read_pools(file: str, written: Sequence[PoolFile]) -> tuple[Pool, ...]:
    """Pools as written.

    Raises:
        InputError: for a name that is taken, or shares that do not fit the holder.
    """
    names = [pool.name for pool in written]
    activities = [a for kind in KINDS for a in vocabulary(kind)[0]]
    for number, pool in enumerate(written, start=1):
        where = f"{file}: pools[{number}] ({pool.name})"
        if pool.name in RESERVED or names.count(pool.name) > 1:
            raise InputError(f"{where}: name: '{pool.name}' is taken by another account; choose another")
        if (pool.holder == "alliance") != bool(pool.members):
            raise InputError(f"{where}: members: an alliance, and nothing else, says how it shares gain and loss")
        if pool.members and not (min(pool.members.values()) >= 0 and abs(sum(pool.members.values()) - 1) < 1e-6):
            raise InputError(f"{where}: members: expected shares that add to 1, got {sum(pool.members.values()):g}")
        if pool.holder != "lead" and (pool.margin or pool.lead):
            raise InputError(f'{where}: margin and lead belong to holder = "lead"')
        for name, price in pool.charges.items():
            if name not in activities:
                raise unknown("activity", name, activities, where=f"{where}: charges")
            if not (np.isfinite(price) and price >= 0):
                raise InputError(f"{where}: charges.{name}: expected at least £0, got {price}")
    return tuple(Pool(**pool.model_dump()) for pool in written)


def read_changes(
    file: str, written: Sequence[ChangeFile], contracts: Mapping[str, Contract], earlier: Sequence[Change],
    pools: Sequence[Pool], known: Parameters,
) -> tuple[Change, ...]:  # fmt: skip
    """Changes as written, after those of the file that this one extends; ``known``: the baseline's parameters.

    Raises:
        InputError: for anything that does not fit together; it names file, change and key.
    """
    made = list(earlier)
    payers = (*PAYERS, *(pool.name for pool in pools))
    for number, change in enumerate(written, start=1):
        made.append(_change(f"{file}: changes[{number}]", file, change, contracts, made, payers, known))
    return tuple(made)


def _change(
    where: str, file: str, raw: ChangeFile, contracts: Mapping[str, Contract], earlier: Sequence[Change],
    payers: Sequence[str], known: Parameters,
) -> Change:  # fmt: skip
    _check_who(where, raw)
    kind = raw.who.kind if raw.who else ""
    under = where.removeprefix(f"{file}: ")
    contract = None if raw.contract is None else read_contract(file, kind, raw.contract, payers, f"{under}.contract")
    added = read_contract(file, kind, raw.add_terms, payers, f"{under}.add_terms").terms if raw.add_terms else ()
    who = raw.who and Who(**{**raw.who.model_dump(), "ids": tuple(raw.who.ids), "draw": str(raw.who.draw)})
    steps = {path: dict(s) if isinstance(s, dict) else {"set": s} for path, s in raw.set.items()}
    change = Change(
        raw.when,
        where,
        raw.until,
        raw.announced,
        _years(where, raw.over, steps),
        who,
        raw.arm,
        contract,
        added,
        tuple(raw.drop_terms),
        steps,
        raw.together,
    )
    named = _named(kind, contracts, [*earlier, change])
    for name in change.drop_terms:
        if name not in named:
            raise unknown("term", name, named, where=f"{where}: drop_terms")
    kept = {t.name for t in contracts[kind]} - set(change.drop_terms) if kind and contract is None else set()
    for term in added:
        if term.name in kept:
            raise InputError(f"{where}: add_terms: the contract has a term named '{term.name}'; give it another name")
    for path, step in steps.items():
        _check_path(f"{where}: set", path, step, kind, contracts, [*earlier, change], known)
    return change


def _years(where: str, over: int, steps: Mapping[str, Mapping[str, Any]]) -> int:
    """Years over which a change comes: as many as its lists have numbers, or ``over``."""
    sizes = {len(x) for step in steps.values() for x in step.values() if isinstance(x, list)}
    if not sizes:
        return over
    if len(sizes) > 1 or 0 in sizes or over not in (1, *sizes):
        raise InputError(f"{where}: set: lists have a number for each year of one change; got {sorted(sizes)} numbers")
    return sizes.pop()


def _check_who(where: str, raw: ChangeFile) -> None:
    if raw.until is not None and raw.until <= raw.when:
        raise InputError(f"{where}: until: expected a day after when ({raw.when}), got {raw.until}")
    if raw.announced is not None and raw.announced >= raw.when:
        raise InputError(f"{where}: announced: expected a day before when ({raw.when}), got {raw.announced}")
    terms = raw.contract is not None or raw.add_terms or raw.drop_terms
    if not (terms or raw.set or raw.together or raw.arm):
        raise InputError(f"{where}: changes nothing; write contract, add_terms, drop_terms, set, together or arm")
    if raw.who is None:
        if terms or raw.arm or raw.together:
            raise InputError(f"{where}: missing key 'who'; write who = {{ kind = \"practice\" }}")
        return
    if raw.who.lot is not None and raw.who.kind != "practice":
        raise InputError(f"{where}: who.lot: only practices belong to lots")
    if raw.together and raw.who.kind != "practice":
        raise InputError(f"{where}: together: only practices work together")
    if raw.who.volunteers and not (terms or any(p.startswith("contracts.") for p in raw.set)):
        raise InputError(f"{where}: who.volunteers: there is no contract to take up")


def _named(kind: str, contracts: Mapping[str, Contract], changes: Sequence[Change]) -> dict[str, Any]:
    """Every term that providers of a kind may come to hold, by name."""
    found = {t.name: t for t in contracts.get(kind, ())}
    for change in changes:
        if change.who and change.who.kind == kind:
            found |= {t.name: t for t in (*(change.contract or ()), *change.add_terms)}
    return found


def _check_path(
    where: str, path: str, step: Mapping[str, Any], kind: str, contracts: Mapping[str, Contract],
    changes: Sequence[Change], parameters: Parameters,
) -> None:  # fmt: skip
    if not step:
        raise InputError(f"{where}: {path}: expected what becomes of it, such as {{ multiply = 1.1 }}, got nothing")
    numbers = [(verb, x) for verb, given in step.items() for x in (given if isinstance(given, list) else [given])]
    for verb, number in numbers:
        if verb not in VERBS:
            raise unknown("change", verb, VERBS, where=f"{where}: {path}")
        if isinstance(number, str | bool) and (verb != "set" or not path.startswith("contracts.")):
            raise InputError(f"{where}: {path}: expected a number to {verb}, got {number!r}")
        if isinstance(number, float) and not np.isfinite(number):
            raise InputError(f"{where}: {path}: expected a finite number to {verb}, got {number}")
    if path.startswith("contracts."):
        _check_contract_path(f"{where}: {path}", path.split("."), step, kind, contracts, changes)
    elif path.startswith("capacity."):
        _check_capacity(f"{where}: {path}", path.split("."), kind)
    elif path not in set(parameters):
        known = [*parameters, *(f"contracts.{k}.{n}" for k in KINDS for n in _named(k, contracts, changes))]
        raise InputError(f"{where}: unknown path '{path}'{nearest(path, known)}")
    elif kind:
        raise InputError(f"{where}: {path}: a parameter holds for the whole place; leave 'who' out of this change")


def _check_contract_path(
    where: str, parts: list[str], step: Mapping[str, Any], kind: str, contracts: Mapping[str, Contract],
    changes: Sequence[Change],
) -> None:  # fmt: skip
    if len(parts) < 4:
        raise InputError(f"{where}: expected contracts.KIND.TERM.FIELD, such as contracts.practice.qof.per_head")
    _, of, name, key, *rest = parts
    if of not in KINDS:
        raise unknown("kind of provider", of, KINDS, where=where)
    if kind and of != kind:
        raise InputError(f"{where}: the change is for {kind}, not {of}")
    named = _named(of, contracts, changes)
    if name not in named:
        raise unknown("term", name, named, where=where)
    fields = [f for f in named[name].__dataclass_fields__ if f != "name"]
    if key not in fields:
        raise unknown("field", key, fields, where=where)
    old = getattr(named[name], key)
    if isinstance(old, dict):
        if len(rest) != 1 or rest[0] not in vocabulary(of)[0]:
            raise unknown("activity", ".".join(rest), vocabulary(of)[0], where=where)
        return
    text = isinstance(old, str | bool)
    if rest or any(isinstance(v, str | bool) != text or (text and type(v) is not type(old)) for v in step.values()):
        raise InputError(f"{where}: expected {'a ' + type(old).__name__ if text else 'a number'}, got {dict(step)}")


def _check_capacity(where: str, parts: list[str], kind: str) -> None:
    paths = [f"capacity.{of}.{name}" for of, cohort in COHORTS.items() for name in cohort.CAPACITY]
    if ".".join(parts) not in paths:
        raise unknown("capacity", ".".join(parts), paths, where=where)
    if kind and parts[1] != kind:
        raise InputError(f"{where}: the change is for {kind}, not {parts[1]}")


def names_of(place: Place) -> dict[str, list[str]]:
    """Names of a place's providers by kind."""
    return {
        "practice": [str(code) for code in place.practices.code], "social_care": ["social_care"],
        "hospital": [site.id for site in place.file.hospitals], "community": ["community"],
    }  # fmt: skip


def check(funding: Funding, place: Place, parameters: Parameters) -> None:
    """Whether a funding file's changes fit a place: its calendar, lots, providers, and the sense of its numbers.

    Raises:
        InputError: naming the change that does not.
    """
    taken = {site.id for site in place.file.commissioners} | {f"council {site.id}" for site in place.file.councils}
    names, starts = names_of(place), place.file.starts
    for pool in funding.pools:
        if pool.lead is not None and pool.lead not in names["hospital"]:
            raise unknown("hospital", pool.lead, names["hospital"], where=f"{funding.id}: pools ({pool.name}): lead")
        if pool.name in taken.union(*names.values()):
            raise InputError(f"{funding.id}: pools: name: '{pool.name}' is an account of {place.id}; choose another")
    for change in funding.changes:
        if change.when < starts:
            raise InputError(f"{change.where}: when: {change.when} is before the run, which starts on {starts}")
        if change.announced is not None and change.announced < starts:
            raise InputError(
                f"{change.where}: announced: {change.announced} is before the run, which starts on {starts}"
            )
        if change.until is not None and week_of(change.until, starts) <= week_of(change.when, starts):
            raise InputError(f"{change.where}: until: expected at least a week after when ({change.when})")
        if change.who is not None:
            try:
                rows = selected(change.who, change.who.kind, place, names[change.who.kind])
            except InputError as error:
                raise InputError(f"{change.where}: {error}") from None
            if not rows.any():
                raise InputError(f"{change.where}: who: nobody in {place.id} is meant")
    numbers = parameters
    for change in sorted(funding.changes, key=lambda x: x.when):
        before = numbers
        for year in range(change.over):
            done = (year + 1) / change.over
            try:
                numbers = before.replaced(
                    {path: stepped(path, before[path].value, step, done) for path, step in change.numbers.items()}
                )
            except InputError as error:
                raise InputError(f"{change.where}: set: {error}") from None
