"""Runs that hold links: what is cut, and what stays as it is."""

from dataclasses import replace

import numpy as np
import pytest
from fundingflows.agents.links import LINKS
from fundingflows.experiments.runs.spec import spec_of
from fundingflows.model.errors import InputError
from fundingflows.model.links import at_usual, held
from fundingflows.scenarios.economy import FundingFlows

ONE = spec_of("anytown", "status_quo", 1, 1.0, 0.1)


@pytest.fixture(scope="module")
def model():
    return FundingFlows("anytown", "capitated", 1, sample=0.1, threads=1, hold=tuple(LINKS))


def test_an_unknown_link_names_the_nearest():
    with pytest.raises(InputError, match="unknown link 'waits_referal'; did you mean 'waits_referrals'"):
        held(["waits_referal"])


def test_with_nothing_held_parameters_are_the_same_object():
    parameters = ONE.scenario.parameters
    assert at_usual(parameters, frozenset()) is parameters


def test_a_run_that_holds_a_link_has_a_key_of_its_own():
    assert replace(ONE, hold=()).key == ONE.key
    assert replace(ONE, hold=("waits_referrals",)).key != ONE.key
    assert (
        replace(ONE, hold=("pool_plans", "waits_referrals")).key
        == replace(ONE, hold=("waits_referrals", "pool_plans")).key
    )


def test_practices_refer_as_usual_however_long_waits_are(model):
    model.practices.observe_waits(3.0)
    assert model.practices.willing(np.array(1.0)) == 1.0


def test_practices_pass_on_as_usual_whatever_share_they_serve(model):
    assert model.practices.passed_on(np.full(len(model.practices), 0.2)) == pytest.approx(1.0)


def test_gps_leave_and_join_as_usual_whatever_they_do_and_earn(model):
    practices = model.practices
    practices.earned = np.full(len(practices), 0.3)
    assert practices.leaving_for_income() == pytest.approx(1.0)
    assert practices.joining_for_income() == pytest.approx(1.0)
    practices.staff(3.0 * practices.last_quarter("gp_consultations") + 1e6)
    assert practices.turnover == pytest.approx(practices.p.general_practice.leaving_rate)


def test_practices_staff_their_list_whatever_they_are_paid(model):
    practices = model.practices
    practices.extra = np.full(len(practices), -1e6)
    assert practices.affordable_staffing() == pytest.approx(practices.lists / practices.usual_list)


def test_a_deficit_closes_nothing(model):
    hospitals = model.hospitals
    before = hospitals.acute_beds.copy()
    hospitals.open_and_close(np.zeros(len(hospitals)), np.full(len(hospitals), 1e9))
    assert hospitals.acute_beds == pytest.approx(before)


def test_hospitals_turn_nobody_back_however_full_they_are(model):
    hospitals = model.hospitals
    hospitals.demand.used = 5.0 * hospitals.there()
    wards = hospitals.wards(1.0)
    assert (wards["refused"] == 0.0).all()
    assert (wards["divert"] == 0.0).all()
    assert wards["stay"] == pytest.approx(hospitals.lever("stay"))


def test_care_starts_as_usual_where_there_is_no_room(model):
    care = model.social_care
    queued = np.full((len(care), 5), 1e6)
    usual = np.minimum(np.maximum(care.start, care.p.social_care.start_least), 1.0)
    assert care.chances(queued, 1.0)[:, :, 1:] == pytest.approx(np.repeat(usual[:, :, None], 4, axis=2))


def test_councils_and_community_services_buy_as_usual_whatever_they_are_paid(model):
    care = model.social_care
    care.budget(np.zeros(len(care)), np.ones(len(care)))
    assert care.rule == pytest.approx(1.0)
    assert care.supply == pytest.approx(1.0)
    assert model.parameters.community.staff_loss_limit == 0.0


def test_a_deficit_of_commissioners_is_not_cut(model):
    holders = model.commissioners
    model.ledger.pay(holders.names, "treasury", np.full(len(holders), 10**12), "interest")
    usual = {item: np.full(len(holders), 1e9) for item in holders.shares}
    holders.plan(np.full(len(holders), 1e6), usual)
    assert all((share == 1.0).all() for share in holders.shares.values())


def test_control_changes_nobodys_chances(model):
    rates = model.patients.rates
    for name in ("control_incidence", "control_acsc", "death_control"):
        assert rates[name] == pytest.approx(1.0), name
    for name in ("need_death", "need_emergency", "unmet_care_ae", "unmet_care_risk"):
        assert rates[name] == pytest.approx(1.0), name


@pytest.mark.parametrize("kinds", [("hospital",), ("practice", "community")])
def test_behaviour_of_some_kinds_is_frozen(kinds):
    model = FundingFlows("anytown", "capitated", 1, sample=0.1, threads=1, freeze_behaviour=kinds).run(0.5)
    still = {cohort.kind for cohort in model.cohorts if (cohort.levers == 1.0).all()}
    assert set(kinds) <= still
    assert "hospital" in still or "hospital" not in kinds
    assert not {"practice", "hospital"} <= still


def test_an_unknown_kind_of_provider_is_named():
    with pytest.raises(InputError, match="freeze_behaviour: unknown kind of provider 'hospitals'"):
        FundingFlows("anytown", sample=0.1, freeze_behaviour=("hospitals",))
