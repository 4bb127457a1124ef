"""The kernels' ways in from Python."""

import numpy as np

from .chances import refresh
from .compiled import entry
from .draws import BYTE, D_WITHDRAW, DECISIONS, GOLDEN, M1, S40, mix, uniform
from .events import ARRIVALS, GP_CONSULTATIONS, OTHER_CONSULTATIONS
from .lists import ADMISSION, CLINIC, THEATRE, URGENT, list_of
from .people import GROUPS, HOME, NO_CARE, group_of
from .requests import GP, SERVED, one_practice
from .review import review_one
from .scratch import CHUNK, bench, most_at_once
from .social_care import start_care
from .tally import DIRECT, PLANNED, of_thread
from .waiting_list import ration, refer, serve, tidy_list
from .wards import admit_emergencies, ward_round


@entry
def salts(seed, week):
    """The week's salts, one a decision. ``week`` may be negative (before the run began)."""
    out = np.empty(len(DECISIONS), dtype=np.uint64)
    x = mix(np.uint64(seed) * GOLDEN + M1)
    x = mix(x + np.uint64(week + 100000) * GOLDEN)
    for d in range(len(DECISIONS)):
        out[d] = mix(x + np.uint64(d + 1) * GOLDEN)
    return out


@entry
def uniforms(keys, salt):
    """One number in [0, 1) for each key (n,)."""
    out = np.empty(keys.size)
    for i in range(keys.size):
        out[i] = uniform(keys[i], salt)
    return out


@entry
def identities(origin, first, n):
    """Keys of ``n`` newcomers of an origin (place, practice or week), slots ``first`` onwards."""
    out = np.empty(n, dtype=np.uint64)
    for i in range(n):
        out[i] = mix(np.uint64(origin) + mix(np.uint64(first + i + 1) * GOLDEN))
    return out


@entry
def register(newcomers, middle, settled, people, rates, n_free, empty, style, tally):
    """Newcomers (n,) take empty rows of their practices, of which there must be enough.

    ``settled`` (P,) is the level of control at each practice; ``n_free`` (P,) falls, and the first of the ``empty``
    rows (P,) are taken; ``tally`` counts the arrivals.
    """
    chances = rates[0]
    for k in range(newcomers.size):
        p = np.int64(newcomers[k].practice)
        n_free[p] -= 1
        i = empty[p]
        empty[p] = people.spend[i]
        key = newcomers[k].key
        people.key[i] = key
        people.traits[i] = newcomers[k].traits
        people.spend[i] = 0
        people.state[i].born = newcomers[k].born
        people.state[i].conditions = newcomers[k].conditions
        people.state[i].frailty = newcomers[k].frailty
        control = settled[p] + chances.control_spread[(key >> S40) & BYTE]
        people.state[i].control = np.uint16(min(max(control, 0.0), 1.0) * 65535.0)
        people.state[i].care = NO_CARE
        people.where[i] = HOME
        refresh(i, i + 1, middle, people, chances, style[p])
        tally[p, ARRIVALS, group_of(i, people)] += 1


@entry
def practice_week(patches, part, week, age_clock, middle, salt, admission, people, rates, surgeries, traced, diary):
    """Need arises and practices serve what they can, in the patches from ``part[0]`` to before ``part[1]``.

    Parameters: ``patches`` (B + 1,) the first practice of each patch; ``week`` of luck, ``age_clock`` the week on the
    clock of ageing, ``middle`` the age clock in the middle of the quarter, ``salt`` (decisions,) uint64,
    ``admission`` (H,) the hospitals' lever.
    """
    most = 0
    for p in range(patches[part[0]], patches[part[1]]):
        most = max(most, surgeries.desk[p].stop - surgeries.desk[p].start)
    own = bench(most)
    for became in range(8):
        event = GP_CONSULTATIONS if became & GP else OTHER_CONSULTATIONS
        own.cost[became] = np.int32(rates[0].unit_cost[event]) if became & SERVED else 0
    for p in range(patches[part[0]], patches[part[1]]):
        one_practice(p, week, age_clock, middle, salt, admission, people, rates, surgeries, traced, own, diary)


@entry
def demand_week(patches, part, week, salt, people, rates, surgeries, wards, pathways, stays, queue, traced, diary):
    """What hospitals are asked for in a week: nights pass on the wards, emergencies are admitted, referrals arrive.

    Each patch of practices has lists of its own and each thread tallies of its own, so that threads never meet: thread
    ``part[2]`` sees to the patches from ``part[0]`` to before ``part[1]``, whose first practices are in ``patches``
    (B + 1,).
    """
    chances = rates[0]
    own, now = bench(most_at_once(patches, part, diary)), of_thread(part[2], diary)
    for b in range(part[0], part[1]):
        first, last = patches[b], patches[b + 1]
        lying, waiting, needing = list_of(b, stays), list_of(b, pathways), list_of(b, queue)
        ward_round(week, salt, people, chances, surgeries, wards, lying, needing, traced, own, now)
        admit_emergencies(first, last, week, salt, people, chances, surgeries, wards, lying, needing, traced, own, now)
        refer(first, last, week, salt, people, chances, surgeries, wards, waiting, traced, own, now)
        diary.ready[b] = tidy_list(week, salt[D_WITHDRAW], people, chances, waiting, own, now)


@entry
def allot(wards, waits, line, booked, rates, nights, cut, part, given, bed_left):
    """Share each hospital's clinics and theatres among its queues, the longest waiters first.

    ``waits`` (H, 6, LONGEST) over all patches. ``line`` (H, QUEUES): people ready in the whole place's queue, whom the
    capacity is for, as ``booked`` (H, 2) and ``nights`` (H,) used so far; a sample's own queue may be longer or
    shorter by chance. Returns in ``cut`` and ``part`` (H, QUEUES) the wait that is served in part and what part of it,
    in ``given`` (H, QUEUES) the share of each queue that is served, and in ``bed_left`` (H,) the chance that an
    elective inpatient finds a bed: nights left over the nights that a week's theatres want.
    """
    chances = rates[0]
    for h in range(nights.size):
        load = 1.0 + wards[h].follow_up_time * chances.follow_ups * wards[h].follow_up
        slots = max(wards[h].clinic_slots / load - booked[h, DIRECT], 0.0)
        left = ration(h, URGENT, slots, waits, line, cut, part, given)
        share = left * wards[h].clinic_share
        handed = ration(h, CLINIC, share, waits, line, cut, part, given)
        spare = ration(h, ADMISSION, left - share + handed, waits, line, cut, part, given)
        if spare > 0.0:
            ration(h, CLINIC, share - handed + spare, waits, line, cut, part, given)
        theatres = max(wards[h].theatre_slots - booked[h, PLANNED], 0.0)
        ration(h, THEATRE, theatres, waits, line, cut, part, given)
        want = theatres * chances.elective_want
        free = max(wards[h].bed_nights - nights[h], 0.0)
        bed_left[h] = 1.0 if want <= free else free / want


@entry
def serve_week(patches, part, week, salt, people, rates, wards, pathways, stays, cut, share, bed_left, traced, diary):
    """Clinics and theatres serve those past their queue's cut-off, in patches ``part[0]`` to before ``part[1]``."""
    chances = rates[0]
    own, now = bench(CHUNK), of_thread(part[2], diary)
    for b in range(part[0], part[1]):
        serve(
            week, salt, people, chances, wards, list_of(b, pathways), list_of(b, stays), cut, share, bed_left,
            traced, own, now,
        )  # fmt: skip


@entry
def care_week(patches, part, week, middle, salt, start, people, rates, surgeries, wards, queue, traced, diary):
    """Care starts for some of those who wait; the rest wait on, in a hospital bed or at home.

    ``start`` (councils, 2, 5): chance that care of a kind starts this week, at home and in hospital. For the patches of
    practices from ``part[0]`` to before ``part[1]``.
    """
    chances, now = rates[0], of_thread(part[2], diary)
    for b in range(part[0], part[1]):
        start_care(week, middle, salt, start, people, chances, surgeries, wards, list_of(b, queue), traced, now)


@entry
def needing(queue, council, waiting):
    """Count in ``waiting`` (councils, 5) who waits for which care; ``council`` (P,) of each practice."""
    waiting[:] = 0.0
    for b in range(queue.n.size):
        for k in range(queue.at[b], queue.at[b] + queue.n[b]):
            waiting[council[queue.rows[k].practice], queue.rows[k].kind] += 1.0


@entry
def review(patches, part, middle, weeks, salt, ease, people, rates, surgeries, census):
    """Each quarter: control moves towards its settled level, thresholds are refreshed, people are counted.

    ``weeks`` since the last review, ``ease`` the part of the way that control moves. ``census`` returns the counts.
    For the patches of practices from ``part[0]`` to before ``part[1]``.
    """
    cells = np.zeros((GROUPS, 5, 4), dtype=np.int64)
    for p in range(patches[part[0]], patches[part[1]]):
        review_one(p, middle, weeks, salt, ease, people, rates, surgeries, cells, census)
