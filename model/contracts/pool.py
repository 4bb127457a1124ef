"""Budgets that pay together: who fills a pool, who bears its gain or loss, and what that is worth at the margin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ...agents.forecast.activity import Activity, adding
from ...agents.patients.calendar import WEEKS
from ...agents.plans import NODES, WEIGHTS
from ..errors import InputError
from .holding import Contracts, Line, lines

if TYPE_CHECKING:
    from ..system import HealthEconomy

FUNDERS = ("commissioner", "nhs_england", "council")


@dataclass(frozen=True)
class Pool:
    """One ``[[pools]]`` table. Terms whose ``payer`` is its name are paid from it.

    Its budget is what each payer would pay the same providers in the expected year under the shipped file
    ``budget_like`` (its contracts before any dated change of its own),
    less what that payer still pays them outside the pool; it grows with allocations, less ``savings`` in each of its
    first ``savings_years`` years (all, when left out). ``reinvest``: of what is left of a surplus after the holder's
    part, the share that the commissioner spends on community services in the next year.
    ``holder``: who bears the risk. Of a surplus the holder gets the share ``gain``, of a deficit it makes good the
    share ``loss``, neither more than ``cap`` of the budget; the rest falls back to the payers. ``charges``: £ that
    the pool pays others for one more of an activity of a practice's patients, as members see it in their plans.
    """

    name: str
    holder: Literal["commissioner", "lead", "alliance", "federation"] = "commissioner"
    members: Mapping[str, float] = field(default_factory=dict)  # alliance: share of gain and loss by kind
    lead: str | None = None  # id of a hospital; the largest when left out
    margin: float = 0.0  # share of the budget that a lead keeps before anything else
    gain: float = 1.0
    loss: float = 1.0
    cap: float | None = None
    savings: float = 0.0
    savings_years: int | None = None
    reinvest: float = 0.0  # share of what a surplus leaves its payers that goes into community services next year
    budget_like: str = "usual"  # the usual contract of the place's baseline
    charges: Mapping[str, float] = field(default_factory=dict)

    def borne(self, spare: Any, budget: float) -> np.ndarray:
        """£ of a surplus (or, negative, of a deficit) that falls to the holder."""
        spare = np.asarray(spare, dtype=float)
        part = self.gain * np.maximum(spare, 0.0) + self.loss * np.minimum(spare, 0.0)
        return part if self.cap is None else np.clip(part, -self.cap * budget, self.cap * budget)


@dataclass(frozen=True, eq=False)
class Share:
    """A provider's part in a pool's result, as its plans see it; the money itself moves when the pool settles.

    ``weights`` (N,): part of the gain or loss that falls to each row. ``spare``: £ by which the pool was last in
    surplus; ``budget``: £ a year; ``error``: relative error of a forecast of the whole pool's spending.
    """

    pool: Pool
    weights: np.ndarray
    spare: float
    budget: float
    error: float

    def due(self, activity: Activity, paid: Sequence[Line]) -> np.ndarray:
        """Expected £ a year from the pool's result in plans; nothing elsewhere."""
        settled = {n.removesuffix(".level"): v for n, v in activity.items() if n.endswith(".level")}
        if not settled:
            return np.zeros(())
        usual = adding(activity, settled)
        saved: np.ndarray = np.zeros(())
        for line in paid:
            saved = saved + line.due(usual) - line.due(activity)
        for name, price in self.pool.charges.items():
            if name in settled:
                saved = saved + price * (np.asarray(usual[name]) - np.asarray(activity[name]))
        spare = self.spare + saved + self.error * self.budget * NODES
        return np.asarray(self.weights[:, None] * self.pool.borne(spare, self.budget))


class Shared(Contracts):
    """Contracts of which some terms are paid from pools whose result providers share."""

    def __init__(self, held: Sequence[Line], shares: Sequence[Share]) -> None:
        super().__init__(held)
        self.shares = tuple(shares)

    def due(self, activity: Activity) -> np.ndarray:
        """The sum of what the terms owe each row and, in plans, of its part in the pools' results."""
        total = super().due(activity)
        for share in self.shares:
            total = total + share.due(activity, [x for x in self.lines if x.term.payer == share.pool.name])
        return total


class Pools:
    """All pools of a run: what fills them, and what became of it."""

    def __init__(self, model: HealthEconomy, pools: Sequence[Pool], like: Mapping[str, Any]) -> None:
        self.model = model
        self.pools = tuple(pools)
        if self.pools and len(model.commissioners) > 1:
            raise InputError(
                f"{model.place.id}: pool '{self.pools[0].name}': a pool needs a place with one commissioner, and this "
                f"one has {len(model.commissioners)}"
            )
        self.like = like  # funding files that budgets are measured by
        self.budget: dict[str, dict[str, float]] = {p.name: {} for p in pools}  # £ a year by payer, at first prices
        self.since: dict[str, int] = {}  # week in which a pool was last filled, while it is open
        self.began: dict[str, int] = {}
        self.given: dict[str, dict[str, int]] = {p.name: {} for p in pools}  # pence this year by payer
        self.spare = {p.name: 0.0 for p in pools}

    # what it holds ------------------------------------------------------------------------------------------

    def open_and_close(self, week: int, held: Mapping[str, Sequence[Line]]) -> None:
        """Set budgets for who is paid from each pool from this week on; a pool that pays nobody is wound up."""
        for pool in self.pools:
            self.fill(pool, week)
            self.budget[pool.name] = self._budget(pool, held)
            if self.budget[pool.name]:
                self.since.setdefault(pool.name, week)
                self.began.setdefault(pool.name, week)
            elif pool.name in self.since:
                self.divide(pool, held)
                del self.since[pool.name]

    def _budget(self, pool: Pool, held: Mapping[str, Sequence[Line]]) -> dict[str, float]:
        out = dict.fromkeys(FUNDERS, 0.0)
        covered = False
        for cohort in self.model.cohorts:
            mine = held[cohort.kind]
            rows = np.any([x.rows for x in mine if x.term.payer == pool.name] or [np.zeros(len(cohort), bool)], axis=0)
            if not rows.any():
                continue
            covered = True
            activity = cohort.expected()
            usual = lines(self.like[pool.budget_like].contracts[cohort.kind], len(cohort))
            for sign, those in ((1.0, usual), (-1.0, mine)):
                for line in those:
                    payer = payer_of(cohort.kind, line.term)
                    if payer in out:
                        owed = np.broadcast_to(line.due(activity), (len(cohort),))
                        out[payer] += sign * float(owed[rows].sum())
        return {name: max(pounds, 0.0) for name, pounds in out.items()} if covered else {}

    def yearly(self, pool: Pool) -> float:
        """£ a year at this year's level."""
        return sum(self.budget[pool.name].values()) * self._level(pool)

    def _level(self, pool: Pool) -> float:
        years = max(self.model.week - 1 - self.began.get(pool.name, 0), 0) // WEEKS + 1
        years = years if pool.savings_years is None else min(years, pool.savings_years)
        return self.model.treasury.growth * (1.0 - pool.savings) ** years

    # money --------------------------------------------------------------------------------------------------

    def pay(self, week: int) -> None:
        """Payers fill the pools with the budget of the weeks gone; leads take their margin."""
        for pool in self.pools:
            self.fill(pool, week)

    def fill(self, pool: Pool, week: int) -> None:
        """The budget of the weeks since the pool was last filled."""
        if pool.name not in self.since or week <= self.since[pool.name]:
            return
        part = (week - self.since[pool.name]) / WEEKS * self._level(pool)
        self.since[pool.name] = week
        ledger = self.model.ledger
        for payer, pounds in self.budget[pool.name].items():
            amount = round(pounds * part * 100.0)
            ledger.pay(payer, pool.name, amount, "pooled budget")
            self.given[pool.name][payer] = self.given[pool.name].get(payer, 0) + amount
        if pool.holder == "lead" and pool.margin:
            amount = round(sum(self.budget[pool.name].values()) * part * pool.margin * 100.0)
            self._to(pool.name, "hospital", [self.lead(pool)], np.array([amount]), "margin of the lead provider")

    def settle(self, held: Mapping[str, Sequence[Line]]) -> None:
        """At the year's end gains and losses are divided, and every pool stands at nothing."""
        for pool in self.pools:
            if pool.name in self.since:
                self.divide(pool, held)

    def divide(self, pool: Pool, held: Mapping[str, Sequence[Line]]) -> None:
        """Divide what the pool has left, or lacks: the holder's part first, the rest among its payers."""
        ledger, name = self.model.ledger, pool.name
        left = ledger.balance(name)
        given = self.given[name]
        budget = sum(given.values()) / 100.0
        self.spare[name] = left / 100.0
        borne = float(pool.borne(left / 100.0, budget))
        for cohort in self.model.cohorts:
            weights = self.weights(pool, cohort, held[cohort.kind])
            rows = np.flatnonzero(weights)
            self._to(name, cohort.kind, rows, np.rint(borne * weights[rows] * 100).astype(np.int64), "pool settlement")
        self._reinvest(pool)
        rest, total = ledger.balance(name), max(sum(given.values()), 1)
        payers = [payer for payer, amount in given.items() if amount] or ["commissioner"]
        for payer in payers[1:]:
            ledger.pay(name, payer, round(rest * given[payer] / total), "pool settlement")
        ledger.pay(name, payers[0], ledger.balance(name), "pool settlement")
        self.given[name] = {}

    def _reinvest(self, pool: Pool) -> None:
        """Part of what is left goes to the commissioner for community services in the year to come."""
        amount = round(pool.reinvest * max(self.model.ledger.balance(pool.name), 0))
        self.model.ledger.pay(pool.name, "commissioner", amount, "savings reinvested")
        self.model.commissioners.set_aside(amount / 100.0)

    def _to(self, payer: str, kind: str, rows: Any, pence: np.ndarray, purpose: str) -> None:
        """Pay providers, who count it as income."""
        cohort = next(c for c in self.model.cohorts if c.kind == kind)
        self.model.ledger.pay(payer, [cohort.names[r] for r in rows], pence, purpose)
        books = self.model.payments
        np.add.at(books.income[kind], rows, pence / 100.0)
        np.add.at(books.quarter[kind], rows, pence)

    # who bears it -------------------------------------------------------------------------------------------

    def lead(self, pool: Pool) -> int:
        """Row of the lead hospital."""
        hospitals = self.model.hospitals
        return int(np.argmax(hospitals.usual_people)) if pool.lead is None else hospitals.names.index(pool.lead)

    def weights(self, pool: Pool, cohort: Any, held: Sequence[Line]) -> np.ndarray:
        """Part of the holder's gain or loss that falls to each row (N,), of those paid from the pool."""
        out = np.zeros(len(cohort))
        if pool.holder == "lead":
            if cohort.kind == "hospital":
                out[self.lead(pool)] = 1.0
            return out
        part = {"alliance": pool.members, "federation": {"practice": 1.0}}.get(pool.holder, {}).get(cohort.kind, 0.0)
        inside = [x.rows for x in held if x.term.payer == pool.name]
        if part and inside:
            people = np.where(np.any(inside, axis=0), cohort.standing()["share_at_start"], 0.0)
            out = part * people / max(people.sum(), 1e-12)
        return out

    def part(self, pool: Pool, held: Mapping[str, Sequence[Line]]) -> float:
        """Part of one £ more that a pool has left which is expected to fall to its holder, 0–1."""
        budget = sum(self._budget(pool, held).values()) * self._level(pool)
        spare = self.spare[pool.name] + self.model.parameters.behaviour.forecast_error * budget * NODES
        step = max(1e-3 * budget, 1.0)
        return float((pool.borne(spare + step, budget) - pool.borne(spare - step, budget)) @ WEIGHTS / (2.0 * step))

    def marginal(self, cohort: Any, held: Mapping[str, Sequence[Line]], now: Activity, more: Activity) -> np.ndarray:
        """£ (N,) that pools' results bring each provider when it does ``more`` instead of what it does ``now``."""
        total = np.zeros(len(cohort))
        for pool in self.pools:
            weights = self.weights(pool, cohort, held[cohort.kind])
            if not weights.any():
                continue
            spent = np.zeros(len(cohort))
            for line in held[cohort.kind]:
                if line.term.payer == pool.name:
                    spent = spent + line.due(more) - line.due(now)
            for name, price in pool.charges.items():
                if name in now:
                    spent = spent + price * (np.asarray(more[name]) - np.asarray(now[name]))
            total -= weights * self.part(pool, held) * spent
        return total

    def contract(self, cohort: Any, held: Sequence[Line]) -> Contracts:
        """Lines as a contract, with the parts in pools that its holders have."""
        shares = []
        for pool in self.pools:
            weights = self.weights(pool, cohort, held) if self.budget[pool.name] else np.zeros(len(cohort))
            if weights.any():
                error = float(self.model.parameters.behaviour.forecast_error)
                shares.append(Share(pool, weights, self.spare[pool.name], self.yearly(pool), error))
        return Shared(held, shares) if shares else Contracts(held)


def payer_of(kind: str, term: Any) -> str:
    """The account that pays a term; social care's commissioner is the council."""
    return "council" if kind == "social_care" and term.payer == "commissioner" else term.payer
