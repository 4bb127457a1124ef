"""Referrals, the waiting list, clinics and theatres."""

import numpy as np

from .compiled import kernel
from .draws import (
    BYTE,
    D_BED,
    D_FOLLOW,
    D_PATHWAY,
    D_READY,
    D_REFERRAL_HOSPITAL,
    D_TIE,
    GOLDEN,
    OPERATION,
    S11,
    TO_UNIT,
    mix,
    pick,
    uniform,
    whole,
)
from .events import (
    CLOCK_STOPS,
    DAY_CASES,
    FIRST_CLINICS,
    FOLLOW_UPS,
    GP_REFERRALS,
    INPATIENTS,
    OTHER_REFERRALS,
    OTHER_VISITS,
    WITHDRAWALS,
)
from .lists import ADMISSION, LINES, LONGEST, OTHERS, STOPPED, THEATRE
from .people import GONE, HOME, TINY, band_of, group_of
from .scratch import CHUNK, fetch
from .tally import DIRECT, N_REFERRED, bump, first_note, record
from .wards import lie_in


@kernel
def attend_clinic(i, key, p, h, group, week, salt, people, rates, wards, traced, diary):
    """A first clinic and what follows from it."""
    record(i, p, h, group, FIRST_CLINICS, 1, week, people, rates, traced, diary)
    u = uniform(key, salt[D_FOLLOW])
    n = whole(rates.follow_ups * wards[h].follow_up, u)
    if n > 0:
        record(i, p, h, group, FOLLOW_UPS, n, week, people, rates, traced, diary)
    n = whole(rates.other_visits, 1.0 - u)
    if n > 0:
        record(i, p, h, group, OTHER_VISITS, n, week, people, rates, traced, diary)
    diary.minutes[p] += wards[h].handback_clinic


@kernel
def refer(first, last, week, salt, people, rates, surgeries, wards, pathways, traced, own, diary):
    """New referrals choose a hospital and a class of pathway, and join the list."""
    for p in range(first, last):
        start = surgeries.desk[p].start
        notes = diary.referred[first_note(start, p) :]
        n = diary.counts[p, N_REFERRED]
        for k in range(n):
            i = start + (notes[k] >> 1)
            own.luck[k] = people.key[i]
            own.kind[k] = fetch(i, people)
        for k in range(n):
            i = start + (notes[k] >> 1)
            key = own.luck[k] + np.uint64(notes[k] & 1)
            own.hospital[k] = pick(surgeries.referral_share[p], uniform(key, salt[D_REFERRAL_HOSPITAL]))
            own.kind[k] = pick(rates.pathway[band_of(i, people)], uniform(key, salt[D_PATHWAY]))
        for k in range(n):
            code = np.int64(notes[k])
            i = start + (code >> 1)
            h = own.hospital[k]
            group = group_of(i, people)
            event = OTHER_REFERRALS if code & 1 else GP_REFERRALS
            record(i, p, h, group, event, 1, week, people, rates, traced, diary)
            stage = np.int64(own.kind[k]) - 2
            if stage == -2:  # rejected, or never booked
                continue
            if stage == -1:  # booked straight into a clinic, outside the list
                diary.booked[h, DIRECT] += 1
                attend_clinic(i, own.luck[k], p, h, group, week, salt, people, rates, wards, traced, diary)
                continue
            key = own.luck[k] + np.uint64(code & 1)
            pathway = pathways.rows[pathways.n[0]]
            pathway.row = i
            pathway.key = own.luck[k]
            pathway.start = week
            lag = rates.readiness[stage, mix(key ^ salt[D_READY]) & BYTE]
            pathway.ready = week + whole(lag, uniform(key, salt[D_TIE]))
            pathway.practice = p
            pathway.hospital = h
            pathway.stage = stage
            pathways.n[0] += 1


@kernel
def weeks_waited(pathway, week):
    return min(week - np.int64(pathway.start), LONGEST - 1)


@kernel
def token_of(pathway):
    """What a pathway's own luck is drawn with: the person and the week it began."""
    return pathway.key + np.uint64(pathway.start + 200000) * GOLDEN


@kernel
def tidy_list(week, salt, people, rates, pathways, own, diary):
    """Strike off who was seen last week, the dead and those who withdraw; count the rest by queue and weeks waited.

    Returns how many wait for an operation. A chunk at a time: each of the short loops does one thing to all of it,
    without a branch.
    """
    withdraw = np.uint64(np.ceil(rates.withdraw / TO_UNIT))
    waits = diary.waits.reshape(-1)
    kept, theatre = 0, 0
    for first in range(0, pathways.n[0], CHUNK):
        rows = pathways.rows[first : min(first + CHUNK, pathways.n[0])]
        for j in range(rows.size):
            own.hit[j] = people.where[rows[j].row]
        if rates.stationary:
            for j in range(rows.size):
                own.hit[j] = own.hit[j] if people.key[rows[j].row] == rows[j].key else GONE
        for j in range(rows.size):
            ready = np.int32(rows[j].ready <= week) & np.int32(own.hit[j] == HOME)
            queue = OTHERS - ready * (OTHERS - np.int32(rows[j].stage))
            own.found[j] = (np.int32(rows[j].hospital) * LINES + queue) * LONGEST + weeks_waited(rows[j], week)
        for j in range(rows.size):
            here = np.uint8(own.hit[j] != GONE) & np.uint8(rows[j].stage != STOPPED)
            leaves = np.uint8(mix(token_of(rows[j]) ^ salt) >> S11 < withdraw) & np.uint8(rows[j].start < week)
            own.kind[j] = here & leaves
            own.hit[j] = here & ~leaves
            theatre += np.int64(own.hit[j] & np.uint8(rows[j].stage == THEATRE))
        withdrawn = 0
        for j in range(rows.size):
            own.picked[withdrawn] = j
            withdrawn += own.kind[j]
        for w in range(withdrawn):
            own.kind[w] = fetch(rows[own.picked[w]].row, people)
        for w in range(withdrawn):
            pathway = rows[own.picked[w]]
            bump(pathway.practice, group_of(pathway.row, people), WITHDRAWALS, 1, diary)
            diary.ward[pathway.hospital, WITHDRAWALS] += 1
        for j in range(rows.size):
            waits[own.found[j]] += own.hit[j]
            pathways.rows[kept] = rows[j]
            kept += own.hit[j]
    pathways.n[0] = kept
    return theatre


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
def stop_clock(pathway, week, people, diary):
    """The pathway ends here; it is struck off when the list is moved up."""
    pathway.stage = STOPPED
    diary.waits[pathway.hospital, STOPPED, weeks_waited(pathway, week)] += 1
    diary.ward[pathway.hospital, CLOCK_STOPS] += 1
    bump(pathway.practice, group_of(pathway.row, people), CLOCK_STOPS, 1, diary)


@kernel
def operate(pathway, week, salt, bed_left, people, rates, wards, stays, traced, diary):
    """A day case or an inpatient from the list. False if the bed was not there and the patient waits on."""
    i, p, h = np.int64(pathway.row), np.int64(pathway.practice), np.int64(pathway.hospital)
    group = group_of(i, people)
    # settled once for the pathway, not each week: a patient who finds no bed does not become a day case by waiting
    if uniform(token_of(pathway), OPERATION) >= rates.inpatient[group // 5]:
        record(i, p, h, group, DAY_CASES, 1, week, people, rates, traced, diary)
        return True
    if uniform(people.key[i], salt[D_BED]) >= bed_left[h]:
        return False
    record(i, p, h, group, INPATIENTS, 1, week, people, rates, traced, diary)
    mean = rates.elective_nights[group // 5]
    lie_in(i, p, h, group, mean, 1, week, salt, people, rates, wards, stays, traced, diary)
    return True


@kernel
def ration(h, queue, slots, waits, line, cut, part, given):
    """Give a queue so many places, or of them the part that its people are of the whole place's. Returns the rest."""
    here = waits[h, queue].sum()
    given[h, queue] = min(slots / max(line[h, queue], TINY), 1.0)
    if here == 0:
        cut[h, queue], part[h, queue] = -1, 1.0
        return max(slots - line[h, queue], 0.0)
    of_all = here / line[h, queue]
    cut[h, queue], part[h, queue], spare = cut_off(waits[h, queue], slots * of_all)
    return spare / of_all


@kernel
def serve(week, salt, people, rates, wards, pathways, stays, cut, part, bed_left, traced, own, diary):
    """Whoever is past the cut-off of the queue is seen: first who is called, then one after the other."""
    for first in range(0, pathways.n[0], CHUNK):
        rows = pathways.rows[first : min(first + CHUNK, pathways.n[0])]
        called = 0
        for j in range(rows.size):
            own.picked[called] = j
            called += (rows[j].ready <= week) & (weeks_waited(rows[j], week) >= cut[rows[j].hospital, rows[j].stage])
        for c in range(called):
            own.kind[c] = fetch(rows[own.picked[c]].row, people)
        for c in range(called):
            pathway = rows[own.picked[c]]
            i, p, h = np.int64(pathway.row), np.int64(pathway.practice), np.int64(pathway.hospital)
            stage = np.int64(pathway.stage)
            if people.where[i] != HOME:  # in a bed, maybe since a moment ago and from another list
                continue
            token = token_of(pathway)
            if weeks_waited(pathway, week) == cut[h, stage] and uniform(token, salt[D_TIE]) >= part[h, stage]:
                continue
            if stage == THEATRE:
                if operate(pathway, week, salt, bed_left, people, rates, wards, stays, traced, diary):
                    stop_clock(pathway, week, people, diary)
                continue
            group = group_of(i, people)
            attend_clinic(i, pathway.key, p, h, group, week, salt, people, rates, wards, traced, diary)
            if stage == ADMISSION:
                lag = rates.readiness[THEATRE, mix(token ^ salt[D_READY]) & BYTE]
                pathway.stage = THEATRE
                pathway.ready = week + 1 + whole(lag, 0.5)
            else:
                stop_clock(pathway, week, people, diary)
