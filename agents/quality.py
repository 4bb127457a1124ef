"""Quality of hospital care: what effort builds up slowly, and what it changes for patients."""

from __future__ import annotations

from typing import Any

import numpy as np

from .links import link
from .patients.calendar import WEEKS, share_closed
from .patients.people import HEADROOM

QUALITY_DEATHS = link(
    "quality_deaths", "quality of hospital care", "deaths", -1,
    "Better care in hospital saves some of those who would die there.", usual={"hospital.quality_death": 0.0},
)  # fmt: skip
QUALITY_READMISSIONS = link(
    "quality_readmissions", "quality of hospital care", "emergency admissions", -1,
    "After better care fewer people come back within four weeks.", usual={"hospital.quality_readmission": 0.0},
)  # fmt: skip


class CareQuality:
    """Quality of care, (H,) relative to the baseline year: a stock that follows effort in both directions.

    Effort is a behaviour of hospitals, and is recorded at once; the care that patients receive changes with routines,
    training and posts, over years (``quality_years``).
    """

    def __init__(self, n: int) -> None:
        self.now = np.ones(n)

    def follow(self, effort: np.ndarray, p: Any) -> float:
        """One week of effort, (H,). ``p``: numbers of hospitals. Returns how far the mean of hospitals moved."""
        step = (effort - self.now) * share_closed(1.0 / WEEKS, p.quality_years)
        self.now = self.now + step
        return float(step.mean())

    def ahead(self, effort: np.ndarray, year: np.ndarray, p: Any) -> np.ndarray:
        """Quality in the middle of the year ``year`` (K, 1) whole years from now, at this effort (K, H) from now on."""
        left = np.exp(-(year + 0.5) / p.quality_years)
        return effort + (self.now - effort) * left


def returning(quality: np.ndarray, p: Any) -> np.ndarray:
    """Emergencies of people just discharged, relative to those at the usual quality."""
    return np.minimum(np.maximum(1.0 - p.quality_readmission * (quality - 1.0), 0.0), HEADROOM)


def dying(quality: np.ndarray, p: Any) -> np.ndarray:
    """Deaths in hospital, relative to those at the usual quality."""
    return np.minimum(np.maximum(1.0 - p.quality_death * (quality - 1.0), 0.0), HEADROOM)


def recorded(effort: np.ndarray, p: Any) -> np.ndarray:
    """Share of patients for whom everything that good care asks for is recorded, at this effort."""
    return np.minimum(np.maximum(p.process_quality * effort, 0.0), 1.0)


def experience(more_served: np.ndarray, gp: Any) -> np.ndarray:
    """Share of a practice's patients whose experience is good, where so much more of requests is served than usual.

    ``gp``: numbers of general practice.
    """
    return np.clip(gp.experience_mean + gp.experience_access * more_served, 0.0, 1.0)
