"""Every term, for three providers at once; £ worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from fundingflows.model.contracts.contract import Contract
from fundingflows.model.contracts.terms import terms
from fundingflows.model.contracts.terms.block import Block
from fundingflows.model.contracts.terms.capitation import Capitation
from fundingflows.model.contracts.terms.outcome import Outcome
from fundingflows.model.contracts.terms.tariff import Tariff
from numpy.testing import assert_allclose

YEAR = {
    "elapsed": 1.0,
    "people_at_start": np.array([100.0, 200.0, 700.0]),
    "share_at_start": np.array([0.1, 0.2, 0.7]),
    "discretionary": 0.5,
    "people_flat": np.array([110.0, 190.0, 700.0]),
    "people_age_sex": np.array([120.0, 180.0, 700.0]),
    "visits": np.array([80.0, 100.0, 150.0]),
    "visits.before": np.array([100.0, 100.0, 100.0]),
    "tests": np.array([1.0, 2.0, 3.0]),
    "tests.before": np.array([1.0, 1.0, 1.0]),
    "control": np.array([0.4, 0.6, 0.9]),
    "control.lot": np.array([0.7, 0.7, 0.7]),
    "control.crude": np.array([0.5, 0.5, 0.5]),
    "control.crude.lot": np.array([0.55, 0.55, 0.55]),
}
HALF = YEAR | {"elapsed": 0.5, "visits": YEAR["visits"] / 2}


def test_the_vocabulary_is_every_term_by_its_name():
    assert terms().items() >= {"block": Block, "capitation": Capitation, "tariff": Tariff, "outcome": Outcome}.items()
    others = {"gain_share", "floating_point", "tournament", "best_practice", "readmission"}
    assert set(terms()) >= others | {"block", "capitation", "tariff", "outcome"}


def test_block_pays_per_head_and_a_shared_sum_evenly_over_the_year():
    term = Block(per_head=2.0, amount=1000.0)
    assert_allclose(term.due(YEAR), [300.0, 600.0, 2100.0])
    assert_allclose(term.due(HALF), [150.0, 300.0, 1050.0])


def test_block_does_not_depend_on_what_is_done():
    assert_allclose(Block(per_head=2.0).due(YEAR | {"visits": np.full(3, 1e6)}), Block(per_head=2.0).due(YEAR))


def test_only_discretionary_block_is_cut():
    assert_allclose(Block(per_head=2.0, discretionary=True).due(YEAR), [100.0, 200.0, 700.0])
    assert_allclose(Block(per_head=2.0, discretionary=False).due(YEAR), [200.0, 400.0, 1400.0])


@pytest.mark.parametrize("weights", ["flat", "age_sex"])
def test_capitation_pays_for_the_people_as_weighed(weights):
    assert_allclose(Capitation(rate=3.0, weights=weights).due(YEAR), 3.0 * YEAR[f"people_{weights}"])


def test_tariff_adds_activities_at_their_prices_times_scale():
    term = Tariff(prices={"visits": 2.0, "tests": 10.0}, scale=0.5)
    assert_allclose(term.due(YEAR), [85.0, 110.0, 165.0])


def test_marginal_rate_holds_beyond_the_baseline_only():
    term = Tariff(prices={"visits": 2.0}, marginal_rate=0.7, baseline=0.9)
    assert_allclose(term.due(YEAR), [160.0, 2 * (90 + 7), 2 * (90 + 42)])


def test_the_baseline_grows_with_the_year():
    term = Tariff(prices={"visits": 2.0}, marginal_rate=0.0, baseline=0.9)
    assert_allclose(term.due(HALF), [80.0, 90.0, 90.0])


def test_the_marginal_rate_looks_at_each_activity_by_itself():
    term = Tariff(prices={"visits": 1.0, "tests": 1.0}, marginal_rate=0.0, baseline=1.0)
    assert_allclose(term.due(YEAR), [81.0, 101.0, 101.0])


def test_cap_and_floor_bound_the_sum_as_shares_of_the_year_before():
    prices = {"visits": 2.0, "tests": 10.0}  # 210 the year before; 170, 220 and 330 now
    assert_allclose(Tariff(prices=prices, cap=1.1).due(YEAR), [170.0, 220.0, 231.0])
    assert_allclose(Tariff(prices=prices, floor=1.0).due(YEAR), [210.0, 220.0, 330.0])
    assert_allclose(Tariff(prices=prices, floor=1.0, cap=1.1, scale=2.0).due(YEAR), [420.0, 440.0, 462.0])


def test_outcome_is_paid_in_proportion_between_start_and_target():
    term = Outcome(indicator="control", start=0.5, target=0.7, per_head=4.0)
    assert_allclose(term.due(YEAR), [0.0, 400.0, 2800.0])


def test_a_target_below_the_start_pays_for_less():
    term = Outcome(indicator="control", start=0.7, target=0.5, per_head=4.0)
    assert_allclose(term.due(YEAR), [400.0, 400.0, 0.0])


def test_own_and_lot_and_crude_results_are_told_apart():
    paid = {
        (shared, adjusted): Outcome(indicator="control", shared=shared, adjusted=adjusted, per_head=1.0).due(YEAR)[0]
        for shared in ("own", "lot")
        for adjusted in (True, False)
    }
    expected = {("own", True): 40.0, ("lot", True): 70.0, ("own", False): 50.0, ("lot", False): 55.0}
    assert paid == pytest.approx(expected)


def test_withheld_pays_in_advance_and_comes_to_the_bonus_by_the_year_end():
    bonus = Outcome(indicator="control", start=0.5, target=0.7, per_head=4.0)
    withheld = Outcome(indicator="control", start=0.5, target=0.7, per_head=4.0, form="withheld")
    assert_allclose(withheld.due(HALF), [200.0, 400.0, 1400.0])
    assert_allclose(bonus.due(HALF), [0.0, 200.0, 1400.0])
    assert_allclose(withheld.due(YEAR), bonus.due(YEAR))


def test_a_contract_owes_the_sum_of_its_terms_in_any_order():
    parts = (Block(per_head=1.0), Capitation(rate=2.0), Tariff(prices={"visits": 3.0}))
    total = sum(term.due(YEAR) for term in parts)
    assert_allclose(Contract(parts).due(YEAR), total)
    assert_allclose(Contract(parts[::-1]).due(YEAR), total)


def test_a_contract_takes_plans_by_providers_by_shocks_in_one_call():
    visits = np.arange(24.0).reshape(2, 3, 4)
    activity = {k: v[:, None] if isinstance(v, np.ndarray) else v for k, v in YEAR.items()} | {"visits": visits}
    term = Tariff(prices={"visits": 1.0}, marginal_rate=0.5, baseline=0.1)
    assert_allclose(term.due(activity), np.where(visits <= 10, visits, 10 + 0.5 * (visits - 10)))
