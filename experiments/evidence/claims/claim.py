"""What a claim is: words, the runs it needs, and how they answer it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...results.words import likelihood
from .runs import Arm, Results


@dataclass(frozen=True)
class Answer:
    """An effect with its 95 % interval and the probability that the claim holds, in one sentence.

    ``probability``: that the effect has the sign the claim gives it. ``verdict``: how likely that is, in words of a
    fixed scale; of a claim with a second part, how likely each is. ``values``: the effect in each case, or each draw.
    """

    effect: float
    low: float
    high: float
    unit: str
    probability: float
    sentence: str
    verdict: str
    values: np.ndarray


@dataclass(frozen=True)
class Claim:
    """A claim of the debate."""

    key: str
    text: str
    arms: tuple[Arm, ...]
    answer: Callable[[Results], Answer]


def verdict(first: float, second: float | None = None) -> str:
    """How likely a claim is, in words; ``second``: probability of its second part."""
    said = likelihood(first)
    return said if second is None else f"{said}; second part {likelihood(second)}"
