"""``fundingflows report``: a comparison as one file that can be handed on."""

from __future__ import annotations

from typing import Annotated

import typer

from ..default import PLACE
from .compare import compare
from .options import DrawSeeds, Folder, Fundings, Hold, Paths, Place, Sample, Seeds, Why, Years


def report(
    fundings: Fundings = None,
    place: Place = PLACE,
    years: Years = 5.0,
    seeds: Seeds = 5,
    sample: Sample = 1.0,
    paths: Paths = None,
    hold: Hold = None,
    uncertainty: Annotated[
        int | None, typer.Option(help="Number of parameter draws, for intervals from all that is not known.")
    ] = None,
    draw_seeds: DrawSeeds = None,
    why: Why = False,
    out: Folder = None,
) -> None:
    """Compare ways of paying and write the answer as one HTML file to read, print and hand on."""
    compare(fundings, place, years, seeds, sample, paths, hold, uncertainty, draw_seeds, why, report=True, out=out)
