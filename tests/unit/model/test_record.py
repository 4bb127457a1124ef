"""What a large place needs little room for is what a small one keeps as it is."""

from __future__ import annotations

import numpy as np
from fundingflows.agents.patients.events import EDGES
from fundingflows.model import record
from fundingflows.model.initial.calibrate import steady_state
from fundingflows.model.initial.state import InitialState
from fundingflows.model.money import ledger
from fundingflows.model.people import newcomers
from fundingflows.model.record import Edges, Tables
from fundingflows.scenarios import FundingFlows


def test_a_deflated_week_is_the_week_that_was_filed(monkeypatch):
    monkeypatch.setattr(Tables, "LARGE", 100)
    rng = np.random.default_rng(1)
    filed = [rng.poisson(mean, (n, 42)) for mean, n in ((0.3, 2), (0.5, 300), (400.0, 300), (0.0, 300))]
    weeks = Tables()
    for week in filed:
        weeks.append(week)
    assert len(weeks) == 4
    for week, kept in zip(filed, weeks, strict=True):
        assert np.array_equal(week, kept)
    assert np.array_equal(weeks[-2], filed[2])
    assert [week.dtype for week in weeks[1:3]] == [np.uint8, np.uint16]
    assert [week.shape for week in weeks[:2]] == [(2, 42), (300, 42)]


def test_edges_of_quarters_add_up():
    rng = np.random.default_rng(2)
    quarters = [rng.poisson(0.02, (30, 7, EDGES)) * 300 for _ in range(4)]
    practice, hospital, counts = Edges.total([Edges.used(table) for table in quarters])
    year = np.sum(quarters, axis=0)
    assert np.array_equal(np.stack([practice, hospital]), np.nonzero(year.any(axis=2)))
    assert np.array_equal(counts, year[practice, hospital])
    assert counts.dtype == np.int32


def test_no_edge_was_used():
    practice, hospital, counts = Edges.total([Edges.used(np.zeros((3, 2, EDGES), dtype=np.int32))] * 4)
    assert practice.size == hospital.size == 0
    assert counts.shape == (0, EDGES)


def test_a_run_is_the_same_however_little_is_done_at_a_time(monkeypatch):
    usual = FundingFlows("anytown", "capitated", rng=3).run(1.0)
    monkeypatch.setattr(Tables, "LARGE", 0)
    monkeypatch.setattr(newcomers, "AT_ONCE", 20)
    monkeypatch.setattr(ledger, "AT_ONCE", 7)
    monkeypatch.setattr(ledger, "MANY", 1)
    monkeypatch.setattr(record, "MANY", 0)
    frugal = FundingFlows("anytown", "capitated", rng=3).run(1.0)
    assert frugal.newcomers.until - frugal.newcomers.since < 13
    assert frugal.digest == usual.digest
    for one, other in zip(frugal.ledger.arrays(), usual.ledger.arrays(), strict=True):
        assert np.array_equal(one, other)
    assert frugal.digest == usual.digest  # from flows that have been joined, too
    assert record.weekly(frugal).equals(record.weekly(usual))


def test_people_are_read_from_disk_as_they_were(tmp_path):
    start = steady_state(FundingFlows("anytown", None).place)
    start.save(tmp_path / "kept")
    for read, kept in zip(InitialState.load(tmp_path / "kept").people(), start.people(), strict=True):
        assert read.dtype == kept.dtype
        assert np.array_equal(read, kept)


def test_people_registered_are_counted_from_the_practices_lists(anytown):
    anytown.run(0.25)
    assert len(anytown.patients) == len(list(anytown.patients))
