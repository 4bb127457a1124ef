"""Puts the provisions of a funding file into force, week by week."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ...agents.patients.calendar import WEEKS
from ..economy import Economy
from ..initial.state import InitialState
from ..links import at_usual
from ..parameters import Parameters
from .announced import AnnouncedContract
from .holding import Holding, Holdings, differ, holdings_of
from .pools.pools import Pools
from .provisions import Joined, Provisions

TINY = 1e-6  #: share of income below which an offer is not worth a move


class Timetable:
    """Applies due changes to a model: terms, parameters, capacity, federations and volunteers.

    ``held``: today's holdings by kind of provider. ``joined``: rows (N,) of volunteers that have joined, by number of
    the change. ``treated``: years (N,) since last asked that each provider has spent under a change with an ``arm``.
    """

    def __init__(self, model: Economy, initial: InitialState | None, before: Timetable | None = None) -> None:
        if model.funding is None or model.case.usual is None:
            raise ValueError("a timetable needs a funding file")
        self.model = model
        funding, names = model.funding, {c.kind: c.names for c in model.cohorts}
        self.provisions = Provisions(funding.contracts, funding.changes, names, model.place, model.case.parameters)
        self.joined = {n: np.zeros(len(names[kind]), bool) for n, kind in self.provisions.volunteers().items()}
        self.held: dict[str, list[Holding]] = {
            c.kind: holdings_of(funding.contracts[c.kind], len(c)) for c in model.cohorts
        }
        self.capacity = {(c.kind, name): np.ones(len(c)) for c in model.cohorts for name in c.CAPACITY}
        self.treated = {c.kind: np.zeros(len(c)) for c in model.cohorts}
        self.pools = Pools(model, funding.pools, model.references)
        self.rates = self._rates(initial)
        if before is None:
            self._start()
        else:
            self._take_over(before)

    @classmethod
    def replacing(cls, before: Timetable, initial: InitialState) -> Timetable:
        """The timetable of the model's new funding file, in place of the present one."""
        if not (before.provisions.sets_parameters or _sets_parameters(before.model)):
            return cls(before.model, None, before)
        timetable = cls(before.model, initial, before)
        if not timetable.rates:  # the new file sets no parameters: they return to their base
            model, base = before.model, timetable.provisions.base_parameters
            timetable._use(base, initial.chances(model.place, base, model.ageing))
        return timetable

    def _start(self) -> None:
        self.pools.open_and_close(0, self.held)
        self._give_contracts(self.model.cohorts)
        if 0 in self.provisions.weeks:
            self._apply(0)

    def _take_over(self, before: Timetable) -> None:
        """Continue from another timetable: what its terms owe to date is paid, and its pools settle."""
        model = self.model
        self.capacity, self.treated = before.capacity, before.treated
        for cohort in model.cohorts:
            gone = model.week % WEEKS / WEEKS
            model.payments.renew(cohort, before.held[cohort.kind], self.held[cohort.kind], gone)
        before.pools.settle(before.held)
        self.pools.open_and_close(model.week, self.held)
        self._give_contracts(model.cohorts)
        self._apply(model.week)

    def _rates(self, initial: InitialState | None) -> dict[int, np.ndarray]:
        """Weekly chances by the week from which they hold, where parameters change; for the initial population."""
        if initial is None or not self.provisions.sets_parameters:
            return {}
        place, ageing = self.model.place, self.model.ageing
        return {t: initial.chances(place, self._parameters(t), ageing) for t in self.provisions.weeks}

    # holdings -----------------------------------------------------------------------------------------------

    def holdings(self, cohort: Any, week: int, joined: Joined) -> list[Holding]:
        """Holdings of a week. A term that is new to a row takes the row's last four quarters as reference year."""
        out = []
        everyone = np.ones(len(cohort), dtype=bool)
        for change_id, term, rows in self.provisions.terms(cohort.kind, week, joined):
            eligible = everyone if change_id < 0 else self.provisions.rows[cohort.kind][change_id]
            out.append(Holding(change_id, term, rows, eligible, self._reference_year(cohort, week, term, rows)))
        return out

    def _reference_year(self, cohort: Any, week: int, term: Any, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Reference year (N,) by activity of a term; empty when all of its rows have that of the run."""
        if week == 0:
            return {}
        old = [x for x in self.held[cohort.kind] if x.term.name == term.name]
        known = np.any([x.rows for x in old], axis=0) if old else np.zeros(len(cohort), dtype=bool)
        new = rows & ~known
        if not new.any() and not any(x.before for x in old):
            return {}
        out = {}
        for name in cohort.COUNTED:
            value = np.where(new, cohort.as_paid(name), cohort.before[name])
            for x in old:
                if x.before:
                    value = np.where(x.rows & ~new, x.before[name], value)
            out[name] = value
        return out

    def final_contract(self, cohort: Any) -> Holdings:
        """A cohort's contract after the last change of contracts, with every volunteer in it."""
        week = self.provisions.final_week()
        return Holdings(self.held[cohort.kind] if week is None else self.holdings(cohort, week, {}))

    # changes ------------------------------------------------------------------------------------------------

    def apply_due_changes(self) -> None:
        """At the start of a week: begin, step or end what is due; each year volunteers decide again."""
        week, provisions = self.model.week, self.provisions
        anniversary = week % WEEKS == 0 and any(provisions.share_done(n, week) for n in self.joined)
        if week in provisions.weeks or anniversary:
            self._apply(week)
        if provisions.changes:
            self._count_treated(week)

    def _count_treated(self, week: int) -> None:
        for cohort in self.model.cohorts:
            for n, rows in self.provisions.joined_rows(cohort.kind, week, self.joined).items():
                if self.provisions.changes[n].arm:
                    self.treated[cohort.kind] += rows / WEEKS

    def _apply(self, week: int) -> None:
        self._set_parameters(week)
        self._ask_volunteers(week)
        self._change_contracts(week)
        self._change_capacity(week)

    def _set_parameters(self, week: int) -> None:
        if self.provisions.sets_parameters:
            latest = max((t for t in self.rates if t <= week), default=None)
            rates = self.model.patients.rates if latest is None else self.rates[latest]
            self._use(self._parameters(week), rates)

    def _parameters(self, week: int) -> Parameters:
        """Parameters of a week, with those of links that are held."""
        return at_usual(self.provisions.parameters(week), self.model.held_links)

    def _use(self, parameters: Any, rates: np.ndarray) -> None:
        """Let these parameters and weekly chances hold from now on."""
        model = self.model
        model.parameters = parameters
        model.patients.use_rates(rates)
        for holder in (*model.cohorts, model.commissioners, model.treasury):
            holder.use(parameters)

    def _ask_volunteers(self, week: int) -> None:
        """Providers that may join compare the worth of both contracts; a tie leaves things as they are."""
        for n, joined in self.joined.items():
            cohort = self._cohort(self.provisions.volunteers()[n])
            may = self.provisions.active(cohort.kind, week).get(n, np.zeros_like(joined))
            if cohort.kind in self.model.frozen or not self.provisions.share_done(n, week):
                joined[:] = False  # behaviour as it was takes up no offers
                continue
            gain = self._worth(cohort, week, n, may) - self._worth(cohort, week, n, np.zeros_like(may))
            entry, leaving = self._cost_of_moving(week, n, may)
            margin = TINY * cohort.usual_income
            joined[:] = may & (gain > np.where(joined, -margin - leaving, margin + entry))

    def _cost_of_moving(self, week: int, number: int, may: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """£ (N,), once, of taking up a change and of leaving it: of practices that then work together, or not."""
        if not self.provisions.changes[number].together:
            return np.zeros(may.size), np.zeros(may.size)
        practices, alone = self.model.practices, np.full(may.size, -1)
        return practices.cost_of(np.where(may, number, alone)), practices.cost_of(alone)

    def _worth(self, cohort: Any, week: int, number: int, joined: np.ndarray) -> np.ndarray:
        """Worth (N,) in £ to each provider of its contract when these rows have joined a change."""
        return cohort.prospect(
            self.pools.contract(cohort, self.holdings(cohort, week, {**self.joined, number: joined}))
        )

    def _cohort(self, kind: str) -> Any:
        return next(c for c in self.model.cohorts if c.kind == kind)

    def _change_contracts(self, week: int) -> None:
        """Give providers the week's terms; what the old ones owe to date is paid."""
        held = {c.kind: self.holdings(c, week, self.joined) for c in self.model.cohorts}
        changed = [c for c in self.model.cohorts if differ(self.held[c.kind], held[c.kind])]
        if not changed:
            if self.provisions.is_announced(week):
                self._give_contracts(self.model.cohorts)
            return
        for cohort in changed:
            self.model.payments.renew(cohort, self.held[cohort.kind], held[cohort.kind], week % WEEKS / WEEKS)
            self.held[cohort.kind] = held[cohort.kind]
        self.pools.open_and_close(week, self.held)
        self._give_contracts(changed)

    def _give_contracts(self, cohorts: Iterable[Any]) -> None:
        for cohort in cohorts:
            cohort.hold(self._contract(cohort))

    def _contract(self, cohort: Any) -> Holdings:
        """A cohort's contract, with the one that is announced to follow it."""
        now = self.pools.contract(cohort, self.held[cohort.kind])
        week = self.provisions.announced_week(self.model.week)
        if week is None:
            return now
        later = self.holdings(cohort, week, self.joined)
        return AnnouncedContract(now, self.pools.contract(cohort, later)) if differ(now.holdings, later) else now

    def _change_capacity(self, week: int) -> None:
        """Form federations, and open or close capacity."""
        practices = self.model.practices
        group = self.provisions.federations(week, self.joined)
        if not np.array_equal(group, practices.group):
            self.model.payments.charge(practices, practices.cost_of(group), "joining and leaving networks")
            practices.join(group)
        for cohort in self.model.cohorts:
            for name in cohort.CAPACITY:
                factor, old = self.provisions.capacity(cohort.kind, name, week, self.joined), self.capacity
                if not np.array_equal(factor, old[cohort.kind, name]):
                    cohort.resize(name, factor / old[cohort.kind, name])
                    self.capacity[cohort.kind, name] = factor

    # the year's end -----------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Pools divide their results, which plans then take into account."""
        self.pools.settle(self.held)
        if self.pools.pools:
            for cohort in self.model.cohorts:
                cohort.hold(self._contract(cohort), changed=False)

    def take_treated(self, kind: str) -> np.ndarray:
        """Years (N,) that each provider has spent under a change with an ``arm`` since this was last asked."""
        taken, self.treated[kind] = self.treated[kind], np.zeros_like(self.treated[kind])
        return taken


def _sets_parameters(model: Economy) -> bool:
    return any(change.numbers for change in (model.funding.changes if model.funding else ()))
