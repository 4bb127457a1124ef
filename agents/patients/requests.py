"""A practice's week: who asks for an appointment, who is served, and what a failed request leads to."""

import numpy as np

from .chances import set_request
from .compiled import kernel
from .draws import (
    LOW16,
    LOW24,
    LOW32,
    M1,
    M2,
    S16,
    S27,
    S30,
    S31,
    S32,
    S40,
    TO_UNIT16,
    TO_UNIT24,
    Draw,
    mix,
    uniform,
    whole,
)
from .events import Event
from .lists import ADMISSION, URGENT
from .moves import Move, count_move
from .needs import need_unheard, route_of
from .outbox import BEYOND_NEED, queue_referral
from .people import BANDS, GROUPS, HOME, TINY, UNMET_BIT, band_of, group_of
from .rare import attend_ae, free_row, rare_events
from .scratch import ASKS, CHUNK, OUTCOMES
from .tally import ASKED_GP, ASKED_OTHER, N_REFERRED, N_URGENT, charge, count, log_event
from .week import Case, case_of

GP, SERVED, AGAIN, REFERRED, UNHEARD, BEYOND, TREATED = 1, 2, 4, 8, 16, 32, 64  # bits of a request's result


@kernel
def one_practice(p, when, here, scratch):
    """The week of one practice: needs arise, rare events happen, requests are served as far as appointments go."""
    table = here.practices.table
    n = select_active(table[p].start, table[p].stop, when.salt[Draw.FILTER], here.people, scratch)
    here.tally.counts[p, N_URGENT] = 0
    here.tally.counts[p, N_REFERRED] = 0
    scratch.freed[0] = 0
    rare_events(p, n, when, here, scratch)
    requests = ask(p, n, when.salt[Draw.REQUEST], here, scratch)
    follow_up_requests(p, serve_requests(p, requests, here, scratch), when, here, scratch)
    count_down(table[p].start, table[p].stop, here.people)
    for k in range(scratch.freed[0]):
        free_row(scratch.freed[k + 1], p, here.practices)


@kernel
def count_down(first, stop, people):
    """A week has passed since people left hospital."""
    weeks = people.discharged[first:stop]  # from its own beginning, so that the loop becomes vector instructions
    for i in range(weeks.size):
        weeks[i] = np.uint8(weeks[i] - np.uint8(weeks[i] > 0))


@kernel
def select_active(first, stop, salt, people, scratch):
    """People who ask for an appointment or to whom something rare happens, as 4 x row + bits. Returns how many.

    Chunks without a branch: hash, compare and compact, so that the compiler can use vector instructions. The thresholds
    of empty rows are zero.
    """
    hit, selected = scratch.hit, scratch.selected
    n = 0
    for chunk in range(first, stop, CHUNK):
        key = people.key[chunk : min(chunk + CHUNK, stop)]
        t_request = people.t_request[chunk : min(chunk + CHUNK, stop)]
        t_rare = people.t_rare[chunk : min(chunk + CHUNK, stop)]
        for j in range(key.size):
            x = key[j] ^ salt  # mix(), written out: a call would keep the loop scalar
            x = (x ^ (x >> S30)) * M1
            x = (x ^ (x >> S27)) * M2
            x = x ^ (x >> S31)
            asks = np.uint8((x >> S32) < np.uint64(t_request[j]))
            hit[j] = asks | np.uint8(np.uint8((x & LOW32) < np.uint64(t_rare[j])) << 1)
        for j in range(key.size):
            selected[n] = (chunk + j) << 2 | hit[j]
            n += hit[j] != 0
    return n


@kernel
def ask(p, n, salt, here, scratch):
    """Requests of those who are at home, and their draws, in the order of rows. Returns how many."""
    people, selected = here.people, scratch.selected
    requests = 0
    for k in range(n):
        word = selected[k]
        selected[requests] = word >> 2
        requests += (word & ASKS) & np.uint32(people.where[np.int64(word >> 2)] == HOME)
    for k in range(requests):
        scratch.draw[k] = mix(people.key[np.int64(selected[k])] ^ salt)
    asked_gp = 0
    for k in range(requests):
        asked_gp += asks_gp(scratch.draw[k], here.rates)
    here.tally.counts[p, ASKED_GP] = asked_gp
    here.tally.counts[p, ASKED_OTHER] = requests - asked_gp
    return requests


@kernel
def asks_gp(draw, rates):
    """Whether a request is to a GP; the rest ask nurses and other staff."""
    return np.float64(draw & LOW16) * TO_UNIT16 < rates.gp_share


@kernel
def of_24_bits(chance):
    """A chance as the whole number of 2**24 that a draw of 24 bits must stay below: whole numbers compare faster."""
    return np.uint32(np.ceil(min(chance, 1.0) / TO_UNIT24))


@kernel
def share_served(offered, asked, usual, swing):
    """Share of requests that the appointments offered can serve; a sample's demand is partly the usual one."""
    return min(1.0, offered / max(asked * swing + usual * (1.0 - swing), TINY))


@kernel
def serve_requests(p, requests, here, scratch):
    """Serve requests as far as appointments go: counted and charged without a branch.

    Leaves the few with something to follow in ``scratch.picked`` and ``scratch.result``; returns how many.
    """
    people, rates, counts, desk = here.people, here.rates, here.tally.counts, here.practices.table[p]
    gp_served = of_24_bits(share_served(desk.gp_offered, counts[p, ASKED_GP], desk.gp_usual, desk.swing))
    other_served = of_24_bits(share_served(desk.other_offered, counts[p, ASKED_OTHER], desk.other_usual, desk.swing))
    for band in range(BANDS):
        scratch.refers[band] = of_24_bits(rates.gp_referral[band] * desk.referral)
        needed = rates.gp_referral[band] * desk.referral_need
        scratch.needs[band] = of_24_bits(needed)
        scratch.untreatable[band] = of_24_bits(needed * (1.0 - rates.treatable))
    logs = np.uint8(here.tally.log.shape[1] > 0)
    scratch.requests[:] = 0
    follow = 0
    for k in range(requests):
        i = np.int64(scratch.selected[k])
        draw = scratch.draw[k]
        gp = np.uint8(asks_gp(draw, rates))
        served = np.uint8(np.uint32((draw >> S16) & LOW24) < (gp_served if gp else other_served))
        band = band_of(i, people)
        high = np.uint32(draw >> S40)
        refers = np.uint8(high < scratch.refers[band]) & gp & served
        needs = np.uint8(high < scratch.needs[band]) & gp
        kept, beyond = needs & (refers ^ 1), refers & (needs ^ 1)
        treated = kept & served & np.uint8(high >= scratch.untreatable[band])
        unheard = kept ^ treated
        again = people.traits[i] >> 7
        result = gp | np.uint8(served << 1) | np.uint8(again << 2)
        scratch.requests[group_of(i, people), result] += 1
        people.spend[i] += scratch.cost[result]
        followed = np.uint8(refers << 3) | np.uint8(unheard << 4) | np.uint8(beyond << 5) | np.uint8(treated << 6)
        scratch.result[follow] = result | followed
        scratch.picked[follow] = i
        follow += (refers | kept | again | (served ^ 1) | (logs and here.traced[i])) & 1
    count_requests(p, here, scratch)
    return follow


@kernel
def count_requests(p, here, scratch):
    """Add a practice's requests by result to the tallies."""
    for group in range(GROUPS):
        case = Case(np.int64(-1), np.int64(p), np.int64(-1), np.int64(group))
        for result in range(OUTCOMES):
            n = scratch.requests[group, result]
            if n == 0:
                continue
            count(case, Event.REQUESTS, n, here)
            if not result & AGAIN:
                count(case, Event.FIRST_REQUESTS, n, here)
            if not result & SERVED:
                count(case, Event.FAILED_REQUESTS, n, here)
            elif result & GP:
                count(case, Event.GP_CONSULTATIONS, n, here)
            else:
                count(case, Event.OTHER_CONSULTATIONS, n, here)


@kernel
def follow_up_requests(p, follow, when, here, scratch):
    """What follows from a request: a referral, a failure, the end of a run of failures, a line of the log."""
    for k in range(follow):
        case = case_of(scratch.picked[k], p, -1, here.people)
        result = scratch.result[k]
        if result & SERVED:
            consult(case, result, when, here)
        else:
            fail(case, result & UNHEARD, when, here)


@kernel
def consult(case, result, when, here):
    """A request that is served, apart from its count and its cost; a GP may refer."""
    people, i = here.people, case.i
    if people.traits[i] & UNMET_BIT:
        people.traits[i] &= np.uint8(127)
        count_move(case.p, Move.ASKED_AND_SEEN, 1, here)
        set_request(i, case.group // 5, people, here.rates, here.practices.table[case.p].style)
    log_event(case, Event.GP_CONSULTATIONS if result & GP else Event.OTHER_CONSULTATIONS, when.week, here)
    if result & REFERRED:
        queue_referral(i, case.p, BEYOND_NEED if result & BEYOND else 0, here)
        if result & BEYOND:
            consult_further(case, -1, when, here)
    elif result & UNHEARD:
        need_unheard(case, when, here)
    elif result & TREATED:
        consult_further(case, 1, when, here)
        if route_of(case, people.key[i], when, here) in (URGENT, ADMISSION):  # beyond what a GP can do
            need_unheard(case, when, here)
        else:
            count(case, Event.NEEDS_TREATED, 1, here)


@kernel
def consult_further(case, sign, when, here):
    """Further consultations in which a GP treats a need, or (``sign`` -1) which a referral beyond need saves."""
    u = uniform(here.people.key[case.i], when.salt[Draw.TREATED])
    n = sign * whole(here.rates.treat_contacts, u)
    count(case, Event.GP_CONSULTATIONS, n, here)
    charge(case.i, Event.GP_CONSULTATIONS, n, here)


@kernel
def fail(case, needs, when, here):
    """A request that is not served: asks again next week, goes to A&E, elsewhere, or does without.

    ``needs``: a GP would have referred; unless the patient asks again, that need stays unheard.
    """
    people, rates, i = here.people, here.rates, case.i
    log_event(case, Event.FAILED_REQUESTS, when.week, here)
    u = uniform(people.key[i], when.salt[Draw.AFTER_FAILURE])
    again = u < rates.after_failure[0]
    if again != (people.traits[i] & UNMET_BIT != 0):
        people.traits[i] ^= np.uint8(UNMET_BIT)
        count_move(case.p, Move.WILL_ASK_AGAIN if again else Move.ASKED_IN_VAIN, 1, here)
        set_request(i, case.group // 5, people, rates, here.practices.table[case.p].style)
    if again:
        return
    count(case, Event.UNMET_REQUESTS, 1, here)
    if needs:
        need_unheard(case, when, here)
    if u < rates.after_failure[1]:
        attend_ae(case, when, here)
