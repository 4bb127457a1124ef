"""The week's tallies, and the log of traced people."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .compiled import kernel, kernel_view
from .events import EDGE_FIRST, EDGES, EVENTS, Event
from .lists import LINES, LONGEST
from .moves import MOVES
from .people import GROUPS, READMITTED_WITHIN


class WeekTally(NamedTuple):
    """Counts of the week and of the quarter, and the messages from practices to hospitals."""

    events: np.ndarray  # (P, EVENTS, GROUPS) int32 since the quarter began
    hospital: np.ndarray  # (T, H, EVENTS) int64 this week, by thread
    edges: np.ndarray  # (P, H, EDGES) int32 since the quarter began
    counts: np.ndarray  # (P, 5) int64 this week: asked of GPs, of others, urgent events, referrals, lines of the log
    urgent: np.ndarray  # MESSAGE: urgent events of each practice, see `outbox`
    referred: np.ndarray  # MESSAGE: referrals of each practice
    waits: np.ndarray  # (T, H, 6, LONGEST) int32: pathways ready by queue; the others on the list; clocks stopped
    booked: np.ndarray  # (T, H, 2) int64 this week: clinics and operations booked outside the list
    ready: np.ndarray  # (B,) int64 people on the list for an operation this week, by partition
    minutes: np.ndarray  # (P,) float64 handed back to GPs this week
    moves: np.ndarray  # (P, MOVES) int64 since the run began
    log: np.ndarray  # (P, n, 5) int64: week, key, event, hospital or -1, practice, of traced people

    def with_room(self, threads: int) -> WeekTally:
        """The tallies with room for ``threads`` threads; those of the hospitals' week are lost when it changes."""
        if threads == len(self.hospital):
            return self
        return self._replace(
            hospital=np.zeros((threads, *self.hospital.shape[1:]), dtype=np.int64),
            waits=np.zeros((threads, *self.waits.shape[1:]), dtype=np.int32),
            booked=np.zeros((threads, *self.booked.shape[1:]), dtype=np.int64),
        )

    def reset_week(self) -> None:
        """Set the counts of the hospitals' week to zero."""
        for counts in (self.hospital, self.waits, self.booked, self.minutes):
            counts.fill(0)


ASKED_GP, ASKED_OTHER, N_URGENT, N_REFERRED, N_LOG = range(5)
DIRECT, PLANNED = 0, 1


def empty_tally(n_practices: int, n_hospitals: int, n_partitions: int, room: np.ndarray) -> WeekTally:
    """Tallies at zero. ``room``: an empty outbox of MESSAGE for all practices."""
    n_events = len(EVENTS)
    return WeekTally(
        events=np.zeros((n_practices, n_events, GROUPS), dtype=np.int32),
        hospital=np.zeros((1, n_hospitals, n_events), dtype=np.int64),
        edges=np.zeros((n_practices, n_hospitals, EDGES), dtype=np.int32),
        counts=np.zeros((n_practices, 5), dtype=np.int64),
        urgent=room,
        referred=room.copy(),
        waits=np.zeros((1, n_hospitals, LINES, LONGEST), dtype=np.int32),
        booked=np.zeros((1, n_hospitals, 2), dtype=np.int64),
        ready=np.zeros(n_partitions, dtype=np.int64),
        minutes=np.zeros(n_practices),
        moves=np.zeros((n_practices, len(MOVES)), dtype=np.int64),
        log=np.zeros((n_practices, 0, 5), dtype=np.int64),
    )


@kernel_view
def tally_of_thread(t, tally):
    """The tallies that one thread writes to."""
    return WeekTally(
        tally.events, tally.hospital[t], tally.edges, tally.counts, tally.urgent, tally.referred, tally.waits[t],
        tally.booked[t], tally.ready, tally.minutes, tally.moves, tally.log,
    )  # fmt: skip


@kernel
def count(case, event, n, here):
    """Count an event for the person's practice."""
    here.tally.events[case.p, event, case.group] += n


@kernel
def charge(i, event, n, here):
    """Add the cost of an event to what the person's care has cost this year."""
    here.people.spend[i] += np.int32(here.rates.unit_cost[event] * n)


@kernel
def count_at_hospital(case, event, n, here):
    """Count an event for the person's practice and for the hospital."""
    count(case, event, n, here)
    here.tally.hospital[case.h, event] += n


@kernel
def treat(case, event, n, week, here):
    """An event at a hospital: counted for practice, hospital and the edge between them, charged and logged."""
    count_at_hospital(case, event, n, here)
    here.tally.edges[case.p, case.h, event - EDGE_FIRST] += n
    charge(case.i, event, n, here)
    log_event(case, event, week, here)


@kernel
def stay_nights(case, event, nights, week, here):
    """Nights in a bed: counted, charged and logged, a line each."""
    count_at_hospital(case, event, nights, here)
    charge(case.i, event, nights, here)
    log_nights(case, event, nights, week, here)


@kernel
def discharge(case, here):
    """Someone goes home from a hospital, which hands back the GP's time for it."""
    count_at_hospital(case, Event.DISCHARGES, 1, here)
    leave_hospital(case, here)
    here.tally.minutes[case.p] += here.hospitals[case.h].handback


@kernel
def leave_hospital(case, here):
    """For some weeks after an admission of any kind, an emergency admission is a readmission."""
    here.people.discharged[case.i] = READMITTED_WITHIN


@kernel
def log_event(case, event, week, here):
    """Write an event of a traced person into the log, while there is room."""
    log = here.tally.log
    if log.shape[1] > 0 and here.traced[case.i]:
        k = here.tally.counts[case.p, N_LOG]
        if k < log.shape[1]:
            log[case.p, k, 0] = week
            log[case.p, k, 1] = np.int64(here.people.key[case.i])
            log[case.p, k, 2] = event
            log[case.p, k, 3] = case.h
            log[case.p, k, 4] = case.p
            here.tally.counts[case.p, N_LOG] += 1


@kernel
def log_nights(case, event, nights, week, here):
    """Write nights of a traced person into the log, a line each."""
    if here.tally.log.shape[1] > 0 and here.traced[case.i]:
        for _ in range(nights):
            log_event(case, event, week, here)
