"""Each term of a forecast against values worked out by hand, on cohorts of one provider with round numbers."""

from types import SimpleNamespace as Some

import numpy as np
import pytest
from fundingflows.agents import plans
from fundingflows.agents.forecast.hospital import HospitalForecast
from fundingflows.agents.forecast.practice import PracticeForecast, _remaining
from fundingflows.agents.forecast.social_care import SocialCareForecast
from fundingflows.agents.practice import Practices
from fundingflows.agents.provider import Providers

NOW = np.zeros((1, 1))  # the year that begins now
WEEKS = 52


def one(x):
    return np.array([float(x)])


def plan(*levers):
    """One plan of one provider, (1, 1, L)."""
    return np.array([[levers]], dtype=float)


def mean(activity, name):
    """An activity's mean over its shocks."""
    return float((activity[name]() @ plans.WEIGHTS).squeeze())


def outcomes(**other):
    return Some(
        **{"acsc_measure_error": 0.0, "measured_late": 0.0, "unmet_harm": 0.01, "acsc_harm": 0.1, "delay_harm": 0.001,
           "treatment_gain": 0.02} | other
    )  # fmt: skip


class One(Some):
    """A cohort of one provider."""

    def __len__(self):
        return 1


def cohort(**facts):
    return One(
        altruism=one(0.5), in_time=lambda year: np.ones_like(year), shocked=Providers.shocked,
        plan_activity=lambda lazy: lazy, **facts,
    )  # fmt: skip


# social care --------------------------------------------------------------------------------------------------------


def councils(**care):
    facts = {
        "reablement_effect": 0.1, "home_care_years": 2.0, "care_home_years": 2.0, "home_care_hours": 10.0,
        "home_care_price": 15.0, "care_home_price": 500.0, "reablement_spend_share": 0.2, "other_spend_65": 100.0,
        "speed_spend_share": 0.5, "overheads": 20.0,
    }  # fmt: skip
    p = Some(
        social_care=Some(**facts | care), behaviour=Some(forecast_error=0.0), outcomes=outcomes(),
        money=Some(qaly_value=30_000.0),
    )  # fmt: skip
    level = {"home_care_weeks": one(5200), "council_place_weeks": one(2600), "care_starts": one(80),
             "social_delayed_nights": one(1000)}  # fmt: skip
    return cohort(
        p=p, levers=np.ones((1, 3)), level=level, INDICATORS=("delayed_nights",), people=one(20_000),
        people_65=one(4000), measured={"delayed_nights": one(50)}, capacity_of=lambda kind: one(1000),
    )  # fmt: skip


def social_care(levers, year=NOW, **care):
    return SocialCareForecast(councils(**care))(plan(*levers), year)


def test_clients_follow_new_cases_as_a_stock():
    # half a year on average of care that lasts two: 1 - exp(-0.25) = 0.2212 of the way to a fifth more
    f = social_care((1.2, 1.0, 1.0))
    assert mean(f.activity, "care_starts") == pytest.approx(96.0)
    assert mean(f.activity, "home_care_weeks") == pytest.approx(5200 * (1 + 0.221199 * 0.2), rel=1e-6)
    later = social_care((1.2, 1.0, 1.0), year=np.full((1, 1), 2.0))  # 1 - exp(-1.25) = 0.713495
    assert mean(later.activity, "council_place_weeks") == pytest.approx(2600 * (1 + 0.713495 * 0.2), rel=1e-6)


def test_no_more_care_than_there_is_capacity_for():
    many = councils()
    many.capacity_of = lambda kind: one(101)  # 101 places x 52 weeks, of 100 used
    f = SocialCareForecast(many)(plan(2.0, 1.0, 1.0), np.full((1, 1), 50.0))
    assert mean(f.activity, "home_care_weeks") == pytest.approx(101 * WEEKS)


def test_reablement_keeps_a_tenth_of_needs_from_arising_when_it_doubles():
    f = social_care((1.0, 1.0, 2.0))
    assert mean(f.activity, "care_starts") == pytest.approx(72.0)


def test_delays_fall_with_speed_and_are_measured_per_1000_people():
    f = social_care((1.0, 1.25, 1.0))
    assert mean(f.activity, "social_delayed_nights") == pytest.approx(800.0)
    assert mean(f.activity, "delayed_nights.lot") == pytest.approx(1000.0 * 800.0 / 20_000.0)


def test_cost_of_a_council_and_the_benefit_it_sees():
    usual, changed = social_care((1.0, 1.0, 1.0)), social_care((1.0, 2.0, 1.5), reablement_effect=0.0)
    assert usual.cost.item() == pytest.approx(10 * 15 * 5200 + 500 * 2600)
    # reablement: a fifth of £100 x 4,000 people x half as much again; speed: half of £20 x 20,000 people x twice
    assert (changed.cost - usual.cost).item() == pytest.approx(0.2 * 100 * 4000 * 0.5 + 0.5 * 20 * 20_000)
    assert usual.benefit.item() == pytest.approx(-0.5 * 30_000 * 0.001 * 1000)
    assert changed.benefit.item() == pytest.approx(0.5 * usual.benefit.item())


# practices ----------------------------------------------------------------------------------------------------------


def practice(**gp):
    facts = {
        "control_mean": 0.6, "control_gain": 0.2, "control_access_gain": 0.1, "control_acsc": -0.5, "found_acsc": 0.05,
        "found_referral": 0.1, "control_years": 1.0, "safe_contacts_per_fte_week": 100.0, "proactive_share": 0.05,
        "recording_share": 0.02, "absorbed": 0.5, "recorded_mean": 0.7, "recorded_effort": 0.1, "recorded_review": 0.05,
        "recorded_control": 0.2,
    }  # fmt: skip
    money = Some(
        qaly_value=30_000.0, practice_variable_share=0.4, practice_cost_premises_other=20.0, practice_cost_nurse=6.0,
        practice_cost_direct_care=4.0, partner_income=100_000.0, partners_rate=0.0005,
    )  # fmt: skip
    p = Some(
        general_practice=Some(**facts | gp), money=money, outcomes=outcomes(),
        behaviour=Some(forecast_error=1e-9, strain=0.5),
    )  # fmt: skip
    level = {"gp_consultations": one(40_000), "other_consultations": one(10_000), "first_requests": one(60_000),
             "gp_referrals": one(2000), "acsc_admissions": one(100)}  # fmt: skip
    own = cohort(
        p=p, level=level, levers=np.ones((1, 4)), control=one(0.6), usual_control=one(0.6), loads=one(90),
        group=np.array([-1]), lot=np.array([0]), usual_list=one(10_000), lists=one(10_000), expected_acsc=one(125),
        measured={}, INDICATORS=Practices.INDICATORS, LEVERS=Practices.LEVERS, found=Practices.found,
    )  # fmt: skip
    for name in ("lever", "time_on", "time_on_indicators", "displaced", "worked_for", "pooled"):
        setattr(own, name, getattr(Practices, name).__get__(own))
    return own


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


def test_benefit_of_a_practice_by_hand():
    # 10,000 requests not met at 0.01 QALY and 100 admissions at 0.1, £30,000 a QALY, half weighed
    assert practices(1, 1, 1, 1).benefit.item() == pytest.approx(-0.5 * 30_000 * (100 + 10))


def test_overwork_counts_only_beyond_safe_contacts_and_as_a_square():
    assert practices(1.1, 1, 1, 1).overwork.item() == 0.0  # 99 contacts of 100
    # 90 x 1.25 = 112.5 contacts: an eighth too many; half of the partners' £100,000 x 5
    assert practices(1.25, 1, 1, 1).overwork.item() == pytest.approx(0.5 * 500_000 * 0.125**2)


def test_indicators_of_a_plan_by_hand():
    f = practices(1.08, 1, 1, 1.5)
    capacity = 1.08 * (1 - 0.5 * 0.01)
    assert mean(f.activity, "access") == pytest.approx(capacity * 50 / 60)
    # nothing of the year before control is measured; effort at recording adds 0.1 x 0.5
    settled = 0.6 + 0.1 * (capacity - 1) * 50 / 60
    control = settled + (0.6 - settled) * (1 - np.exp(-1))
    assert mean(f.activity, "control") == pytest.approx(control)
    assert mean(f.activity, "recorded_quality") == pytest.approx(0.7 + 0.05 + 0.2 * (control - 0.6), rel=1e-6)
    admissions = 100 * np.exp(-0.5 * (control - 0.6))
    assert mean(f.activity, "acsc_rate") == pytest.approx(admissions / 125)
    assert mean(f.activity, "acsc_rate.crude") == pytest.approx(admissions / 10)


def test_what_is_left_of_a_gap_by_hand():
    # the mean of exp(-t/2) over the first year is 2 (1 - exp(-1/2)); over a year that begins half a year ago, half is 1
    assert _remaining(2.0, (0.0,))[0] == pytest.approx(2 * (1 - np.exp(-0.5)))
    assert _remaining(2.0, (1.0,))[0] == pytest.approx(2 * (np.exp(-0.5) - np.exp(-1.0)))
    assert _remaining(2.0, (-0.5,))[0] == pytest.approx(0.5 + 2 * (1 - np.exp(-0.25)))


# hospitals ----------------------------------------------------------------------------------------------------------

DONE = {
    "ae_major": 8000, "emergency_zero_day": 3000, "emergency_overnight": 4000, "day_cases": 5000, "inpatients": 1000,
    "first_clinics": 12_000, "follow_ups": 24_000, "other_visits": 6000, "emergency_nights": 30_000,
    "elective_nights": 4000, "nhs_delayed_nights": 1000, "social_delayed_nights": 500, "clock_stops": 10_000,
    "withdrawals": 1000, "discharges": 5000,
}  # fmt: skip
PRICE = {"ae_major": 100, "emergency_zero_day": 500, "emergency_overnight": 3000, "day_cases": 700, "inpatients": 3500,
         "first_clinics": 150, "follow_ups": 100, "other_visits": 80}  # fmt: skip


def hospital(beds=1000.0, listed=3000.0):
    p = Some(
        hospital=Some(fixed_cost_share=0.6, transfers_stay_share=0.1, follow_up_time=0.5, follow_ups_per_first=2.0,
                      escalation_premium=0.5, throughput_within_18=0.3, coding_depth=0.1),
        money=Some(bed_day_cost=300.0, doctor_minute_cost=2.0, qaly_value=30_000.0),
        general_practice=Some(handback_minutes_discharge=6.0), outcomes=outcomes(),
        behaviour=Some(forecast_error=1e-9, horizon_years=3.0),
    )  # fmt: skip
    level = {name: one(number) for name, number in DONE.items()}
    return cohort(
        p=p, level=level, levers=np.ones((1, 6)), listed=np.array([[listed]]), served_people=one(100_000),
        ACTIVITIES=[Some(name=name, cost=name) for name in PRICE], unit_cost=lambda name: float(PRICE[name]),
        beds=lambda: one(beds), depth=lambda coding: 1.0 + 0.1 * (coding - 1.0),
        context={"emergency_overnight": Providers.shocked(one(4000), 0.0)[None]},
        INDICATORS=("within_18_weeks", "bed_nights_per_head"),
        measured={"within_18_weeks": one(0.9), "within_18_weeks.lot": one(0.9), "bed_nights_per_head": one(0.3),
                  "bed_nights_per_head.lot": one(0.3)},
    )  # fmt: skip


def hospitals(year=NOW, beds=1000.0, **levers):
    names = ("elective", "admission", "stay", "follow_up", "handback", "coding")
    return HospitalForecast(hospital(beds))(plan(*(levers.get(name, 1.0) for name in names)), year)


def test_electives_go_with_throughput_until_nobody_is_left_to_treat():
    assert mean(hospitals(elective=1.1).activity, "day_cases") == pytest.approx(5500)
    # 1,000 withdrawals and a third of 3,000 on the list, of 10,000 treated: a fifth more at most
    assert mean(hospitals(elective=1.6).activity, "day_cases") == pytest.approx(6000)
    assert mean(hospitals(elective=1.1).activity, "inpatients") == pytest.approx(1100)  # beds to spare


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


def test_cost_of_a_hospital_by_hand():
    spent = sum(PRICE[name] * DONE[name] for name in PRICE)
    usual = hospitals()
    assert usual.cost.item() == pytest.approx(0.4 * spent)
    more = hospitals(admission=1.1).cost - usual.cost
    assert more.item() == pytest.approx(0.4 * 500 * 300)
    electives = hospitals(elective=1.1).cost - usual.cost  # spells, clinics and the beds of a tenth more
    tenth = 0.1 * (700 * 5000 + 3500 * 1000 + 150 * 12_000 + 80 * 6000 + 100 * 24_000)
    assert electives.item() == pytest.approx(0.4 * (tenth + 300 * 400))
    longer = hospitals(stay=1.1).cost - usual.cost
    assert longer.item() == pytest.approx(0.4 * 300 * 3400)
    back = hospitals(handback=1.5).cost - usual.cost  # six minutes of a doctor at £2, half as often again, saved
    assert back.item() == pytest.approx(-6 * 2 * 5000 * 0.5)


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
