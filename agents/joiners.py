"""One more patient of a kind: what such a person needs, and what a contract would then be asked to pay for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .forecast.activity import Activity


def needs(cohort: Any) -> np.ndarray:
    """Care by a cohort's kind of provider that people are expected to need, relative to the place's mean.

    Shape (BANDS, conditions, frailty).
    """
    kinds = [other.kind for other in cohort.model.cohorts]
    return np.asarray(
        cohort.model.patients.rates["expected_cost"][0, kinds.index(cohort.kind)] * cohort.need_scale, dtype=float
    )


def with_joiner(activity: Activity, counted: Iterable[str], weights: Mapping[str, Any], needed: Any) -> dict[str, Any]:
    """A year's activity with one more person on the list, who gets ``needed`` of the care of an average person.

    ``counted``: activities that grow with it. ``weights``: of the person, by formula. All broadcast with the activity.
    """
    more = dict(activity)
    for name, weight in weights.items():
        more[name] = activity[name] + weight
    more["people_flat"] = activity["people_flat"] + 1.0
    more["people_need"] = activity["people_need"] + needed
    for name in counted:
        more[name] = activity[name] + needed * activity[name] / np.maximum(activity["people_flat"], 1.0)
    return more
