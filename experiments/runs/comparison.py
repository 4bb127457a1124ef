"""The runs of a comparison: every funding file with every seed, kept in a folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ..results.result import Result, whole
from .engine import HERE, Options, make_all
from .spec import RunSpec, spec_of


def plan(
    place: str, fundings: Sequence[str], seeds: Iterable[int], years: float, sample: float = 1.0, **more: Any
) -> list[RunSpec]:
    """Every funding file with every seed, seed by seed; ``more`` as in ``RunSpec``.

    Raises:
        InputError: when a name or file cannot be used.
    """
    return [spec_of(place, name, seed, years, sample, reader=whole, **more) for seed in seeds for name in fundings]


def kept(runs: Sequence[RunSpec], folder: Path, options: Options = HERE, title: str = "Runs") -> list[Result]:
    """Results in the order of the runs; made unless this folder or a neighbour has them.

    Raises:
        Stopped: when something outside the program prevents it; finished runs are kept.
    """
    rows = make_all(runs, folder, options, title)
    return [Result(run.place, run.funding, run.seed, rows[run.key]) for run in runs]


def alone(run: RunSpec, threads: int | None = 1) -> Result:
    """The result of one run, made in this process and not kept."""
    return Result(run.place, run.funding, run.seed, run.finished(run.model(threads).run(run.years)))
