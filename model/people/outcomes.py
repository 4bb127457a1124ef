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


def qalys(health: np.ndarray, events: Mapping[str, np.ndarray], waiting: float, outcomes: Any) -> np.ndarray:
    """QALYs of a year by group of people, (G,).

    Health while alive, less what stays in hospital, delays, unmet requests and avoidable admissions cost, and less
    the loss of people on the waiting list, which is divided between groups as completed pathways are.

    ``health`` (G,): QALYs by age, conditions and frailty. ``events`` (G,) by name: of the year. ``waiting``: people on
    the list. ``outcomes``: parameters; ``utility_in_hospital`` and ``utility_waiting`` are differences in utility a
    year, at most 0, the harms QALYs an event.
    """
    nights = events["emergency_nights"] + events["elective_nights"]
    delayed = events["nhs_delayed_nights"] + events["social_delayed_nights"]
    lost = -outcomes.utility_in_hospital * (nights + delayed) / (DAYS * WEEKS) + outcomes.delay_harm * delayed
    lost = lost + outcomes.unmet_harm * events["unmet_requests"] + outcomes.acsc_harm * events["acsc_admissions"]
    share = events["clock_stops"] / max(events["clock_stops"].sum(), 1.0)
    return health - lost + outcomes.utility_waiting * waiting * share


def costliest_share(people: People) -> float:
    """Share of the year's spending on the costliest 5 % of people; of a large place, worked out on a subset."""
    some = slice(None, None, max(people.spend.size // ENOUGH, 1))
    spend = people.spend[some][people.where[some] != GONE]
    top = int(np.ceil(COSTLIEST * spend.size))
    costliest = np.partition(spend, spend.size - top)[spend.size - top :]
    return float(costliest.sum(dtype=np.int64) / max(spend.sum(dtype=np.int64), 1))
