"""Everyone who is registered, as a cohort: the phases of their week and their quarter."""

from __future__ import annotations

import numpy as np

from .entry import (
    allocate_capacity,
    care_week,
    count_care_queue,
    demand_week,
    practice_week,
    register,
    review,
    serve_week,
)
from .lists import QUEUES, STOPPED, THEATRE, Lists, lengthened, partition_rows, still_waiting
from .moves import Move
from .outbox import MORE_MESSAGES, ONE_IN, outbox
from .people import BANDS, GROUPS, HOME, People
from .rows import PatientRows
from .tables import HOSPITAL_WEEK, KINDS, PRACTICE_WEEK, Census, PracticeWeek
from .tally import ASKED_GP, ASKED_OTHER, N_LOG, N_REFERRED, N_URGENT, empty_tally
from .threads import ThreadPool, partitions_of
from .waiting_list import Allocation
from .week import Here, When


class OutboxFullError(RuntimeError):
    """A practice, by row, sends more cases to hospital in a week than its outbox has room for."""

    def __init__(self, practice: int, week: int, cases: int, room: int) -> None:
        self.practice, self.week, self.cases, self.room = practice, week, cases, room
        super().__init__(self.named(f"practice {practice}"))

    def named(self, name: str) -> str:
        """The message, with the practice's name."""
        return (
            f"week {self.week}: {name} sends {self.cases} cases to hospital in a week, more than one in {ONE_IN} of "
            f"its people ({self.room})"
        )


class Patients(PatientRows):
    """The people, their lists, what is counted of their week, and the threads that run it.

    Parameters:
        people: the columns; ``start`` and ``stop`` (P,) give each practice's rows.
        lists: waiting list, stays and care queue, in the partitions of ``partitions_of(stop)``.
        rates: chances, a table of one row of RATES.
        n_hospitals: H.
        threads: threads to use; all processors when left out.

    Raises:
        ValueError: for fewer than one thread.
    """

    def __init__(
        self,
        people: People,
        start: np.ndarray,
        stop: np.ndarray,
        lists: Lists,
        rates: np.ndarray,
        n_hospitals: int,
        threads: int | None = None,
    ) -> None:
        super().__init__(people, start, stop)
        self.threads = ThreadPool(threads)
        self.partitions = partitions_of(stop)
        self.lists = lists
        self.rates = rates
        self.tally = empty_tally(start.size, n_hospitals, self.partitions.size - 1, outbox(people.key.size, start.size))
        self.when = When(0, 0, 0, np.zeros(0, dtype=np.uint64))
        self.practices: np.ndarray = np.zeros(start.size, dtype=PRACTICE_WEEK)
        self.shares = (np.zeros((0, 0)), np.zeros((0, 0)))
        self.hospitals = np.zeros(n_hospitals, dtype=HOSPITAL_WEEK)
        self.stopped = np.zeros((0, 0))  # clocks stopped this week, by hospital and weeks waited (H, LONGEST)
        self.in_step_up = np.zeros(start.size, dtype=np.int64)  # taken there since the run began, (P,)
        self.listed = np.zeros((0, 0))  # pathways on the list at the week's end, (H, LONGEST)

    def use_threads(self, threads: int | None) -> None:
        """Run the coming weeks on so many threads."""
        self.threads = ThreadPool(threads)

    def use_rates(self, rates: np.ndarray) -> None:
        """Other chances from now on, (1,) of RATES."""
        self.rates = rates

    # the week -----------------------------------------------------------------------------------------------

    def open_week(
        self, when: When, practices: np.ndarray, shares: tuple[np.ndarray, np.ndarray], hospitals: np.ndarray
    ) -> None:
        """Set the week's inputs: PRACTICE_WEEK (P,), where practices send patients, and HOSPITAL_WEEK (H,)."""
        self.when, self.practices, self.shares, self.hospitals = when, practices, shares, hospitals
        practices["n_free"] = self.n_free
        self.n_free = practices["n_free"]  # a view: the kernels take and free rows in the week's table
        self.tally = self.tally.with_room(self.threads.threads)
        self._open_place()

    def _open_place(self) -> None:
        """Make the place as the kernels see it; again whenever its rows have moved."""
        self.practices["start"], self.practices["stop"] = self.start, self.stop
        practices = PracticeWeek(self.practices, *self.shares, self.vacant)
        self.here = Here(self.people, self.rates, practices, self.hospitals, self.traced, self.tally)

    def register(self, newcomers: np.ndarray, spare: int) -> None:
        """Register newcomers (n,) of NEWCOMER, with ``spare`` empty rows left at each practice for births."""
        self.make_room_for(np.bincount(newcomers["practice"], minlength=self.start.size) + spare)
        register(newcomers, self.when, self.here)

    def general_practice(self) -> np.ndarray:
        """Needs arise, rare events happen, practices serve what they can. Returns requests to GPs and others, (P, 2).

        Raises:
            OutboxFullError: when a practice sends more cases to hospital than there is room for.
        """
        self.threads.run(practice_week, self.partitions, self.when, self.here)
        self._check_outbox()
        return self.tally.counts[:, ASKED_GP : ASKED_OTHER + 1].astype(float)

    def hospital_demand(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Nights pass, emergencies are admitted, referrals join the list.

        Returns people ready by queue (H, QUEUES), slots booked outside the list (H, 2), and events (H, EVENTS).
        """
        self.tally.reset_week()
        self._make_lists_long_enough()
        self.threads.run(demand_week, self.partitions, self.when, self.here, self.lists)
        ready = self.tally.waits[:, :, :QUEUES].sum(axis=(0, 3)).astype(float)
        return ready, self.tally.booked.sum(axis=0).astype(float), self.hospital_events()

    def serve(self, line: np.ndarray, booked: np.ndarray, nights: np.ndarray) -> np.ndarray:
        """Clinics and theatres treat the longest waiters. Returns the share of each queue that is served, (H, QUEUES).

        ``line`` (H, QUEUES), ``booked`` (H, 2), ``nights`` (H,): see ``allocate_capacity``.
        """
        n = nights.size
        allocation = Allocation(
            np.zeros((n, QUEUES), dtype=np.int64), np.zeros((n, QUEUES)), np.zeros((n, QUEUES)), np.zeros(n)
        )
        waits = self.tally.waits.sum(axis=0)
        allocate_capacity(self.hospitals, self.rates, waits, line, booked, nights, allocation)
        stays = self.lists.stays
        self.lists = self.lists._replace(stays=lengthened(stays, stays.n + self.tally.ready))
        self.threads.run(serve_week, self.partitions, self.when, self.here, self.lists, allocation)
        self.stopped = self.tally.waits[:, :, STOPPED].sum(axis=0)
        self.listed = waits.sum(axis=1) - self.stopped
        return allocation.given

    def social_care(self, start: np.ndarray) -> None:
        """Care starts for some who wait. ``start`` (councils, 2, 5): chance by kind, at home and in hospital."""
        self.threads.run(care_week, self.partitions, self.when, self.here, self.lists, start)

    def hospital_events(self) -> np.ndarray:
        """Events of the week so far, (H, EVENTS)."""
        return self.tally.hospital.sum(axis=0)

    def taken_in_step_up(self) -> np.ndarray:
        """People whom a step-up bed took in place of a hospital since this was last asked, (P,)."""
        before = self.in_step_up
        self.in_step_up = self.tally.moves[:, Move.STEP_UP_BEGUN].copy()
        return self.in_step_up - before

    def moved(self) -> np.ndarray:
        """Moves since the run began, (MOVES,), in the order of ``Move``."""
        return self.tally.moves.sum(axis=0)

    def care_queue(self, council: np.ndarray, n_councils: int) -> np.ndarray:
        """People who wait for care by council and kind, (C, 5); ``council`` (P,) of each practice."""
        waiting = np.zeros((n_councils, 5))
        count_care_queue(self.lists.care, council, waiting)
        return waiting

    def review(self, weeks: int, ease: float) -> Census:
        """The quarterly review: control moves by the share ``ease``, thresholds are refreshed, people are counted."""
        n = self.start.size
        census = Census(
            np.zeros((n, GROUPS, 10), dtype=np.int64), np.zeros((n, BANDS, 9), dtype=np.int64),
            np.zeros((n, 2, BANDS), dtype=np.int64), np.zeros((n, KINDS)), np.zeros((n, 2)),
        )  # fmt: skip
        self.threads.run(review, self.partitions, weeks, ease, self.when, self.here, census)
        return census

    # the log ------------------------------------------------------------------------------------------------

    def trace(self, rows: list[int]) -> None:
        """Log every event of these people from now on."""
        super().trace(rows)
        self.tally = self.tally._replace(log=np.zeros((self.start.size, 64 * len(rows), 5), dtype=np.int64))

    def take_log(self) -> list[np.ndarray]:
        """The week's events of traced people, (5,) each, as in WeekTally. Empties the log."""
        lines = zip(self.tally.log, self.tally.counts[:, N_LOG], strict=True)
        taken = [line.copy() for log, n in lines for line in log[:n]]
        self.tally.counts[:, N_LOG] = 0
        return taken

    # rows and lists -----------------------------------------------------------------------------------------

    def make_room_for(self, needed: np.ndarray) -> None:
        """Ensure that practices have so many empty rows (P,); rows move, identities do not."""
        if (self.n_free >= needed).all():
            return
        size = self.stop - self.start  # moving everyone is expensive: room for years, wherever it is short
        soon = self.n_free < needed + size // 50
        shift = self.make_room(np.where(soon, needed + size // 16, 0))
        for listing in self.lists:
            for b in range(self.partitions.size - 1):
                rows = partition_rows(listing, b)
                rows["row"] = rows["row"] + shift[rows["practice"]]
        urgent, referred = (outbox(self.people.key.size, self.start.size) for _ in range(2))
        self.tally = self.tally._replace(urgent=urgent, referred=referred)
        self._open_place()

    def _make_lists_long_enough(self) -> None:
        """Room in every partition's lists for all that this week can bring, operations apart."""
        urgent, referred = np.add.reduceat(self.tally.counts[:, [N_URGENT, N_REFERRED]], self.partitions[:-1]).T
        waiting, stays, care = self.lists
        self.lists = Lists(
            lengthened(waiting, waiting.n + referred),
            lengthened(stays, stays.n + urgent),
            lengthened(care, care.n + urgent + stays.n),
        )

    def _check_outbox(self) -> None:
        """No week may bring more urgent events or referrals than the outbox has room for."""
        room = (self.stop - self.start) // ONE_IN + MORE_MESSAGES - 1
        most = np.maximum(self.tally.counts[:, N_URGENT], self.tally.counts[:, N_REFERRED])
        if (most > room).any():
            p = int((most - room).argmax())
            raise OutboxFullError(p, self.when.week, int(most[p]), int(room[p]))

    def _where(self, row: int, where: int) -> str:
        """Where the person is; at home, whether on a hospital's list."""
        listed = still_waiting(self.lists.waiting)
        stages = listed["stage"][(listed["row"] == row) & (listed["key"] == self.people.key[row])]
        if where == HOME and stages.size:
            return "waiting for admission" if (stages == THEATRE).any() else "waiting for a clinic"
        return super()._where(row, where)
