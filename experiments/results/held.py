"""A difference between two ways of paying with a part of the model held, beside that with everything at work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from .intervals import paired
from .measures import MEASURES

Rows = Mapping[tuple[str, int], Mapping[str, float]]  #: measures of runs, by way of paying and seed


def table(whole: Rows, held: Rows, first: str, way: str, seeds: Sequence[int]) -> pd.DataFrame:
    """One row a measure: difference from the first way of paying with everything at work, with the part held, change.

    ``whole``: with everything at work. ``held``: with the same part held under both ways of paying, same seeds.
    ``level``: of the measure under the first way with everything at work. ``change``: the difference with everything
    at work less that with the part held, so what the part contributes, with interval over seeds.
    """
    rows = []
    for measure in MEASURES:
        free, cut = (
            np.array([runs[way, seed][measure.key] - runs[first, seed][measure.key] for seed in seeds], dtype=float)
            for runs in (whole, held)
        )
        level = float(np.mean([whole[first, seed][measure.key] for seed in seeds]))
        mean, low, high, _ = paired(free - cut)
        rows.append({
            "measure": measure.key, "label": measure.label, "unit": measure.unit, "level": level,
            "difference": float(free.mean()), "held": float(cut.mean()), "change": mean, "low": low, "high": high,
        })  # fmt: skip
    return pd.DataFrame(rows)
