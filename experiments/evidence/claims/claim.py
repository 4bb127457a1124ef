"""What a claim is: words, the runs it needs, and how they answer it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ...results.intervals import paired
from .runs import Arm, Results

SURE = 0.975  #: probability at which an answer counts as certain


@dataclass(frozen=True)
class Answer:
    """An effect with its 95 % interval and the probability that the claim holds, in one sentence.

    Intervals are over seeds: they show chance, not parameter uncertainty. ``probability``: that the effect has the
    sign the claim gives it. ``verdict``: supported, not supported or partly; the sentence explains which part.
    """

    effect: float
    low: float
    high: float
    unit: str
    probability: float
    sentence: str
    verdict: str


@dataclass(frozen=True)
class Claim:
    """A claim of the debate."""

    key: str
    text: str
    arms: tuple[Arm, ...]
    answer: Callable[[Results], Answer]


def effect(values: Sequence[float] | np.ndarray, sign: float = 1.0) -> tuple[float, float, float, float]:
    """Mean over seeds, interval, and the probability that it has the sign claimed."""
    mean, low, high, above = paired(np.asarray(values, dtype=float))
    return mean, low, high, above if sign > 0 else 1.0 - above


def verdict(*probabilities: float) -> str:
    """Supported when all are certain, not supported when the first is not, otherwise partly."""
    sure = [p >= SURE for p in probabilities]
    return "supported" if all(sure) else "partly" if sure[0] else "not supported"
