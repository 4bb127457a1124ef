"""People as made from the place, before any burning in."""

from __future__ import annotations

import numpy as np
import pytest
from fundingflows.agents.patients.people import BANDS
from fundingflows.model.people.population import ReferencePopulation, assign_care, populate
from fundingflows.scenarios import load_baseline, load_place
from numpy.testing import assert_allclose

NUMBERS = load_baseline("2015_16").parameters


def people_of(name, sample=1.0):
    place = load_place(name, sample)
    people, start, stop = populate(place, NUMBERS, spare=0.03)
    return place, people, ReferencePopulation(people, start, stop)


@pytest.fixture(scope="module", params=["anytown", "somerset"])
def made(request):
    return people_of(request.param)


def by_band(people, column, n):
    table = np.bincount(people.band * n + column, minlength=BANDS * n).reshape(BANDS, n)
    return table / table.sum(axis=1, keepdims=True)


def test_people_by_practice_sex_and_age_are_those_of_the_place(made):
    place, _, people = made
    cell = (people.practice * 2 + people.sex) * BANDS + people.band
    counts = np.bincount(cell, minlength=place.people.size).reshape(place.people.shape)
    assert np.array_equal(counts, place.people)


def test_everyone_has_an_identity_of_their_own(made):
    _, _, people = made
    assert np.unique(people.key).size == people.key.size


@pytest.mark.parametrize(("column", "table"), [("conditions", "conditions_share"), ("frailty", "frailty_share")])
def test_health_by_age_is_that_of_the_table(made, column, table):
    place, _, people = made
    wanted = getattr(NUMBERS.people, table)
    weights = place.people.sum(axis=(0, 1)) / place.registered
    got = by_band(people, getattr(people, column), wanted.shape[1])
    assert_allclose(weights @ got, weights @ wanted, atol=0.005)  # of all people
    assert_allclose(got, wanted, atol=0.03 if place.id == "anytown" else 0.01)  # of each age


def test_deprived_people_have_more_conditions_at_the_same_age(made):
    _, _, people = made
    for band in (3, 4):
        here = people.band == band
        poor, rich = (people.conditions[here & (people.quintile == q)].mean() for q in (0, 4))
        assert poor > rich * 1.1


def test_frailty_and_conditions_go_together(made):
    _, _, people = made
    old = people.band >= 4
    assert np.corrcoef(people.conditions[old], people.frailty[old])[0, 1] > 0.2


def test_quintiles_are_those_of_the_practice():
    place, _, people = people_of("somerset")
    wanted = place.practices[[f"imd{q}" for q in range(1, 6)]].to_numpy(dtype=float)
    wanted = wanted / wanted.sum(axis=1, keepdims=True)
    n = len(wanted)
    got = np.bincount(people.practice * 5 + people.quintile, minlength=n * 5).reshape(n, 5)
    got = got / got.sum(axis=1, keepdims=True)
    assert_allclose(got, wanted, atol=0.03)


def test_as_many_have_care_as_published(made):
    place, people, _ = made
    assign_care(people, NUMBERS)
    ages, care = place.people.sum(axis=(0, 1)), NUMBERS.social_care
    tables = (
        care.home_care_rate,
        care.council_places_rate,
        care.self_funded_places_rate,
        care.nhs_funded_places_rate,
    )
    held = np.bincount(people.state["care"], minlength=5)[1:5]
    assert_allclose(held, [table @ ages for table in tables], atol=BANDS / 2)


def test_a_sample_has_its_share_of_every_kind_of_person():
    place, _, people = people_of("somerset", 0.1)
    assert people.key.size == pytest.approx(0.1 * place.registered, rel=0.005)
    assert_allclose(
        np.bincount(people.band) / people.key.size, place.people.sum(axis=(0, 1)) / place.registered, atol=0.003
    )


def test_the_costliest_twentieth_takes_about_half(runs):
    shares = [year["costliest_5_percent"] for run in runs.values() for year in run.model.record.years]
    assert all(0.45 <= share <= 0.58 for share in shares)
    assert 0.45 <= np.mean([year["costliest_5_percent"] for year in runs["status_quo"].model.record.years]) <= 0.55
