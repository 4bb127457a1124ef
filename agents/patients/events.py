"""What is counted: events, and the rare events in the order of their intervals."""

from enum import IntEnum

#: what is counted, per practice and group and per hospital; those from EDGE_FIRST to EDGE_LAST along edges too
EVENTS = (
    "requests",
    "first_requests",
    "gp_consultations",
    "other_consultations",
    "failed_requests",
    "unmet_requests",
    "gp_referrals",
    "other_referrals",
    "ae_attendances",
    "ae_major",
    "emergency_zero_day",
    "emergency_overnight",
    "acsc_admissions",
    "day_cases",
    "inpatients",
    "first_clinics",
    "follow_ups",
    "other_visits",
    "emergency_nights",
    "elective_nights",
    "nhs_delayed_nights",
    "social_delayed_nights",
    "deaths",
    "births",
    "condition_onsets",
    "frailty_onsets",
    "arrivals",
    "leavers",
    "withdrawals",
    "clock_stops",
    "care_needs",
    "care_refused",
    "home_care_starts",
    "council_place_starts",
    "self_place_starts",
    "nhs_place_starts",
    "home_care_ends",
    "council_place_ends",
    "self_place_ends",
    "nhs_place_ends",
    "diverted",
    "discharges",
)
(
    REQUESTS,
    FIRST_REQUESTS,
    GP_CONSULTATIONS,
    OTHER_CONSULTATIONS,
    FAILED,
    UNMET,
    GP_REFERRALS,
    OTHER_REFERRALS,
    AE,
    AE_MAJOR,
    ZERO_DAY,
    OVERNIGHT,
    ACSC,
    DAY_CASES,
    INPATIENTS,
    FIRST_CLINICS,
    FOLLOW_UPS,
    OTHER_VISITS,
    EMERGENCY_NIGHTS,
    ELECTIVE_NIGHTS,
    NHS_DELAY,
    SOCIAL_DELAY,
    DEATHS,
    BIRTHS,
    CONDITION_ONSETS,
    FRAILTY_ONSETS,
    ARRIVALS,
    LEAVERS,
    WITHDRAWALS,
    CLOCK_STOPS,
    CARE_NEEDS,
    CARE_REFUSED,
    CARE_STARTS,
    _S2,
    _S3,
    _S4,
    CARE_ENDS,
    _E2,
    _E3,
    _E4,
    DIVERTED,
    DISCHARGES,
) = range(len(EVENTS))
EDGE_FIRST, EDGE_LAST = GP_REFERRALS, OTHER_VISITS  # what is counted along edges: a run of EVENTS
EDGES = EDGE_LAST - EDGE_FIRST + 1


class Rare(IntEnum):
    """Rare events, in the order of their intervals on the filter's draw."""

    DEATH = 0
    FRAILTY = 1
    CONDITION = 2
    EMERGENCY = 3
    AE = 4
    OTHER_REFERRAL = 5
    PLANNED = 6
    BIRTH = 7
    LEAVE = 8
    CARE = 9
    CARE_END = 10
