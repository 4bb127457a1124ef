"""A sweep's folder as tidy tables with units.

``open_sweep("results/mine")`` reads every shard once. Rows are the runs that the sweep's file describes; ``everything``
includes runs of earlier versions of the file or the model.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from ...model.errors import InputError, unknown
from ...model.parameters import Parameters
from ...scenarios import baseline_of, default_place, load_baseline, places
from ...scenarios.baseline import name_of
from ..results import measures
from ..results.intervals import paired
from ..runs import shards

FACTS = ("key", "place", "funding", "seed", "weeks", "point")


def _described(folder: Path) -> tuple[dict[str, Any], pd.DataFrame]:
    """Manifest and plan as they were written.

    Raises:
        ValueError: when the plan is not the one that the manifest was written with.
    """
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    raw = (folder / "plan.parquet").read_bytes()
    if sha256(raw).hexdigest() != manifest["plan"] or not isinstance(manifest["titles"], dict):
        raise ValueError("damaged")
    load_baseline(manifest["baseline"])
    return manifest, pd.read_parquet(BytesIO(raw))


class Sweep:
    """A folder that ``fundingflows sweep`` has filled, whole or in part."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes: list[str] = []  #: what a reader should know of the folder: what is missing, or was made again
        try:
            self.manifest, self.plan = _described(folder)
        except (OSError, ValueError, KeyError, TypeError):
            self.manifest, self.plan = self._from_shards()
        self.titles: dict[str, str] = self.manifest["titles"]

    @classmethod
    def of_rows(cls, plan: pd.DataFrame, titles: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> Sweep:
        """A sweep whose rows are at hand. ``plan``: as it is kept in a folder; ``titles``: of its funding files."""
        found = cls.__new__(cls)
        found.folder, found.notes = Path(), []
        found.manifest, found.plan, found.titles = {"titles": dict(titles)}, plan, dict(titles)
        found.everything = pd.DataFrame(list(rows))
        return found

    def _from_shards(self) -> tuple[dict[str, Any], pd.DataFrame]:
        """Manifest and plan as far as runs tell: without titles, and without what was planned and not made."""
        table, _ = shards.read(self.folder)
        if table is None or "funding" not in table.column_names:
            raise InputError(f"{self.folder}: not the folder of a sweep; expected one that fundingflows sweep made")
        self.notes.append(f"{self.folder}: manifest or plan cannot be read; made again from {table.num_rows:,} runs")
        rows = table.to_pandas().sort_values(["seed", "key"]).drop_duplicates("key")
        known = {"error", "digest", "seconds", *(m.key for m in measures.MEASURES)}
        varied = [c for c in rows.columns if c not in known and c not in FACTS and not c.startswith("lever.")]
        points = rows.groupby(varied, dropna=False, sort=False).ngroup() if varied else 0
        plan = rows[[name for name in FACTS if name != "point"]].assign(point=points).join(rows[varied])
        place = str(rows["place"].iloc[0])
        baseline = baseline_of(place if place in places() else default_place())
        titles = {name: name for name in dict.fromkeys(rows["funding"])}
        return {"titles": titles, "baseline": name_of(baseline)}, plan.reset_index(drop=True)

    @cached_property
    def everything(self) -> pd.DataFrame:
        """Every run in the folder, one row each, sorted by key."""
        table, damaged = shards.read(self.folder)
        if damaged:
            self.notes.append(f"{self.folder}: {len(damaged)} shards are damaged; run the sweep again to replace them")
        if table is None:
            raise InputError(f"{self.folder}: no run is done yet")
        frame = table.to_pandas()
        order = frame["error"].notna()  # a run that failed and was repeated counts once
        frame = frame.iloc[np.lexsort((order, frame["key"]))]
        return frame.drop_duplicates("key").reset_index(drop=True)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row for each finished run: place, funding, seed, weeks, point, variables, measures, levers' ends.

        Two points that give one run, for example when a level is the default, have a row each with the same key.
        """
        rows = self.everything[["key", "error", "digest", "seconds", *self.measures, *self.levers]]
        merged = self.plan.merge(rows, on="key", how="inner", validate="many_to_one")
        if len(merged) < len(self.plan):
            self.notes.append(f"{self.folder}: {len(merged):,} of {len(self.plan):,} planned runs are there")
        return merged

    @property
    def good(self) -> pd.DataFrame:
        """Runs that did not fail."""
        return self.runs.loc[self.runs["error"].isna().to_numpy()]

    @cached_property
    def parameters(self) -> Parameters:
        """Parameters of the runs' baseline.

        Raises:
            InputError: when that baseline is no longer there.
        """
        return load_baseline(self.manifest["baseline"]).parameters

    @property
    def variables(self) -> list[str]:
        """Paths of what varies."""
        return [name for name in self.plan.columns if name not in FACTS]

    @property
    def points(self) -> list[dict[str, float]]:
        """The values of what varies, point by point; a point without a value for a variable has its default."""
        rows: Any = self.plan.drop_duplicates("point").sort_values("point")[self.variables]
        points = rows.to_dict("index").values()  # by pandas 2 a table without columns has no records, whatever its rows
        return [{str(k): x for k, x in row.items() if x == x} for row in points]

    @property
    def fundings(self) -> list[str]:
        """Funding files, in the order of the sweep's file."""
        return list(self.titles)

    @property
    def measures(self) -> list[str]:
        """Keys of the measures that rows have."""
        return [m.key for m in measures.MEASURES if m.key in self.everything.columns]

    @property
    def levers(self) -> list[str]:
        """Columns with the final value of each lever; 1 is the baseline year."""
        return [name for name in self.everything.columns if name.startswith("lever.")]

    @cached_property
    def units(self) -> pd.DataFrame:
        """Key, group, label and unit of every measure and lever."""
        known = {m.key: m for m in measures.MEASURES}
        rows = [(k, known[k].group, known[k].label, known[k].unit) for k in self.measures]
        rows += [
            (name, "levers", name.removeprefix("lever.").replace(".", ": "), "1 = baseline") for name in self.levers
        ]
        return pd.DataFrame(rows, columns=["measure", "group", "label", "unit"])

    def tidy(self) -> pd.DataFrame:
        """A row for each run and measure: key, place, funding, seed, point, variables, measure, value, label, unit."""
        names = [*self.measures, *self.levers]
        kept = [name for name in self.plan.columns if name != "weeks"]
        long = self.good.melt(id_vars=kept, value_vars=names, var_name="measure", value_name="value")
        return long.merge(self.units, on="measure")

    def differences(self, measure: str, base: str | None = None) -> pd.DataFrame:
        """Paired differences from one funding file (the first): place, point, variables, seed, funding, difference."""
        first = base or self.fundings[0]
        if first not in self.fundings:
            raise unknown("funding file", first, self.fundings)
        if measure not in (known := [*self.measures, *self.levers]):
            raise unknown("measure", measure, known)
        wide = self.good.pivot(index=["place", "point", "seed"], columns="funding", values=measure)
        # a seed counts where both runs are there
        apart = wide.drop(columns=first).sub(wide[first], axis=0)
        long = apart.melt(ignore_index=False, value_name="difference").dropna(subset="difference").reset_index()
        return self._with_variables(long)

    def summary(self, measure: str, base: str | None = None) -> pd.DataFrame:
        """By place, point and funding file: mean paired difference, 95 % range from chance, P(above zero), seeds."""
        apart = self.differences(measure, base)
        index = ["place", "point", "funding"]
        rows = []
        for key, group in apart.groupby(index, sort=False):
            rows.append((*cast(tuple[Any, ...], key), *paired(group["difference"].to_numpy()), len(group)))
        columns = [*index, "difference", "low", "high", "probability_higher", "seeds"]
        return self._with_variables(pd.DataFrame(rows, columns=columns))

    def levels(self, measure: str) -> pd.DataFrame:
        """By place, point and funding file: mean and standard deviation (``chance``) over seeds."""
        groups = self.good.groupby(["place", "point", "funding"], sort=False)[measure]
        return self._with_variables(groups.agg(level="mean", chance="std", seeds="size").reset_index())

    def _with_variables(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows of points with the point's variables after it."""
        points = self.plan.drop_duplicates("point").loc[:, ["point", *self.variables]]
        merged = rows.merge(cast(pd.DataFrame, points), on="point", how="left")
        after = [c for c in rows.columns if c not in ("place", "point")]
        return cast(pd.DataFrame, merged.loc[:, ["place", "point", *self.variables, *after]])

    @property
    def digest(self) -> str:
        """SHA-256 of all planned runs sorted by key, without the time they took: one for one set of results."""
        frame = self.runs.drop(columns=["seconds", "point", *self.variables]).drop_duplicates("key").sort_values("key")
        text = frame[sorted(frame.columns)].to_csv(index=False, float_format="%.17g")
        return sha256(text.encode()).hexdigest()


def within(label: str) -> str:
    """A measure's label in the middle of a sentence."""
    return label if label.startswith(("QALY", "GP")) else label[:1].lower() + label[1:]


def open_sweep(folder: str | Path, partial: bool = False) -> Sweep:
    """A sweep's folder. What is missing or damaged is in its ``notes``, and warned of.

    Raises:
        InputError: when it is not one, or holds no run yet.
    """
    found = Sweep(Path(folder))
    if partial:
        return found
    _ = found.runs
    for note in found.notes:
        warnings.warn(note, stacklevel=2)
    return found
