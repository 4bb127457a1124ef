"""History matching: the part of the space not ruled out, and a joint sample of it.

After Craig, Goldstein, Seheult and Smith (1997) and Vernon, Goldstein and Bower (Bayesian Analysis 5:619, 2010): a
point is ruled out when, for any outcome but a few, the model's answer is more than ``CUT`` standard deviations from
what was published, counting the published interval, chance and the emulator's uncertainty. The rest is sampled with the
weight of a normal error on every outcome. An outcome that no point of the space brings within its target says that the
model lacks something; it rules nothing out, is named in the report, and still counts in ``validate``. Outcomes that
contradict one another cannot all be met: as many may disagree as it takes for some of the space to be left, at least
one (Vernon et al. use the second maximum likewise).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..natural.score import LEAST, NORMAL, ONE_SIDED, short_of, span
from .outcomes import Target

ENOUGH = 0.2  #: share of a population that fits, from which outcomes are taken to agree but for a few
CUT = 3.0  #: standard deviations, the usual cut (Pukelsheim's three-sigma rule); beyond it one more makes no difference


def distance(target: Target, mean: np.ndarray, error: np.ndarray | float = 0.0) -> np.ndarray:
    """Standard deviations between the model's answers (n,), with their standard error, and what was published.

    A correct sign, or a bound that is kept, has distance zero; a wrong one, or too small an effect, at least ``CUT``.
    """
    o = target.outcome
    if o.score in ONE_SIDED:
        short = short_of(o, mean)
        return np.where(short > 0, CUT * (1.0 + short / LEAST), 0.0)
    low, high = span(o)
    return (mean - (o.published or 0.0)) / np.hypot((high - low) / 2.0 / NORMAL, error)


def within(target: Target, answers: np.ndarray) -> np.ndarray:
    """Which answers (n,) lie within an outcome's target."""
    o = target.outcome
    if o.score in ONE_SIDED:
        return short_of(o, answers) == 0.0
    low, high = span(o)
    return (low <= answers) & (answers <= high)


def reachable(target: Target, answers: np.ndarray) -> bool:
    """Whether some point of the space brings an outcome within its target, judged by answers (n,)."""
    return bool(within(target, answers).any())


def worst(distances: Mapping[str, np.ndarray], names: Sequence[str], tolerated: int) -> np.ndarray:
    """The largest distance over some outcomes but for the largest ``tolerated``, (n,)."""
    return np.sort([np.abs(distances[name]) for name in names], axis=0)[-1 - min(tolerated, len(names) - 1)]


def disagreeing(distances: Mapping[str, np.ndarray], names: Sequence[str]) -> int:
    """The fewest outcomes, at least one, without which ``ENOUGH`` of a population is within ``CUT`` of the rest."""
    beyond = np.sum([np.abs(distances[name]) > CUT for name in names], axis=0)
    return max(1, int(np.quantile(beyond, ENOUGH, method="higher")))


def square(distances: Mapping[str, np.ndarray], names: Sequence[str]) -> np.ndarray:
    """Squared distance over some outcomes, (n,), each capped at ``CUT``.

    What is beyond the cut is missed, and by how much says nothing: an outcome that contradicts several others would
    otherwise outweigh them.
    """
    return np.sum([np.minimum(np.abs(distances[name]), CUT) ** 2 for name in names], axis=0)


def resample(weight: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Systematic resampling: indices (n,) in proportion to weights."""
    rng = np.random.default_rng(seed)
    total = np.cumsum(weight) / weight.sum()
    return np.searchsorted(total, (rng.random() + np.arange(n)) / n)


def effective(weight: np.ndarray) -> float:
    """Effective sample size of these weights."""
    return float(weight.sum() ** 2 / (weight**2).sum()) if weight.any() else 0.0
