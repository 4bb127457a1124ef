"""One run made week by week and kept, in whichever process; loads nothing that only pages need."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ....model.system import HealthEconomy
from ...runs import shards
from ...runs.spec import RunSpec


def row(run: RunSpec, model: HealthEconomy) -> dict[str, Any]:
    """The row of a finished run."""
    return run.identity() | {"digest": model.digest} | run.reader(model)


def make(run: RunSpec, folder: Path | None, week: Callable[[int], None]) -> None:
    """Make a run on one thread and keep it; without a folder it only warms this process up.

    ``week`` is told each week that has passed, and ends the run by an exception.
    """
    model = run.model(threads=1)
    while model.week < run.weeks:
        model.step()
        week(model.week)
    if folder is not None:
        shards.write(folder, [row(run, model)])
    vars(model).clear()  # a model is a circle of references; cut here, its memory is free at once
