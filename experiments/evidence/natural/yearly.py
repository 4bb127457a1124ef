"""Figures of a finished run by year, arm and kind of provider: the row kept from a natural experiment's run.

Sums over organisations are kept, so that every figure can be read from one flat row.
"""

from __future__ import annotations

from typing import Any

from ....agents.cohorts import COHORTS
from ....model.system import HealthEconomy
from ...results import measures
from ...results.year import Year

ALL = "*"


def columns(kind: str, solve: str) -> list[str]:
    """Names that ``KIND.COLUMN`` may have."""
    cohort = COHORTS[kind]
    indicators = list(cohort.INDICATORS) if solve == "plans" else []
    return [*cohort.COUNTED, *([] if solve == "plans" else (state.name for state in cohort.STATES)), *indicators]


def figures(model: HealthEconomy) -> dict[str, Any]:
    """A finished run as one row: ``YEAR/ARM/KIND.COLUMN`` sums, ``YEAR/ARM/KIND#`` organisations, ``YEAR/MEASURE``."""
    out: dict[str, float] = {}
    for number in range(len(model.record.years)):
        year, head = Year(model, number, number + 1), number + 1
        for kind in COHORTS:
            names = [*columns(kind, "runs"), *(f"lever_{name}" for name in COHORTS[kind].LEVERS)]
            for arm in ["", *_arms(model, kind)]:
                place = f"{head}/{arm or ALL}/{kind}"
                out |= {f"{place}.{name}": year.total(kind, name, arm) for name in names}
                out[f"{place}#"] = float(year.members(kind, arm).sum())
        out |= {f"{head}/{key}": x for key, x in measures.values(year).items()}
    return out


def _arms(model: HealthEconomy, kind: str) -> list[str]:
    """Names of the arms that providers of a kind belong to."""
    if model.timetable is None:
        return []
    return [arm for arm in dict.fromkeys(model.timetable.provisions.arms(kind).tolist()) if arm]
