"""All runs of a sweep, each with the key of its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from ...agents.patients.calendar import weeks_of
from ...model.errors import InputError, asked_by
from ...model.links import held as links_held
from ...model.parameters import Parameters
from ...model.place.place import Place
from ...model.scenario import Funding, Scenario
from ...scenarios import baseline_of, load_funding, load_place, scenario
from ...scenarios.path_files import Paths, load_paths
from ..runs import shards
from ..runs.recipe import named
from ..runs.spec import RunSpec
from . import design, samples
from .blend import blended, split

PLAN = "plan.parquet"


@dataclass(frozen=True)
class Plan:
    """Everything to be run.

    ``rows``: every place, point, funding file and seed, ordered by seed first. ``runs``: the same without
    duplicates: two points may give one run, for example when a level is the default.
    """

    name: str
    file: design.SweepFile
    variables: tuple[design.Variable, ...]
    points: tuple[Mapping[str, float], ...]
    rows: tuple[RunSpec, ...]
    titles: Mapping[str, str]
    folder: Path = Path()  # folder that paths in the file are relative to

    @cached_property
    def runs(self) -> tuple[RunSpec, ...]:
        """The distinct runs."""
        return tuple({run.key: run for run in reversed(self.rows)}.values())[::-1]

    def table(self) -> pa.Table:
        """One row for each planned run: key, place, funding, seed, weeks, point and the value of every variable."""
        columns: dict[str, Any] = {
            name: [getattr(run, name) for run in self.rows]
            for name in ("key", "place", "funding", "seed", "weeks", "point")
        }
        for v in self.variables:
            columns[v.path] = pa.array([run.values.get(v.path) for run in self.rows], pa.float64())
        return pa.table(columns)


def from_file(path: Path, paths: str | None = None, hold: Sequence[str] = ()) -> Plan:
    """The plan of a sweep's file; everything in it is checked.

    ``paths``: a paths file in place of the sweep's. ``hold``: links that are held beside the sweep's own.

    Raises:
        InputError: one sentence that names the file, the key and what was expected.
    """
    file = design.read(path)
    if paths is not None:
        file = file.model_copy(update={"paths": named(paths)})
    if hold:
        file = file.model_copy(update={"hold": sorted({*file.hold, *hold})})
    return make(path.stem, file, path.parent)


def make(
    name: str,
    file: design.SweepFile,
    folder: Path = Path(),
    chosen: Sequence[Mapping[str, float]] | None = None,
) -> Plan:
    """The plan of a sweep; places, funding and paths files are relative to its file where a path names them.

    ``chosen``: points that replace the design's.
    """
    where = f"{name}.toml"
    design.check(where, file)
    with asked_by(f"{where}: places"):
        baseline = baseline_of(_relative(folder, file.places[0]))
    known = baseline.parameters
    varied = design.variables(where, file, known)
    n = samples.count(file, varied) if chosen is None else len(chosen)
    planned = n * len(file.fundings) * len(file.places) * len(file.seed_list())
    if planned > design.MOST_RUNS:
        raise InputError(f"{where}: describes {planned:,} runs; expected at most {design.MOST_RUNS:,}")
    try:
        points = list(chosen) if chosen is not None else samples.points(file, varied)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    with asked_by(f"{where}: places"):
        places = [load_place(_relative(folder, place), file.sample) for place in file.places]
    for place in places:
        if place.baseline.folder != baseline.folder:
            raise InputError(f"{where}: places: {places[0].id} and {place.id} differ in baseline; run a sweep each")
    with asked_by(f"{where}: fundings"):
        fundings = [load_funding(_relative(folder, funding), baseline) for funding in file.fundings]
    verbs = {v.path: v for v in varied}
    changes = [_changes(where, point, verbs, known) for point in points]
    held = [{p.removeprefix("hold."): x for p, x in point.items() if p.startswith("hold.")} for point in points]
    with asked_by(f"{where}: paths"):
        moving = None if file.paths is None else load_paths(_relative(folder, file.paths))
    scenarios = _scenarios(where, places, fundings, points, moving)
    with asked_by(f"{where}: hold"):
        links = tuple(sorted(links_held(file.hold)))
    runs, weeks = [], weeks_of(file.years)
    for seed in file.seed_list():
        for k, (point, change) in enumerate(zip(points, changes, strict=True)):
            for p in range(len(places)):
                for f, funding in enumerate(fundings):
                    described = scenarios[p, f, _contract_part(point)]
                    runs.append(RunSpec(described, funding.id, seed, weeks, change, file.freeze_behaviour, held[k],
                                        file.rescale, values=point, point=k, hold=links))  # fmt: skip
    return Plan(name, file, tuple(varied), tuple(points), tuple(runs), {f.id: f.title for f in fundings}, folder)


def _relative(folder: Path, name: str) -> str:
    return str(folder / name) if name.endswith(".toml") else name


def _contract_part(point: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted((p, x) for p, x in point.items() if p.startswith(("contracts.", "blend."))))


def _changes(
    where: str, point: Mapping[str, float], verbs: Mapping[str, design.Variable], known: Parameters
) -> dict[str, dict[str, float]]:
    """The point's changes of parameters, checked."""
    change = {p: verbs[p].change(x) for p, x in point.items() if not p.startswith(design.OUTSIDE)}
    try:
        known.changed(change)
    except InputError as error:
        raise InputError(f"{where}: vary: {error}") from None
    return change


def _scenarios(
    where: str, places: list[Place], fundings: list[Funding], points: Sequence[Mapping[str, float]], paths: Paths | None
) -> dict[tuple[int, int, Any], Scenario]:
    """A scenario for each place, funding file (both by number) and way of changing contracts."""
    out: dict[tuple[int, int, Any], Scenario] = {}
    like = {(p, f): scenario(place, funding) for p, place in enumerate(places) for f, funding in enumerate(fundings)}
    parts = dict.fromkeys(_contract_part(point) for point in points)
    if len(parts) * len(like) > design.MOST_WAYS:
        ways = f"{len(parts) * len(like):,} ways of paying"
        raise InputError(f"{where}: vary: describes {ways}; expected at most {design.MOST_WAYS:,}, each is checked")
    for contracts in parts:
        for p, place in enumerate(places):
            for f, funding in enumerate(fundings):
                try:
                    changed = _changed(place, funding, dict(contracts), fundings)
                    described = replace(like[p, f], funding=changed)
                    if paths is not None:
                        described = scenario(place, changed, paths=paths)
                except InputError as error:
                    raise InputError(f"{where}: vary: {funding.id}: {str(error).removeprefix('--set ')}") from None
                out[p, f, contracts] = described
    return out


def _changed(place: Place, funding: Funding, contracts: Mapping[str, float], known: list[Funding]) -> Funding:
    """A funding file with fields of its terms changed, then blended with others."""
    fields = {p: x for p, x in contracts.items() if p.startswith("contracts.")}
    changed = funding.changed(fields) if fields else funding
    parts: dict[str, list[tuple[Funding, float]]] = {}
    for path, part in contracts.items():
        if path.startswith("blend."):
            kind, name = split(path)
            other = next((f for f in known if f.id == name), None) or load_funding(name, place.baseline)
            parts.setdefault(kind, []).append((other, part))
    return blended(place, changed, parts) if parts else changed


def write(plan: Plan, folder: Path) -> None:
    """Keep the plan in the folder, for readers of the results."""
    shards.write_table(plan.table(), folder / PLAN)
