"""Number of seeds for a given precision: fixed-width sequential sampling with look-ahead.

Replications are added until the half-width of the 95 % interval (Student's t) of every chosen difference is within the
tolerance, and stays within it for five more: Hoad, Robinson and Davies, "Automated selection of the number of
replications for a discrete-event simulation", Journal of the Operational Research Society 61:1632 (2010). Looking ahead
guards against stopping at an interval that is narrow by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pandas as pd

from ..results.intervals import running_half_widths

LOOK_AHEAD = 5
LEAST = 3
NEGLIGIBLE = 0.01  #: of the level: a smaller difference is judged as if it had this size
MOST = 200


def needed(differences: Sequence[float] | np.ndarray, level: float, precision: float) -> int | None:
    """Number of seeds that were enough, or ``None`` if more are needed.

    Enough: the half-width is at most ``precision`` times the difference, or times a hundredth of the level where the
    difference is smaller, at n seeds and at each of the five that follow.
    """
    d = np.asarray(differences, dtype=float)
    n = np.arange(1, d.size + 1)
    size = np.maximum(np.abs(np.cumsum(d) / n), NEGLIGIBLE * abs(level))
    narrow = running_half_widths(d) <= precision * size
    for k in range(LEAST - 1, d.size - LOOK_AHEAD):
        if narrow[k : k + LOOK_AHEAD + 1].all():
            return k + 1
    return None


def verdicts(runs: pd.DataFrame, fundings: Sequence[str], measures: Sequence[str], precision: float) -> pd.DataFrame:
    """One row for each place, point, funding file and measure.

    Seeds made, seeds needed (missing: not enough), mean, half-width, and the relative half-width.
    """
    rows = []
    for key, group in runs.groupby(["place", "point"], sort=False):
        place, point = cast(tuple[str, int], key)
        for measure in measures:
            by_seed = group.pivot(index="seed", columns="funding", values=measure)
            for funding in fundings[1:] or fundings[:1]:
                base = by_seed[fundings[0]]
                values = (by_seed[funding] - base if len(fundings) > 1 else base).dropna()
                half = running_half_widths(values.to_numpy())[-1] if len(values) else np.inf
                level = float(base.to_numpy(dtype=float).mean())
                enough = needed(values.to_numpy(), level, precision)
                mean = float(values.to_numpy(dtype=float).mean())
                wide = half / max(abs(mean), NEGLIGIBLE * abs(level), 1e-300)
                rows.append((place, point, funding, measure, len(values), enough, mean, half, wide))
    names = ["place", "point", "funding", "measure", "seeds", "needed", "mean", "half_width", "relative"]
    return pd.DataFrame(rows, columns=names).astype({"needed": "Int64"})
