"""``fundingflows validate``: published experiments compared with the model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import Dask, Processes, run_options, stopping

HEAD = """# Validation

Published effects of payment reforms, compared with the model's under one set of parameters. Made by
`fundingflows validate`; [natural-experiments.md](natural-experiments.md) explains how studies are written and scored.

An experiment passes when all its scored outcomes pass: a simulated effect inside the published 95 % interval or range
(within half of the point estimate where neither was read), a correct sign, a bound that is kept, or a null by
equivalence. *No channel*: the effect is exactly nought with every seed, so nothing in the model links the reform to the
figure; it is no pass and does not count. *Wired*: the model takes the published number as an input, so it is no test.
*Not representable*: the model lacks the mechanism. † marks a lever that stands at the end of its room for half of the
providers or more. *Left out*: the verdict on what a fit predicts that has not seen the experiment (`fundingflows
calibrate`): a fit to all others, or, where the experiment was never fitted, the fit itself. Failures are kept in the
table.
"""


def validate(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of natural experiments, or one file.", show_default="those that ship")
    ] = None,
    processes: Processes = None,
    dask: Dask = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for runs and table.", show_default="results/validate")
    ] = None,
) -> None:
    """Compare simulated with published effects of natural experiments. Run again to resume."""
    from rich.console import Console

    from ..evidence.natural import answer, show, unseen
    from ..evidence.natural import validate as asking
    from ..evidence.natural.study import folder as read
    from ..results import output
    from ..runs.recipe import manifest

    studies = read(folder)
    where = out or Path("results/validate")
    output.check(where)
    options = run_options(processes, dask, None)
    answers = stopping(lambda: asking.validate(studies, where, options), where)
    unseen.add(answers)
    table = answer.table(answers)
    seeds = {a.study.id: max(s.seeds for s in a.scored) for a in answers if a.scored and a.study.solve == "runs"}
    with output.writing(where) as temporary:
        output.keep_runs(where, temporary)
        show.write(temporary, answers, table, HEAD)
        recipe = {"folder": folder and str(folder.absolute()), "seeds": seeds}
        output.write_manifest(temporary, manifest("validate", recipe))
    console = Console()
    show.show(console if console.is_terminal else Console(width=160), table)
    print(f"• {answer.sentence(answers)}\nWritten to {where}/: validation.md, validation.csv, validation.parquet")
