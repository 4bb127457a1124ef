"""Who pays whom, every four weeks and at the year's end. Amounts are worked out here; only the ledger moves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ...agents.patients.calendar import WEEKS
from ..contracts.holding import Line, lines
from ..contracts.pool import payer_of

if TYPE_CHECKING:
    from ..system import HealthEconomy

PERIOD = 4  #: weeks between payments
STAFF = "staff_and_suppliers"
BLOCKS = {
    "community": ("community", "block_community"),
    "mental_health": ("mental health", "block_mental_health"),
    "pharmacies": ("prescribing", "block_prescribing"),
    "continuing_care": ("continuing care", "block_continuing_care"),
    "other_nhs": ("ambulance and other services", "block_ambulance"),
}


def accounts(model: HealthEconomy) -> list[str]:
    """Every account of a place: sources, holders of money, providers, and the sink."""
    return [
        "treasury", "council_taxpayers", "clients", *model.commissioners.names, "nhs_england", *councils(model),
        *(name for cohort in model.cohorts for name in cohort.names),
        *(pool.name for pool in (model.case.funding.pools if model.case.funding else ())),
        "community", "mental_health", "pharmacies", "continuing_care", "other_nhs", STAFF,
    ]  # fmt: skip


def councils(model: HealthEconomy) -> list[str]:
    """The councils' accounts, in the order of social care's rows."""
    sites = model.place.file.councils
    return ["council"] if len(sites) == 1 else [f"council {site.id}" for site in sites]


def pence(pounds: Any) -> np.ndarray:
    """Whole pence, nearest, halves to even; always an integer array."""
    whole = np.rint(np.asarray(pounds, dtype=float) * 100.0).astype(np.int64)
    return whole if whole.ndim else whole[None]


@dataclass
class Account:
    """What has been paid of one line this year, pence (N,), and where each row's count of it began.

    ``mark``: figures of the year to date when a row took the line up within the year; empty when all began with it.
    """

    line: Line
    paid: np.ndarray
    mark: dict[str, np.ndarray] = field(default_factory=dict)

    def counted(self, activity: dict[str, Any]) -> dict[str, Any]:
        """The year to date from where each row's count began."""
        if not self.mark:
            return activity
        return {**activity, **{name: activity[name] - start for name, start in self.mark.items()}}


class Payments:
    """Remembers what has been paid of what is owed this year, so that a payment is the change in what is owed."""

    def __init__(self, model: HealthEconomy) -> None:
        self.model = model
        self.councils = councils(model)
        #: row of the commissioner that pays each provider: a hospital's and a council's is where most patients are
        self.commissioner = {cohort.kind: cohort.commissioner() for cohort in model.cohorts}
        self.accounts: dict[str, list[Account]] = {}
        self.seen: dict[str, np.ndarray] = {}  # the year's counts (names, N) that payments were last made for, by kind
        self.income = {c.kind: np.zeros(len(c)) for c in model.cohorts}
        self.cost = {c.kind: np.zeros(len(c)) for c in model.cohorts}
        self.quarter = {c.kind: np.zeros(len(c), dtype=np.int64) for c in model.cohorts}  # pence under contracts
        self.own_care = np.zeros(len(model.social_care))

    def pay(self, elapsed: float) -> None:
        """The payments of four weeks. ``elapsed``: share of the year gone by now."""
        self._fund()
        if self.model.reform is not None:
            self.model.reform.pools.pay(self.model.week)
        self._contracts(elapsed)
        self._blocks()
        self._clients()
        self._spend()

    def settle(self) -> None:
        """Pay what the outcomes just measured have changed in the dues of the year."""
        self._contracts(1.0)

    def year_end(self) -> None:
        """Loans cover what hospitals have lost; the year's books are closed."""
        ledger = self.model.ledger
        for name in self.model.hospitals.names:
            ledger.pay("treasury", name, max(-ledger.balance(name), 0), "loan")
        self.accounts.clear()
        self.seen.clear()
        for book in (self.income, self.cost):
            for kind in book:
                book[kind] = np.zeros_like(book[kind])
        self.own_care = np.zeros_like(self.own_care)

    def _fund(self) -> None:
        model, ledger = self.model, self.model.ledger
        part = PERIOD / WEEKS
        yearly = model.treasury.allocations()
        tax = model.parameters.social_care.council_tax_share
        holders, part_of = model.commissioners, model.social_care.part
        amount = pence(holders.part * (yearly["commissioner"] * part))
        ledger.pay("treasury", holders.names, amount, "allocation")
        ledger.pay("treasury", "nhs_england", pence(yearly["nhs_england"] * part), "allocation")
        council = part_of * (yearly["council"] * part)
        ledger.pay("treasury", self.councils, pence(council * (1.0 - tax)), "grant")
        ledger.pay("council_taxpayers", self.councils, pence(council * tax), "council tax")
        fund = model.parameters.social_care.better_care_fund * model.treasury.people * model.treasury.growth
        payers = [holders.names[k] for k in self.commissioner["social_care"]]
        ledger.pay(payers, self.councils, pence(part_of * (fund * part)), "better care fund")

    def payers(self, kind: str, term: Any) -> str | list[str]:
        """The account that pays each provider of a kind under a term, or one that pays them all."""
        payer = payer_of(kind, term)
        if payer == "council":
            return self.councils
        if payer == "commissioner":
            return [self.model.commissioners.names[k] for k in self.commissioner[kind]]
        return payer

    def _contracts(self, elapsed: float) -> None:
        for cohort in self.model.cohorts:
            if cohort.contract is None:
                continue
            activity = {**cohort.to_date(elapsed), "closing": elapsed >= 1.0}
            self._earn(cohort.kind, sum(self._pay(cohort, account, activity) for account in self._accounts(cohort)))

    def _accounts(self, cohort: Any) -> list[Account]:
        """This year's accounts of a cohort's lines, opened when they are first asked for."""
        if cohort.kind not in self.accounts:
            held = lines(cohort.contract, len(cohort))
            self.accounts[cohort.kind] = [Account(x, np.zeros(len(cohort), dtype=np.int64)) for x in held]
        return self.accounts[cohort.kind]

    def _pay(
        self, cohort: Any, account: Account, activity: dict[str, Any], rows: np.ndarray | bool = True
    ) -> np.ndarray:
        """Pay rows (N,), all when left out, what they have come to be owed under a line; returns pence (N,)."""
        term = account.line.term
        more = (pence(account.line.due(account.counted(activity))) - account.paid) * rows
        self.model.ledger.pay(self.payers(cohort.kind, term), cohort.names, more, term.name)
        account.paid = account.paid + more
        return more

    def _earn(self, kind: str, pence: np.ndarray | int) -> None:
        """Add payments under contracts, pence (N,), to what the year and the quarter brought."""
        self.income[kind] += pence / 100.0
        self.quarter[kind] += pence

    def renew(self, cohort: Any, old: Sequence[Line], new: Sequence[Line], gone: float) -> None:
        """Contracts change when the share ``gone`` of the year is over.

        What rows are owed to date under lines that they leave is paid, and stays paid; what they take up counts from
        now. Rows whose line goes on are not disturbed, unless what one is owed depends on who else takes part.
        """
        if gone == 0.0:
            self.accounts.pop(cohort.kind, None)
            return
        n = len(cohort)
        activity = {**cohort.to_date(gone), "closing": True}
        zero = np.zeros(n, dtype=np.int64)
        running = [a for a in self._accounts(cohort) if any(a.line is x for x in old)]
        opened = []
        for account in running:
            after = next((x.rows for x in new if x.same(account.line)), np.zeros(n, dtype=bool))
            leaving = account.line.rows & ~_goes_on(account.line, after)
            self._earn(cohort.kind, self._pay(cohort, account, activity, leaving))
        for line in new:
            account = next((a for a in running if a.line.same(line)), Account(line, zero))
            stays = _goes_on(account.line, line.rows) if account.line is not line else np.zeros(n, dtype=bool)
            names = [*cohort.year, *(k for k in activity if k.startswith("people_") and k != "people_at_start")]
            mark = {}
            for name in [*names, "elapsed"]:
                now = np.broadcast_to(np.asarray(activity[name], dtype=float), (n,))
                mark[name] = np.where(stays, account.mark.get(name, 0.0), now)
            mark = mark if any(m.any() for m in mark.values()) else {}
            opened.append(Account(line, np.where(stays, account.paid, 0), mark))
        self.accounts[cohort.kind] = opened

    def _blocks(self) -> None:
        model, ledger = self.model, self.model.ledger
        money = model.parameters.money
        size = model.treasury.people * model.treasury.growth * PERIOD / WEEKS
        holders = model.commissioners
        for account, (purpose, name) in BLOCKS.items():
            pounds = holders.part * (getattr(money, name) * size)
            if account == "community":
                pounds = pounds * holders.community + holders.extra * (PERIOD / WEEKS)
            if account == "other_nhs":
                pounds = pounds + holders.part * (money.block_other * size)
            amount = pence(pounds)
            ledger.pay(holders.names, account, amount, purpose)
            ledger.pay(account, STAFF, amount.sum(keepdims=True) - self._passed_on(account), "running cost")

    def _passed_on(self, account: str) -> np.ndarray:
        """Continuing care pays care homes for NHS-funded places; that part is not spent by itself."""
        if account != "continuing_care":
            return pence(0.0)
        model = self.model
        amount = pence(model.social_care.nhs_paid(self._care_weeks()))
        model.ledger.pay("continuing_care", model.social_care.names, amount, "NHS-funded places")
        self.income["social_care"] += amount / 100.0
        return amount.sum(keepdims=True)

    def _care_weeks(self) -> dict[str, np.ndarray]:
        care = self.model.social_care
        return care.care_weeks(self.since(care, settle=False))

    def _clients(self) -> None:
        care, ledger = self.model.social_care, self.model.ledger
        weeks = self._care_weeks()
        years = PERIOD / WEEKS
        for pounds, purpose in (
            (care.contributions(weeks, years), "client contribution"),
            (care.self_paid(weeks, years), "self-funded care"),
        ):
            ledger.pay("clients", care.names, pence(pounds), purpose)
            self.income["social_care"] += pence(pounds) / 100.0
        self.own_care += care.own_costs(weeks, years) - care.contributions(weeks, years)

    def _spend(self) -> None:
        """Providers pay staff and suppliers; partners draw what their practice has left."""
        ledger = self.model.ledger
        for cohort in self.model.cohorts:
            practice = cohort.kind == "practice"
            amount = pence(cohort.costs(self.since(cohort), PERIOD))
            ledger.pay(cohort.names, STAFF, amount, "expenses" if practice else "running cost")
            if practice:
                ledger.pay(cohort.names, STAFF, ledger.held(cohort.names), "partners' drawings")
            self.cost[cohort.kind] += amount / 100.0

    def since(self, cohort: Any, settle: bool = True) -> dict[str, np.ndarray]:
        """What a kind of provider did, (N,) by name, since this was last asked to ``settle``."""
        did = cohort.this_year - self.seen.get(cohort.kind, 0.0)
        if settle:
            self.seen[cohort.kind] = cohort.this_year.copy()
        return dict(zip(cohort.TALLIED, did, strict=True))


def _goes_on(line: Line, after: np.ndarray) -> np.ndarray:
    """Rows (N,) that hold a line before and after a change, and for whom its count need not begin anew."""
    if getattr(line.term, "collective", False) and not np.array_equal(line.rows, after):
        return np.zeros_like(after)
    return line.rows & after
