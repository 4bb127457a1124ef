"""Registers of two practices, two ages and two sexes: how each formula weighs their people, worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from fundingflows.model.people.registers import registered
from numpy.testing import assert_allclose

HALF = 0.5  # of the people is simulated


@pytest.fixture
def found():
    """A place of 30 and 10 women, 10 and 40 men, in an England of 80 and 100 people: 60 and 20 women, 20 and 80 men."""
    stock = np.zeros((2, 10, 8))
    stock[0, [0, 1, 2], [5, 6, 7]] = 0.25, 0.5, 0.25  # one resident of a care home, two in the whole place
    stock[:, :, 1:5] = 77.0  # counts of something else
    stock[0, [0, 5], 0] = 1.0, 3.0  # all of them in the most deprived fifth; of the others a third in the least
    stock[1, [2, 9], 0] = 4.0, 2.0
    spread = np.full((2, 2, 9), 77.0)
    spread[:, :, 5:] = np.array([[[3, 1, 0, 0], [1, 0, 0, 1]], [[4, 0, 1, 0], [0, 0, 0, 0]]]) / 2.0
    census = SimpleNamespace(
        sexes=np.array([[[2, 1], [1, 0]], [[0, 1], [1, 4]]]),
        stock=stock,
        spread=spread,
        cost=np.array([[100.0, 500.0, 50.0, 10.0], [200.0, 900.0, 0.0, 20.0]]),
        risk=np.array([[1.0, 0.25], [2.0, 0.5]]),
    )
    practice = SimpleNamespace(
        consultation_rate=np.array([[1.0, 1.0], [1.0, 2.0]]), carr_hill_a=np.array([[1.0, 2.0], [3.0, 4.0]]),
        carr_hill_b=np.array([[2.0, 2.0], [1.0, 1.0]]), carr_hill_care_home=1.4, workload_deprivation=1.5,
    )  # fmt: skip
    people = SimpleNamespace(england_by_age=np.array([80.0, 100.0]))
    place = SimpleNamespace(
        people=np.array([[[10, 4], [3, 30]], [[20, 6], [7, 10]]]), formula_weight=np.array([0.9, 1.2])
    )
    return registered(census, place, SimpleNamespace(general_practice=practice, people=people), HALF)


def test_people_and_risks_are_those_of_the_whole_place(found):
    assert_allclose(found.weighted["people_flat"], [8.0, 12.0])
    assert_allclose(found.people, [[[4, 2], [2, 0]], [[0, 2], [2, 8]]])
    assert_allclose(found.frailty, [[4, 1, 0, 1], [4, 0, 1, 0]])
    assert_allclose((found.expected_emergencies, found.expected_acsc), [[2.0, 4.0], [0.5, 1.0]])


def test_need_is_the_expected_cost_to_each_kind_of_provider(found):
    kinds = ("practice", "hospital", "social_care", "community")
    cost = [found.weighted[f"people_need_{kind}"].tolist() for kind in kinds]
    assert cost == [[200.0, 400.0], [1000.0, 1800.0], [100.0, 0.0], [20.0, 40.0]]  # of the whole place


def test_need_by_age_and_sex_is_relative_to_england(found):
    # English mean (60 + 20 + 20 + 2 × 80) / 180; the practices' people count 8 and 20
    assert_allclose(found.weighted["people_age_sex"], np.array([8.0, 20.0]) / (260 / 180))


def test_workload_weighs_the_most_deprived_half_as_much_again_as_the_least(found):
    # fifths weigh 1.2, 1.1, 1.0, 0.9, 0.8; the second practice has four in the middle one and two in the last
    deprived = np.array([1.2, (4 * 1.0 + 2 * 0.8) / 6])
    assert_allclose(found.weighted["people_workload"], found.weighted["people_age_sex"] * deprived)


def test_carr_hill_weighs_care_homes_with_a_mean_of_one_over_the_place(found):
    # two of the first eight live in homes: 1 + 0.4 × 0.25 = 1.1 against 1.0, a mean of (8 × 1.1 + 12) / 20 = 1.04
    homes = np.array([1.1, 1.0]) / 1.04
    other = np.array([0.9, 1.2])  # the practices' weights for other things
    assert_allclose(found.weighted["people_carr_hill_a"], np.array([14.0, 42.0]) / (480 / 180) * homes * other)
    assert_allclose(found.weighted["people_carr_hill_b"], np.array([14.0, 14.0]) / (260 / 180) * homes * other)
