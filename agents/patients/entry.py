"""The kernels' ways in from Python."""

import numpy as np

from .chances import refresh
from .compiled import entry
from .draws import BYTE, DRAWS, GOLDEN, M1, S40, mix, uniform
from .events import Event
from .lists import ADMISSION, CLINIC, THEATRE, URGENT, list_of_partition, lists_of_partition
from .people import GROUPS, HOME, NO_CARE, group_of
from .rare import bring_health, take_row
from .requests import GP, SERVED, one_practice
from .review import review_practice
from .scratch import CHUNK, OUTCOMES, longest_list, scratch_for
from .social_care import start_care
from .tally import DIRECT, PLANNED
from .waiting_list import ration_queue, refer, serve, update_waiting_list
from .wards import admit_emergencies, ward_round
from .week import for_thread


@entry
def salts(seed, week):
    """The week's salts, one a decision. ``week`` may be negative (before the run began)."""
    out = np.empty(DRAWS, dtype=np.uint64)
    x = mix(np.uint64(seed) * GOLDEN + M1)
    x = mix(x + np.uint64(week + 100000) * GOLDEN)
    for d in range(DRAWS):
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
def register(newcomers, when, here):
    """Newcomers (n,) of NEWCOMER take empty rows of their practices, of which there must be enough."""
    people, rates, practices = here.people, here.rates[0], here.practices
    for k in range(newcomers.size):
        p = np.int64(newcomers[k].practice)
        i = take_row(p, practices)
        key = newcomers[k].key
        people.key[i] = key
        people.traits[i] = newcomers[k].traits
        people.spend[i] = 0
        people.state[i].born = newcomers[k].born
        people.state[i].conditions = newcomers[k].conditions
        people.state[i].frailty = newcomers[k].frailty
        control = practices.table[p].control + rates.control_spread[(key >> S40) & BYTE]
        people.state[i].control = np.uint16(min(max(control, 0.0), 1.0) * 65535.0)
        people.state[i].care = NO_CARE
        people.state[i].need = 0
        people.discharged[i] = 0
        people.where[i] = HOME
        bring_health(i, p, here)
        refresh(i, i + 1, when.middle, people, rates, practices.table[p].style)
        here.tally.events[p, Event.ARRIVALS, group_of(i, people)] += 1


@entry
def practice_week(partitions, part, when, here):
    """Needs arise and practices serve what they can.

    As in all entry points that threads share: ``partitions`` (B + 1,) the first practice of each one, ``part`` the
    first of the thread's partitions, the one after its last, and the number of the thread. Each partition has its own
    lists and each thread its own tallies, so that threads never write to the same place.
    """
    table, now = here.practices.table, for_thread(part[2], here)
    most = 0
    for p in range(partitions[part[0]], partitions[part[1]]):
        most = max(most, table[p].stop - table[p].start)
    scratch = scratch_for(most)
    for result in range(OUTCOMES):
        event = Event.GP_CONSULTATIONS if result & GP else Event.OTHER_CONSULTATIONS
        scratch.cost[result] = np.int32(now.rates.unit_cost[event]) if result & SERVED else 0
    for p in range(partitions[part[0]], partitions[part[1]]):
        one_practice(p, when, now, scratch)


@entry
def demand_week(partitions, part, when, here, lists):
    """Demand on hospitals in a week: nights pass on the wards, emergencies are admitted, referrals arrive."""
    now, scratch = for_thread(part[2], here), scratch_for(longest_list(partitions, part, here.tally))
    for b in range(part[0], part[1]):
        own = lists_of_partition(b, lists)
        ward_round(when, now, own, scratch)
        for p in range(partitions[b], partitions[b + 1]):
            admit_emergencies(p, when, now, own, scratch)
        for p in range(partitions[b], partitions[b + 1]):
            refer(p, when, now, own.waiting, scratch)
        here.tally.ready[b] = update_waiting_list(when, now, own.waiting, scratch)


@entry
def allocate_capacity(hospitals, rates, waits, line, booked, nights, allocation):
    """Share each hospital's clinics and theatres among its queues, the longest waiters first.

    ``hospitals`` (H,) of HOSPITAL_WEEK, ``rates`` (1,) of RATES. ``waits`` (H, 6, LONGEST) over all partitions.
    ``line`` (H, QUEUES): people ready in the whole place's queue, whom the capacity is for, as ``booked`` (H, 2) and
    ``nights`` (H,) used so far; a sample's own queue may be longer or shorter by chance. Fills ``allocation``. The
    chance of a bed is that of the nights left over the nights that a week's theatres want.
    """
    for h in range(nights.size):
        hospital = hospitals[h]
        load = 1.0 + hospital.follow_up_time * rates[0].follow_ups * hospital.follow_up
        slots = max(hospital.clinic_slots / load - booked[h, DIRECT], 0.0)
        left = ration_queue(h, URGENT, slots, waits, line, allocation)
        share = left * hospital.clinic_share
        handed = ration_queue(h, CLINIC, share, waits, line, allocation)
        spare = ration_queue(h, ADMISSION, left - share + handed, waits, line, allocation)
        if spare > 0.0:
            ration_queue(h, CLINIC, share - handed + spare, waits, line, allocation)
        theatres = max(hospital.theatre_slots - booked[h, PLANNED], 0.0)
        ration_queue(h, THEATRE, theatres, waits, line, allocation)
        want = theatres * rates[0].elective_want
        free = max(hospital.bed_nights - nights[h], 0.0)
        allocation.bed_left[h] = 1.0 if want <= free else free / want


@entry
def serve_week(partitions, part, when, here, lists, allocation):
    """Clinics and theatres treat people past their queue's cut-off."""
    now, scratch = for_thread(part[2], here), scratch_for(CHUNK)
    for b in range(part[0], part[1]):
        serve(when, now, lists_of_partition(b, lists), allocation, scratch)


@entry
def care_week(partitions, part, when, here, lists, start):
    """Care starts for some people who wait; the rest wait on, in a hospital bed or at home.

    ``start`` (councils, 2, 5): chance that care of a kind starts this week, at home and in hospital.
    """
    now = for_thread(part[2], here)
    for b in range(part[0], part[1]):
        start_care(start, when, now, list_of_partition(b, lists.care))


@entry
def count_care_queue(queue, council, waiting):
    """Count in ``waiting`` (councils, 5) who waits for which care; ``council`` (P,) of each practice."""
    waiting[:] = 0.0
    for b in range(queue.n.size):
        for k in range(queue.at[b], queue.at[b] + queue.n[b]):
            waiting[council[queue.rows[k].practice], queue.rows[k].kind] += 1.0


@entry
def review(partitions, part, weeks, ease, when, here, census):
    """Each quarter: control moves towards its settled level, thresholds are refreshed, people are counted.

    ``weeks`` since the last review, ``ease`` the share of the way that control moves. Fills ``census``.
    """
    now = for_thread(part[2], here)
    cells = np.zeros((GROUPS, 5, 4), dtype=np.int64)
    for p in range(partitions[part[0]], partitions[part[1]]):
        review_practice(p, weeks, ease, when, now, cells, census)
