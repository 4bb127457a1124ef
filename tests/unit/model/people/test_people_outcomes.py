"""QALYs and spending of a few people, worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from fundingflows.agents.patients.people import GONE, HOME
from fundingflows.model.people.outcomes import costliest_share, qalys
from fundingflows.model.people.population import empty_people

OUTCOMES = SimpleNamespace(utility_in_hospital=-0.2, delay_harm=0.002, unmet_harm=0.001, acsc_harm=0.05)
NOTHING = dict.fromkeys(
    ("nights_needed", "nhs_delayed_nights", "social_delayed_nights", "unmet_requests", "acsc_episodes"), np.zeros(2),
)  # fmt: skip
HEALTH = np.array([10.0, 20.0])


def year(**events):
    return qalys(HEALTH, NOTHING | {k: np.array(v, dtype=float) for k, v in events.items()}, OUTCOMES)


def test_nothing_happens_and_health_is_what_there_is():
    assert year().tolist() == HEALTH.tolist()


def test_a_night_that_an_illness_takes_costs_its_part_of_a_year_wherever_it_is_spent():
    # 364 nights at −0.2 are a whole year at −0.2; 182 half of it
    assert year(nights_needed=[364, 182]) == pytest.approx([9.8, 19.9])


def test_a_delayed_night_costs_the_night_and_the_harm_of_delay():
    # 91 nights are a quarter of a year at −0.2, and 0.002 each on top
    assert year(nhs_delayed_nights=[91, 0]) == pytest.approx([10.0 - 0.05 - 0.182, 20.0])
    assert year(social_delayed_nights=[91, 0]) == pytest.approx([10.0 - 0.05 - 0.182, 20.0])


def test_each_unmet_request_and_avoidable_episode_costs_its_harm():
    assert year(unmet_requests=[300, 0], acsc_episodes=[0, 4]) == pytest.approx([9.7, 19.8])


def test_the_costliest_twentieth_of_the_living():
    people = empty_people(41)
    people.where[:] = HOME
    people.spend[:] = 10
    people.spend[[3, 7]] = 110  # two of forty
    people.where[40], people.spend[40] = GONE, 10_000  # an empty row counts for nothing
    assert costliest_share(people) == pytest.approx(220 / (220 + 380))


def spending(*amounts):
    people = empty_people(len(amounts))
    people.where[:] = HOME
    people.spend[:] = amounts
    return people


def test_part_of_a_person_in_the_costliest_twentieth_is_a_person():
    assert costliest_share(spending(30, 10)) == 0.75
    assert costliest_share(spending(*[10] * 20, 30)) == pytest.approx(40 / 230)  # a twentieth of 21 is more than one


def test_nothing_spent_has_no_costliest_part():
    assert costliest_share(spending(0, 0)) == 0.0
    assert costliest_share(spending(1, 0)) == 1.0
    assert type(costliest_share(spending(1, 0))) is float


def test_spending_of_a_large_place_adds_up_beyond_four_bytes():
    assert costliest_share(spending(*[2**31 - 1] * 60)) == pytest.approx(3 / 60)
