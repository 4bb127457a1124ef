"""The week's tallies, the log of traced people, and the notes that pass from practices to hospitals."""

from typing import NamedTuple

import numpy as np

from .compiled import kernel, kernel_view
from .events import EDGE_FIRST

ONE_IN, MORE_NOTES = 16, 64  # a practice's room for notes to the hospitals: one of sixteen of its people, and some more

# what a practice's week hands to the hospitals: low bits of an urgent event
URGENT_OVERNIGHT, URGENT_ACSC, URGENT_PLANNED, URGENT_CARE, URGENT_VIA_AE, URGENT_AE_ONLY = 1, 2, 4, 8, 16, 32


class Diary(NamedTuple):
    """The week's tallies and the notes that pass from practices to hospitals."""

    tally: np.ndarray  # (P, EVENTS, GROUPS) int32 since the quarter began
    ward: np.ndarray  # (T, H, EVENTS) int64 this week, by thread
    edges: np.ndarray  # (P, H, EDGES) int32 since the quarter began
    counts: np.ndarray  # (P, 5) int64 this week: asked of GPs, of others, urgent events, referrals, lines of the log
    urgent: np.ndarray  # int32, for each practice from `first_note(start, p)`: 64*(row - start) + kind
    referred: np.ndarray  # int32, the same: 2*(row - start) + (1 when not the GP's)
    waits: np.ndarray  # (T, H, 6, LONGEST) int32: pathways ready by queue; the others on the list; clocks stopped
    booked: np.ndarray  # (T, H, 2) int64 this week: clinics and operations booked outside the list
    ready: np.ndarray  # (B,) int64 who may be operated on this week, by patch
    minutes: np.ndarray  # (P,) float64 handed back to GPs this week
    log: np.ndarray  # (P, n, 5) int64: week, key, event, hospital or -1, practice, of traced people

    def turned(self, threads: int) -> "Diary":
        """The diary on a new page: nothing has happened yet in this week's hospitals, whichever thread sees to it."""
        return self._replace(
            ward=np.zeros((threads, *self.ward.shape[1:]), dtype=np.int64),
            waits=np.zeros((threads, *self.waits.shape[1:]), dtype=np.int32),
            booked=np.zeros((threads, *self.booked.shape[1:]), dtype=np.int64),
            minutes=np.zeros(self.minutes.size),
        )


ASKED_GP, ASKED_OTHER, N_URGENT, N_REFERRED, N_LOG = range(5)
DIRECT, PLANNED = 0, 1


@kernel
def first_note(start, p):
    """Where a practice's notes for the hospitals begin."""
    return start // ONE_IN + MORE_NOTES * p


@kernel
def bump(p, group, event, n, diary):
    diary.tally[p, event, group] += n


@kernel
def note(traced, i, week, event, hospital, p, people, diary):
    """Write an event of a traced person into the log."""
    if diary.log.shape[1] > 0 and traced[i]:
        k = diary.counts[p, N_LOG]
        if k < diary.log.shape[1]:
            diary.log[p, k, 0] = week
            diary.log[p, k, 1] = np.int64(people.key[i])
            diary.log[p, k, 2] = event
            diary.log[p, k, 3] = hospital
            diary.log[p, k, 4] = p
            diary.counts[p, N_LOG] += 1


@kernel
def note_nights(traced, i, week, event, nights, hospital, p, people, diary):
    """Write so many nights of a traced person into the log, a line each."""
    if diary.log.shape[1] > 0 and traced[i]:
        for _ in range(nights):
            note(traced, i, week, event, hospital, p, people, diary)


@kernel
def charge(i, event, n, people, rates):
    people.spend[i] += np.int32(rates.unit_cost[event] * n)


@kernel
def hand_over(i, p, kind, surgeries, diary):
    """Leave word for the hospitals of something urgent."""
    leave_word(diary.urgent, N_URGENT, 64 * (i - surgeries.desk[p].start) + kind, p, surgeries, diary)


@kernel
def send(i, p, others, surgeries, diary):
    """Leave word of a referral, from a GP or from ``others``."""
    leave_word(diary.referred, N_REFERRED, 2 * (i - surgeries.desk[p].start) + others, p, surgeries, diary)


@kernel
def leave_word(notes, which, word, p, surgeries, diary):
    """Write a note of practice p, while there is room; a count beyond the room stops the run."""
    n = diary.counts[p, which]
    if n < (surgeries.desk[p].stop - surgeries.desk[p].start) // ONE_IN + MORE_NOTES - 1:
        notes[first_note(surgeries.desk[p].start, p) + n] = word
    diary.counts[p, which] += 1


@kernel
def record(i, p, h, group, event, n, week, people, rates, traced, diary):
    """Count an event of a hospital for the person's practice, the hospital and the edge between them."""
    bump(p, group, event, n, diary)
    diary.ward[h, event] += n
    diary.edges[p, h, event - EDGE_FIRST] += n
    charge(i, event, n, people, rates)
    note(traced, i, week, event, h, p, people, diary)


@kernel_view
def of_thread(t, diary):
    """The diary as one thread writes it."""
    return Diary(
        diary.tally,
        diary.ward[t],
        diary.edges,
        diary.counts,
        diary.urgent,
        diary.referred,
        diary.waits[t],
        diary.booked[t],
        diary.ready,
        diary.minutes,
        diary.log,
    )
