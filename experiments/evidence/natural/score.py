"""How an outcome is scored: the simulated effect compared with the published one.

Numeric: the simulated effect lies inside the published 95 % interval; where none was read, within half of the point
estimate. Null: the simulated 95 % interval lies inside the interval that counts as no effect (equivalence). Sign: the
simulated interval lies on the published side of zero, and the effect is at least ``LEAST``. A study passes
when all its scored outcomes pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...results.intervals import half_width, standard_error
from .study import Outcome

TOLERANCE = 0.5  #: of the point estimate, where no interval was published
PRECISION = 0.25  #: the simulated standard error is at most this part of the published half-width
LEAST = 0.5  #: smallest effect that has a sign: half a per cent, or half a point, as in the sentences about behaviour
NORMAL = 1.959964  #: standard errors in the half-width of a 95 % interval


@dataclass(frozen=True)
class Scored:
    """An outcome with its simulated effect."""

    outcome: Outcome
    seeds: int
    mean: float
    error: float  # standard error over seeds
    low: float  # 95 % interval of the mean
    high: float
    z: float
    passed: bool
    precise: bool


def span(outcome: Outcome) -> tuple[float, float]:
    """The interval in which a numeric outcome passes."""
    if outcome.low is not None and outcome.high is not None:
        return outcome.low, outcome.high
    point = outcome.effect or 0.0
    half = TOLERANCE * abs(point)
    return point - half, point + half


def wanted_error(outcome: Outcome, mean: float) -> float:
    """The largest acceptable standard error."""
    if outcome.score == "sign":
        return PRECISION * max(abs(mean), LEAST)
    low, high = span(outcome)
    return PRECISION * (high - low) / 2.0


def score(outcome: Outcome, values: Sequence[float] | np.ndarray) -> Scored:
    """Score an outcome from its effect with each seed, (S,), S at least 2."""
    x = np.asarray(values, dtype=float)
    mean, error = float(x.mean()), float(standard_error(x))
    half = float(half_width(error, x.size - 1))
    low, high = mean - half, mean + half
    z = float("nan")
    if outcome.score == "sign":
        side = 1.0 if outcome.sign == "+" else -1.0
        passed = side * mean >= LEAST and min(side * low, side * high) > 0.0
    else:
        least, most = span(outcome)
        width = (most - least) / 2.0 / NORMAL
        z = (mean - (outcome.effect or 0.0)) / float(np.hypot(error, width))
        passed = least <= mean <= most if outcome.score == "numeric" else least <= low and high <= most
    return Scored(outcome, x.size, mean, error, low, high, z, passed, error <= wanted_error(outcome, mean))


def needed(found: Scored) -> int:
    """Seeds needed, judged by the spread so far."""
    spread = found.error * np.sqrt(found.seeds)
    return int(np.ceil((spread / wanted_error(found.outcome, found.mean)) ** 2))
