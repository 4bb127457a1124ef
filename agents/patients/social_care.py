"""The queue for long-term care."""

import numpy as np

from .chances import refresh
from .compiled import kernel
from .draws import D_CARE, D_END, D_START, D_WITHDRAW, pick, uniform
from .events import CARE_ENDS, CARE_NEEDS, CARE_REFUSED, CARE_STARTS, DISCHARGES, SOCIAL_DELAY
from .people import AWAITING_CARE, COUNCIL_PLACE, FIT, GONE, HOME, HOME_CARE, NO_CARE, REFUSED_CARE, group_of
from .tally import bump, note, note_nights


@kernel
def join_queue(i, p, h, group, salt, people, rates, surgeries, queue, diary):
    """Someone needs care: which kind, and (eligibility) whether the council takes the case. True if queued."""
    key = people.key[i]
    bump(p, group, CARE_NEEDS, 1, diary)
    held = people.state[i].care
    if held == AWAITING_CARE:
        return False
    kind = HOME_CARE + pick(rates.care_kind, uniform(key, salt[D_CARE]))
    if held == HOME_CARE and kind == HOME_CARE:
        return False
    if kind <= COUNCIL_PLACE and uniform(key, salt[D_END]) >= surgeries.desk[p].eligible:
        if held == NO_CARE:
            people.state[i].care = REFUSED_CARE
        bump(p, group, CARE_REFUSED, 1, diary)
        return False
    n = queue.n[0]
    queue.rows[n].row = i
    queue.rows[n].key = key
    queue.rows[n].practice = p
    queue.rows[n].hospital = h
    queue.rows[n].kind = kind
    queue.n[0] += 1
    if held != HOME_CARE:
        people.state[i].care = AWAITING_CARE
    return True


@kernel
def start_care(week, middle, salt, start, people, rates, surgeries, wards, queue, traced, diary):
    """Go down one patch's queue for care."""
    kept = 0
    for k in range(queue.n[0]):
        i = queue.rows[k].row
        key = queue.rows[k].key
        h = queue.rows[k].hospital
        kind = queue.rows[k].kind
        if people.where[i] == GONE or (rates.stationary and people.key[i] != key):
            continue
        p = queue.rows[k].practice
        group = group_of(i, people)
        bedded = h >= 0 and people.where[i] == FIT
        u = uniform(key, salt[D_START])
        chance = start[surgeries.desk[p].council, 1 if bedded else 0, kind]
        begins = u < chance
        if bedded:
            nights = np.int64(7.0 * u / chance) if begins else 7
            bump(p, group, SOCIAL_DELAY, nights, diary)
            diary.ward[h, SOCIAL_DELAY] += nights
            note_nights(traced, i, week, SOCIAL_DELAY, nights, h, p, people, diary)
        if begins:
            if people.state[i].care == HOME_CARE:
                bump(p, group, CARE_ENDS, 1, diary)
            people.state[i].care = kind
            bump(p, group, CARE_STARTS + kind - 1, 1, diary)
            note(traced, i, week, CARE_STARTS + kind - 1, -1, p, people, diary)
            if bedded:
                people.where[i] = HOME
                bump(p, group, DISCHARGES, 1, diary)
                diary.ward[h, DISCHARGES] += 1
                diary.minutes[p] += wards[h].handback
            refresh(i, i + 1, middle, people, rates, surgeries.desk[p].style)
            continue
        if not bedded and uniform(key, salt[D_WITHDRAW]) < rates.care_withdraw:
            if people.state[i].care == AWAITING_CARE:
                people.state[i].care = NO_CARE
            continue
        queue.rows[kept] = queue.rows[k]
        kept += 1
    queue.n[0] = kept
