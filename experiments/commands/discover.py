"""``fundingflows discover``: when each way of paying wins."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def discover(
    folder: Annotated[Path, typer.Argument(help="Folder of a finished sweep in which something varies.")],
    measure: Annotated[
        list[str] | None, typer.Option(help="Measure to win on; may be repeated.", show_default="qalys, public, failed")
    ] = None,
    better: Annotated[str | None, typer.Option(help="Which is better, low or high, where that is a judgement.")] = None,
    than: Annotated[str | None, typer.Option(help="Funding file to beat.", show_default="all others")] = None,
) -> None:
    """Scenario discovery (PRIM): when each way of paying does best, and its regret."""
    import pandas as pd

    from ...model.errors import unknown
    from ..sweeps import discover as finding
    from ..sweeps.results import open_sweep, within

    found = open_sweep(folder)
    if than is not None and than not in found.fundings:
        raise unknown("funding file", than, found.fundings, where="--than")
    rows = []
    for key in measure or ["qalys", "public", "failed"]:
        sign = finding.better(key, better)
        x, levels = finding.futures(found, key)
        facts = found.units.set_index("measure").loc[key]
        label = within(str(facts["label"]))
        for name in [f for f in found.fundings if f != than]:
            wins = finding.winners(levels, name, sign, than)
            box = finding.prim(x, wins) if 0 < wins.sum() < len(wins) else finding.Box(density=float(wins.mean()))
            rivals = (
                found.titles[than]
                if than
                else next((found.titles[f] for f in found.fundings if f != name), "")
                if len(found.fundings) == 2
                else "all others"
            )
            print(f"• {finding.sentence(found.parameters, found.titles[name], rivals, label, wins, box)}")
            rows += [(key, name, path, low, high, box.coverage, box.density, box.mass, float(wins.mean()))
                     for path, (low, high) in (box.limits or {"": (None, None)}).items()]  # fmt: skip
        table = finding.regret(levels, sign)
        table.to_csv(folder / f"regret-{key}.csv")
        print(f"• {finding.regret_sentence(table, found.titles, label, str(facts['unit']))}")
        print(f"  {finding.chance_sentence(*finding.agreement(found, key, sign))}")
    columns = ["measure", "funding", "variable", "low", "high", "coverage", "density", "mass", "wins"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "boxes.csv", index=False)
    print(f"Written to {folder}/: boxes.csv, regret-*.csv")
