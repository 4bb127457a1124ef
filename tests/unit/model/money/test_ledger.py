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
    ledger = Ledger(["treasury", "commissioner", "surgery"])
    ledger.open(["pool", "alliance"])
    ledger.pay("treasury", "alliance", 300, "pooled budget")
    ledger.pay("alliance", "pool", 100, "share")
    assert [ledger.balance(name) for name in ("treasury", "commissioner", "pool", "alliance")] == [-300, 0, 100, 200]


def test_opening_an_account_again_leaves_it_alone(ledger):
    ledger.pay("treasury", "surgery", 5, "fee")
    ledger.open(["surgery", "pool"])
    assert ledger.balances().to_dict() == {"treasury": -5, "commissioner": 0, "surgery": 5, "hospital": 0, "pool": 0}
    assert ledger.balances().name == "pence"


def test_each_amount_has_an_account_or_all_have_one(ledger):
    ledger.pay(["treasury", "commissioner"], ["surgery", "hospital"], np.array([3, -4]), "work")
    ledger.pay(["surgery", "hospital"], "treasury", np.array([1, 2]), "back")
    assert ledger.held(["treasury", "commissioner", "surgery", "hospital"]).tolist() == [-3 + 1 + 2, 4, 3 - 1, -4 - 2]
    for payer, payee in (("treasury", ["surgery", "hospital"]), (["surgery", "hospital"], "treasury")):
        with pytest.raises(InputError, match="'work' has 3 amounts for"):
            ledger.pay(payer, payee, np.array([1, 2, 3]), "work")
    with pytest.raises(InputError, match="'work' has 1 amounts for 2 and 1 accounts"):
        ledger.pay(["surgery", "hospital"], "treasury", 1, "work")


def test_amounts_are_those_at_the_time_of_paying(ledger):
    amount = np.array([5])
    ledger.pay("treasury", "surgery", amount, "fee")
    amount[:] = 7
    assert ledger.balance("surgery") == 5


def test_flows_of_nothing_have_their_columns(ledger):
    assert ledger.flows().columns.tolist() == ["week", "payer", "payee", "purpose", "pence"]
    assert [column.tolist() for column in ledger.arrays()] == [[]] * 5
    assert [column.tolist() for column in ledger.columns()] == [[]] * 5


@pytest.mark.parametrize("size", [3, 999, 1000, 1500])
def test_places_of_any_size_keep_the_same_flows(size):
    names = [f"a{i}" for i in range(size)]
    ledger, amount = Ledger(names, week=3), np.arange(size) - 1
    ledger.pay("a0", names, amount, "fee")  # one flows back, one is nothing
    ledger.week = 4
    ledger.pay(names, "a1", amount + 2**31, "large")  # more than fits in four bytes, less one
    assert ledger.total() == 0
    ledger.pay("a2", "a0", 5, "fee")
    assert ledger.balance("a2") == 1 - (2**31 + 1) - 5
    assert ledger.balance("a0") == -sum(range(1, size - 1)) + 5 + 1 - 1 - (2**31 - 1)
    assert ledger.balance("a1") == (size - 1) * 2**31 + sum(range(-1, size - 1))
    week, payer, payee, purpose, pence = ledger.arrays()
    assert week.tolist() == [3] * (size - 1) + [4] * (size + 1)
    assert (payer[0], payee[0], pence[0]) == (0, 0, 1)
    assert payer[1 : size - 1].tolist() == [0] * (size - 2)
    assert payee[1 : size - 1].tolist() == list(range(2, size))
    assert payer[size - 1 : -1].tolist() == list(range(size))
    assert purpose.tolist() == [0] * (size - 1) + [1] * size + [0]
    assert pence[size - 1 : -1].tolist() == (amount + 2**31).tolist()
    assert (payer[-1], payee[-1], pence[-1]) == (2, 0, 5)


@pytest.mark.parametrize("size", [3, 1500])
def test_columns_in_pieces_are_those_of_all_flows(size):
    names = [f"a{i}" for i in range(size)]
    ledger = Ledger(names)
    for week in range(150):
        ledger.week = week
        ledger.pay("a0", names[1:], np.arange(1, size), f"fee {week % 2}")
        if week == 70:
            ledger.arrays()
    columns = np.concatenate([piece.astype(np.int64) for piece in ledger.columns()])
    expected = [np.repeat(np.arange(150), size - 1), np.zeros(150 * (size - 1)), np.tile(np.arange(1, size), 150),
                np.repeat(np.arange(150) % 2, size - 1), np.tile(np.arange(1, size), 150)]  # fmt: skip
    assert columns.tolist() == np.concatenate(expected).tolist()
