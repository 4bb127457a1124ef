"""The page and the picture of a history: published beside simulated."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from ...figures.plots import COLOURS, save
from .series import History

HEAD = """# Ten years: 2009/10 to 2019/20

What England saw, and what the model makes of the same money, prices and pay. Made by `fundingflows history`.

There is no baseline of 2009/10. The model starts from **{place}**, and moves along the growth that England saw
in the ten years from 2009/10: allocations, prices, pay, and need of consultations and electives. They are in
`scenarios/paths/england_2009_2019.toml`, every figure with source and grade. Need of emergencies has no trend of its
own, and the population is the place's. So only changes are compared: each series is an index, 100 in its first
published year. {runs}.

![Published and simulated series](history.png)
"""


def page(what: History, rows: pd.DataFrame, place: str, runs: str, why: str) -> str:
    """The page: a table for each series, and why the model misses where it does."""
    parts = [HEAD.format(place=place, runs=runs)]
    for one in what.series:
        mine = [row for row in rows.to_dict("records") if row["series"] == one.key]
        parts.append(f"## {one.label}\n\nGrade {one.grade}: {one.source}.\n")
        parts.append(f"| Year | Published, {one.unit} | Published, index | Simulated, index | over seeds |")
        parts.append("|---|---|---|---|---|")
        parts += [
            f"| {row['year']} | {_cell(row['published'])} | {_cell(row['published_index'])} | "
            f"{row['simulated_index']:.0f} | {row['low']:.0f}–{row['high']:.0f} |"
            for row in mine
        ]
        parts.append("")
    return "\n".join([*parts, why.strip(), ""])


def _cell(value: float | None) -> str:
    return "" if value is None or np.isnan(value) else f"{value:g}" if value < 20 else f"{value:.1f}"


def picture(what: History, rows: pd.DataFrame, path: Path) -> None:
    """A panel for each series: published points, the model's line, and the spread over seeds."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    across = 4
    figure, panels = plt.subplots(-(-len(what.series) // across), across, figsize=(13.0, 6.0), layout="constrained")
    for one, axes in zip(what.series, np.ravel(panels), strict=False):
        mine = rows[rows.series == one.key]
        x = what.first + np.arange(what.years)
        axes.fill_between(x, mine.low, mine.high, color=COLOURS[0], alpha=0.2, linewidth=0)
        axes.plot(x, mine.simulated_index, color=COLOURS[0], label="simulated (mean and range of seeds)")
        axes.plot(x, mine.published_index.astype(float), "o", color=COLOURS[3], label="published, England")
        axes.set_title(one.label, fontsize=9)
        axes.set_ylabel(f"{min(one.values)}/{(min(one.values) + 1) % 100:02d} = 100", fontsize=8)
        axes.set_xticks([2009, 2014, 2019], ["2009/10", "2014/15", "2019/20"], fontsize=8)
    handles, labels = np.ravel(panels)[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    save(figure, path)
