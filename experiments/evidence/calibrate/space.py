"""Numbers to fit, each within its plausible range, and points of that space.

Conventions are not fitted: the weight on own money is the unit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import qmc

from ....model.parameters import Parameters

CONVENTIONS = ("behaviour.money_weight",)
LINKS = (
    "general_practice.recorded_effort", "general_practice.recorded_review", "general_practice.recorded_control",
    "general_practice.control_gain", "general_practice.control_acsc", "general_practice.control_years",
    "general_practice.referral_substitution",
)  # fmt: skip
DIGITS = 6  #: of a value, so that a point has one key on every machine


def candidates(parameters: Parameters) -> tuple[str, ...]:
    """Paths of numbers that may be fitted: behaviour, and links between levers and measured outcomes."""
    behaviour = [path for path in parameters if path.startswith("behaviour.") and path not in CONVENTIONS]
    return (*behaviour, *LINKS)


@dataclass(frozen=True)
class Space:
    """Numbers of a baseline to fit, by path."""

    parameters: Parameters
    names: tuple[str, ...]

    @cached_property
    def ranges(self) -> np.ndarray:
        """Lowest and highest value of each, (2, d)."""
        return np.array([self.parameters[name].range for name in self.names], dtype=float).T

    def sobol(self, n: int, seed: int) -> np.ndarray:
        """Points of the unit cube, (n, d); more points extend the same sequence."""
        engine = qmc.Sobol(len(self.names), rng=np.random.default_rng(seed))
        return engine.random_base2(math.ceil(math.log2(max(n, 2))))[:n]

    def values(self, unit: np.ndarray) -> list[dict[str, float]]:
        """Points of the unit cube (n, d) as values by path."""
        low, high = self.ranges
        table = low + (high - low) * unit
        return [{k: float(f"{x:.{DIGITS}g}") for k, x in zip(self.names, row, strict=True)} for row in table]

    def unit(self, points: list[dict[str, float]]) -> np.ndarray:
        """Values by path as points of the unit cube, (n, d)."""
        low, high = self.ranges
        return (np.array([[p[name] for name in self.names] for p in points]) - low) / (high - low)

    def shipped(self) -> dict[str, float]:
        """The baseline's value of each."""
        return {name: float(self.parameters[name].value) for name in self.names}
