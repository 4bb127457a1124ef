"""Pictures of sweeps: tornado, Morris, Sobol' indices, boxes, frontier. Titles say the finding."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...model.parameters import Parameters
from ..sweeps.design import parameter
from .plots import COLOURS, MARKERS, new_figure, new_panels, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN = 12  #: bars in a picture


def name_of(tree: Parameters, path: str) -> str:
    """A parameter's label, short enough for an axis; a path as it is otherwise."""
    known = parameter(tree, path)
    text = known.label if known else path
    return "\n".join(textwrap.wrap(text, 46)[:2])


def _frame(axes, labels: Sequence[str], finding: str, figure) -> None:  # type: ignore[no-untyped-def]
    axes.set_yticks(range(len(labels)), labels, fontsize=9)
    axes.invert_yaxis()
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    figure.suptitle("\n".join(textwrap.wrap(finding, 110)), x=0.01, ha="left", fontsize=11, fontweight="bold")


def tornado(tree: Parameters, table: pd.DataFrame, unit: str, finding: str, path: Path) -> None:
    """The answer at both ends of each parameter's range, about the answer at the defaults."""
    rows = table.head(SHOWN)
    figure, axes = new_figure(10.0, 1.6 + 0.42 * len(rows))
    base = float(rows["base"].iloc[0])
    for k, row in enumerate(rows.to_dict("records")):
        for end, colour, word in (("at_low", COLOURS[0], "low end"), ("at_high", COLOURS[3], "high end")):
            axes.barh(k, row[end] - base, left=base, color=colour, height=0.6, label=None if k else f"{word} of range",
                      hatch="" if end == "at_low" else "///", edgecolor="white")  # fmt: skip
        if abs(row["at_high"] - row["at_low"]) < 1e-3 * float(np.ptp(rows[["at_low", "at_high"]].to_numpy())):
            continue  # nothing to see, and numbers would overlap
        for end, value in (("at_low", row["from"]), ("at_high", row["to"])):
            right = row[end] >= base
            axes.annotate(f"{value:g}", (row[end], k), xytext=(4 if right else -4, 0), textcoords="offset points",
                          ha="left" if right else "right", va="center", fontsize=8)  # fmt: skip
    axes.axvline(base, color="#333333", linewidth=1)
    axes.margins(x=0.12)
    axes.set_xlabel(f"{unit}; line: every parameter at its default")
    axes.legend(loc="lower right", frameon=False)
    _frame(axes, [name_of(tree, p) for p in rows["parameter"]], finding, figure)
    save(figure, path)


def effects(tree: Parameters, table: pd.DataFrame, unit: str, finding: str, path: Path) -> None:
    """Morris: how far each parameter moves the answer over its range, with interval, and how unevenly."""
    rows = table.head(SHOWN)
    figure, axes = new_figure(10.0, 1.6 + 0.42 * len(rows))
    places = np.arange(len(rows))
    axes.barh(places, rows["effect"], xerr=rows["half_width"], color=COLOURS[0], height=0.6, capsize=3,
              label="mean absolute effect, 95 % interval")  # fmt: skip
    axes.plot(
        rows["spread"], places, MARKERS[3], color=COLOURS[3], label="spread: interactions and bends", linestyle="none"
    )
    axes.set_xlabel(f"{unit}, over the parameter's range")
    axes.set_xlim(left=0)
    axes.legend(loc="lower right", frameon=False)
    _frame(axes, [name_of(tree, p) for p in rows["parameter"]], finding, figure)
    save(figure, path)


def indices(tree: Parameters, table: pd.DataFrame, finding: str, path: Path) -> None:
    """Sobol': shares of the answer's variance, alone and with interactions, with intervals."""
    rows = table.head(SHOWN)
    figure, axes = new_figure(10.0, 1.8 + 0.5 * len(rows))
    places = np.arange(len(rows))
    sides = (("first", -0.19, COLOURS[0], "", "alone"), ("total", 0.19, COLOURS[1], "///", "with interactions (total)"))
    for key, shift, colour, hatch, word in sides:
        axes.barh(places + shift, 100 * rows[key], xerr=100 * rows[f"{key}_half_width"], height=0.36, color=colour,
                  hatch=hatch, edgecolor="white", capsize=3, label=word)  # fmt: skip
    axes.axvline(0.0, color="#333333", linewidth=1)
    axes.set_xlabel("% of the variance that the parameters cause; bars are 95 % intervals")
    axes.legend(loc="lower right", frameon=False)
    _frame(axes, [name_of(tree, p) for p in rows["parameter"]], finding, figure)
    save(figure, path)


def frontier(
    table: pd.DataFrame, goals: Sequence[str], units: dict[str, tuple[str, str]], finding: str, path: Path
) -> None:
    """Each objective against the first. Filled: not dominated, with 95 % intervals, larger the surer that is."""
    others = list(goals[1:5])
    rows = -(-len(others) // 2)
    figure, panels = new_panels(rows, min(2, len(others)), 11.0, 4.2 * rows)
    for panel, goal in zip(panels.ravel(), others, strict=False):
        _blends(panel, table, goals[0], goal)
        panel.set_ylabel("\n".join(units[goal]))
        panel.set_xlabel(", ".join(units[goals[0]]))
        panel.spines[["top", "right"]].set_visible(False)
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower center", ncols=len(labels), frameon=False, fontsize=9, title_fontsize=9,
        title="filled: no blend is better on everything, larger the surer; bars: 95 %, paired over seeds, chance alone",
    )  # fmt: skip
    for panel in panels.ravel()[len(others) :]:
        panel.set_visible(False)
    figure.suptitle("\n".join(textwrap.wrap(finding, 120)), x=0.01, ha="left", fontsize=11, fontweight="bold")
    save(figure, path)


def _blends(panel: Axes, table: pd.DataFrame, x: str, y: str) -> None:
    """Blends on two objectives: shape and colour by what is paid most, a black edge where budgets are pooled."""
    from ..sweeps.frontier import WORDS

    for k, word in enumerate(WORDS):
        panel.plot([], [], MARKERS[k], color=COLOURS[k], label=f"mostly {word}")
        for row in table.to_dict("records"):
            if int(np.argmax(row["blend"].parts)) != k:
                continue
            on, pooled = bool(row["frontier"]), row["blend"].pooled
            bars = {"xerr": row[f"{x}_half_width"], "yerr": row[f"{y}_half_width"]} if on else {}
            panel.errorbar(
                row[x], row[y], **bars, linestyle="none", marker=MARKERS[k], markersize=4 + 5 * row["chance"],
                color=COLOURS[k], markerfacecolor=COLOURS[k] if on else "none", elinewidth=0.7,
                markeredgecolor="black" if pooled else COLOURS[k], markeredgewidth=1.5 if pooled else 0.8,
                alpha=1.0 if on else 0.5,
            )  # fmt: skip
    if any(blend.pooled for blend in table["blend"]):
        panel.plot([], [], "o", color="white", markeredgecolor="black", markeredgewidth=1.5, label="budgets pooled")
