"""Needs: they hurt until they are met or lapse, wherever they wait. The waiting list itself does no harm."""

import numpy as np

from .chances import set_rare
from .compiled import kernel
from .draws import BYTE, S32, TO_UNIT32, Draw, mix, pick, uniform, whole
from .events import Event
from .lists import CLINIC, URGENT
from .moves import Move, count_move, is_unwell, planned_needs
from .outbox import queue_referral
from .people import HEARD, NEEDS_ADMISSION, NEEDS_CLINIC, NEEDS_URGENT, PLANNED_NEEDS, UNWELL
from .tally import count, log_event

REJECTED, BOOKED = -2, -1  # what a referral leads to, beside the stages of a pathway: nothing, a clinic off the list


@kernel
def change_need(case, without, more, move, when, here):
    """A person's needs without some bits, then with others; the chances that depend on them follow.

    Counted as ``move``: either some needs end or some begin.
    """
    people, i = here.people, case.i
    before = people.state[i].need
    after = np.uint8((before & ~np.uint8(without)) | np.uint8(more))
    if after != before:
        people.state[i].need = after
        changed = before ^ after
        count_move(case.p, move, planned_needs(changed) + is_unwell(changed), here)
        set_rare(i, when.middle, people, here.rates)


@kernel
def need_of(stage):
    """The bit of the need that a pathway at this stage is for."""
    if stage == URGENT:
        return NEEDS_URGENT
    return NEEDS_CLINIC if stage == CLINIC else NEEDS_ADMISSION


@kernel
def route_of(case, key, when, here):
    """What a referral leads to, or would: REJECTED, BOOKED or the first stage of a pathway."""
    return pick(here.rates.pathway[case.group // 5], uniform(key, when.salt[Draw.PATHWAY])) + REJECTED


@kernel
def need_unheard(case, when, here):
    """A need for planned care that no referral follows: not seen by a GP, or not referred."""
    route = route_of(case, here.people.key[case.i], when, here)
    if route == REJECTED:
        return
    count(case, Event.NEEDS_UNHEARD, 1, here)
    log_event(case, Event.NEEDS_UNHEARD, when.week, here)
    change_need(case, 0, NEEDS_CLINIC if route == BOOKED else need_of(route), Move.NEEDS_AROSE_UNHEARD, when, here)


@kernel
def become_unwell(case, when, here):
    """Turned back, sent home early or left without a bed: for some weeks at greater risk."""
    count(case, Event.UNWELL, 1, here)
    log_event(case, Event.UNWELL, when.week, here)
    change_need(case, 0, UNWELL, Move.UNWELL_BEGAN, when, here)


@kernel
def usual_nights(case, here):
    """Mean nights that an emergency of a person's age and frailty takes, at the usual length of stay."""
    return here.rates.overnight_nights[case.group // 5] * here.rates.stay_frailty[here.people.state[case.i].frailty]


@kernel
def count_nights_needed(case, mean, when, here):
    """Nights that an illness takes, whether there is a bed for it or not, ``mean`` of people alike."""
    draw = mix(here.people.key[case.i] ^ when.salt[Draw.STAY])
    u = np.float64(draw >> S32) * TO_UNIT32
    count(case, Event.NIGHTS_NEEDED, max(1, whole(mean * here.rates.stay_shape[draw & BYTE], u)), here)


@kernel
def stay_ill_at_home(case, when, here):
    """Who needed a night in hospital and got none is as ill as there, and unwell afterwards."""
    count_nights_needed(case, usual_nights(case, here), when, here)
    become_unwell(case, when, here)


@kernel
def need_passes(case, inside, when, here):
    """A need lapses, or one that nobody heard is brought to a GP again. ``inside``: where in the interval, [0, 1)."""
    people, rates, i = here.people, here.rates, case.i
    need = people.state[i].need
    at = inside * rates.need_passes[need]
    unwell = rates.unwell_passes if need & UNWELL else 0.0
    if at < unwell:
        change_need(case, UNWELL, 0, Move.UNWELL_PASSED, when, here)
    elif at < unwell + rates.need_lapses:
        change_need(case, PLANNED_NEEDS, 0, Move.NEEDS_LAPSED, when, here)
    else:
        desk = here.practices.table[case.p]
        willing = min(desk.referral / max(desk.referral_need, 1e-9), 1.0)
        if uniform(people.key[i], when.salt[Draw.NEED_RETURNS]) < desk.served * willing:
            # the referral says anew what is needed
            change_need(case, PLANNED_NEEDS, 0, Move.NEEDS_HEARD_AGAIN, when, here)
            queue_referral(i, case.p, 0, here)


@kernel
def join_pathway(case, stage, needed, when, here):
    """A referral joins the list, where its need is heard; a referral beyond need brings none with it."""
    change_need(case, 0, (need_of(stage) if needed else 0) | HEARD, Move.NEEDS_AROSE_HEARD, when, here)


@kernel
def meet_need(case, stage, kept, when, here):
    """Treatment ends the need of a pathway; ``kept``: chance that too little followed for that."""
    if kept > 0.0 and uniform(here.people.key[case.i], when.salt[Draw.NEED_KEPT]) < kept:
        change_need(case, HEARD, 0, Move.NEEDS_MET, when, here)
    else:
        change_need(case, need_of(stage) | HEARD, 0, Move.NEEDS_MET, when, here)
