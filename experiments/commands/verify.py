"""``fundingflows verify``: a folder's runs made again, and whether they come out the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .inputs import check_years, scenario_of, whole
from .options import AlreadyReported, stopping

if TYPE_CHECKING:
    from ...model.scenario import Scenario
    from ..runs.spec import RunSpec


def verify(
    folder: Annotated[Path, typer.Argument(help="Folder of results.")],
    most: Annotated[
        int | None, typer.Option(help="Runs to make again, spread evenly over the folder's.", show_default="all")
    ] = None,
) -> None:
    """Make the runs, or the place, of a folder again as its manifest describes them, and compare. Writes nothing."""
    if most is not None:
        whole(most, "--most", 1, 10**6)
    differ = 0
    for label, written, found in stopping(lambda: list(again(folder, most)), folder):
        differ += written != found
        print(
            f"{label}: {'the same' if written == found else f'differs: {written[:16]}… written, {found[:16]}… found'}"
        )
    if differ:
        print(f"{folder}: {differ} of those made again differ from what is written there")
        raise AlreadyReported(1)
    print(f"{folder}: everything made again is the same")


def again(folder: Path, most: int | None = None) -> Iterator[tuple[str, str, str]]:
    """What each run of a folder is called, the digest that is written there, and that of the run made again.

    ``most``: runs to make again, evenly spread; all when left out.

    Raises:
        InputError: for a folder without a manifest that says how it was made, or of another version of the model.
    """
    from ...model.errors import InputError, asked_by
    from ..results.output import MARK
    from ..runs.spec import version

    try:
        facts = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError(f"{folder}: no {MARK} that can be read; expected a folder of results") from None
    if not isinstance(facts, dict) or facts.get("model") is None or facts.get("made_by") not in MADE_BY:
        raise InputError(f"{folder}: {MARK} does not say how it was made; expected one of this version")
    if facts["model"] != version():
        raise InputError(f"{folder}: made by version {facts['model']} of the model; this is {version()}")
    with asked_by(f"{folder}/{MARK}"):
        try:
            yield from MADE_BY[facts["made_by"]](folder, facts, most)
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"damaged: {error}; expected a manifest as {facts['made_by']} writes it") from None


def _spread(things: list[Any], most: int | None) -> list[Any]:
    n = min(most or len(things), len(things))
    return [things[k * len(things) // n] for k in range(n)]


def _run(folder: Path, facts: dict[str, Any], most: int | None) -> Iterator[tuple[str, str, str]]:
    from ...agents.patients.calendar import WEEKS
    from ...model.errors import InputError
    from ...model.initial.calibrate import steady_state
    from ..runs.recipe import digest_of, taken_up
    from ..runs.spec import RunSpec

    recipe = facts["recipe"]
    case = scenario_of(recipe["place"], recipe["funding"], recipe["sample"], recipe["set"], recipe.get("paths"))
    _same(facts["scenario_hash"], case, recipe["funding"])
    check_years(facts["weeks"] / WEEKS)
    spec = RunSpec(case, facts["funding"], facts["seed"], facts["weeks"], frozen=facts["frozen"],
                   hold=tuple(recipe.get("hold", ())))  # fmt: skip
    earlier = recipe["from"]
    if earlier is None:
        model = spec.model(threads=None)
    else:
        path = Path(earlier["file"])
        if not path.is_file() or digest_of(path) != earlier["sha256"]:
            raise InputError(f"from: {path} is not the checkpoint that this run was resumed from")
        model = taken_up(path, spec, steady_state(case.place), None)
    yield f"{facts['funding']}, seed {facts['seed']}", facts["digest"], model.run(spec.years).digest


def _same(written: str, case: Scenario, funding: str) -> None:
    from ...model.errors import InputError

    if case.hash != written:
        raise InputError(f"{funding}: the place, the funding file or a number has changed since this was run")


def _comparison(folder: Path, facts: dict[str, Any], most: int | None) -> Iterator[tuple[str, str, str]]:
    from ...agents.patients.calendar import WEEKS
    from ..runs.spec import RunSpec

    recipe = facts["recipe"]
    check_years(recipe["weeks"] / WEEKS)
    for label in _spread(list(facts["digests"]), most):
        funding, _, seed = label.rpartition("/")
        file = _within(folder, recipe["fundings"][funding])
        case = scenario_of(recipe["place"], file, recipe["sample"], [], recipe.get("paths"))
        _same(facts["scenario_hash"][funding], case, funding)
        spec = RunSpec(case, funding, int(seed), recipe["weeks"], hold=tuple(recipe.get("hold", ())))
        yield label, facts["digests"][label], spec.model(threads=None).run(spec.years).digest


def _within(folder: Path, name: str) -> str:
    """A funding file that travels with its results is named by its path in their folder."""
    inside = folder / name
    return str(inside) if name.endswith(".toml") and not Path(name).is_absolute() and inside.is_file() else name


def _sweep(folder: Path, facts: dict[str, Any], most: int | None) -> Iterator[tuple[str, str, str]]:
    """Any folder that a plan of points has filled: sweep, sensitivity, frontier, compare --uncertainty."""
    from ..sweeps import design
    from ..sweeps import plan as planning
    from ..sweeps.results import Sweep

    file, beside = design.of(facts["name"], **facts["file"]), Path(facts["recipe"]["beside"])
    plan = planning.make(facts["name"], file, beside, Sweep(folder).points)
    yield from _kept(folder, plan.runs, most)


def _margin(folder: Path, facts: dict[str, Any], most: int | None) -> Iterator[tuple[str, str, str]]:
    from ..evidence.margin import money, runs
    from ..runs.spec import RunSpec

    how = facts["recipe"]
    case = scenario_of(how["place"], how["funding"], how["sample"], [])
    services, seeds = money.services(RunSpec(case, facts["place"]).model()), range(1, how["seeds"] + 1)
    plan = runs.plan(case, services, how["percent"] / 100.0, how["years"], how["follow"], seeds)
    yield from _kept(folder, list(plan.values()), most)


def _risk(folder: Path, facts: dict[str, Any], most: int | None) -> Iterator[tuple[str, str, str]]:
    from ..evidence.risk import spending

    how = facts["recipe"]
    case = scenario_of(how["place"], how["funding"], how["sample"], [])
    yield from _kept(folder, spending.plan(case, facts["place"], how["years"], range(1, how["seeds"] + 1)), most)


def _history(folder: Path, facts: dict[str, Any], most: int | None) -> Iterator[tuple[str, str, str]]:
    from ..evidence.history import series

    how = facts["recipe"]
    yield from _kept(
        folder, series.plan(series.history(), how["place"], range(1, how["seeds"] + 1), how["sample"]), most
    )


def _claims(folder: Path, facts: dict[str, Any], most: int | None) -> Iterator[tuple[str, str, str]]:
    from ...scenarios import baseline_of
    from ..evidence.claims import CLAIMS, runs
    from ..sweeps.draws import draws

    how = facts["recipe"]
    arms = [arm for claim in CLAIMS if claim.key in how["claims"] for arm in claim.arms]
    drawn = draws(baseline_of(how["place"]), how["uncertainty"]) if how["uncertainty"] else []
    own = runs.Results(how["place"], tuple(runs.own_seeds(how["seeds"], bool(drawn))), {}, how["sample"])
    cases = [own]
    if drawn:
        cases.append(replace(own, seeds=tuple(range(1, how["seeds"] + 1)), draws=tuple(drawn)))
    yield from _kept(folder, [run for case in cases for run in runs.plan(arms, case).values()], most)


def _validate(folder: Path, facts: dict[str, Any], most: int | None) -> Iterator[tuple[str, str, str]]:
    from ..evidence.natural import validate
    from ..evidence.natural.study import folder as read

    how = facts["recipe"]
    planned = validate.planned(read(how["folder"] and Path(how["folder"])), how["seeds"])
    yield from _kept(folder, planned, most)


def _place(folder: Path, facts: dict[str, Any], most: int | None) -> Iterator[tuple[str, str, str]]:
    """The place made again from its files, which have to be where they were, compared with what is in the folder."""
    from tempfile import TemporaryDirectory

    from ...model.errors import InputError
    from ..runs.recipe import digest_of
    from .place import made_of

    for file, digest in facts["recipe"]["files"].items():
        if not Path(file).is_file() or digest_of(Path(file)) != digest:
            raise InputError(f"files: {file} is not there or has changed since")
    made = made_of(facts["recipe"])
    with TemporaryDirectory() as temporary:
        for path in (made.write(Path(temporary)), Path(temporary) / made.practices_file):
            there = folder / path.name
            yield path.name, digest_of(there) if there.is_file() else "missing", digest_of(path)


def _why(folder: Path, facts: dict[str, Any], most: int | None) -> Iterator[tuple[str, str, str]]:
    from ...agents.patients.calendar import weeks_of
    from ..runs import why

    how = facts["recipe"]
    cases = [scenario_of(how["place"], name, how["sample"], [], how["paths"]) for name in how["fundings"]]
    planned = why.plan(cases, weeks_of(how["years"]), range(1, how["seeds"] + 1), how["exact"])
    yield from _kept(folder, list(planned.values()), most)


def _loops(folder: Path, facts: dict[str, Any], most: int | None) -> Iterator[tuple[str, str, str]]:
    from ...agents.patients.calendar import weeks_of
    from ...model.structure import links_of, loops
    from ..runs.loops import plan

    how = facts["recipe"]
    case = scenario_of(how["place"], how["funding"], how["sample"], [], how["paths"])
    planned = plan(case, weeks_of(how["years"]), range(1, how["seeds"] + 1), links_of(loops(how["longest"])))
    yield from _kept(folder, list(planned.values()), most)


def _kept(folder: Path, planned: Sequence[RunSpec], most: int | None) -> Iterator[tuple[str, str, str]]:
    """Runs that are kept in the folder, found by the key of what they depend on, and made again."""
    from ...model.errors import InputError
    from ..runs import shards

    table, damaged = shards.read(folder, ["key", "digest", "error"])
    rows = [] if table is None else table.to_pylist()
    digests = {row["key"]: row["digest"] for row in rows if row["error"] is None}
    runs = {run.key: run for run in planned}
    kept = [run for key, run in runs.items() if key in digests]
    if not kept:
        raise InputError("none of its runs is kept; its file, or a file that it names, has changed since")
    if len(kept) < len(runs):
        print(f"{len(kept):,} of {len(runs):,} planned runs are kept, {len(damaged)} shards are damaged")
    for run in _spread(kept, most):
        yield (f"{run.place}, {run.funding}, seed {run.seed}, point {run.point}", digests[run.key],
               run.model(threads=None).run(run.years).digest)  # fmt: skip


MADE_BY = {"run": _run, "compare": _comparison, "behaviour": _comparison, "sweep": _sweep, "margin": _margin,
           "risk": _risk, "history": _history, "validate": _validate, "claims": _claims, "why": _why,
           "loops": _loops, "place make": _place}  # fmt: skip
