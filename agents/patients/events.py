"""What is counted: events, and the rare events in the order of their intervals."""

from enum import IntEnum


class Event(IntEnum):
    """What is counted, per practice and group and per hospital; from GP_REFERRALS to OTHER_VISITS along edges too.

    An ``IntEnum``, so that numba compiles a kernel once for all events: for plain numbers it would once for each.
    """

    REQUESTS = 0
    FIRST_REQUESTS = 1
    GP_CONSULTATIONS = 2
    OTHER_CONSULTATIONS = 3
    FAILED_REQUESTS = 4
    UNMET_REQUESTS = 5
    GP_REFERRALS = 6
    OTHER_REFERRALS = 7
    AE_ATTENDANCES = 8
    AE_MAJOR = 9
    EMERGENCY_ZERO_DAY = 10
    EMERGENCY_OVERNIGHT = 11
    ACSC_ADMISSIONS = 12
    DAY_CASES = 13
    INPATIENTS = 14
    FIRST_CLINICS = 15
    FOLLOW_UPS = 16
    OTHER_VISITS = 17
    EMERGENCY_NIGHTS = 18
    ELECTIVE_NIGHTS = 19
    NHS_DELAYED_NIGHTS = 20
    SOCIAL_DELAYED_NIGHTS = 21
    DEATHS = 22
    BIRTHS = 23
    CONDITION_ONSETS = 24
    FRAILTY_ONSETS = 25
    ARRIVALS = 26
    LEAVERS = 27
    WITHDRAWALS = 28
    CLOCK_STOPS = 29
    CARE_NEEDS = 30
    CARE_REFUSED = 31
    HOME_CARE_STARTS = 32
    COUNCIL_PLACE_STARTS = 33
    SELF_PLACE_STARTS = 34
    NHS_PLACE_STARTS = 35
    HOME_CARE_ENDS = 36
    COUNCIL_PLACE_ENDS = 37
    SELF_PLACE_ENDS = 38
    NHS_PLACE_ENDS = 39
    DIVERTED = 40
    DISCHARGES = 41
    NEEDS_UNHEARD = 42
    UNWELL = 43
    BEDS_REFUSED = 44
    BED_WAITS = 45
    NIGHTS_NEEDED = 46
    ACSC_EPISODES = 47
    NEEDS_TREATED = 48
    READMISSIONS = 49
    HOSPITAL_DEATHS = 50


EVENTS = tuple(event.name.lower() for event in Event)  #: the events' names in tables and files
EDGE_FIRST = int(Event.GP_REFERRALS)  #: the first event that is counted along edges
EDGES = int(Event.OTHER_VISITS) - EDGE_FIRST + 1  #: how many are, one after the other


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
    NEED_PASSES = 11
    HOSPITAL_DEATH = 12  # one that worse care adds
