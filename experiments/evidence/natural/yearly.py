"""Figures of a finished run by year, arm and kind of provider: the row kept from a natural experiment's run.

Sums over organisations are kept, so that every figure can be read from one flat row.
"""

from __future__ import annotations

from typing import Any, cast

from ....agents.cohorts import COHORTS
from ....model import record
from ....model.system import HealthEconomy
from ...results import measures

ALL = "*"


def columns(kind: str, solve: str) -> list[str]:
    """Names that ``KIND.COLUMN`` may have."""
    cohort = COHORTS[kind]
    indicators = list(cohort.INDICATORS) if solve == "plans" else []
    return [*cohort.COUNTED, *([] if solve == "plans" else (state.name for state in cohort.STATES)), *indicators]


def figures(model: HealthEconomy) -> dict[str, Any]:
    """A finished run as one row: ``YEAR/ARM/KIND.COLUMN`` sums, ``YEAR/ARM/KIND#`` organisations, ``YEAR/MEASURE``."""
    out: dict[str, float] = {}
    table = record.organisations(model)
    for key, rows in table.groupby(["year", "kind"]):
        year, kind = cast(tuple[int, str], key)
        arms = [ALL, *(a for a in rows["arm"].unique() if a)] if "arm" in rows else [ALL]
        for arm in arms:
            some = rows if arm == ALL else rows[rows["arm"] == arm]
            levers = [f"lever_{name}" for name in COHORTS[kind].LEVERS]
            sums = some[[*columns(kind, "runs"), *levers]].astype(float).sum()
            out |= {f"{year}/{arm}/{kind}.{name}": float(x) for name, x in sums.items()}
            out[f"{year}/{arm}/{kind}#"] = float(len(some))
    for year in range(len(model.record.years)):
        out |= {f"{year + 1}/{key}": x for key, x in measures.read(model, year, year + 1).items()}
    return out
