"""Events are filed under the age and deprivation of the people that they happened to."""

from __future__ import annotations

import numpy as np
import pytest
from fundingflows.agents.patients.events import EVENTS
from fundingflows.scenarios import FundingFlows

WEEKS = 4


@pytest.fixture(scope="module")
def traced():
    """Four weeks of Anytown without money, everyone traced: its model, people's births and fifths by key, events."""
    place = FundingFlows("anytown", None, rng=1).patients.people
    model = FundingFlows("anytown", None, rng=1, trace=np.flatnonzero(place.key > 0).tolist())
    known: dict[int, tuple[int, int]] = {}
    for _ in range(WEEKS):
        remember(model.patients.people, known)
        model.step()
    remember(model.patients.people, known)
    return model, known, np.array(model.traced_events)


def remember(people, known):
    """Week of birth and fifth of deprivation, 0 the most deprived, of everyone not yet known by key."""
    for key, born, traits in zip(
        people.key.tolist(), people.state["born"].tolist(), people.traits.tolist(), strict=True
    ):
        known.setdefault(key, (born, (traits >> 1) & 7))


def by_group(traced, event):
    """An event by age band and fifth, (7, 5): of the people in the log, and as tallied."""
    model, known, log = traced
    number = EVENTS.index(event)
    found = np.zeros((7, 5))
    for key in log[log[:, 2] == number, 1].astype(np.uint64).tolist():
        born, fifth = known[key]
        years = (6 - born) // 52  # as old as in the middle of the quarter, its week 6
        found[sum(years >= limit for limit in (5, 15, 45, 65, 75, 85)), fifth] += 1
    return found, model.patients.tally.events.sum(axis=0)[number].reshape(7, 5)


@pytest.mark.parametrize(
    "event", ["deaths", "condition_onsets", "leavers", "gp_referrals", "day_cases", "first_clinics"]
)
def test_events_are_filed_under_the_age_and_fifth_of_their_people(traced, event):
    found, tallied = by_group(traced, event)
    assert found.sum() > 0
    assert found.tolist() == tallied.tolist()


@pytest.mark.parametrize("event", ["gp_consultations", "emergency_overnight", "emergency_nights"])
def test_only_newcomers_events_are_missing_from_those_of_the_traced(traced, event):
    found, tallied = by_group(traced, event)
    assert (found <= tallied).all()
    assert 0.99 * tallied.sum() < found.sum() < tallied.sum()  # newcomers of four weeks are not traced
