"""Rare events: deaths, births, onsets, emergencies, moves. The filter's draw says which, if any."""

import numpy as np

from .chances import in_care_home, locate_interval, one_unless, refresh
from .compiled import kernel
from .draws import LOW32, S32, S40, TO_UNIT32, Draw, mix, pick, uniform
from .events import Event, Rare
from .moves import Move, count_move, is_unwell, planned_needs
from .needs import become_unwell, need_passes, stay_ill_at_home
from .outbox import (
    OTHERS_REFER,
    URGENT_ACSC,
    URGENT_AE_ONLY,
    URGENT_CARE,
    URGENT_DIED,
    URGENT_OVERNIGHT,
    URGENT_PLANNED,
    URGENT_RETURN,
    URGENT_VIA_AE,
    queue_referral,
    queue_urgent,
)
from .people import (
    GONE,
    HEADROOM,
    HOME,
    HOME_CARE,
    NHS_PLACE,
    NO_CARE,
    REFUSED_CARE,
    TINY,
    age_band,
    age_years,
    quintile_of,
)
from .scratch import ASKS, RARELY, prefetch
from .social_care import set_care
from .tally import count, log_event
from .week import Case


@kernel
def rare_events(p, n, when, here, scratch):
    """Rare events of a practice's week: first which event for everyone, without a branch, then one after the other."""
    people = here.people
    rare = 0
    for k in range(n):
        scratch.picked[rare] = k
        rare += (scratch.selected[k] & RARELY) >> 1
    for r in range(rare):
        i = np.int64(scratch.selected[scratch.picked[r]] >> 2)
        scratch.years[r] = age_years(people.state[i].born, when.middle)
        scratch.fetched[r] = prefetch(i, people)
    for r in range(rare):
        i = np.int64(scratch.selected[scratch.picked[r]] >> 2)
        x = np.float64(mix(people.key[i] ^ when.salt[Draw.FILTER]) & LOW32) * TO_UNIT32
        scratch.event[r], scratch.inside[r] = locate_interval(i, np.int64(scratch.years[r]), x, people, here.rates)
    for r in range(rare):
        k = scratch.picked[r]
        i = np.int64(scratch.selected[k] >> 2)
        group = age_band(np.int64(scratch.years[r])) * 5 + np.int64(quintile_of(i, people))
        case = Case(i, np.int64(p), np.int64(-1), group)
        gone = rare_event(case, np.int64(scratch.event[r]), scratch.inside[r], when, here, scratch.freed)
        if gone:
            scratch.selected[k] &= ~np.uint32(ASKS)


@kernel
def rare_event(case, which, inside, when, here, freed):
    """Let an event of ``Rare`` happen; its draw fell ``inside`` its interval, in [0, 1). True if the person is gone."""
    people, i, p = here.people, case.i, case.p
    if which in (Rare.DEATH, Rare.HOSPITAL_DEATH):
        dead = dies(case, which, inside, when, here)
        if dead:
            remove(case, Event.DEATHS, when, here, freed)
        return dead
    if people.where[i] != HOME:
        return False
    if which in (Rare.FRAILTY, Rare.CONDITION):
        if inside * HEADROOM < here.rates.control_incidence[people.state[i].control >> 8]:
            fall_ill(case, which, when, here)
    elif which == Rare.EMERGENCY:
        emergency(case, inside * HEADROOM, when, here)
    elif which == Rare.AE:
        attend_ae(case, when, here)
    elif which == Rare.OTHER_REFERRAL:
        queue_referral(i, p, OTHERS_REFER, here)
    elif which == Rare.PLANNED:
        queue_urgent(i, p, URGENT_PLANNED, here)
    elif which == Rare.BIRTH:
        be_born(i, p, when, here)
    elif which == Rare.LEAVE:
        remove(case, Event.LEAVERS, when, here, freed)
        return True
    elif which == Rare.CARE:
        queue_urgent(i, p, URGENT_CARE, here)
    elif which == Rare.CARE_END:
        set_care(case, NO_CARE, when, here)
        count(case, Event.HOME_CARE_ENDS, 1, here)
        log_event(case, Event.HOME_CARE_ENDS, when.week, here)
    elif which == Rare.NEED_PASSES:
        need_passes(case, inside, when, here)
    return False


@kernel
def dies(case, which, inside, when, here):
    """Whether a death comes about; one in hospital depends on the quality of care there.

    The last part of DEATH, the share ``dies_in_hospital``, are deaths in hospital: all of them at the usual quality,
    fewer at a better one. HOSPITAL_DEATH holds those that a worse one adds.
    """
    share = here.rates.dies_in_hospital
    depth = 1.0 + inside * (HEADROOM - 1.0)
    if which == Rare.DEATH:
        depth = (inside - (1.0 - share)) / max(share, TINY)
    if depth < 0.0:
        return True
    if depth >= emergency_hospital(case, when, here).dying:
        return False
    queue_urgent(case.i, case.p, URGENT_DIED, here)
    return True


@kernel
def emergency_hospital(case, when, here):
    """The hospital that an emergency of this person would come to this week."""
    u = uniform(here.people.key[case.i], when.salt[Draw.EMERGENCY_HOSPITAL])
    return here.hospitals[pick(here.practices.share[case.p], u)]


@kernel
def fall_ill(case, which, when, here):
    """Frailty rises by a grade, or one long-term condition is added."""
    people, i = here.people, case.i
    if which == Rare.FRAILTY:
        people.state[i].frailty += 1
        event = Event.FRAILTY_ONSETS
    else:
        people.state[i].conditions += 1
        event = Event.CONDITION_ONSETS
    count(case, event, 1, here)
    log_event(case, event, when.week, here)
    refresh(i, i + 1, when.middle, people, here.rates, here.practices.table[case.p].style)


@kernel
def remove(case, event, when, here, freed):
    """A person dies or leaves. With ageing off the row continues as another person of the same description.

    The row is free for another from the next week on, when the lists have taken note.
    """
    people, i, p = here.people, case.i, case.p
    log_event(case, event, when.week, here)
    count(case, event, 1, here)
    if event == Event.DEATHS:
        count_move(p, Move.DEATHS_AT_HOME, np.int64(people.where[i] == HOME), here)
    care = people.state[i].care
    if HOME_CARE <= care <= NHS_PLACE:
        count(case, Event.HOME_CARE_ENDS + care - 1, 1, here)
    count_move(p, Move.REFUSED_GONE, np.int64(care == REFUSED_CARE), here)
    leave_stocks(i, p, here)
    people.state[i].care = NO_CARE
    people.state[i].need = 0
    people.discharged[i] = 0
    people.traits[i] &= np.uint8(127)
    if here.rates.stationary:
        count_move(p, Move.REPLACEMENTS, 1, here)
        people.key[i] = mix(people.key[i] ^ when.salt[Draw.REPLACE])
        people.where[i] = HOME
        refresh(i, i + 1, when.middle, people, here.rates, here.practices.table[case.p].style)
        return
    take_health(i, p, here)
    people.where[i] = GONE
    people.t_request[i] = 0
    people.t_rare[i] = 0
    if freed[0] + 1 < freed.size:
        freed[0] += 1
        freed[freed[0]] = i


@kernel
def leave_stocks(i, p, here):
    """The needs and requests of someone who dies or leaves end."""
    need = here.people.state[i].need
    count_move(p, Move.NEEDS_GONE, planned_needs(need), here)
    count_move(p, Move.UNWELL_GONE, is_unwell(need), here)
    count_move(p, Move.ASKING_GONE, here.people.traits[i] >> 7, here)


@kernel
def take_health(i, p, here):
    """The conditions, frailty and disease control of someone who dies or leaves go along."""
    state = here.people.state[i]
    count_move(p, Move.CONDITIONS_GONE, state.conditions, here)
    count_move(p, Move.FRAILTY_GONE, state.frailty, here)
    count_move(p, Move.CONTROL_GONE, state.control, here)


@kernel
def bring_health(i, p, here):
    """The conditions, frailty and disease control of someone who is born or moves in are added."""
    state = here.people.state[i]
    count_move(p, Move.CONDITIONS_CAME, state.conditions, here)
    count_move(p, Move.FRAILTY_CAME, state.frailty, here)
    count_move(p, Move.CONTROL_CAME, state.control, here)


@kernel
def take_row(p, practices):
    """An empty row of the practice, which must have one."""
    practices.table[p].n_free -= 1
    first = practices.table[p].start
    return first + np.int64(practices.vacant[first + practices.table[p].n_free])


@kernel
def free_row(i, p, practices):
    """Add a row to the practice's empty rows."""
    first = practices.table[p].start
    practices.vacant[first + practices.table[p].n_free] = i - first
    practices.table[p].n_free += 1


@kernel
def be_born(mother, p, when, here):
    """A birth, if there is an empty row: the child's identity comes from the mother's, whatever row it is given."""
    if here.practices.table[p].n_free == 0:
        return
    people = here.people
    i = take_row(p, here.practices)
    key = mix(people.key[mother] ^ when.salt[Draw.BIRTH])
    people.key[i] = key
    people.spend[i] = 0
    people.state[i].control = people.state[mother].control
    people.state[i].born = when.clock
    people.state[i].conditions = 0
    people.state[i].frailty = 0
    people.traits[i] = (people.traits[mother] & np.uint8(14)) | np.uint8((key >> S40) & np.uint64(1))
    people.where[i] = HOME
    people.state[i].care = NO_CARE
    people.state[i].need = 0
    bring_health(i, p, here)
    people.discharged[i] = 0
    refresh(i, i + 1, when.middle, people, here.rates, here.practices.table[p].style)
    count(Case(i, p, np.int64(-1), np.int64(quintile_of(i, people))), Event.BIRTHS, 1, here)


@kernel
def emergency(case, position, when, here):
    """An emergency: of what kind, whether it comes about, and by which door.

    ``position`` is where in the majorant interval the draw fell, in [0, HEADROOM).
    """
    people, rates, i, p = here.people, here.rates, case.i, case.p
    key = people.key[i]
    h = mix(key ^ when.salt[Draw.EMERGENCY_TYPE])
    acsc = np.float64(h >> S32) * TO_UNIT32 < rates.acsc_share[people.state[i].conditions]
    zero_day = np.float64(h & LOW32) * TO_UNIT32 < rates.zero_day[case.group // 5]
    # the hospital decides whom it admits, so it is drawn here
    hospital = emergency_hospital(case, when, here)
    returns = people.discharged[i] > 0
    stretch = one_unless(returns, hospital.returning)
    if acsc:
        stretch *= rates.control_acsc[people.state[i].control >> 8] * here.practices.table[p].continuity
        stretch *= one_unless(in_care_home(people.state[i].care), here.practices.table[p].care_home_acsc)
    threshold = stretch * (hospital.admission if zero_day else hospital.overnight)
    if position >= max(stretch, threshold):
        return
    if acsc and position < stretch:
        count(case, Event.ACSC_EPISODES, 1, here)
    if position >= threshold:  # turned away at the door: seen in A&E, not admitted
        count(case, Event.AE_ATTENDANCES, 1, here)
        queue_urgent(i, p, URGENT_AE_ONLY, here)
        if zero_day:
            become_unwell(case, when, here)
        else:
            stay_ill_at_home(case, when, here)
        return
    via_ae = uniform(key, when.salt[Draw.AE_ROUTE]) < rates.via_ae
    kind = 0
    if not zero_day:
        kind |= URGENT_OVERNIGHT
    if acsc:
        kind |= URGENT_ACSC
    if via_ae:
        kind |= URGENT_VIA_AE
    if returns:
        kind |= URGENT_RETURN
    queue_urgent(i, p, kind, here)


@kernel
def attend_ae(case, when, here):
    """An attendance without admission: at a hospital's major department, or at a minor-injury unit."""
    count(case, Event.AE_ATTENDANCES, 1, here)
    if uniform(here.people.key[case.i], when.salt[Draw.AE_ROUTE]) < here.rates.ae_major:
        queue_urgent(case.i, case.p, URGENT_AE_ONLY, here)
    else:
        log_event(case, Event.AE_ATTENDANCES, when.week, here)
