"""How an outcome is scored: the simulated effect compared with the published one.

Numeric: the simulated effect lies inside the published 95 % interval, or range of estimates; where neither was read,
within half of the point estimate. Null: the simulated 95 % interval lies inside the interval that counts as no effect
(equivalence). Sign: the simulated interval lies on the published side of zero, and the effect is at least ``LEAST``.
At least, at most: the simulated interval lies beyond the bound; a bound of nought means "not by more than ``LEAST``".
An effect of exactly nought with every seed, of runs at least ``CERTAIN``, is no channel: nothing that the reform
changed reaches the figure. It never passes. A study passes when all its scored outcomes pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...results.intervals import half_width, standard_error
from .outcome import Outcome

TOLERANCE = 0.5  #: of the point estimate, where no interval was published
PRECISION = 0.25  #: the simulated standard error is at most this part of the published half-width
LEAST = 0.5  #: smallest effect that has a sign: half a per cent, or half a point, as in the sentences about behaviour
ONE_SIDED = ("sign", "at_least", "at_most")
CERTAIN = 12  #: seeds of runs before an effect of nought with each is no chance: counts of few people are whole numbers
NIL = 1e-9  #: an effect this small is rounding: nothing has changed
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
    channel: bool = True  # whether anything that the reform changed reaches the figure

    @property
    def verdict(self) -> str:
        """pass, fail or no channel."""
        return "no channel" if not self.channel else "pass" if self.passed else "fail"


def span(outcome: Outcome) -> tuple[float, float]:
    """The interval in which a numeric outcome passes."""
    if outcome.range is not None:
        return outcome.range
    if outcome.low is not None and outcome.high is not None:
        return outcome.low, outcome.high
    point = outcome.effect or 0.0
    half = TOLERANCE * abs(point)
    return point - half, point + half


def wanted_error(outcome: Outcome, mean: float) -> float:
    """The largest acceptable standard error."""
    if outcome.score == "sign":
        return PRECISION * max(abs(mean), LEAST)
    if outcome.score in ("at_least", "at_most"):
        return PRECISION * max(abs(mean - bound(outcome)), LEAST)
    low, high = span(outcome)
    return PRECISION * (high - low) / 2.0


def bound(outcome: Outcome) -> float:
    """The bound of a one-sided statement; nought leaves room for what counts as unchanged."""
    written = (outcome.low if outcome.score == "at_least" else outcome.high) or 0.0
    return written or (-LEAST if outcome.score == "at_least" else LEAST)


def short_of(outcome: Outcome, mean: np.ndarray) -> np.ndarray:
    """How far effects fall short of what a one-sided statement asks; 0 where they keep it."""
    if outcome.score == "sign":
        short = LEAST - (1.0 if outcome.sign == "+" else -1.0) * mean
    else:
        short = (1.0 if outcome.score == "at_least" else -1.0) * (bound(outcome) - mean)
    return np.maximum(short, 0.0)


def score(outcome: Outcome, values: Sequence[float] | np.ndarray) -> Scored:
    """Score an outcome from its effect with each seed, (S,), S at least 2."""
    x = np.asarray(values, dtype=float)
    mean, error = float(x.mean()), float(standard_error(x))
    half = float(half_width(error, x.size - 1))
    low, high = mean - half, mean + half
    z = float("nan")
    if outcome.score in ("numeric", "null"):
        least, most = span(outcome)
        width = (most - least) / 2.0 / NORMAL
        z = (mean - (outcome.published or 0.0)) / float(np.hypot(error, width))
    passed = passes(outcome, mean, low, high)
    channel = bool(np.abs(x).max() > NIL) if np.isfinite(x).all() else True
    enough = error <= wanted_error(outcome, mean) if channel else x.size >= CERTAIN
    precise = np.isnan(mean) or enough
    return Scored(outcome, x.size, mean, error, low, high, z, passed and channel, bool(precise), channel)


def passes(outcome: Outcome, mean: float, low: float, high: float) -> bool:
    """Whether a mean with its 95 % interval agrees with what was published."""
    if outcome.score == "sign":
        side = 1.0 if outcome.sign == "+" else -1.0
        return side * mean >= LEAST and min(side * low, side * high) > 0.0
    if outcome.score == "at_least":
        return low >= bound(outcome)
    if outcome.score == "at_most":
        return high <= bound(outcome)
    least, most = span(outcome)
    return least <= mean <= most if outcome.score == "numeric" else least <= low and high <= most


def needed(found: Scored) -> int:
    """Seeds needed, judged by the spread so far."""
    if not found.channel:
        return CERTAIN
    spread = found.error * np.sqrt(found.seeds)
    return int(np.ceil((spread / wanted_error(found.outcome, found.mean)) ** 2))
