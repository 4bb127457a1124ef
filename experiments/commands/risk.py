"""``fundingflows risk``: how far budgets end from what their people cost, by how many share them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..default import PLACE
from .inputs import check_years, funding_of, scenario_of, whole
from .options import Processes, Sample, run_options, stopping
from .printing import initial_state, progress_bar, terminal

if TYPE_CHECKING:
    import pandas as pd


def risk(
    place: Annotated[str, typer.Argument(help="A place, or the path of its TOML file.")] = PLACE,
    funding: Annotated[str, typer.Argument(help="A funding file, by name or path.")] = "status_quo",
    years: Annotated[int, typer.Option(help="Years before the one whose spending is counted.")] = 1,
    seeds: Annotated[int, typer.Option(help="Repeat runs; at least 2, to tell chance from what lasts.")] = 5,
    sample: Sample = 1.0,
    processes: Processes = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for runs and table.", show_default="results/risk-PLACE")
    ] = None,
) -> None:
    """How far a budget ends from what its people cost, by how many share it, and what a pool for outliers does."""
    from ..evidence.risk import report, spending, table
    from ..results import output
    from ..results.numbers import pounds
    from ..runs.engine import make_all
    from ..runs.recipe import manifest, named

    whole(seeds, "--seeds", 2)
    whole(years, "--years", 0)
    check_years(years + 1)
    case = scenario_of(place, funding, sample, [])
    folder = out or Path("results") / f"risk-{case.place.id}"
    output.check(folder)
    with progress_bar() as bar:
        initial_state(case, bar)
    runs = spending.plan(case, funding, years, range(1, seeds + 1))
    options, title = run_options(processes, None, None), f"{len(runs)} runs of {case.place.file.title}"
    made = stopping(lambda: make_all(runs, folder, options, title), folder)
    rows = table.table([made[run.key] for run in runs])
    heading = (
        f"{case.place.file.title}, {funding_of(case).title}, year {years + 1}, {seeds} seeds; "
        f"spending on a person {pounds(rows['mean'].iloc[0])} a year on average"
    )
    with output.writing(folder) as temporary:
        output.keep_runs(folder, temporary)
        report.write(rows, heading, temporary)
        recipe = {"place": named(place), "funding": named(funding), "years": years, "seeds": seeds, "sample": sample}
        output.write_manifest(temporary, manifest("risk", recipe, place=case.place.id))
    _print(rows, heading)
    print(f"\nWritten to {folder}/: risk.md, risk.csv, risk.png")


def _print(rows: pd.DataFrame, heading: str) -> None:
    from rich.table import Table

    from ..evidence.risk.table import COLUMNS, cells, finding

    shown = Table(title=heading, title_justify="left")
    for k, name in enumerate(COLUMNS.values()):
        shown.add_column(name, justify="left" if k in (1, 2) else "right")
    last = ""
    for row in rows.to_dict("records"):
        if last and row["adjusted"] != last:
            shown.add_section()
        shown.add_row(*cells(row))
        last = row["adjusted"]
    terminal().print(shown)
    print(f"• {finding(rows)}")
