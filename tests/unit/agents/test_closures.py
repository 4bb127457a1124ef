"""Practices that close: which do, what neighbours take over, and that people and what they wait for really move.

What should follow: a practice that can neither pay nor staff itself closes and its patients register
with its neighbours; nobody is lost, nobody's identity changes, waits go on; money follows the patients.
"""

from __future__ import annotations

import numpy as np
import pytest
from fundingflows.agents.closures import close_practices
from fundingflows.agents.patients.lists import all_rows, partition_rows
from fundingflows.agents.patients.moving import move_list
from fundingflows.agents.patients.people import GONE
from fundingflows.scenarios import FundingFlows


@pytest.fixture
def model():
    return FundingFlows("anytown", "status_quo", rng=1)


def present(patients):
    """Keys of everyone registered, and their traits by key."""
    here = patients.people.where != GONE
    order = np.argsort(patients.people.key[here])
    return patients.people.key[here][order], patients.people.state[here][order]


def unpaid(model, p, vacant=0.6):
    """Practice ``p`` as it is when partners earn nothing and so many posts are vacant."""
    practices = model.practices
    practices.earned = np.where(np.arange(len(practices)) == p, 0.0, practices.earned)
    practices.gp_fte = np.where(np.arange(len(practices)) == p, (1 - vacant) * practices.gp_fte, practices.gp_fte)


def run_until_closed(model, p):
    """A year at whose end practice ``p`` closes, whatever it was paid."""
    model.practices.observe_income = lambda received, years: unpaid(model, p) if years == 1.0 else None
    model.run(1)
    del model.practices.observe_income
    assert not model.practices.is_open[p]


def test_people_move_with_what_they_wait_for(model):
    model.run(0.5)
    patients, p, heirs = model.patients, 2, np.array([0, 5])
    keys, states = present(patients)
    sizes = patients.list_sizes()
    before = [np.sort(all_rows(listing)["key"]) for listing in patients.lists]
    move_list(patients, p, heirs, np.array([3.0, 1.0]))
    after, same = present(patients)
    assert (after == keys).all()
    assert (same == states).all()
    moved = patients.list_sizes() - sizes
    assert moved[p] == -sizes[p]
    assert moved[heirs] == pytest.approx(sizes[p] * np.array([0.75, 0.25]), abs=1)
    for listing, were in zip(patients.lists, before, strict=True):
        assert set(all_rows(listing)["key"]) <= set(were)
        assert all_rows(listing).size >= were.size - 5  # but for people who died this week
        for b in range(listing.n.size):
            rows = partition_rows(listing, b)
            there = np.arange(patients.partitions[b], patients.partitions[b + 1])
            assert np.isin(rows["practice"], there).all()
            living = patients.people.where[rows["row"]] != GONE
            assert (patients.people.key[rows["row"][living]] == rows["key"][living]).all()
            assert (rows["row"] >= patients.start[rows["practice"]]).all()
            assert (rows["row"] < patients.stop[rows["practice"]]).all()


def test_a_practice_closes_that_can_neither_pay_nor_staff_itself(model):
    practices = model.practices
    unpaid(model, 3, vacant=0.4)
    assert close_practices(practices) == []  # enough are in post still
    unpaid(model, 3, vacant=0.5)
    practices.earned = np.ones(len(practices))
    assert close_practices(practices) == []  # and paid
    unpaid(model, 3, vacant=0.0)
    closed = close_practices(practices)
    assert [c.practice for c in closed] == [3]
    assert closed[0].part.sum() == pytest.approx(1.0)
    assert not practices.is_open[3]
    assert close_practices(practices) == []  # once


def test_where_every_practice_fails_none_closes(model):
    for p in range(len(model.practices)):
        unpaid(model, p)
    assert close_practices(model.practices) == []


def test_neighbours_take_over_posts_and_the_usual_money(model):
    practices = model.practices
    unpaid(model, 3)
    totals = {name: getattr(practices, name).sum() for name in ("usual_list", "usual_fte", "gp_fte", "usual_income")}
    one, usual = practices.usual_income.copy(), practices.usual_list.copy()
    closed = close_practices(practices)[0]
    for name, total in totals.items():
        assert getattr(practices, name).sum() == pytest.approx(total)
    expected = usual[closed.heirs] + closed.part * usual[3]
    assert practices.usual_list[closed.heirs] == pytest.approx(expected)
    assert practices.usual_income[closed.heirs] == pytest.approx(one[closed.heirs] + closed.part * one[3])
    assert practices.successor[3] == closed.heirs[closed.part.argmax()]


def test_a_closed_practice_has_neither_patients_nor_money_and_its_neighbours_have_both(model):
    usual = FundingFlows("anytown", "status_quo", rng=1).run(2)
    run_until_closed(model, 3)
    paid = {}
    model.practices.observe_year = lambda money: paid.update(income=money.income.copy())
    model.run(2)
    assert model.practices.lists[3] == 0
    assert len(model.patients) == pytest.approx(len(usual.patients), rel=0.002)
    assert paid["income"][3] == pytest.approx(0.0, abs=1.0)
    assert paid["income"].sum() == pytest.approx(usual.practices.usual_income.sum(), rel=0.03)
    assert model.ledger.total() == 0


def test_closures_do_not_depend_on_threads():
    digests = set()
    for threads in (1, 2):
        model = FundingFlows("anytown", "status_quo", rng=1, threads=threads)
        run_until_closed(model, 3)
        digests.add(model.run(1.5).digest)
    assert len(digests) == 1
