"""What a hospital expects of its plans, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from by_hand import DONE, NOW, PRICE, hospital, mean, plan
from fundingflows.agents.forecast.hospital import HospitalForecast


def hospitals(year=NOW, beds=1000.0, **levers):
    names = ("elective", "admission", "overnight", "stay", "follow_up", "coding", "quality")
    return HospitalForecast(hospital(beds))(plan(*(levers.get(name, 1.0) for name in names)), year)


def test_electives_go_with_throughput_until_nobody_is_left_to_treat():
    assert mean(hospitals(elective=1.1).activity, "day_cases") == pytest.approx(5500)
    # 1,000 withdrawals and a third of 3,000 on the list, of 10,000 treated: a fifth more at most
    assert mean(hospitals(elective=1.6).activity, "day_cases") == pytest.approx(6000)
    assert mean(hospitals(elective=1.1).activity, "inpatients") == pytest.approx(1100)  # beds to spare


def test_plans_know_the_clinics_and_theatres_of_coming_years():
    own = hospital()
    own.coming = lambda year: 1.0 + 0.02 * year
    ahead = HospitalForecast(own)(plan(*[1.0] * 7), np.array([[5.0]]))
    assert mean(ahead.activity, "day_cases") == pytest.approx(5500)


def test_a_plan_that_empties_escalation_beds_frees_their_staff_for_planned_work():
    # emergencies, others and delays ask for 1.1 x 30,000 + 1,500 = 34,500 of 30,000 nights; staff of the 4,500 beyond
    # come from planned work, half as large a part. Half as many emergencies ask for 18,000
    ahead = HospitalForecast(hospital(beds=30_000 / 364))
    crowded = ahead._crowded(*ahead.before_electives(np.array([[30_000.0], [15_000.0]])))
    kept = ahead._kept_for_planned(crowded).ravel()
    assert kept == pytest.approx([1 - 0.5 * 4500 / 30_000, 1.0], abs=0.004)  # softened, as above
    shorter = ahead(plan(1.0, 1.0, 1.0, 0.5, 1.0, 1.0, 1.0), NOW)
    assert mean(shorter.activity, "day_cases") == pytest.approx(5000 / kept[0], rel=1e-3)


def test_fewer_follow_ups_leave_time_for_first_clinics():
    # a first clinic and its two follow-ups take 1 + 0.5 x 2 = 2; with half the follow-ups 1.5
    f = hospitals(follow_up=0.5)
    assert mean(f.activity, "first_clinics") == pytest.approx(12_000 * 2.0 / 1.5)
    assert mean(f.activity, "follow_ups") == pytest.approx(24_000 * 0.5 * 2.0 / 1.5)


def test_pay_is_of_what_is_coded():
    f = hospitals(coding=1.5, admission=1.2)
    assert mean(f.activity, "emergency_zero_day") == pytest.approx(3000 * 1.2 * 1.05)
    assert mean(f.activity, "emergency_overnight") == pytest.approx(4000 * 1.05)
    assert mean(f.activity, "first_clinics") == pytest.approx(12_000)
    assert f.cost.item() == pytest.approx(hospitals(admission=1.2).cost.item())


def test_fewer_overnight_admissions_take_fewer_nights():
    f = hospitals(overnight=0.9)
    assert mean(f.activity, "emergency_overnight") == pytest.approx(3600)
    assert mean(f.activity, "emergency_nights") == pytest.approx(27_000)
    assert mean(f.activity, "emergency_zero_day") == pytest.approx(3000)


def test_cost_of_a_hospital_by_hand():
    spent = sum(PRICE[name] * DONE[name] for name in PRICE)
    usual = hospitals()
    assert usual.cost.item() == pytest.approx(0.4 * spent)
    more = hospitals(admission=1.1).cost - usual.cost
    assert more.item() == pytest.approx(0.4 * 500 * 300)
    nights = hospitals(overnight=1.1).cost - usual.cost  # a tenth more stays, with their usual nights
    assert nights.item() == pytest.approx(0.4 * 3000 * 400)
    shorter = hospitals(overnight=1.1, stay=0.9).cost - hospitals(stay=0.9).cost
    assert shorter.item() == pytest.approx(0.4 * (3000 * 400 - 0.1 * 300 * 3000))
    electives = hospitals(elective=1.1).cost - usual.cost  # spells, clinics and the beds of a tenth more
    tenth = 0.1 * (700 * 5000 + 3500 * 1000 + 150 * 12_000 + 80 * 6000 + 100 * 24_000)
    assert electives.item() == pytest.approx(0.4 * (tenth + 300 * 400))
    longer = hospitals(stay=1.1).cost - usual.cost
    assert longer.item() == pytest.approx(0.4 * 300 * 3400)


def test_beds_beyond_those_open_cost_a_premium():
    # emergencies, others and delays take 1.1 x 30,000 + 1,500 = 34,500 nights; with 80 beds 29,120 are open. Demand is
    # logistic, with the standard deviation of Poisson beds, so that the mean excess is a softened 5,380
    scale = np.sqrt(364 * 34_500) * np.sqrt(3) / np.pi
    excess = scale * np.log1p(np.exp((34_500 - 29_120) / scale))
    assert excess == pytest.approx(5501, abs=1)
    crowded = hospitals(beds=80.0).cost - hospitals().cost
    assert crowded.item() == pytest.approx(0.5 * 300 * excess, rel=1e-4)


def test_operations_need_the_beds_that_are_left():
    ahead = HospitalForecast(hospital(beds=100.0))  # 36,400 nights, of which 34,500 are taken: 1,900 of 4,400 wanted
    one_plan = np.ones((1, 1))
    before = ahead.before_electives(np.full((1, 1), 30_000.0))
    assert before[0].item() == pytest.approx(34_500)
    assert before[1].item() == pytest.approx(np.sqrt(364 / 34_500))  # Poisson in beds: 94.8 taken
    assert ahead.with_beds(one_plan, (before[0], before[1] * 1e-6), one_plan).item() == pytest.approx(1900 / 4400)


def test_benefit_and_indicators_of_a_hospital_by_hand():
    f = hospitals(elective=1.1, stay=0.9)
    assert f.benefit.item() == pytest.approx(0.5 * 30_000 * 0.02 * 10_000 * 1.1)
    assert mean(f.activity, "within_18_weeks") == pytest.approx(0.9 + 0.3 * 0.1)
    nights = 0.9 * 30_000 + 0.9 * 4000 * 1.1 + 1500
    assert mean(f.activity, "bed_nights_per_head") == pytest.approx(nights / 100_000)
    assert mean(f.activity, "bed_nights_per_head.crude.lot") == pytest.approx(nights / 100_000)  # alone in its lot


def test_plans_expect_fewer_readmissions_and_deaths_of_more_effort_and_pay_for_it():
    usual, more = hospitals(), hospitals(quality=1.2)
    built = 1.0 + 0.2 * (1.0 - np.exp(-0.25))  # by the middle of the first of two years
    assert mean(usual.activity, "readmissions") == pytest.approx(600)
    assert mean(more.activity, "readmissions") == pytest.approx(600 * (1.0 - 0.5 * (built - 1.0)))
    assert mean(more.activity, "hospital_deaths") == pytest.approx(200 * (1.0 - 0.2 * (built - 1.0)))
    assert (more.cost - usual.cost).item() == pytest.approx(0.1 * 0.2 * 1e6)
    assert more.benefit.item() == usual.benefit.item()


def test_shorter_stays_bring_people_back_and_longer_ones_do_not_keep_them_away():
    # three in ten are unwell after a stay cut to nothing, with three times the risk: 2 x 0.3 x 0.1 more at 0.9
    assert mean(hospitals(stay=0.9).activity, "readmissions") == pytest.approx(600 * 1.06)
    assert mean(hospitals(stay=1.1).activity, "readmissions") == pytest.approx(600)
    # 3,000 short and 4,000 overnight admissions
    assert mean(hospitals(admission=0.9).activity, "readmissions") == pytest.approx(600 * (1.0 - 0.1 * 3 / 7))


def test_indicators_of_quality_by_hand():
    own = hospital()
    own.INDICATORS = ("readmission_rate", "hospital_mortality", "process_quality")
    settled = {"readmission_rate": 0.06, "hospital_mortality": 0.05, "process_quality": 0.8}
    own.measured = {f"{name}{whose}": np.array([value]) for name, value in settled.items() for whose in ("", ".lot")}
    f = HospitalForecast(own)(plan(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.1), NOW).activity
    built = 0.1 * (1.0 - np.exp(-0.25))
    assert mean(f, "readmission_rate") == pytest.approx(0.06 * (1.0 - 0.5 * built))
    assert mean(f, "hospital_mortality") == pytest.approx(0.05 * (1.0 - 0.2 * built))
    assert mean(f, "process_quality") == pytest.approx(0.88)  # what is recorded follows effort at once
    assert mean(f, "process_quality.crude.lot") == pytest.approx(0.88)
