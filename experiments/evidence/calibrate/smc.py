"""Sequential Monte Carlo on the emulators: a population moved from the whole space to the part that fits.

After Del Moral, Doucet and Jasra (Journal of the Royal Statistical Society B 68:411, 2006): weights are tempered from
zero to one, the population is resampled, and every point makes some Metropolis steps. Uniform draws in twenty-five
dimensions would hardly ever hit the part that is left.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .match import effective, resample

MOVES = 12  #: steps of every point at each temperature
KEEP = 0.5  #: effective share of the population left by the weights at each temperature


def draw(square: Callable[[np.ndarray], np.ndarray], d: int, size: int, seed: int) -> np.ndarray:
    """Points (size, d) of the unit cube with density ``exp(−square/2)``; ``square`` (n,) of points (n, d)."""
    rng = np.random.default_rng(seed)
    unit = rng.random((size, d))
    now, heat = square(unit), 0.0
    while heat < 1.0:
        step = _next(now, heat, size)
        weight = np.exp(-0.5 * (step - heat) * (now - now.min()))
        kept = resample(weight, size, int(rng.integers(2**31)))
        unit, now, heat = unit[kept], now[kept], step
        for _ in range(MOVES):
            unit, now = _move(unit, now, heat, square, rng)
    return unit


def _next(now: np.ndarray, heat: float, size: int) -> float:
    """The next temperature: where the effective sample size falls to the share ``KEEP``."""
    low, high = heat, 1.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        if effective(np.exp(-0.5 * (middle - heat) * (now - now.min()))) > KEEP * size:
            low = middle
        else:
            high = middle
    return 1.0 if low > 0.999 else max(low, heat + 1e-6)


def _move(
    unit: np.ndarray, now: np.ndarray, heat: float, square: Callable[[np.ndarray], np.ndarray], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """One random step of every point along the difference of two others (ter Braak 2006), some with a jitter."""
    n, d = unit.shape
    one, other = rng.permutation(n), rng.permutation(n)
    scale = np.where(rng.random((n, 1)) < 0.2, 1.0, rng.uniform(0.1, 1.2, (n, 1)) * 2.38 / np.sqrt(2.0 * d))
    chosen = rng.random((n, d)) < 0.5
    new = unit + scale * (unit[one] - unit[other]) * chosen + 0.02 * rng.standard_normal((n, d)) * chosen
    new = np.abs(new)
    new = np.clip(np.where(new > 1.0, 2.0 - new, new), 0.0, 1.0)  # reflected at the edges
    there = square(new)
    go = np.log(rng.random(n)) < 0.5 * heat * (now - there)
    return np.where(go[:, None], new, unit), np.where(go, there, now)
