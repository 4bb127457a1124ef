"""``fundingflows calibrate``: behaviour fitted to published experiments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import Dask, Processes, run_options, stopping


def calibrate(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of natural experiments to fit to.", show_default="those that ship")
    ] = None,
    plans: Annotated[
        int, typer.Option(help="Parameter sets of the first wave, evaluated from plans without a run.")
    ] = 256,
    runs: Annotated[
        int, typer.Option(help="How many of these to run; 0 holds out the experiments that need runs.")
    ] = 0,
    again: Annotated[int, typer.Option(help="Parameter sets to run in each later wave.")] = 0,
    seeds: Annotated[int, typer.Option(help="Repeat runs of both arms for each parameter set.")] = 2,
    waves: Annotated[int, typer.Option(help="Waves of history matching.")] = 3,
    accepted: Annotated[int, typer.Option(help="Parameter sets to accept.")] = 200,
    minutes: Annotated[float, typer.Option(help="Stop after this many minutes; run again to resume.")] = 20.0,
    processes: Processes = None,
    dask: Dask = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for runs and report.", show_default="results/calibrate")
    ] = None,
) -> None:
    """Calibrate behaviour to natural experiments: a joint sample and a report. Takes hours; run again to resume."""
    from ..evidence.calibrate import report
    from ..evidence.calibrate.fit import Effort, fit
    from ..evidence.natural.study import folder as read

    studies = read(folder)
    where = out or Path("results/calibrate")
    effort = Effort(plans=plans, runs=runs, again=again, seeds=seeds, waves=waves, accepted=accepted)
    options = run_options(processes, dask, None)
    found = stopping(lambda: fit(studies, where, effort, options, minutes=minutes), where)
    for line in report.write(found, where, effort):
        print(line)
