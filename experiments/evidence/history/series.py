"""Published series and what the model makes of them: read off runs, compared as indices, told as a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ....agents.patients.calendar import WEEKS
from ....model.reading import toml
from ....model.system import HealthEconomy
from ...results import measures
from ...results.year import Year
from ...runs.engine import Options, make_all
from ...runs.spec import RunSpec, spec_of

WHY = Path(__file__).with_name("misses.md").read_text(encoding="utf-8")  #: what the model lacks where it misses
FILE = Path(__file__).with_name("england.toml")
#: measures per 1,000 people that England publishes as totals
TOTALS = ("emergencies", "electives", "waiting", "delays")


@dataclass(frozen=True)
class Series:
    """A published series: values by the year in which a financial year begins."""

    key: str
    label: str
    values: dict[int, float]
    unit: str
    grade: str
    source: str


@dataclass(frozen=True)
class History:
    """Series for a country, and the paths along which the model runs."""

    paths: str
    first: int
    years: int
    series: tuple[Series, ...]


def history(file: Path = FILE) -> History:
    """The published series as written."""
    raw = toml(file)
    series = [
        Series(**{**row, "values": {int(y): float(v) for y, v in row["values"].items()}}) for row in raw["series"]
    ]
    return History(raw["paths"], raw["first"], raw["years"], tuple(series))


def read(model: HealthEconomy) -> dict[str, Any]:
    """The row of a finished run: each series by year, as text."""
    return {"series": json.dumps([_of(Year(model, y, y + 1)) for y in range(len(model.record.years))])}


def _of(year: Year) -> dict[str, float]:
    """Every series in one year of a run."""
    found, people = measures.values(year), year.number() / 1000.0
    spent = year.paid(("commissioner", "nhs_england"))
    held = np.asarray(year.model.record.series["care_held"])
    ends = np.reshape(held, (len(held), -1, held.shape[-1])).sum(axis=1)
    weeks = slice(year.first * WEEKS, (year.first + year.years) * WEEKS)
    return {
        **{name: found[name] * people for name in TOTALS},
        "emergencies_per_head": found["emergencies"],
        "median_wait": found["median_wait"],
        "practice_share": 100.0 * year.income("practice") / spent,
        "in_care": float(ends[weeks, :2].sum(axis=1).mean()),
    }


def plan(what: History, place: str, seeds: Sequence[int], sample: float) -> list[RunSpec]:
    """The runs: the usual contract along the paths, one for each seed."""
    return [spec_of(place, "usual", s, what.years, sample, what.paths, reader=read) for s in seeds]


def simulated(
    what: History, place: str, seeds: Sequence[int], sample: float, folder: Path, options: Options
) -> dict[str, np.ndarray]:
    """Each series (seeds, years) of the model along the paths; finished runs are kept in the folder."""
    runs = plan(what, place, seeds, sample)
    rows = make_all(runs, folder, options, "History")
    by_run = [json.loads(rows[run.key]["series"]) for run in runs]
    return {one.key: np.array([[year[one.key] for year in run] for run in by_run]) for one in what.series}


def table(what: History, found: dict[str, np.ndarray]) -> pd.DataFrame:
    """Published and simulated, year by year, as indices of each series' first published year; a row for each year."""
    rows = []
    for one in what.series:
        base = min(one.values)
        level = found[one.key]
        index = 100.0 * level / level[:, [base - what.first]]
        for n in range(what.years):
            year = what.first + n
            seen = one.values.get(year)
            rows.append({
                "series": one.key, "label": one.label, "year": f"{year}/{(year + 1) % 100:02d}",
                "published": seen, "unit": one.unit, "grade": one.grade,
                "published_index": None if seen is None else 100.0 * seen / one.values[base],
                "simulated": level[:, n].mean(), "simulated_index": index[:, n].mean(),
                "low": index[:, n].min(), "high": index[:, n].max(),
            })  # fmt: skip
    return pd.DataFrame(rows)
