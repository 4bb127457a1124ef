"""How results were made, written so that they can be made again, and a run resumed from a checkpoint."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from ...model.errors import InputError
from ...model.initial.checkpoint import load
from ...model.scenario import Scenario
from ...model.system import HealthEconomy
from ..results.output import versions
from ..results.result import Result
from .spec import RunSpec, version


def named(name: str) -> str:
    """A name as it is, a path made absolute, so that it is found from any folder."""
    return str(Path(name).absolute()) if name.endswith(".toml") else name


def kept_as(path: Path | None) -> dict[str, str] | None:
    """Which checkpoint a run was resumed from."""
    return path and {"file": str(path.absolute()), "sha256": digest_of(path)}


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def manifest(made_by: str, recipe: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What every manifest says: which command made it, from what (``recipe``), with what versions; and ``more``."""
    return {"made_by": made_by, **more, "recipe": recipe, "model": version(), "versions": versions(),
            "command": sys.argv}  # fmt: skip


def of_run(model: HealthEconomy, recipe: dict[str, Any]) -> dict[str, Any]:
    """The manifest of a run; ``recipe``: place, funding, sample, set, paths, hold and from, as they were given."""
    recipe = recipe | {name: named(recipe[name]) for name in ("place", "funding")}
    return manifest(
        "run", recipe, digest=model.digest, seed=model.random_seed, scenario_hash=model.case.hash, place=model.place.id,
        funding=model.case.funding.id if model.case.funding else None, weeks=model.week, sample=model.sample,
        frozen=bool(model.frozen), changes=recipe["set"],
    )  # fmt: skip


def comparison_recipe(
    place: str, fundings: dict[str, str], sample: float, weeks: int, paths: str | None = None,
    hold: tuple[str, ...] = (),
) -> dict[str, Any]:  # fmt: skip
    """What a manifest says of a comparison, so that it can be made again; files by the name of each way of paying."""
    return {"place": place, "fundings": fundings, "sample": sample, "paths": paths, "weeks": weeks, "hold": hold}


def of_comparison(
    made_by: str, results: Sequence[Result], cases: Mapping[str, Scenario], recipe: dict[str, Any]
) -> dict[str, Any]:
    """The manifest of several ways of paying with the same seeds."""
    digests = {f"{r.funding}/{r.seed}": r.digest for r in results}
    joined = "".join(digests[key] for key in sorted(digests))
    return manifest(
        made_by, recipe, digest=sha256(joined.encode()).hexdigest(), seed=sorted({r.seed for r in results}),
        scenario_hash={r.funding: r.scenario_hash for r in results}, place=next(iter(cases.values())).place.id,
        digests=digests,
    )  # fmt: skip


def taken_up(path: Path, spec: RunSpec, start: Any, threads: int | None) -> HealthEconomy:
    """A model from its checkpoint, paid by the funding file of ``spec`` from there on.

    Raises:
        InputError: when the checkpoint is of another place, sample or seed, or has other numbers.
    """
    model, case = load(path), spec.scenario
    for what, kept, asked in (
        ("place", model.place.id, case.place.id), ("sample", model.sample, case.place.sample),
        ("seed", model.random_seed, spec.seed),
    ):  # fmt: skip
        if kept != asked:
            raise InputError(f"{path.name}: {what}: the checkpoint has {kept}, the command asks for {asked}")
    if model.place != case.place or model.case.parameters.digest != case.parameters.digest:
        raise InputError(f"{path.name}: --set and changed places cannot be combined with --from; run the past again")
    model.patients.use_threads(threads)
    if _text(model.case) != _text(case):
        model.change_scenario(case, start)
    return model


def _text(case: Scenario) -> str | None:
    return case.funding and case.funding.text
