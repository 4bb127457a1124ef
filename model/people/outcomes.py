"""What a year meant to people: QALYs by group, and how unevenly care was spent on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...agents.patients.calendar import DAYS, WEEKS
from ...agents.patients.people import GONE, People

MILLION = 1e6  #: the kernels count QALYs in millionths
COSTLIEST = 0.05  #: share of people whose part of all spending is reported
ENOUGH = 2_000_000  #: rows from which the part of the costliest is known closely enough


def qalys(health: np.ndarray, events: Mapping[str, np.ndarray], outcomes: Any) -> np.ndarray:
    """QALYs of a year by group of people, (G,).

    Health while alive, less what illness that needs a bed, delays, unmet requests and avoidable episodes cost. What
    needs take until they are met or lapse is in ``health`` already, wherever they wait.

    ``health`` (G,): QALYs by age, conditions, frailty and needs. ``events`` (G,) by name: of the year. ``outcomes``:
    parameters; ``utility_in_hospital`` is a difference in utility a year, at most 0, the harms QALYs an event.
    """
    ill = events["nights_needed"]  # an illness is not over when a bed is left early
    delayed = events["nhs_delayed_nights"] + events["social_delayed_nights"]
    lost = -outcomes.utility_in_hospital * (ill + delayed) / (DAYS * WEEKS) + outcomes.delay_harm * delayed
    lost = lost + outcomes.unmet_harm * events["unmet_requests"] + outcomes.acsc_harm * events["acsc_episodes"]
    return health - lost


def costliest_share(people: People) -> float:
    """Share of the year's spending on the costliest 5 % of people; of a large place, worked out on a subset."""
    some = slice(None, None, max(people.spend.size // ENOUGH, 1))
    spend = people.spend[some][people.where[some] != GONE]
    top = int(np.ceil(COSTLIEST * spend.size))
    costliest = np.partition(spend, spend.size - top)[spend.size - top :]
    return float(costliest.sum(dtype=np.int64) / max(spend.sum(dtype=np.int64), 1))
