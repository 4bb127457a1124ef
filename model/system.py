"""The local health economy as a Mesa model. This file alone knows the order of a week, a quarter and a year."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from ..agents.closures import close_practices
from ..agents.observed import WeekEvents, YearEnd
from ..agents.patients.calendar import QUARTER, WEEKS, weeks_of
from ..agents.patients.cohort import OutboxFullError
from ..agents.patients.events import EVENTS
from ..agents.patients.moving import move_list
from .money.payments import PERIOD
from .opening import PlaceOpen
from .people import outcomes
from .people.waits import waits
from .place import network


class HealthEconomy(PlaceOpen):
    """One place under one way of paying, week by week; see ``PlaceOpen`` for what it is made of and from."""

    # the week -----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Need, care, pay, record; each quarter decide; each year settle and plan."""
        if self.timetable is not None:
            self.timetable.apply_due_changes()
        self._open_week()
        if self.ageing:
            self.newcomers.arrive(self)
        self._general_practice()
        self._hospital_care()
        self._social_care()
        self._count()
        if self.traced:
            self.traced_events += self.patients.take_log()
        self.week += 1
        self.ledger.week = self.week
        if self.funding is not None and self.week % PERIOD == 0:
            self.payments.pay(self._elapsed())
        if self.week % QUARTER == 0:
            self._quarter()
        if self.week % WEEKS == 0:
            self._year()
        self.stocks.observe_week(self)
        self.datacollector.collect(self)

    def run(self, years: float = 5.0) -> Self:
        """Step to the end of so many years from the start; returns the model."""
        weeks = weeks_of(years)
        while self.week < weeks:
            self.step()
        return self

    def _general_practice(self) -> None:
        """Needs arise; practices serve what they can."""
        gp, other = self.practices.offer(self.sample)
        offers = self.patients.practices
        offers["gp_offered"], offers["other_offered"] = gp, other
        try:
            requests = self.patients.general_practice()
        except OutboxFullError as full:
            behaviour, value = self.practices.furthest(full.practice)
            raise RuntimeError(
                f"{full.named(self.practices.names[full.practice])}; its {behaviour} is at {value:.2f} of the usual: "
                "that, or a rate among the parameters, is out of all bounds"
            ) from None
        asked = self.practices.shrink_to_population("asked", requests, self.sample, anew=True)
        self.practices.observe_requests(asked, np.array([gp, other]).T)

    def _hospital_care(self) -> None:
        """Emergencies take beds, referrals join the list, clinics and theatres serve the longest waiters."""
        hospitals = self.hospitals
        ready, booked, events = self.patients.hospital_demand()
        booked = hospitals.shrink_to_population("booked", booked, self.sample, anew=True)
        nights = hospitals.shrink_to_population("nights", hospitals.nights(events), self.sample)
        given = self.patients.serve(hospitals.queues(ready, self.sample), booked, nights)
        hospitals.see(ready, given)

    def _social_care(self) -> None:
        """Care starts where there is room; others wait, in a hospital bed or at home."""
        self.patients.social_care(self.social_care.chances(self._queued(), self.sample))
        nights = self.hospitals.nights(self.patients.hospital_events())
        self.hospitals.close_week(nights, self.patients.listed, self.sample)
        minutes = self.practices.shrink_to_population("minutes", self.patients.tally.minutes, self.sample)
        self.practices.observe_handed_back(minutes / self.sample)

    def _queued(self) -> np.ndarray:
        """People who wait for care by council and kind, (C, 5)."""
        return self.patients.care_queue(self.practices.council, len(self.social_care))

    def _count(self) -> None:
        """Count the week for everyone."""
        by_practice, by_hospital = self.record.append_week(
            self.patients.tally.events, self.patients.hospital_events(), self.patients.stopped
        )
        self.events = WeekEvents(
            by_practice / self.sample, by_hospital / self.sample,
            self.practices.by_council(by_practice) / self.sample, self._queued().sum(axis=1) / self.sample,
            self.patients.taken_in_step_up() / self.sample,
        )  # fmt: skip
        self.total = self.events.council.sum(axis=0)
        for cohort in self.cohorts:
            cohort.observe_week(self.events)
            self.record.append_weekly(**cohort.weekly())

    # the quarter --------------------------------------------------------------------------------------------

    def _quarter(self) -> None:
        """Staff come and go, plans are compared, people's health is reviewed."""
        for cohort in self.cohorts:
            cohort.close_quarter()
        if self.funding is not None:
            self.practices.observe_income(self.payments.income["practice"], self.payments.paid_years())
        self.practices.staff(self.practices.last_quarter("gp_consultations"))
        self.practices.observe_waits(self.hospitals.relative_wait())
        drawn = network.with_waits(self.share, self.hospitals.wait(), self.hospitals.usual_waits, self.parameters)
        self.draws = (self.draws[0], network.cumulated(drawn))
        if self.funding is not None:
            self._decide()
        self.census = self._review(QUARTER)
        self._file_quarter()
        self.patients.observe_quarter(self.week if self.ageing else 0)
        self.practices.observe_quarter(self.patients.list_sizes() / self.sample, self.census.stock)
        for cohort in self.cohorts:
            cohort.read()

    def _decide(self) -> None:
        """Providers compare plans and go part of the way to the best one."""
        new_year = self.week % WEEKS == QUARTER  # the first quarter under this year's contracts
        for cohort in [cohort for cohort in self.cohorts if cohort.kind not in self.frozen]:
            cohort.expect_pay(self.payments.expected_pay(cohort.kind))
            cohort.decide(QUARTER / WEEKS, look_around=new_year)

    def _file_quarter(self) -> None:
        """Record the quarter, and what moved along the network."""
        levers = {f"{c.kind}_levers": c.levers.copy() for c in self.cohorts}
        targets = {f"{c.kind}_targets": c.target.copy() for c in self.cohorts}
        self.record.close_quarter(
            self.patients.tally.events, self.patients.tally.edges, self.census.stock, **levers, **targets
        )
        self.moved = network.moved(self)
        if "network" in vars(self):
            network.carry(self.network, self.moved, self.sample)
        for paid in self.payments.quarter.values():
            paid[:] = 0

    # the year -----------------------------------------------------------------------------------------------

    def _year(self) -> None:
        """Measure outcomes, settle contracts, open and close capacity, write next year's budgets."""
        year = self.week // WEEKS
        for cohort in self.cohorts:
            cohort.measure(self.normal(f"measure/{cohort.kind}", year, (len(cohort.INDICATORS), len(cohort))))
        facts = self._facts()
        if self.funding is not None:
            self._settle(facts)
        facts["balance"] = self.commissioners.balance
        facts["arms"] = self._arms()
        self.record.close_year(**facts)
        if self.funding is not None:
            self._close_practices()
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
        hospital = (books.commissioner["hospital"], books.income["hospital"])
        self.commissioners.observe_year(self.treasury, self.hospitals, *hospital, books.income["community"])
        facts["deficit"] = float(self.commissioners.deficit.sum())
        for cohort in self.cohorts:
            payer = books.commissioner[cohort.kind]
            cohort.observe_year(
                YearEnd(
                    books.income[cohort.kind], books.cost[cohort.kind], self.commissioners.discretionary[payer],
                    self.commissioners.planned_care[payer], books.own_care,
                )
            )  # fmt: skip
        self.treasury.next_year()
        books.year_end()

    def _close_practices(self) -> None:
        """Practices that can neither pay nor staff themselves close; their patients go to neighbours."""
        closed = close_practices(self.practices)
        for closure in closed:
            move_list(self.patients, *closure)
        if closed:
            self.census = self._review(0)

    def _facts(self) -> dict[str, Any]:
        """The year's state of organisations and people, for the record."""
        rows: dict[str, dict[str, Any]] = {}
        for cohort in self.cohorts:
            treated = {} if self.timetable is None else {"treated": self.timetable.take_treated(cohort.kind)}
            rows[cohort.kind] = cohort.facts() | treated | cohort.states()
        events = {name: self.record.groups[:, k] / self.sample for k, name in enumerate(EVENTS)}
        health = self.record.qalys / outcomes.MILLION / self.sample
        return {
            "organisations": rows,
            "stock": self.census.stock.sum(axis=0),
            "spread": self.census.spread.sum(axis=0),
            "qaly_years": outcomes.qalys(health, events, self.parameters.outcomes),
            "costliest_5_percent": outcomes.costliest_share(self.patients.people),
            "listed": self.hospitals.listed.copy(),
            "joiners": self.practices.joiners(),
            "waits": waits(self.patients, self.week - 1),
        }

    def _arms(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Events and stocks of the people of each marked arm's practices, as those of all."""
        record, stock = self.record, self.census.stock
        return {arm: (record.arm_groups[arm], stock[rows].sum(axis=0)) for arm, rows in record.arms.items()}

    def _elapsed(self) -> float:
        return (self.week % WEEKS or WEEKS) / WEEKS
