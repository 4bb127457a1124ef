"""The runs that take a difference apart: both ways of paying with some parts at work, seed by seed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...agents.cohorts import COHORTS
from ...model.scenario import Scenario
from ..results import parts
from ..results.measures import MEASURES
from .engine import HERE, Options, make_all
from .spec import RunSpec

Planned = dict[tuple[int, parts.Coalition, int], RunSpec]  #: by way of paying (0 or 1), parts at work and seed


def plan(
    cases: Sequence[Scenario], weeks: int, seeds: Iterable[int], exact: bool = False, names: Sequence[str] | None = None
) -> Planned:
    """Both ways of paying with coalitions of parts and every seed; ``exact``: all coalitions there are.

    ``names``: parts that are taken apart, all when left out; the others are off in every run.
    """
    out: Planned = {}
    for number, seed in enumerate(seeds):
        for at_work in parts.coalitions(list(names or parts.parts()), number, exact):
            for k, case in enumerate(cases):
                run = RunSpec(case, case.funding.id if case.funding else "", seed, weeks)
                out[k, at_work, seed] = _with(run, at_work)
    return out


def _with(run: RunSpec, at_work: parts.Coalition) -> RunSpec:
    """A run in which only some parts are at work."""
    return without(run, [name for name in parts.parts() if name not in at_work])


def without(run: RunSpec, names: Collection[str], links: Collection[str] = ()) -> RunSpec:
    """A run with these parts switched off: their behaviour is frozen, their links are held, and ``links`` besides."""
    off = [part for name, part in parts.parts().items() if name in names]
    frozen = tuple(kind for kind in COHORTS if kind in [part.kind for part in off])
    held = {*links, *(name for part in off for name in part.links)}
    return replace(run, frozen=frozen or False, hold=tuple(sorted(held)))


def table(planned: Planned, rows: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """The parts of the difference from the rows of finished runs, by key."""
    games: dict[int, list[parts.Coalition]] = {}  # coalitions by seed
    for _, at_work, seed in planned:
        games.setdefault(seed, []).append(at_work)

    def value(k: int, at_work: parts.Coalition, seed: int, key: str) -> float:
        return float(rows[planned[k, at_work, seed].key][key])

    everything = max((at_work for _, at_work, _ in planned), key=len)
    worth, levels = {}, {}
    for key in [measure.key for measure in MEASURES]:
        worth[key] = [
            {at_work: value(1, at_work, seed, key) - value(0, at_work, seed, key) for at_work in run}
            for seed, run in games.items()
        ]
        levels[key] = float(np.mean([value(0, everything, seed, key) for seed in games]))
    return parts.table(worth, levels, [name for name in parts.parts() if name in everything])


def why(
    cases: Sequence[Scenario], folder: Path, years: float = 5.0, seeds: int = 5, exact: bool = False,
    options: Options = HERE,
) -> pd.DataFrame:  # fmt: skip
    """The parts of the difference between two ways of paying, one row a measure and part, from paired runs."""
    from ...agents.patients.calendar import weeks_of

    planned = plan(cases, weeks_of(years), range(1, seeds + 1), exact)
    return table(planned, make_all(list(planned.values()), folder, options))
