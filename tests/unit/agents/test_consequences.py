"""Money and workload have consequences: deficits squeeze services, overwork drives doctors away."""

import numpy as np
import pytest
from fundingflows.model.scenario import Funding
from fundingflows.scenarios import FundingFlows, load_funding

CUT = {"community": np.array([3e6]), "discretionary": np.array([1.4e5])}


def richer(factor: float) -> Funding:
    """The status quo with hospital prices times a factor: the commissioner overspends."""
    prices = {
        f"contracts.hospital.electives.prices.{name}": price * factor
        for name, price in (("day_cases", 664.59), ("inpatients", 3400.0))
    }
    return load_funding("status_quo").changed(prices)


@pytest.fixture
def model():
    return FundingFlows("anytown", "status_quo", rng=1)


def test_a_deficit_takes_money_from_community_services_and_then_from_practices():
    model = FundingFlows("anytown", richer(1.6), rng=1, freeze_behaviour=True).run(2)
    staff = model.community.staff[0]
    assert model.commissioners.deficit.sum() > 0
    assert model.commissioners.community[0] < 1.0
    assert model.commissioners.discretionary[0] < 1.0
    plain = FundingFlows("anytown", "status_quo", rng=1, freeze_behaviour=True).run(2)
    assert staff < plain.community.staff[0]  # after the year in which less was paid
    assert model.hospitals.step_down_beds().sum() < plain.hospitals.step_down_beds().sum()
    flows = [m.ledger.flows(payee="community", weeks=(53, 104)) for m in (model, plain)]
    paid = [flow[flow["purpose"] != "loan"]["pence"].sum() for flow in flows]  # loans fill what is missing
    assert paid[0] < 0.95 * paid[1]


def test_a_small_deficit_is_carried_over_without_a_cut(model):
    allocation = model.treasury.allocations()["commissioner"]
    model.ledger.pay("commissioner", "staff_and_suppliers", round(allocation * 0.009 * 100), "test")
    model.commissioners.plan(np.array([allocation]), CUT)
    assert (model.commissioners.community[0], model.commissioners.discretionary[0]) == (1.0, 1.0)
    model.ledger.pay("commissioner", "staff_and_suppliers", round(allocation * 0.006 * 100), "test")
    model.commissioners.plan(np.array([allocation]), CUT)
    assert model.commissioners.community[0] < 1.0


def test_cuts_are_limited_in_a_year_and_money_returns(model):
    money = model.parameters.money
    limit = money.squeeze_limit_community * money.directed_pace  # the centre covers most of such a deficit
    allocation = model.treasury.allocations()["commissioner"]
    model.ledger.pay("commissioner", "staff_and_suppliers", round(allocation * 50), "test")
    model.commissioners.plan(np.array([allocation]), CUT)
    assert model.commissioners.community[0] == pytest.approx(1.0 - limit)
    model.ledger.pay("treasury", "commissioner", round(allocation * 100), "test")
    model.commissioners.plan(np.array([allocation]), CUT)
    assert model.commissioners.community[0] > 1.0 - limit


def test_hospital_deficits_beyond_the_usual_close_beds_slowly(model):
    hospitals = model.hospitals
    before = hospitals.acute_beds.copy()
    income = hospitals.usual_income
    hospitals.open_and_close(income, income * (1.0 - hospitals.margin))
    assert hospitals.acute_beds == pytest.approx(before)
    hospitals.open_and_close(income, income * 1.5)
    assert (hospitals.capacity < hospitals.acute_beds / before).all()  # planned work gives way first
    target = before * (1.0 - 0.2 * (0.5 + hospitals.margin))
    assert (target < hospitals.acute_beds).all()
    assert (hospitals.acute_beds < before).all()


def test_fewer_community_services_delay_discharge(model):
    def week():
        practices, wards = model.practices.week_table(1.0), model.hospitals.wards(1.0)
        model.community.shape_week(practices, wards)
        return practices, wards

    (usual, before), beds = week(), model.hospitals.beds()
    model.community.resize("staff", np.array([0.9]))
    practices, wards = week()
    assert (wards["delay"] > before["delay"]).all()
    assert (wards["early"] > before["early"]).all()
    assert (practices["unvisited"] > usual["unvisited"]).all()
    assert (practices["continuity"] > usual["continuity"]).all()
    assert model.hospitals.beds() == pytest.approx(beds - 0.1 * model.hospitals.community_beds)


def test_needs_at_home_that_nobody_visits_take_from_health(model):
    """Of needs at home 80 % are visited; a quarter without them takes what those visits bring in it."""
    usual = model._review(0).stock[:, :, 3].sum()
    model.community.resize("staff", np.array([0.0]))
    less = model._review(0).stock[:, :, 3].sum()
    gain = model.parameters.community.visit_gain / (-np.log(0.2) * 0.2)
    assert usual - less == pytest.approx(0.8 * gain * model.community.need[0] / 4 * 1e6, rel=1e-4)


def test_overworked_doctors_leave_and_their_colleagues_see_more(model):
    practices = model.practices
    pace = practices.usual_load * practices.gp_fte * 44 / 4
    practices.staff(pace)
    steady = practices.gp_fte.sum()
    assert steady == pytest.approx(practices.usual_fte.sum(), rel=0.01)
    for _ in range(4):
        practices.staff(1.4 * pace)
    assert practices.gp_fte.sum() < 0.97 * steady
    assert (practices.turnover > 0.08).all()


def test_work_handed_back_takes_appointments(model):
    before, _ = model.practices.offer(1.0)
    model.practices.handed_back = np.full(len(model.practices), 93.6)
    after, _ = model.practices.offer(1.0)
    assert before - after == pytest.approx(10.0)


def test_gps_who_are_left_hand_nothing_back_for_those_who_went(model):
    """With a tenth of the GPs a tenth of the usual minutes is usual, and twice that is all that they have time for."""
    practices = model.practices
    before, usual = practices.gp_fte, np.full(len(practices), 1000.0)
    practices.usual_minutes = usual
    practices.gp_fte = 0.1 * practices.usual_fte
    practices.observe_handed_back(0.15 * usual)
    assert practices.handed_back == pytest.approx(50.0)
    practices.observe_handed_back(usual)
    assert practices.handed_back == pytest.approx(100.0)
    practices.gp_fte = before


def test_longer_waits_lower_referrals_and_turn_them_elsewhere():
    from fundingflows.model.place import network

    model = FundingFlows("somerset", "status_quo", rng=1)
    usual = model.practices.propensity()
    model.practices.wait = 2.0
    assert model.practices.propensity() == pytest.approx(usual * 2.0**-0.1)
    wait = np.ones(len(model.hospitals))
    wait[0] = 2.0
    share = network.with_waits(model.share, wait, np.ones_like(wait), model.parameters)
    assert (share[:, 0] < model.share[:, 0]).all()
    assert share.sum(axis=1) == pytest.approx(1.0)
