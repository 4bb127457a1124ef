"""A picture of risk by size: how far budgets end from what their people cost."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from .plots import COLOURS, MARKERS, new_figure, save

WIDTH = 95  #: characters of a line of the title


def picture(rows: pd.DataFrame, finding: str, path: Path) -> None:
    """95 % of results by the number of people: one line for each way to divide the budget, dashed with a pool."""
    from ..evidence.risk.spending import ADJUSTED

    figure, axes = new_figure(9.0, 5.0)
    pool = float(rows["part"].to_numpy(float).max())
    for k, (how, words) in enumerate(ADJUSTED.items()):
        for part, style, note in ((0.0, "-", ""), (pool, "--", f", pool for the costliest {100 * pool:g} %")):
            own = cast(pd.DataFrame, rows[(rows["adjusted"] == how) & (rows["part"] == part)]).sort_values("people")
            axes.plot(own["people"], 100 * own["range"], style, color=COLOURS[k], marker=MARKERS[k],
                      label=f"budget {words}{note}")  # fmt: skip
    axes.set_xscale("log")
    sizes = np.unique(rows["people"].to_numpy(int))
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel("people who share a budget")
    axes.set_ylabel("± % of the budget, 19 years of 20")
    axes.legend(loc="upper right", frameon=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.suptitle(textwrap.fill(finding, WIDTH), x=0.01, ha="left", fontweight="bold", fontsize=10)
    save(figure, path)
