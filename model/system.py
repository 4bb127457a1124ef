"""The local health economy as a Mesa model. This file alone knows the order of a week, a quarter and a year."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Self

import mesa
import networkx as nx
import numpy as np

from ..agents.cohorts import COHORTS
from ..agents.commissioner import Commissioners
from ..agents.hospital import Hospitals
from ..agents.observed import WeekEvents, YearEnd
from ..agents.patients.calendar import QUARTER, WEEKS
from ..agents.patients.cohort import Patients
from ..agents.patients.entry import allot, care_week, demand_week, needing, practice_week, review, salts, serve_week
from ..agents.patients.events import EDGES, EVENTS
from ..agents.patients.lists import LINES, LONGEST, QUEUES, STOPPED, patch_rows
from ..agents.patients.people import BANDS, GONE, GROUPS
from ..agents.patients.tables import DESK, Census, Surgeries
from ..agents.patients.tally import MORE_NOTES, N_LOG, N_REFERRED, N_URGENT, ONE_IN, Diary
from ..agents.practice import Practices
from ..agents.provider import Providers
from ..agents.social_care import SocialCare
from ..agents.treasury import Treasury
from .collector import collector
from .contracts.change import Change, selected
from .contracts.neutral import solve, solved_references
from .contracts.timetable import Timetable
from .errors import InputError
from .initial.state import InitialState, lengthened
from .money.ledger import Ledger
from .money.payments import PERIOD, Payments, accounts
from .people import newcomers, outcomes
from .people.registers import registered
from .people.sample import subsample
from .place import network
from .record import Record
from .scenario import Scenario
from .team import Team, patches_of


class HealthEconomy(mesa.Model):
    """Patients, practices, hospitals and social care of one place under one way of paying.

    Parameters:
        scenario: the place, the funding file and all parameters.
        initial: the place's initial state.
        rng: the random seed, an integer of at least 0.
        threads: threads for the people's week; results do not depend on it.
        freeze_behaviour: hold all behaviour at 1.0, to separate the effect of prices from that of behaviour.
        ageing: off, nobody ages, falls newly ill, moves or is born, and each death is replaced by a similar person.
        trace: rows of people whose every event is logged.

    Raises:
        InputError: for a seed or a traced row out of range.
    """

    events: WeekEvents  #: of the last week

    def __init__(
        self,
        scenario: Scenario,
        initial: InitialState,
        rng: int | None = 1,
        *,
        threads: int | None = None,
        freeze_behaviour: bool = False,
        ageing: bool = True,
        trace: Sequence[int] = (),
    ) -> None:
        seed = 1 if rng is None else rng
        if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
            raise InputError(f"rng: expected a whole number of at least 0, got {seed!r}")
        super().__init__(rng=int(seed))
        self.random_seed = int(seed)
        self.case = scenario
        self.place, self.parameters, self.sample = self.case.place, self.case.parameters, self.case.place.sample
        self.frozen = freeze_behaviour
        self.traced: dict[int, int] = {}  # row by key, of people whose every event is logged
        self.traced_events: list[np.ndarray] = []  # week, key, event, hospital or -1, practice
        self.ageing = ageing
        self.team = Team(threads)
        self.week = 0
        if initial.sample > self.sample:
            initial = subsample(initial, self.sample / initial.sample, self.random_seed)
        self._people_the_place(initial)
        self._open_the_doors(initial)
        self._open_the_books(initial)
        if len(trace):
            self._trace(list(trace))

    # making -------------------------------------------------------------------------------------------------

    def _people_the_place(self, start: InitialState) -> None:
        """People with their health, and the chances they meet."""
        self.week = start.week
        self.patients = Patients(start.people(), start["start"], start["stop"])
        self.newcomers = newcomers.Newcomers(self.place, self.parameters)
        self.rates = start.chances(self.place, self.parameters, self.ageing)
        n_practices, n_hospitals = len(self.place.practices), len(self.place.file.hospitals)
        rows = self.patients.people.key.size
        self.patches = patches_of(self.patients.stop)
        self.diary = _diary(n_practices, n_hospitals, rows, self.patches.size - 1)
        self.pathways, self.stays, self.queue = start.lists(self.patches)
        self.patients.pathways = self.pathways
        self.record = Record(n_practices, n_hospitals)

    def _open_the_doors(self, start: InitialState) -> None:
        """Organisations as cohorts, and each as a Mesa agent."""
        self.share = network.shares(self.place, self.parameters)
        self.draws = (network.cumulated(self.share),) * 2  # of hospitals for emergencies, and for referrals
        self.moved: network.Moved | None = None  # in the last quarter, between organisations
        kinds: dict[str, Any] = {kind: cohort.open(self) for kind, cohort in COHORTS.items()}
        self.practices: Practices = kinds["practice"]
        self.hospitals: Hospitals = kinds["hospital"]
        self.social_care: SocialCare = kinds["social_care"]
        self.cohorts: tuple[Providers, ...] = tuple(kinds.values())
        self.practices.learn_from(network.neighbours(self.place))
        for cohort in self.cohorts:
            for row, title in enumerate(cohort.titles()):
                cohort.MEMBER(self, cohort, row, title)
        self.commissioners = Commissioners.open(self)
        self.treasury = Treasury(self, self.parameters, float(self.place.registered))
        start.restore(self)
        self.census = self._review(0)
        self.first_spread = self.census.spread.sum(axis=0)
        self._register(first=True)
        start.restore_expected_year(self)

    def _open_the_books(self, start: InitialState) -> None:
        """Ledger, contracts, and habits formed under the usual contracts."""
        self.ledger = Ledger(accounts(self))
        self.payments = Payments(self)
        self.timetable: Timetable | None = None
        self.datacollector = collector()
        usual, funding = self.case.usual, self.case.funding
        if usual is None or funding is None:
            self.funding = None
            return
        #: the year that contracts refer to and neutral prices are solved for, whenever a contract begins
        self.expected_year = {cohort.kind: cohort.expected(futures=True) for cohort in self.cohorts}
        self.references = solved_references({**self.case.others, usual.id: usual}, self.expected_year)
        self.funding = solve(funding, self.references, self.expected_year, self._meant)
        behaviour = self.parameters.behaviour
        for cohort in self.cohorts:
            response = np.array([getattr(behaviour, f"response_{name}") for name in cohort.LEVERS])
            z = self.normal(f"altruism/{cohort.kind}", 0, (len(cohort),))
            cohort.draw_altruism(z)
            cohort.fit_adjustment_cost(
                usual.contracts[cohort.kind], response, behaviour.money_weight,
                max(1, round(behaviour.horizon_years)), behaviour.discount_rate,
            )  # fmt: skip
        self.timetable = Timetable(self, start)

    def change_scenario(self, scenario: Scenario, initial: InitialState) -> None:
        """Continue under another funding file from this week on; sums owed under the old one remain owed.

        Neutral prices refer to the expected year at the start of the run; changes dated before now hold at once.
        ``scenario``: of the same place. ``initial``: the place's initial state, from which changed rates are scaled.

        Raises:
            InputError: when no money moves in this run, or in the new scenario.
        """
        usual, funding = scenario.usual, scenario.funding
        if self.timetable is None or usual is None or funding is None:
            raise InputError("a run in which no money moves has no way of paying to change")
        self.case = scenario
        self.references = solved_references({**scenario.others, usual.id: usual}, self.expected_year)
        self.funding = solve(funding, self.references, self.expected_year, self._meant)
        self.ledger.open([pool.name for pool in funding.pools])
        self.timetable = Timetable.replacing(self.timetable, initial)

    def _meant(self, change: Change) -> np.ndarray:
        """Rows (N,) of the cohort that a change is for."""
        cohort = next(c for c in self.cohorts if change.who is not None and c.kind == change.who.kind)
        return selected(change.who, cohort.kind, self.place, cohort.names)

    def _trace(self, rows: list[int]) -> None:
        for row in rows:
            if not 0 <= row < self.patients.people.key.size or self.patients.people.where[row] == GONE:
                raise InputError(f"trace: nobody in row {row}; rows run from 0 to {self.patients.people.key.size - 1}")
        self.patients.trace(rows)
        self.traced = {int(self.patients.people.key[row]): row for row in rows}
        n_practices = len(self.practices)
        self.diary = self.diary._replace(log=np.zeros((n_practices, 64 * len(rows), 5), dtype=np.int64))

    # the week -----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Need, care, pay, record; each quarter decide; each year settle and plan."""
        salt = salts(self.random_seed, self.week)
        if self.timetable is not None:
            self.timetable.apply_due_changes()
        if self.ageing:
            self.newcomers.arrive(self)
        surgeries = self._see(salt)
        wards = self._treat(salt, surgeries)
        self._support(salt, surgeries, wards)
        self._count()
        self._drain()
        self.week += 1
        self.ledger.week = self.week
        if self.funding is not None and self.week % PERIOD == 0:
            self.payments.pay(self._elapsed())
        if self.week % QUARTER == 0:
            self._quarter()
        if self.week % WEEKS == 0:
            self._year()
        self.datacollector.collect(self)

    def run(self, years: float = 5.0) -> Self:
        """Step to the end of so many years from the start; returns the model."""
        while self.week < round(years * WEEKS):
            self.step()
        return self

    def _see(self, salt: np.ndarray) -> Surgeries:
        """Need arises; practices serve what they can."""
        offered_gp, offered_other = self.practices.offer(self.sample)
        surgeries = self._surgeries(offered_gp, offered_other)
        clock = self.week if self.ageing else 0
        self.team.share(
            practice_week, self.patches, self.week, clock, self.middle(), salt,
            self.hospitals.lever("admission").copy(), self.patients.people, self.rates, surgeries,
            self.patients.traced, self.diary,
        )  # fmt: skip
        self._check_notes()
        self.patients.n_free, self.patients.empty = surgeries.desk["n_free"].copy(), surgeries.desk["empty"].copy()
        asked = self.practices.shrink_to_population(
            "asked", self.diary.counts[:, :2].astype(float), self.sample, anew=True
        )
        offered = np.stack([offered_gp, offered_other], axis=1)
        self.practices.observe_requests(asked, offered)
        return surgeries

    def _treat(self, salt: np.ndarray, surgeries: Surgeries) -> np.ndarray:
        """Emergencies take beds, referrals join the list, clinics and theatres serve the longest waiters."""
        wards = self.hospitals.wards(self.sample)
        diary = self.diary = self.diary.turned(self.team.threads)
        n = len(self.hospitals)
        self._make_lists_long_enough()
        self.team.share(
            demand_week, self.patches, self.week, salt, self.patients.people, self.rates, surgeries, wards,
            self.pathways, self.stays, self.queue, self.patients.traced, diary,
        )  # fmt: skip
        cut, bed_left = np.zeros((n, QUEUES), dtype=np.int64), np.zeros(n)
        part, given = np.zeros((2, n, QUEUES))
        waits = diary.waits.sum(axis=0)
        ready = waits[:, :QUEUES].sum(axis=2).astype(float)
        booked = self.hospitals.shrink_to_population(
            "booked", diary.booked.sum(axis=0).astype(float), self.sample, anew=True
        )
        nights = self.hospitals.shrink_to_population(
            "nights", self.hospitals.nights(diary.ward.sum(axis=0)), self.sample
        )
        line = self.hospitals.queues(ready, self.sample)
        allot(wards, waits, line, booked, self.rates, nights, cut, part, given, bed_left)
        self.hospitals.see(ready, given)
        self.stays = lengthened(self.stays, self.stays.n + diary.ready)
        self.team.share(
            serve_week, self.patches, self.week, salt, self.patients.people, self.rates, wards, self.pathways,
            self.stays, cut, part, bed_left, self.patients.traced, diary,
        )  # fmt: skip
        self.stopped = diary.waits[:, :, STOPPED].sum(axis=0)
        self.listed = waits.sum(axis=1) - self.stopped
        return wards

    def _support(self, salt: np.ndarray, surgeries: Surgeries, wards: np.ndarray) -> None:
        """Care starts where there is room; others wait, in a hospital bed or at home."""
        start = self.social_care.chances(self._queued(), self.sample)
        self.team.share(
            care_week, self.patches, self.week, self.middle(), salt, start, self.patients.people, self.rates,
            surgeries, wards, self.queue, self.patients.traced, self.diary,
        )  # fmt: skip
        self.did = self.diary.ward.sum(axis=0)
        self.hospitals.close_week(self.hospitals.nights(self.did), self.listed, self.sample)
        minutes = self.practices.shrink_to_population("minutes", self.diary.minutes, self.sample)
        self.practices.observe_handed_back(minutes / self.sample)

    def _queued(self) -> np.ndarray:
        """People who wait for care by council and kind, (C, 5)."""
        waiting = np.zeros((len(self.social_care), 5))
        needing(self.queue, self.practices.council, waiting)
        return waiting

    def _check_notes(self) -> None:
        """No week may bring more urgent events or referrals than there is room to note."""
        room = (self.patients.stop - self.patients.start) // ONE_IN + MORE_NOTES - 1
        most = np.maximum(self.diary.counts[:, N_URGENT], self.diary.counts[:, N_REFERRED])
        if (most > room).any():
            p = int((most - room).argmax())
            raise RuntimeError(
                f"week {self.week}: practice {self.practices.names[p]} sends {most[p]} cases to hospital in a week, "
                f"more than one in {ONE_IN} of its people ({room[p]}); a rate or a lever is out of all bounds"
            )

    def _make_lists_long_enough(self) -> None:
        """Room in every patch's lists for all that this week can bring, operations apart."""
        urgent, referred = np.add.reduceat(self.diary.counts[:, [N_URGENT, N_REFERRED]], self.patches[:-1]).T
        self.queue = lengthened(self.queue, self.queue.n + urgent + self.stays.n)
        self.stays = lengthened(self.stays, self.stays.n + urgent)
        self.pathways = lengthened(self.pathways, self.pathways.n + referred)
        self.patients.pathways = self.pathways

    def _count(self) -> None:
        """Count the week for everyone."""
        by_practice, by_hospital = self.record.append_week(self.diary.tally, self.did, self.stopped)
        self.events = WeekEvents(
            by_practice / self.sample, by_hospital / self.sample,
            self.practices.by_council(by_practice) / self.sample, self._queued().sum(axis=1) / self.sample,
        )  # fmt: skip
        for cohort in self.cohorts:
            cohort.observe_week(self.events)
            self.record.append_weekly(**cohort.weekly())

    def _drain(self) -> None:
        """Take the week's events of traced people out of the kernels' log."""
        if self.traced:
            lines = zip(self.diary.log, self.diary.counts[:, N_LOG], strict=True)
            self.traced_events += [line.copy() for log, n in lines for line in log[:n]]
            self.diary.counts[:, N_LOG] = 0

    # the quarter --------------------------------------------------------------------------------------------

    def _quarter(self) -> None:
        """Staff come and go, plans are compared, people's health is reviewed."""
        for cohort in self.cohorts:
            cohort.close_quarter()
        self.practices.staff(self.practices.last_quarter("gp_consultations"))
        wait = self.hospitals.relative_wait()
        self.practices.observe_waits(wait)
        drawn = network.with_waits(self.share, self.hospitals.wait(), self.hospitals.usual_waits, self.parameters)
        self.draws = (self.draws[0], network.cumulated(drawn))
        if self.funding is not None and not self.frozen:
            self._decide()
        self.census = self._review(QUARTER)
        self._file_quarter()
        self.patients.age_clock = self.week if self.ageing else 0
        self.practices.observe_quarter(self.patients.lists() / self.sample, self.census.stock)
        for cohort in self.cohorts:
            cohort.read()

    def _decide(self) -> None:
        """Providers compare plans and go part of the way to the best one."""
        behaviour = self.parameters.behaviour
        part = 1.0 - np.exp(-QUARTER / WEEKS / behaviour.adjustment_years)
        new_year = self.week % WEEKS == QUARTER  # the first quarter under this year's contracts
        for cohort in self.cohorts:
            cohort.decide(float(part), behaviour.lever_low, behaviour.lever_high, look_around=new_year)

    def _file_quarter(self) -> None:
        """Record the quarter, and what moved along the network."""
        levers = {f"{c.kind}_levers": c.levers.copy() for c in self.cohorts}
        targets = {f"{c.kind}_targets": c.target.copy() for c in self.cohorts}
        self.record.close_quarter(self.diary.tally, self.diary.edges, self.census.stock, **levers, **targets)
        self.moved = network.moved(self)
        if "network" in vars(self):
            network.carry(self.network, self.moved, self.sample)
        for paid in self.payments.quarter.values():
            paid[:] = 0

    def _review(self, weeks: int) -> Census:
        """Control moves, thresholds are refreshed for the coming quarter, people are counted."""
        n = len(self.practices)
        census = Census(
            np.zeros((n, GROUPS, 8), dtype=np.int64), np.zeros((n, BANDS, 9), dtype=np.int64),
            np.zeros((n, 2, BANDS), dtype=np.int64), np.zeros((n, 2)),
        )  # fmt: skip
        years = weeks / WEEKS
        ease = 1.0 - np.exp(-years / self.parameters.general_practice.control_years)
        surgeries = self._surgeries(np.zeros(n), np.zeros(n))
        surgeries.desk["control"] = self.practices.settled_control()
        self.team.share(
            review, self.patches, self.middle(), weeks, salts(self.random_seed, self.week), ease,
            self.patients.people, self.rates, surgeries, census,
        )  # fmt: skip
        return census

    # the year -----------------------------------------------------------------------------------------------

    def _year(self) -> None:
        """Measure outcomes, settle contracts, open and close capacity, write next year's budgets."""
        year = self.week // WEEKS
        for cohort in self.cohorts:
            cohort.measure(self.normal(f"measure/{cohort.kind}", year, (len(cohort.INDICATORS), len(cohort))))
        facts = self._facts()
        if self.funding is not None:
            self._settle(facts)
        self.record.close_year(**facts)
        self._register()
        for cohort in self.cohorts:
            cohort.close_year()
        self.patients.forget_spend()

    def _settle(self, facts: dict[str, Any]) -> None:
        """Pay what the year's outcomes have changed; deficits are carried over, and money has consequences."""
        books = self.payments
        books.settle()
        if self.timetable is not None:
            self.timetable.settle()
        for cohort in self.cohorts:
            rows = facts["organisations"][cohort.kind]
            rows["income"], rows["cost"] = books.income[cohort.kind].copy(), books.cost[cohort.kind].copy()
        community = self.commissioners.observe_year(self.treasury)
        facts["deficit"] = float(self.commissioners.deficit.sum())
        for cohort in self.cohorts:
            payer = books.commissioner[cohort.kind]
            cohort.observe_year(
                YearEnd(
                    books.income[cohort.kind], books.cost[cohort.kind], community[payer],
                    self.commissioners.discretionary[payer], self.treasury.council_money(), books.own_care,
                )
            )  # fmt: skip
        self.treasury.next_year()
        books.year_end()

    def _facts(self) -> dict[str, Any]:
        """The year's state of organisations and people, for the record."""
        rows: dict[str, dict[str, Any]] = {}
        for cohort in self.cohorts:
            treated = {} if self.timetable is None else {"treated": self.timetable.take_treated(cohort.kind)}
            rows[cohort.kind] = cohort.facts() | treated | cohort.states()
        events = {name: self.record.groups[:, k] / self.sample for k, name in enumerate(EVENTS)}
        health = self.record.qalys / outcomes.MILLION / self.sample
        waiting = self.hospitals.listed.sum() / self.sample
        return {
            "organisations": rows,
            "stock": self.census.stock.sum(axis=0),
            "spread": self.census.spread.sum(axis=0),
            "qaly_years": outcomes.qalys(health, events, float(waiting), self.parameters.outcomes),
            "costliest_5_percent": outcomes.costliest_share(self.patients.people),
            "listed": self.hospitals.listed.copy(),
        }

    def _register(self, first: bool = False) -> None:
        """Tell every cohort who is registered now."""
        lists = registered(self.census, self.place, self.parameters, self.sample)
        for cohort in self.cohorts:
            cohort.observe_registered(lists, first)

    # helpers ------------------------------------------------------------------------------------------------

    @cached_property
    def network(self) -> nx.DiGraph:
        """Who sends patients and pounds to whom, with the last quarter's flows; made when it is first asked for."""
        net = network.graph(self.place, self.share, self.cohorts)
        if self.moved is not None:
            network.carry(net, self.moved, self.sample)
        return net

    def _surgeries(self, gp: np.ndarray, other: np.ndarray) -> Surgeries:
        practices, patients = self.practices, self.patients
        desk = np.zeros(len(practices), dtype=DESK)
        desk["start"], desk["stop"] = patients.start, patients.stop
        desk["n_free"], desk["empty"] = patients.n_free, patients.empty
        desk["gp_offered"], desk["other_offered"] = gp, other
        desk["swing"] = self.sample if "asked" in practices.usual else 1.0
        usual = practices.unsampled_part("asked", np.zeros((len(practices), 2)), self.sample)
        desk["gp_usual"], desk["other_usual"] = usual.T
        desk["style"], desk["referral"] = practices.style, practices.propensity()
        desk["council"], desk["eligible"] = practices.council, self.social_care.eligibility()[practices.council]
        desk["continuity"] = practices.continuity_effect()
        return Surgeries(desk, *self.draws)

    def make_room(self, needed: np.ndarray) -> None:
        """See to it that practices have so many empty rows (P,) for newcomers; rows move, identities do not."""
        if (self.patients.n_free >= needed).all():
            return
        size = self.patients.stop - self.patients.start  # moving everyone is dear: room for years, for all who lack it
        soon = self.patients.n_free < needed + size // 50
        shift = self.patients.make_room(np.where(soon, needed + size // 16, 0))
        rows = self.patients.people.key.size
        for listing in (self.pathways, self.stays, self.queue):
            for b in range(self.patches.size - 1):
                rows_of = patch_rows(listing, b)
                rows_of["row"] = rows_of["row"] + shift[rows_of["practice"]]
        urgent, referred = (_room_for_notes(rows, len(self.practices)) for _ in range(2))
        self.diary = self.diary._replace(urgent=urgent, referred=referred)

    def weekly_total(self, event: str) -> float:
        """Events of the last week, whole place."""
        return float(self.events.council[:, EVENTS.index(event)].sum())

    def middle(self) -> int:
        """The week of the clock of ageing in the middle of this quarter."""
        return (self.week // QUARTER * QUARTER if self.ageing else 0) + QUARTER // 2

    def _elapsed(self) -> float:
        gone = self.week % WEEKS
        return (gone if gone else WEEKS) / WEEKS

    def normal(self, what: str, year: int, shape: tuple[int, ...]) -> np.ndarray:
        """Standard-normal luck of organisations, by purpose and year: the same under every contract."""
        return newcomers.normals(f"{self.place.id}/{what}", self.random_seed, year, shape)

    @property
    def digest(self) -> str:
        """SHA-256 of everything the run has recorded."""
        return self.record.digest(self.ledger.columns())


def _room_for_notes(rows: int, n_practices: int) -> np.ndarray:
    return np.zeros(rows // ONE_IN + MORE_NOTES * (n_practices + 1), dtype=np.int32)


def _diary(n_practices: int, n_hospitals: int, rows: int, n_patches: int) -> Diary:
    e = len(EVENTS)
    return Diary(
        tally=np.zeros((n_practices, e, GROUPS), dtype=np.int32),
        ward=np.zeros((1, n_hospitals, e), dtype=np.int64),
        edges=np.zeros((n_practices, n_hospitals, EDGES), dtype=np.int32),
        counts=np.zeros((n_practices, 5), dtype=np.int64),
        urgent=_room_for_notes(rows, n_practices),
        referred=_room_for_notes(rows, n_practices),
        waits=np.zeros((1, n_hospitals, LINES, LONGEST), dtype=np.int32),
        booked=np.zeros((1, n_hospitals, 2), dtype=np.int64),
        ready=np.zeros(n_patches, dtype=np.int64),
        minutes=np.zeros(n_practices),
        log=np.zeros((n_practices, 0, 5), dtype=np.int64),
    )
