"""Which experiments speak to which number: each number at both ends of its range, all others as they ship.

A number that one experiment alone answers to is not fitted. It would only make that experiment come true.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ....model.errors import InputError
from ...runs.engine import Options
from ..natural.arms import Arms
from ..natural.score import LEAST, NORMAL, ONE_SIDED, span
from . import outcomes
from .outcomes import Target
from .space import Space

SHARE = 0.5  #: of an outcome's standard deviation, that a number moves it by from one end of its range to the other
FEWEST = 2  #: experiments that a fitted number answers to


def scale(target: Target) -> float:
    """By how much an outcome has to move to matter: its standard deviation, or the least effect with a sign."""
    if target.outcome.score in ONE_SIDED:
        return LEAST
    low, high = span(target.outcome)
    return (high - low) / 2.0 / NORMAL


def informed(targets: Sequence[Target], effects: Sequence[Mapping[str, float]]) -> set[str]:
    """Experiments that differ between some points, by their effects."""
    asked = [t for t in targets if all(t.name in found for found in effects)]
    return {
        t.study.experiment or t.study.id
        for t in asked if np.ptp([found[t.name] for found in effects]) >= SHARE * scale(t)
    }  # fmt: skip


def screen(arms: Sequence[Arms], wide: Space, folder: Path, options: Options, until: float) -> dict[str, set[str]]:
    """Experiments that each number of a space informs, by those that plans solve.

    Raises:
        InputError: when the experiments cannot be solved at the values that ship.
        Stopped: when the time is up.
    """
    shipped = wide.shipped()
    ends = [{**shipped, name: end} for name, pair in zip(wide.names, wide.ranges.T, strict=True) for end in pair]
    found = outcomes.by_plans(arms, [shipped, *map(rounded, ends)], folder, options, until)
    if not found[0]:
        raise InputError("calibrate: the experiments cannot be solved from plans with the values that ship")
    targets = outcomes.targets(arms)
    return {
        name: informed(targets, [found[0], *filter(None, found[1 + 2 * k : 3 + 2 * k])])
        for k, name in enumerate(wide.names)
    }


def rounded(point: Mapping[str, float]) -> dict[str, float]:
    """A point with plain numbers, so that it has one key."""
    return {name: float(value) for name, value in point.items()}


def shared(by_number: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Numbers that experiments speak to together, in their order."""
    return tuple(name for name, experiments in by_number.items() if len(experiments) >= FEWEST)
