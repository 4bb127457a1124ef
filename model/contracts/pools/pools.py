"""The pooled budgets of a run: payers fill them, terms are paid from them, and each year their result is divided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ....agents.forecast.activity import Activity
from ....agents.links import link
from ....agents.patients.calendar import WEEKS
from ....agents.plans import NODES, WEIGHTS
from ...economy import Economy
from ...errors import InputError
from ..contract import payer_of
from ..holding import Holding, Holdings, holdings_of
from .pool import Pool
from .share import PooledContract, PoolShare, extra_spending, paid_from

FUNDERS = ("commissioner", "nhs_england", "council")
Held = Mapping[str, Sequence[Holding]]  #: holdings by kind of provider

POOL_PLANS = link(
    "pool_plans", "pool surplus", "plans", 1, "Providers plan with their part in the result of a pooled budget.",
)  # fmt: skip


class Pools:
    """All pools of a run.

    ``budget``: £ a year by pool and payer, at first prices. ``paid_in``: pence this year by pool and payer.
    ``surplus``: £ by which each pool was last in surplus.
    """

    def __init__(self, model: Economy, pools: Sequence[Pool], references: Mapping[str, Any]) -> None:
        self.model = model
        self.pools = tuple(pools)
        if self.pools and len(model.commissioners) > 1:
            raise InputError(
                f"{model.place.id}: pool '{self.pools[0].name}': a pool needs a place with one commissioner, and this "
                f"one has {len(model.commissioners)}"
            )
        self.references = references  # funding files that budgets refer to
        self.budget: dict[str, dict[str, float]] = {p.name: {} for p in pools}
        self.paid_in: dict[str, dict[str, int]] = {p.name: {} for p in pools}
        self.surplus = {p.name: 0.0 for p in pools}
        self.shares: dict[str, dict[str, np.ndarray]] = {}  # of dues (N,) that a lead's pool pays, by pool and kind
        self.first_week: dict[str, int] = {}  # week in which a pool first opened
        self.filled: dict[str, int] = {}  # week up to which an open pool has its budget

    # budgets ------------------------------------------------------------------------------------------------

    def open_and_close(self, week: int, held: Held) -> None:
        """Set budgets for the terms that pools pay from this week on; a pool that pays nobody is closed."""
        for pool in self.pools:
            self.fill(pool, week)
            self.budget[pool.name] = self.budget_from(pool, held)
            if self.budget[pool.name]:
                self.filled.setdefault(pool.name, week)
                self.first_week.setdefault(pool.name, week)
                self._share_out(pool, held)
            elif pool.name in self.filled:
                self._divide(pool, held)
                del self.filled[pool.name]

    def budget_from(self, pool: Pool, held: Held) -> dict[str, float]:
        """£ a year by payer: the reference contract's dues of the pool's providers, less what payers still pay them."""
        out = dict.fromkeys(FUNDERS, 0.0)
        covered = False
        for cohort in self.model.cohorts:
            rows = np.any([np.zeros(len(cohort), bool), *(x.rows for x in paid_from(pool, held[cohort.kind]))], axis=0)
            if not rows.any():
                continue
            covered = True
            activity = cohort.expected()
            reference = holdings_of(self.references[pool.budget_like].contracts[cohort.kind], len(cohort))
            for sign, holdings in ((1.0, reference), (-1.0, held[cohort.kind])):
                for holding in holdings:
                    payer = payer_of(cohort.kind, holding.term)
                    if payer in out:
                        owed = np.broadcast_to(holding.due(activity), (len(cohort),))
                        out[payer] += sign * float(owed[rows].sum())
        return {name: max(pounds, 0.0) for name, pounds in out.items()} if covered else {}

    def _share_out(self, pool: Pool, held: Held) -> None:
        """A lead's margin is taken first: what the budget then lacks for its dues is cut from all but the lead.

        Dues are those of the expected year. Other losses fall on those who bear the pool's result.
        """
        if not pool.margin:
            return
        rows, dues = {}, {}
        for cohort in self.model.cohorts:
            rows[cohort.kind] = np.ones(len(cohort), dtype=bool)
            dues[cohort.kind] = np.zeros(len(cohort)) + sum(
                x.due(cohort.expected()) for x in paid_from(pool, held[cohort.kind])
            )
        rows["hospital"][self.lead(pool)] = False
        others = sum(float(dues[kind][rows[kind]].sum()) for kind in dues)
        budget = self.yearly(pool)
        missing = max(pool.margin * budget + sum(float(owed.sum()) for owed in dues.values()) - budget, 0.0)
        least = self.model.parameters.money.subcontract_least
        share = max(1.0 - min(missing, pool.margin * budget) / max(others, 1.0), least)
        self.shares[pool.name] = {kind: np.where(subcontracted, share, 1.0) for kind, subcontracted in rows.items()}

    def affordable(self, name: str, kind: str) -> np.ndarray | float:
        """Share (N,) of what the payer of this name owes that it pays; 1 if it is no pool of a lead provider."""
        return self.shares.get(name, {}).get(kind, 1.0)

    def yearly(self, pool: Pool) -> float:
        """The budget in £ a year at this year's level."""
        return sum(self.budget[pool.name].values()) * self._level(pool)

    def _level(self, pool: Pool) -> float:
        year = max(self.model.week - 1 - self.first_week.get(pool.name, 0), 0) // WEEKS + 1
        return self.model.treasury.growth * pool.savings_factor(year)

    # money --------------------------------------------------------------------------------------------------

    def pay(self, week: int) -> None:
        """Payers fill the pools for the weeks gone; lead providers take their margin."""
        for pool in self.pools:
            self.fill(pool, week)

    def fill(self, pool: Pool, week: int) -> None:
        """Pay a pool its budget up to this week."""
        if pool.name not in self.filled or week <= self.filled[pool.name]:
            return
        years = (week - self.filled[pool.name]) / WEEKS * self._level(pool)
        self.filled[pool.name] = week
        paid_in = self.paid_in[pool.name]
        for payer, pounds in self.budget[pool.name].items():
            amount = round(pounds * self._funded(payer) * years * 100.0)
            self.model.ledger.pay(payer, pool.name, amount, "pooled budget")
            paid_in[payer] = paid_in.get(payer, 0) + amount
        if pool.holder == "lead" and pool.margin:
            amount = round(sum(self.budget[pool.name].values()) * years * pool.margin * 100.0)
            lead, margin = np.array([self.lead(pool)]), np.array([amount])
            self.model.payments.pay_rows(pool.name, "hospital", lead, margin, "margin of the lead provider")

    def _funded(self, payer: str) -> float:
        """Share of its part of a pool's budget that a payer has the money for."""
        if payer == "commissioner":
            return float(self.model.commissioners.hospital_pay[0])
        if payer == "council":
            part = self.model.social_care.part
            return float(self.model.payments.council_pay @ part)
        return self.model.payments.nhs_england_pay

    def settle(self, held: Held) -> None:
        """At the year's end divide every pool's result; each pool then holds nothing."""
        for pool in self.pools:
            if pool.name in self.filled:
                self._divide(pool, held)
                self._share_out(pool, held)

    def _divide(self, pool: Pool, held: Held) -> None:
        """Divide a surplus or deficit: the holder's part first, then what is reinvested, the rest among the payers."""
        name, paid_in = pool.name, self.paid_in[pool.name]
        self.surplus[name] = self.model.ledger.balance(name) / 100.0
        result = float(pool.holder_result(self.surplus[name], sum(paid_in.values()) / 100.0))
        for cohort in self.model.cohorts:
            weights = self.weights(pool, cohort, held[cohort.kind])
            rows = np.flatnonzero(weights)
            amounts = np.rint(result * weights[rows] * 100).astype(np.int64)
            self.model.payments.pay_rows(name, cohort.kind, rows, amounts, "pool settlement")
        self._reinvest(pool)
        self._return_rest(pool, paid_in)
        self.paid_in[name] = {}

    def _return_rest(self, pool: Pool, paid_in: Mapping[str, int]) -> None:
        """Return what is left to the payers in proportion to what they paid in; the first takes the odd pence."""
        ledger, name = self.model.ledger, pool.name
        rest, total = ledger.balance(name), max(sum(paid_in.values()), 1)
        first, *others = [payer for payer, amount in paid_in.items() if amount] or ["commissioner"]
        for payer in others:
            ledger.pay(name, payer, round(rest * paid_in[payer] / total), "pool settlement")
        ledger.pay(name, first, ledger.balance(name), "pool settlement")

    def _reinvest(self, pool: Pool) -> None:
        """Give the commissioner a part of the surplus for next year's community services."""
        amount = round(pool.reinvest * max(self.model.ledger.balance(pool.name), 0))
        self.model.ledger.pay(pool.name, "commissioner", amount, "savings reinvested")
        self.model.commissioners.set_aside(amount / 100.0)

    # who bears the result -----------------------------------------------------------------------------------

    def lead(self, pool: Pool) -> int:
        """Row of the lead hospital."""
        hospitals = self.model.hospitals
        return int(np.argmax(hospitals.usual_people)) if pool.lead is None else hospitals.names.index(pool.lead)

    def weights(self, pool: Pool, cohort: Any, held: Sequence[Holding]) -> np.ndarray:
        """Share (N,) of the holder's gain or loss that falls to each row that the pool pays."""
        out = np.zeros(len(cohort))
        if pool.holder == "lead":
            if cohort.kind == "hospital":
                out[self.lead(pool)] = 1.0
            return out
        part = {"alliance": pool.members, "federation": {"practice": 1.0}}.get(pool.holder, {}).get(cohort.kind, 0.0)
        paid = [holding.rows for holding in paid_from(pool, held)]
        if part and paid:
            people = np.where(np.any(paid, axis=0), cohort.contract_facts()["share_at_start"], 0.0)
            out = part * people / max(people.sum(), 1e-12)
        return out

    def marginal_share(self, pool: Pool, held: Held) -> float:
        """Share (0–1) of one more £ of surplus that is expected to fall to the holder, over forecast errors."""
        budget = sum(self.budget_from(pool, held).values()) * self._level(pool)
        surplus = self.surplus[pool.name] + self.model.parameters.behaviour.forecast_error * budget * NODES
        step = max(1e-3 * budget, 1.0)
        more, less = (pool.holder_result(surplus + sign * step, budget) for sign in (1.0, -1.0))
        return float((more - less) @ WEIGHTS / (2.0 * step))

    def marginal(self, cohort: Any, held: Held, now: Activity, more: Activity) -> np.ndarray:
        """£ (N,) that pools' results bring each provider when it does ``more`` instead of ``now``."""
        total = np.zeros(len(cohort))
        for pool in self.pools:
            weights = self.weights(pool, cohort, held[cohort.kind])
            if weights.any():
                charges = {name: price for name, price in pool.charges.items() if name in now}
                spent = extra_spending(paid_from(pool, held[cohort.kind]), charges, now, more)
                total -= weights * self.marginal_share(pool, held) * spent
        return total

    def contract(self, cohort: Any, held: Sequence[Holding]) -> Holdings:
        """Holdings as a contract, with their providers' parts in the pools' results."""
        shares = []
        for pool in () if POOL_PLANS.held_by(self.model) else self.pools:
            weights = self.weights(pool, cohort, held) if self.budget[pool.name] else np.zeros(len(cohort))
            if weights.any():
                error = float(self.model.parameters.behaviour.forecast_error)
                shares.append(PoolShare(pool, weights, self.surplus[pool.name], self.yearly(pool), error))
        return PooledContract(held, shares) if shares else Holdings(held)
