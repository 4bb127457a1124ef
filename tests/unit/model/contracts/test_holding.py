"""Terms that some providers hold: their activity, their share of a sum, and what they are owed."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from fundingflows.model.contracts.contract import Contract
from fundingflows.model.contracts.holding import Holding, Holdings, differ, holdings_of
from fundingflows.model.contracts.terms.block import Block
from fundingflows.model.contracts.terms.tariff import Tariff
from numpy.testing import assert_allclose

YEAR = {
    "elapsed": 1.0,
    "people_at_start": np.array([100.0, 300.0, 600.0]),
    "share_at_start": np.array([0.1, 0.3, 0.6]),
    "visits": np.array([10.0, 20.0, 30.0]),
    "visits.before": np.array([10.0, 10.0, 10.0]),
}
COLUMN = {name: value[:, None] if np.ndim(value) else value for name, value in YEAR.items()}
SUM = Block(amount=1000.0)


def holding(term=SUM, rows=(1, 1, 1), eligible=(1, 1, 1), change_id=-1, **fields):
    return Holding(change_id, term, np.array(rows, dtype=bool), np.array(eligible, dtype=bool), **fields)


def test_a_sum_is_divided_among_the_eligible_and_paid_to_those_who_hold_it():
    assert_allclose(holding().due(YEAR), [100.0, 300.0, 600.0])
    assert_allclose(holding(eligible=(1, 1, 0), rows=(1, 1, 0)).due(YEAR), [250.0, 750.0, 0.0])
    assert_allclose(holding(eligible=(1, 1, 0), rows=(0, 1, 0)).due(YEAR), [0.0, 750.0, 0.0])
    assert_allclose(holding(rows=(0, 1, 1)).due(COLUMN), [[0.0], [300.0], [600.0]])
    assert_allclose(holding(eligible=(1, 0, 1)).due(YEAR), [1000 / 7, 0.0, 6000 / 7])


def test_rows_that_joined_later_have_a_reference_year_of_their_own():
    term = Tariff(prices={"visits": 2.0}, marginal_rate=0.0)
    later = holding(term, before={"visits": np.array([10.0, 15.0, 40.0])})
    assert_allclose(holding(term).due(YEAR), [20.0, 20.0, 20.0])
    assert_allclose(later.due(YEAR), [20.0, 30.0, 60.0])
    assert_allclose(later.due(COLUMN), [[20.0], [30.0], [60.0]])


def test_only_what_everyone_has_held_from_the_start_sees_the_activity_as_it_is():
    everyone = holding()
    assert everyone.is_universal
    assert everyone.activity_seen(YEAR) is YEAR
    for some in (holding(rows=(1, 0, 1)), holding(eligible=(1, 0, 1)), holding(before={"visits": YEAR["visits"]})):
        assert not some.is_universal
        assert some.activity_seen(YEAR) is not YEAR
    seen = holding(rows=(1, 0, 1)).activity_seen(COLUMN)
    assert seen["holders"].tolist() == [[True], [False], [True]]
    assert seen["visits"] is COLUMN["visits"]


def test_holdings_owe_each_row_the_terms_that_it_holds():
    both = Holdings([holding(Block(per_head=2.0), rows=(1, 1, 0)), holding(Tariff(prices={"visits": 1.0}))])
    assert_allclose(both.due(YEAR), [210.0, 620.0, 30.0])
    assert [term.term for term in both] == ["block", "tariff"]
    assert [[term.term for term in both.of(row).terms] for row in (0, 2)] == [["block", "tariff"], ["tariff"]]
    assert Holdings([]).due(YEAR) == 0.0
    with pytest.raises(FrozenInstanceError):
        holding().change_id = 3


def test_a_holding_is_kept_by_identity_for_dues_that_plans_share():
    one, same = holding(), holding()
    assert {one: "kept"}.get(one) == "kept"
    assert one != same


def test_holdings_depend_on_last_year_when_a_term_does():
    assert Holdings([holding(), holding(Tariff(rebased=True))]).depends_on_last_year
    assert not Holdings([holding(), holding(Tariff())]).depends_on_last_year


def test_a_plain_contract_is_held_by_everyone():
    (first, second) = holdings_of(Contract((SUM, Tariff())), 3)
    assert (first.change_id, first.term, second.term) == (-1, SUM, Tariff())
    assert first.rows.tolist() == first.eligible.tolist() == [True, True, True]
    assert holdings_of(Holdings([second]), 3) == [second]


def test_holdings_differ_by_term_change_rows_or_number():
    assert holding().has_same_term(holding(rows=(1, 0, 0)))
    assert holding().has_same_term(holding(Block(amount=1000.0)))
    assert not holding().has_same_term(holding(change_id=0))
    assert not holding(change_id=1).has_same_term(holding(change_id=0))
    assert not holding().has_same_term(holding(Block(amount=999.0)))
    assert not differ([holding(), holding()], [holding(), holding()])
    assert not differ([], [])
    assert differ([holding()], [])
    assert differ([], [holding()])
    assert differ([holding(), holding()], [holding(), holding(rows=(1, 0, 1))])
    assert differ([holding(), holding()], [holding(), holding(change_id=0)])


def test_plans_count_what_payers_can_pay():
    both = Holdings([holding(Block(per_head=2.0, payer="pot")), holding(Tariff(prices={"visits": 1.0}))])
    part = np.array([[0.5], [1.0], [0.9]])
    assert_allclose(both.due({**COLUMN, "expected_pay": {"pot": part}}), [[110.0], [620.0], [1110.0]])
