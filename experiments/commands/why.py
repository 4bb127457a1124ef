"""``fundingflows why``: the difference between two ways of paying taken apart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..default import PLACE
from .inputs import check_years, funding_of, scenario_of, whole
from .options import Paths, Place, Processes, Sample, Years, run_options, stopping
from .printing import initial_state, progress_bar, terminal

if TYPE_CHECKING:
    import pandas as pd

    from ...model.scenario import Scenario


def why(
    first: Annotated[str, typer.Argument(metavar="A", help="A funding file, by name or path.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another; the difference is B less A.")],
    place: Place = PLACE,
    years: Years = 5.0,
    seeds: Annotated[int, typer.Option(help="Repeat runs, with seeds in common; 32 runs each.")] = 4,
    sample: Sample = 1.0,
    paths: Paths = None,
    exact: Annotated[bool, typer.Option("--exact", help="Switch parts on in every order: 512 runs a seed.")] = False,
    processes: Processes = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for runs and results.", show_default="results/why-PLACE-A-B")
    ] = None,
) -> None:
    """Take the difference between two ways of paying apart: prices, behaviour, staff, capacity, care, budgets.

    Run again to resume.
    """
    from ...agents.patients.calendar import weeks_of
    from ..results import output, reasons
    from ..runs import why as running
    from ..runs.engine import make_all
    from ..runs.recipe import manifest, named

    whole(seeds, "--seeds", 1)
    check_years(years)
    cases = [scenario_of(place, name, sample, [], paths) for name in (first, second)]
    names = [funding_of(case).id for case in cases]
    folder = out or Path("results") / f"why-{cases[0].place.id}-{names[0]}-{names[1]}"
    output.check(folder)
    with progress_bar() as bar:
        initial_state(cases[0], bar)
    recipe = {"place": named(place), "fundings": [named(first), named(second)], "years": years, "seeds": seeds,
              "sample": sample, "paths": paths and named(paths), "exact": exact}  # fmt: skip
    planned = running.plan(cases, weeks_of(years), range(1, seeds + 1), exact)
    title = f"{len(planned)} runs of {cases[0].place.file.title}"
    options = run_options(processes, None, None)
    rows = stopping(lambda: make_all(list(planned.values()), folder, options, title), folder)
    table = running.table(planned, rows)
    with output.writing(folder) as temporary:
        output.keep_runs(folder, temporary)
        write(table, cases, temporary)
        output.write_manifest(temporary, manifest("why", recipe, place=cases[0].place.id))
    _print(table, cases, seeds, years)
    for line in reasons.sentences(table):
        print(f"• {line}")
    print(f"\nWritten to {folder}/: why.csv, why.png")


def write(table: pd.DataFrame, cases: list[Scenario], folder: Path, name: str = "why") -> None:
    """The table and the picture."""
    from ..figures.waterfall import waterfall
    from ..results import reasons

    table.to_csv(folder / f"{name}.csv", index=False)
    waterfall(table, reasons.finding(table, *(funding_of(case).title for case in cases)), folder / name)


def _print(table: pd.DataFrame, cases: list[Scenario], seeds: int, years: float) -> None:
    from rich.table import Table

    from ..results import parts, reasons
    from ..results.numbers import difference_unit, number, signed

    titles = [funding_of(case).title for case in cases]
    shown = Table(
        title=f"{cases[0].place.file.title}: {titles[1]} less {titles[0]}; means over {years:g} years and {seeds} "
        f"seed{'s' if seeds > 1 else ''} ± 95 % range from chance alone",
        title_justify="left",
    )
    shown.add_column("")
    for key in reasons.PICTURED:
        row = table[table["measure"] == key].iloc[0]
        shown.add_column(f"{row['label']}, {difference_unit(row['unit'])}", justify="right")
    cells: dict[tuple[Any, Any], Any] = {(row["part"], row["measure"]): row for row in table.to_dict("records")}
    for part, label in parts.labels().items():
        if part == parts.WHOLE:
            shown.add_section()
        own = [cells[part, key] for key in reasons.PICTURED]
        half = [f" ± {number(row['high'] - row['difference'], 2)}" if row["low"] == row["low"] else "" for row in own]
        shown.add_row(label, *(signed(row["difference"], 2) + h for row, h in zip(own, half, strict=True)))
    terminal().print(shown)
