"""Figures of a finished run by year, half-year, arm and kind of provider: the row of a natural experiment's run.

Sums over organisations are kept, so that every figure can be read from one row.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ....agents.cohorts import COHORTS
from ....agents.patients.calendar import WEEKS
from ....agents.patients.events import EVENTS
from ....model.system import HealthEconomy
from ...results import measures, room
from ...results.year import Year
from .names import PAYEES, PAYERS, PEOPLE, TALLIED

ALL = "*"
PERIODS = (("", 0, WEEKS), (".1", 0, WEEKS // 2), (".2", WEEKS // 2, WEEKS))  #: a year and its halves
WHOLE = 65535.0  #: control of 1 in the census


def row(model: HealthEconomy) -> dict[str, Any]:
    """A finished run's figures as one text: thousands of columns would be slow to keep."""
    return {"figures": json.dumps(figures(model))}


def unpacked(kept: Mapping[str, Any]) -> Mapping[str, Any]:
    """Figures of a row, read back."""
    return _read(kept["figures"]) if "figures" in kept else kept


@lru_cache(maxsize=1024)
def _read(text: str) -> dict[str, Any]:
    return json.loads(text)


def figures(model: HealthEconomy) -> dict[str, Any]:
    """A finished run's figures.

    ``YEAR/ARM/KIND.COLUMN`` sums, ``YEAR/ARM/KIND#`` organisations, ``YEAR/ARM/people.COLUMN`` lists by age band,
    ``YEAR/paid.PAYER.PAYEE`` £m, ``YEAR/MEASURE``; ``YEAR.1`` and ``YEAR.2`` are half-years. ``end/KIND.LEVER``: the
    share of providers whose plan is at the end of the lever's room.
    """
    out: dict[str, Any] = {}
    arms = {kind: ["", *_arms(model, kind)] for kind in COHORTS}
    for number in range(len(model.record.years)):
        year, head = Year(model, number, number + 1), number + 1
        for kind in COHORTS:
            for arm in arms[kind]:
                out |= _organisations(year, f"{head}/{arm or ALL}/{kind}", kind, arm)
        out |= _people(model, number)
        out |= {f"{head}/{key}": x for key, x in measures.values(year).items()}
    for kind in TALLIED:
        for arm in arms[kind]:
            out |= _events(model, kind, arm)
    return out | _levers(model, arms) | _payments(model) | _ends(model)


def _organisations(year: Year, place: str, kind: str, arm: str) -> dict[str, float]:
    """Sums of a year over the organisations of an arm."""
    cohort = COHORTS[kind]
    names = [*cohort.COUNTED, *(state.name for state in cohort.STATES), *(f"lever_{name}" for name in cohort.LEVERS)]
    found = {f"{place}.{name}": year.total(kind, name, arm) for name in names}
    return found | {f"{place}#": float(year.members(kind, arm).sum())}


def _people(model: HealthEconomy, number: int) -> dict[str, list[float]]:
    """People of a year by age band: events, and stocks at its end; also those of the practices of each arm."""
    facts = model.record.years[number]
    tables = {ALL: (facts["groups"], facts["stock"]), **facts["arms"]}
    out: dict[str, list[float]] = {}
    for arm, (groups, stock) in tables.items():
        place = f"{number + 1}/{arm}/{PEOPLE}"
        counts = groups.reshape(7, 5, -1).sum(axis=1) / model.sample
        out |= {f"{place}.{name}": counts[:, k].tolist() for k, name in enumerate(EVENTS)}
        held = stock.reshape(7, 5, -1).sum(axis=1) / model.sample
        for name, column, unit in (("number", 0, 1.0), ("with_conditions", 1, 1.0), ("controlled", 2, WHOLE)):
            out[f"{place}.{name}"] = (held[:, column] / unit).tolist()
    out[f"{number + 1}/{ALL}/{PEOPLE}.qalys"] = np.asarray(facts["qaly_years"]).reshape(7, 5).sum(axis=1).tolist()
    return out


def _events(model: HealthEconomy, kind: str, arm: str) -> dict[str, float]:
    """Events of providers of an arm in each half-year, and in each year those that are no activity of the kind."""
    rows = np.ones(len(_cohort(model, kind)), dtype=bool) if not arm else _labels(model, kind) == arm
    weekly = model.record.practice if kind == "practice" else model.record.hospital
    counts = np.array([week[rows].sum(axis=0) for week in weekly], dtype=float) / model.sample
    out: dict[str, float] = {}
    for number in range(len(model.record.years)):
        for half, first, last in PERIODS:
            done = counts[number * WEEKS + first : number * WEEKS + last].sum(axis=0)
            place = f"{number + 1}{half}/{arm or ALL}/{kind}"
            kept = [name for name in EVENTS if half or name not in COHORTS[kind].COUNTED]
            out |= {f"{place}.{name}": float(done[EVENTS.index(name)]) for name in kept}
    return out


def _levers(model: HealthEconomy, arms: Mapping[str, list[str]]) -> dict[str, float]:
    """Sums of levers at the ends of half-years."""
    out: dict[str, float] = {}
    for cohort in model.cohorts:
        quarters = model.record.quarterly[f"{cohort.kind}_levers"]
        for half, levers in enumerate(quarters[1::2]):
            for arm in arms[cohort.kind]:
                rows = slice(None) if not arm else _labels(model, cohort.kind) == arm
                place = f"{half // 2 + 1}.{half % 2 + 1}/{arm or ALL}/{cohort.kind}.lever_"
                out |= {f"{place}{name}": float(levers[rows, k].sum()) for k, name in enumerate(cohort.LEVERS)}
    return out


def _payments(model: HealthEconomy) -> dict[str, float]:
    """£m from payer to payee, by group of accounts, in each year and half-year."""
    if model.funding is None:
        return {}
    week, payer, payee, _, pence = model.ledger.arrays()
    paid_by, paid_to = _groups(model, PAYERS)[payer], _groups(model, PAYEES)[payee]
    out: dict[str, float] = {}
    for number in range(len(model.record.years)):
        for half, first, last in PERIODS:
            kept = (number * WEEKS + first < week) & (week <= number * WEEKS + last) & (paid_by >= 0) & (paid_to >= 0)
            cell = paid_by[kept] * len(PAYEES) + paid_to[kept]
            total = np.bincount(cell, weights=pence[kept], minlength=len(PAYERS) * len(PAYEES)) / 1e8
            for at in np.flatnonzero(total):
                names = PAYERS[at // len(PAYEES)], PAYEES[at % len(PAYEES)]
                out[f"{number + 1}{half}/paid.{names[0]}.{names[1]}"] = float(total[at])
    return out


def _groups(model: HealthEconomy, names: tuple[str, ...]) -> np.ndarray:
    """For each account, which of these groups it belongs to; −1 for none."""
    members = {cohort.kind: set(cohort.names) for cohort in model.cohorts}
    members |= {
        "commissioner": set(model.commissioners.names), "council": set(model.payments.councils),
        "pools": {pool.name for pool in (model.funding.pools if model.funding else ())},
    }  # fmt: skip
    group = {account: k for k, name in enumerate(names) for account in members.get(name, {name})}
    return np.array([group.get(account, -1) for account in model.ledger.accounts])


def _ends(model: HealthEconomy) -> dict[str, float]:
    """Share of providers whose last plan has a lever at the end of its room; those at 0 are left out."""
    out = {}
    for cohort in model.cohorts:
        stuck = room.at_end(model.parameters, cohort, cohort.target).mean(axis=0)
        out |= {f"end/{cohort.kind}.{name}": float(x) for name, x in zip(cohort.LEVERS, stuck, strict=True) if x}
    return out


def _cohort(model: HealthEconomy, kind: str) -> Any:
    return next(cohort for cohort in model.cohorts if cohort.kind == kind)


def _labels(model: HealthEconomy, kind: str) -> np.ndarray:
    """Arm of each provider, (N,)."""
    if model.timetable is None:
        return np.full(len(_cohort(model, kind)), "")
    return model.timetable.provisions.arms(kind)


def _arms(model: HealthEconomy, kind: str) -> list[str]:
    """Names of the arms that providers of a kind belong to."""
    return [arm for arm in dict.fromkeys(_labels(model, kind).tolist()) if arm]
