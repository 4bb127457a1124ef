"""Differences in differences, from a table whose effect is known."""

import numpy as np
import pandas as pd
import pytest
from fundingflows.experiments.results import did


@pytest.fixture
def organisations():
    rng = np.random.default_rng(1)
    rows = []
    for n in range(20):
        own, treated = rng.normal(1000.0, 100.0), n < 10
        for year in range(1, 5):
            effect = 50.0 * (treated and year >= 3)
            rows.append(
                {name: 1.0 for o in did.outcomes("practice") for name in (o.column, o.per) if name}
                | {"year": year, "kind": "practice", "organisation": f"p{n}", "list": 1000.0,
                   "arm": "treated" if treated else "control", "treated": float(treated) * (0, 0.5, 1, 1)[year - 1],
                   "gp_consultations": own + 20.0 * year + effect + rng.normal(0.0, 5.0)}
            )  # fmt: skip
    return pd.DataFrame(rows)


def test_the_effect_is_found_beside_a_common_trend(organisations):
    table = did.table(organisations).set_index("outcome")
    row = table.loc["GP consultations, per 1,000 registered"]
    assert row.effect == pytest.approx(50.0, abs=6.0)
    assert row.low < 50.0 < row.high
    assert row.high - row.low < 20.0
    assert (row.treated, row.controls) == (10, 10)
    assert row.control_after - row.control_before == pytest.approx(50.0, abs=6.0)  # years 3 and 4 less year 1


def test_the_year_in_which_a_change_begins_is_left_out(organisations):
    odd = organisations["gp_consultations"].where(organisations.year != 2, 1e6)
    changed = did.table(organisations.assign(gp_consultations=odd))
    pd.testing.assert_frame_equal(changed, did.table(organisations))


def test_without_a_year_before_or_a_control_there_is_nothing_to_say(organisations):
    assert did.table(organisations[organisations.year > 1]).empty
    assert did.table(organisations[organisations.arm == "treated"]).empty
    assert did.table(organisations.drop(columns="arm")).empty


def test_it_is_read_from_a_runs_folder(organisations, tmp_path):
    organisations.to_parquet(tmp_path / "organisations.parquet")
    pd.testing.assert_frame_equal(did.read(tmp_path), did.table(organisations))
