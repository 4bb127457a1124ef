"""Stays in hospital, from admission to discharge."""

import numpy as np

from .compiled import kernel
from .draws import (
    BYTE,
    D_DISCHARGE,
    D_DIVERT,
    D_EMERGENCY_HOSPITAL,
    D_REFERRAL_HOSPITAL,
    D_STAY,
    S8,
    S32,
    TO_UNIT32,
    mix,
    pick,
    uniform,
    whole,
)
from .events import (
    ACSC,
    AE,
    AE_MAJOR,
    DAY_CASES,
    DISCHARGES,
    DIVERTED,
    EDGE_FIRST,
    ELECTIVE_NIGHTS,
    EMERGENCY_NIGHTS,
    NHS_DELAY,
    OVERNIGHT,
    ZERO_DAY,
)
from .people import FIT, GONE, HOME, HOME_CARE, HOSPITAL, NO_CARE, REFUSED_CARE, group_of
from .scratch import CHUNK, fetch
from .social_care import join_queue
from .tally import (
    N_URGENT,
    PLANNED,
    URGENT_ACSC,
    URGENT_AE_ONLY,
    URGENT_CARE,
    URGENT_OVERNIGHT,
    URGENT_PLANNED,
    URGENT_VIA_AE,
    bump,
    charge,
    first_note,
    note_nights,
    record,
)


@kernel
def lie_in(i, p, h, group, mean, kind, week, salt, people, rates, wards, stays, traced, diary):
    """A stay of at least one night begins on some day of this week."""
    u = mix(people.key[i] ^ salt[D_STAY])
    shape = rates.stay_shape[u & BYTE]
    nights = max(1, whole(mean * shape * wards[h].stay, np.float64(u >> S32) * TO_UNIT32))
    day = np.int64((u >> S8) & BYTE) * 7 // 256
    now = min(nights, 7 - day)
    event = ELECTIVE_NIGHTS if kind == 1 else EMERGENCY_NIGHTS
    bump(p, group, event, now, diary)
    charge(i, event, now, people, rates)
    note_nights(traced, i, week, event, now, h, p, people, diary)
    diary.ward[h, event] += now
    people.where[i] = HOSPITAL
    n = stays.n[0]
    stays.rows[n].row = i
    stays.rows[n].key = people.key[i]
    stays.rows[n].nights = nights - now
    stays.rows[n].practice = p
    stays.rows[n].hospital = h
    stays.rows[n].kind = kind
    stays.n[0] += 1


@kernel
def leave_ward(i, p, h, group, kind, salt, people, rates, surgeries, wards, stays, queue, diary):
    """The stay is over: home, or a wait for NHS care or social care."""
    key = people.key[i]
    if kind == 0 and group // 5 >= 4:
        u = uniform(key, salt[D_DISCHARGE])
        nhs = rates.nhs_need[people.state[i].frailty]
        if u < nhs:
            mean = rates.delay_nights * wards[h].delay
            nights = whole(-mean * np.log(1.0 - uniform(key, salt[D_STAY])), 0.5)
            n = stays.n[0]
            stays.rows[n].row = i
            stays.rows[n].key = key
            stays.rows[n].nights = nights
            stays.rows[n].practice = p
            stays.rows[n].hospital = h
            stays.rows[n].kind = 2
            stays.n[0] += 1
            people.where[i] = FIT
            return
        if u < nhs + rates.social_need[people.state[i].frailty] and people.state[i].care in (
            NO_CARE,
            HOME_CARE,
            REFUSED_CARE,
        ):
            people.where[i] = FIT
            if join_queue(i, p, h, group, salt, people, rates, surgeries, queue, diary):
                return
    people.where[i] = HOME
    bump(p, group, DISCHARGES, 1, diary)
    diary.ward[h, DISCHARGES] += 1
    diary.minutes[p] += wards[h].handback


@kernel
def ward_round(week, salt, people, rates, surgeries, wards, stays, queue, traced, own, diary):
    """Those in a bed at the week's start: nights pass, some leave."""
    n = stays.n[0]
    stays.n[0] = 0  # the list is rewritten in place: at most one row is written for each row read
    for k in range(n):
        if k % CHUNK == 0:  # rows from here on still stand as they did
            for j in range(k, min(k + CHUNK, n)):
                own.kind[j - k] = fetch(stays.rows[j].row, people)
        i = stays.rows[k].row
        key = stays.rows[k].key
        if people.where[i] == GONE or people.where[i] == HOME or (rates.stationary and people.key[i] != key):
            continue
        h = stays.rows[k].hospital
        p = stays.rows[k].practice
        kind = stays.rows[k].kind
        group = group_of(i, people)
        now = min(np.int64(stays.rows[k].nights), 7)
        event = NHS_DELAY if kind == 2 else (ELECTIVE_NIGHTS if kind == 1 else EMERGENCY_NIGHTS)
        bump(p, group, event, now, diary)
        charge(i, event, now, people, rates)
        note_nights(traced, i, week, event, now, h, p, people, diary)
        diary.ward[h, event] += now
        left = stays.rows[k].nights - now
        if left > 0 or (now == 7 and kind != 2):
            at = stays.n[0]
            stays.rows[at].row = i
            stays.rows[at].key = key
            stays.rows[at].nights = left
            stays.rows[at].practice = p
            stays.rows[at].hospital = h
            stays.rows[at].kind = kind
            stays.n[0] += 1
        else:
            leave_ward(i, p, h, group, kind, salt, people, rates, surgeries, wards, stays, queue, diary)


@kernel
def admit_emergencies(first, last, week, salt, people, rates, surgeries, wards, stays, queue, traced, own, diary):
    """Emergencies take beds first; planned day cases and new needs for care are noted in the same pass."""
    for p in range(first, last):
        start = surgeries.desk[p].start
        notes = diary.urgent[first_note(start, p) :]
        for k in range(diary.counts[p, N_URGENT]):
            own.luck[k] = people.key[start + (notes[k] >> 6)]
            own.kind[k] = fetch(start + (notes[k] >> 6), people)
        for k in range(diary.counts[p, N_URGENT]):
            own.hospital[k] = pick(surgeries.share[p], uniform(own.luck[k], salt[D_EMERGENCY_HOSPITAL]))
        for k in range(diary.counts[p, N_URGENT]):
            i = start + (np.int64(notes[k]) >> 6)
            kind = np.int64(notes[k]) & 63
            key = own.luck[k]
            group = group_of(i, people)
            h = own.hospital[k]
            if kind & URGENT_AE_ONLY:
                record(i, p, h, group, AE_MAJOR, 1, week, people, rates, traced, diary)
                continue
            if people.where[i] != HOME:
                continue
            if kind & URGENT_CARE:
                join_queue(i, p, -1, group, salt, people, rates, surgeries, queue, diary)
                continue
            if kind & URGENT_PLANNED:
                h = pick(surgeries.referral_share[p], uniform(key, salt[D_REFERRAL_HOSPITAL]))
                diary.booked[h, PLANNED] += 1
                record(i, p, h, group, DAY_CASES, 1, week, people, rates, traced, diary)
                continue
            if kind & URGENT_OVERNIGHT and uniform(key, salt[D_DIVERT]) < wards[h].divert:
                diary.ward[h, DIVERTED] += 1
                bump(p, group, DIVERTED, 1, diary)
                h = wards[h].overflow
            if kind & URGENT_VIA_AE:
                bump(p, group, AE, 1, diary)
                record(i, p, h, group, AE_MAJOR, 1, week, people, rates, traced, diary)
            if kind & URGENT_ACSC:
                bump(p, group, ACSC, 1, diary)
                diary.ward[h, ACSC] += 1
                diary.edges[p, h, ACSC - EDGE_FIRST] += 1
            if not kind & URGENT_OVERNIGHT:
                record(i, p, h, group, ZERO_DAY, 1, week, people, rates, traced, diary)
                bump(p, group, DISCHARGES, 1, diary)
                diary.ward[h, DISCHARGES] += 1
                diary.minutes[p] += wards[h].handback
                continue
            record(i, p, h, group, OVERNIGHT, 1, week, people, rates, traced, diary)
            mean = rates.overnight_nights[group // 5] * rates.stay_frailty[people.state[i].frailty]
            lie_in(i, p, h, group, mean, 0, week, salt, people, rates, wards, stays, traced, diary)
