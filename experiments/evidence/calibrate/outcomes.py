"""Every scored outcome at a point of the space: those of plans exactly, those of runs from a few paired seeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

import numpy as np

from ...runs import runs as sweeping
from ...runs import shards, status
from ...runs.drive import Driver, stand
from ...runs.executors import Stopped
from ...runs.runs import Batch, Report, Run, key_of
from ...runs.work import How, executor_of
from ..natural import figure, runs
from ..natural.arms import Arms
from ..natural.plan import Asked
from ..natural.row import Outcome, Row

Point = Mapping[str, float]
SEED = 1  #: of providers' altruism in plan comparisons
READ = {"of", "per", "unit", "years", "less", "arm"}  #: what of an outcome its value depends on


@dataclass(frozen=True)
class Target:
    """A scored outcome of an experiment, by name ``ROW.NUMBER``."""

    name: str
    row: Row
    outcome: Outcome


def targets(arms: Sequence[Arms]) -> list[Target]:
    """Everything that is scored, in the order of the rows."""
    return [Target(f"{a.row.id}.{k + 1}", a.row, o) for a in arms for k, o in enumerate(a.row.scored)]


PIECE = 48  #: points between two looks at the clock; workers are begun anew in each


def pieces(points: Sequence[Point], until: float) -> Iterator[Sequence[Point]]:
    """Points a few at a time, while there is time.

    Raises:
        Stopped: when the time is up; what was finished is kept.
    """
    for k in range(0, len(points), PIECE):
        if monotonic() > until:
            raise Stopped("the time of this piece is up; the same command goes on from here")
        yield points[k : k + PIECE]


# plans ----------------------------------------------------------------------------------------------------------

_asked: dict[str, Asked] = {}


def _row(run: Run, arms: Any) -> dict[str, Any]:
    """All plan comparisons at one point; a process builds its providers once."""
    row: dict[str, Any] = {"key": run.key, "place": run.place, "funding": run.funding, "seed": run.seed,
                           "weeks": 0, "error": None, "digest": None, "seconds": None}  # fmt: skip
    began = perf_counter()
    try:
        parameters = arms[0].control.parameters.changed(run.changes)
        for a in arms:
            if a.row.id not in _asked:
                _asked[a.row.id] = Asked(a, SEED)
            found = _asked[a.row.id].effects(parameters)
            row |= {f"{a.row.id}.{k + 1}": float(x) for k, x in enumerate(found)}
    except Exception as error:
        row["error"] = f"{type(error).__name__}: {error}"[:500]
    return row | {"seconds": perf_counter() - began}


def run_batch(batch: Batch) -> Report:
    """Plan comparisons of a batch of points, kept in one shard."""
    return sweeping.run_batch(batch, _row)


def by_plans(
    arms: Sequence[Arms], points: Sequence[Point], folder: Path, how: How, until: float = inf
) -> list[dict[str, float]]:
    """Outcomes of experiments that are solved from plans, by point; empty for a point that failed.

    Raises:
        Stopped: when the time is up.
    """
    return [found for some in pieces(points, until) for found in _plans(arms, some, folder / "plans", how)]


def _plans(arms: Sequence[Arms], points: Sequence[Point], folder: Path, how: How) -> list[dict[str, float]]:
    asked = tuple(a for a in arms if a.row.solve == "plans")
    mark = [runs.hash_of(a, arm) for a in asked for arm in a.cases]
    mark += [o.model_dump_json(include=READ) for a in asked for o in a.row.scored]
    todo, known = [], asked[0].control.parameters
    for point in points:
        changes = {path: {"set": x} for path, x in point.items()}
        todo.append(Run(key_of(known, "plans", changes, mark), "", "", "plans", SEED, 0, 0, changes, {}))
    with shards.at_work(folder):
        shards.sweep_up(folder)
        tally, left = stand(todo, folder)
        if left:
            plan = runs.Cases({0: asked})  # type: ignore[dict-item]
            with status.Progress("Plans", len(todo), tally.kept) as bar, executor_of(how, len(left), run_batch) as ex:
                Driver(plan, folder, ex).run(left, tally, bar)  # type: ignore[arg-type]
    kept = runs.read(folder)
    names = [t.name for t in targets(asked)]
    return [{name: kept[run.key][name] for name in names} if run.key in kept else {} for run in todo]


# runs -----------------------------------------------------------------------------------------------------------


def by_runs(
    arms: Sequence[Arms], points: Sequence[Point], seeds: int, folder: Path, how: How, until: float = inf
) -> list[dict[str, float]]:
    """Mean over paired seeds of outcomes that need runs, by point.

    Raises:
        Stopped: when the time is up, or runs fail.
    """
    return [found for some in pieces(points, until) for found in _runs(arms, some, seeds, folder / "runs-of-rows", how)]


def _runs(arms: Sequence[Arms], points: Sequence[Point], seeds: int, folder: Path, how: How) -> list[dict[str, float]]:
    asked = [a for a in arms if a.row.solve == "runs"]
    wanted = {
        (k, a.row.id, arm, seed): runs.Wanted(a, arm, seed, point)
        for k, point in enumerate(points) for seed in range(1, seeds + 1) for a in asked for arm in a.cases
    }  # fmt: skip
    runs.make(wanted.values(), folder, how)
    kept = runs.read(folder)
    if bad := runs.errors(folder, [w.key for w in wanted.values()]):
        raise Stopped(f"a run failed: {bad[0]}")
    out = []
    for k in range(len(points)):
        found: dict[str, float] = {}
        for a in asked:
            pairs = [{arm: kept[wanted[k, a.row.id, arm, s].key] for arm in a.cases} for s in range(1, seeds + 1)]
            for j, outcome in enumerate(a.row.scored):
                found[f"{a.row.id}.{j + 1}"] = float(np.mean([figure.effect(a.row, outcome, p) for p in pairs]))
        out.append(found)
    return out
