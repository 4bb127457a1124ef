"""Who pays whom, every four weeks and at the year's end. Amounts are worked out here; only the ledger moves them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..agents.week import WEEKS

if TYPE_CHECKING:
    from .system import FundingFlows

PERIOD = 4  #: weeks between payments
STAFF = "staff_and_suppliers"
BLOCKS = {
    "community": ("community", "block_community"),
    "mental_health": ("mental health", "block_mental_health"),
    "pharmacies": ("prescribing", "block_prescribing"),
    "continuing_care": ("continuing care", "block_continuing_care"),
    "other_nhs": ("ambulance and other services", "block_ambulance"),
}


def accounts(model: FundingFlows) -> list[str]:
    """Every account of a place: sources, holders of money, providers, and the sink."""
    return [
        "treasury", "council_taxpayers", "clients", "commissioner", "nhs_england", "council",
        *model.practices.names, *model.hospitals.names, "social_care",
        "community", "mental_health", "pharmacies", "continuing_care", "other_nhs", STAFF,
    ]  # fmt: skip


def pence(pounds: Any) -> np.ndarray:
    """Whole pence, nearest, halves to even; always an integer array."""
    return np.rint(np.atleast_1d(np.asarray(pounds, dtype=float)) * 100.0).astype(np.int64)


class Payments:
    """Remembers what has been paid of what is owed this year, so that a payment is the change in what is owed."""

    def __init__(self, model: FundingFlows) -> None:
        self.model = model
        self.paid: dict[tuple[str, int], np.ndarray] = {}
        self.seen: dict[str, dict[str, np.ndarray]] = {}
        self.income = {c.kind: np.zeros(len(c)) for c in model.cohorts}
        self.cost = {c.kind: np.zeros(len(c)) for c in model.cohorts}
        self.quarter = {c.kind: np.zeros(len(c), dtype=np.int64) for c in model.cohorts}  # pence under contracts
        self.own_care = 0.0

    def pay(self, elapsed: float) -> None:
        """The payments of four weeks. ``elapsed``: share of the year gone by now."""
        self._fund()
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
        self.paid.clear()
        self.seen.clear()
        for book in (self.income, self.cost):
            for kind in book:
                book[kind] = np.zeros_like(book[kind])
        self.own_care = 0.0

    def _fund(self) -> None:
        model, ledger = self.model, self.model.ledger
        part = PERIOD / WEEKS
        yearly = model.treasury.allocations()
        tax = model.parameters.social_care.council_tax_share
        ledger.pay("treasury", "commissioner", pence(yearly["commissioner"] * part), "allocation")
        ledger.pay("treasury", "nhs_england", pence(yearly["nhs_england"] * part), "allocation")
        ledger.pay("treasury", "council", pence(yearly["council"] * part * (1.0 - tax)), "grant")
        ledger.pay("council_taxpayers", "council", pence(yearly["council"] * part * tax), "council tax")
        fund = model.parameters.social_care.better_care_fund * model.treasury.people * model.treasury.growth
        ledger.pay("commissioner", "council", pence(fund * part), "better care fund")

    def _contracts(self, elapsed: float) -> None:
        for cohort in self.model.cohorts:
            contract = cohort.contract
            if contract is None:
                continue
            activity = cohort.to_date(elapsed)
            for i, term in enumerate(contract):
                owed = pence(np.broadcast_to(term.due(activity), (len(cohort),)))
                before = self.paid.get((cohort.kind, i), np.zeros_like(owed))
                payer = "council" if cohort.kind == "social_care" and term.payer == "commissioner" else term.payer
                self.model.ledger.pay(payer, cohort.names, owed - before, term.name)
                self.paid[cohort.kind, i] = owed
                self.income[cohort.kind] += (owed - before) / 100.0
                self.quarter[cohort.kind] += owed - before

    def _blocks(self) -> None:
        model, ledger = self.model, self.model.ledger
        money = model.parameters.money
        size = model.treasury.people * model.treasury.growth * PERIOD / WEEKS
        for account, (purpose, name) in BLOCKS.items():
            pounds = getattr(money, name) * size
            if account == "community":
                pounds *= model.commissioner.community
            if account == "other_nhs":
                pounds += money.block_other * size
            ledger.pay("commissioner", account, pence(pounds), purpose)
            ledger.pay(account, STAFF, pence(pounds) - self._passed_on(account), "running cost")

    def _passed_on(self, account: str) -> np.ndarray:
        """Continuing care pays care homes for NHS-funded places; that part is not spent by itself."""
        if account != "continuing_care":
            return pence(0.0)
        model = self.model
        amount = pence(model.social_care.nhs_paid(self._care_weeks()))
        model.ledger.pay("continuing_care", "social_care", amount, "NHS-funded places")
        self.income["social_care"] += amount / 100.0
        return amount

    def _care_weeks(self) -> dict[str, float]:
        did = self.since("social_care", peek=True)
        return {name[:-6]: float(did[name][0]) for name in did if name.endswith("_weeks")}

    def _clients(self) -> None:
        care, ledger = self.model.social_care, self.model.ledger
        weeks = self._care_weeks()
        years = PERIOD / WEEKS
        for pounds, purpose in (
            (care.contributions(weeks, years), "client contribution"),
            (care.self_paid(weeks, years), "self-funded care"),
        ):
            ledger.pay("clients", "social_care", pence(pounds), purpose)
            self.income["social_care"] += pence(pounds) / 100.0

    def _spend(self) -> None:
        """Providers pay staff and suppliers; partners draw what their practice has left."""
        model, ledger = self.model, self.model.ledger
        expenses = pence(model.practices.expenses(PERIOD))
        ledger.pay(model.practices.names, STAFF, expenses, "expenses")
        left = np.array([ledger.balance(name) for name in model.practices.names], dtype=np.int64)
        ledger.pay(model.practices.names, STAFF, left, "partners' drawings")
        costs = pence(model.hospitals.costs(self.since("hospital"), PERIOD))
        ledger.pay(model.hospitals.names, STAFF, costs, "running cost")
        care = model.social_care
        weeks = self._care_weeks()
        own = care.own_costs(weeks, PERIOD / WEEKS)
        self.own_care += own - care.contributions(weeks, PERIOD / WEEKS)
        total = own + care.self_paid(weeks, PERIOD / WEEKS) + care.nhs_paid(weeks)
        ledger.pay("social_care", STAFF, pence(total), "running cost")
        self.since("social_care")
        for kind, amount in (("practice", expenses), ("hospital", costs), ("social_care", pence(total))):
            self.cost[kind] += amount / 100.0

    def since(self, kind: str, peek: bool = False) -> dict[str, np.ndarray]:
        """What a kind of provider did since the last payment; ``peek`` leaves the mark where it is."""
        cohort = next(c for c in self.model.cohorts if c.kind == kind)
        before = self.seen.get(kind, {})
        did = {name: number - before.get(name, 0.0) for name, number in cohort.year.items()}
        if not peek:
            self.seen[kind] = {name: np.copy(number) for name, number in cohort.year.items()}
        return did
