"""The queue for long-term care."""

import numpy as np

from .chances import set_rare
from .compiled import kernel
from .draws import Draw, pick, uniform
from .events import Event
from .moves import Move, count_move
from .people import AWAITING_CARE, COUNCIL_PLACE, FIT, GONE, HOME, HOME_CARE, NO_CARE, REFUSED_CARE
from .tally import count, count_at_hospital, discharge, log_event, log_nights
from .week import Case, case_of

QUEUED, REFUSED = 1, 2  # what becomes of a need for care; 0: there is care already, or a place in the queue


@kernel
def set_care(case, care, when, here):
    """A person's care changes, and the chances that depend on it."""
    before = here.people.state[case.i].care
    count_move(case.p, Move.REFUSALS, np.int64(care == REFUSED_CARE and before != REFUSED_CARE), here)
    count_move(case.p, Move.REFUSALS_ENDED, np.int64(before == REFUSED_CARE and care != REFUSED_CARE), here)
    here.people.state[case.i].care = care
    set_rare(case.i, when.middle, here.people, here.rates)


@kernel
def join_queue(case, when, here, queue):
    """Someone needs care: which kind, and whether the council finds the person eligible. QUEUED, REFUSED or 0."""
    people, i = here.people, case.i
    key = people.key[i]
    count(case, Event.CARE_NEEDS, 1, here)
    held = people.state[i].care
    if held == AWAITING_CARE:
        return 0
    kind = HOME_CARE + pick(here.rates.care_kind, uniform(key, when.salt[Draw.CARE]))
    if held == HOME_CARE and kind == HOME_CARE:
        return 0
    if kind <= COUNCIL_PLACE and uniform(key, when.salt[Draw.CARE_END]) >= here.practices.table[case.p].eligible:
        if held == NO_CARE:
            set_care(case, REFUSED_CARE, when, here)
        count(case, Event.CARE_REFUSED, 1, here)
        return REFUSED
    request = queue.rows[queue.n[0]]
    request.row = i
    request.key = key
    request.practice = case.p
    request.hospital = case.h
    request.kind = kind
    queue.n[0] += 1
    if held != HOME_CARE:
        set_care(case, AWAITING_CARE, when, here)
    return QUEUED


@kernel
def start_care(start, when, here, queue):
    """Go down one partition's queue for care: it starts for some, the others wait on or make other arrangements.

    ``start`` (councils, 2, 5): chance that care of a kind starts this week, at home and in hospital.
    """
    people, rates = here.people, here.rates
    kept = 0
    for k in range(queue.n[0]):
        request = queue.rows[k]
        i, key = request.row, request.key
        if people.where[i] == GONE or (rates.stationary and people.key[i] != key):
            count_move(
                request.practice, Move.DEATHS_IN_CARE_WAIT if request.hospital >= 0 else Move.QUEUE_GONE, 1, here
            )
            continue
        case = case_of(i, request.practice, request.hospital, people)
        in_bed = case.h >= 0 and people.where[i] == FIT
        u = uniform(key, when.salt[Draw.CARE_START])
        chance = start[here.practices.table[case.p].council, 1 if in_bed else 0, request.kind]
        begins = u < chance
        if in_bed:
            nights = np.int64(7.0 * u / chance) if begins else 7
            count_at_hospital(case, Event.SOCIAL_DELAYED_NIGHTS, nights, here)
            log_nights(case, Event.SOCIAL_DELAYED_NIGHTS, nights, when.week, here)
        if begins:
            count_move(case.p, Move.STARTED_FROM_BED if in_bed else Move.STARTED_AT_HOME, 1, here)
            begin_care(case, np.int64(request.kind), in_bed, when, here)
            continue
        if uniform(key, when.salt[Draw.WITHDRAW]) < (rates.care_gives_up if in_bed else rates.care_withdraw):
            count_move(case.p, Move.GAVE_UP_IN_BED if in_bed else Move.GAVE_UP_AT_HOME, 1, here)
            give_up(case, in_bed, when, here)
            continue
        queue.rows[kept] = queue.rows[k]
        kept += 1
    queue.n[0] = kept


@kernel
def give_up(case, in_bed, when, here):
    """Someone no longer waits for care; out of a hospital bed only with the need unmet, by another way home."""
    if here.people.state[case.i].care == AWAITING_CARE:
        set_care(case, REFUSED_CARE if in_bed else NO_CARE, when, here)
    if in_bed:
        here.people.where[case.i] = HOME
        discharge(case, here)


@kernel
def begin_care(case, kind, in_bed, when, here):
    """Care of a kind begins; who waited for it in a hospital bed is discharged."""
    people, i = here.people, case.i
    if people.state[i].care == HOME_CARE:
        count(case, Event.HOME_CARE_ENDS, 1, here)
    set_care(case, kind, when, here)
    count(case, Event.HOME_CARE_STARTS + kind - 1, 1, here)
    at_home = Case(case.i, case.p, np.int64(-1), case.group)  # the log names no hospital for a start of care
    log_event(at_home, Event.HOME_CARE_STARTS + kind - 1, when.week, here)
    if in_bed:
        people.where[i] = HOME
        discharge(case, here)
