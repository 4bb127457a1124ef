"""Rare events: deaths, births, onsets, emergencies, moves."""

import numpy as np

from .chances import fall, refresh
from .compiled import kernel
from .draws import (
    D_BIRTH,
    D_EMERGENCY_HOSPITAL,
    D_FILTER,
    D_REPLACE,
    D_ROUTE,
    D_TYPE,
    LOW32,
    S32,
    S40,
    TO_UNIT32,
    mix,
    pick,
    uniform,
)
from .events import AE, BIRTHS, CARE_ENDS, CONDITION_ONSETS, DEATHS, FRAILTY_ONSETS, LEAVERS
from .people import GONE, HEADROOM, HOME, HOME_CARE, NHS_PLACE, NO_CARE, age_band, age_years, quintile_of
from .scratch import ASKS, RARELY, fetch
from .tally import (
    URGENT_ACSC,
    URGENT_AE_ONLY,
    URGENT_CARE,
    URGENT_OVERNIGHT,
    URGENT_PLANNED,
    URGENT_VIA_AE,
    bump,
    hand_over,
    note,
    send,
)


@kernel
def remove(i, p, event, group, middle, salt, people, rates, surgeries, freed, diary):
    """A person dies or leaves. With ageing off the row goes on as another person of the same description.

    The row is free for another from the next week on, when the lists have taken note.
    """
    bump(p, group, event, 1, diary)
    care = people.state[i].care
    if HOME_CARE <= care <= NHS_PLACE:
        bump(p, group, CARE_ENDS + care - 1, 1, diary)
    people.state[i].care = NO_CARE
    people.traits[i] &= np.uint8(127)
    if rates.stationary:
        people.key[i] = mix(people.key[i] ^ salt)
        people.where[i] = HOME
        refresh(i, i + 1, middle, people, rates, surgeries.desk[p].style)
        return
    people.where[i] = GONE
    people.t_request[i] = 0
    people.t_rare[i] = 0
    if freed[0] + 1 < freed.size:
        freed[0] += 1
        freed[freed[0]] = i


@kernel
def be_born(mother, p, age_clock, middle, salt, people, rates, surgeries, diary):
    """A birth: the child's identity comes from the mother's, whatever row it is given."""
    if surgeries.desk[p].n_free == 0:
        return
    surgeries.desk[p].n_free -= 1
    i = surgeries.desk[p].empty
    surgeries.desk[p].empty = people.spend[i]
    key = mix(people.key[mother] ^ salt)
    people.key[i] = key
    people.spend[i] = 0
    people.state[i].control = people.state[mother].control
    people.state[i].born = age_clock
    people.state[i].conditions = 0
    people.state[i].frailty = 0
    people.traits[i] = (people.traits[mother] & np.uint8(14)) | np.uint8((key >> S40) & np.uint64(1))
    people.where[i] = HOME
    people.state[i].care = NO_CARE
    refresh(i, i + 1, middle, people, rates, surgeries.desk[p].style)
    bump(p, np.int64(quintile_of(i, people)), BIRTHS, 1, diary)


@kernel
def emergency(i, p, band, group, position, salt, admission, people, rates, surgeries, diary):
    """An emergency: of what kind, whether it comes about, and by which door.

    ``position`` is where in the majorant interval the draw fell, in [0, HEADROOM).
    """
    key = people.key[i]
    h = mix(key ^ salt[D_TYPE])
    acsc = np.float64(h >> S32) * TO_UNIT32 < rates.acsc_share[people.state[i].conditions]
    zero_day = np.float64(h & LOW32) * TO_UNIT32 < rates.zero_day[band]
    stretch = 1.0
    if acsc:
        stretch = rates.control_acsc[people.state[i].control >> 8] * surgeries.desk[p].continuity
    if position >= stretch and not zero_day:
        return
    via_ae = uniform(key, salt[D_ROUTE]) < rates.via_ae
    if zero_day:
        # which hospital decides whether a short case is admitted; so the hospital is drawn here
        k = pick(surgeries.share[p], uniform(key, salt[D_EMERGENCY_HOSPITAL]))
        if position >= stretch * admission[k]:
            if position < stretch:  # turned back at the door: seen in A&E, not admitted
                bump(p, group, AE, 1, diary)
                hand_over(i, p, URGENT_AE_ONLY, surgeries, diary)
            return
    kind = 0
    if not zero_day:
        kind |= URGENT_OVERNIGHT
    if acsc:
        kind |= URGENT_ACSC
    if via_ae:
        kind |= URGENT_VIA_AE
    hand_over(i, p, kind, surgeries, diary)


@kernel
def attend_ae(i, p, group, week, salt, people, rates, surgeries, traced, diary):
    """An attendance without admission: at a hospital's major department, or at a minor-injury unit."""
    bump(p, group, AE, 1, diary)
    if uniform(people.key[i], salt[D_ROUTE]) < rates.ae_major:
        hand_over(i, p, URGENT_AE_ONLY, surgeries, diary)
    else:
        note(traced, i, week, AE, -1, p, people, diary)


@kernel
def rare_event(
    i, p, band, which, inside, week, age_clock, middle, salt, admission, people, rates, surgeries, freed, traced, diary
):
    """Let an event of ``RARE`` happen; its draw fell ``inside`` its interval. True if the person is gone."""
    group = band * 5 + quintile_of(i, people)
    if which == 0:
        note(traced, i, week, DEATHS, -1, p, people, diary)
        remove(i, p, DEATHS, group, middle, salt[D_REPLACE], people, rates, surgeries, freed, diary)
        return True
    if people.where[i] != HOME:
        return False
    if which == 1 or which == 2:
        if inside * HEADROOM < rates.control_incidence[people.state[i].control >> 8]:
            if which == 1:
                people.state[i].frailty += 1
                bump(p, group, FRAILTY_ONSETS, 1, diary)
                note(traced, i, week, FRAILTY_ONSETS, -1, p, people, diary)
            else:
                people.state[i].conditions += 1
                bump(p, group, CONDITION_ONSETS, 1, diary)
                note(traced, i, week, CONDITION_ONSETS, -1, p, people, diary)
            refresh(i, i + 1, middle, people, rates, surgeries.desk[p].style)
    elif which == 3:
        emergency(i, p, band, group, inside * HEADROOM, salt, admission, people, rates, surgeries, diary)
    elif which == 4:
        attend_ae(i, p, group, week, salt, people, rates, surgeries, traced, diary)
    elif which == 5:
        send(i, p, 1, surgeries, diary)
    elif which == 6:
        hand_over(i, p, URGENT_PLANNED, surgeries, diary)
    elif which == 7:
        be_born(i, p, age_clock, middle, salt[D_BIRTH], people, rates, surgeries, diary)
    elif which == 8:
        note(traced, i, week, LEAVERS, -1, p, people, diary)
        remove(i, p, LEAVERS, group, middle, salt[D_REPLACE], people, rates, surgeries, freed, diary)
        return True
    elif which == 9:
        hand_over(i, p, URGENT_CARE, surgeries, diary)
    elif which == 10:
        people.state[i].care = NO_CARE
        bump(p, group, CARE_ENDS, 1, diary)
        note(traced, i, week, CARE_ENDS, -1, p, people, diary)
        refresh(i, i + 1, middle, people, rates, surgeries.desk[p].style)
    return False


@kernel
def the_rare(p, n, week, age_clock, middle, salt, admission, people, rates, surgeries, traced, own, diary):
    """What rarely happens: first which event for everyone, without a branch, then one after the other."""
    rare = 0
    for k in range(n):
        own.picked[rare] = k
        rare += (own.found[k] & RARELY) >> 1
    for r in range(rare):  # states lie far apart: asked for at once, they come in the time of one
        i = np.int64(own.found[own.picked[r]] >> 2)
        own.years[r] = age_years(people.state[i].born, middle)
        own.kind[r] = fetch(i, people)
    for r in range(rare):
        i = np.int64(own.found[own.picked[r]] >> 2)
        x = np.float64(mix(people.key[i] ^ salt[D_FILTER]) & LOW32) * TO_UNIT32
        own.kind[r], own.inside[r] = fall(i, np.int64(own.years[r]), x, people, rates)
    for r in range(rare):
        k = own.picked[r]
        gone = rare_event(
            np.int64(own.found[k] >> 2), p, age_band(np.int64(own.years[r])), own.kind[r], own.inside[r], week,
            age_clock, middle, salt, admission, people, rates, surgeries, own.freed, traced, diary,
        )  # fmt: skip
        if gone:
            own.found[k] &= ~np.uint32(ASKS)
