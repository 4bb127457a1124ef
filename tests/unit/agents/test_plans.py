"""The search finds the best plan, and a plan answers pay as the closed form says."""

from __future__ import annotations

import numpy as np
import pytest
from fundingflows.agents import plans
from fundingflows.agents.forecast.activity import Lazy, PlanActivity, with_facts
from fundingflows.model.contracts.contract import Contract
from fundingflows.model.contracts.holding import Holdings, holdings_of
from fundingflows.model.contracts.terms.block import Block
from fundingflows.model.contracts.terms.tariff import Tariff
from numpy.testing import assert_allclose

LOW, HIGH = 0.5, 2.0


def test_the_top_of_a_concave_quadratic_is_found():
    rng = np.random.default_rng(3)
    top, bend = rng.uniform(LOW + 0.02, HIGH - 0.02, (40, 3)), rng.uniform(0.1, 50.0, (40, 3))
    found = plans.best(lambda x: -(bend * (x - top) ** 2).sum(axis=-1), np.ones((40, 3)), LOW, HIGH)
    assert_allclose(found, top, atol=1e-4)


def test_a_top_just_inside_a_bound_is_found():
    top = np.array([[LOW + 0.0022], [LOW + 0.001], [HIGH - 0.0022], [HIGH - 0.001]])
    found = plans.best(lambda x: -((x - top) ** 2).sum(axis=-1), np.ones((4, 1)), LOW, HIGH)
    assert_allclose(found, top, atol=1e-4)


@pytest.mark.parametrize("away", [-0.0006, -0.0003, 0.0003, 0.0006])
@pytest.mark.parametrize("start", [1.0, 1.5])
def test_a_small_step_from_the_present_setting_is_found(start, away):
    found = plans.best(lambda x: -((x - start - away) ** 2).sum(axis=-1), np.full((1, 1), start), LOW, HIGH)
    assert found.item() - start == pytest.approx(away, rel=0.05)


def test_a_top_out_of_bounds_is_met_at_the_bound():
    top = np.array([[0.1], [2.6]])
    found = plans.best(lambda x: -((x - top) ** 2).sum(axis=-1), np.ones((2, 1)), LOW, HIGH)
    assert_allclose(found, [[LOW], [HIGH]])


def test_levers_that_are_not_free_stay():
    found = plans.best(lambda x: -((x - 1.5) ** 2).sum(axis=-1), np.ones((2, 3)), LOW, HIGH, free=(1,))
    assert_allclose(found, [[1.0, 1.5, 1.0]] * 2, atol=1e-4)


@pytest.mark.parametrize("edge", [0.63, 1.23, 1.61, 1.87])
def test_a_cliff_worth_the_climb_is_found(edge):
    found = plans.best(lambda x: ((x >= edge) - 0.1 * (x - 1.0) ** 2).sum(axis=-1), np.full((1, 1), 0.55), LOW, HIGH)
    assert edge <= found[0, 0] or edge < 1.0
    assert abs(found[0, 0] - max(edge, 1.0)) < 0.03


def test_a_cliff_that_is_not_worth_the_climb_is_left():
    found = plans.best(lambda x: (0.01 * (x >= 1.6) - 0.1 * (x - 1.0) ** 2).sum(axis=-1), np.ones((1, 1)), LOW, HIGH)
    assert found[0, 0] == pytest.approx(1.0, abs=1e-3)


def test_a_flat_worth_leaves_levers_where_they_are():
    found = plans.best(lambda x: np.zeros(x.shape[:2]), np.full((2, 2), 1.07), LOW, HIGH)
    assert_allclose(found, 1.07)


def test_expected_pay_sees_a_threshold_ahead():
    floor = Tariff(prices={"visits": 1.0}, floor=1.0)
    visits = 100.0 * (1.0 + 0.1 * plans.NODES)[None, None]
    year = {"visits": visits, "visits.before": 100.0, "elapsed": 1.0}
    assert plans.expected_due(Contract((floor,)), year).item() == pytest.approx(104.0, rel=0.01)  # 100 + σ/√2π
    assert plans.expected_due(Contract((Tariff(prices={"visits": 1.0}),)), year).item() == pytest.approx(100.0)


def plan(cohort, contract, k):
    return cohort.best_plan(contract, np.ones_like(cohort.levers), free=(k,))


LINEAR = [
    ("hospitals", "admission", "emergency_zero_day"),
    ("hospitals", "overnight", "emergency_overnight"),
    ("practices", "referral", "gp_referrals"),
    ("hospitals", "stay", "emergency_nights"),
]


def paid_for(cohort, unit, price):
    """A tariff that makes up a tenth of income, and a block; ``price`` relative to that."""
    pounds = 1e6 / cohort.before[unit].sum()
    return Contract((Tariff(prices={unit: price * pounds}), Block(amount=9e6)))


@pytest.mark.parametrize(("cohort", "lever", "unit"), LINEAR)
@pytest.mark.parametrize("change", [0.02, -0.02, 1.0, -1.0])
def test_a_price_gives_the_closed_form_response_near_and_far(anytown, cohort, lever, unit, change):
    anytown.hospitals.resize("beds", np.array([2.0]))  # full beds are worth more the fuller they are: no straight line
    cohort = getattr(anytown, cohort)
    k = cohort.LEVERS.index(lever)
    cohort.use(cohort.p.replaced({f"behaviour.response_{lever}": 8.0}))
    usual = paid_for(cohort, unit, 1.0)
    cohort.fit_adjustment_cost(usual)
    assert_allclose(plan(cohort, usual, k), 1.0, atol=1e-3)
    moved = plan(cohort, paid_for(cohort, unit, 1.0 + change), k)[:, k] - 1.0
    more = change * usual.terms[0].due(cohort.expected()) / cohort.usual_income
    room = getattr(cohort.p.behaviour, f"room_{'up' if change > 0 else 'down'}_{lever}")
    off = 0.1 if lever == "referral" else 0.05  # referral and own work are substitutes, which bends the line
    assert_allclose(moved, room * np.tanh(8.0 * more / room), rtol=off)


def test_marginal_pay_of_a_tariff_is_its_price_times_what_the_lever_does(anytown):
    hospitals = anytown.hospitals
    pay = hospitals.marginal_pay(Contract((Tariff(prices={"emergency_zero_day": 100.0}),)))
    want = np.zeros_like(pay)
    want[:, hospitals.LEVERS.index("admission")] = 100.0 * hospitals.before["emergency_zero_day"]
    depth = anytown.parameters.hospital.coding_depth  # a spell coded deeper counts for more of the same
    want[:, hospitals.LEVERS.index("coding")] = depth * want[:, hospitals.LEVERS.index("admission")]
    assert_allclose(pay, want, rtol=1e-6, atol=1e-6)


def test_marginal_pay_is_less_beyond_a_baseline_and_nothing_from_a_block(anytown):
    hospitals, k = anytown.hospitals, 1
    prices = {"emergency_zero_day": 100.0}
    full = hospitals.marginal_pay(Contract((Tariff(prices=prices),)))[:, k]
    part = hospitals.marginal_pay(Contract((Tariff(prices=prices, marginal_rate=0.3, baseline=0.8),)))[:, k]
    assert_allclose(part, 0.3 * full, rtol=1e-6)
    assert_allclose(hospitals.marginal_pay(Contract((Block(amount=1e7),))), 0.0, atol=1e-3)


def test_habit_leaves_every_lever_at_one_under_the_usual_contract(anytown):
    for cohort in anytown.cohorts:
        for k in range(len(cohort.LEVERS)):
            assert_allclose(plan(cohort, cohort.contract, k), 1.0, atol=0.01)


def test_a_quarter_goes_part_of_the_way(anytown):
    hospitals = anytown.hospitals
    hospitals.contract = paid_for(hospitals, "emergency_zero_day", 3.0)
    hospitals.decide(0.25)
    assert abs(hospitals.target - 1.0).max() > 0.03
    years = np.array([getattr(anytown.parameters.behaviour, f"years_{name}") for name in hospitals.LEVERS])
    assert_allclose(hospitals.levers - 1.0, (1.0 - np.exp(-0.25 / years)) * (hospitals.target - 1.0), atol=1e-12)


def test_a_plan_that_is_not_looked_for_far_away_comes_nearer_each_time():
    found = [np.ones((1, 1))]
    for _ in range(8):
        found.append(plans.best(lambda x: -((x - 1.6) ** 2).sum(axis=-1), found[-1], LOW, HIGH, far=False))
    steps = np.diff(np.ravel(found))
    assert (steps[:3] > 0.1).all()
    assert found[-1].item() == pytest.approx(1.6, abs=1e-4)


def test_what_no_plan_changes_is_worked_out_once_and_the_rest_for_every_plan():
    asked = []

    class Counted(Block):
        def due(self, activity):
            asked.append(self.name)
            return super().due(activity)

    fixed, paid = Counted(name="fixed", amount=100.0), Tariff(name="paid", prices={"visits": 1.0})
    contract = Holdings(holdings_of(Contract((fixed, paid)), 1))
    known = {"people_at_start": np.ones((1, 1)), "share_at_start": np.ones((1, 1)), "elapsed": 1.0}
    settled = {}
    for visits in (10.0, 20.0):
        plan = PlanActivity(known, Lazy({"visits": lambda visits=visits: np.full((1, 1), visits)}), settled)
        assert contract.due(plan).item() == 100.0 + visits
    assert asked == ["fixed"]
    assert contract.due(with_facts(plan, {"share_at_start": np.full((1, 1), 0.5)})).item() == 70.0
