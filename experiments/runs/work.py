"""A plan and a folder: lock, prepare, run, and say what came of it."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...model.errors import InputError
from ...model.initial.calibrate import steady_state
from ...scenarios.baseline import name_of
from ..results import output
from ..sweeps import design
from ..sweeps import plan as planning
from ..sweeps.plan import Plan
from . import shards, status
from .drive import Driver, Tally, stand
from .executors import Executor, Stopped, ending
from .processes import local
from .runs import Run, run_batch, version


@dataclass(frozen=True)
class How:
    """How runs are made: processes of this machine, or a Dask address; one part of several, or all."""

    processes: int | None = None
    dask: str | None = None
    part: tuple[int, int] | None = None
    retry_errors: bool = False


def check(folder: Path) -> None:
    """Refuse a folder that holds something other than a sweep.

    Raises:
        InputError: one sentence.
    """
    if folder.is_dir() and not any(path for path in folder.iterdir() if not path.name.startswith(".")):
        return
    output.check(folder)
    if folder.is_dir() and "planned" not in json.loads((folder / output.MARK).read_text(encoding="utf-8")):
        raise InputError(f"--out {folder}: holds a run or a comparison; choose a new or empty folder")


def prepare(plan: Plan, folder: Path) -> None:
    """Say in the folder what it holds; each file is whole or as it was."""
    baseline = next(iter(plan.cases.values())).place.baseline
    units = {
        v.path: found.unit if (found := design.parameter(baseline.parameters, v.path)) else "" for v in plan.variables
    }
    facts: dict[str, Any] = {
        "planned": len(plan.runs), "name": plan.name, "title": plan.file.title, "question": plan.file.question,
        "titles": dict(plan.titles), "baseline": name_of(baseline),
        "variables": {v.path: [v.low, v.high, v.verb, units[v.path]] for v in plan.variables},
        "file": plan.file.model_dump(), "model": version(), "versions": output.versions(), "command": sys.argv,
    }  # fmt: skip
    temporary = folder / f".{output.MARK}.{os.getpid()}"
    temporary.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(folder / output.MARK)
    planning.write(plan, folder)


def executor_of(
    how: How, most: int, function: Callable[[Any], Any] = run_batch
) -> contextlib.AbstractContextManager[Executor]:
    """The executor that was asked for, ended in every case; ``function`` does a piece of work."""
    if how.dask:
        from .dask import Dask

        return ending(Dask(function, how.dask, how.processes))
    return local(function, min(how.processes or os.cpu_count() or 1, most))


def make_steady(plan: Plan, say: Callable[[str], None] | None = None) -> None:
    """Each place's steady state once, before the workers would each make it."""
    for case in {run.place: plan.cases[run.case] for run in plan.runs}.values():
        steady_state(case.place, say)


def work(plan: Plan, folder: Path, how: How = How(), seconds: float = 5.0, say: bool = True) -> Tally:
    """Make what is missing of a plan.

    Raises:
        Stopped: when something outside stands in the way; everything that was finished is kept.
    """
    check(folder)
    try:
        with shards.at_work(folder, how.part):
            return _work(plan, folder, how, seconds, say)
    except OSError as error:
        raise Stopped(f"{folder}: {(error.strerror or str(error)).lower()}; what was finished is kept") from None


def _work(plan: Plan, folder: Path, how: How, seconds: float, say: bool) -> Tally:
    prepare(plan, folder)
    shards.sweep_up(folder)
    runs: Sequence[Run] = plan.part(*how.part) if how.part else plan.runs
    tally, todo = stand(runs, folder, how.retry_errors)
    if say:
        for line in status.set_aside(folder, tally.damaged):
            print(line.strip(), file=sys.stderr)
        if tally.kept:
            print(f"{tally.kept:,} of {tally.planned:,} runs are there already.", file=sys.stderr)
    if not todo:
        return tally
    make_steady(plan)
    title = plan.file.title or plan.name
    with status.Progress(title, tally.planned, tally.kept) as progress, executor_of(how, len(todo)) as executor:
        return Driver(plan, folder, executor, seconds, how.retry_errors).run(
            todo, tally, progress if say else lambda _: None
        )
