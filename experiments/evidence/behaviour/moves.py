"""What moved since a release, beyond noise.

Compared are the usual way of paying's level of each measure, and every other file's difference from it, which is what
the model is asked for. The same seed meets the same chance before and after, so changes are paired: the standard
error is that over seeds. A change is a move when it is beyond noise and can be seen:

- its mean is further from nothing than chance would bring it once in twenty times anywhere among all that is compared
  (Student's t, Bonferroni), and
- it is at least half of the last digit that tables show of the measure.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from ...results.intervals import standard_error
from ...results.measures import MEASURES, Measure
from .release import Release

FALSE_ALARM = 0.05  #: chance that anything at all is called a move when only chance differs


class Move(NamedTuple):
    """A measure that says something else than at the release; for another than the usual file, of its difference."""

    measure: Measure
    funding: str
    before: float
    now: float
    noise: float  # how far chance alone may bring the change

    @property
    def change(self) -> float:
        return self.now - self.before


def moves(before: Release, now: Release) -> list[Move]:
    """The moves of two releases of the same runs, measure by measure."""
    both = [m for m in MEASURES if all(m.key in release.values[usual(before)] for release in (before, now))]
    compared = [(measure, name) for measure in both for name in before.values]
    quantile = stdtrit(max(before.seeds - 1, 1), 1.0 - FALSE_ALARM / (2.0 * len(compared)))
    found = []
    for measure, name in compared:
        old, new = (asked(release, name, measure.key) for release in (before, now))
        noise = float(quantile * standard_error(new - old))
        move = Move(measure, name, float(old.mean()), float(new.mean()), noise)
        if _differs(move):
            found.append(move)
    return found


def _differs(move: Move) -> bool:
    """Whether a change is beyond noise and can be seen; not a number twice is no change."""
    if not np.isfinite(move.change):
        return bool(np.isnan(move.before) != np.isnan(move.now))
    return abs(move.change) > max(move.noise, 0.5 * 10.0**-move.measure.digits)


def usual(release: Release) -> str:
    """The file that the others are compared with."""
    return next(iter(release.values))


def asked(release: Release, name: str, key: str) -> np.ndarray:
    """The usual file's level of a measure, or another's difference from it, one a seed."""
    level = np.array(release.values[name][key])
    return level if name == usual(release) else level - np.array(release.values[usual(release)][key])


def came_and_went(before: Release, now: Release) -> tuple[list[str], list[str]]:
    """Keys of measures that are new, and of those that are no more."""
    old, new = (list(release.values[usual(release)]) for release in (before, now))
    return [key for key in new if key not in old], [key for key in old if key not in new]
