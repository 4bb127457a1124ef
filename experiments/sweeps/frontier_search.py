"""Blends as runs of one growing sweep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..results.measures import MEASURES
from ..results.numbers import significant
from ..runs.executors import Stopped
from . import design
from . import plan as planning
from .discover import better
from .frontier import Blend
from .results import open_sweep, within

SURE = 0.9  #: chance of being on the frontier above which a blend is said to be there


@dataclass
class Search:
    """The blends tried so far, and the sweep that keeps their runs."""

    place: str
    kinds: tuple[str, ...]
    bases: tuple[str, ...]
    goals: tuple[str, ...]
    years: float
    seeds: int
    folder: Path
    make: Callable[[planning.Plan], None]
    tried: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def units(self) -> dict[str, tuple[str, str]]:
        """Label and unit by measure."""
        return {m.key: (m.label, m.unit) for m in MEASURES}

    def evaluate(self, blends: Sequence[Blend]) -> dict[Blend, dict[str, float]]:
        """Means of the objectives over seeds; existing runs are reused.

        Raises:
            Stopped: when no run of a blend has come to its end.
        """
        self.tried = list(dict.fromkeys([*self.tried, *(b.parts for b in blends)]))
        paths = Blend(self.bases[0], (0, 0, 0)).point(self.kinds)
        file = design.of(
            "frontier", title="Blends of ways of paying", places=[self.place], fundings=list(self.bases),
            years=self.years, seeds=self.seeds, vary={path: {"low": 0.0, "high": 1.0} for path in paths},
        )  # fmt: skip
        points = [Blend("", parts).point(self.kinds) for parts in self.tried]
        self.make(planning.make("frontier", file, chosen=points))
        means: Any = self.runs().groupby("blend")[list(self.goals)].mean()
        kept = set(means.index)
        lost = next((blend for blend in blends if blend not in kept), None)
        if lost is not None:
            raise Stopped(f"{self.folder}: every run of the blend {lost} failed; 'error' in its runs says why")
        return {blend: {goal: float(means.loc[blend, goal]) for goal in self.goals} for blend in blends}

    def runs(self) -> pd.DataFrame:
        """One row for each blend and seed: blend, seed, objectives."""
        good = open_sweep(self.folder).good
        stems = {Path(base).stem: base for base in self.bases}
        blends = [Blend(stems[f], self.tried[p]) for f, p in zip(good["funding"], good["point"], strict=True)]
        return good[["seed", *self.goals]].assign(blend=pd.Series(blends, index=good.index, dtype=object))

    def headline(self, table: pd.DataFrame) -> str:
        """How many blends are on the frontier, and how many with certainty."""
        best = table.loc[table["frontier"].to_numpy()]
        sure = int((best["chance"] >= SURE).sum())
        return (
            f"{len(best)} of {len(table)} blends are on the frontier: no other blend is better on everything; "
            f"{sure} of them with a chance of at least {100 * SURE:.0f} %"
        )

    def sentences(self, table: pd.DataFrame) -> list[str]:
        """The best blend on each objective, with its 95 % half-width."""
        out = []
        for goal in self.goals:
            row = table.iloc[int(np.argmax(table[goal].to_numpy(dtype=float) * better(goal)))]
            label, unit = self.units[goal]
            way = "Most" if better(goal) > 0 else "Least"
            error = f" ± {significant(row[f'{goal}_half_width'], 2)}"
            out.append(f"{way} {within(label)}: {significant(row[goal], 4)}{error} {unit}, with {row['blend']}")
        return out
