"""The worked sweep's answer: ``python -m fundingflows.experiments.sweeps.capitated_share results/capitated_share``.

How large must the capitated share be before practices gain from putting a tenth of their appointments into proactive
care? Reads the folder of ``worked/capitated_share.toml``, prints a sentence and draws the figure in the same folder.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from ..figures.plots import COLOURS, MARKERS, new_figure, save
from ..results.intervals import paired
from ..results.numbers import pounds
from .results import Sweep, open_sweep

SHARE, APPOINTMENTS, PROACTIVE = "blend.practice.capitated", "hold.practice.appointments", "hold.practice.proactive"


def gains(sweep: Sweep, measure: str = "drawings") -> pd.DataFrame:
    """By funding file and capitated share: effect of the swap for each partner, £000 a year, paired over seeds."""
    rows = sweep.good
    index = ["funding", SHARE, "seed"]
    swapped = rows[(rows[APPOINTMENTS] < 1.0) & (rows[PROACTIVE] > 1.0)].set_index(index)[measure]
    usual = rows[(rows[APPOINTMENTS] == 1.0) & (rows[PROACTIVE] == 1.0)].set_index(index)[measure]
    out = []
    for key, gain in (swapped - usual).groupby(level=["funding", SHARE]):
        funding, share = cast(tuple[str, float], key)
        mean, low, high, _ = paired(gain.to_numpy())
        out.append((funding, float(share), mean, low, high))
    return pd.DataFrame(out, columns=["funding", "share", "gain", "low", "high"])


def crossing(rows: pd.DataFrame, column: str = "gain") -> float:
    """The capitated share at which a gain begins, interpolated linearly; 0 or NaN: always or never."""
    share, gain = rows["share"].to_numpy(), rows[column].to_numpy()
    if gain[0] > 0:
        return 0.0
    above = np.flatnonzero(gain > 0)
    if not above.size:
        return float("nan")
    k = int(above[0])
    return float(share[k - 1] + (share[k] - share[k - 1]) * -gain[k - 1] / (gain[k] - gain[k - 1]))


def _of(table: pd.DataFrame, funding: str) -> pd.DataFrame:
    return table.loc[(table["funding"] == funding).to_numpy()]


def sentence(table: pd.DataFrame) -> str:
    """The answer in one sentence."""
    item, outcomes = _of(table, "practices_per_item"), _of(table, "practices_for_outcomes")
    most, least = 1000 * outcomes["gain"].to_numpy()[[0, -1]]
    at, low, high = (100 * crossing(item, c) for c in ("gain", "high", "low"))
    return (
        f"Partners gain from putting a tenth of appointments into proactive care once {at:.0f} % ({low:.0f} to "
        f"{high:.0f}) of practice income is per head and the rest per item; where the rest is a core and outcomes they "
        f"gain at any share, from {pounds(least)} a year each if all is per head to {pounds(most)} if none is."
    )


def picture(table: pd.DataFrame, titles: dict[str, str], path: Path) -> None:
    """Gain by capitated share, one line for each funding file."""
    figure, axes = new_figure(9.0, 5.0)
    for k, (funding, rows) in enumerate(table.groupby("funding", sort=False)):
        axes.errorbar(100 * rows["share"], rows["gain"], yerr=[rows["gain"] - rows["low"], rows["high"] - rows["gain"]],
                      color=COLOURS[k], marker=MARKERS[k], capsize=3, label=titles[str(funding)])  # fmt: skip
    axes.axhline(0.0, color="#333333", linewidth=1)
    at = 100 * crossing(_of(table, "practices_per_item"))
    axes.annotate(f"gain begins at {at:.0f} %", (at, 0.0), xytext=(at - 34, 6.5), arrowprops={"arrowstyle": "->"})
    axes.set_xlabel("Part of practice income that is paid per head, %")
    axes.set_ylabel("Change in drawings per partner, £000 a year")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
    figure.suptitle(
        f"Paid per item, practices lose by swapping appointments for proactive care\n"
        f"until {at:.0f} % of their income is per head; paid for outcomes, they gain at any share",
        x=0.01, ha="left", fontsize=11, fontweight="bold",
    )  # fmt: skip
    save(figure, path)


def main(folder: Path) -> None:
    """Print the sentence and draw the figure."""
    sweep = open_sweep(folder)
    table = gains(sweep)
    picture(table, sweep.titles, folder / "capitated_share")
    print(sentence(table))
    print(f"Picture: {folder}/capitated_share.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
