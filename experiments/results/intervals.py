"""Student-t intervals of means and their ratios: the only place where the experiments work one out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

UPPER = 0.975  #: quantile at the upper end of a two-sided 95 % interval
NIL = 1e-12  #: standard error, relative to the mean, below which values count as equal


class Interval(NamedTuple):
    """A mean, its 95 % interval, and the probability that the true mean is above zero."""

    mean: float
    low: float
    high: float
    above: float


def half_width(error: Any, freedom: Any) -> Any:
    """Half-width of the 95 % interval of an estimate with this standard error and these degrees of freedom."""
    return stdtrit(np.maximum(freedom, 1), UPPER) * error


def standard_error(values: Sequence[float] | np.ndarray, axis: int = 0) -> Any:
    """Standard error of the mean along an axis; missing (NaN) for a single value."""
    x = np.asarray(values, dtype=float)
    n = x.shape[axis]
    if n < 2:
        return np.full(x.sum(axis=axis).shape, np.nan)[()]
    return x.std(axis=axis, ddof=1) / np.sqrt(n)


def mean_half_width(values: Sequence[float] | np.ndarray, axis: int = 0) -> Any:
    """Half-width of the 95 % interval of the mean along an axis; missing (NaN) for a single value."""
    x = np.asarray(values, dtype=float)
    return half_width(standard_error(x, axis), x.shape[axis] - 1)


def around(mean: float, error: float, freedom: float) -> Interval:
    """The interval around a mean whose standard error is known on some degrees of freedom."""
    if error < NIL * max(abs(mean), 1.0):
        return Interval(mean, mean, mean, 0.5 if mean == 0.0 else float(mean > 0.0))
    half = float(half_width(error, freedom))
    return Interval(mean, mean - half, mean + half, float(stdtr(freedom, mean / error)))


def paired(differences: Sequence[float] | np.ndarray) -> Interval:
    """The mean of paired differences, one a seed; from a single seed there is no interval (NaN)."""
    d = np.asarray(differences, dtype=float)
    mean = float(d.mean())
    if d.size < 2:
        return Interval(mean, float("nan"), float("nan"), float("nan"))
    return around(mean, float(standard_error(d)), d.size - 1)


class Ratio(NamedTuple):
    """A ratio of means and its 95 % interval; NaN where the interval has no bounds."""

    value: float
    low: float
    high: float


def ratio(above: Sequence[float] | np.ndarray, below: Sequence[float] | np.ndarray) -> Ratio:
    """The ratio of the means of paired values, one pair a seed, with the interval of Fieller, JRSS B 16:175 (1954).

    It holds every ratio r for which the mean of ``above - r * below`` may be 0. Where the mean of ``below`` may be 0
    itself it has no bounds, and from a single pair there is none.
    """
    x, y = np.asarray(above, dtype=float), np.asarray(below, dtype=float)
    missing = float("nan")
    if y.mean() == 0.0:
        return Ratio(missing, missing, missing)
    value = float(x.mean() / y.mean())
    if x.size < 2:
        return Ratio(value, missing, missing)
    spread = np.cov(x, y) / x.size * float(half_width(1.0, x.size - 1)) ** 2
    a, b, c = y.mean() ** 2 - spread[1, 1], x.mean() * y.mean() - spread[0, 1], x.mean() ** 2 - spread[0, 0]
    if a <= 0.0:
        return Ratio(value, missing, missing)
    root = np.sqrt(max(b * b - a * c, 0.0))
    return Ratio(value, float((b - root) / a), float((b + root) / a))


def running_half_widths(differences: Sequence[float] | np.ndarray) -> np.ndarray:
    """Half-width of the 95 % interval of the mean of the first n values, for n = 1, 2, …; infinite for n = 1."""
    d = np.asarray(differences, dtype=float)
    n = np.arange(1, d.size + 1)
    mean = np.cumsum(d) / n
    squares = np.maximum(np.cumsum((d - d.mean()) ** 2) - n * (mean - d.mean()) ** 2, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        half = half_width(np.sqrt(squares / (n - 1.0) / n), n - 1.0)
    half[0] = np.inf
    return half


def welch_half_width(one: np.ndarray, other: np.ndarray) -> float:
    """Half-width of Welch's 95 % interval of the difference between two means; NaN with fewer than two values in one.

    Degrees of freedom after Welch, Biometrika 34:28 (1947).
    """
    if min(one.size, other.size) < 2:
        return float("nan")
    parts = np.array([x.var(ddof=1) / x.size for x in (one, other)])
    if parts.sum() <= 0.0:
        return 0.0
    freedom = parts.sum() ** 2 / (parts**2 / [one.size - 1, other.size - 1]).sum()
    return float(half_width(np.sqrt(parts.sum()), freedom))
