"""``fundingflows report``: a comparison as one file that can be handed on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..default import PLACE
from .compare import compare
from .options import Hold, Paths, Sample


def report(
    fundings: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FUNDING]...",
            help="Funding files, by name or path; differences are from the first.",
            show_default="status_quo activity_based capitated outcome_based",
        ),
    ] = None,
    place: Annotated[str, typer.Option(help="The place.")] = PLACE,
    years: Annotated[float, typer.Option(help="Years to run.")] = 5.0,
    seeds: Annotated[int, typer.Option(help="Repeat runs of each way of paying, with seeds in common.")] = 5,
    sample: Sample = 1.0,
    paths: Paths = None,
    hold: Hold = None,
    uncertainty: Annotated[
        int | None, typer.Option(help="Number of parameter draws, for intervals from all that is not known.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results.", show_default="results/compare-PLACE")
    ] = None,
) -> None:
    """Compare ways of paying and write the answer as one HTML file to read, print and hand on."""
    compare(fundings, place, years, seeds, sample, paths, hold, uncertainty, report=True, out=out)
