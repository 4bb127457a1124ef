"""What patients cost beyond a threshold, shared out of a top-slice; every £ worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from fundingflows.agents.patients.people import GONE, HOME
from fundingflows.model.contracts.contract import Contract
from fundingflows.model.contracts.terms.outlier_pool import OutlierPool
from fundingflows.model.money.outliers import facts_beyond
from fundingflows.scenarios import FundingFlows, fundings, load_baseline, load_funding
from numpy.testing import assert_allclose

# £2 a head is £200, £400 and £1,400; patients have cost £1,000, nothing and £3,000 beyond the threshold
YEAR = {
    "elapsed": 1.0,
    "people_at_start": np.array([100.0, 200.0, 700.0]),
    "cost_beyond_10000": np.array([1000.0, 0.0, 3000.0]),
    "share_beyond_10000": np.array([0.2, 0.0, 0.1]),
    "visits": np.array([60.0, 60.0, 60.0]),
}


def pool(**fields):
    return OutlierPool(**{"threshold": 10_000.0, "top_slice": 2.0} | fields)


def test_a_share_of_the_cost_beyond_is_met_from_what_all_put_in():
    assert_allclose(pool(share=0.5).due(YEAR), [500 - 200, -400, 1500 - 1400])


def test_more_than_is_put_in_is_met_in_part():
    assert_allclose(pool(share=1.0).due(YEAR), [500 - 200, -400, 1500 - 1400])  # half of 1,000 and of 3,000


def test_holders_put_in_no_more_than_is_claimed():
    assert_allclose(pool(share=0.25).due(YEAR), [250 - 100, -200, 750 - 700])


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("elapsed", [0.25, 1.0])
def test_the_pool_neither_gains_nor_loses(share, elapsed):
    assert pool(share=share).due(YEAR | {"elapsed": elapsed}).sum() == pytest.approx(0.0, abs=1e-9)


def test_without_costs_or_money_nothing_moves():
    assert_allclose(pool().due({"elapsed": 1.0, "people_at_start": np.ones(3)}), 0.0)
    assert_allclose(pool(top_slice=0.0).due(YEAR), 0.0)


def test_only_holders_share():
    held = YEAR | {"holders": np.array([True, True, False])}
    assert_allclose(pool(share=0.3).due(held)[:2], [300 - 100, -200])  # £300 claimed, from £200 and £400


def test_in_plans_one_more_unit_brings_its_part_beyond_the_threshold_less_what_is_put_in_for_it():
    wide = {name: value[:, None] if isinstance(value, np.ndarray) else value for name, value in YEAR.items()}
    level = np.array([[50.0], [60.0], [60.0]])
    due = pool(share=0.25, prices={"visits": 10.0}).due(wide | {"visits.level": level})
    # ten visits more at £10, a fifth beyond, a quarter claimed: £5, of which 200 / 2,000 is put in by oneself
    assert due[0] == pytest.approx(150.0 + 5.0 * 0.9)
    assert due[1:, 0] == pytest.approx([-200.0, 50.0])


def test_costs_beyond_a_threshold_are_counted_by_practice():
    people = SimpleNamespace(where=np.array([HOME, HOME, GONE, HOME]), spend=np.array([150, 40, 900, 300]))
    patients = SimpleNamespace(people=people, start=np.array([0, 3]), stop=np.array([3, 4]))
    cohort = SimpleNamespace(of_practices=lambda what: what)
    facts = facts_beyond(patients, cohort, [pool(threshold=100.0)], 0.5)
    assert facts["cost_beyond_100"].tolist() == [100.0, 400.0]  # 50 and 200 of half of the people
    assert facts["share_beyond_100"] == pytest.approx([150 / 190, 1.0])


def test_the_ledger_moves_what_the_pool_shares_and_the_payer_keeps_its_money(tmp_path):
    file = tmp_path / "pool.toml"
    file.write_text(
        """title = "Pool"
question = "?"
source = "Invented"
extends = "status_quo"
[[changes]]
when = 2015-04-01
who = { kind = "practice" }
[[changes.add_terms]]
term = "outlier_pool"
threshold = 5000.0
share = 0.8
top_slice = 20.0
prices = { emergency_overnight = 2000.0 }
""",
        encoding="utf-8",
    )
    model = FundingFlows("anytown", file, rng=1).run(1)
    flows = model.ledger.flows(purpose="outlier_pool")
    paid, taken = (flows[flows[side] == "commissioner"].pence.sum() for side in ("payer", "payee"))
    assert paid > 0
    assert abs(paid - taken) <= len(model.practices)  # odd pence
    assert (model.practices.outside_facts["cost_beyond_5000"] > 0).all()


def test_files_of_2026_load_and_say_where_they_are_from():
    today = load_baseline("2024_25")
    for name in ("year_of_care", "integrated_health_organisation"):
        assert name in fundings(today)
        funding = load_funding(name, today)
        assert funding.source
        assert isinstance(funding.contracts["hospital"], Contract)
