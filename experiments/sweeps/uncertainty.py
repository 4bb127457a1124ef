"""A comparison that separates parameter uncertainty from chance: every way of paying at several draws and seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...model.errors import InputError
from ...scenarios import baseline_of
from ..results.compared import Drawn
from ..results.variance import parts
from . import design
from . import draws as drawing
from . import plan as planning
from .results import Sweep


def plan(
    place: str, fundings: list[str], years: float, sample: float, draws: int, seeds: int, paths: str | None = None
) -> planning.Plan:
    """The runs: every funding file at every draw and seed, kept as a sweep's are.

    Raises:
        InputError: for fewer than two funding files, draws or seeds: the two sources then cannot be separated.
    """
    for name, number in (("funding files", len(fundings)), ("draws (--uncertainty)", draws), ("--seeds", seeds)):
        if number < 2:
            raise InputError(f"compare --uncertainty: {name}: expected at least 2, got {number}")
    points = drawing.draws(baseline_of(place), draws)
    file = design.of("uncertainty", title=f"Uncertainty: {', '.join(Path(n).stem for n in fundings)}", places=[place],
                     fundings=fundings, years=years, sample=sample, paths=paths, seeds=seeds, rescale=True,
                     vary=dict.fromkeys(points[0], "plausible"))  # fmt: skip
    return planning.make("uncertainty", file, chosen=points)


def whole(found: Sweep) -> Sweep:
    """The sweep without the few draws at which a run failed, with a note of how many they were.

    Raises:
        InputError: when runs failed at many draws; it says why the first did.
    """
    failed = found.runs.loc[found.runs["error"].notna().to_numpy()]
    if failed.empty:
        return found
    lost, asked = sorted(set(failed["point"])), len(found.points)
    if not drawing.enough(asked - len(lost), asked):
        why = str(failed["error"].iloc[0]).removeprefix("InputError: ")
        raise InputError(f"{_in(found)}runs failed at {len(lost)} of {asked} draws: {why}")
    good = found.plan.loc[~found.plan["point"].isin(lost).to_numpy()].reset_index(drop=True)
    out = Sweep.of_rows(good, found.titles, found.everything.to_dict("records"))
    out.folder, out.manifest = found.folder, found.manifest
    out.notes = [*found.notes, f"{drawing.lost_words(len(lost), asked)}."]
    return out


def table(found: Sweep, measures: list[str] | None = None) -> pd.DataFrame:
    """One row for each measure and funding file after the first: ``Parts``, and the parameters' share of the variance.

    Raises:
        InputError: when runs are missing or have failed.
    """
    rows = []
    units = found.units.set_index("measure")
    for measure in measures or found.measures:
        apart = found.differences(measure)
        for funding in found.fundings[1:]:
            wide = apart[apart["funding"] == funding].pivot(index="point", columns="seed", values="difference")
            if wide.empty or bool(wide.isna().any().any()):
                raise InputError(f"{_in(found)}{funding}: runs failed or are missing; see its runs' errors")
            found_parts = parts(wide.to_numpy())
            facts = units.loc[measure]
            rows.append({"measure": measure, "label": facts["label"], "unit": facts["unit"], "funding": funding,
                         **vars(found_parts), "share": found_parts.share})  # fmt: skip
    return pd.DataFrame(rows)


def _in(found: Sweep) -> str:
    """Where a sweep is kept, at the start of a message; nothing for rows at hand."""
    return "" if found.folder == Path() else f"{found.folder}: "


def drawn(found: Sweep) -> Drawn:
    """The comparison at all draws but for those at which a run failed; raises as ``table`` and ``whole``."""
    asked, found = len(found.points), whole(found)
    left_out = drawing.lost_words(asked - len(found.points), asked)
    effects = {
        (str(name), measure): np.asarray(own.groupby("point")["difference"].mean())
        for measure in found.measures
        for name, own in found.differences(measure).groupby("funding")
    }
    return Drawn(table(found), effects, found.points, len(set(found.plan["seed"])), left_out)


def of_rows(made: planning.Plan, rows: Sequence[Mapping[str, Any]]) -> Drawn:
    """The same from the rows of the runs, wherever they are kept; raises as ``table``."""
    return drawn(Sweep.of_rows(made.table().to_pandas(), made.titles, rows))


def sentence(rows: pd.DataFrame, title: str, base: str) -> str:
    """The effects of a funding file that hold whatever the parameters."""
    sure = rows.loc[((rows["above"] > 0.975) | (rows["above"] < 0.025)).to_numpy()]
    uncertain = rows["share"].median()
    named = [f"{r['label'][0].lower()}{r['label'][1:]} {'up' if r['effect'] > 0 else 'down'}" if not
             r["label"].startswith(("GP", "QALY", "A&E")) else f"{r['label']} {'up' if r['effect'] > 0 else 'down'}"
             for r in sure.to_dict("records")]  # fmt: skip
    what = f"{', '.join(named)}" if named else "nothing"
    return (
        f"{title} compared with {base}: certain whatever the parameters drawn: {what}. "
        f"At the median measure, parameter uncertainty is {100 * uncertain:.0f} % of the variance between single runs "
        "and chance is the rest."
    )
