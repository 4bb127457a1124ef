"""A year's spending on each person, and how far it lies from what a budget of each kind would hold for them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ....agents.patients.calendar import WEEKS
from ....agents.patients.people import GONE, People
from ....model.parameters import AXES
from ....model.scenario import Scenario
from ....model.system import HealthEconomy
from ...runs.spec import RunSpec

#: how a budget is divided among people: what it knows of them
ADJUSTED = {"head": "per head", "age": "by age and sex", "illness": "by age, sex and illness"}
#: shares of people, the costliest, for whom a pool pays what they cost beyond all others; 0: no pool
COSTLIEST = (0.0, 0.01)


def plan(case: Scenario, funding: str, years: int, seeds: Sequence[int]) -> list[RunSpec]:
    """The runs, one a seed: ``years`` before the year whose spending is counted."""
    return [RunSpec(case, funding, seed, years * WEEKS, reader=read) for seed in seeds]


class Everyone(NamedTuple):
    """Those who were registered at the start of the year, one entry a person."""

    practice: np.ndarray  # row of the practice
    cell: np.ndarray  # age band x sex
    fine: np.ndarray  # cell x conditions x frailty
    cost: np.ndarray  # £ of care until the year ended, or they died or left


def year_of_spending(model: HealthEconomy) -> Everyone:
    """Run one year more and count what is spent on each person who is registered at its start.

    The model counts spending by person from the first week of a year and forgets it at the year's end, so that the last
    week is left out and made up for in proportion. Whoever dies or leaves has cost what was spent until then.
    """
    began, patients = model.week / WEEKS, model.patients
    rows = np.flatnonzero(patients.people.where != GONE)
    key, traits, state = (column[rows].copy() for column in (patients.people.key, patients.people.traits,
                                                             patients.people.state))  # fmt: skip
    practice = np.searchsorted(patients.start, rows, side="right") - 1
    cost, there, start = np.zeros(rows.size), np.ones(rows.size, dtype=bool), patients.start.copy()
    for week in range(1, WEEKS):
        cost[there] = patients.people.spend[rows[there]]
        model.run(began + week / WEEKS)
        if not np.array_equal(patients.start, start):  # a practice needed more rows, and everyone moved
            rows, start = _found(patients.people, key), patients.start.copy()
        there &= (patients.people.key[rows] == key) & (patients.people.where[rows] != GONE)
    cost[there] = patients.people.spend[rows[there]]
    sex, band = traits & 1, (traits >> 4) & 7
    cell = band.astype(np.int64) * 2 + sex
    fine = (cell * len(AXES["conditions"]) + state["conditions"]) * len(AXES["frailty"]) + state["frailty"]
    return Everyone(practice, cell, fine, cost * WEEKS / (WEEKS - 1))


def _found(people: People, key: np.ndarray) -> np.ndarray:
    """Rows of the people with these keys; some row of another person where nobody has a key any more."""
    rows = np.flatnonzero(people.where != GONE)
    order = rows[np.argsort(people.key[rows])]
    return order[np.minimum(np.searchsorted(people.key[order], key), order.size - 1)]


def read(model: HealthEconomy) -> dict[str, Any]:
    """The row of a run: for each way to divide a budget and each pool, the result per head by practice and its spread.

    ``result``: budget less spending, £ a head and practice; budgets add up to what is spent in all. ``variance``: of a
    person's result about the mean of their practice.
    """
    everyone = year_of_spending(model)
    people = np.bincount(everyone.practice, minlength=len(model.practices))
    return {
        "people": json.dumps((people / model.sample).tolist()),
        "mean": float(everyone.cost.mean()),
        "results": json.dumps({f"{how}/{part:g}": results(everyone, how, part, people)
                               for how in ADJUSTED for part in COSTLIEST}),
    }  # fmt: skip


def results(everyone: Everyone, how: str, part: float, people: np.ndarray) -> dict[str, Any]:
    """Result per head of each practice, (P,), and the variance of a person's, when a pool bears the costliest ``part``.

    The pool pays what they cost beyond the least costly of them (``above``), and costs everyone the same, so that only
    what it takes off the spread counts.
    """
    above = float(np.quantile(everyone.cost, 1.0 - part)) if part else 0.0
    cost = np.minimum(everyone.cost, above) if part else everyone.cost
    group = {"head": np.zeros_like(everyone.cell), "age": everyone.cell, "illness": everyone.fine}[how]
    budget = np.bincount(group, cost) / np.maximum(np.bincount(group), 1)
    result = budget[group] - cost
    mean = np.bincount(everyone.practice, result, minlength=people.size) / np.maximum(people, 1)
    apart = result - mean[everyone.practice]
    return {
        "result": mean.tolist(),
        "variance": float(apart @ apart / max(apart.size - people.size, 1)),
        "pooled": float((everyone.cost - cost).mean()),
        "above": above,
    }
