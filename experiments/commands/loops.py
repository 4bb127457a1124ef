"""``fundingflows structure --loops``: how much loops matter under one way of paying."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .inputs import check_years, funding_of, scenario_of, whole
from .options import run_options, stopping
from .printing import initial_state, progress_bar, terminal

if TYPE_CHECKING:
    import pandas as pd

    from ...model.structure import Loop

WIDE, NARROW = 40, 13  #: characters of the column of loops, at least, and of a measure's, at most
SHOWN = 2  #: loops of a link that the terminal shows; all are in the folder


def measure(
    place: str, funding: str, years: float, seeds: int, sample: float, paths: str | None, longest: int,
    processes: int | None, out: Path | None,
) -> None:  # fmt: skip
    """Make the runs with each link held, write the folder, print what loops change."""
    from ...agents.patients.calendar import weeks_of
    from ...model.structure import links_of, loops
    from ..results import loops as results
    from ..results import output
    from ..runs import loops as running
    from ..runs.engine import make_all
    from ..runs.recipe import manifest, named

    whole(seeds, "--seeds", 1)
    check_years(years)
    case = scenario_of(place, funding, sample, [], paths)
    paid = funding_of(case)
    folder = out or Path("results") / f"loops-{case.place.id}-{paid.id}"
    output.check(folder)
    with progress_bar() as bar:
        initial_state(case, bar)
    found = loops(longest)
    planned = running.plan(case, weeks_of(years), range(1, seeds + 1), links_of(found))
    title, runs = f"{case.place.file.title}, {paid.title}", list(planned.values())
    options = run_options(processes, None, None)
    rows = stopping(lambda: make_all(runs, folder, options, f"{len(runs)} runs of {title}"), folder)
    table = running.table(planned, rows)
    recipe = {"place": named(place), "funding": named(funding), "years": years, "seeds": seeds, "sample": sample,
              "paths": paths and named(paths), "longest": longest}  # fmt: skip
    means = f"means over {years:g} years and {seeds} seed{'s' if seeds > 1 else ''}"
    with output.writing(folder) as temporary:
        output.keep_runs(folder, temporary)
        table.to_csv(temporary / "links.csv", index=False)
        results.listed(found, table).to_csv(temporary / "loops.csv", index=False)
        (temporary / "loops.md").write_text(results.page(table, found, f"{title}; {means}"), encoding="utf-8")
        output.write_manifest(temporary, manifest("loops", recipe, place=case.place.id))
    _print(table, found, f"{title}: what links change, {means} ± 95 % range from chance alone")
    for line in results.sentences(table):
        print(f"• {line}")
    print(f"\nWritten to {folder}/: links.csv, loops.csv, loops.md")


def _print(table: pd.DataFrame, found: Sequence[Loop], title: str) -> None:
    from rich.table import Table

    from ..results import loops as results

    shown = Table(title=title, title_justify="left", show_lines=True)
    shown.add_column("link, and loops that holding it cuts", min_width=WIDE)
    for head in results.heads(table):
        shown.add_column(head, justify="right", max_width=NARROW)
    shown.add_row("everything at work", *results.levels(table))
    for link, cells in results.cells(table).items():
        through = [f"{results.circle(loop)} ({results.kind(loop)})" for loop in found if link in loop.links]
        more = [f"and {len(through) - SHOWN} more"] if len(through) > SHOWN else []
        shown.add_row("\n".join([f"[bold]{link}[/bold]", *through[:SHOWN], *more]), *cells)
    terminal().print(shown)
