"""A sweep's folder: write the plan, then make its missing runs."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from ...model import leftovers
from ...model.errors import InputError
from ...scenarios.baseline import name_of
from ..results import output
from ..runs import engine, lock, processes, shards
from ..runs.dispatch import SECONDS, Tally
from ..runs.engine import HERE, Options
from ..runs.executors import Stopped
from ..runs.recipe import manifest
from . import design
from . import plan as planning
from .plan import Plan


def check(folder: Path) -> None:
    """Refuse a folder that holds something other than a sweep.

    Raises:
        InputError: one sentence.
    """
    mark = folder / output.MARK
    if folder.is_dir() and not mark.exists() and _left_of_a_sweep(folder):
        return  # its manifest is written again
    output.check(folder)
    if folder.is_dir() and mark.exists() and not _of_a_sweep(mark):
        raise InputError(f"--out {folder}: holds a run or a comparison; choose a new or empty folder")


def _left_of_a_sweep(folder: Path) -> bool:
    """Whether a folder without manifest holds nothing but what a sweep writes."""
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    return names <= {shards.SHARDS, shards.DAMAGED, planning.PLAN}


def _of_a_sweep(mark: Path) -> bool:
    """Whether a manifest is a sweep's; one that cannot be read is, where there is a plan beside it."""
    try:
        return "planned" in json.loads(mark.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return mark.with_name(planning.PLAN).exists()


def prepare(plan: Plan, folder: Path) -> None:
    """Write the manifest and the plan; each file is written atomically."""
    baseline = plan.rows[0].scenario.place.baseline
    units = {
        v.path: found.unit if (found := design.parameter(baseline.parameters, v.path)) else "" for v in plan.variables
    }
    facts: dict[str, Any] = {
        "planned": len(plan.runs), "name": plan.name, "title": plan.file.title, "question": plan.file.question,
        "titles": dict(plan.titles), "baseline": name_of(baseline),
        "variables": {v.path: [v.low, v.high, v.verb, units[v.path]] for v in plan.variables},
        "file": plan.file.model_dump(),
    }  # fmt: skip
    facts = manifest("sweep", {"beside": str(plan.folder.absolute())}, **facts)
    folder.mkdir(parents=True, exist_ok=True)
    planning.write(plan, folder)
    facts["plan"] = sha256((folder / planning.PLAN).read_bytes()).hexdigest()
    leftovers.remove(folder / output.MARK)
    output.write_manifest(folder, facts)


def make(
    plan: Plan, folder: Path, options: Options = HERE, seconds: float = SECONDS, say: bool = True
) -> Tally:  # fmt: skip
    """Make the missing runs of a plan.

    Raises:
        InputError: for a folder that holds something else.
        Stopped: when something outside the program prevents it; finished runs are kept.
    """
    processes.not_while_importing()
    check(folder)
    try:
        with lock.folder_lock(folder, options.part):
            prepare(plan, folder)
    except OSError as error:
        raise Stopped(f"{folder}: {(error.strerror or str(error)).lower()}; finished runs are kept") from None
    return engine.make(plan.runs, folder, options, plan.file.title or plan.name, say, seconds)
