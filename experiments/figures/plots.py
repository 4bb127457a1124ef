"""Pictures: titles that say the finding, units on every axis, colours that the colour-blind can tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..results.numbers import valued

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...model.system import HealthEconomy

COLOURS = ("#12436D", "#28A197", "#801650", "#F46A25")
MARKERS = ("o", "s", "^", "D")
IN_A_ROW = 3  #: ways of paying in a row of the legend of a comparison
TALLER = 1.2  #: inches that each further way of paying adds to the picture
PICTURED = (
    "consultations", "failed", "emergencies", "electives", "median_wait", "delays", "practice_income",
    "hospital_income", "hospital_margin", "drawings", "qalys", "acsc", "unmet_poorest", "carbon",
)  # fmt: skip


def new_figure(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty figure of so many inches, in the style of all pictures."""
    figure, panels = new_panels(1, 1, width, height)
    return figure, panels[0, 0]


def new_panels(rows: int, columns: int, width: float, height: float, **how: Any) -> tuple[Figure, np.ndarray]:
    """An empty figure of so many inches with its panels (rows, columns), in the style of all pictures."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    plt.rcParams.update({"svg.hashsalt": "fundingflows", "svg.fonttype": "none", "font.size": 10})
    return plt.subplots(rows, columns, figsize=(width, height), layout="constrained", squeeze=False, **how)


def save(figure: Figure, path: Path) -> None:
    """Save as PNG and as SVG, byte for byte the same each time."""
    from matplotlib import pyplot as plt

    figure.savefig(path.with_suffix(".png"), dpi=150, metadata={"Software": None})
    figure.savefig(path.with_suffix(".svg"), metadata={"Date": None, "Creator": None})
    plt.close(figure)


def comparison(table: pd.DataFrame, fundings: Sequence[str], titles: dict[str, str], finding: str, path: Path) -> None:
    """Paired differences from the first way of paying in per cent of its level, with 95 % intervals."""
    shown = [key for key in PICTURED if key in set(table["measure"])]
    others = list(fundings[1:])
    figure, axes = new_figure(11.0, 8.5 + TALLER * max(len(others) - IN_A_ROW, 0))
    apart = min(0.24, 0.8 / max(len(others), 1))
    base = table[table["funding"] == fundings[0]].set_index("measure")
    labels = []
    for row, key in enumerate(shown):
        level = abs(float(base.loc[key, "level"])) or 1.0
        labels.append(
            f"{base.loc[key, 'label']}\n({valued(float(base.loc[key, 'level']), str(base.loc[key, 'unit']))})"
        )
        for k, name in enumerate(others):
            cell = table[(table["measure"] == key) & (table["funding"] == name)].iloc[0]
            if key == "hospital_margin":  # already a percentage: points, not per cent of per cent
                level = 100.0
            y = row + (k - (len(others) - 1) / 2.0) * apart
            middle = 100.0 * cell["difference"] / level
            low, high = 100.0 * cell["low"] / level, 100.0 * cell["high"] / level
            error = None if np.isnan(low) else [[middle - low], [high - middle]]
            axes.errorbar(
                middle, y, xerr=error, color=COLOURS[(k + 1) % 4], marker=MARKERS[(k + 1 + (k + 1) // 4) % 4],
                markersize=6, capsize=3, linestyle="none", label=titles[name] if row == 0 else None,
            )  # fmt: skip
    axes.axvline(0.0, color="#333333", linewidth=1)
    axes.set_yticks(range(len(shown)), labels, fontsize=9)
    axes.invert_yaxis()
    for row in range(0, len(shown), 2):
        axes.axhspan(row - 0.5, row + 0.5, color="#F3F2F1", zorder=0)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xlabel(
        f"Difference from “{titles[fundings[0]]}”, % of its level (margin: percentage points); bars are 95 % intervals"
    )
    figure.suptitle(finding, x=0.01, ha="left", fontsize=11, fontweight="bold")
    columns = len(others) if len(others) <= IN_A_ROW else IN_A_ROW - 1  # titles of a full row leave the picture
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=columns, frameon=False)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    save(figure, path)


def run_picture(model: HealthEconomy, path: Path) -> None:
    """Four panels of one run: requests not met, the waiting list, beds, and what each sector is paid."""
    from ...model import record
    from ..results.year import Year

    frame = record.weekly(model)
    years = frame["week"] / 52.0
    figure, panels = new_panels(2, 2, 11.0, 7.0)
    smooth = lambda s: s.rolling(13, min_periods=1).mean()  # noqa: E731
    panels[0, 0].plot(years, smooth(100.0 * frame["failed_requests"] / frame["requests"]), color=COLOURS[0])
    panels[0, 0].set_title("Requests not met by practices", loc="left")
    panels[0, 0].set_ylabel("% of requests")
    panels[0, 1].plot(years, frame["waiting"] / 1000.0, color=COLOURS[1])
    panels[0, 1].set_title("People waiting for hospital", loc="left")
    panels[0, 1].set_ylabel("thousand")
    panels[1, 0].plot(years, smooth(100.0 * frame["beds_used"] / frame["beds_open"]), color=COLOURS[2])
    panels[1, 0].set_title("Hospital beds occupied", loc="left")
    panels[1, 0].set_ylabel("% of open beds")
    count = len(model.record.years)
    for k, (kind, label) in enumerate(
        (("practice", "General practice"), ("hospital", "Hospitals"), ("social_care", "Social care"))
    ):
        if model.funding is None:
            break
        income = np.array([Year(model, y, y + 1).income(kind) for y in range(count)])
        panels[1, 1].plot(
            range(1, count + 1), 100.0 * income / income[0], color=COLOURS[k], marker=MARKERS[k], label=label
        )
    panels[1, 1].set_title("What each sector is paid, first year = 100", loc="left")
    panels[1, 1].set_ylabel("year 1 = 100")
    panels[1, 1].set_xticks(range(1, count + 1))
    panels[1, 1].legend(frameon=False)
    for panel in panels.ravel():
        panel.set_xlabel("year")
        panel.spines[["top", "right"]].set_visible(False)
    for panel in (panels[0, 0], panels[0, 1]):
        panel.set_ylim(bottom=0)
    title = model.case.funding.title if model.case.funding else "No money moves"
    figure.suptitle(f"{model.place.file.title} — {title}", x=0.01, ha="left", fontsize=13, fontweight="bold")
    save(figure, path)
