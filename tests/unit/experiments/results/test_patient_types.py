"""What one more patient of a type brings and costs, where a price follows need, part of it, or the care given."""

from __future__ import annotations

import numpy as np
import pytest
from fundingflows.experiments.results import patient_types
from fundingflows.experiments.results.patient_types import TYPES
from fundingflows.model.contracts.contract import Contract
from fundingflows.model.contracts.holding import holdings_of
from fundingflows.model.contracts.terms.block import Block
from fundingflows.model.contracts.terms.capitation import Capitation
from fundingflows.model.contracts.terms.tariff import Tariff
from fundingflows.scenarios import FundingFlows


@pytest.fixture(scope="module")
def place():
    return FundingFlows("anytown", "status_quo", rng=1)


def community(model, term):
    """Pay for each type of patient of community services under one term alone."""
    by = {c.kind: holdings_of(Contract((Block(),)), len(c)) for c in model.cohorts}
    by["community"] = holdings_of(Contract((term,)), len(model.community))
    frame = patient_types.table(model, by)
    return frame[frame["kind"] == "community"]


def test_need_is_visits_by_frailty_relative_to_the_places_mean(place):
    visits = place.parameters.community.visits_by_frailty
    mean = place.community.need.sum() / place.community.people.sum()
    needs = [patient_types.need(place, place.community, person) for person in TYPES]
    assert needs == pytest.approx([visits[person.frailty] / mean for person in TYPES])


def test_people_weigh_one_on_average_and_more_the_frailer_and_iller_they_are(place):
    for cohort in place.cohorts:
        assert cohort.weighted["people_need"].sum() == pytest.approx(cohort.weighted["people_flat"].sum())
        needs = [patient_types.need(place, cohort, person) for person in TYPES]
        assert needs == sorted(needs)
        assert needs[0] < 1.0 < needs[-1]


def test_a_price_that_follows_need_leaves_no_type_of_patient_better_than_another(place):
    rate = place.community.usual_income.sum() / place.community.weighted["people_need"].sum()
    fair = community(place, Capitation(rate=rate, weights="need"))
    assert fair["gain"].to_numpy() == pytest.approx(np.zeros(len(TYPES)), abs=1e-6)


def test_a_price_that_follows_half_of_need_makes_the_fit_pay_and_the_frail_cost(place):
    rate = place.community.usual_income.sum() / place.community.weighted["people_need"].sum()
    half = community(place, Capitation(rate=rate, weights="need", adjustment=0.5))
    needs = np.array([patient_types.need(place, place.community, person) for person in TYPES])
    assert half["gain"].to_numpy() == pytest.approx(0.5 * rate * (1.0 - needs))
    assert half["gain"].iloc[0] > 0 > half["gain"].iloc[-1]


def test_what_is_paid_by_the_visit_follows_the_visits_that_a_person_needs(place):
    price = community(place, Tariff(prices={"home_visits": 10.0}))
    needs = np.array([patient_types.need(place, place.community, person) for person in TYPES])
    year = place.community.expected()
    assert price["pays"].to_numpy() == pytest.approx(10.0 * needs * (year["home_visits"] / year["people_flat"]).item())


def test_a_fixed_sum_brings_nothing_for_anybody(place):
    assert (community(place, Block(per_head=10.0))["pays"] == 0.0).all()
