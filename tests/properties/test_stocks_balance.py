"""Every stock, every week: what there was, and what flowed in less what flowed out, is what there is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fundingflows.agents import closures
from fundingflows.model import stocks
from fundingflows.model.money import sectors
from fundingflows.scenarios import FundingFlows, fundings

EXACT = np.array([stock.whole for stock in stocks.STOCKS.values()])
ALL = tuple(fundings())
ROOT = Path(__file__).parents[2]


def unbalanced(model: FundingFlows) -> dict[str, tuple[float, float]]:
    """Stocks of which there is another amount than flows have left, with both amounts."""
    there, left = stocks.levels(model), model.stocks.now
    off = np.abs(there - left) > np.where(EXACT, 0.0, 1e-9 * np.maximum(np.abs(there), 1.0))
    return {name: (there[k], left[k]) for k, name in enumerate(stocks.STOCKS) if off[k]}


def run(model: FundingFlows, weeks: int) -> None:
    for week in range(weeks):
        model.step()
        assert not unbalanced(model), f"week {week}"


@pytest.mark.parametrize("funding", ALL)
def test_every_stock_balances_in_every_week(funding):
    model = FundingFlows("anytown", funding, rng=1)
    run(model, 53)  # the year's end, when most of organisations' stocks move, and a week


@pytest.mark.parametrize("example", ["more_capacity", "unpaid_follow_ups", "step_up_beds", "choice_of_patients"])
def test_stocks_balance_where_a_file_changes_them(example):
    model = FundingFlows("anytown", str(ROOT / "docs" / "examples" / f"{example}.toml"), rng=1)
    run(model, 60)


def test_stocks_balance_where_practices_close(anytown, monkeypatch):
    monkeypatch.setattr(closures, "_failing", lambda practices: np.arange(len(practices)) < 2)
    run(anytown, 52)
    assert list(anytown.practices.is_open[:3]) == [False, False, True]


def test_stocks_balance_where_nobody_ages():
    run(FundingFlows("anytown", "status_quo", rng=1, ageing=False), 14)


def test_money_moves_between_those_who_are_declared_to_pay_each_other(runs):
    declared = {name for flow in sectors.FLOWS for name, _ in flow.counted()}
    for run in runs.values():
        moved = dict(zip(sectors.PAYMENTS, run.model.ledger.moved().ravel(), strict=True))
        used = {name for name, pence in moved.items() if pence and name not in ("outside_to_outside",)}
        assert used <= declared


def test_every_stock_is_moved_by_a_flow_that_did_something(runs):
    still = {name for run in runs.values() for name in stocks.STOCKS}
    for run in runs.values():
        flows = run.model.stocks.flows()
        still -= {name for k, name in enumerate(stocks.STOCKS) if (flows[:, stocks.FROM_FLOWS[k] != 0] != 0).any()}
    unpaid = {"advice_share", "in_step_up"}  # no contract of that year pays for advice, or opens step-up beds
    assert still - unpaid <= {"savings", "held_pools", "paid_community", "paid_planned_care", "paid_hospital_pay"}


def test_a_flow_that_nobody_counts_is_noticed(anytown):
    anytown.step()
    anytown.practices.gp_fte = anytown.practices.gp_fte * 1.01  # a mover that counts nothing
    assert set(unbalanced(anytown)) == {"gps"}
