"""What patients cost beyond a threshold: facts that the term ``outlier_pool`` refers to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ...agents.patients.people import GONE, TINY, People


def facts_beyond(patients: Any, cohort: Any, terms: Iterable[Any], sample: float) -> dict[str, np.ndarray]:
    """For each threshold of these terms, £ (N,) of the year to date beyond it, and the share spent on such patients.

    Both by provider of a cohort; ``cost_beyond_T`` is of the whole place, ``share_beyond_T`` of all that their patients
    cost.
    """
    out = {}
    for threshold in sorted({term.threshold for term in terms if hasattr(term, "threshold")}):
        beyond, whole, every = spent(patients.people, patients.start, patients.stop, threshold)
        out[f"cost_beyond_{threshold:g}"] = cohort.of_practices(beyond / sample)
        out[f"share_beyond_{threshold:g}"] = cohort.of_practices(whole) / np.maximum(cohort.of_practices(every), TINY)
    return out


def spent(people: People, start: np.ndarray, stop: np.ndarray, threshold: float) -> tuple[np.ndarray, ...]:
    """£ (P,) of the year to date by practice: beyond a threshold a person, on people beyond it, and on everyone."""
    cost = np.where(people.where == GONE, 0.0, people.spend)
    costly = np.where(cost > threshold, cost, 0.0)
    return tuple(_by_practice(x, start, stop) for x in (np.maximum(cost - threshold, 0.0), costly, cost))


def _by_practice(values: np.ndarray, start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Sums (P,) of a column over each practice's rows."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(total[stop] - total[start])
