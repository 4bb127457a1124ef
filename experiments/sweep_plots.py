"""Pictures of sweeps: tornado, Morris, Sobol' indices, boxes, frontier. Titles say the finding."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ..model.parameters import defaults
from .plots import COLOURS, MARKERS, _figure, save

SHOWN = 12  #: bars in a picture


def name_of(path: str) -> str:
    """A parameter's label, short enough for an axis; a path as it is otherwise."""
    tree = defaults()
    text = tree[path].label if path in tree else path
    return "\n".join(textwrap.wrap(text, 46)[:2])


def _frame(axes, labels: Sequence[str], finding: str, figure) -> None:  # type: ignore[no-untyped-def]
    axes.set_yticks(range(len(labels)), labels, fontsize=9)
    axes.invert_yaxis()
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    figure.suptitle("\n".join(textwrap.wrap(finding, 110)), x=0.01, ha="left", fontsize=11, fontweight="bold")


def tornado(table: pd.DataFrame, unit: str, finding: str, path: Path) -> None:
    """The answer at both ends of each parameter's range, about the answer as shipped."""
    rows = table.head(SHOWN)
    figure, axes = _figure(10.0, 1.6 + 0.42 * len(rows))
    base = float(rows["base"].iloc[0])
    for k, row in enumerate(rows.to_dict("records")):
        for end, colour, word in (("at_low", COLOURS[0], "low end"), ("at_high", COLOURS[3], "high end")):
            axes.barh(k, row[end] - base, left=base, color=colour, height=0.6, label=f"{word} of range" if k == 0 else None,
                      hatch="" if end == "at_low" else "///", edgecolor="white")  # fmt: skip
        for end, value in (("at_low", row["from"]), ("at_high", row["to"])):
            right = row[end] >= base
            axes.annotate(f"{value:g}", (row[end], k), xytext=(4 if right else -4, 0), textcoords="offset points",
                          ha="left" if right else "right", va="center", fontsize=8)  # fmt: skip
    axes.axvline(base, color="#333333", linewidth=1)
    axes.margins(x=0.12)
    axes.set_xlabel(f"{unit}; the line is the answer with every parameter as shipped")
    axes.legend(loc="lower right", frameon=False)
    _frame(axes, [name_of(p) for p in rows["parameter"]], finding, figure)
    save(figure, path)


def effects(table: pd.DataFrame, unit: str, finding: str, path: Path) -> None:
    """Morris: how far each parameter moves the answer over its range, with interval, and how unevenly."""
    rows = table.head(SHOWN)
    figure, axes = _figure(10.0, 1.6 + 0.42 * len(rows))
    places = np.arange(len(rows))
    axes.barh(places, rows["effect"], xerr=rows["half_width"], color=COLOURS[0], height=0.6, capsize=3,
              label="mean absolute effect, 95 % interval")  # fmt: skip
    axes.plot(rows["spread"], places, MARKERS[3], color=COLOURS[3], label="spread: interactions and bends", linestyle="none")
    axes.set_xlabel(f"{unit}, over the parameter's range")
    axes.set_xlim(left=0)
    axes.legend(loc="lower right", frameon=False)
    _frame(axes, [name_of(p) for p in rows["parameter"]], finding, figure)
    save(figure, path)


def indices(table: pd.DataFrame, finding: str, path: Path) -> None:
    """Sobol': shares of the answer's variance, alone and with interactions, with intervals."""
    rows = table.head(SHOWN)
    figure, axes = _figure(10.0, 1.8 + 0.5 * len(rows))
    places = np.arange(len(rows))
    for key, shift, colour, hatch, word in (("first", -0.19, COLOURS[0], "", "alone (first order)"),
                                            ("total", 0.19, COLOURS[1], "///", "with interactions (total)")):  # fmt: skip
        axes.barh(places + shift, 100 * rows[key], xerr=100 * rows[f"{key}_half_width"], height=0.36, color=colour,
                  hatch=hatch, edgecolor="white", capsize=3, label=word)  # fmt: skip
    axes.axvline(0.0, color="#333333", linewidth=1)
    axes.set_xlabel("% of the variance that the parameters cause; bars are 95 % intervals")
    axes.legend(loc="lower right", frameon=False)
    _frame(axes, [name_of(p) for p in rows["parameter"]], finding, figure)
    save(figure, path)
