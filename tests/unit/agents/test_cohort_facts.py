"""What cohorts learn and tell: events of a week, registers and facts of a year, with values worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from fundingflows.agents.observed import Registered, WeekEvents
from fundingflows.agents.patients.events import EVENTS
from fundingflows.scenarios import FundingFlows


@pytest.fixture
def model():
    return FundingFlows("anytown", None)


def events(model, **numbers):
    """A week in which each event named happens so many times in the first row of each kind, and nothing else."""
    tables = [np.zeros((len(cohort), len(EVENTS))) for cohort in model.cohorts[:3]]
    for name, number in numbers.items():
        for table in tables:
            table[0, EVENTS.index(name)] = number
    return WeekEvents(*tables, np.full(len(model.social_care), 9.0), np.full(len(model.practices), 2.0))


def test_each_cohort_counts_the_events_of_its_own_kind(model):
    week = events(model, gp_consultations=5.0, clock_stops=3.0, care_refused=2.0)
    for cohort in model.cohorts[:3]:
        before = cohort.year
        cohort.observe_week(week)
        gained = {name: (cohort.year[name] - before[name])[0] for name in cohort.year}
        expected = {"practice": {"gp_consultations": 5.0}, "hospital": {"clock_stops": 3.0}, "social_care": {}}
        for name, number in expected[cohort.kind].items():
            assert gained.pop(name) == number
        if cohort.kind == "practice":  # staff are in post whatever happens
            assert gained.pop("other_staff_years") == pytest.approx(cohort.other_fte[0] / 52)
        if cohort.kind == "social_care":
            assert gained["care_refused"] == 2.0
            assert gained["home_care_weeks"] == cohort.held[0, 0]
        else:
            assert not any(gained.values())


def test_people_in_care_are_those_before_and_starts_less_ends(model):
    care = model.social_care
    held = care.held.copy()
    care.observe_week(events(model, home_care_starts=4.0, home_care_ends=1.0, nhs_place_ends=2.0))
    assert (care.held - held)[0].tolist() == [3.0, 0.0, 0.0, -2.0]
    assert care.year["care_starts"].tolist() == [4.0]
    assert care.waiting.tolist() == [9.0]


def test_coded_admissions_follow_the_effort_of_coding(model):
    hospitals = model.hospitals
    hospitals.levers[0, hospitals.LEVERS.index("coding")] = 1.5
    hospitals.observe_week(events(model, day_cases=100.0))
    depth = 1.0 + 0.5 * model.parameters.hospital.coding_depth
    assert hospitals.year["day_cases"][0] == 100.0
    assert hospitals.year["coded_day_cases"][0] == pytest.approx(100.0 * depth)


def test_the_share_served_moves_a_thirteenth_of_the_way_to_this_weeks(model):
    practices = model.practices
    before = practices.served.copy()
    asked = np.full((len(practices), 2), 50.0)
    offered = np.tile([60.0, 20.0], (len(practices), 1))  # 50 and 20 of 100 requests are served
    practices.observe_requests(asked, offered)
    assert practices.served == pytest.approx(before + (0.7 - before) / 13)


def test_hospitals_and_councils_learn_their_part_of_the_registers(model):
    n = len(model.practices)
    people = np.zeros((n, 2, 7))
    people[:, 0, 3], people[:, 1, 5] = 30.0, 10.0  # 30 men of 45 to 64 and 10 women of 75 to 84 in each
    model_of = Registered(
        {"people_flat": people.sum(axis=(1, 2))},
        people,
        np.full((n, 4), 10.0),
        np.full(n, 5.0),
        np.full(n, 2.0),
        np.zeros(n),
    )
    for cohort in model.cohorts:
        cohort.observe_registered(model_of)
    assert model.practices.lists.tolist() == [40.0] * n
    assert model.hospitals.served_people == pytest.approx(40.0 * model.share.sum(axis=0))
    assert model.hospitals.expected_acsc == pytest.approx(2.0 * model.share.sum(axis=0))
    assert model.community.need == pytest.approx(10.0 * n * model.parameters.community.visits_by_frailty.sum())
    assert model.social_care.people_65.tolist() == [10.0 * n]
    assert model.social_care.people_working.tolist() == [30.0 * n]


def test_waits_are_relative_to_those_of_the_initial_state(model):
    hospitals = model.hospitals
    hospitals.listed[:] = 0
    hospitals.listed[0, 4], hospitals.listed[-1, 10] = 30, 10  # mean wait (30 × 4 + 10 × 10) / 40 = 5.5 weeks
    assert hospitals.relative_wait() == pytest.approx(5.5 / float(hospitals.usual_wait))


def test_facts_are_the_years_activity_and_levers_and_states_are_stocks(model):
    model.run(1.0)
    for cohort in model.cohorts:
        rows = model.record.years[0]["organisations"][cohort.kind]
        assert set(rows) == {*cohort.TALLIED, *(f"lever_{name}" for name in cohort.LEVERS), *cohort.states()}
        assert all(np.shape(column) == (len(cohort),) for column in rows.values())
    requests = sum(week[:, EVENTS.index("requests")] for week in model.record.practice)
    assert model.record.years[0]["organisations"]["practice"]["requests"].tolist() == requests.tolist()


def test_what_a_cohort_keeps_in_an_initial_state_is_what_it_takes_from_one(model):
    for cohort in model.cohorts:
        kept = {name: array * 2 + 1 for name, array in cohort.state().items()}
        cohort.restore(kept, sample=1.0)
        for name in cohort.STATE:
            assert np.array_equal(getattr(cohort, name), kept[name])
            assert getattr(cohort, name) is not kept[name]


def test_a_hospitals_commissioner_is_that_of_most_of_its_patients(model):
    place = model.place
    people = place.people.sum(axis=(1, 2)).astype(float)
    rows = np.arange(len(people)) % 3  # as if practices belonged to three commissioners in turn
    patients = np.stack([people, np.where(rows == 2, 100.0, 1.0) * people], axis=1)
    cohort = model.hospitals
    cohort.model = SimpleNamespace(
        place=SimpleNamespace(commissioner=rows, file=SimpleNamespace(commissioners=[None] * 3))
    )
    expected = [np.bincount(rows, people).argmax(), 2]
    assert cohort.commissioner_of_most(patients).tolist() == expected


def test_what_social_care_costs_is_councils_care_self_paid_care_and_nhs_places(model):
    care, numbers = model.social_care, model.parameters.social_care
    did = dict.fromkeys(care.TALLIED, np.zeros(1))
    weeks = {"home_care_weeks": 100.0, "council_place_weeks": 10.0, "self_place_weeks": 5.0, "nhs_place_weeks": 2.0}
    none = care.costs(did, 4)
    more = care.costs(did | {name: np.array([number]) for name, number in weeks.items()}, 4)
    assert more - none == pytest.approx(
        100.0 * numbers.home_care_hours * numbers.home_care_price
        + 10.0 * numbers.care_home_price
        + 5.0 * numbers.self_funded_price
        + 2.0 * numbers.nhs_funded_price
    )
