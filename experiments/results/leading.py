"""Which drawn numbers an effect hangs on: rank correlation over draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import factorial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

MANY = 170  #: draws whose factorial is still a float
SURE = 0.05  #: chance that the strongest of all correlations is no more than luck (Bonferroni)


def rarest(n: int) -> float:
    """The smallest chance that luck orders ``n`` draws like, or opposite to, an effect: few draws prove nothing."""
    return 2.0 / factorial(n) if n <= MANY else 0.0


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
        chance = max(float(found.pvalue), rarest(int(known.sum())))
        if chance < least:
            best, least = Leading(path, float(found.statistic)), chance
    return best


def correlations(effects: Mapping[tuple[str, str], np.ndarray], draws: Sequence[Mapping[str, float]]) -> pd.DataFrame:
    """Spearman's correlation of each drawn number with each effect: path, measure, funding, correlation, p.

    ``effects``: by way of paying and measure, a value a draw. Those that never differ, or are not known at some draw,
    are left out, and all of them with fewer than four draws.
    """
    table = pd.DataFrame(list(draws))
    table = table.loc[:, table.nunique() > 1]
    known = {key: x for key, x in effects.items() if len(x) >= 4 and np.isfinite(x).all() and np.ptp(x) > 0.0}
    columns = ["path", "measure", "funding", "correlation", "p"]
    if not known or table.empty:
        return pd.DataFrame(columns=columns)
    found: Any = spearmanr(np.column_stack([table.to_numpy(float), *known.values()]))
    least = rarest(len(table))
    sizes, chances = (np.reshape(x, (len(table.columns) + len(known),) * 2) for x in (found.statistic, found.pvalue))
    rows = [
        (path, measure, funding, float(sizes[k, m]), max(float(chances[k, m]), least))
        for m, (funding, measure) in enumerate(known, len(table.columns))
        for k, path in enumerate(table.columns)
    ]
    return pd.DataFrame(rows, columns=columns)
