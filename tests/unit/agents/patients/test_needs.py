"""Needs follow people until they are met or lapse; worked out by hand, or counted in a small place."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from fundingflows.agents.patients.events import EVENTS
from fundingflows.agents.patients.lists import still_waiting
from fundingflows.agents.patients.people import (
    HEARD,
    HOME,
    NEEDS_ADMISSION,
    NEEDS_CLINIC,
    NEEDS_URGENT,
    PLANNED_NEEDS,
    UNWELL,
)
from fundingflows.model.people.needs import needs
from fundingflows.scenarios import FundingFlows

OUT = SimpleNamespace(
    need_years=5.0, unwell_weeks=4.0, need_returns=0.52, need_gain=np.array([0.05, 0.02, 0.10]), utility_unwell=-0.1,
    need_death=np.array([0.2, 0.0, 0.05]), need_emergency=np.array([0.3, 0.0, 0.1]), unwell_death=1.0,
    unwell_emergency=3.0, utility_unmet_care=-0.08,
)  # fmt: skip


def test_a_need_takes_what_treatment_would_bring_over_the_years_that_it_lasts():
    loss = needs(OUT)["need_loss"]
    # 0.10 QALYs over 5 years are 0.02 a year, 5,000 millionths a quarter; being unwell takes 0.1 a year
    assert [loss[b] for b in (0, NEEDS_URGENT, NEEDS_CLINIC, NEEDS_ADMISSION, UNWELL)] == [0, 2500, 1000, 5000, 25000]
    assert loss[NEEDS_CLINIC | NEEDS_ADMISSION | UNWELL] == 31000
    assert loss[NEEDS_ADMISSION | HEARD] == loss[NEEDS_ADMISSION]  # the list does no harm of its own


def test_hazards_of_needs_multiply():
    found = needs(OUT)
    assert found["need_death"][[0, NEEDS_CLINIC, NEEDS_URGENT, UNWELL]].tolist() == [1.0, 1.0, 1.2, 2.0]
    assert found["need_death"][NEEDS_URGENT | NEEDS_ADMISSION | UNWELL] == pytest.approx(1.2 * 1.05 * 2.0)
    assert found["need_emergency"][NEEDS_URGENT | UNWELL | HEARD] == pytest.approx(1.3 * 4.0)


def test_needs_pass_by_lapsing_by_being_brought_back_and_by_getting_well():
    found = needs(OUT)
    lapse, back, well = 1 / 260, 0.52 / 52, 1 / 4
    passes = found["need_passes"]
    assert passes[0] == passes[HEARD] == 0.0
    assert passes[NEEDS_CLINIC] == pytest.approx(lapse + back)
    assert passes[NEEDS_CLINIC | NEEDS_URGENT] == pytest.approx(lapse + back)
    assert passes[NEEDS_CLINIC | HEARD] == pytest.approx(lapse)  # whoever is on the list does not ask again
    assert passes[UNWELL] == pytest.approx(well)
    assert passes[UNWELL | NEEDS_ADMISSION] == pytest.approx(well + lapse + back)


def run(weeks=52, **levers):
    """A year of Anytown without money, with levers held."""
    model = FundingFlows("anytown", None, rng=1)
    for name, value in levers.items():
        cohort = next(c for c in model.cohorts if name in c.LEVERS)
        cohort.levers[:, cohort.LEVERS.index(name)] = value
    model.run(weeks / 52)
    return model


def events(model):
    return dict(zip(EVENTS, model.record.years[0]["groups"].sum(axis=0).tolist(), strict=True))


@pytest.fixture(scope="module")
def usual():
    return run()


def test_everyone_on_the_list_has_a_need_that_was_heard(usual):
    waiting = still_waiting(usual.patients.lists.waiting)["row"]
    need = usual.patients.people.state["need"]
    alive = usual.patients.people.where[waiting] == HOME
    assert (need[waiting[alive]] & HEARD != 0).mean() > 0.9  # of some a second pathway has ended
    heard = np.flatnonzero(need & HEARD)
    assert np.isin(heard, waiting).all()


def test_what_is_not_referred_stays_with_the_person(usual):
    half = run(referral=0.5)
    fewer = events(usual)["gp_referrals"] - events(half)["gp_referrals"]
    more = events(half)["needs_unheard"] - events(usual)["needs_unheard"]
    # a need is unheard for each referral not made, but for those that would have been rejected or a GP can treat
    treated = events(half)["needs_treated"] - events(usual)["needs_treated"]
    assert 0.75 * fewer < more + treated < fewer
    assert 0.05 * fewer < treated < 0.3 * fewer  # 0.15 of needs at most, where half are referred
    planned = [(m.patients.people.state["need"] & PLANNED_NEEDS != 0).sum() for m in (usual, half)]
    assert planned[1] > planned[0] + 0.4 * more  # some lapse, some are heard later


def test_at_the_usual_levers_only_waits_for_a_bed_leave_people_unwell(usual):
    found = events(usual)
    early = found["unwell"] - found["bed_waits"] - found["beds_refused"]
    assert 0 <= early < 0.005 * found["emergency_overnight"]  # crowded weeks shorten stays a little
    assert found["beds_refused"] < 0.1 * found["bed_waits"] < 0.01 * found["emergency_overnight"]


def test_turned_back_or_sent_home_early_is_unwell(usual):
    turned = events(run(admission=0.5))
    back = events(usual)["emergency_zero_day"] - turned["emergency_zero_day"]
    assert turned["unwell"] - turned["bed_waits"] - turned["beds_refused"] == pytest.approx(back, rel=0.1)
    early = events(run(stay=0.5))
    stays = early["emergency_overnight"] + early["inpatients"]
    sent_home = early["unwell"] - early["bed_waits"] - early["beds_refused"]
    assert 0.05 * stays < sent_home < 0.25 * stays  # half a stay: half of 0.1 to 0.5 by frailty
    # the illness is as long; some who are sent home early come back and need nights again
    assert early["nights_needed"] == pytest.approx(events(usual)["nights_needed"], rel=0.05)


def test_refused_care_keeps_people_in_hospital_longer(usual):
    fewer = events(run(eligibility=0.5))
    assert fewer["care_refused"] > 2 * events(usual)["care_refused"]
    assert fewer["social_delayed_nights"] > events(usual)["social_delayed_nights"]


def test_a_clinic_without_enough_follow_up_leaves_the_need(usual):
    none, some = run(follow_up=0.0), run(follow_up=0.7)
    held = [(m.patients.people.state["need"] & (NEEDS_CLINIC | NEEDS_URGENT) != 0).sum() for m in (usual, some, none)]
    assert held[1] == pytest.approx(held[0], rel=0.06)  # the first two fifths of follow-ups would not be missed
    assert held[2] > 1.3 * held[0]
