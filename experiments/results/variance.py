"""How sure an effect is: uncertainty about numbers and chance, separated.

Every run is made at several draws of numbers and, at each draw, with the same seeds. The paired difference of draw d
and seed s is the effect plus a term for the draw, a term for the seed and their interaction: a crossed layout of random
effects without replication, split by the analysis of variance (Searle, Casella and McCulloch, Variance Components,
1992).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2, f

from .intervals import around


@dataclass(frozen=True)
class Parts:
    """A paired difference and its sources of uncertainty, all in the measure's unit.

    ``low`` and ``high``: 95 % interval of the effect, allowing for unknown parameters. ``above``: probability that it
    is above zero. ``parameters`` and ``chance``: standard deviations of the effect between draws, and of one run's
    difference between seeds at given parameters, each with a 95 % interval.
    """

    effect: float
    low: float
    high: float
    above: float
    parameters: float
    parameters_low: float
    parameters_high: float
    chance: float
    chance_low: float
    chance_high: float

    @property
    def share(self) -> float:
        """Share of the variance between single runs that comes from parameters."""
        total = self.parameters**2 + self.chance**2
        return self.parameters**2 / total if total > 0.0 else 0.0


def parts(differences: np.ndarray) -> Parts:
    """The parts of paired differences (draws, seeds), complete.

    The interval of the parameters' variance is Williams's (Biometrika 49:278, 1962), that of chance, a sum of mean
    squares, Graybill and Wang's (J Am Stat Assoc 75:869, 1980).
    """
    n_draws, n_seeds = differences.shape
    mean = float(differences.mean())
    by_draw, by_seed = differences.mean(axis=1), differences.mean(axis=0)
    rest = differences - by_draw[:, None] - by_seed + mean
    free = (n_draws - 1) * (n_seeds - 1)
    ms_draw = n_seeds * float(by_draw.var(ddof=1))
    ms_seed = n_draws * float(by_seed.var(ddof=1))
    ms_rest = float((rest**2).sum()) / free
    parameters, low, high = _between(ms_draw, ms_rest, n_draws - 1, free, n_seeds)
    chance = (ms_seed + (n_draws - 1) * ms_rest) / n_draws
    chance_low, chance_high = _sum([(ms_seed / n_draws, n_seeds - 1), ((n_draws - 1) / n_draws * ms_rest, free)])
    # an effect at unknown parameters varies about the mean, which has an error of its own
    error = np.sqrt(max(ms_draw + ms_seed - ms_rest, ms_rest) / (n_draws * n_seeds))
    spread = float(np.hypot(parameters, error))
    return Parts(*around(mean, float(spread), n_draws - 1), parameters, low, high, float(np.sqrt(chance)),
                 chance_low, chance_high)  # fmt: skip


def _sum(squares: list[tuple[float, int]]) -> tuple[float, float]:
    """95 % interval of the root of a sum of mean squares, each with its degrees of freedom."""
    total = sum(ms for ms, _ in squares)
    below = sum(((1.0 - dof / chi2.ppf(0.975, dof)) * ms) ** 2 for ms, dof in squares)
    above = sum(((dof / chi2.ppf(0.025, dof) - 1.0) * ms) ** 2 for ms, dof in squares)
    return float(np.sqrt(max(total - np.sqrt(below), 0.0))), float(np.sqrt(total + np.sqrt(above)))


def _between(ms: float, rest: float, dof: int, free: int, n: int) -> tuple[float, float, float]:
    """Standard deviation between draws, from mean squares, with its 95 % interval."""
    if ms <= 0.0:
        return 0.0, 0.0, 0.0
    ratio = ms / max(rest, 1e-12 * ms)
    low = dof * ms * (1.0 - f.ppf(0.975, dof, free) / ratio) / (n * chi2.ppf(0.975, dof))
    high = dof * ms * (1.0 - f.ppf(0.025, dof, free) / ratio) / (n * chi2.ppf(0.025, dof))
    values = (max((ms - rest) / n, 0.0), max(low, 0.0), max(high, 0.0))
    point, low, high = (float(np.sqrt(v)) for v in values)
    return point, low, high
