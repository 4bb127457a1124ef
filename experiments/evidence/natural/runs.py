"""Runs of natural experiments, kept by content like those of a sweep: what is made once is not made again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ....agents.patients.calendar import WEEKS
from ....model.initial import calibrate
from ....model.parameters import Parameters
from ....model.scenario import Scenario
from ....model.system import HealthEconomy
from ...runs import runs as sweeping
from ...runs import shards, status
from ...runs.drive import Driver, Tally, stand
from ...runs.runs import Batch, Report, Run, key_of
from ...runs.work import How, executor_of
from . import figure
from .arms import Arms

FORM = "natural-1"  #: raised when rows of earlier versions no longer say the same


@dataclass(frozen=True)
class Wanted:
    """One arm of an experiment under one seed and set of parameters."""

    arms: Arms
    arm: str
    seed: int
    changes: Mapping[str, float]

    @property
    def key(self) -> str:
        """The key that its row is kept under."""
        changes = {path: {"set": value} for path, value in self.changes.items()}
        known, hashed = self.arms.control.parameters, hash_of(self.arms, self.arm)
        return key_of(known, hashed, changes, self.seed, self.arms.row.length, FORM)


_hashes: dict[tuple[int, str], tuple[Arms, str]] = {}


def hash_of(arms: Arms, arm: str) -> str:
    """A scenario's hash, worked out once."""
    if (id(arms), arm) not in _hashes:
        _hashes[id(arms), arm] = arms, arms.cases[arm].hash
    return _hashes[id(arms), arm][1]


@dataclass(frozen=True)
class Cases:
    """What the driver of sweeps asks of a plan."""

    cases: Mapping[int, Scenario]


def row_of(run: Run, case: Scenario) -> dict[str, Any]:
    """Make a run; its figures by year. An error is a row too, with its message."""
    row: dict[str, Any] = {"key": run.key, "place": run.place, "funding": run.funding, "seed": run.seed,
                           "weeks": run.weeks, "error": None, "digest": None, "seconds": None}  # fmt: skip
    began = perf_counter()
    try:
        changed = replace(case, parameters=case.place.baseline.parameters.changed(run.changes))
        start = calibrate.steady_state(case.place)
        model = HealthEconomy(changed, start, run.seed, threads=1).run(run.weeks / WEEKS)
        row |= {"seconds": perf_counter() - began, "digest": model.digest} | figure.flat(model)
    except Exception as error:
        row |= {"seconds": perf_counter() - began, "error": f"{type(error).__name__}: {error}"[:500]}
    return row


def run_batch(batch: Batch) -> Report:
    """Make the runs of a batch and keep them in one shard."""
    return sweeping.run_batch(batch, row_of)


def make(wanted: Iterable[Wanted], folder: Path, how: How | None = None, say: bool = True) -> Tally:
    """Make the runs that the folder does not hold.

    Raises:
        Stopped: when something outside stands in the way; everything that was finished is kept.
    """
    cases, numbers, runs = {}, {}, []
    for w in {w.key: w for w in wanted}.values():
        case = w.arms.cases[w.arm]
        number = numbers.setdefault((id(w.arms), w.arm), len(numbers))
        cases[number] = replace(case, parameters=Parameters({}))
        changes = {path: {"set": value} for path, value in w.changes.items()}
        name = f"{w.arms.row.id}/{w.arm}"
        runs.append(Run(w.key, case.place.id, case.place.digest, name, w.seed, w.arms.row.length * WEEKS, number,
                        changes, {}))  # fmt: skip
    how = how or How()
    with shards.at_work(folder):
        shards.sweep_up(folder)
        tally, todo = stand(runs, folder, how.retry_errors)
        if not todo:
            return tally
        for case in {run.place: cases[run.case] for run in todo}.values():
            calibrate.steady_state(case.place)
        with status.Progress("Runs", tally.planned, tally.kept) as bar, _executor(how, len(todo)) as executor:
            return Driver(Cases(cases), folder, executor).run(todo, tally, bar if say else lambda _: None)  # type: ignore[arg-type]


_executor = partial(executor_of, function=run_batch)


_shards: dict[Path, list[dict[str, Any]]] = {}  # rows by file: a shard's name is made of its keys


def read(folder: Path) -> dict[str, dict[str, Any]]:
    """Rows by key, those that failed left out; each shard is read once by a process, and a damaged one is set aside."""
    rows: dict[str, dict[str, Any]] = {}
    for path in sorted((folder / shards.SHARDS).glob("*.parquet")):
        if path not in _shards:
            try:
                _shards[path] = pq.ParquetFile(path).read().to_pylist()
            except (pa.ArrowException, OSError, ValueError):
                shards.done(folder)
                continue
        rows |= {row["key"]: row for row in _shards[path] if row["error"] is None}
    return rows


def errors(folder: Path, keys: Sequence[str]) -> list[str]:
    """Messages of runs that failed."""
    made, _ = shards.done(folder)
    return sorted({str(made[key]) for key in keys if made.get(key)})
