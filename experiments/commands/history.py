"""``fundingflows history``: ten years of England beside ten years of the model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..default import PLACE
from .inputs import whole
from .options import Processes, Sample, run_options, stopping

if TYPE_CHECKING:
    import pandas as pd


def history(
    place: Annotated[str, typer.Argument(help="A place, or the path of a place's TOML file.")] = PLACE,
    seeds: Annotated[int, typer.Option(help="Number of seeds.")] = 3,
    sample: Sample = 0.1,
    processes: Processes = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for runs, table, picture and page.", show_default="results/history")
    ] = None,
) -> None:
    """Compare England's published series, 2009/10 to 2019/20, with the model along the same money and prices."""
    whole(seeds, "--seeds", 1)
    from ...scenarios import load_place
    from ..evidence.history import page, series
    from ..results import output
    from ..runs.recipe import manifest, named

    what, folder = series.history(), out or Path("results/history")
    output.check(folder)
    start = load_place(place, sample)
    title = f"{start.file.title}, {start.baseline.title}"
    options = run_options(processes, None, None)
    found = stopping(lambda: series.simulated(what, place, range(1, seeds + 1), sample, folder, options), folder)
    rows = series.table(what, found)
    runs = f"{seeds} seeds, {sample:.0%} of the people"
    with output.writing(folder) as temporary:
        output.keep_runs(folder, temporary)
        rows.to_csv(temporary / "history.csv", index=False)
        page.picture(what, rows, temporary / "history")
        (temporary / "history.md").write_text(page.page(what, rows, title, runs, series.WHY), encoding="utf-8")
        recipe = {"place": named(place), "seeds": seeds, "sample": sample}
        output.write_manifest(temporary, manifest("history", recipe, place=start.id))
    _show(rows)
    print(f"Written to {folder}/: history.csv, history.png, history.svg, history.md")


def _show(rows: pd.DataFrame) -> None:
    """The years with a published figure, as a table."""
    from rich.table import Table

    from .printing import terminal

    table = Table(title="Published and simulated, first published year = 100", title_justify="left")
    for name in ("series", "year"):
        table.add_column(name)
    for name in ("published", "simulated", "seeds"):
        table.add_column(name, justify="right")
    for row in (row for row in rows.to_dict("records") if row["published"] == row["published"]):
        table.add_row(row["label"], row["year"], f"{row['published_index']:.0f}", f"{row['simulated_index']:.0f}",
                      f"{row['low']:.0f}–{row['high']:.0f}")  # fmt: skip
    terminal().print(table)
