"""Every scored outcome at a point of the space: exact for plans, a few seeds for runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

import numpy as np

from ....model.place.place import Place
from ...runs import engine, shards
from ...runs.engine import Options
from ...runs.executors import Stopped
from ...runs.spec import key_of
from ..natural import figure, runs
from ..natural.arms import Arms
from ..natural.outcome import Outcome
from ..natural.plan import PlanStudy
from ..natural.study import Study

Point = Mapping[str, float]
SEED = 1  #: of providers' altruism in plan comparisons
READ = {
    "of",
    "per",
    "ages",
    "unit",
    "years",
    "halves",
    "less",
    "arm",
    "treatment",
    "against",
}  #: what of an outcome its value depends on


@dataclass(frozen=True)
class Target:
    """A scored outcome of an experiment, by name ``STUDY.NUMBER``."""

    name: str
    study: Study
    outcome: Outcome


def targets(arms: Sequence[Arms]) -> list[Target]:
    """Every scored outcome, in the order of the studies."""
    return [Target(f"{a.study.id}.{k + 1}", a.study, o) for a in arms for k, o in enumerate(a.study.scored)]


PIECE = 128  #: points between two looks at the clock; each piece starts new workers


def pieces(points: Sequence[Point], until: float) -> Iterator[Sequence[Point]]:
    """Points a few at a time, until the deadline.

    Raises:
        Stopped: when time is up; finished work is kept.
    """
    for k in range(0, len(points), PIECE):
        if monotonic() > until:
            raise Stopped("time is up; run the same command again to resume")
        yield points[k : k + PIECE]


# plans ----------------------------------------------------------------------------------------------------------

_plan_studies: dict[str, PlanStudy] = {}


@dataclass(frozen=True)
class Comparison:
    """All plan comparisons at one point, as a piece of work for the engine; a process builds its providers once."""

    key: str
    arms: tuple[Arms, ...]
    point: Point

    @property
    def needs(self) -> tuple[Place, ...]:
        """Places of the experiments."""
        return tuple(a.control.place for a in self.arms)

    def make(self) -> dict[str, Any]:
        """Effects by outcome. An error is a row too, with its message."""
        row: dict[str, Any] = self.failed("") | {"error": None}
        began = perf_counter()
        try:
            parameters = self.arms[0].control.parameters.changed({path: {"set": x} for path, x in self.point.items()})
            for a in self.arms:
                if a.study.id not in _plan_studies:
                    _plan_studies[a.study.id] = PlanStudy(a, SEED)
                found = _plan_studies[a.study.id].effects(parameters)
                row |= {f"{a.study.id}.{k + 1}": float(x) for k, x in enumerate(found)}
        except Exception as error:
            row["error"] = f"{type(error).__name__}: {error}"[:500]
        return row | {"seconds": perf_counter() - began}

    def failed(self, why: str) -> dict[str, Any]:
        """The row of a comparison that could not be made."""
        return {"key": self.key, "place": "", "funding": "plans", "seed": SEED, "weeks": 0, "error": why,
                "digest": None, "seconds": None}  # fmt: skip


def by_plans(
    arms: Sequence[Arms], points: Sequence[Point], folder: Path, options: Options, until: float = inf
) -> list[dict[str, float]]:
    """Outcomes of experiments that are solved from plans, by point; empty for a point that failed.

    Raises:
        Stopped: when the time is up.
    """
    return [found for some in pieces(points, until) for found in _plans(arms, some, folder / "plans", options)]


def _plans(arms: Sequence[Arms], points: Sequence[Point], folder: Path, options: Options) -> list[dict[str, float]]:
    asked = tuple(a for a in arms if a.study.solve == "plans")
    mark = [case.hash for a in asked for case in a.cases.values()]
    mark += [o.model_dump_json(include=READ) for a in asked for o in a.study.scored]
    todo = [Comparison(key_of("plans", dict(point), mark), asked, point) for point in points]
    engine.make(todo, folder, options, "Plans")
    kept = shards.good_rows(folder)
    names = [t.name for t in targets(asked)]
    return [{name: kept[one.key][name] for name in names} if one.key in kept else {} for one in todo]


# runs -----------------------------------------------------------------------------------------------------------


def by_runs(
    arms: Sequence[Arms], points: Sequence[Point], seeds: int, folder: Path, options: Options, until: float = inf
) -> list[dict[str, float]]:
    """Mean over seeds of outcomes that need runs, by point.

    Raises:
        Stopped: when the time is up, or runs fail.
    """
    return [
        found
        for some in pieces(points, until)
        for found in _runs(arms, some, seeds, folder / "runs-of-studies", options)
    ]


def _runs(
    arms: Sequence[Arms], points: Sequence[Point], seeds: int, folder: Path, options: Options
) -> list[dict[str, float]]:
    asked = [a for a in arms if a.study.solve == "runs"]
    specs = {
        (k, a.study.id, arm, seed): runs.spec(a, arm, seed, point)
        for k, point in enumerate(points) for seed in range(1, seeds + 1) for a in asked for arm in a.cases
    }  # fmt: skip
    engine.make(list(specs.values()), folder, options)
    kept = shards.good_rows(folder)
    if bad := shards.errors(folder, [run.key for run in specs.values()]):
        raise Stopped(f"a run failed: {bad[0]}")
    out = []
    for k in range(len(points)):
        found: dict[str, float] = {}
        for a in asked:
            pairs = [{arm: kept[specs[k, a.study.id, arm, s].key] for arm in a.cases} for s in range(1, seeds + 1)]
            for j, outcome in enumerate(a.study.scored):
                found[f"{a.study.id}.{j + 1}"] = float(np.mean([figure.effect(a, outcome, p) for p in pairs]))
        out.append(found)
    return out
