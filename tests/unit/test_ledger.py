from __future__ import annotations

import numpy as np
import pytest
from fundingflows.model.errors import InputError
from fundingflows.model.money.ledger import Ledger


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(["treasury", "commissioner", "surgery", "hospital"])


def test_what_one_account_loses_another_gains(ledger):
    ledger.pay("treasury", "commissioner", 500, "allocation")
    assert (ledger.balance("treasury"), ledger.balance("commissioner")) == (-500, 500)
    assert ledger.total() == 0


def test_an_account_may_go_into_deficit(ledger):
    ledger.pay("commissioner", "hospital", 70, "spells")
    assert ledger.balance("commissioner") == -70


def test_a_claw_back_is_a_flow_the_other_way(ledger):
    ledger.pay("commissioner", "surgery", -30, "clawed back")
    row = ledger.flows().iloc[0]
    assert (row.payer, row.payee, row.pence) == ("surgery", "commissioner", 30)
    assert ledger.balance("surgery") == -30


def test_one_call_pays_several_and_leaves_out_nothing_but_zeros(ledger):
    ledger.pay("commissioner", ["surgery", "hospital", "hospital"], np.array([5, 0, 7]), "work")
    assert ledger.flows().pence.tolist() == [5, 7]
    assert ledger.balances().to_dict() == {"treasury": 0, "commissioner": -12, "surgery": 5, "hospital": 7}


def test_the_same_payee_twice_in_one_call_is_paid_twice(ledger):
    ledger.pay("commissioner", ["hospital", "hospital"], np.array([5, 7]), "work")
    assert ledger.balance("hospital") == 12


@pytest.mark.parametrize("pence", [1.5, np.array([2.0]), True])
def test_only_whole_pence_are_paid(ledger, pence):
    with pytest.raises(InputError, match="'fee' must be whole pence"):
        ledger.pay("treasury", "surgery", pence, "fee")
    assert ledger.flows().empty


def test_an_unknown_account_is_named_with_its_nearest_and_nothing_moves(ledger):
    with pytest.raises(InputError, match="unknown account 'hospitl'; did you mean 'hospital'"):
        ledger.pay("treasury", ["surgery", "hospitl"], np.array([1, 2]), "work")
    assert ledger.balances().abs().sum() == 0


def test_two_accounts_cannot_share_a_name():
    with pytest.raises(InputError, match="same name"):
        Ledger(["a", "a"])


def test_flows_are_dated_and_found_by_payer_payee_purpose_and_weeks(ledger):
    for week, payee, purpose in ((1, "surgery", "fee"), (2, "hospital", "fee"), (3, "hospital", "spells")):
        ledger.week = week
        ledger.pay("commissioner", payee, 10 * week, purpose)
    ledger.pay("treasury", "commissioner", 1, "allocation")
    assert ledger.flows(payer="treasury").pence.tolist() == [1]
    assert ledger.flows(payee="hospital").pence.tolist() == [20, 30]
    assert ledger.flows(purpose="fee").week.tolist() == [1, 2]
    assert ledger.flows(weeks=(2, 3)).pence.tolist() == [20, 30, 1]
    assert ledger.flows(payee="hospital", purpose="fee", weeks=(3, 3)).empty


def test_arrays_hold_the_same_flows_as_the_frame(ledger):
    ledger.pay("treasury", "commissioner", 500, "allocation")
    ledger.pay("commissioner", "surgery", 200, "fee")
    week, payer, payee, purpose, pence = ledger.arrays()
    assert [ledger.accounts[i] for i in payer] == ledger.flows().payer.tolist()
    assert [ledger.accounts[i] for i in payee] == ledger.flows().payee.tolist()
    assert (pence.tolist(), purpose.tolist(), week.tolist()) == ([500, 200], [0, 1], [0, 0])


def test_accounts_opened_later_are_accounts_of_their_own():
    ledger = Ledger(["treasury", "commissioner"])
    ledger.open(["pool", "alliance"])
    ledger.pay("treasury", "alliance", 300, "pooled budget")
    ledger.pay("alliance", "pool", 100, "share")
    assert [ledger.balance(name) for name in ("treasury", "commissioner", "pool", "alliance")] == [-300, 0, 100, 200]
