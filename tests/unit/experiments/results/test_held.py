"""A difference with a part held: what it contributes is the difference at work less that with it held, seed by seed."""

import pytest
from fundingflows.experiments.results.held import table
from fundingflows.experiments.results.measures import MEASURES


def rows(**runs):
    """Measures of runs by way and seed: ``a1=5`` is 5 of everything under a with seed 1."""
    return {(name[0], int(name[1])): {measure.key: float(x) for measure in MEASURES} for name, x in runs.items()}


def test_what_a_part_contributes():
    found = table(rows(a1=10, b1=14, a2=20, b2=26), rows(a1=10, b1=11, a2=20, b2=19), "a", "b", (1, 2))
    row = found.set_index("measure").loc["public"]
    assert (row["level"], row["difference"], row["held"], row["change"]) == (15.0, 5.0, 0.0, 5.0)
    assert row["low"] == pytest.approx(
        5.0 - 12.7062 * 2.0, abs=1e-3
    )  # 3 and 7: standard error 2, one degree of freedom
    assert list(found["measure"]) == [measure.key for measure in MEASURES]


def test_one_seed_has_no_range():
    row = table(rows(a1=1, b1=3), rows(a1=1, b1=4), "a", "b", (1,)).iloc[0]
    assert (row["change"], row["low"] == row["low"]) == (-1.0, False)
