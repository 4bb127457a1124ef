"""A funding file's changes at work: contracts, numbers and capacity of the week, and who is in which arm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ...agents.patients.calendar import WEEKS
from ..clock import week_of
from .change import Change, adopted, applied, selected, stepped
from .holding import Coming, Contracts, Line, lines
from .pool import Pools

if TYPE_CHECKING:
    from ..initial.state import InitialState
    from ..system import HealthEconomy

TINY = 1e-6  #: share of income below which an offer is not worth a move


class Reform:
    """Knows what holds in each week, and makes it so when the week comes."""

    def __init__(self, model: HealthEconomy, start: InitialState | None, before: Reform | None = None) -> None:
        if model.funding is None or model.case.usual is None:
            raise ValueError("a way of paying is needed")
        self.model = model
        self.starts = model.place.file.starts
        self.changes: tuple[Change, ...] = model.funding.changes
        self.base = model.case.parameters
        self.rows = {c.kind: [self._selected(x, c) for x in self.changes] for c in model.cohorts}
        self.joined = {n: np.zeros_like(self._own(n)) for n, x in enumerate(self.changes) if x.who and x.who.volunteers}
        self.held: dict[str, list[Line]] = {
            c.kind: lines(model.funding.contracts[c.kind], len(c)) for c in model.cohorts
        }
        self.base_lines = dict(self.held)
        self.size = {(c.kind, name): np.ones(len(c)) for c in model.cohorts for name in c.CAPACITY}
        self.treated = {c.kind: np.zeros(len(c)) for c in model.cohorts}  # weeks of the year under a marked change
        self.pools = Pools(model, model.funding.pools, model.yardsticks)
        self.turns = sorted({week for x in self.changes for week in x.weeks(self.starts)})
        self.rates = self._rates(start)
        if before is None:
            self.pools.open_and_close(0, self.held)
            self._hand_over(model.cohorts)
            if 0 in self.turns:
                self._begin(0)
            return
        self.size, self.treated = before.size, before.treated
        for cohort in model.cohorts:
            gone = model.week % WEEKS / WEEKS
            model.payments.renew(cohort, before.held[cohort.kind], self.held[cohort.kind], gone)
        before.pools.settle(before.held)
        self.pools.open_and_close(model.week, self.held)
        self._hand_over(model.cohorts)
        self._begin(model.week)

    @classmethod
    def taking_over(cls, before: Reform, start: InitialState) -> Reform:
        """The reform of the model's new funding file, in place of the one that was at work until now."""
        model = before.model
        changes = (*before.changes, *(model.funding.changes if model.funding else ()))
        if not any(x.numbers for x in changes):
            return cls(model, None, before)
        reform = cls(model, start, before)
        if not reform.rates:  # numbers go back to what they were
            reform._hold(reform.base, start.chances(model.place, reform.base, model.ageing))
        return reform

    def _selected(self, change: Change, cohort: Any) -> np.ndarray:
        kind = change.who.kind if change.who else cohort.kind
        rows = selected(change.who, cohort.kind, self.model.place, cohort.names)
        return rows if kind == cohort.kind else np.zeros(len(cohort), dtype=bool)

    def _own(self, number: int) -> np.ndarray:
        who = self.changes[number].who
        return self.rows[who.kind][number] if who else np.zeros(0, dtype=bool)

    def _rates(self, start: InitialState | None) -> dict[int, np.ndarray]:
        """Chances by the week from which they hold, where numbers change; worked out on the people of the start."""
        weeks = [t for t in self.turns if any(x.numbers for x in self.changes)]
        if not weeks or start is None:
            return {}
        model = self.model
        return {t: start.chances(model.place, self.parameters(t), model.ageing) for t in weeks}

    # what holds in a week -----------------------------------------------------------------------------------

    def active(self, kind: str, week: int) -> dict[int, np.ndarray]:
        """Rows (N,) of a kind that each change has reached by a week, by number of the change."""
        out = {}
        cohort = next(c for c in self.model.cohorts if c.kind == kind)
        for n, change in enumerate(self.changes):
            done = change.share_done(week, self.starts)
            rows = adopted(change, self.rows[kind][n], done, self.model.place, kind, cohort.names)
            if rows.any():
                out[n] = rows
        return out

    def terms(self, kind: str, week: int, joined: Mapping[int, np.ndarray]) -> list[tuple[int, Any, np.ndarray]]:
        """Origin, term and rows of everything held in a week; ``joined``: volunteers by number of the change."""
        n = len(self.base_lines[kind][0].rows)
        active = {c: rows & joined.get(c, rows) for c, rows in self.active(kind, week).items() if self.changes[c].pays}
        if not active:
            return [(x.source, x.term, x.rows) for x in self.base_lines[kind]]
        table = np.array(list(active.values())).reshape(len(active), n)
        base = [(-1, term) for term in self.model.funding.contracts[kind]]  # type: ignore[union-attr]
        found: list[tuple[int, Any, np.ndarray]] = []
        for pattern in np.unique(table, axis=1).T:
            here = (table == pattern[:, None]).all(axis=0)
            held = base
            for (c, _), on in zip(active.items(), pattern, strict=True):
                if on:
                    held = applied(self.changes[c], c, held, self.changes[c].share_done(week, self.starts))
            for source, term in held:
                twin = next((k for k, (s, t, _) in enumerate(found) if s == source and t == term), None)
                if twin is None:
                    found.append((source, term, here))
                else:
                    found[twin] = (source, term, found[twin][2] | here)
        order = [term.name for _, term in base]
        return sorted(found, key=lambda x: (x[0], order.index(x[1].name) if x[1].name in order else len(order)))

    def lines(self, cohort: Any, week: int, joined: Mapping[int, np.ndarray]) -> list[Line]:
        """Lines of a week. A term new to a row refers to the row's last four quarters as the year before."""
        out = []
        every = np.ones(len(cohort), dtype=bool)
        for source, term, rows in self.terms(cohort.kind, week, joined):
            party = every if source < 0 else self.rows[cohort.kind][source]
            out.append(Line(source, term, rows, party, self._before(cohort, week, term, rows)))
        return out

    def _before(self, cohort: Any, week: int, term: Any, rows: np.ndarray) -> dict[str, np.ndarray]:
        if week == 0:
            return {}
        old = [x for x in self.held[cohort.kind] if x.term.name == term.name]
        known = np.any([x.rows for x in old], axis=0) if old else np.zeros(len(cohort), dtype=bool)
        fresh = rows & ~known
        if not fresh.any() and not any(x.before for x in old):
            return {}
        out = {}
        for name in cohort.COUNTED:
            value = np.where(fresh, cohort.as_paid(name), cohort.before[name])
            for x in old:
                if x.before:
                    value = np.where(x.rows & ~fresh, x.before[name], value)
            out[name] = value
        return out

    def parameters(self, week: int) -> Any:
        """All numbers as they stand in a week."""
        out = self.base
        for change in self.changes:
            done = change.share_done(week, self.starts)
            if done and change.numbers:
                new = {p: {"set": stepped(p, out[p].value, step, done)} for p, step in change.numbers.items()}
                out = out.replaced({p: step["set"] for p, step in new.items()})
        return out

    # making it so -------------------------------------------------------------------------------------------

    def turn(self) -> None:
        """At the beginning of a week: what begins, goes a step on or ends now, and whether volunteers stay."""
        model, week = self.model, self.model.week
        anniversary = week % WEEKS == 0 and any(self.changes[n].share_done(week, self.starts) for n in self.joined)
        if week in self.turns or anniversary:
            self._begin(week)
        for cohort in model.cohorts:
            for n, rows in self.active(cohort.kind, week).items() if self.changes else ():
                if self.changes[n].arm:
                    self.treated[cohort.kind] += (rows & self.joined.get(n, rows)) / WEEKS

    def _begin(self, week: int) -> None:
        self._numbers(week)
        self._volunteer(week)
        self._pay(week)
        self._work(week)

    def _numbers(self, week: int) -> None:
        if not any(x.numbers for x in self.changes):
            return
        latest = max((t for t in self.rates if t <= week), default=None)
        self._hold(self.parameters(week), self.model.rates if latest is None else self.rates[latest])

    def _hold(self, numbers: Any, chances: np.ndarray) -> None:
        """Let these numbers and chances hold from now on."""
        model = self.model
        model.parameters, model.rates = numbers, chances
        for holder in (*model.cohorts, model.commissioners, model.treasury):
            holder.use(numbers)

    def _volunteer(self, week: int) -> None:
        """Providers who may take a contract compare what it is worth to them, taken and not taken."""
        behaviour = self.model.parameters.behaviour
        for n, joined in self.joined.items():
            change = self.changes[n]
            cohort = next(c for c in self.model.cohorts if change.who and c.kind == change.who.kind)
            if not change.share_done(week, self.starts):
                joined[:] = False
                continue
            may = self.active(cohort.kind, week).get(n, np.zeros_like(joined))
            if self.model.frozen:
                joined[:] = False  # behaviour as it was takes up no offers
                continue
            prospects = []
            for taken in (may, np.zeros_like(may)):
                held = self.lines(cohort, week, {**self.joined, n: taken})
                contract = self.pools.contract(cohort, held)
                prospects.append(cohort.prospect(contract, behaviour.lever_low, behaviour.lever_high))
            better = prospects[0] - prospects[1]
            slack = TINY * cohort.usual_income
            joined[:] = may & (better > np.where(joined, -slack, slack))

    def _pay(self, week: int) -> None:
        """Contracts of the week; what was owed under the old ones stays owed."""
        held = {c.kind: self.lines(c, week, self.joined) for c in self.model.cohorts}
        changed = [c for c in self.model.cohorts if _differ(self.held[c.kind], held[c.kind])]
        if not changed:
            if any(x.known(week, self.starts) for x in self.changes):
                self._hand_over(self.model.cohorts)
            return
        gone = week % WEEKS / WEEKS
        for cohort in changed:
            self.model.payments.renew(cohort, self.held[cohort.kind], held[cohort.kind], gone)
            self.held[cohort.kind] = held[cohort.kind]
        self.pools.open_and_close(week, self.held)
        self._hand_over(changed)

    def _hand_over(self, cohorts: Any) -> None:
        """Give cohorts their contracts as they now are."""
        for cohort in cohorts:
            cohort.hold(self._contract(cohort))

    def _contract(self, cohort: Any) -> Contracts:
        """A cohort's contract, with the one that is announced to follow it."""
        week = self.model.week
        now = self.pools.contract(cohort, self.held[cohort.kind])
        coming = [week_of(x.when, self.starts) for x in self.changes if x.pays and x.known(week, self.starts)]
        if not coming:
            return now
        later = self.lines(cohort, min(coming), self.joined)
        return Coming(now, self.pools.contract(cohort, later)) if _differ(self.held[cohort.kind], later) else now

    def _work(self, week: int) -> None:
        """Who works together, and with how much."""
        practices = self.model.practices
        group = np.full(len(practices), -1)
        for n, rows in self.active("practice", week).items():
            if self.changes[n].together:
                group[rows & self.joined.get(n, rows)] = n
        if not np.array_equal(group, practices.group):
            practices.join(group)
        for cohort in self.model.cohorts:
            for name in cohort.CAPACITY:
                factor = self._size(cohort, name, week)
                if not np.array_equal(factor, self.size[cohort.kind, name]):
                    cohort.resize(name, factor / self.size[cohort.kind, name])
                    self.size[cohort.kind, name] = factor

    def _size(self, cohort: Any, name: str, week: int) -> np.ndarray:
        factor = np.ones(len(cohort))
        path = f"capacity.{cohort.kind}.{name}"
        for n, rows in self.active(cohort.kind, week).items():
            step = self.changes[n].set.get(path)
            if step is not None:
                done = self.changes[n].share_done(week, self.starts)
                own = rows & self.joined.get(n, rows)
                factor = np.where(own, stepped(path, factor, step, done), factor)
        return factor

    def latest(self, cohort: Any) -> Contracts:
        """A cohort's contract on the day that the last change has come in full, taken up by all who may."""
        weeks = [week_of(x.when, self.starts) + WEEKS * (x.over - 1) for x in self.changes if x.pays]
        return Contracts(self.lines(cohort, max(weeks), {})) if weeks else Contracts(self.held[cohort.kind])

    def take_treated(self, kind: str) -> np.ndarray:
        """Years (N,) that each provider of a kind has spent under a marked change since this was last asked."""
        taken, self.treated[kind] = self.treated[kind], np.zeros_like(self.treated[kind])
        return taken

    # the year's end -----------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Pools divide their results, which plans then take into account."""
        self.pools.settle(self.held)
        if self.pools.pools:
            for cohort in self.model.cohorts:
                cohort.hold(self._contract(cohort), changed=False)

    def arms(self, kind: str) -> np.ndarray:
        """Label of each row's arm: of the last marked change that is for it; ``control`` where only others are."""
        marked = [(x.arm, self.rows[kind][n]) for n, x in enumerate(self.changes) if x.arm]
        marked = [(arm, rows) for arm, rows in marked if rows.any()]
        out = np.full(len(self.treated[kind]), "control" if marked else "", dtype=object)
        for arm, rows in marked:
            out[rows] = arm
        return out


def _differ(old: list[Line], new: list[Line]) -> bool:
    return len(old) != len(new) or any(
        not a.same(b) or not np.array_equal(a.rows, b.rows) for a, b in zip(old, new, strict=True)
    )
