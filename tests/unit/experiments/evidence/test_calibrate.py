"""History matching on a toy whose answer is known; points that have one key everywhere."""

import numpy as np
import pytest
from fundingflows.experiments.evidence.calibrate import emulate, match, smc
from fundingflows.experiments.evidence.calibrate.outcomes import Target
from fundingflows.experiments.evidence.calibrate.space import Space
from fundingflows.experiments.evidence.natural.outcome import Outcome
from fundingflows.scenarios import load_baseline

SPACE = Space(load_baseline("2015_16").parameters)


def target(**more):
    return Target("T.1", None, Outcome(name="x", of="practice.gp_consultations", **more))  # type: ignore[arg-type]


def test_points_are_within_ranges_and_come_back_as_they_were():
    unit = SPACE.sobol(8, 1)
    points = SPACE.values(unit)
    for point in points:
        SPACE.parameters.changed(point)
    np.testing.assert_allclose(SPACE.unit(points), unit, atol=1e-5)
    np.testing.assert_array_equal(SPACE.sobol(4, 1), SPACE.sobol(8, 1)[:4])


def test_the_shipped_values_lie_in_the_space():
    low, high = SPACE.ranges
    values = np.array(list(SPACE.shipped().values()))
    assert ((low <= values) & (values <= high)).all()


def test_an_emulator_finds_what_an_outcome_answers_to():
    rng = np.random.default_rng(1)
    unit = rng.random((60, 10))
    made = emulate.fit(unit, 3.0 * unit[:, 2] - unit[:, 7] ** 2)
    assert {2, 7} <= set(made.active)
    assert made.quality > 0.95
    mean, error = made.predict(unit[:5])
    np.testing.assert_allclose(mean, 3.0 * unit[:5, 2] - unit[:5, 7] ** 2, atol=0.15)
    assert (error > 0).all()


def test_the_population_ends_where_outcomes_are_as_published():
    goal = target(effect=1.0, low=0.9, high=1.1)
    unit = smc.draw(lambda u: match.distance(goal, 4.0 * u[:, 0]) ** 2, 6, 400, 1)
    assert unit[:, 0].mean() == pytest.approx(0.25, abs=0.01)
    assert unit[:, 0].std() == pytest.approx(0.1 / 1.96 / 4.0, rel=0.3)
    assert unit[:, 1].std() == pytest.approx(1.0 / np.sqrt(12.0), rel=0.15)  # nothing was learnt of the others


def test_a_wrong_sign_is_ruled_out_and_a_right_one_costs_nothing():
    falls = target(score="sign", sign="-")
    assert match.distance(falls, np.array([-2.0]))[0] == 0.0
    assert match.distance(falls, np.array([0.2]))[0] > match.CUT
    assert not match.reachable(falls, np.array([0.2, -0.1]))


def test_resampling_takes_points_in_proportion_to_their_weight():
    kept = match.resample(np.array([0.0, 3.0, 1.0]), 400, 1)
    assert (kept > 0).all()
    assert np.mean(kept == 1) == pytest.approx(0.75, abs=0.01)
