"""No decision that withholds effective care may do people good, whatever the assumed numbers within their ranges."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from fundingflows.scenarios import FundingFlows
from fundingflows.scenarios.baseline import load_baseline
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.long  # thirteen behaviours, each at numbers drawn

NUMBERS = (
    "outcomes.need_gain", "outcomes.need_years", "outcomes.need_returns", "outcomes.withdrawn_need",
    "outcomes.need_death", "outcomes.need_emergency", "outcomes.unwell_weeks", "outcomes.unwell_emergency",
    "outcomes.unwell_death", "outcomes.utility_unwell", "outcomes.early_unwell", "outcomes.unmet_harm",
    "outcomes.utility_in_hospital", "outcomes.acsc_harm", "outcomes.delay_harm", "outcomes.utility_unmet_care",
    "social_care.unmet_care_death", "social_care.unmet_care_ae", "social_care.arrange_longer",
)  # fmt: skip
KNOWN = load_baseline("2015_16").parameters
#: decisions that withhold care at a half
WITHHELD = (
    "referral", "admission", "overnight", "stay", "elective", "appointments", "eligibility", "speed", "visits",
    "proactive", "follow_up", "reablement", "hospital_at_home",
)  # fmt: skip
YEARS = 2
CHANCE = 0.1  #: QALYs per 1,000 people a year that luck alone moves: a death more or less is 0.04


def qalys(model: FundingFlows) -> float:
    """QALYs a year per 1,000 people of the place; not of those alive, or deaths of the ill would raise it."""
    return 1000.0 * sum(y["qaly_years"].sum() for y in model.record.years) / model.place.registered / YEARS


@cache  # what a behaviour is compared with is the same for all of them
def run(places: tuple[float, ...], lever: str = "") -> float:
    numbers: dict[str, Any] = {}
    for name, at in zip(NUMBERS, places, strict=True):
        low, high = KNOWN[name].range
        number = low + at * (high - low)
        numbers[name] = {"multiply": number} if KNOWN[name].by else number
    parameters = KNOWN.changed(numbers)
    model = FundingFlows("anytown", None, rng=1, parameters=parameters, threads=1)
    # where they are short, a bed left free by one patient may help others more than it harms
    model.hospitals.resize("beds", np.full(len(model.hospitals), 1.5))
    for cohort in model.cohorts:
        if lever in cohort.LEVERS:
            cohort.levers[:, cohort.LEVERS.index(lever)] = 0.5
    if lever == "proactive":  # the time that it leaves is not given to appointments: that would be other care
        practices = model.practices
        left = [1.0 - practices.displaced(practices.time_on(part, np.array(1.0))) for part in (1.0, 0.5)]
        practices.levers[:, practices.LEVERS.index("appointments")] *= left[0] / left[1]
    return qalys(model.run(YEARS))


#: at one end of what is not known (a need is worth 2.5 times as much, all come back), half as much proactive care gains
#: 0.11 QALYs per 1,000 (six seeds, standard error 0.02): what prevention finds counts as lost until it is treated
FOUND = pytest.mark.xfail(strict=False, reason="needs that prevention finds, and nobody treats, count as lost")


@pytest.mark.parametrize("lever", [pytest.param(x, marks=[FOUND] if x == "proactive" else []) for x in WITHHELD])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.floats(0, 1), min_size=len(NUMBERS), max_size=len(NUMBERS)))
@example([0.0] * len(NUMBERS))
@example([1.0] * len(NUMBERS))
def test_care_withheld_does_nobody_good(lever, places):
    at = tuple(places)
    assert run(at, lever) < run(at) + CHANCE
