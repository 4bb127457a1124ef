"""Stays in hospital, from admission to discharge."""

import numpy as np

from .compiled import kernel
from .draws import BYTE, S8, S32, TO_UNIT32, Draw, mix, pick, uniform, whole
from .events import EDGE_FIRST, Event
from .moves import Move, count_move
from .needs import become_unwell, change_need, count_nights_needed, stay_ill_at_home, usual_nights
from .outbox import (
    URGENT_ACSC,
    URGENT_AE_ONLY,
    URGENT_CARE,
    URGENT_DIED,
    URGENT_OVERNIGHT,
    URGENT_PLANNED,
    URGENT_RETURN,
    URGENT_VIA_AE,
    first_message,
)
from .people import FIT, GONE, HOME, HOME_CARE, HOSPITAL, NO_CARE, OLD, REFUSED_CARE, STEP_UP_BED, UNWELL
from .scratch import CHUNK, prefetch
from .social_care import QUEUED, REFUSED, join_queue
from .tally import N_URGENT, PLANNED, count, count_at_hospital, discharge, leave_hospital, stay_nights, treat
from .week import Case, case_of

# kinds of stay
EMERGENCY, ELECTIVE, DELAYED, ARRANGING = 0, 1, 2, 3  # the last: until who was refused care has another way home
STEP_UP = 4  # in a bed in the community, in place of hospital


@kernel
def night_of(kind):
    """The event that a night of this kind of stay counts as."""
    if kind == DELAYED:
        return Event.NHS_DELAYED_NIGHTS
    if kind == ARRANGING:
        return Event.SOCIAL_DELAYED_NIGHTS
    return Event.ELECTIVE_NIGHTS if kind == ELECTIVE else Event.EMERGENCY_NIGHTS


@kernel
def add_stay(case, key, nights, kind, stays):
    """A stay with so many nights left; also when the list is rewritten in place, one row at most for each row read."""
    stay = stays.rows[stays.n[0]]
    stay.row = case.i
    stay.key = key
    stay.nights = nights
    stay.practice = case.p
    stay.hospital = case.h
    stay.kind = kind
    stays.n[0] += 1


@kernel
def begin_stay(case, mean, kind, when, here, stays):
    """A stay of at least one night, ``mean`` nights before the hospital's own behaviour, begins on a day this week."""
    key = here.people.key[case.i]
    draw = mix(key ^ when.salt[Draw.STAY])
    nights = nights_of(draw, mean * here.hospitals[case.h].stay, here)
    count_nights_needed(case, mean, when, here)
    now = nights_this_week(draw, nights)
    stay_nights(case, night_of(kind), now, when.week, here)
    here.people.where[case.i] = HOSPITAL
    add_stay(case, key, nights - now, kind, stays)


@kernel
def nights_of(draw, mean, here):
    """Nights of a stay of ``mean`` nights, at least one."""
    u = np.float64(draw >> S32) * TO_UNIT32
    return max(1, whole(mean * here.rates.stay_shape[draw & BYTE], u))


@kernel
def nights_this_week(draw, nights):
    """Those of its nights that a stay spends in the week in which it begins, on a day that is drawn."""
    return min(nights, 7 - np.int64((draw >> S8) & BYTE) * 7 // 256)


@kernel
def takes_step_up(case, when, here, stays):
    """Whether a bed in the community takes an overnight emergency; who is sent on within a day, none does.

    The illness is the same and takes as many nights; the GP and nurses look after it, and no hospital does anything.
    """
    chance = here.practices.table[case.p].step_up * here.rates.step_up_suited[case.group // 5]
    key = here.people.key[case.i]
    u = uniform(key, when.salt[Draw.STEP_UP])
    if u >= chance or u < chance * here.rates.step_up_sent_on:
        return False
    draw = mix(key ^ when.salt[Draw.STAY])
    nights = nights_of(draw, here.rates.step_up_nights, here)
    count_nights_needed(case, usual_nights(case, here), when, here)
    change_need(case, UNWELL, 0, Move.UNWELL_ADMITTED, when, here)
    here.people.where[case.i] = STEP_UP_BED
    count_move(case.p, Move.STEP_UP_BEGUN, 1, here)
    add_stay(case, key, nights - nights_this_week(draw, nights), STEP_UP, stays)
    return True


@kernel
def leave_step_up(case, when, here, queue):
    """Home from a bed in the community, where a new need for social care may wait."""
    state = here.people.state[case.i]
    here.people.where[case.i] = HOME
    count_move(case.p, Move.STEP_UP_ENDED, 1, here)
    needs = here.rates.social_need[state.frailty] if case.group // 5 >= OLD else 0.0
    needs = needs if state.care in (NO_CARE, HOME_CARE, REFUSED_CARE) else 0.0
    if uniform(here.people.key[case.i], when.salt[Draw.DISCHARGE]) < needs:
        answer = join_queue(Case(case.i, case.p, np.int64(-1), case.group), when, here, queue)
        count_move(case.p, Move.QUEUED_AT_HOME, np.int64(answer == QUEUED), here)


@kernel
def end_stay(case, kind, when, here, lists):
    """The stay is over: home, or a wait for NHS care or social care."""
    people, rates = here.people, here.rates
    key, state = people.key[case.i], people.state[case.i]
    if kind == STEP_UP:
        leave_step_up(case, when, here, lists.care)
        return
    if kind < DELAYED:
        early = rates.early_unwell[state.frailty] * here.hospitals[case.h].early
        if uniform(key, when.salt[Draw.EARLY]) < early:
            become_unwell(case, when, here)
    if kind == EMERGENCY and case.group // 5 >= OLD:
        u = uniform(key, when.salt[Draw.DISCHARGE])
        nhs = rates.nhs_need[state.frailty]
        if u < nhs:
            mean = rates.delay_nights * here.hospitals[case.h].delay
            nights = whole(-mean * np.log(1.0 - uniform(key, when.salt[Draw.STAY])), 0.5)
            add_stay(case, key, nights, DELAYED, lists.stays)
            people.where[case.i] = FIT
            count_move(case.p, Move.STAYS_ENDED_IN_NHS_WAIT, 1, here)
            return
        if u < nhs + rates.social_need[state.frailty] and state.care in (NO_CARE, HOME_CARE, REFUSED_CARE):
            people.where[case.i] = FIT
            answer = join_queue(case, when, here, lists.care)
            if answer == REFUSED:
                arrange_discharge(case, key, when, here, lists.stays)
            if answer != 0:
                count_move(
                    case.p, Move.STAYS_ENDED_REFUSED if answer == REFUSED else Move.STAYS_ENDED_IN_CARE_WAIT, 1, here
                )
                return
    people.where[case.i] = HOME
    count_move(case.p, home_after(kind), 1, here)
    discharge(case, here)


@kernel
def home_after(kind):
    """The move of someone who goes home after a stay of this kind."""
    if kind == DELAYED:
        return Move.NHS_WAITS_ENDED
    return Move.ARRANGED if kind == ARRANGING else Move.STAYS_ENDED_HOME


@kernel
def death_during(kind):
    """The move of someone who dies during a stay of this kind."""
    if kind == DELAYED:
        return Move.DEATHS_IN_NHS_WAIT
    if kind == STEP_UP:
        return Move.DEATHS_IN_STEP_UP
    return Move.DEATHS_WHILE_ARRANGING if kind == ARRANGING else Move.DEATHS_IN_BED


@kernel
def arrange_discharge(case, key, when, here, stays):
    """Someone refused care stays until the family, or money of their own, has found another way home."""
    mean = here.practices.table[case.p].arrange_nights
    nights = whole(-mean * np.log(1.0 - uniform(key, when.salt[Draw.ARRANGE])), 0.5)
    add_stay(case, key, nights, ARRANGING, stays)


@kernel
def ward_round(when, here, lists, scratch):
    """People in a bed at the week's start: nights pass, some leave."""
    people, stays = here.people, lists.stays
    n = stays.n[0]
    stays.n[0] = 0  # the list is rewritten in place: at most one row is written for each row read
    for k in range(n):
        if k % CHUNK == 0:  # rows from here on are still as they were
            for j in range(k, min(k + CHUNK, n)):
                scratch.fetched[j - k] = prefetch(stays.rows[j].row, people)
        i, key = stays.rows[k].row, stays.rows[k].key
        if people.where[i] == GONE or people.where[i] == HOME or (here.rates.stationary and people.key[i] != key):
            count_move(stays.rows[k].practice, death_during(stays.rows[k].kind), 1, here)
            continue
        case = case_of(i, stays.rows[k].practice, stays.rows[k].hospital, people)
        kind = np.int64(stays.rows[k].kind)
        now = min(np.int64(stays.rows[k].nights), 7)
        left = stays.rows[k].nights - now
        if kind != STEP_UP:
            stay_nights(case, night_of(kind), now, when.week, here)
        if left > 0 or (now == 7 and kind < DELAYED):
            add_stay(case, key, left, kind, stays)
        else:
            end_stay(case, kind, when, here, lists)


@kernel
def admit_emergencies(p, when, here, lists, scratch):
    """Urgent messages of a practice: emergencies take beds first; planned day cases and needs for care follow."""
    start = here.practices.table[p].start
    messages = here.tally.urgent[first_message(start, p) :]
    n = here.tally.counts[p, N_URGENT]
    for k in range(n):
        i = np.int64(messages[k].row)
        scratch.key[k] = here.people.key[i]
        scratch.fetched[k] = prefetch(i, here.people)
    for k in range(n):
        scratch.hospital[k] = pick(here.practices.share[p], uniform(scratch.key[k], when.salt[Draw.EMERGENCY_HOSPITAL]))
    for k in range(n):
        case = case_of(messages[k].row, p, scratch.hospital[k], here.people)
        kind = np.int64(messages[k].kind)
        if kind & URGENT_AE_ONLY:
            treat(case, Event.AE_MAJOR, 1, when.week, here)
        elif kind & URGENT_DIED:
            count_at_hospital(case, Event.HOSPITAL_DEATHS, 1, here)
        elif here.people.where[case.i] != HOME:
            continue
        elif kind & URGENT_CARE:
            answer = join_queue(Case(case.i, case.p, np.int64(-1), case.group), when, here, lists.care)
            count_move(p, Move.QUEUED_AT_HOME, np.int64(answer == QUEUED), here)
        elif kind & URGENT_PLANNED:
            plan_day_case(case, when, here)
        elif not (kind & URGENT_OVERNIGHT and takes_step_up(case, when, here, lists.stays)):
            admit(case, kind, when, here, lists.stays)


@kernel
def plan_day_case(case, when, here):
    """An operation booked outside the waiting list, at a hospital drawn as for referrals."""
    u = uniform(here.people.key[case.i], when.salt[Draw.REFERRAL_HOSPITAL])
    h = np.int64(pick(here.practices.referral_share[case.p], u))
    here.tally.booked[h, PLANNED] += 1
    treat(Case(case.i, case.p, h, case.group), Event.DAY_CASES, 1, when.week, here)
    leave_hospital(case, here)


@kernel
def admit(case, kind, when, here, stays):
    """An emergency admission, with or without a night in a bed; a crowded hospital may divert it."""
    i, p, h, group = case
    key = here.people.key[i]
    if kind & URGENT_OVERNIGHT and uniform(key, when.salt[Draw.DIVERT]) < here.hospitals[h].divert:
        count_at_hospital(case, Event.DIVERTED, 1, here)
        h = here.hospitals[h].overflow
    at = Case(i, p, h, group)
    if kind & URGENT_VIA_AE:
        count(at, Event.AE_ATTENDANCES, 1, here)
        treat(at, Event.AE_MAJOR, 1, when.week, here)
    if kind & URGENT_OVERNIGHT and uniform(key, when.salt[Draw.BED_REFUSED]) < here.hospitals[h].refused:
        count_at_hospital(at, Event.BEDS_REFUSED, 1, here)
        stay_ill_at_home(at, when, here)
        return
    if kind & URGENT_RETURN:
        count_at_hospital(at, Event.READMISSIONS, 1, here)
    if kind & URGENT_ACSC:
        count_at_hospital(at, Event.ACSC_ADMISSIONS, 1, here)
        here.tally.edges[p, h, Event.ACSC_ADMISSIONS - EDGE_FIRST] += 1
    if kind & URGENT_OVERNIGHT:
        treat(at, Event.EMERGENCY_OVERNIGHT, 1, when.week, here)
        if uniform(key, when.salt[Draw.BED_WAIT]) < here.hospitals[h].bed_wait:
            count_at_hospital(at, Event.BED_WAITS, 1, here)
            become_unwell(at, when, here)
        else:
            change_need(at, UNWELL, 0, Move.UNWELL_ADMITTED, when, here)
        begin_stay(at, usual_nights(at, here), EMERGENCY, when, here, stays)
    else:
        treat(at, Event.EMERGENCY_ZERO_DAY, 1, when.week, here)
        discharge(at, here)
