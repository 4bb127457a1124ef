"""A place opened for a run: its people, its organisations and its books, before the first week."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

import mesa
import networkx as nx
import numpy as np

from ..agents.cohorts import COHORTS
from ..agents.commissioner import Commissioners
from ..agents.community import CommunityServices
from ..agents.hospital import Hospitals
from ..agents.observed import WeekEvents
from ..agents.patients.calendar import QUARTER, WEEKS, share_closed
from ..agents.patients.cohort import Patients
from ..agents.patients.entry import salts
from ..agents.patients.events import EVENTS
from ..agents.patients.people import GONE
from ..agents.patients.tables import Census
from ..agents.patients.threads import partitions_of
from ..agents.patients.week import When
from ..agents.practice import Practices
from ..agents.provider import Providers
from ..agents.social_care import SocialCare
from ..agents.treasury import Treasury
from .collector import collector
from .contracts.change import Change, selected
from .contracts.neutral import solve, solved_references
from .contracts.timetable import Timetable
from .errors import InputError, unknown
from .initial.state import InitialState
from .links import at_usual, held
from .money.ledger import Ledger
from .money.payments import Payments, accounts
from .money.sectors import SECTORS, sectors
from .numbers import seed_of
from .people import newcomers
from .people.registers import registered
from .people.sample import subsample
from .place import network
from .record import Record
from .scenario import Scenario
from .stocks import StockSeries


class PlaceOpen(mesa.Model):
    """Patients, practices, hospitals and social care of one place under one way of paying.

    Parameters:
        scenario: the place, the funding file and all parameters.
        initial: the place's initial state.
        rng: the random seed, a whole number from 0 to 2^63 − 1, or such a number as text. ``None`` draws a fresh one;
            ``random_seed`` says which, and makes the run again.
        threads: threads for the people's week; results do not depend on it.
        freeze_behaviour: hold all behaviour at 1.0, to separate the effect of prices from that of behaviour; or that of
            some kinds of provider, by name.
        hold: names of links (``agents/links.py``) that keep their usual value whatever happens.
        ageing: off, nobody ages, falls newly ill, moves or is born, and each death is replaced by a similar person.
        trace: rows of people whose every event is logged.

    Raises:
        InputError: for a seed or a traced row out of range, or an unknown link or kind of provider.
    """

    events: WeekEvents  #: of the last week
    total: np.ndarray  #: (E,) events of the last week, whole place

    def __init__(
        self,
        scenario: Scenario,
        initial: InitialState,
        rng: int | str | None = 1,
        *,
        threads: int | None = None,
        freeze_behaviour: bool | Collection[str] = False,
        hold: Collection[str] = (),
        ageing: bool = True,
        trace: Sequence[int] = (),
    ) -> None:
        self.random_seed = seed_of(rng)
        super().__init__(rng=self.random_seed)
        self.case = scenario
        self.place, self.sample = self.case.place, self.case.place.sample
        self.held_links = held(hold)
        self.parameters = at_usual(self.case.parameters, self.held_links)
        self.frozen = _kinds(freeze_behaviour)
        self.traced: dict[int, int] = {}  # row by key, of people whose every event is logged
        self.traced_events: list[np.ndarray] = []  # week, key, event, hospital or -1, practice
        self.ageing = ageing
        self.week = 0
        self.total = np.zeros(len(EVENTS))
        if initial.sample > self.sample:
            initial = subsample(initial, self.sample / initial.sample, self.random_seed)
        self._people_the_place(initial, threads)
        self._open_the_doors(initial)
        self._open_the_books(initial)
        self.stocks = StockSeries(self)
        if len(trace):
            self._trace(list(trace))

    # making -------------------------------------------------------------------------------------------------

    def _people_the_place(self, start: InitialState, threads: int | None) -> None:
        """People with their health, and the chances they meet."""
        self.week = start.week
        n_practices, n_hospitals = len(self.place.practices), len(self.place.file.hospitals)
        rates = start.chances(self.place, self.parameters, self.ageing)
        lists = start.lists(partitions_of(start["stop"]))
        try:
            self.patients = Patients(start.people(), start["start"], start["stop"], lists, rates, n_hospitals, threads)
        except ValueError as error:
            raise InputError(str(error)) from None
        self.newcomers = newcomers.Newcomers(self.place, self.parameters)
        self.record = Record(n_practices, n_hospitals)

    def _open_the_doors(self, start: InitialState) -> None:
        """Organisations as cohorts, and each as a Mesa agent."""
        self.share = network.shares(self.place, self.parameters)
        drawn = network.cumulated(self.share)
        self.draws = (drawn, drawn)  # of hospitals for emergencies, and for referrals
        self.moved: network.Moved | None = None  # in the last quarter, between organisations
        kinds: dict[str, Any] = {kind: cohort.open(self) for kind, cohort in COHORTS.items()}
        self.practices: Practices = kinds["practice"]
        self.hospitals: Hospitals = kinds["hospital"]
        self.social_care: SocialCare = kinds["social_care"]
        self.community: CommunityServices = kinds["community"]
        self.cohorts: tuple[Providers, ...] = tuple(kinds.values())
        self.practices.learn_from(network.neighbours(self.place))
        for cohort in self.cohorts:
            cohort.keep_usual(self.held_links)
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
        self.ledger = Ledger(accounts(self), sectors=sectors(self))
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
        for cohort in self.cohorts:
            cohort.draw_altruism(self.normal(f"altruism/{cohort.kind}", 0, (len(cohort),)))
            cohort.fit_adjustment_cost(usual.contracts[cohort.kind])
        self.timetable = Timetable(self, start)
        self.record.arms = self.timetable.provisions.marked("practice")

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
        self.ledger.open([pool.name for pool in funding.pools], SECTORS.index("pools"))
        self.timetable = Timetable.replacing(self.timetable, initial)
        self.record.arms, self.record.arm_groups = {}, {}  # arms of the old file are no longer counted apart

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

    # whenever it is asked for ---------------------------------------------------------------------------------

    def _open_week(self) -> None:
        """Tell the people's week what practices and hospitals offer."""
        clock = self.week if self.ageing else 0
        middle = (self.week // QUARTER * QUARTER if self.ageing else 0) + QUARTER // 2
        when = When(self.week, clock, middle, salts(self.random_seed, self.week))
        practices, wards = self.practices.week_table(self.sample), self.hospitals.wards(self.sample)
        for cohort in self.cohorts:
            cohort.shape_week(practices, wards)
        self.patients.open_week(when, practices, self.draws, wards)

    def _review(self, weeks: int) -> Census:
        """Control moves, thresholds are refreshed for the coming quarter, people are counted."""
        ease = share_closed(weeks / WEEKS, self.parameters.general_practice.control_years)
        self._open_week()
        return self.patients.review(weeks, ease)

    def _register(self, first: bool = False) -> None:
        """Tell every cohort who is registered now."""
        lists = registered(self.census, self.place, self.parameters, self.sample)
        for cohort in self.cohorts:
            cohort.observe_registered(lists, first)

    @cached_property
    def network(self) -> nx.DiGraph:
        """Who sends patients and pounds to whom, with the last quarter's flows; made when it is first asked for.

        Its nodes and edges are the model's own and cannot be changed; ``network.copy()`` can.
        """
        net = network.graph(self.place, self.share, self.cohorts)
        if self.moved is not None:
            network.carry(net, self.moved, self.sample)
        return nx.freeze(net)

    def weekly_total(self, event: str) -> float:
        """Events of the last week, whole place; none before the first.

        Raises:
            InputError: for an unknown event.
        """
        if event not in EVENTS:
            raise unknown("event", event, EVENTS)
        return float(self.total[EVENTS.index(event)])

    def normal(self, what: str, year: int, shape: tuple[int, ...]) -> np.ndarray:
        """Standard-normal draws of organisations, by purpose and year: the same under every contract."""
        return newcomers.normals(f"{self.place.id}/{what}", self.random_seed, year, shape)

    @property
    def digest(self) -> str:
        """SHA-256 of everything the run has recorded."""
        return self.record.digest(self.ledger.columns())


def _kinds(frozen: bool | Collection[str]) -> tuple[str, ...]:
    """Kinds of provider whose behaviour is frozen, in the order of ``COHORTS``: all, none or those named."""
    named = (COHORTS if frozen else ()) if isinstance(frozen, bool) else frozen
    for kind in named:
        if kind not in COHORTS:
            raise unknown("kind of provider", kind, COHORTS, where="freeze_behaviour")
    return tuple(kind for kind in COHORTS if kind in named)
