"""What can happen to a person, in words, and the service it belongs to."""

from __future__ import annotations

from typing import NamedTuple

SERVICES = ("Practice", "Clinic", "A&E and ward", "Social care", "Health")


class Happening(NamedTuple):
    """An event in words; ``service`` is empty where it only adds to another one or is not shown."""

    name: str
    label: str
    service: str = ""


_PRACTICE, _CLINIC, _WARD, _CARE, _HEALTH = SERVICES

HAPPENINGS: tuple[Happening, ...] = (
    Happening("requests", "request for an appointment"),
    Happening("first_requests", "first request for an appointment"),
    Happening("gp_consultations", "GP consultation", _PRACTICE),
    Happening("other_consultations", "consultation with a nurse or other clinician", _PRACTICE),
    Happening("failed_requests", "request not met", _PRACTICE),
    Happening("unmet_requests", "request given up or taken elsewhere", _PRACTICE),
    Happening("gp_referrals", "referral by the GP", _PRACTICE),
    Happening("other_referrals", "referral by others", _PRACTICE),
    Happening("ae_attendances", "A&E attendance", _WARD),
    Happening("ae_major", "seen in a major A&E department", _WARD),
    Happening("emergency_zero_day", "emergency admission, same day", _WARD),
    Happening("emergency_overnight", "emergency admission, overnight", _WARD),
    Happening("acsc_admissions", "(an avoidable admission)"),
    Happening("day_cases", "day case", _WARD),
    Happening("inpatients", "elective inpatient stay", _WARD),
    Happening("first_clinics", "first clinic", _CLINIC),
    Happening("follow_ups", "follow-up", _CLINIC),
    Happening("other_visits", "visit to another profession", _CLINIC),
    Happening("emergency_nights", "night in a bed, after an emergency", _WARD),
    Happening("elective_nights", "night in a bed, planned", _WARD),
    Happening("nhs_delayed_nights", "night in a bed, waiting for NHS care", _WARD),
    Happening("social_delayed_nights", "night in a bed, waiting for social care", _WARD),
    Happening("deaths", "death", _HEALTH),
    Happening("births", "birth", _HEALTH),
    Happening("condition_onsets", "new long-term condition", _HEALTH),
    Happening("frailty_onsets", "frailer by a step", _HEALTH),
    Happening("arrivals", "moved here", _HEALTH),
    Happening("leavers", "moved away", _HEALTH),
    Happening("withdrawals", "left the waiting list unseen", _CLINIC),
    Happening("clock_stops", "end of the wait", _CLINIC),
    Happening("care_needs", "need for social care", _CARE),
    Happening("care_refused", "social care refused", _CARE),
    Happening("home_care_starts", "home care begins"),
    Happening("council_place_starts", "care home, council-funded, begins"),
    Happening("self_place_starts", "care home, self-funded, begins"),
    Happening("nhs_place_starts", "care home, NHS-funded, begins"),
    Happening("home_care_ends", "home care ends"),
    Happening("council_place_ends", "care home, council-funded, ends"),
    Happening("self_place_ends", "care home, self-funded, ends"),
    Happening("nhs_place_ends", "care home, NHS-funded, ends"),
    Happening("diverted", "sent on to another hospital", _WARD),
    Happening("discharges", "discharge", _WARD),
    Happening("needs_unheard", "need for planned care that no referral follows", _PRACTICE),
    Happening("unwell", "unwell: turned back, sent home early or left without a bed", _HEALTH),
    Happening("beds_refused", "emergency without a bed", _WARD),
    Happening("bed_waits", "long wait for a bed in A&E", _WARD),
    Happening("nights_needed", "(nights that an illness takes at the usual length of stay)"),
    Happening("acsc_episodes", "(an episode that good primary care can often prevent, admitted or not)"),
    Happening("needs_treated", "need for planned care that the practice treats itself", _PRACTICE),
    Happening("readmissions", "(an emergency admission within four weeks of a discharge)"),
    Happening("hospital_deaths", "(a death in hospital)"),
)
