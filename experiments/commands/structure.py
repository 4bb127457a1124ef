"""``fundingflows structure``: stocks, flows and loops, as tables and drawings, and how much loops matter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..default import LONGEST
from . import loops as measured
from .inputs import whole
from .options import Paths, Processes, Sample, Seeds, Years
from .printing import terminal

MOST = 6  #: variables in a loop, more than which nobody reads
YEARS, SEEDS, SAMPLE = 5.0, 4, 1.0  #: of runs that measure loops, unless told otherwise


def structure(
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for drawings (SVG) and the page of tables; with --loops, for runs and results.",
            show_default="print only; with --loops results/loops-PLACE-FUNDING",
        ),
    ] = None,
    baseline: Annotated[
        str | None, typer.Option(help="Baseline year, by name or folder.", show_default="that of the default place")
    ] = None,
    loops: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="PLACE FUNDING",
            help="Measure how much each loop matters under a way of paying, by runs in which one of its links is held; "
            "the options below are for these runs.",
        ),
    ] = None,
    longest: Annotated[int, typer.Option(help="Variables in a loop that is listed, at most.")] = LONGEST,
    years: Years = YEARS,
    seeds: Seeds = SEEDS,
    sample: Sample = SAMPLE,
    paths: Paths = None,
    processes: Processes = None,
) -> None:
    """Print the model's stocks, what fills and drains them, and the loops they make; draw them with --out.

    With --loops, say how much each loop matters. Run again to resume.
    """
    from ...model.errors import InputError

    whole(longest, "--longest", 1, MOST)
    if loops is None:
        if (years, seeds, sample, paths, processes) != (YEARS, SEEDS, SAMPLE, None, None):
            raise InputError("--years, --seeds, --sample, --paths and --processes: are for --loops PLACE FUNDING")
        _declared(out, baseline, longest)
    elif baseline is not None:
        raise InputError("--baseline: cannot go with --loops; the place has its own")
    else:
        measured.measure(*loops, years, seeds, sample, paths, longest, processes, out)


def _declared(out: Path | None, baseline: str | None, longest: int) -> None:
    """Print what the code declares, and draw it where a folder is given."""
    from rich.table import Table

    from ...agents.stocks import SECTORS
    from ...model.structure import loops
    from ...scenarios import baseline_of, default_place, load_baseline
    from ..figures.structure import check, write
    from ..results import loops as results
    from ..results import stock_tables

    if out is not None:
        check(out)
    parameters = (load_baseline(baseline) if baseline else baseline_of(default_place())).parameters
    console = terminal()
    for sector, title in SECTORS.items():
        table = Table("stock", "unit", "filled by", "drained by", "time it takes", title=title, title_justify="left")
        for row in stock_tables.rows(sector, parameters):
            table.add_row(*row)
        console.print(table)
    table = Table("loop", "kind", "links", title="Loops that holding a link cuts", title_justify="left")
    for loop in loops(longest):
        table.add_row(results.circle(loop), results.kind(loop), ", ".join(loop.links))
    console.print(table)
    if out is not None:
        console.print(f"{len(write(out, parameters))} files in {out}")
