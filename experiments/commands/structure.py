"""``fundingflows structure``: stocks, flows and loops, as tables and drawings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .printing import terminal


def structure(
    out: Annotated[
        Path | None, typer.Option(help="Folder for drawings (SVG) and the page of tables.", show_default="print only")
    ] = None,
    baseline: Annotated[
        str | None, typer.Option(help="Baseline year, by name or folder.", show_default="that of the default place")
    ] = None,
) -> None:
    """Print the model's stocks, what fills and drains them, and the loops they make; draw them with --out."""
    from rich.table import Table

    from ...agents.stocks import SECTORS
    from ...model.structure import loops
    from ...scenarios import baseline_of, default_place, load_baseline
    from ..figures.structure import write
    from ..results import stock_tables

    parameters = (load_baseline(baseline) if baseline else baseline_of(default_place())).parameters
    console = terminal()
    for sector, title in SECTORS.items():
        table = Table("stock", "unit", "filled by", "drained by", "time it takes", title=title, title_justify="left")
        for row in stock_tables.rows(sector, parameters):
            table.add_row(*row)
        console.print(table)
    table = Table("loop", "kind", "links", title="Loops that holding a link cuts", title_justify="left")
    for loop in loops():
        kind = "reinforcing" if loop.reinforcing else "balancing"
        table.add_row(" → ".join((*loop.variables, loop.variables[0])), kind, ", ".join(loop.links))
    console.print(table)
    if out is not None:
        console.print(f"{len(write(out, parameters))} files in {out}")
