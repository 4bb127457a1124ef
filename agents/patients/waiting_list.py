"""Referrals, the waiting list, clinics and theatres."""

from typing import NamedTuple

import numpy as np

from .compiled import kernel
from .draws import BYTE, GOLDEN, OPERATION, S11, TO_UNIT, Draw, mix, pick, uniform, whole
from .events import Event
from .lists import ADMISSION, LINES, LONGEST, OTHERS, STOPPED, THEATRE
from .moves import Move, count_move
from .needs import BOOKED, REJECTED, change_need, join_pathway, meet_need, need_of
from .outbox import BEYOND_NEED, OTHERS_REFER, first_message
from .people import GONE, HEARD, HOME, TINY, band_of
from .scratch import CHUNK, prefetch
from .tally import DIRECT, N_REFERRED, count_at_hospital, leave_hospital, treat
from .wards import ELECTIVE, begin_stay
from .week import case_of


class Allocation(NamedTuple):
    """How a week's capacity is shared among the queues."""

    cut: np.ndarray  # (H, QUEUES) int64: the wait that is served in part; longer ones are served, shorter ones not
    part: np.ndarray  # (H, QUEUES) what part of it
    given: np.ndarray  # (H, QUEUES) share of each queue that is served
    bed_left: np.ndarray  # (H,) chance that an elective inpatient finds a bed


@kernel
def attend_clinic(case, key, when, here):
    """A first clinic and what follows from it; ``key`` is the person's when the pathway began."""
    hospital = here.hospitals[case.h]
    treat(case, Event.FIRST_CLINICS, 1, when.week, here)
    u = uniform(key, when.salt[Draw.FOLLOW_UPS])
    n = whole(here.rates.follow_ups * hospital.follow_up, u)
    if n > 0:
        treat(case, Event.FOLLOW_UPS, n, when.week, here)
    n = whole(here.rates.other_visits, 1.0 - u)
    if n > 0:
        treat(case, Event.OTHER_VISITS, n, when.week, here)
    here.tally.minutes[case.p] += hospital.handback_clinic


@kernel
def refer(p, when, here, pathways, scratch):
    """A practice's new referrals choose a hospital and a class of pathway, and join the list."""
    people, salt = here.people, when.salt
    messages = here.tally.referred[first_message(here.practices.table[p].start, p) :]
    n = here.tally.counts[p, N_REFERRED]
    for k in range(n):
        i = np.int64(messages[k].row)
        scratch.key[k] = people.key[i]
        scratch.fetched[k] = prefetch(i, people)
    for k in range(n):
        key = scratch.key[k] + np.uint64(messages[k].kind & OTHERS_REFER)
        scratch.hospital[k] = pick(here.practices.referral_share[p], uniform(key, salt[Draw.REFERRAL_HOSPITAL]))
        band = band_of(np.int64(messages[k].row), people)
        scratch.route[k] = pick(here.rates.pathway[band], uniform(key, salt[Draw.PATHWAY])) + REJECTED
    for k in range(n):
        case = case_of(messages[k].row, p, scratch.hospital[k], people)
        treat(
            case, Event.OTHER_REFERRALS if messages[k].kind & OTHERS_REFER else Event.GP_REFERRALS, 1, when.week, here
        )
        route = scratch.route[k]
        if route == BOOKED:
            here.tally.booked[case.h, DIRECT] += 1
            attend_clinic(case, scratch.key[k], when, here)
        elif route != REJECTED:
            draw_key = scratch.key[k] + np.uint64(messages[k].kind & OTHERS_REFER)
            lag = here.rates.readiness[route, mix(draw_key ^ salt[Draw.READINESS]) & BYTE]
            pathway = pathways.rows[pathways.n[0]]
            pathway.row = case.i
            pathway.key = scratch.key[k]
            pathway.start = when.week
            pathway.ready = when.week + whole(lag, uniform(draw_key, salt[Draw.TIE]))
            pathway.practice = p
            pathway.hospital = case.h
            pathway.stage = route
            pathways.n[0] += 1
            count_move(p, Move.JOINED_URGENT + route, 1, here)
            join_pathway(case, np.int64(route), messages[k].kind & BEYOND_NEED == 0, when, here)


@kernel
def weeks_waited(pathway, week):
    return min(week - np.int64(pathway.start), LONGEST - 1)


@kernel
def token_of(pathway):
    """The key of a pathway's own draws: the person and the week it began."""
    return pathway.key + np.uint64(pathway.start + 200000) * GOLDEN


@kernel
def update_waiting_list(when, here, pathways, scratch):
    """Strike off people seen last week, the dead and those who withdraw; count the rest by queue and weeks waited.

    Returns how many wait for an operation. A chunk at a time: each of the short loops does one thing to all of it,
    without a branch.
    """
    people, rates, week = here.people, here.rates, when.week
    salt = when.salt[Draw.WITHDRAW]
    withdraw = np.uint64(np.ceil(rates.withdraw / TO_UNIT))
    waits = here.tally.waits.reshape(-1)
    kept, theatre = 0, 0
    for first in range(0, pathways.n[0], CHUNK):
        rows = pathways.rows[first : min(first + CHUNK, pathways.n[0])]
        for j in range(rows.size):
            scratch.here[j] = people.where[rows[j].row]
        if rates.stationary:
            for j in range(rows.size):
                scratch.here[j] = scratch.here[j] if people.key[rows[j].row] == rows[j].key else GONE
        for j in range(rows.size):
            ready = np.int32(rows[j].ready <= week) & np.int32(scratch.here[j] == HOME)
            queue = OTHERS - ready * (OTHERS - np.int32(rows[j].stage))
            scratch.place[j] = (np.int32(rows[j].hospital) * LINES + queue) * LONGEST + weeks_waited(rows[j], week)
        for j in range(rows.size):
            if scratch.here[j] == GONE and rows[j].stage != STOPPED:  # so few that the branch is guessed right
                count_move(rows[j].practice, Move.LISTED_GONE_URGENT + np.int64(rows[j].stage), 1, here)
        for j in range(rows.size):
            running = np.uint8(scratch.here[j] != GONE) & np.uint8(rows[j].stage != STOPPED)
            leaves = np.uint8(mix(token_of(rows[j]) ^ salt) >> S11 < withdraw) & np.uint8(rows[j].start < week)
            scratch.leaves[j] = running & leaves
            scratch.here[j] = running & ~leaves
            theatre += np.int64(scratch.here[j] & np.uint8(rows[j].stage == THEATRE))
        withdraw_pathways(rows, when, here, scratch)
        for j in range(rows.size):
            waits[scratch.place[j]] += scratch.here[j]
            pathways.rows[kept] = rows[j]
            kept += scratch.here[j]
    pathways.n[0] = kept
    return theatre


@kernel
def withdraw_pathways(rows, when, here, scratch):
    """The pathways of a chunk of the list that are withdrawn: some needs have lapsed, the others go on unheard."""
    withdrawn = 0
    for j in range(rows.size):
        scratch.picked[withdrawn] = j
        withdrawn += scratch.leaves[j]
    for w in range(withdrawn):
        scratch.fetched[w] = prefetch(rows[scratch.picked[w]].row, here.people)
    for w in range(withdrawn):
        pathway = rows[scratch.picked[w]]
        case = case_of(pathway.row, pathway.practice, pathway.hospital, here.people)
        count_at_hospital(case, Event.WITHDRAWALS, 1, here)
        goes_on = uniform(token_of(pathway), when.salt[Draw.WITHDRAWN_NEED]) < here.rates.withdrawn_need
        ends = 0 if goes_on else need_of(np.int64(pathway.stage))
        change_need(case, HEARD | ends, 0, Move.NEEDS_WITHDRAWN, when, here)
        count_move(case.p, Move.WITHDRAWN_URGENT + np.int64(pathway.stage), 1, here)


@kernel
def cut_off(waits, slots):
    """Longest first: the wait that is served in part, and what part of it; and the slots left over.

    ``waits`` (LONGEST,) counts people by weeks waited, ``slots`` is what can be served.
    """
    left = slots
    for w in range(LONGEST - 1, -1, -1):
        if waits[w] > 0:
            if waits[w] >= left:
                return w, left / waits[w], 0.0
            left -= waits[w]
    return -1, 1.0, left


@kernel
def ration_queue(h, queue, slots, waits, line, allocation):
    """Serve a queue of the place with so many slots; a sample's people get their share of them. Returns the rest.

    ``waits`` and ``line`` as of ``allocate_capacity``.
    """
    here = waits[h, queue].sum()
    allocation.given[h, queue] = min(slots / max(line[h, queue], TINY), 1.0)
    if here == 0:
        allocation.cut[h, queue], allocation.part[h, queue] = -1, 1.0
        return max(slots - line[h, queue], 0.0)
    of_all = here / line[h, queue]
    cut, part, spare = cut_off(waits[h, queue], slots * of_all)
    allocation.cut[h, queue], allocation.part[h, queue] = cut, part
    return spare / of_all


@kernel
def stop_clock(case, pathway, when, here):
    """The pathway ends here, and its need if enough follows; it is struck off at the next update of the list."""
    rates, week = here.rates, when.week
    kept = 0.0
    if pathway.stage != THEATRE:
        enough = 1.0 - rates.follow_ups_spare
        kept = rates.follow_up_effect * max(enough - here.hospitals[case.h].follow_up, 0.0) / enough
    meet_need(case, np.int64(pathway.stage), kept, when, here)
    count_move(case.p, Move.SEEN_URGENT + np.int64(pathway.stage), 1, here)
    pathway.stage = STOPPED
    here.tally.waits[case.h, STOPPED, weeks_waited(pathway, week)] += 1
    count_at_hospital(case, Event.CLOCK_STOPS, 1, here)


@kernel
def operate(case, pathway, bed_left, when, here, stays):
    """A day case or an inpatient from the list. False if there was no bed and the patient waits on."""
    rates = here.rates
    # drawn once for the pathway, not each week: a patient who finds no bed does not become a day case by waiting
    if uniform(token_of(pathway), OPERATION) >= rates.inpatient[case.group // 5]:
        treat(case, Event.DAY_CASES, 1, when.week, here)
        leave_hospital(case, here)
        return True
    if uniform(here.people.key[case.i], when.salt[Draw.BED]) >= bed_left[case.h]:
        return False
    treat(case, Event.INPATIENTS, 1, when.week, here)
    begin_stay(case, rates.elective_nights[case.group // 5], ELECTIVE, when, here, stays)
    return True


@kernel
def serve(when, here, lists, allocation, scratch):
    """Treat everyone past the cut-off of their queue: first who is called, then one after the other."""
    pathways, week, cut = lists.waiting, when.week, allocation.cut
    for first in range(0, pathways.n[0], CHUNK):
        rows = pathways.rows[first : min(first + CHUNK, pathways.n[0])]
        called = 0
        for j in range(rows.size):
            scratch.picked[called] = j
            called += (rows[j].ready <= week) & (weeks_waited(rows[j], week) >= cut[rows[j].hospital, rows[j].stage])
        for c in range(called):
            scratch.fetched[c] = prefetch(rows[scratch.picked[c]].row, here.people)
        for c in range(called):
            serve_one(rows[scratch.picked[c]], when, here, lists.stays, allocation)


@kernel
def serve_one(pathway, when, here, stays, allocation):
    """A patient who is called comes to a clinic or a theatre, unless in a bed or unlucky in the tie of equal waits."""
    case = case_of(pathway.row, pathway.practice, pathway.hospital, here.people)
    if here.people.where[case.i] != HOME:  # in a bed, maybe since a moment ago and from another list
        return
    stage = np.int64(pathway.stage)
    token = token_of(pathway)
    tied = weeks_waited(pathway, when.week) == allocation.cut[case.h, stage]
    if tied and uniform(token, when.salt[Draw.TIE]) >= allocation.part[case.h, stage]:
        return
    if stage == THEATRE:
        if operate(case, pathway, allocation.bed_left, when, here, stays):
            stop_clock(case, pathway, when, here)
        return
    attend_clinic(case, pathway.key, when, here)
    if stage == ADMISSION:
        count_move(case.p, Move.SEEN_ADMISSION, 1, here)
        lag = here.rates.readiness[THEATRE, mix(token ^ when.salt[Draw.READINESS]) & BYTE]
        pathway.stage = THEATRE
        pathway.ready = when.week + 1 + whole(lag, 0.5)
    else:
        stop_clock(case, pathway, when, here)
