"""A practice's week: who asks, who is served, and what a failed request leads to."""

import numpy as np

from .chances import set_request
from .compiled import kernel
from .draws import (
    D_AFTER,
    D_FILTER,
    D_REQUEST,
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
    mix,
    uniform,
)
from .events import FAILED, FIRST_REQUESTS, GP_CONSULTATIONS, OTHER_CONSULTATIONS, REQUESTS, UNMET
from .people import BANDS, GROUPS, HOME, TINY, UNMET_BIT, band_of, group_of
from .rare import attend_ae, the_rare
from .scratch import ASKS, CHUNK
from .tally import ASKED_GP, ASKED_OTHER, N_REFERRED, N_URGENT, bump, note, send


@kernel
def consult(i, p, gp, refers, group, week, people, rates, surgeries, traced, diary):
    """A request that is served, apart from its count and its cost; a GP may refer."""
    if people.traits[i] & UNMET_BIT:
        people.traits[i] &= np.uint8(127)
        set_request(i, group // 5, people, rates, surgeries.desk[p].style)
    note(traced, i, week, GP_CONSULTATIONS if gp else OTHER_CONSULTATIONS, -1, p, people, diary)
    if refers:
        send(i, p, 0, surgeries, diary)


@kernel
def fail(i, p, group, week, salt, people, rates, surgeries, traced, diary):
    """A request that is not served: asks again next week, goes to A&E, elsewhere, or does without."""
    note(traced, i, week, FAILED, -1, p, people, diary)
    u = uniform(people.key[i], salt[D_AFTER])
    again = u < rates.after_failure[0]
    if again != (people.traits[i] & UNMET_BIT != 0):
        people.traits[i] ^= np.uint8(UNMET_BIT)
        set_request(i, group // 5, people, rates, surgeries.desk[p].style)
    if again:
        return
    bump(p, group, UNMET, 1, diary)
    if u < rates.after_failure[1]:
        attend_ae(i, p, group, week, salt, people, rates, surgeries, traced, diary)


GP, SERVED, AGAIN = 1, 2, 4  # bits of what became of a request


@kernel
def sift(first, stop, salt, people, hit, found):
    """Those who ask for an appointment or to whom something rare happens, as 4 x row + which. Returns how many.

    Chunks without a branch: hash, compare and compact, so that the compiler can use vector instructions. The thresholds
    of empty rows are zero.
    """
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
            found[n] = (chunk + j) << 2 | hit[j]
            n += hit[j] != 0
    return n


@kernel
def one_practice(p, week, age_clock, middle, salt, admission, people, table, surgeries, traced, own, diary):
    """The week of one practice: need arises, the rare happens, requests are served as far as appointments go."""
    rates = table[0]
    first = surgeries.desk[p].start
    n = sift(first, surgeries.desk[p].stop, salt[D_FILTER], people, own.hit, own.found)
    diary.counts[p, N_URGENT] = 0
    diary.counts[p, N_REFERRED] = 0
    own.freed[0] = 0
    the_rare(p, n, week, age_clock, middle, salt, admission, people, rates, surgeries, traced, own, diary)
    requests = ask(p, n, salt[D_REQUEST], people, rates, own, diary)
    answer(p, requests, week, salt, people, rates, surgeries, traced, own, diary)
    for k in range(own.freed[0]):
        people.spend[own.freed[k + 1]] = surgeries.desk[p].empty
        surgeries.desk[p].empty = own.freed[k + 1]
        surgeries.desk[p].n_free += 1


@kernel
def ask(p, n, salt, people, rates, own, diary):
    """Requests of those who are at home, and their luck, in the order of rows. Returns how many."""
    requests = 0
    for k in range(n):
        word = own.found[k]
        own.found[requests] = word >> 2
        requests += (word & ASKS) & np.uint32(people.where[np.int64(word >> 2)] == HOME)
    for k in range(requests):
        own.luck[k] = mix(people.key[np.int64(own.found[k])] ^ salt)
    asked_gp = 0
    for k in range(requests):
        asked_gp += asks_gp(own.luck[k], rates)
    diary.counts[p, ASKED_GP] = asked_gp
    diary.counts[p, ASKED_OTHER] = requests - asked_gp
    return requests


@kernel
def answer(p, requests, week, salt, people, rates, surgeries, traced, own, diary):
    """Requests are served as far as appointments go: counted and charged without a branch, then the few with
    something to follow: a referral, a failure, the end of a run of failures, a line of the log."""
    swing = surgeries.desk[p].swing
    asked_gp, asked_other = diary.counts[p, ASKED_GP], diary.counts[p, ASKED_OTHER]
    wanted_gp = asked_gp * swing + surgeries.desk[p].gp_usual * (1.0 - swing)
    wanted_other = asked_other * swing + surgeries.desk[p].other_usual * (1.0 - swing)
    gp_served = min(1.0, surgeries.desk[p].gp_offered / max(wanted_gp, TINY))
    other_served = min(1.0, surgeries.desk[p].other_offered / max(wanted_other, TINY))
    for band in range(BANDS):
        own.refers[band] = rates.gp_referral[band] * surgeries.desk[p].referral
    logs = np.uint8(diary.log.shape[1] > 0)
    own.counts[:] = 0
    follow = 0
    for k in range(requests):
        i = np.int64(own.found[k])
        h = own.luck[k]
        group = group_of(i, people)
        gp = np.uint8(asks_gp(h, rates))
        served = np.uint8(np.float64((h >> S16) & LOW24) * TO_UNIT24 < (gp_served if gp else other_served))
        refers = np.uint8(np.float64(h >> S40) * TO_UNIT24 < own.refers[band_of(i, people)]) & gp & served
        again = people.traits[i] >> 7
        became = gp | np.uint8(served << 1) | np.uint8(again << 2)
        own.counts[group, became] += 1
        people.spend[i] += own.cost[became]
        own.kind[follow] = became | np.uint8(refers << 3)
        own.picked[follow] = i
        follow += (refers | again | (served ^ 1) | (logs and traced[i])) & 1
    for k in range(follow):
        i = np.int64(own.picked[k])
        group = group_of(i, people)
        if own.kind[k] & SERVED:
            consult(i, p, own.kind[k] & GP, own.kind[k] >> 3, group, week, people, rates, surgeries, traced, diary)
        else:
            fail(i, p, group, week, salt, people, rates, surgeries, traced, diary)
    for group in range(GROUPS):
        for became in range(8):
            n = own.counts[group, became]
            if n == 0:
                continue
            bump(p, group, REQUESTS, n, diary)
            if not became & AGAIN:
                bump(p, group, FIRST_REQUESTS, n, diary)
            if not became & SERVED:
                bump(p, group, FAILED, n, diary)
            elif became & GP:
                bump(p, group, GP_CONSULTATIONS, n, diary)
            else:
                bump(p, group, OTHER_CONSULTATIONS, n, diary)


@kernel
def asks_gp(h, rates):
    """Whether a request is to a GP; the rest ask nurses and other staff."""
    return np.float64(h & LOW16) * TO_UNIT16 < rates.gp_share
