"""A picture of the marginal pound: £ per QALY of each service, on a scale of ratios, with published ranges."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ..results.numbers import price as in_pounds
from .plots import COLOURS, MARKERS, new_figure, save

MONEY = {"more": "with more money", "less": "with less money"}


def picture(rows: pd.DataFrame, published: Mapping[str, tuple[float, float]], path: Path) -> None:
    """£ per QALY with more and with less money, 95 % intervals; bands are published ranges.

    A service whose spending and QALYs move apart has no point; the table says how.
    """
    figure, axes = new_figure(9.0, 4.5)
    services = list(dict.fromkeys(rows["service"]))
    for y, service in enumerate(services):
        if service in published:
            low, high = published[service]
            axes.plot([low, high], [y, y], color="#CFD3D6", linewidth=14, solid_capstyle="butt", zorder=0,
                      label="published" if service == services[-1] else None)  # fmt: skip
    for k, (which, label) in enumerate(MONEY.items()):
        own = rows[rows["money"] == which].set_index("service").loc[services]
        price = own["price"].to_numpy(float)
        y = np.arange(len(services)) + (k - 0.5) * 0.25
        shown = price > 0.0
        low = np.clip(own["price_low"].to_numpy(float), 1.0, None)
        ends = np.nan_to_num(np.array([price - low, own["price_high"].to_numpy(float) - price]))
        axes.errorbar(price[shown], y[shown], xerr=np.maximum(ends[:, shown], 0.0), color=COLOURS[k], marker=MARKERS[k],
                      capsize=3, linestyle="none", label=label)  # fmt: skip
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda x, _: in_pounds(x, 0))
    axes.set_yticks(range(len(services)), list(dict.fromkeys(rows["title"])))
    axes.set_ylim(len(services) - 0.5, -0.5)
    axes.set_xlabel("£ per QALY (ratio scale); bars are 95 % intervals from chance alone")
    axes.legend(loc="best", frameon=True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    figure.suptitle("What a QALY costs at the margin", x=0.01, ha="left", fontweight="bold")
    save(figure, path)
