"""The commands that set the model beside published experiments. Heavy imports wait until they are needed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import Dask, Processes, how_to, stopping

HEAD = """# Validation

What happened when payment changed, beside what the model says with one set of parameters for all. Made by
`fundingflows validate`; [natural-experiments.md](natural-experiments.md) says how experiments are written and scored.

An experiment passes when everything that is scored in it passes: a simulated effect inside the published 95 %
interval (within half of the point estimate where no interval was read), a sign that is right, a null by equivalence.
*Wired*: the number is itself an input. *Not representable*: the model lacks what the effect is about. Failures stay.
"""


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (validate, calibrate):
        app.command()(command)


def validate(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of experiments, or one file. [default: the 21 that ship]")
    ] = None,
    processes: Processes = None,
    dask: Dask = None,
    out: Annotated[Path | None, typer.Option(help="Folder for runs and table [default: results/validate].")] = None,
) -> None:
    """Published experiments beside the model: effect, interval, z, verdict, and why. Goes on where it stopped."""
    from rich.console import Console

    from ..evidence.natural import show
    from ..evidence.natural import validate as asking
    from ..evidence.natural.row import folder as read

    rows = read(folder)
    where = out or Path("results/validate")
    how = how_to(processes, dask, None)
    answers = stopping(lambda: asking.validate(rows, where, how), where)
    table = asking.table(answers)
    show.write(where, answers, table, HEAD)
    console = Console()
    show.show(console if console.is_terminal else Console(width=160), table)
    print(f"• {asking.sentence(answers)}\nWritten to {where}/: validation.md, validation.csv, validation.parquet")


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
