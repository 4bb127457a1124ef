"""``fundingflows calibrate``: behaviour fitted to published experiments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import Dask, Processes, how_to, stopping


def calibrate(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of experiments to fit to. [default: the 21 that ship]")
    ] = None,
    plans: Annotated[int, typer.Option(help="Points of the first wave, compared by plans.")] = 256,
    runs: Annotated[int, typer.Option(help="Of these, points that are run.")] = 64,
    again: Annotated[int, typer.Option(help="Points that are run in each later wave.")] = 0,
    seeds: Annotated[int, typer.Option(help="Paired seeds at each point that is run.")] = 2,
    waves: Annotated[int, typer.Option(help="Waves of history matching.")] = 3,
    accepted: Annotated[int, typer.Option(help="Sets of values to accept.")] = 200,
    minutes: Annotated[float, typer.Option(help="Stop after so long; the same command goes on from there.")] = 20.0,
    processes: Processes = None,
    dask: Dask = None,
    out: Annotated[Path | None, typer.Option(help="Folder for runs and report [default: results/calibrate].")] = None,
) -> None:
    """Fit behaviour to published experiments: a joint sample, a report, what is not identified. Hours, in pieces."""
    from ..evidence.calibrate import report
    from ..evidence.calibrate.fit import Effort, fit
    from ..evidence.natural.row import folder as read

    rows = read(folder)
    where = out or Path("results/calibrate")
    effort = Effort(plans=plans, runs=runs, again=again, seeds=seeds, waves=waves, accepted=accepted)
    how = how_to(processes, dask, None)
    found = stopping(lambda: fit(rows, where, effort, how, minutes=minutes), where)
    for line in report.write(found, where, effort):
        print(line)
