"""The effect of a reform on a figure of the model, read from the rows that runs leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan
from typing import Any

import numpy as np

from ....agents.patients.calendar import WEEKS
from .arms import Arms
from .dates import years_to
from .names import PEOPLE, bands, counterpart, figure_of, means_of, per_of
from .outcome import Outcome
from .study import CONTROL
from .yearly import ALL, unpacked

HALVES = 2  #: in a year


def _heads(outcome: Outcome, first: int, last: int) -> list[str]:
    """Names of years, or half-years, counted from 1 at the start of the run, in the keys of a row."""
    if not outcome.halves:
        return [str(year) for year in range(first, last + 1)]
    return [f"{(half + 1) // HALVES}.{HALVES - half % HALVES}" for half in range(first, last + 1)]


def _sum(run: Mapping[str, Any], heads: Sequence[str], arm: str, parts: Sequence[tuple[str, str]], ages: str) -> float:
    """Columns added up over years and kinds."""
    total = 0.0
    for head in heads:
        for kind, column in parts:
            if kind == PEOPLE:
                first, last = bands(ages) if ages else (0, -1)
                found = run[f"{head}/{arm or ALL}/{PEOPLE}.{column}"]
                total += float(sum(found[first : last + 1 if ages else None]))
            else:
                total += float(run[f"{head}/{arm or ALL}/{kind}.{column}"])
    return total


def read(outcome: Outcome, run: Mapping[str, Any], first: int, last: int, arm: str = "") -> float:
    """An outcome's figure over some years (or half-years) of a run, counted from 1, in a row as ``unpacked``."""
    sort, parts = figure_of(outcome.of)
    heads = _heads(outcome, first, last)
    (kind, column), *_ = parts
    if sort == "measure":
        return float(np.mean([run[f"{head}/{column}"] for head in heads]))
    if sort == "paid":
        return float(np.mean([run.get(f"{head}/paid.{kind}.{column}", 0.0) for head in heads]))
    if sort == "lever":
        parts = [(kind, f"lever_{column}")]
    top = _sum(run, heads, arm, parts, outcome.ages)
    if outcome.per:
        below = _sum(run, heads, arm, figure_of(per_of(outcome)).parts, outcome.ages)
        return top / below if below else nan
    if sort == "lever" or column in means_of(kind):
        return top / sum(float(run[f"{head.split('.')[0]}/{arm or ALL}/{kind}#"]) for head in heads)
    return top / len(heads)


def change(outcome: Outcome, control: float, treated: float) -> float:
    """Treated less control, in the outcome's unit; not a number where a share of nothing would be taken."""
    if treated == control:
        return 0.0
    if outcome.unit == "percent":
        return 100.0 * (treated / control - 1.0) if control else nan
    return (treated - control) * (100.0 if outcome.unit == "points" else 1.0)


def ratio(change: float, of: float) -> float:
    """One change for each unit of another; nought where nothing has changed."""
    if change == 0.0:
        return 0.0
    return change / of if of else nan


def effect(arms: Arms, outcome: Outcome, runs: Mapping[str, Mapping[str, Any]]) -> float:
    """The reform's effect with one seed: ``runs`` by arm, as ``yearly.row`` leaves them."""
    rows = {name: unpacked(run) for name, run in runs.items()}
    found = _span(arms, outcome, rows, *outcome.span)
    if outcome.for_each:
        return ratio(found, _span(arms, counterpart(outcome), rows, *outcome.span))
    return found - _span(arms, outcome, rows, *outcome.less) if outcome.less else found


def _span(arms: Arms, outcome: Outcome, runs: Mapping[str, Mapping[str, Any]], first: int, last: int) -> float:
    if arms.study.design == "pair":
        after = arms.study.before * (HALVES if outcome.halves else 1)
        one, other = runs[arms.case(outcome)], runs[outcome.against]
        years = after + first, after + last
        return change(outcome, *(read(outcome, run, *years, arm=outcome.arm) for run in (other, one)))
    return _own_past(arms, outcome, runs[arms.case(outcome)], outcome.arm, first, last) - _own_past(
        arms, outcome, runs[arms.case(outcome)], outcome.against, first, last
    )


def _own_past(arms: Arms, outcome: Outcome, run: Mapping[str, Any], arm: str, first: int, last: int) -> float:
    """Change of an arm from its own past to the years that count, which are the same for both arms."""
    week = arms.begins(outcome, outcome.arm if outcome.arm != CONTROL else outcome.against)
    times = HALVES if outcome.halves else 1
    before, after = week // WEEKS * times, years_to(week) * times
    past = read(outcome, run, 1, before, arm=arm)
    return change(outcome, past, read(outcome, run, after + first, after + last, arm=arm))
