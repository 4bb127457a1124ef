"""Several ways of paying on the same people with the same seeds: paired differences with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...model.scenario import Scenario
from . import levers, measures, seen
from .intervals import paired
from .result import TABLES, Result


def table(results: Sequence[Result], fundings: Sequence[str]) -> pd.DataFrame:
    """One row a measure and funding file: level, paired difference from the first file, interval, probability.

    Levels are means over seeds of the mean over years.
    """
    by = {(r.funding, r.seed): r.measures for r in results}
    seeds = sorted({r.seed for r in results})
    rows = []
    for measure in measures.MEASURES:
        base = [by[fundings[0], seed][measure.key] for seed in seeds]
        for funding in fundings:
            values = [by[funding, seed][measure.key] for seed in seeds]
            mean, low, high, above = paired(np.subtract(values, base))
            rows.append(
                {
                    "group": measure.group, "measure": measure.key, "label": measure.label, "unit": measure.unit,
                    "funding": funding, "level": float(np.mean(values)), "difference": mean, "low": low, "high": high,
                    "probability_higher": above,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def sentences(results: Sequence[Result], fundings: Sequence[str]) -> list[str]:
    """One sentence a funding file: which lever of each kind of provider moved most, and why; from the first seed."""
    first = min(r.seed for r in results)
    rows = {r.funding: r for r in results if r.seed == first}
    base = rows[fundings[0]].moves
    return [
        levers.sentence(rows[name].title, rows[name].moves, base if name != fundings[0] else None) for name in fundings
    ]


def warnings(results: Sequence[Result], cases: Mapping[str, Scenario]) -> list[str]:
    """For each funding file whose pay at the margin lies beyond what reforms have shown, a sentence that says so."""
    first = min(r.seed for r in results)
    found = (seen.note(r.title, r.moves, cases[r.funding].parameters) for r in results if r.seed == first)
    return [text for text in found if text]


def first_year(results: Sequence[Result], fundings: Sequence[str]) -> pd.DataFrame:
    """Income of each kind of provider in year 1, £m: behaviour moves it away from neutral."""
    rows = []
    for name in fundings:
        runs = [r.by_year[0] for r in results if r.funding == name]
        row: dict[str, Any] = {"funding": name}
        for key in ("practice_income", "hospital_income", "care_income"):
            row[key] = float(np.mean([r[key] for r in runs]))
        rows.append(row)
    return pd.DataFrame(rows)


def frames(results: Sequence[Result]) -> dict[str, pd.DataFrame]:
    """The tables of all runs, with funding file and seed in front; a table that is empty in every run is left out."""
    out = {}
    for name in TABLES:
        parts = []
        for result in results:
            part = result.table(name)
            if part.empty:
                continue
            part.insert(0, "funding", result.funding)
            part.insert(1, "seed", result.seed)
            for column in part.select_dtypes("category"):
                part[column] = part[column].astype(str)
            parts.append(part)
        if parts:
            out[name] = pd.concat(parts, ignore_index=True)
    return out
