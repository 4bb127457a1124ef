"""``fundingflows margin``: what a little more or less money for each service buys or costs in health."""

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


def margin(
    place: Annotated[str, typer.Argument(help="A place, or the path of its TOML file.")] = PLACE,
    funding: Annotated[str, typer.Argument(help="A funding file without pools, by name or path.")] = "status_quo",
    percent: Annotated[float, typer.Option(help="Per cent by which a service's money is raised and cut.")] = 5.0,
    years: Annotated[int, typer.Option(help="Years in which it is.")] = 5,
    follow: Annotated[int, typer.Option(help="Years after that which are counted too.")] = 5,
    seeds: Annotated[int, typer.Option(help="Repeat runs, with seeds in common.")] = 5,
    sample: Sample = 1.0,
    processes: Processes = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for runs and table.", show_default="results/margin-PLACE")
    ] = None,
) -> None:
    """Cost per QALY of the marginal pound in each service, compared with published figures. Run again to resume."""
    from ...model.errors import InputError
    from ..evidence.margin import money, report, runs, table
    from ..results import output
    from ..runs.recipe import manifest, named
    from ..runs.spec import RunSpec

    whole(seeds, "--seeds", 1)
    whole(years, "--years", 1)
    whole(follow, "--follow", 0)
    check_years(years + follow)
    if not 0.0 < percent < 100.0:
        raise InputError(f"--percent: expected a number above 0 and below 100, got {percent:g}")
    case = scenario_of(place, funding, sample, [])
    folder = out or Path("results") / f"margin-{case.place.id}"
    output.check(folder)
    with progress_bar() as bar:
        initial_state(case, bar)
    services = money.services(RunSpec(case, funding).model())
    planned = runs.plan(case, services, percent / 100.0, years, follow, range(1, seeds + 1))
    rate = float(case.parameters["behaviour.discount_rate"].value)
    options, title = run_options(processes, None, None), f"{len(planned)} runs of {case.place.file.title}"
    sums = stopping(lambda: runs.kept(planned, folder, options, title, rate), folder)
    rows = table.table(sums, services, percent / 100.0)
    heading = (
        f"{case.place.file.title}, {funding_of(case).title}: ±{percent:g} % of a service's money for {years} years, "
        f"counted over {years + follow}, {seeds} seed{'s' if seeds > 1 else ''}, discounted at {100 * rate:g} % a year"
    )
    with output.writing(folder) as temporary:
        output.keep_runs(folder, temporary)
        report.write(rows, report.markdown(rows, heading), temporary)
        recipe = {"place": named(place), "funding": named(funding), "percent": percent, "years": years,
                  "follow": follow, "seeds": seeds, "sample": sample}  # fmt: skip
        output.write_manifest(temporary, manifest("margin", recipe, place=case.place.id))
    _print(rows, heading)
    print(f"\nWritten to {folder}/: margin.md, margin.csv, margin.png")


def _print(rows: pd.DataFrame, heading: str) -> None:
    from rich.table import Table

    from ..evidence.margin.published import figures
    from ..evidence.margin.report import sentence
    from ..evidence.margin.table import COLUMNS, cells

    shown = Table(title=f"{heading}; differences ± 95 % range from chance alone", title_justify="left")
    for k, name in enumerate(COLUMNS.values()):
        shown.add_column(name, justify="left" if k < 2 else "right")
    last = ""
    for row in rows.to_dict("records"):
        if last and row["title"] != last:
            shown.add_section()
        shown.add_row(row["title"] if row["title"] != last else "", *cells(row))
        last = row["title"]
    terminal().print(shown)
    titles = dict(zip(rows["service"], rows["title"], strict=True))
    for figure in figures():
        print(f"• {titles.get(figure.service, figure.service)}: {sentence(figure)}")
