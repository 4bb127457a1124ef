"""What a practice's money does to its staff and its GPs, against values worked out by hand.

What should follow: at the usual income nothing moves; more money adds staff slowly and
hardly any GPs; less money sheds staff within about a year and makes GPs leave; nobody joins where nothing is earned.
"""

from types import SimpleNamespace as Some

import numpy as np
import pytest
from fundingflows.agents.practice import Practices

HALF_YEAR = 1.0 - np.exp(-0.5)  # of a gap, closed in a quarter with a time constant of half a year


def practice(**numbers):
    """1,000 people: £80,000 of income, £52,000 of expenses, of them £22,000 for other staff, two GPs."""
    gp = {
        "income_years": 0.5, "staff_share": 0.4, "other_joining_years": 0.5, "other_growth_limit": 0.35,
        "other_leaving_years": 0.5, "salaried_income": 0.66, "leaving_income": -0.4, "leaving_income_above": -0.1,
        "leaving_below_salaried": 3.0, "joining_income": 0.5, "joining_income_above": 0.1, "least_profit_share": 0.05,
        "leaving_rate": 0.08, "leaving_workload": 2.0, "leaving_pressure_limit": 1.0, "leaving_rate_limit": 0.9,
        "joining_years": 1.0, "joining_limit": 1.5, "gp_weeks": 44.0, "proactive_share": 0.1, "recording_share": 0.03,
    }  # fmt: skip
    money = Some(
        practice_cost_salaried_gp=10.0, practice_cost_nurse=6.0, practice_cost_direct_care=4.0,
        practice_cost_admin=12.0, practice_cost_premises_other=20.0, practice_variable_share=0.4,
    )  # fmt: skip
    own, one = Practices.__new__(Practices), np.array([1.0])
    own.p = Some(general_practice=Some(**gp | numbers), money=money)
    own.levers, own.group, own.flowed = np.ones((1, 4)), np.array([-1]), {}
    own.usual_list, own.lists = 1000.0 * one, 1000.0 * one
    own.gp_fte, own.usual_fte, own.other_fte, own.usual_other_fte = (2.0 * one for _ in range(4))
    own.posts, own.staffing, own.earned, own.usual_leaving = one.copy(), one.copy(), one.copy(), 0.08
    own.extra, own.received, own.settled = np.zeros(1), np.zeros(1), np.zeros(1)
    own.usual_load, own.loads = 100.0 * one, 100.0 * one
    own.before = {"gp_consultations": 1000.0 * one, "other_consultations": 600.0 * one}
    own.quarters = np.zeros((4, len(own.TALLIED), 1))
    own.quarters[-1, own.TALLIED.index("gp_consultations")] = 250.0
    own.quarters[-1, own.TALLIED.index("other_consultations")] = 150.0
    own.usual_income = 80_000.0 * one
    own.learn_usual_money()
    return own


def paid(pounds, **numbers):
    """That practice as it stands when it has been paid so much a year for a long time, before staff have answered."""
    own = practice(**numbers)
    own.extra = np.array([pounds - 80_000.0])
    return own


def test_usual_money_by_hand():
    assert practice().usual_expenses == pytest.approx(52_000)
    assert practice().usual_profit == pytest.approx(28_000)
    assert practice().staff_cost() == pytest.approx(22_000)


def test_at_the_usual_income_nothing_moves():
    own = practice()
    for quarter in range(1, 5):
        own.observe_income(np.array([20_000.0 * quarter]), quarter / 4)
        own.staff(np.array([2 * 11 * 100.0]))
    assert own.staffing == pytest.approx(1.0, abs=1e-12)
    assert own.earned == pytest.approx(1.0, abs=1e-12)
    assert own.gp_fte == pytest.approx(2.0, abs=1e-12)
    assert own.turnover == pytest.approx(0.08, abs=1e-12)


def test_income_is_judged_over_half_a_year_and_what_was_settled_counts():
    own = practice()
    own.observe_income(np.array([22_000.0]), 0.25)
    assert own.extra == pytest.approx(8000 * HALF_YEAR)
    own = practice()
    own.received = np.array([72_000.0])
    own.observe_settlement(np.array([80_000.0]))  # a tenth came at the year's end
    own.observe_income(np.array([18_000.0]), 0.25)
    assert own.extra == pytest.approx(0.0)


def test_two_fifths_of_what_is_beyond_the_usual_go_on_staff():
    assert paid(88_000).affordable_staffing() == pytest.approx(1 + 0.4 * 8000 / 22_000)
    assert paid(72_000).affordable_staffing() == pytest.approx(1 - 0.4 * 8000 / 22_000)


def test_posts_follow_the_list_at_the_usual_money_a_head():
    own = paid(88_000)
    own.lists = np.array([1100.0])
    assert own.affordable_staffing() == pytest.approx(1.1)


def test_a_practice_that_would_lose_money_keeps_the_staff_that_it_can_pay():
    # £40,000 less than usual: £12,000 more than the partners had, so that 10 of 22 are left whatever is wished
    assert paid(40_000, staff_share=0.25).affordable_staffing() == pytest.approx(10 / 22)
    assert paid(0).affordable_staffing() == 0.0


def test_a_quarter_of_hiring_is_slow_and_limited():
    gap = 0.4 * 8000 / 22_000
    own = paid(88_000)
    own.observe_income(np.array([22_000.0]), 0.25)
    assert own.staffing == pytest.approx(1 + gap * HALF_YEAR)
    few = paid(88_000, other_growth_limit=0.1)
    few.observe_income(np.array([22_000.0]), 0.25)
    assert few.staffing == pytest.approx(1.025)


def test_a_quarter_of_shedding_has_no_limit():
    own = paid(40_000, other_growth_limit=0.01)
    own.observe_income(np.array([10_000.0]), 0.25)
    assert own.staffing == pytest.approx(1 - 0.4 * 40_000 / 22_000 * HALF_YEAR)
    assert own.expenses(52) == pytest.approx(52_000 - 16_000 * HALF_YEAR)


def test_what_is_left_is_earned_by_those_in_post():
    own = practice()
    assert own.per_gp(np.array([66_000.0]), own.usual_expenses) == pytest.approx(0.5)
    own.gp_fte = np.array([1.6])
    assert own.per_gp(own.usual_income, own.usual_expenses) == pytest.approx(1.25)
    assert own.per_gp(np.array([40_000.0]), own.usual_expenses) < 0


@pytest.mark.parametrize(
    ("earned", "factor"),
    [
        (1.0, 1.0),
        (0.8, 0.8**-0.4),
        (1.5, 1.5**-0.1),
        (0.33, 0.66**-0.4 * np.exp(1.5)),  # half of what an employee earns
        (0.0, 0.66**-0.4 * np.exp(3.0)),
        (-2.0, 0.66**-0.4 * np.exp(3.0)),
    ],
)
def test_leaving_rises_with_falls_in_income_and_steeply_below_an_employees(earned, factor):
    own = practice()
    own.earned = np.array([earned])
    assert own.leaving_for_income() == pytest.approx(factor)


@pytest.mark.parametrize(("earned", "factor"), [(1.0, 1.0), (0.64, 0.8), (0.0, 0.0), (-1.0, 0.0), (1.5, 1.5**0.1)])
def test_joining_needs_something_to_earn(earned, factor):
    own = practice()
    own.earned = np.array([earned])
    assert own.joining_for_income() == pytest.approx(factor)


def test_where_nothing_is_earned_most_leave_and_nobody_joins():
    own = practice()
    own.earned = np.array([0.0])
    own.staff(np.array([2 * 11 * 100.0]))
    assert own.turnover == pytest.approx(0.9)
    assert own.gp_fte == pytest.approx(2.0 * (1 - 0.9 / 4))


def test_workload_and_income_both_make_gps_leave():
    own = practice()
    own.earned = np.array([0.8])
    own.staff(np.array([2 * 11 * 120.0]))  # a fifth more contacts for each
    assert own.turnover == pytest.approx(0.08 * np.exp(2.0 * 0.2) * 0.8**-0.4)
