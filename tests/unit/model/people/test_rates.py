"""Chances scaled in closed form: the reference population meets the published totals, worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from fundingflows.agents.patients.calendar import WEEKS
from fundingflows.agents.patients.events import Event
from fundingflows.agents.patients.people import BANDS
from fundingflows.model.people.age_curves import onsets
from fundingflows.model.people.population import ReferencePopulation, assign_care, populate
from fundingflows.model.people.rates import rates
from fundingflows.model.people.values import care_costs, unit_costs
from fundingflows.scenarios import load_baseline, load_place


@pytest.fixture(scope="module")
def made():
    place, parameters = load_place("anytown"), load_baseline("2015_16").parameters
    people, start, stop = populate(place, parameters, spare=0.03)
    assign_care(people, parameters)
    population = ReferencePopulation(people, start, stop)
    return place, parameters, population, rates(place, parameters, population, {}, True)[0]


def test_people_ask_as_often_as_consultations_published_over_the_share_served(made):
    place, parameters, people, row = made
    gp = parameters.general_practice
    style = place.practices.consultation_style.to_numpy()[people.practice]
    personal = row["request_frailty"][people.frailty] * row["request_condition"][people.conditions] * style
    asks = row["request"][people.band, people.sex] * personal * WEEKS
    served_in_the_end = (1 - gp.failed_ask) / (1 - gp.failed_ask * gp.after_failure_ask_again)
    published = gp.consultation_rate[people.sex, people.band]
    assert asks.sum() * served_in_the_end == pytest.approx(published.sum())


def test_emergencies_and_their_avoidable_share_are_those_published(made):
    place, parameters, people, row = made
    hospital = parameters.hospital
    risk = (
        row["emergency"][people.band]
        * row["emergency_frailty"][people.frailty]
        * row["emergency_condition"][people.conditions]
        * row["emergency_quintile"][people.quintile]
        * row["vulnerability"][(people.key >> np.uint64(8)) & np.uint64(255)]
    )
    published = place.file.need_factor * hospital.emergency_rate[people.band]
    assert risk.sum() * WEEKS == pytest.approx(published.sum())
    avoidable = (risk * row["acsc_share"][people.conditions]).sum() / risk.sum()
    assert avoidable == pytest.approx(hospital.acsc_share)


def test_residents_of_care_homes_die_more_often_and_all_deaths_add_up(made):
    place, parameters, people, row = made
    in_home = (people.care >= 2) & (people.care <= 4)
    chance = row["death"][people.band] * row["death_frailty"][people.frailty]
    chance = chance * np.where(in_home, row["death_care_home"], 1.0)
    published = place.file.need_factor * parameters.people.death_rate[people.band]
    assert chance.sum() * WEEKS == pytest.approx(published.sum())
    assert row["death_care_home"] > 1.0


def test_without_ageing_nobody_is_born_moves_or_falls_newly_ill(made):
    place, parameters, people, _ = made
    row = rates(place, parameters, people, {}, ageing=False)[0]
    assert row["stationary"]
    for name in ("birth", "leave", "frailty_on", "condition_on"):
        assert not np.any(row[name])


def test_a_correction_multiplies_its_rate(made):
    place, parameters, people, row = made
    more = rates(place, parameters, people, {"emergency": np.full(BANDS, 1.5)}, True)[0]
    assert more["emergency"] == pytest.approx(1.5 * row["emergency"])
    assert more["death"].tolist() == row["death"].tolist()


def test_onsets_keep_shares_of_two_states_as_they_are():
    shares = np.zeros((106, 2))
    shares[:, 1] = np.arange(106) / 200.0  # each year of age another half per cent is ill
    shares[:, 0] = 1.0 - shares[:, 1]
    chance = onsets(shares, np.zeros((106, 2)), 2)
    # at 50 a quarter is ill and nobody dies: 0.005 of all move, out of 0.75, in a year of 52 weeks
    assert chance[50, 0] == pytest.approx(-np.log(1.0 - 0.005 / 0.75) / 52)
    assert not chance[:, 1].any()


def test_a_gps_consultation_costs_twice_another_and_both_add_up_to_practices_money():
    ages = np.full(BANDS, 1.0 / BANDS)
    p = SimpleNamespace(
        gp=SimpleNamespace(gp_share=0.6, consultation_rate=np.full((2, BANDS), 5.0)),
        money=SimpleNamespace(
            income_global_sum=60.0, income_qof=12.0, income_enhanced=8.0, unit_cost_emergency_overnight=2_000.0,
            unit_cost_elective_inpatient=3_000.0, unit_cost_elective_day_case=800.0, other_acute_cost=50.0,
            bed_day_cost=300.0, unit_cost_ae_major=200.0, unit_cost_emergency_zero_day=500.0,
            unit_cost_outpatient_first=150.0, unit_cost_outpatient_follow_up=80.0, unit_cost_outpatient_other=60.0,
        ),
        hospital=SimpleNamespace(
            emergency_rate=np.full(BANDS, 0.1), zero_day_share=np.full(BANDS, 0.5),
            overnight_stay=np.full(BANDS, 4.0), inpatient_rate=np.full(BANDS, 0.02),
            day_case_rate=np.full(BANDS, 0.05),
        ),
    )  # fmt: skip
    costs = unit_costs(p, ages)
    # £80 a head over 5 consultations, weighed 0.6 × 2 + 0.4: 10 each
    assert costs[Event.OTHER_CONSULTATIONS] == pytest.approx(10.0)
    assert costs[Event.GP_CONSULTATIONS] == pytest.approx(20.0)
    # spells of £100 + £60 + £40 a head carry £50 more: a quarter on top of each
    assert costs[Event.INPATIENTS] == pytest.approx(3_750.0)
    assert costs[Event.DAY_CASES] == pytest.approx(1_000.0)
    assert costs[Event.EMERGENCY_OVERNIGHT] == pytest.approx(2_500.0 - 4.0 * 300.0)  # its nights are counted one by one
    assert costs[Event.EMERGENCY_NIGHTS] == 300.0


def test_care_costs_public_money_only_where_the_public_pays():
    care = SimpleNamespace(home_care_hours=10.0, home_care_price=20.0, care_home_price=600.0, nhs_funded_price=900.0)
    assert care_costs(SimpleNamespace(care=care)).tolist() == [0.0, 200.0, 600.0, 0.0, 900.0, 0.0, 0.0]
