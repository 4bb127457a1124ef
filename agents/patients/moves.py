"""What moves people, pathways and needs from one stock to another, counted where it happens, beside the events."""

from enum import IntEnum

from .compiled import kernel
from .people import NEEDS_ADMISSION, NEEDS_CLINIC, PLANNED_NEEDS, UNWELL


class Move(IntEnum):
    """What is counted per practice since the start of the run, and is in no table of events."""

    # where people are
    DEATHS_AT_HOME = 0
    DEATHS_IN_BED = 1
    DEATHS_IN_NHS_WAIT = 2
    DEATHS_IN_CARE_WAIT = 3
    DEATHS_WHILE_ARRANGING = 4
    REPLACEMENTS = 5  # ageing off: those who take the place of the dead and of those who leave
    STAYS_ENDED_HOME = 6
    STAYS_ENDED_IN_NHS_WAIT = 7
    STAYS_ENDED_IN_CARE_WAIT = 8
    STAYS_ENDED_REFUSED = 9
    NHS_WAITS_ENDED = 10
    ARRANGED = 11
    # the queue for care
    QUEUED_AT_HOME = 12
    STARTED_AT_HOME = 13
    STARTED_FROM_BED = 14
    GAVE_UP_AT_HOME = 15
    GAVE_UP_IN_BED = 16
    QUEUE_GONE = 17
    REFUSALS = 18
    REFUSALS_ENDED = 19
    REFUSALS_LAPSED = 20
    REFUSED_GONE = 21
    # pathways by stage: urgent, clinic only, admission (clinic first), theatre
    JOINED_URGENT = 22
    JOINED_CLINIC = 23
    JOINED_ADMISSION = 24
    SEEN_URGENT = 25
    SEEN_CLINIC = 26
    SEEN_ADMISSION = 27
    SEEN_THEATRE = 28
    WITHDRAWN_URGENT = 29
    WITHDRAWN_CLINIC = 30
    WITHDRAWN_ADMISSION = 31
    WITHDRAWN_THEATRE = 32
    LISTED_GONE_URGENT = 33
    LISTED_GONE_CLINIC = 34
    LISTED_GONE_ADMISSION = 35
    LISTED_GONE_THEATRE = 36
    # planned needs, by class of care
    NEEDS_AROSE_UNHEARD = 37
    NEEDS_AROSE_HEARD = 38
    NEEDS_MET = 39
    NEEDS_LAPSED = 40
    NEEDS_HEARD_AGAIN = 41
    NEEDS_WITHDRAWN = 42
    NEEDS_GONE = 43
    # people unwell
    UNWELL_BEGAN = 44
    UNWELL_PASSED = 45
    UNWELL_ADMITTED = 46
    UNWELL_GONE = 47
    # people who will ask again
    WILL_ASK_AGAIN = 48
    ASKED_AND_SEEN = 49
    ASKED_IN_VAIN = 50
    ASKING_GONE = 51
    # conditions, steps of frailty and disease control (65,535ths of a person's)
    CONDITIONS_CAME = 52
    CONDITIONS_GONE = 53
    FRAILTY_CAME = 54
    FRAILTY_GONE = 55
    CONTROL_ROSE = 56
    CONTROL_FELL = 57
    CONTROL_CAME = 58
    CONTROL_GONE = 59
    # beds in the community for people who would go to hospital
    STEP_UP_BEGUN = 60
    STEP_UP_ENDED = 61
    DEATHS_IN_STEP_UP = 62


MOVES = tuple(move.name.lower() for move in Move)


@kernel
def count_move(p, move, n, here):
    """Count a move for the person's practice."""
    here.tally.moves[p, move] += n


@kernel
def planned_needs(bits):
    """How many classes of planned care are needed."""
    planned = bits & PLANNED_NEEDS
    return (planned & 1) + (planned & NEEDS_CLINIC) // NEEDS_CLINIC + (planned & NEEDS_ADMISSION) // NEEDS_ADMISSION


@kernel
def is_unwell(bits):
    """1 for someone unwell, else 0."""
    return (bits & UNWELL) // UNWELL
