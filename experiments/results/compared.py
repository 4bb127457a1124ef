"""A finished comparison as the sections read it: runs, tables of all of them, and what was drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import numpy as np
import pandas as pd
from markupsafe import Markup

from ...model.parameters import Parameters
from ...model.scenario import Scenario
from . import compare as comparing
from .leading import correlations
from .result import Result
from .words import apart


@dataclass(frozen=True)
class Drawn:
    """The same comparison at draws of all that is not known.

    ``table``: a row a measure and way of paying (``uncertainty.table``). ``effects``: mean difference over seeds by
    draw (rows), by way of paying and measure. ``draws``: the numbers of each draw. ``left_out``: what is said of draws
    at which a run failed, if any.
    """

    table: pd.DataFrame
    effects: Mapping[tuple[str, str], np.ndarray]
    draws: Sequence[Mapping[str, float]]
    seeds: int
    left_out: str = ""

    @cached_property
    def correlations(self) -> pd.DataFrame:
        """Rank correlations of numbers with effects (``leading.correlations``)."""
        return correlations(self.effects, self.draws)

    def row(self, measure: str, name: str) -> dict[str, Any]:
        """The row of a measure and a way of paying."""
        rows = self.table[(self.table["measure"] == measure) & (self.table["funding"] == name)]
        return {str(column): value for column, value in rows.iloc[0].items()}


@dataclass(frozen=True)
class Compared:
    """A comparison: the first way of paying is the one that the others differ from."""

    results: Sequence[Result]
    cases: Mapping[str, Scenario]
    manifest: Mapping[str, Any]
    drawn: Drawn | None = None
    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    apart: Mapping[str, pd.DataFrame] = field(default_factory=dict)  #: parts of each difference (``parts.table``)

    @property
    def names(self) -> list[str]:
        """Ways of paying, the first of all in front."""
        return list(self.cases)

    @property
    def first(self) -> str:
        """The way of paying that the others differ from."""
        return self.names[0]

    @property
    def others(self) -> list[str]:
        """All but the first."""
        return self.names[1:]

    @cached_property
    def titles(self) -> dict[str, str]:
        """Titles of the funding files by name, told apart where two are the same."""
        return apart({r.funding: r.title for r in self.results})

    def way(self, name: str) -> Markup:
        """The title of a way of paying, as markup."""
        return Markup("<cite>{}</cite>").format(self.titles[name])

    @cached_property
    def seeds(self) -> list[int]:
        """Seeds, in order."""
        return sorted({r.seed for r in self.results})

    @property
    def years(self) -> int:
        """Whole years that were run."""
        return len(self.results[0].by_year)

    @property
    def place(self) -> str:
        """Title of the place."""
        return self.case.place.file.title

    @property
    def case(self) -> Scenario:
        """The scenario of the first way of paying."""
        return self.cases[self.first]

    @property
    def parameters(self) -> Parameters:
        """The numbers that were run with."""
        return self.case.parameters

    @cached_property
    def table(self) -> pd.DataFrame:
        """Paired differences (``compare.table``)."""
        return comparing.table(self.results, self.names)

    @cached_property
    def by(self) -> dict[tuple[str, int], Result]:
        """Results by way of paying and seed."""
        return {(r.funding, r.seed): r for r in self.results}

    def yearly(self, measure: str, name: str) -> np.ndarray:
        """A measure year by year, (seeds, years)."""
        return np.array([[year[measure] for year in self.by[name, seed].by_year] for seed in self.seeds])

    @property
    def joiners(self) -> dict[str, pd.DataFrame]:
        """People who asked to join a practice, by way of paying that lets practices choose and turned somebody away."""
        found = self.all.get("joiners", pd.DataFrame({"funding": []}))
        by = {name: cast(pd.DataFrame, found[found["funding"] == name]) for name in self.names}
        return {name: rows for name, rows in by.items() if len(rows) and rows["turned_away"].to_numpy(float).any()}

    @cached_property
    def all(self) -> Mapping[str, pd.DataFrame]:
        """The tables of all runs, with funding file and seed in front."""
        return self.frames or comparing.frames(self.results)
