"""Money is neither made nor lost, and what is paid is what is owed."""

from __future__ import annotations

import numpy as np
import pytest
from fundingflows.model.money.ledger import Ledger
from fundingflows.model.money.payments import pence
from fundingflows.scenarios import FundingFlows
from hypothesis import given, settings
from hypothesis import strategies as st

FUNDINGS = ("status_quo", "activity_based", "capitated", "outcome_based")
NAMES = ("a", "b", "c", "d")
PAYMENTS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(-(10**12), 10**12)), max_size=30
)


def in_and_out(ledger: Ledger) -> list[int]:
    flows = ledger.flows()
    return [
        int(flows.pence[flows.payee == name].sum() - flows.pence[flows.payer == name].sum()) for name in ledger.accounts
    ]


@settings(max_examples=100)
@given(PAYMENTS)
def test_random_payments_conserve_money(payments):
    ledger = Ledger(NAMES)
    expected = dict.fromkeys(NAMES, 0)
    for payer, payee, amount in payments:
        ledger.pay(payer, payee, amount, "p")
        expected[payer] -= amount
        expected[payee] += amount
        assert ledger.total() == 0
    assert ledger.balances().to_dict() == expected
    assert in_and_out(ledger) == list(expected.values())
    assert (ledger.flows().pence > 0).all()


@pytest.mark.parametrize("funding", FUNDINGS)
def test_all_accounts_sum_to_nothing_in_every_week(runs, funding):
    assert len(runs[funding].totals) == 104
    assert set(runs[funding].totals) == {0}


@pytest.mark.parametrize("funding", FUNDINGS)
def test_every_account_holds_what_came_in_less_what_went_out(runs, funding):
    ledger = runs[funding].model.ledger
    assert in_and_out(ledger) == ledger.balances().tolist()
    assert (ledger.flows().pence > 0).all()


@pytest.mark.parametrize("funding", FUNDINGS)
def test_money_enters_only_from_outside_and_ends_with_staff(runs, funding):
    flows = runs[funding].model.ledger.flows()
    sources = {"treasury", "council_taxpayers", "clients"}
    back = flows[flows.payee.isin(list(sources))]
    assert set(back.payee) <= {"treasury"}
    assert set(back.purpose) <= {"interest", "surplus returned"}
    # staff and suppliers pay nobody; partners put back what a bad settlement took from their practice
    assert set(flows[flows.payer == "staff_and_suppliers"].purpose) <= {"partners' drawings"}


@pytest.mark.parametrize("funding", FUNDINGS)
@pytest.mark.parametrize("weeks", [4, 48, 52])
def test_what_has_been_paid_is_what_is_owed_to_date(funding, weeks):
    model = FundingFlows("anytown", funding, rng=2)
    owed: dict[tuple[str, str], np.ndarray] = {}
    settle = model.payments.settle

    def noted():
        settle()
        note(1.0)

    def note(elapsed):
        for cohort in model.cohorts:
            activity = cohort.to_date(elapsed)
            for term in cohort.contract:
                owed[cohort.kind, term.name] = pence(np.broadcast_to(term.due(activity), (len(cohort),)))

    model.payments.settle = noted
    while model.week < weeks:
        model.step()
    if weeks < 52:
        note(weeks / 52)
    for cohort in model.cohorts:
        for term in cohort.contract:
            flows = model.ledger.flows(purpose=term.name)
            paid = [flows.pence[flows.payee == n].sum() - flows.pence[flows.payer == n].sum() for n in cohort.names]
            assert paid == owed[cohort.kind, term.name].tolist()


@pytest.mark.parametrize("funding", FUNDINGS)
def test_partners_draw_what_their_practice_has_left(funding):
    model = FundingFlows("anytown", funding, rng=2)
    for _ in range(8):
        model.step()
    assert [model.ledger.balance(name) for name in model.practices.names] == [0] * 6
    assert model.ledger.flows(purpose="partners' drawings").pence.min() > 0


@pytest.mark.parametrize("funding", FUNDINGS)
def test_loans_cover_losses_of_all_but_practices_at_the_year_end_and_nothing_else(runs, funding):
    model = runs[funding].model
    loans = model.ledger.flows(purpose="loan")
    assert set(loans.payee) <= {*model.hospitals.names, "social_care", "community"}
    assert set(loans.week) <= {52, 104}
    last = loans.payee[loans.week == 104]
    owed = model.ledger.flows(purpose="interest")  # on what was lent beyond the usual: a cost of the year to come
    charged = [owed.pence[(owed.payer == name) & (owed.week == 104)].sum() for name in last]
    assert [model.ledger.balance(name) for name in last] == [-pence for pence in charged]


def test_each_term_is_paid_by_its_payer(runs):
    for run in runs.values():
        for cohort in run.model.cohorts:
            for term in cohort.contract:
                payers = set(run.model.ledger.flows(purpose=term.name).query("payee in @cohort.names").payer)
                assert payers == {term.payer}
