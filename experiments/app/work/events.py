"""What can happen to a person: in words, in which lane of a timeline, and what lasts (stays in a bed, care)."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

LANES = ("Practice", "Clinic", "A&E and ward", "Social care", "Health")
LANE = {
    "gp_consultations": 0,
    "other_consultations": 0,
    "failed_requests": 0,
    "unmet_requests": 0,
    "gp_referrals": 0,
    "other_referrals": 0,
    "first_clinics": 1,
    "follow_ups": 1,
    "other_visits": 1,
    "withdrawals": 1,
    "clock_stops": 1,
    "ae_attendances": 2,
    "ae_major": 2,
    "emergency_zero_day": 2,
    "emergency_overnight": 2,
    "day_cases": 2,
    "inpatients": 2,
    "diverted": 2,
    "discharges": 2,
    "emergency_nights": 2,
    "elective_nights": 2,
    "nhs_delayed_nights": 2,
    "social_delayed_nights": 2,
    "care_needs": 3,
    "care_refused": 3,
    "condition_onsets": 4,
    "frailty_onsets": 4,
    "deaths": 4,
    "births": 4,
    "arrivals": 4,
    "leavers": 4,
}
NIGHTS = ("emergency_nights", "elective_nights", "nhs_delayed_nights", "social_delayed_nights")
CARE = ("home_care", "council_place", "self_place", "nhs_place")
WORDS = {
    "gp_consultations": "GP consultation",
    "other_consultations": "consultation with a nurse or other clinician",
    "failed_requests": "request that failed",
    "unmet_requests": "request given up or taken elsewhere",
    "gp_referrals": "referral by the GP",
    "other_referrals": "referral by others",
    "first_clinics": "first clinic",
    "follow_ups": "follow-up",
    "other_visits": "visit to another profession",
    "ae_attendances": "A&E attendance",
    "ae_major": "seen in a major A&E department",
    "emergency_zero_day": "emergency admission, same day",
    "emergency_overnight": "emergency admission, overnight",
    "acsc_admissions": "(an avoidable admission)",
    "day_cases": "day case",
    "inpatients": "elective inpatient stay",
    "emergency_nights": "night in a bed, after an emergency",
    "elective_nights": "night in a bed, planned",
    "nhs_delayed_nights": "night in a bed, waiting for NHS care",
    "social_delayed_nights": "night in a bed, waiting for social care",
    "deaths": "death",
    "condition_onsets": "one more long-term condition",
    "frailty_onsets": "frailer by a step",
    "care_needs": "need for social care",
    "care_refused": "social care refused",
    "leavers": "moved away",
    "withdrawals": "left the waiting list unseen",
    "home_care_starts": "home care begins",
    "home_care_ends": "home care ends",
    "council_place_starts": "care home, council-funded, begins",
    "council_place_ends": "care home, council-funded, ends",
    "self_place_starts": "care home, self-funded, begins",
    "self_place_ends": "care home, self-funded, ends",
    "nhs_place_starts": "care home, NHS-funded, begins",
    "nhs_place_ends": "care home, NHS-funded, ends",
}


def words(event: str, times: int = 1) -> str:
    """An event in words, and how often it happened in a week."""
    said = WORDS.get(event, event.replace("_", " "))
    if times == 1:
        return said
    return f"{times} {said.replace('night', 'nights', 1)}" if event in NIGHTS else f"{said} × {times}"


class Stay(NamedTuple):
    """Nights of one kind in a hospital bed, one after the other: first week, how many, and whether all in one go."""

    event: str
    week: int
    nights: int
    hospital: str
    weeks: tuple[int, ...]


def stays(trace: pd.DataFrame) -> list[Stay]:
    """Nights in a bed, those of weeks that follow each other together; an admission begins another stay."""
    nights: Any = trace[trace["event"].isin(NIGHTS)]
    admitted = set(trace["week"][trace["event"].isin(("emergency_overnight", "inpatients"))])
    out: list[Stay] = []
    counted = nights.groupby(["event", "week", "hospital"], sort=True).size()
    for (event, week, hospital), n in counted.items():
        last = out[-1] if out else None
        goes_on = last and (last.event, last.hospital) == (event, hospital) and last.weeks[-1] == week - 1
        if last and goes_on and week not in admitted:
            out[-1] = last._replace(nights=last.nights + n, weeks=(*last.weeks, week))
        else:
            out.append(Stay(event, week, int(n), hospital, (week,)))
    return out


def spans(trace: pd.DataFrame, weeks: int) -> list[tuple[str, int, int]]:
    """Care received: kind, first and last week."""
    out = []
    for kind in CARE:
        begun: int | None = None
        for row in trace.to_dict("records"):
            if row["event"] == f"{kind}_starts":
                begun = row["week"]
            elif begun is not None and row["event"] in (f"{kind}_ends", "deaths", "leavers"):
                out.append((kind, begun, row["week"]))
                begun = None
        if begun is not None:
            out.append((kind, begun, weeks))
    return out
