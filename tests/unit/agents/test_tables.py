"""The tables of each kind of provider: one set of words, complete, and the one that everything reads."""

from collections import Counter

import numpy as np
import pytest
from fundingflows.agents.cohorts import COHORTS
from fundingflows.agents.patients.events import EVENTS
from fundingflows.agents.patients.words import HAPPENINGS, SERVICES
from fundingflows.experiments.results import did, incentives
from fundingflows.model.contracts.contract import Contract
from fundingflows.model.contracts.holding import holdings_of
from fundingflows.model.contracts.terms.outcome import Outcome
from fundingflows.model.scenario import KINDS
from fundingflows.scenarios import load_baseline

TABLES = ("DECISIONS", "ACTIVITIES", "OUTCOMES", "STATES")


def test_kinds_are_those_of_scenarios():
    assert tuple(COHORTS) == KINDS


@pytest.mark.parametrize("kind", COHORTS)
@pytest.mark.parametrize("table", TABLES)
def test_names_are_given_once_and_each_has_a_label(kind, table):
    entries = getattr(COHORTS[kind], table)
    assert max(Counter(e.name for e in entries).values()) == 1
    assert all(e.label and e.label == e.label.strip() for e in entries)


@pytest.mark.parametrize("kind", COHORTS)
def test_every_decision_has_its_numbers_and_every_cost_its_parameter(kind):
    numbers = load_baseline("2015_16").parameters
    for decision in COHORTS[kind].DECISIONS:
        for number in ("response", "room_down", "room_up", "years"):
            assert f"behaviour.{number}_{decision.name}" in numbers
    for activity in COHORTS[kind].ACTIVITIES:
        assert not activity.cost or f"money.unit_cost_{activity.cost}" in numbers


def test_every_event_has_words():
    assert [h.name for h in HAPPENINGS] == list(EVENTS)
    assert all(h.label for h in HAPPENINGS)
    assert {h.service for h in HAPPENINGS} == {"", *SERVICES}


def test_states_are_columns_of_a_year(runs):
    facts = runs["status_quo"].model.record.years[-1]["organisations"]
    for kind, cohort in COHORTS.items():
        assert {state.name for state in cohort.STATES} <= set(facts[kind])


def test_comparisons_take_their_outcomes_from_the_tables():
    practice = {o.column: o for o in did.outcomes("practice")}
    assert practice["gp_referrals"].label == "GP referrals, per 1,000 registered"
    assert (practice["gp_referrals"].per, practice["gp_referrals"].times) == ("list", 1000.0)
    assert (practice["control"].per, practice["control"].times) == (None, 100.0)
    assert practice["income"].label == "income, £ per registered"
    assert "requests" not in practice
    hospital = {o.column: o for o in did.outcomes("hospital")}
    assert (hospital["income"].label, hospital["income"].times) == ("income, £m", 1e-6)
    assert hospital["lever_stay"].label == "behaviour: length of stay"


def test_what_one_more_brings_is_asked_of_activities_indicators_and_people(anytown):
    hospital = incentives.units(anytown.hospitals)
    assert ("day_cases", "one more day case") in hospital
    assert ("within_18_weeks", "one percentage point of the list within 18 weeks") in hospital
    assert hospital[-1] == ("people", "one more person registered or served")
    assert not {"elective_nights", "acsc_rate"} & {name for name, _ in hospital}


def test_a_percentage_point_of_an_indicator_is_priced_by_hand(anytown):
    # £10 a head from nobody to everybody served: a point is 10p a head
    practices = anytown.practices
    own, lot = (
        incentives.per_term(anytown, "practice", "access", holdings_of(Contract((term,)), len(practices)))[0][2]
        for term in (Outcome("access", per_head=10.0), Outcome("access", per_head=10.0, shared="lot"))
    )
    assert own == pytest.approx(0.10 * practices.usual_list)
    assert lot == pytest.approx(0.10 * practices.usual_list * practices.part_of_lot())


def test_one_more_avoidable_admission_moves_the_rate_that_is_paid_on(anytown):
    practices = anytown.practices
    moved = practices.moves("acsc_admissions")
    assert moved["acsc_rate"] == pytest.approx(1.0 / practices.expected_acsc)
    assert moved["acsc_rate.crude"] == pytest.approx(1000.0 / practices.lists)
    assert practices.moves("gp_consultations") == {}
    assert anytown.hospitals.moves("emergency_nights")["bed_nights_per_head"] == pytest.approx(
        1.0 / anytown.hospitals.served_people
    )
    assert anytown.social_care.moves("social_delayed_nights")["delayed_nights"] == pytest.approx(
        1000.0 / anytown.social_care.people
    )


def test_what_one_more_costs_by_hand(anytown):
    numbers = anytown.parameters
    share = 1.0 - numbers.hospital.fixed_cost_share
    assert anytown.hospitals.variable_cost("day_cases") == pytest.approx(
        share * numbers.money.unit_cost_elective_day_case
    )
    assert anytown.hospitals.variable_cost("emergency_nights") == pytest.approx(share * numbers.money.bed_day_cost)
    care = anytown.social_care
    assert care.variable_cost("home_care_weeks") == pytest.approx(12.5 * 14.3)
    assert care.variable_cost("council_place_weeks") == pytest.approx(556.0)
    assert np.isnan(care.variable_cost("care_starts"))
    assert np.isnan(anytown.practices.variable_cost("gp_referrals"))
    spent = anytown.practices.variable_cost("gp_consultations") * sum(
        anytown.practices.before[k].sum() for k in ("gp_consultations", "other_consultations")
    )
    premises = numbers.money.practice_cost_premises_other * anytown.practices.usual_list.sum()
    assert spent == pytest.approx(numbers.money.practice_variable_share * premises)


def test_weights_in_a_lot_add_up_to_one(anytown):
    practices = anytown.practices
    sums = np.bincount(practices.lot, practices.part_of_lot())
    assert sums == pytest.approx(np.ones(sums.size))
    assert anytown.hospitals.part_of_lot().sum() == pytest.approx(1.0)
