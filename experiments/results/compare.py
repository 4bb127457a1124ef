"""Several ways of paying on the same people with the same luck: paired differences with intervals."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ...model.parameters import Parameters
from ...model.system import HealthEconomy
from ...scenarios import FundingFlows
from ..runs.executors import done_by
from ..runs.processes import local
from . import levers, measures
from .intervals import paired


@dataclass(frozen=True)
class Job:
    """One run of a comparison."""

    place: str
    funding: str
    seed: int
    years: float
    sample: float = 1.0
    parameters: Parameters | None = None
    frozen: bool = False
    held: Mapping[str, float] = field(default_factory=dict)  # levers by ``kind.lever``, kept where they are put


@dataclass
class Result:
    """What a run sends back: measures by key, levers, digest, and series a week for pictures."""

    job: Job
    measures: dict[str, float]
    moves: list[dict[str, Any]]
    digest: str
    scenario_hash: str
    title: str
    by_year: list[dict[str, float]] = field(default_factory=list)
    people: pd.DataFrame | None = None
    organisations: pd.DataFrame | None = None
    edges: pd.DataFrame | None = None
    ledger: pd.DataFrame | None = None


def run_one(job: Job, threads: int = 1) -> Result:
    """Run a job to its horizon."""
    model = FundingFlows(
        job.place, job.funding, rng=job.seed, sample=job.sample, parameters=job.parameters, threads=threads,
        freeze_behaviour=job.frozen,
    )  # fmt: skip
    levers.hold(model, job.held)
    return gather(job, model.run(job.years))


def gather(job: Job, model: HealthEconomy) -> Result:
    """What a finished run of a job sends back."""
    from ...model import record

    years = len(model.record.years)
    return Result(
        job,
        measures.read(model),
        levers.moves(model),
        model.digest,
        model.case.hash,
        model.case.funding.title if model.case.funding else "",
        [measures.read(model, y, y + 1) for y in range(years)],
        record.people(model),
        record.organisations(model),
        record.edges(model),
        model.ledger.flows(),
    )


def run_all(
    jobs: Sequence[Job], progress: Callable[[Result], None] | None = None, processes: int | None = None
) -> list[Result]:
    """Run jobs side by side, one thread each; results in the order of the jobs, the same as run alone."""
    results: dict[int, Result] = {}
    with local(run_one, min(processes or os.cpu_count() or 1, len(jobs))) as executor:
        for number, result in done_by(executor, jobs):
            results[number] = result
            if progress:
                progress(result)
    return [results[i] for i in range(len(jobs))]


def table(results: Sequence[Result], fundings: Sequence[str]) -> pd.DataFrame:
    """One row a measure and funding file: level, paired difference from the first file, interval, probability.

    Levels are means over seeds of the mean over years.
    """
    by = {(r.job.funding, r.job.seed): r.measures for r in results}
    seeds = sorted({r.job.seed for r in results})
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
    """One sentence a funding file: which lever of each kind of provider moved most, and why; first seed."""
    first = min(r.job.seed for r in results)
    rows = {r.job.funding: r for r in results if r.job.seed == first}
    base = rows[fundings[0]].moves
    return [
        levers.sentence(rows[name].title, rows[name].moves, base if name != fundings[0] else None) for name in fundings
    ]


def first_year(results: Sequence[Result], fundings: Sequence[str]) -> pd.DataFrame:
    """What each kind of provider is paid in year 1, £m: behaviour moves it away from neutral."""
    rows = []
    for name in fundings:
        runs = [r.by_year[0] for r in results if r.job.funding == name]
        row: dict[str, Any] = {"funding": name}
        for key in ("practice_income", "hospital_income", "care_income"):
            row[key] = float(np.mean([r[key] for r in runs]))
        rows.append(row)
    return pd.DataFrame(rows)


def frames(results: Sequence[Result]) -> dict[str, pd.DataFrame]:
    """The tables of all runs, with funding file and seed in front."""
    out = {}
    for name in ("organisations", "edges", "ledger", "people"):
        parts = []
        for result in results:
            part = getattr(result, name).copy()
            part.insert(0, "funding", result.job.funding)
            part.insert(1, "seed", result.job.seed)
            for column in part.select_dtypes("category"):
                part[column] = part[column].astype(str)
            parts.append(part)
        out[name] = pd.concat(parts, ignore_index=True)
    return out
