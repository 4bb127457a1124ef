"""Which drawn number an effect hangs on: rank correlation over draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import spearmanr

SURE = 0.05  #: chance that the strongest of all correlations is no more than luck (Bonferroni)


class Leading(NamedTuple):
    """The number that moves with an effect most: its path and Spearman's rank correlation with the effect."""

    path: str
    correlation: float


def leading(effects: Sequence[float] | np.ndarray, draws: Sequence[Mapping[str, float]]) -> Leading | None:
    """The drawn number that an effect, one a draw, moves with most; none where luck could explain the correlation."""
    x = np.asarray(effects, dtype=float)
    known = np.isfinite(x)
    if known.sum() < 4 or np.ptp(x[known]) == 0.0:
        return None
    best, least = None, SURE / len(draws[0])
    for path in draws[0]:
        drawn = np.array([draw[path] for draw in draws])[known]
        if np.ptp(drawn) == 0.0:
            continue
        found: Any = spearmanr(drawn, x[known])
        if found.pvalue < least:
            best, least = Leading(path, float(found.statistic)), found.pvalue
    return best
