"""Risk by size: who is counted, what chance and formula come to by hand, and what the command writes."""

import json

import numpy as np
import pytest
from fundingflows.agents.patients.people import GONE
from fundingflows.experiments.cli import app
from fundingflows.experiments.evidence.risk import spending, table
from fundingflows.experiments.evidence.risk.spending import Everyone
from fundingflows.scenarios import FundingFlows
from typer.testing import CliRunner


def everyone(practice, cost, cell=None, fine=None):
    zeros = np.zeros(len(cost), dtype=np.int64)
    cell = zeros if cell is None else np.asarray(cell)
    return Everyone(
        np.asarray(practice), cell, cell if fine is None else np.asarray(fine), np.asarray(cost, dtype=float)
    )


def test_a_budget_per_head_by_hand():
    """Mean 30: practice 0 costs 10 and 30, practice 1 costs 50 once and 30 once."""
    found = spending.results(everyone([0, 0, 1, 1], [10, 30, 50, 30]), "head", 0.0, np.array([2, 2]))
    assert found["result"] == pytest.approx([10.0, -10.0])
    assert found["variance"] == pytest.approx((10**2 * 4) / 2)  # each is 10 from the mean of their practice; 4 − 2
    assert found["pooled"] == 0.0


def test_a_budget_by_age_pays_for_age():
    """The old cost 50, the young 10: by age nobody differs from what the budget holds for them."""
    people = everyone([0, 0, 1, 1], [10, 50, 50, 50], cell=[0, 1, 1, 1])
    assert spending.results(people, "age", 0.0, np.array([2, 2]))["result"] == pytest.approx([0.0, 0.0])
    assert spending.results(people, "head", 0.0, np.array([2, 2]))["result"] == pytest.approx([10.0, -10.0])


def test_a_pool_takes_the_costliest_off_the_spread_and_is_paid_for():
    cost = np.full(100, 10.0)
    cost[0] = 1010.0
    whole = spending.results(everyone(np.repeat([0, 1], 50), cost), "head", 0.0, np.array([50, 50]))
    pooled = spending.results(everyone(np.repeat([0, 1], 50), cost), "head", 0.01, np.array([50, 50]))
    assert pooled["above"] == pytest.approx(20.0)  # between the 99th and the costliest, a hundredth of the way
    assert pooled["pooled"] == pytest.approx(990.0 / 100)
    assert pooled["variance"] < whole["variance"] / 1000


def test_what_lasts_is_told_from_chance():
    """Two practices of equal size that lie 3 above and below for good, chance of 100 independent in each year."""
    rng = np.random.default_rng(1)
    lasting = np.array([3.0, -3.0])
    results = lasting + rng.normal(0.0, 100.0, (4000, 2))
    assert table.between(results, np.array([0.5, 0.5])) == pytest.approx(9.0, abs=4.0)
    assert table.between(rng.normal(0.0, 1.0, (2, 2)) * 0.0, np.array([0.5, 0.5])) == 0.0


def test_the_table_by_hand():
    """Ten practices of 1,000 people at ±2 and mean 100; a person's variance is 40,000."""
    one = {"result": [2.0, -2.0] * 5, "variance": 40_000.0, "pooled": 0.0, "above": 0.0}
    found = {f"{how}/{part:g}": one for how in spending.ADJUSTED for part in spending.COSTLIEST}
    rows = [{"people": json.dumps([1000.0] * 10), "mean": 100.0, "results": json.dumps(found)}] * 2
    row = table.table(rows, (1_000, 4_000)).set_index(["adjusted", "part", "people"]).sort_index().loc[("age", 0.0)]
    assert row.loc[1_000, "chance"] == pytest.approx(200.0 / np.sqrt(1000.0) / 100.0)
    assert row.loc[1_000, "formula"] == pytest.approx(0.02)
    assert row.loc[4_000, "formula"] == pytest.approx(0.01)  # four such practices
    assert row.loc[4_000, "chance"] == pytest.approx(row.loc[1_000, "chance"] / 2)
    assert row.loc[1_000, "range"] == pytest.approx(1.96 * np.hypot(0.0632456, 0.02), rel=1e-3)


def test_a_year_counts_everyone_of_its_start_and_what_the_dead_cost():
    model = FundingFlows("anytown", "status_quo", rng=1)
    people = model.patients.people
    registered = int((people.where != GONE).sum())
    found = spending.year_of_spending(model)
    assert found.cost.size == registered
    assert np.bincount(found.practice, minlength=6).min() > 0
    alive = people.where != GONE
    assert found.cost.sum() * 51 / 52 > 0.97 * people.spend[alive].sum()  # less newcomers, and those who left included


def test_the_command_writes_its_folder(tmp_path):
    folder = tmp_path / "risk"
    told = CliRunner().invoke(
        app, ["risk", "anytown", "--years", "0", "--seeds", "2", "--processes", "1", "--out", str(folder)]
    )
    assert told.exit_code == 0, told.output
    assert {"risk.md", "risk.csv", "risk.png", "risk.svg", "manifest.json"} <= {p.name for p in folder.iterdir()}
    assert table.finding(table.pd.read_csv(folder / "risk.csv")) in (folder / "risk.md").read_text(encoding="utf-8")
    assert CliRunner().invoke(app, ["verify", str(folder), "--most", "1"]).exit_code == 0
    assert CliRunner().invoke(app, ["risk", "anytown", "--seeds", "1"]).exit_code != 0
