"""A picture of why two ways of paying differ: for some measures, parts that add up to the whole difference."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from ..results.numbers import difference_unit, signed, valued
from ..results.parts import INTERACTION, WHOLE
from ..results.reasons import PICTURED
from .plots import COLOURS, new_panels, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DOWN, UP, ALL = COLOURS[0], COLOURS[3], "#505A5F"
HIGH = 0.62  #: of a row that a bar takes


def waterfall(table: pd.DataFrame, finding: str, path: Path) -> None:
    """Panels of horizontal bars, each beginning where the last one ends; whiskers are 95 % intervals over seeds."""
    figure, panels = new_panels(2, 3, 13.5, 8.5, sharey=True)
    bars = cast(pd.DataFrame, table[table["part"] != INTERACTION])
    shown = [cast(pd.DataFrame, bars[bars["measure"] == key]) for key in PICTURED]
    for axes, own in zip(panels.ravel(), shown, strict=True):
        _panel(axes, own)
    for row in panels:
        row[0].set_yticks(range(len(shown[0])), list(shown[0]["part_label"]), fontsize=9)
    panels[0, 0].invert_yaxis()
    figure.suptitle(finding, x=0.01, ha="left", fontsize=12, fontweight="bold")
    save(figure, path)


def _panel(axes: Axes, own: pd.DataFrame) -> None:
    rows: list[dict[str, Any]] = own.to_dict("records")  # type: ignore[assignment]
    at = 0.0
    for y, row in enumerate(rows):
        size, start = row["difference"], 0.0 if row["part"] == WHOLE else at
        colour = ALL if row["part"] == WHOLE else UP if size > 0.0 else DOWN
        axes.barh(y, size, left=start, height=HIGH, color=colour)
        at = start + size
        if not np.isnan(row["low"]):
            ends = [[size - row["low"]], [row["high"] - size]]
            axes.errorbar(at, y, xerr=ends, color="#0B0C0C", linewidth=1, capsize=2.5, linestyle="none")
        if y + 1 < len(rows):
            axes.plot([at, at], [y - HIGH / 2, y + 1 + HIGH / 2], color="#B1B4B6", linewidth=0.8, zorder=0)
    first = rows[0]
    axes.axvline(0.0, color="#333333", linewidth=1)
    axes.set_title(f"{first['label']}: {signed(rows[-1]['difference'])}", loc="left", fontsize=10, fontweight="bold")
    axes.set_xlabel(
        f"difference, {difference_unit(first['unit'])}\n(from {valued(first['level'], first['unit'])})", fontsize=8
    )
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
