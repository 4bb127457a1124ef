"""Cohorts of one provider, or a few, with round numbers, and what they plan."""

from types import SimpleNamespace as Some

import numpy as np
from fundingflows.agents import plans
from fundingflows.agents.practice import Practices
from fundingflows.agents.provider import Providers
from fundingflows.agents.quality import CareQuality

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
           "treatment_gain": 0.02, "early_unwell": np.array([0.1, 0.3, 0.4, 0.4]), "unwell_emergency": 2.0} | other
    )  # fmt: skip


class Cohort(Some):
    """A cohort of one provider, or a few."""

    def __len__(self):
        return len(self.levers)

    def set(self, **columns):
        """This cohort with other columns."""
        for name, values in columns.items():
            setattr(self, name, np.array(values))
        return self


def cohort(**facts):
    own = Cohort(altruism=one(0.5), shocked=Providers.shocked, plan_activity=lambda lazy: lazy, **facts)
    own.in_time = Providers.in_time.__get__(own)
    return own


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
        rule=one(1), fee=lambda: one(1),
    )  # fmt: skip


def practice(**gp):
    facts = {
        "experience_mean": 0.7, "experience_access": 2.0, "control_mean": 0.6, "control_gain": 0.2,
        "control_access_gain": 0.1, "control_acsc": -0.5, "found_acsc": 0.05,
        "found_referral": 0.1, "control_years": 1.0, "safe_contacts_per_fte_week": 100.0, "proactive_share": 0.05,
        "recording_share": 0.02, "absorbed": 0.5, "recorded_mean": 0.7, "recorded_effort": 0.1, "recorded_review": 0.05,
        "recorded_control": 0.2, "recorded_ceiling": 0.9, "referral_substitution": 0.0,
        "referral_wait_elasticity": -0.1, "treatable_share": 0.2, "treatment_contacts": 0.0,
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
        staffing=one(1), measured={}, INDICATORS=Practices.INDICATORS, LEVERS=Practices.LEVERS, found=Practices.found,
        usual_served=one(50 / 60), served=one(50 / 60), usual_work=one(50 / 60), wait=1.0, before=level,
    )  # fmt: skip
    names = ("lever", "time_on", "time_on_indicators", "displaced", "recorded", "pooled", "teams", "passed_on",
             "willing", "time_treating")  # fmt: skip
    for name in names:
        setattr(own, name, getattr(Practices, name).__get__(own))
    return own


DONE = {
    "ae_major": 8000, "emergency_zero_day": 3000, "emergency_overnight": 4000, "day_cases": 5000, "inpatients": 1000,
    "first_clinics": 12_000, "follow_ups": 24_000, "other_visits": 6000, "emergency_nights": 30_000,
    "elective_nights": 4000, "nhs_delayed_nights": 1000, "social_delayed_nights": 500, "clock_stops": 10_000,
    "withdrawals": 1000, "discharges": 5000, "readmissions": 600, "hospital_deaths": 200,
}  # fmt: skip
PRICE = {"ae_major": 100, "emergency_zero_day": 500, "emergency_overnight": 3000, "day_cases": 700, "inpatients": 3500,
         "first_clinics": 150, "follow_ups": 100, "other_visits": 80}  # fmt: skip


def hospital(beds=1000.0, listed=3000.0):
    p = Some(
        hospital=Some(fixed_cost_share=0.6, transfers_stay_share=0.1, follow_up_time=0.5, follow_ups_per_first=2.0,
                      escalation_premium=0.5, throughput_within_18=0.3, coding_depth=0.1,
                      escalation_staff=0.5, escalation_beds=0.2, quality_years=2.0, quality_readmission=0.5,
                      quality_death=0.2, quality_cost=0.1, process_quality=0.8),
        money=Some(bed_day_cost=300.0, qaly_value=30_000.0),
        outcomes=outcomes(),
        behaviour=Some(forecast_error=1e-9, horizon_years=3.0),
    )  # fmt: skip
    level = {name: one(number) for name, number in DONE.items()}
    return cohort(
        p=p, level=level, levers=np.ones((1, 7)), listed=np.array([[listed]]), served_people=one(100_000),
        ACTIVITIES=[Some(name=name, cost=name) for name in PRICE], unit_cost=lambda name: float(PRICE[name]),
        coming=lambda year: np.ones_like(year),
        beds=lambda: one(beds), depth=lambda coding: 1.0 + 0.1 * (coding - 1.0),
        quality=CareQuality(1), cost_of_quality=lambda effort: 0.1 * (effort - 1.0) * 1e6,
        INDICATORS=("within_18_weeks", "bed_nights_per_head"),
        measured={"within_18_weeks": one(0.9), "within_18_weeks.lot": one(0.9), "bed_nights_per_head": one(0.3),
                  "bed_nights_per_head.lot": one(0.3)},
    )  # fmt: skip
