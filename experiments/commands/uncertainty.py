"""``compare --uncertainty``: parameter uncertainty and chance, separated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .options import make, run_options
from .printing import print_frame

if TYPE_CHECKING:
    from ..results.compared import Drawn
    from ..sweeps.results import Sweep


def separate(
    place: str, fundings: list[str], years: float, sample: float, draws: int, seeds: int, out: Path | None,
    paths: str | None = None,
) -> None:  # fmt: skip
    """``compare --uncertainty``: every way of paying at every draw and seed; kept and resumed as a sweep."""
    from ...scenarios import baseline_of
    from ..sweeps import draws as drawing
    from ..sweeps import uncertainty

    found = uncertainty.whole(_made(place, fundings, years, sample, draws, seeds, out, paths))
    rows = uncertainty.table(found)
    draws = len(found.points)
    rows.to_csv(found.folder / "uncertainty.csv", index=False)
    for name in found.fundings[1:]:
        own = rows.loc[(rows["funding"] == name).to_numpy()]
        shown = own.loc[:, ["label", "unit", "effect", "low", "high", "above", "parameters", "chance", "share"]]
        title = f"{found.titles[name]} less {found.titles[found.fundings[0]]}, {draws} draws x {seeds} seeds"
        print_frame(shown, f"{title}: effect, its 95 % interval over parameters, standard deviations of both parts")
        print(f"• {uncertainty.sentence(own, found.titles[name], found.titles[found.fundings[0]])}")
    said = drawing.describe(baseline_of(place))
    for note in found.notes:
        print(note)
    print(f"Draws: {said}.\nWritten to {found.folder}/: uncertainty.csv (with intervals of both parts)")


def drawn(
    place: str, fundings: list[str], years: float, sample: float, draws: int, seeds: int, out: Path | None,
    paths: str | None = None,
) -> Drawn:  # fmt: skip
    """The same comparison at draws of all that is not known, kept in a folder beside that of the comparison."""
    from ..sweeps import uncertainty

    beside = out and out.with_name(f"{out.name}-uncertainty")
    return uncertainty.drawn(_made(place, fundings, years, sample, draws, seeds, beside, paths))


def _made(
    place: str, fundings: list[str], years: float, sample: float, draws: int, seeds: int, out: Path | None,
    paths: str | None,
) -> Sweep:  # fmt: skip
    from ..sweeps import uncertainty
    from ..sweeps.results import open_sweep

    plan = uncertainty.plan(place, fundings, years, sample, draws, seeds, paths)
    folder = out or Path("results") / f"uncertainty-{plan.rows[0].place}"
    make(plan, folder, run_options(None, None, None))
    return open_sweep(folder)
