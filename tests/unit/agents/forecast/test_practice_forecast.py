"""What a practice expects of its plans, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from by_hand import NOW, mean, plan, practice
from fundingflows.agents.forecast.practice import PracticeForecast, _remaining


def practices(*levers, year=NOW, **gp):
    return PracticeForecast(practice(**gp))(plan(*levers), year)


def test_consultations_are_the_smaller_of_requests_and_what_is_offered():
    assert mean(practices(1.1, 1, 1, 1).activity, "gp_consultations") == pytest.approx(44_000)
    assert mean(practices(0.9, 1, 1, 1).activity, "other_consultations") == pytest.approx(9000)
    assert mean(practices(1.5, 1, 1, 1).activity, "gp_consultations") == pytest.approx(40_000 * 60 / 50)


def test_time_on_indicators_displaces_half_of_itself():
    # twice the proactive care takes 5 % of time and twice the recording 2 %: 7 %, of which half displaces appointments
    f = practices(1, 2, 1, 2)
    assert mean(f.activity, "gp_consultations") == pytest.approx(40_000 * (1 - 0.035))


def test_referrals_go_with_the_lever_with_consultations_and_with_what_is_found():
    assert mean(practices(1, 1, 1.3, 1).activity, "gp_referrals") == pytest.approx(2600)
    found = practices(1, 2, 1, 1)  # a tenth more is found, a fortieth of consultations is displaced
    assert mean(found.activity, "gp_referrals") == pytest.approx(2000 * 1.1 * 0.975)


def test_what_a_practice_does_not_do_itself_is_passed_on_to_specialists():
    # a tenth of the appointments less: each consultation refers 1 + 1.1 x 0.1 as often
    fewer = practices(0.9, 1, 1, 1, referral_substitution=1.1)
    assert mean(fewer.activity, "gp_consultations") == pytest.approx(36_000)
    assert mean(fewer.activity, "gp_referrals") == pytest.approx(2000 * 0.9 * 1.11)
    more = practices(1.1, 1, 1, 1, referral_substitution=1.1)
    assert mean(more.activity, "gp_referrals") == pytest.approx(2000 * 1.1 * 0.89)
    assert mean(practices(0.9, 1, 1, 1).activity, "gp_referrals") == pytest.approx(1800)


def test_needs_that_are_not_referred_take_consultations():
    # 2,000 needs at 50,000 consultations, of which a tenth is kept: 0.004 of them, and half of that is displaced
    kept = practices(1, 1, 0.9, 1, treatment_contacts=1.0)
    assert mean(kept.activity, "gp_referrals") == pytest.approx(1800 * 0.998)
    assert mean(kept.activity, "gp_consultations") == pytest.approx(40_000 * 0.998 + 200)
    half = practices(1, 1, 0.5, 1, treatment_contacts=1.0)  # a fifth can be treated
    assert mean(half.activity, "gp_consultations") == pytest.approx(40_000 * 0.996 + 400)
    more = practices(1, 1, 1.1, 1, treatment_contacts=1.0)  # a referral saves what would have been treated
    assert mean(more.activity, "gp_consultations") == pytest.approx(40_000 * 1.002 - 200)


def test_avoidable_admissions_are_found_before_control_averts_them():
    # control goes to 0.8 but for access, 1 - (1 - 1/e) of the gap being left in the year: exp(-0.5 x change)
    f = practices(1, 2, 1, 1)
    settled = 0.6 + 0.2 + 0.1 * (0.975 * 50 / 60 - 50 / 60)
    change = (settled - 0.6) * np.exp(-1)
    assert mean(f.activity, "acsc_admissions") == pytest.approx(100 * 1.05 * np.exp(-0.5 * change), rel=1e-6)


def test_cost_of_a_practice_by_hand():
    # premises: 0.4 x £20 x 10,000, with consultations; staff: £10 x 10,000 with appointments
    assert practices(1, 1, 1, 1).cost.item() == pytest.approx(80_000)
    assert practices(1.1, 1, 1, 1).cost.item() == pytest.approx(88_000 + 10_000)
    fewer = PracticeForecast(practice().set(staffing=[0.5]))  # half of the staff are left to offer more
    assert fewer(plan(1.1, 1, 1, 1), NOW).cost.item() == pytest.approx(88_000 + 5000)


def test_benefit_of_a_practice_by_hand():
    # 10,000 requests not met at 0.01 QALY and 100 admissions at 0.1, £30,000 a QALY, half weighed
    assert practices(1, 1, 1, 1).benefit.item() == pytest.approx(-0.5 * 30_000 * (100 + 10))


def test_overwork_counts_only_beyond_safe_contacts_and_as_a_square():
    assert practices(1.1, 1, 1, 1).overwork.item() == 0.0  # 99 contacts of 100
    # 90 x 1.25 = 112.5 contacts: an eighth too many; half of the partners' £100,000 x 5
    assert practices(1.25, 1, 1, 1).overwork.item() == pytest.approx(0.5 * 500_000 * 0.125**2)


def beyond(effort):
    """Recorded quality above the usual 0.7, towards a ceiling of 0.9."""
    return 0.2 * (1.0 - np.exp(-effort / 0.2))


def test_indicators_of_a_plan_by_hand():
    f = practices(1.08, 1, 1, 1.5)
    capacity = 1.08 * (1 - 0.5 * 0.01)
    assert mean(f.activity, "access") == pytest.approx(capacity * 50 / 60)
    # nothing of the year before control is measured; effort at recording adds 0.1 x 0.5
    settled = 0.6 + 0.1 * (capacity - 1) * 50 / 60
    control = settled + (0.6 - settled) * (1 - np.exp(-1))
    assert mean(f.activity, "control") == pytest.approx(control)
    assert mean(f.activity, "recorded_quality") == pytest.approx(0.7 + beyond(0.05 + 0.2 * (control - 0.6)))
    admissions = 100 * np.exp(-0.5 * (control - 0.6))
    assert mean(f.activity, "acsc_rate") == pytest.approx(admissions / 125)
    assert mean(f.activity, "acsc_rate.crude") == pytest.approx(admissions / 10)


def test_what_is_left_of_a_gap_by_hand():
    # the mean of exp(-t/2) over the first year is 2 (1 - exp(-1/2)); over a year that begins half a year ago, half is 1
    assert _remaining(2.0, (0.0,))[0] == pytest.approx(2 * (1 - np.exp(-0.5)))
    assert _remaining(2.0, (1.0,))[0] == pytest.approx(2 * (np.exp(-0.5) - np.exp(-1.0)))
    assert _remaining(2.0, (-0.5,))[0] == pytest.approx(0.5 + 2 * (1 - np.exp(-0.25)))
    assert _remaining(2.0, (-1.5,))[0] == 1.0  # a year before now sees nothing of it


def busy():
    """A practice that offers a fifth fewer appointments, with half as much again of proactive care and recording."""
    own = practice().set(levers=[[0.8, 1.5, 1.25, 1.5]], control=[0.7])
    own.level["first_requests"] = np.array([80_000.0])
    return PracticeForecast(own)


def test_a_plan_to_go_on_as_now_brings_what_there_is_now():
    f = busy()(plan(0.8, 1.5, 1.25, 1.5), NOW)
    now = {"gp_consultations": 40_000, "other_consultations": 10_000, "gp_referrals": 2000, "acsc_admissions": 100}
    assert {name: mean(f.activity, name) for name in now} == pytest.approx(now)  # control is at its level, 0.6 + 0.1
    assert f.overwork.item() == 0.0


def test_plans_are_relative_to_the_pace_of_now():
    f = busy()(plan(1, 1, 1, 1), NOW)
    # time on indicators, 5 % and 2 % of which half as much again, displaces half of itself: 0.8 x 0.9825 is offered now
    offered = 1 / (0.8 * 0.9825)
    assert mean(f.activity, "gp_consultations") == pytest.approx(40_000 * offered)
    # the referral lever is at 1.25, and proactive care finds a twentieth more
    assert mean(f.activity, "gp_referrals") == pytest.approx(2000 * offered / 1.25 / 1.05)
    # 90 contacts with 3.5 % of time on indicators
    excess = 90 / 1.035 * offered / 100 - 1
    assert f.overwork.item() == pytest.approx(0.5 * 500_000 * excess**2)
    served = 50_000 * offered
    control = 0.6 + 0.1 * (served - 50_000) / 80_000
    control += (0.7 - control) * (1 - np.exp(-1))
    admissions = 100 / 1.025 * np.exp(-0.5 * (control - 0.7))
    assert mean(f.activity, "acsc_admissions") == pytest.approx(admissions)
    assert f.benefit.item() == pytest.approx(-15_000 * (0.01 * (80_000 - served) + 0.1 * admissions))


def test_outcomes_of_a_year_are_partly_those_of_before():
    own = practice()
    own.p.outcomes.measured_late = 0.25
    f = PracticeForecast(own)(plan(1.1, 2, 1, 2), NOW).activity
    capacity = 1.1 * 0.965
    before, after = 50 / 60, 50 / 60 * capacity
    assert mean(f, "access") == pytest.approx(before + 0.75 * (after - before))
    assert mean(f, "experience") == pytest.approx(0.7 + 2.0 * 0.75 * (after - before))  # two points for each point
    # control starts to move a quarter into the year that is measured: it is where it was for that quarter
    left = 0.25 + 1 - np.exp(-0.75)
    settled = 0.8 + 0.1 * (after - before)
    control = settled + (0.6 - settled) * left
    assert mean(f, "control") == pytest.approx(control)
    assert mean(f, "recorded_quality") == pytest.approx(0.7 + beyond(0.75 * 0.15 + 0.2 * (control - 0.6)))
    seen = 100 * (1 + 0.75 * 0.05) * np.exp(-0.5 * (control - 0.6))
    assert mean(f, "acsc_rate") == pytest.approx(seen / 125)


def test_recorded_quality_starts_from_the_effort_of_now_and_ends_at_none_and_at_its_ceiling():
    own = practice().set(levers=[[1.0, 1.4, 1.0, 0.6]])
    own.p.outcomes.measured_late = 0.5
    f = PracticeForecast(own)(plan(1, 1.4, 1, 1.6), NOW).activity
    control = mean(f, "control")
    # effort of 0.6 for half of the year, of 1.6 for the other; reviews at 1.4 throughout
    assert mean(f, "recorded_quality") == pytest.approx(0.7 + beyond(0.1 * 0.1 + 0.05 * 0.4 + 0.2 * (control - 0.6)))
    assert mean(practices(1, 1, 1, 3, recorded_effort=1.0).activity, "recorded_quality") == pytest.approx(0.9, abs=1e-4)
    assert mean(practices(1, 1, 1, 0, recorded_effort=1.0).activity, "recorded_quality") == 0.0
    less = mean(practices(1, 1, 1, 0.5).activity, "recorded_quality")  # below the usual nothing bends
    assert less == pytest.approx(0.65, abs=1e-4)


def test_admissions_of_a_year_vary_with_the_error_of_forecasts():
    own = practice()
    own.p.behaviour.forecast_error = 0.1
    year = PracticeForecast(own)(plan(1, 1, 1, 1), NOW).activity["acsc_admissions"]()
    nodes = np.array([-2.85697, -1.355626, 0, 1.355626, 2.85697])  # of Gauss-Hermite quadrature with five points
    assert year[0, 0] / year[0, 0, 2] == pytest.approx(1 + 0.1 * nodes)


def test_small_numbers_count_as_they_are_and_none_as_next_to_none():
    few = practice().set(expected_acsc=[0.5], lists=[0.5])
    few.level = {name: number / 1e5 for name, number in few.level.items()}
    f = PracticeForecast(few)(plan(1.1, 1, 1, 1), NOW).activity
    assert mean(f, "gp_consultations") == pytest.approx(0.44)
    assert mean(f, "acsc_rate") == pytest.approx(0.002, rel=0.01)
    assert mean(f, "acsc_rate.crude") == pytest.approx(1.0, rel=0.01)  # per 1,000 of at least one
    nobody = practice().set(levers=[[0, 0, 0, 0]], lists=[0.0], expected_acsc=[0.0])
    nobody.level = dict.fromkeys(nobody.level, np.zeros(1))
    f = PracticeForecast(nobody)(plan(1, 1, 1, 1), NOW)
    assert np.isfinite([mean(f.activity, name) for name in f.activity if not name.endswith((".lot", ".group"))]).all()
    assert np.isfinite([f.cost, f.benefit, f.overwork]).all()
