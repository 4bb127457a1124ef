"""``claims``: the debate's claims, answered from runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..default import PLACE
from .inputs import whole
from .options import Place, Processes, Sample, Seeds, stopping


def claims(
    only: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CLAIM]...", help="Claims to answer, by key.", show_default="all nine"),
    ] = None,
    place: Place = PLACE,
    seeds: Seeds = 5,
    sample: Sample = 1.0,
    uncertainty: Annotated[
        int | None,
        typer.Option(
            help="Number of draws of all numbers that are not known; answers then allow for that uncertainty."
        ),
    ] = None,
    processes: Processes = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for runs and answers.", show_default="results/claims-PLACE")
    ] = None,
) -> None:
    """Answer each claim of the debate with an effect, an interval and a probability. Run again to resume."""
    from ...model.errors import InputError, unknown
    from ...scenarios import baseline_of, load_place
    from ..evidence.claims import CLAIMS, report, runs
    from ..results import output
    from ..runs.recipe import manifest, named
    from ..sweeps.draws import draws

    known = {claim.key: claim for claim in CLAIMS}
    for key in only or []:
        if key not in known:
            raise unknown("claim", key, known)
    if uncertainty is not None:
        whole(uncertainty, "--uncertainty", 2)
    elif seeds < 2:
        raise InputError(f"--seeds: expected at least 2 (or 1 with --uncertainty), got {seeds}")
    chosen = [claim for claim in CLAIMS if not only or claim.key in only]
    folder = out or Path("results") / f"claims-{load_place(place).id}"
    output.check(folder)
    arms = [arm for claim in chosen for arm in claim.arms]
    ours = runs.own_seeds(seeds, uncertainty is not None)
    own = stopping(lambda: runs.make(arms, place, ours, folder, sample, processes), folder)
    answers = {claim.key: claim.answer(own) for claim in chosen}
    found, at_own = own, None
    if uncertainty is not None:
        drawn = draws(baseline_of(place), uncertainty)
        drawn_seeds = range(1, seeds + 1)
        found = stopping(lambda: runs.make(arms, place, drawn_seeds, folder, sample, processes, drawn), folder)
        at_own, answers = answers, {claim.key: claim.answer(found) for claim in chosen}
    rows = report.table(chosen, answers, found, at_own)
    recipe = {"claims": [claim.key for claim in chosen], "place": named(place), "seeds": seeds, "sample": sample,
              "uncertainty": uncertainty}  # fmt: skip
    with output.writing(folder) as temporary:
        output.keep_runs(folder, temporary)
        report.keep(rows, report.markdown(rows, found, max((arm.years for arm in arms), default=0)), temporary)
        output.write_manifest(temporary, manifest("claims", recipe))
    for claim in chosen:
        print(f"• {claim.text}: {answers[claim.key].verdict}. {answers[claim.key].sentence}")
    print(f"Written to {folder}/: claims.md, claims.csv, and the runs they rest on")
