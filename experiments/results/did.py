"""Differences in differences: what changed more under a marked change than without it, from a run's own table.

The table is ``organisations.parquet``. Every provider of an arm is compared with itself before the change, and the
arms with the providers of the same kind that no marked change is for, which are labelled ``control``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...agents.cohorts import COHORTS
from .intervals import welch_half_width
from .numbers import number

CONTROL = "control"


@dataclass(frozen=True)
class Outcome:
    """A figure of an organisation and year: a column, or events per so many of another column."""

    column: str
    label: str
    per: str | None = None
    times: float = 1.0

    def read(self, rows: Any) -> Any:
        """The figure of each row."""
        value = rows[self.column].astype(float) * self.times
        return value if self.per is None else value / rows[self.per].astype(float).clip(lower=1e-9)


def outcomes(kind: str) -> list[Outcome]:
    """What is compared between providers of a kind: activity, state and behaviour, from the tables of the kind."""
    cohort = COHORTS[kind]
    per, times, among = (cohort.SIZE, 1000.0, ", per 1,000 registered") if cohort.SIZE else (None, 1.0, "")
    done = [Outcome(a.name, a.label + among, per, times) for a in cohort.ACTIVITIES if a.compared]
    states = [
        Outcome(s.name, f"{s.label}, {s.unit}", None if s.mean else per, s.scale) for s in cohort.STATES if s.compared
    ]
    return [*done, *states, *(Outcome(f"lever_{d.name}", f"behaviour: {d.label}") for d in cohort.DECISIONS)]


def read(folder: Path) -> pd.DataFrame:
    """The differences in differences of a run's folder."""
    return table(pd.read_parquet(Path(folder) / "organisations.parquet"))


def table(organisations: Any) -> pd.DataFrame:
    """One row a kind, arm and outcome; empty where nothing is marked, or the arms have no year before or no control.

    Years count as before while no row of the arm is treated, and as after where some are treated throughout
    the year; years between, in which a change is spread or begins, are left out. Columns: ``kind``, ``arm``,
    ``outcome``, ``before`` and ``after`` (means of the arm), ``control_before``, ``control_after``, ``effect`` (the
    difference in differences), ``low`` and ``high`` (its 95 % interval over organisations, Welch; empty where an arm
    has fewer than two), ``treated`` and ``controls`` (organisations).
    """
    rows = []
    if "arm" in organisations:
        for (kind, arm), mine in organisations.groupby(["kind", "arm"], sort=True):
            control = organisations[(organisations["kind"] == kind) & (organisations["arm"] == CONTROL)]
            if arm not in ("", CONTROL) and len(control):
                rows += _arm(str(kind), str(arm), mine, control)
    return pd.DataFrame(rows)


def _arm(kind: str, arm: str, mine: Any, control: Any) -> list[dict[str, object]]:
    share = mine.groupby("year")["treated"].max()
    before = share.index[share == 0.0]
    first = share.index[share > 0.0].min() if (share > 0.0).any() else np.inf
    before = before[before < first]
    after = share.index[share >= 1.0 - 1e-9]
    if not len(before) or not len(after):
        return []
    out = []
    for outcome in outcomes(kind):
        change, start, end = _change(outcome, mine, before, after)
        others, control_start, control_end = _change(outcome, control, before, after)
        effect = float(change.mean() - others.mean())
        half = welch_half_width(change, others)
        out.append(
            {
                "kind": kind, "arm": arm, "outcome": outcome.label, "before": start, "after": end,
                "control_before": control_start, "control_after": control_end, "effect": effect,
                "low": effect - half, "high": effect + half, "treated": change.size, "controls": others.size,
            }
        )  # fmt: skip
    return out


def _change(outcome: Outcome, rows: Any, before: Any, after: Any) -> tuple[np.ndarray, float, float]:
    """Each organisation's change (n,), and the arm's means before and after."""
    values = rows.assign(value=outcome.read(rows)).pivot(index="organisation", columns="year", values="value")
    start, end = values[list(before)].mean(axis=1), values[list(after)].mean(axis=1)
    return (end - start).to_numpy(dtype=float), float(start.mean()), float(end.mean())


def show(console: Any, frame: Any) -> None:
    """Print the table, one block an arm."""
    from rich.table import Table

    if frame.empty:
        return
    for (kind, arm), rows in frame.groupby(["kind", "arm"], sort=False):
        n, m = int(rows["treated"].iloc[0]), int(rows["controls"].iloc[0])
        title = f"Arm '{arm}' ({kind}, {n}) compared with {m} controls: change from before to after, one seed"
        shown = Table(title=title, title_justify="left")
        for name in ("outcome", "before", "after", "control before", "after", "effect", "95 % interval"):
            shown.add_column(name, justify="left" if name == "outcome" else "right")
        for row in rows.to_dict("records"):
            cells = [_figure(row[k]) for k in ("before", "after", "control_before", "control_after", "effect")]
            span = "" if row["low"] != row["low"] else f"{_figure(row['low'])} to {_figure(row['high'])}"
            shown.add_row(row["outcome"], *cells, span)
        console.print(shown)


def _figure(value: float) -> str:
    return number(value, 1 if abs(value) >= 100 else 3)
