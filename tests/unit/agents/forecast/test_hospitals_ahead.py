"""Forecasts of hospitals that share a lot, that already do other than usual, or that are full."""

from __future__ import annotations

import numpy as np
import pytest
from by_hand import DONE, NOW, PRICE, hospital, mean, one, plan
from fundingflows.agents import plans
from fundingflows.agents.forecast.hospital import HospitalForecast
from fundingflows.agents.quality import CareQuality

NODE = 1.355626  #: the node above the mean, in standard deviations


def two(late=0.0, error=0.0):
    """Hospitals that serve 75,000 and 25,000 people, in one lot; each does the same."""
    own = hospital().set(levers=np.ones((2, 7)), listed=[[3000.0]] * 2, served_people=[75_000.0, 25_000.0])
    own.level = {name: np.array([number, number], dtype=float) for name, number in DONE.items()}
    own.beds = lambda: np.full(2, 1000.0)
    own.quality = CareQuality(2)
    own.measured = {
        "within_18_weeks": np.array([0.9, 0.7]), "within_18_weeks.lot": np.full(2, 0.85),
        "bed_nights_per_head": np.array([0.4, 1.2]), "bed_nights_per_head.lot": np.full(2, 0.6),
    }  # fmt: skip
    own.p.outcomes.measured_late, own.p.outcomes.acsc_measure_error = late, error
    return own


def ahead(own, elective=1.0):
    levers = np.ones((1, len(own), 7))
    levers[..., 0] = elective
    return HospitalForecast(own)(levers, NOW).activity


def means(activity, name):
    return (activity[name]() @ plans.WEIGHTS)[0]


def test_one_hospital_moves_the_lots_result_by_its_share_of_the_people():
    f = ahead(two(), 1.1)
    assert means(f, "within_18_weeks") == pytest.approx([0.93, 0.73])
    assert means(f, "within_18_weeks.lot") == pytest.approx([0.85 + 0.75 * 0.03, 0.85 + 0.25 * 0.03])
    nights = 30_000 + 4400 + 1500
    assert means(f, "bed_nights_per_head") == pytest.approx([nights / 75_000, nights / 25_000])
    first, second = nights / 75_000 - 0.4, nights / 25_000 - 1.2
    assert means(f, "bed_nights_per_head.lot") == pytest.approx([0.6 + 0.75 * first, 0.6 + 0.25 * second])


def test_results_of_a_year_are_partly_those_measured_before():
    f = ahead(two(late=0.25), 1.1)
    assert means(f, "within_18_weeks") == pytest.approx([0.9 + 0.75 * 0.03, 0.7 + 0.75 * 0.03])


def test_results_are_measured_with_an_error_that_falls_with_people():
    f = ahead(two(error=0.1))
    values = f["within_18_weeks"]()[0]
    assert values[:, 3] / values[:, 2] - 1 == pytest.approx(0.1 * np.sqrt([1 / 75, 1 / 25]) * NODE)
    lot = f["within_18_weeks.lot"]()[0]
    assert lot[:, 3] - lot[:, 2] == pytest.approx(0.1 * np.sqrt([1 / 75, 1 / 25]) * NODE * [0.75 * 0.9, 0.25 * 0.7])


def test_nobody_waits_less_than_all_or_more_than_none_within_18_weeks():
    own = two()
    own.p.hospital.throughput_within_18 = 2.0
    assert means(ahead(own, 1.2), "within_18_weeks") == pytest.approx([1.0, 1.0])
    assert means(ahead(own, 0.5), "within_18_weeks") == pytest.approx([0.0, 0.0])


# what is done now ---------------------------------------------------------------------------------------------------

NOW_DONE = (0.8, 1.25, 1.0, 0.9, 0.5, 1.2, 1.0)


def changed():
    return HospitalForecast(hospital().set(levers=[list(NOW_DONE)]))


def test_a_plan_to_go_on_as_now_brings_what_there_is_now():
    f = changed()(plan(*NOW_DONE), NOW)
    names = [
        name
        for name in DONE
        if name in f.activity and not name.startswith(("day", "inp", "emergency_z", "emergency_o"))
    ]
    assert {name: mean(f.activity, name) for name in names} == pytest.approx({name: DONE[name] for name in names})
    depth = 1.02  # spells are paid as they are coded, a tenth of a fifth heavier
    for name in ("day_cases", "inpatients", "emergency_zero_day", "emergency_overnight"):
        assert mean(f.activity, name) == pytest.approx(depth * DONE[name])


def test_a_return_to_the_usual_is_relative_to_now():
    f = changed()(plan(1, 1, 1, 1, 1, 1, 1), NOW)
    assert mean(f.activity, "emergency_zero_day") == pytest.approx(3000 / 1.25)
    assert mean(f.activity, "emergency_nights") == pytest.approx(30_000 / 0.9)
    electives = 1.2  # a quarter more is offered than there is to do: withdrawals and a third of the list are a fifth
    assert mean(f.activity, "day_cases") == pytest.approx(5000 * electives)
    assert mean(f.activity, "elective_nights") == pytest.approx(4000 / 0.9 * electives)
    clinics = electives * 1.5 / 2.0  # as many first clinics leave time for twice the follow-ups
    assert mean(f.activity, "first_clinics") == pytest.approx(12_000 * clinics)
    assert mean(f.activity, "other_visits") == pytest.approx(6000 * clinics)
    assert mean(f.activity, "follow_ups") == pytest.approx(24_000 * clinics * 2)


def test_what_plans_do_varies_with_the_error_of_forecasts():
    own = hospital()
    own.p.behaviour.forecast_error = 0.1
    f = HospitalForecast(own)(plan(1, 1, 1, 1, 1, 1, 1), NOW).activity
    for name in ("emergency_zero_day", "emergency_nights"):
        values = f[name]()[0, 0]
        assert values[3] / values[2] == pytest.approx(1 + 0.1 * NODE)


def test_the_backlog_is_worked_off_within_the_horizon_but_not_within_less_than_a_year():
    own = hospital()
    own.p.behaviour.horizon_years = 0.5
    f = HospitalForecast(own)(plan(3, 1, 1, 1, 1, 1, 1), NOW).activity
    assert mean(f, "day_cases") == pytest.approx(5000 * 1.4)  # 1,000 withdrawals and all of 3,000, of 10,000
    own.p.behaviour.horizon_years = 1.5
    f = HospitalForecast(own)(plan(3, 1, 1, 1, 1, 1, 1), NOW).activity
    assert mean(f, "day_cases") == pytest.approx(5000 * 1.3)


# beds ---------------------------------------------------------------------------------------------------------------


def softened(demand, capacity, sd):
    """The mean of the smaller of a capacity and a logistic demand."""
    scale = sd * np.sqrt(3) / np.pi
    return demand - scale * np.log1p(np.exp((demand - capacity) / scale))


def operations(nights, stay, wanted):
    """Inpatients that 100 beds allow, relative to those of now; emergencies, 1.1 x nights and delays come first."""
    before = 1.1 * nights + 1500
    left = 364 * 100 - before
    beds, sd = left / (1.1 * 4000 * stay), np.sqrt(364 * before) / (1.1 * 4000 * stay)
    return softened(beds, wanted, sd) - softened(beds, 0.0, sd)


def test_shorter_stays_free_beds_for_operations():
    full = HospitalForecast(hospital(beds=100.0))
    now = operations(30_000, 1.0, 1.0)
    assert 0.2 < now < 0.6  # 1,900 nights are left of the 4,400 that are wanted
    f = full(plan(1, 1, 1, 0.98, 1, 1, 1), NOW)
    expected = operations(29_400, 0.98, 1.0) / now
    assert expected > 1.1
    # and a little, as fewer escalation beds take staff from theatres
    assert mean(f.activity, "inpatients") == pytest.approx(1000 * min(expected, 1.2), rel=2e-3)
    assert mean(f.activity, "elective_nights") == pytest.approx(4000 * 0.98 * min(expected, 1.2), rel=2e-3)


def test_cost_and_benefit_of_a_hospital_that_does_other_than_usual():
    f = changed()(plan(*NOW_DONE), NOW)
    spent = sum(PRICE[name] * DONE[name] for name in PRICE)
    assert f.cost.item() == pytest.approx(0.4 * spent)
    assert f.benefit.item() == pytest.approx(0.5 * 30_000 * 0.02 * 10_000)


def test_a_small_hospital_counts_as_it_is_and_an_empty_one_as_next_to_none():
    few = hospital(listed=0.9).set(served_people=[0.5])
    few.level = {name: number / 10_000 for name, number in few.level.items()}
    f = HospitalForecast(few)(plan(2, 1, 1, 1, 1, 1, 1), NOW).activity
    assert mean(f, "day_cases") == pytest.approx(0.5 * (1 + 0.1 + 0.3))  # of one pathway that ends
    assert mean(f, "bed_nights_per_head") == pytest.approx(3 + 0.4 * 1.4 + 0.15)  # for at least one person
    nobody = hospital(listed=0.0).set(levers=np.zeros((1, 7)), served_people=[0.0])
    nobody.level = dict.fromkeys(nobody.level, np.zeros(1))
    nobody.beds = lambda: one(0.0)
    f = HospitalForecast(nobody)(plan(1, 1, 1, 1, 1, 1, 1), NOW)
    assert all(np.isfinite(mean(f.activity, name)) for name in f.activity)
    assert np.isfinite(f.cost).all()
