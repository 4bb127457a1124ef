"""The number that an effect hangs on is found, and none where luck would explain it."""

import numpy as np
import pytest
from fundingflows.experiments.results.leading import correlations, leading


def drawn(n, seed=1):
    rng = np.random.default_rng(seed)
    return [{name: float(rng.uniform()) for name in ("one", "two", "three")} for _ in range(n)]


def test_the_number_behind_an_effect_is_found_with_its_sign():
    draws = drawn(60)
    found = leading([-(draw["two"] ** 3) + 0.01 * draw["one"] for draw in draws], draws)
    assert found is not None
    assert found.path == "two"
    assert found.correlation == pytest.approx(-1.0, abs=0.02)


def test_luck_is_not_taken_for_a_cause():
    rng = np.random.default_rng(7)
    found = [leading(rng.normal(size=60), drawn(60, seed)) for seed in range(60)]
    assert sum(f is not None for f in found) <= 8  # one in twenty by design


def test_nothing_is_found_where_nothing_differs():
    assert leading(np.ones(20), drawn(20)) is None
    assert leading([1.0, 2.0], drawn(2)) is None


def test_correlations_are_those_of_each_number_with_each_effect():
    draws = drawn(40)
    effects = {("per_head", "deaths"): np.array([draw["one"] for draw in draws]),
               ("per_head", "qalys"): np.array([-draw["two"] for draw in draws]),
               ("per_head", "still"): np.ones(40), ("per_head", "unknown"): np.full(40, np.nan)}  # fmt: skip
    found = correlations(effects, draws).set_index(["measure", "path"])
    assert set(found.index.get_level_values(0)) == {"deaths", "qalys"}
    assert found.loc[("deaths", "one"), "correlation"] == pytest.approx(1.0)
    assert found.loc[("qalys", "two"), "correlation"] == pytest.approx(-1.0)
    assert abs(found.loc[("qalys", "one"), "correlation"]) < 0.5
    assert correlations({("per_head", "deaths"): np.arange(3.0)}, draws[:3]).empty


def test_few_draws_in_perfect_order_prove_nothing():
    draws = drawn(5)
    effect = np.array([draw["one"] for draw in draws])
    assert leading(effect, draws) is None
    assert correlations({("per_head", "deaths"): effect}, draws)["p"].min() == pytest.approx(2 / 120)
    many = drawn(9)
    assert leading([draw["one"] for draw in many], many) is not None


@pytest.mark.parametrize("n", [170, 171, 400])
def test_hundreds_of_draws_are_not_too_many(n):
    draws = drawn(n)
    found = leading([draw["one"] for draw in draws], draws)
    assert found is not None
    assert found.path == "one"
