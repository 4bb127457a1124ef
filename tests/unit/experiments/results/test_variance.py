"""Uncertainty about numbers and chance are separated, with intervals that cover."""

import numpy as np
import pytest
from fundingflows.experiments.results.variance import parts


def layout(rng, draws, seeds, parameters, luck, mean=0.0):
    """Differences of a crossed layout whose components are known; half of luck is the seeds' own."""
    by_draw = rng.normal(0.0, parameters, (draws, 1))
    by_seed = rng.normal(0.0, luck / np.sqrt(2.0), (1, seeds))
    return mean + by_draw + by_seed + rng.normal(0.0, luck / np.sqrt(2.0), (draws, seeds))


def test_components_are_unbiased_and_their_intervals_cover():
    rng = np.random.default_rng(1)
    found = [parts(layout(rng, 12, 6, 2.0, 1.0, mean=5.0)) for _ in range(600)]
    assert np.mean([p.parameters**2 for p in found]) == pytest.approx(4.0, rel=0.06)
    assert np.mean([p.chance**2 for p in found]) == pytest.approx(1.0, rel=0.06)
    cover = np.mean([p.parameters_low <= 2.0 <= p.parameters_high for p in found])
    assert 0.93 < cover < 0.98
    assert np.mean([p.chance_low <= 1.0 <= p.chance_high for p in found]) > 0.9
    assert np.mean([p.share for p in found]) == pytest.approx(0.8, abs=0.04)


def test_an_effect_at_unknown_parameters_lies_in_its_interval():
    rng = np.random.default_rng(2)
    inside = []
    for _ in range(600):
        p = parts(layout(rng, 10, 5, 1.0, 0.5, mean=3.0))
        inside.append(p.low <= 3.0 + rng.normal(0.0, 1.0) <= p.high)
    assert 0.92 < np.mean(inside) < 0.98


def test_chance_alone_is_not_taken_for_parameter_uncertainty():
    rng = np.random.default_rng(3)
    found = [parts(layout(rng, 10, 5, 0.0, 1.0)) for _ in range(400)]
    assert np.mean([p.parameters_low == 0.0 for p in found]) > 0.95
    assert np.median([p.share for p in found]) < 0.1


def test_what_never_differs_is_certain():
    p = parts(np.full((3, 4), 2.0))
    assert (p.effect, p.low, p.high, p.above, p.parameters, p.chance) == (2.0, 2.0, 2.0, 1.0, 0.0, 0.0)
    assert parts(np.zeros((3, 4))).above == 0.5
