"""Who pays whom, every four weeks and at the year's end. Amounts are computed here; only the ledger moves them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...agents.patients.calendar import WEEKS
from ..contracts.contract import payer_of
from ..contracts.holding import Holding, holdings_of
from ..economy import Economy
from .account import Account, continued, keeping, pence
from .balances import COUNCIL_CASH, STAFF, CashBooks, balance_commissioners
from .nhs_england import NAME as NHS_ENGLAND
from .nhs_england import NHSEnglandBooks
from .outliers import facts_beyond

PERIOD = 4  #: weeks between payments
YEARS = PERIOD / WEEKS  #: the same in years
BLOCKS = {
    "mental_health": ("mental health", "block_mental_health", "other_services"),
    "pharmacies": ("prescribing", "block_prescribing", ""),
    "continuing_care": ("continuing care", "block_continuing_care", ""),
    "other_nhs": ("ambulance and other services", "block_ambulance", "other_services"),
}  #: purpose, parameter (£ a head and year) and item of a squeeze of each fixed sum, by the account that receives it

SQUEEZED = {"hospital": "hospital_pay", "community": "community"}  #: item of a squeeze that a kind's contract is


def accounts(model: Economy) -> list[str]:
    """Every account of a place: sources of money, commissioners, councils, providers, pools, and where it is spent."""
    return [
        "treasury", "council_taxpayers", "clients", *model.commissioners.names, "nhs_england", *councils(model),
        *(name for cohort in model.cohorts for name in cohort.names),
        *(pool.name for pool in (model.case.funding.pools if model.case.funding else ())),
        "mental_health", "pharmacies", "continuing_care", "other_nhs", STAFF,
    ]  # fmt: skip


def councils(model: Economy) -> list[str]:
    """The councils' accounts, in the order of social care's rows."""
    sites = model.place.file.councils
    return ["council"] if len(sites) == 1 else [f"council {site.id}" for site in sites]


class Payments:
    """Makes every payment, and keeps the year's account of each holding: a payment is the change in what is owed.

    ``income`` and ``cost``: £ (N,) this year by kind of provider. ``quarter``: pence (N,) under contracts this quarter.
    ``own_care``: £ (C,) this year of care that councils pay for themselves, net of clients' contributions.
    ``commissioner``: row of the commissioner of each provider; of a hospital or a council, that of most patients.
    """

    def __init__(self, model: Economy) -> None:
        self.model = model
        self.councils = councils(model)
        self.commissioner = {cohort.kind: cohort.commissioner() for cohort in model.cohorts}
        self.accounts: dict[str, list[Account]] = {}
        self.seen: dict[str, np.ndarray] = {}  # the year's counts (names, N) at the last payment, by kind
        self.income = {c.kind: np.zeros(len(c)) for c in model.cohorts}
        self.cost = {c.kind: np.zeros(len(c)) for c in model.cohorts}
        self.quarter = {c.kind: np.zeros(len(c), dtype=np.int64) for c in model.cohorts}
        self.own_care = np.zeros(len(model.social_care))
        self.council_books = CashBooks(self.councils)
        self.nhs_england = NHSEnglandBooks(model)

    def pay(self, elapsed: float) -> None:
        """The payments of four weeks. ``elapsed``: share of the year gone by now."""
        self._allocate()
        if self.model.timetable is not None:
            self.model.timetable.pools.pay(self.model.week)
        self._pay_contracts(elapsed)
        self._pay_blocks()
        self._reinvest()
        self._charge_clients()
        self._spend()

    def paid_years(self) -> float:
        """Share of the year for which payments have been made."""
        return (self.model.week // PERIOD * PERIOD % WEEKS or WEEKS) / WEEKS

    def settle(self) -> None:
        """Pay what the outcomes just measured have changed in the year's dues; plans learn what patients cost."""
        self._pay_contracts(1.0)
        for cohort in self.model.cohorts:
            cohort.learn(self._facts_beyond(cohort))

    def year_end(self) -> None:
        """Lend providers what they have lost, balance the payers' books, and start the year's accounts again."""
        ledger = self.model.ledger
        for cohort in self.model.cohorts:
            if cohort.kind != "practice":  # partners bear the losses of practices
                ledger.pay("treasury", cohort.names, np.maximum(-ledger.held(cohort.names), 0), "loan")
        balance_commissioners(self.model)
        self.council_books.close(ledger, self.model.parameters.money.surplus_limit)
        if COUNCIL_CASH.held_by(self.model):
            self.council_books.pay = np.ones_like(self.council_books.pay)
        self.nhs_england.close()
        self.accounts.clear()
        self.seen.clear()
        for totals in (self.income, self.cost):
            for kind in totals:
                totals[kind] = np.zeros_like(totals[kind])
        self.own_care = np.zeros_like(self.own_care)
        self._charge_interest()

    def _charge_interest(self) -> None:
        """Hospitals pay interest on what they were lent beyond the usual; it counts as cost of the year to come."""
        hospitals = self.model.hospitals
        amount = pence(self.model.parameters.money.deficit_interest * hospitals.borrowed)
        self.model.ledger.pay(hospitals.names, "treasury", amount, "interest")
        self.cost["hospital"] += amount / 100.0

    @property
    def nhs_england_pay(self) -> float:
        """Share of what NHS England owes for primary care, and puts into pools, that it can pay this year."""
        return self.nhs_england.shares["primary_care"]

    @property
    def council_pay(self) -> np.ndarray:
        """Share (C,) of what councils owe that they can pay this year."""
        return self.council_books.pay

    # public money -------------------------------------------------------------------------------------------

    def _allocate(self) -> None:
        """Commissioners, NHS England and councils receive four weeks of their yearly money."""
        model, ledger = self.model, self.model.ledger
        yearly, care = model.treasury.allocations(), model.parameters.social_care
        holders, council_part = model.commissioners, model.social_care.part
        ledger.pay("treasury", holders.names, pence(holders.part * (yearly["commissioner"] * YEARS)), "allocation")
        self._allocate_nhs_england(yearly["nhs_england"])
        council = council_part * (yearly["council"] * YEARS)
        grant, tax = pence(council * (1.0 - care.council_tax_share)), pence(council * care.council_tax_share)
        ledger.pay("treasury", self.councils, grant, "grant")
        ledger.pay("council_taxpayers", self.councils, tax, "council tax")
        fund = care.better_care_fund * model.treasury.people * model.treasury.growth
        payers = [holders.names[k] for k in self.commissioner["social_care"]]
        passed_on = pence(council_part * (fund * YEARS))
        ledger.pay(payers, self.councils, passed_on, "better care fund")
        self.council_books.received += grant + tax + passed_on

    def _allocate_nhs_england(self, yearly: float) -> None:
        """NHS England receives four weeks of its £ a year, and the money that its contracts come with."""
        ledger, books, holders = self.model.ledger, self.nhs_england.books, self.model.commissioners
        moved, new = self.nhs_england.settlement()
        allocation, handed_over = pence((yearly + new) * YEARS), pence(holders.part * (moved * YEARS))
        ledger.pay("treasury", NHS_ENGLAND, allocation, "allocation")
        ledger.pay(holders.names, NHS_ENGLAND, np.maximum(handed_over, 0), "responsibilities handed over")
        ledger.pay(NHS_ENGLAND, holders.names, np.maximum(-handed_over, 0), "responsibilities handed over")
        books.received += allocation + handed_over.sum()

    def _pay_blocks(self) -> None:
        """Commissioners pay services outside the model a fixed sum, which is spent at once."""
        model, ledger, holders = self.model, self.model.ledger, self.model.commissioners
        money = model.parameters.money
        size = model.treasury.people * model.treasury.growth * PERIOD / WEEKS
        for account, (purpose, name, item) in BLOCKS.items():
            pounds = holders.part * (getattr(money, name) * size)
            if account == "other_nhs":
                pounds = pounds + holders.part * (money.block_other * size)
            if item:
                pounds = pounds * holders.shares[item]
            amount = pence(pounds)
            ledger.pay(holders.names, account, amount, purpose)
            ledger.pay(account, STAFF, amount.sum(keepdims=True) - self._passed_on(account), "running cost")

    def _reinvest(self) -> None:
        """Commissioners spend savings set aside on community services, beside their contract."""
        model = self.model
        amount = pence(model.commissioners.extra * YEARS)
        model.ledger.pay(model.commissioners.names, model.community.names, amount, "savings spent")
        self._earn("community", amount)

    def _passed_on(self, account: str) -> np.ndarray:
        """Pence (1,) of a block that social care receives: continuing care pays for NHS-funded places."""
        if account != "continuing_care":
            return pence(0.0)
        model = self.model
        amount = pence(model.social_care.nhs_paid(self._care_weeks()))
        model.ledger.pay("continuing_care", model.social_care.names, amount, "NHS-funded places")
        self.income["social_care"] += amount / 100.0
        return amount.sum(keepdims=True)

    # contracts ----------------------------------------------------------------------------------------------

    def _pay_contracts(self, elapsed: float) -> None:
        for cohort in self.model.cohorts:
            if cohort.contract is None:
                continue
            activity = {**cohort.to_date(elapsed), **self._facts_beyond(cohort), "closing": elapsed >= 1.0}
            self._earn(cohort.kind, sum(self._pay(cohort, account, activity) for account in self._accounts(cohort)))

    def _facts_beyond(self, cohort: Any) -> dict[str, np.ndarray]:
        """What this cohort's patients have cost beyond the thresholds of its terms, where it has such terms."""
        terms = [account.holding.term for account in self._accounts(cohort)] if cohort.contract is not None else []
        if not any(hasattr(term, "threshold") for term in terms):
            return {}
        return facts_beyond(self.model.patients, cohort, terms, self.model.sample)

    def _accounts(self, cohort: Any) -> list[Account]:
        """This year's accounts of a cohort's holdings, opened when they are first needed."""
        if cohort.kind not in self.accounts:
            held = holdings_of(cohort.contract, len(cohort))
            self.accounts[cohort.kind] = [Account(x, np.zeros(len(cohort), dtype=np.int64)) for x in held]
        return self.accounts[cohort.kind]

    def _pay(
        self, cohort: Any, account: Account, activity: dict[str, Any], rows: np.ndarray | bool = True
    ) -> np.ndarray:
        """Pay rows (N,), or everyone, what an account still owes them; returns pence (N,)."""
        term = account.holding.term
        amount = account.unpaid(activity, self._affordable(cohort.kind, payer_of(cohort.kind, term))) * rows
        self.model.ledger.pay(self.payers(cohort.kind, term), cohort.names, amount, term.name)
        account.paid = account.paid + amount
        if payer_of(cohort.kind, term) == NHS_ENGLAND:
            self.nhs_england.count(cohort.kind, amount)
        return amount

    def expected_pay(self, kind: str) -> dict[str, np.ndarray]:
        """Shares (N,) of what they owe a kind of provider that payers who cannot pay all of it pay now, by payer."""
        n = len(self.income[kind])
        pools = [] if self.model.case.funding is None else [pool.name for pool in self.model.case.funding.pools]
        payers = ["council", "nhs_england", "commissioner", *pools]
        shares = {payer: np.broadcast_to(self._affordable(kind, payer), (n,)) for payer in payers if payer != "council"}
        if kind == "social_care":
            shares["commissioner"] = shares["council"] = self.council_pay
        return {payer: share for payer, share in shares.items() if (share != 1.0).any()}

    def _affordable(self, kind: str, payer: str) -> np.ndarray | float:
        """Share (N,) of what it owes a kind of provider that the payer of this name can pay this year."""
        if payer == "council":
            return self.council_books.pay
        if payer == NHS_ENGLAND:
            return self.nhs_england.share(kind)
        if payer == "commissioner" and kind in SQUEEZED:
            return self.model.commissioners.shares[SQUEEZED[kind]][self.commissioner[kind]]
        return 1.0 if self.model.timetable is None else self.model.timetable.pools.affordable(payer, kind)

    def payers(self, kind: str, term: Any) -> str | list[str]:
        """The account that pays each provider of a kind under a term, or the one that pays them all."""
        payer = payer_of(kind, term)
        if payer == "council":
            return self.councils
        if payer == "commissioner":
            return [self.model.commissioners.names[k] for k in self.commissioner[kind]]
        return payer

    def pay_rows(self, payer: str, kind: str, rows: np.ndarray, amount: np.ndarray, purpose: str) -> None:
        """Pay some providers of a kind, by row, in pence; it counts as income of the year and the quarter."""
        cohort = next(c for c in self.model.cohorts if c.kind == kind)
        self.model.ledger.pay(payer, [cohort.names[r] for r in rows], amount, purpose)
        np.add.at(self.income[kind], rows, amount / 100.0)
        np.add.at(self.quarter[kind], rows, amount)

    def _earn(self, kind: str, amount: np.ndarray | int) -> None:
        """Count payments under contracts, pence (N,), as income of the year and the quarter."""
        self.income[kind] += amount / 100.0
        self.quarter[kind] += amount

    def charge(self, cohort: Any, pounds: np.ndarray, purpose: str) -> None:
        """Providers pay staff and suppliers £ (N,) for something that happens once; it counts as the year's cost."""
        amount = pence(pounds)
        self.model.ledger.pay(cohort.names, STAFF, amount, purpose)
        self.cost[cohort.kind] += amount / 100.0

    def renew(self, cohort: Any, old: Sequence[Holding], new: Sequence[Holding], gone: float) -> None:
        """Change a cohort's contract when the share ``gone`` of the year is over.

        Terms that rows leave are paid to date; terms that they take up are counted from now. Rows that keep a term
        notice nothing, unless it is a collective one and its holders change.
        """
        self.nhs_england.forget_settlement()
        if gone == 0.0:
            self.accounts.pop(cohort.kind, None)
            return
        activity = {**cohort.to_date(gone), **self._facts_beyond(cohort), "closing": True}
        running = [a for a in self._accounts(cohort) if any(a.holding is x for x in old)]
        for account in running:
            after = next((x.rows for x in new if x.has_same_term(account.holding)), np.zeros(len(cohort), dtype=bool))
            leaving = account.holding.rows & ~keeping(account.holding, after)
            self._earn(cohort.kind, self._pay(cohort, account, activity, leaving))
        people = (k for k in activity if k.startswith("people_") and k != "people_at_start")
        counted = [*cohort.year, *people, "elapsed"]
        self.accounts[cohort.kind] = [
            continued(x, next((a for a in running if a.holding.has_same_term(x)), None), activity, counted) for x in new
        ]

    # clients and costs --------------------------------------------------------------------------------------

    def _charge_clients(self) -> None:
        """People pay towards their council's care, and for care that they arrange themselves."""
        care, weeks = self.model.social_care, self._care_weeks()
        contributions = care.contributions(weeks, YEARS)
        for pounds, purpose in (
            (contributions, "client contribution"),
            (care.self_paid(weeks, YEARS), "self-funded care"),
        ):
            self.model.ledger.pay("clients", care.names, pence(pounds), purpose)
            self.income["social_care"] += pence(pounds) / 100.0
        self.own_care += care.own_costs(weeks, YEARS) - contributions

    def _spend(self) -> None:
        """Providers pay staff and suppliers, with or without the money; partners draw what their practice has left."""
        ledger = self.model.ledger
        for cohort in self.model.cohorts:
            practice = cohort.kind == "practice"
            amount = pence(cohort.costs(self._since_payment(cohort), PERIOD))
            self.seen[cohort.kind] = cohort.this_year.copy()
            ledger.pay(cohort.names, STAFF, amount, "expenses" if practice else "running cost")
            if practice:
                ledger.pay(cohort.names, STAFF, ledger.held(cohort.names), "partners' drawings")
            self.cost[cohort.kind] += amount / 100.0

    def _care_weeks(self) -> dict[str, np.ndarray]:
        """Weeks of care (C,) by kind since the last payment."""
        care = self.model.social_care
        return care.care_weeks(self._since_payment(care))

    def _since_payment(self, cohort: Any) -> dict[str, np.ndarray]:
        """Activity (N,) by name since the last payment."""
        done = cohort.this_year - self.seen.get(cohort.kind, 0.0)
        return dict(zip(cohort.TALLIED, done, strict=True))
