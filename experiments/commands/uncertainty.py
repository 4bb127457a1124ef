"""``compare --uncertainty``: parameter uncertainty and chance, separated."""

from __future__ import annotations

from pathlib import Path

from .options import make, run_options
from .printing import print_frame


def report(
    place: str, fundings: list[str], years: float, sample: float, draws: int, seeds: int, out: Path | None,
    paths: str | None = None,
) -> None:  # fmt: skip
    """``compare --uncertainty``: every way of paying at every draw and seed; kept and resumed as a sweep."""
    from ...scenarios import baseline_of
    from ..sweeps import draws as drawing
    from ..sweeps import uncertainty
    from ..sweeps.results import open_sweep

    plan = uncertainty.plan(place, fundings, years, sample, draws, seeds, paths)
    folder = out or Path("results") / f"uncertainty-{plan.rows[0].place}"
    make(plan, folder, run_options(None, None, None))
    found = open_sweep(folder)
    rows = uncertainty.table(found)
    rows.to_csv(folder / "uncertainty.csv", index=False)
    for name in found.fundings[1:]:
        own = rows.loc[(rows["funding"] == name).to_numpy()]
        shown = own.loc[:, ["label", "unit", "effect", "low", "high", "above", "parameters", "chance", "share"]]
        title = f"{found.titles[name]} less {found.titles[found.fundings[0]]}, {draws} draws x {seeds} seeds"
        print_frame(shown, f"{title}: effect, its 95 % interval over parameters, standard deviations of both parts")
        print(f"• {uncertainty.sentence(own, found.titles[name], found.titles[found.fundings[0]])}")
    drawn = drawing.describe(baseline_of(place))
    print(f"Draws: {drawn}.\nWritten to {folder}/: uncertainty.csv (with intervals of both parts)")
