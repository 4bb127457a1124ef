"""Habit by hand: the curve that joins a slope near usual behaviour and a reach far from it, and its pace."""

from __future__ import annotations

from types import SimpleNamespace as Some

import numpy as np
import pytest
from fundingflows.agents import plans
from fundingflows.agents.habit import Habit, Room, shares_closed
from fundingflows.model.contracts.contract import Contract
from fundingflows.model.contracts.terms.block import Block
from fundingflows.scenarios import FundingFlows
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

ROOM = Room(down=np.array([0.1, 0.5]), up=np.array([0.2, 0.5]))
INCOME, RESPONSE = 1e6, np.array([2.0, 0.25])


def habit():
    return Habit(slope=np.array([[3e4, 0.0]]), curvature=INCOME / RESPONSE[None], room=ROOM)


def best(pay):
    """The best levers where one unit more of each pays ``pay`` (L,), a share of income."""
    own, plain = habit(), np.array([3e4, 0.0])  # the usual contract pays what the habit's slope takes away

    def value(levers):
        return levers @ (plain + INCOME * np.asarray(pay)) - own.cost(levers)

    return plans.best(value, np.ones((1, 2)), ROOM.low, ROOM.high)[0]


def test_cost_is_the_integral_of_marginal_pay_by_hand():
    u = 0.5  # half of the room: 0.05 down of 0.1, 0.1 up of 0.2
    lost = u * np.arctanh(u) + 0.5 * np.log(1 - u**2)
    levers = np.array([[[0.95, 1.0]], [[1.1, 1.0]], [[1.0, 1.0]]])
    assert_allclose(
        habit().cost(levers)[:, 0],
        [-0.05 * 3e4 + 5e5 * 0.1**2 * lost, 0.1 * 3e4 + 5e5 * 0.2**2 * lost, 0.0],
    )


def test_usual_pay_leaves_usual_behaviour():
    assert_allclose(best([0.0, 0.0]), 1.0, atol=1e-5)


@pytest.mark.parametrize("pay", [0.002, -0.002])
def test_a_little_pay_moves_levers_by_the_response(pay):
    assert_allclose(best([pay, pay]) - 1.0, RESPONSE * pay, rtol=0.02)


@settings(max_examples=40, deadline=None)
@given(st.floats(-2.0, 2.0))
def test_pay_moves_levers_along_the_curve_and_never_to_the_end(pay):
    room = ROOM.up if pay > 0 else ROOM.down
    moved = best([pay, pay]) - 1.0
    assert_allclose(moved, room * np.tanh(pay * RESPONSE / room), atol=1e-3)
    assert (np.abs(moved) < room).all()


def test_room_used_is_told_on_either_side():
    levers = np.array([[1.0, 0.75], [1.05, 1.25], [0.92, 1.0]])
    assert_allclose(ROOM.used(levers), [[0.0, 0.5], [0.25, 0.5], [0.8, 0.0]])


def test_habit_grows_with_a_practice():
    levers = np.array([[[0.95, 1.2]]])
    assert_allclose(habit().scaled(np.array([1.5])).cost(levers), 1.5 * habit().cost(levers))


def test_each_lever_moves_at_its_own_pace():
    pace = Some(years_recording=0.5, years_stay=4.0)
    assert_allclose(shares_closed(pace, ("recording", "stay"), 0.5), [1 - np.exp(-1), 1 - np.exp(-0.125)])


def test_a_lever_without_room_stays(anytown):
    hospitals = anytown.hospitals
    hospitals.use(hospitals.p.replaced({"behaviour.room_down_admission": 0.0, "behaviour.room_up_admission": 0.0}))
    hospitals.fit_adjustment_cost(hospitals.contract)
    plan = hospitals.best_plan(Contract((Block(amount=1e7),)), np.ones_like(hospitals.levers))
    assert_allclose(plan[:, hospitals.LEVERS.index("admission")], 1.0, atol=1e-6)


def test_one_lever_stands_at_the_end_of_its_room_where_all_that_it_is_paid_for_is_gone():
    """How far effort at recording can fall is what England and Scotland saw when pay for quality ended (N16, N26)."""
    for funding in ("capitated", "activity_based"):
        model = FundingFlows("anytown", funding, rng=1).run(2)
        for cohort in model.cohorts:
            used = dict(zip(cohort.LEVERS, cohort.room_used().T, strict=True))
            if cohort.kind == "practice":
                assert (used.pop("recording") > 0.99).all()
            assert all((x < 0.99).all() for x in used.values()), (funding, cohort.kind)
