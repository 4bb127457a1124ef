"""History matching on a toy whose answer is known; points that have one key everywhere."""

from types import SimpleNamespace

import numpy as np
import pytest
from fundingflows.experiments.evidence.calibrate import emulate, match, screen, smc
from fundingflows.experiments.evidence.calibrate.fit import Effort, Fit, _centre, identified, middle
from fundingflows.experiments.evidence.calibrate.left_out import left_out
from fundingflows.experiments.evidence.calibrate.outcomes import Target
from fundingflows.experiments.evidence.calibrate.space import Space, candidates
from fundingflows.experiments.evidence.natural.outcome import Outcome
from fundingflows.scenarios import load_baseline

NUMBERS = load_baseline("2015_16").parameters
SPACE = Space(NUMBERS, candidates(NUMBERS))


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
    process = made.middle + made.spread * made.process.predict(unit[:5, made.active])
    np.testing.assert_allclose(mean, process, rtol=1e-9)


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


def test_as_many_outcomes_may_disagree_as_contradict_one_another():
    far = {"A": np.array([0.0, 9.0, 0.0]), "B": np.array([9.0, 0.0, 9.0]), "C": np.array([9.0, 9.0, 9.0])}
    assert match.disagreeing(far, ["A", "B", "C"]) == 2
    assert match.disagreeing(far, ["A"]) == 1
    assert match.worst(far, ["A", "B", "C"], 2).tolist() == [0.0, 0.0, 0.0]
    assert match.worst(far, ["A", "B", "C"], 1).tolist() == [9.0, 9.0, 9.0]


def test_resampling_takes_points_in_proportion_to_their_weight():
    kept = match.resample(np.array([0.0, 3.0, 1.0]), 400, 1)
    assert (kept > 0).all()
    assert np.mean(kept == 1) == pytest.approx(0.75, abs=0.01)


def studied(study, number, **more):
    outcome = Outcome(name=f"{study} {number}", of="practice.gp_consultations", **more)  # type: ignore[arg-type]
    return Target(f"{study}.{number}", SimpleNamespace(id=study, experiment=""), outcome)  # type: ignore[arg-type]


class Line:
    """An outcome that is known exactly: ``slope`` times one number, and what else is added."""

    def __init__(self, column, slope, more=0.0):
        self.column, self.slope, self.more = column, slope, more

    def predict(self, unit):
        mean = self.slope * unit[:, self.column] + self.more
        return mean, np.full(len(mean), 1e-6)


def test_what_the_other_experiments_say_predicts_the_one_left_out():
    # A, B and E answer to the first number and agree that it is a quarter; only C answers to the second
    targets = [studied("A", 1, effect=1.0, low=0.9, high=1.1), studied("B", 1, effect=2.0, low=1.8, high=2.2),
               *(studied(name, 1, effect=0.5, low=0.45, high=0.55) for name in ("E", "C"))]  # fmt: skip
    lines = {"A.1": Line(0, 4.0), "B.1": Line(0, 8.0), "E.1": Line(0, 2.0), "C.1": Line(1, 1.0)}
    rows = left_out(targets, list(lines), lines, 3, 1).set_index("row")
    assert rows.loc["A", "predicted"] == pytest.approx(1.0, abs=0.04)
    assert rows["passed"].tolist() == [True, True, True, True]
    assert rows.loc["A", "within"] > 0.9
    assert rows.loc["C", "within"] == pytest.approx(0.1, abs=0.04)  # nothing else speaks of it
    assert rows.loc["C", "low"] < 0.1


def test_an_experiment_that_contradicts_the_others_fails_when_left_out():
    targets = [studied("A", 1, effect=1.0, low=0.9, high=1.1), studied("B", 1, effect=2.0, low=1.8, high=2.2),
               studied("D", 1, effect=3.0, low=2.7, high=3.3)]  # fmt: skip
    lines = {"A.1": Line(0, 4.0), "B.1": Line(0, 8.0), "D.1": Line(0, 4.0)}
    rows = left_out(targets, list(lines), lines, 2, 1).set_index("row")
    assert not rows.loc["D", "passed"]
    assert rows.loc["D", "predicted"] == pytest.approx(1.0, abs=0.05)


def test_one_study_however_far_off_does_not_outweigh_two_that_agree():
    near_two = {"A": np.array([0.5]), "B": np.array([0.5]), "D": np.array([20.0])}
    near_one = {"A": np.array([3.5]), "B": np.array([3.5]), "D": np.array([0.0])}
    assert match.square(near_two, list(near_two)) < match.square(near_one, list(near_one))


def test_a_bound_and_a_range_are_kept_or_not_when_left_out():
    bound = studied("A", 1, score="at_most", high=0.0)  # did not rise
    ranged = studied("B", 1, range=(1.0, 3.0))
    assert match.within(bound, np.array([-2.0, 0.4, 0.6])).tolist() == [True, True, False]
    assert match.within(ranged, np.array([0.9, 1.0, 3.0, 3.1])).tolist() == [False, True, True, False]
    rows = left_out([bound, ranged], ["A.1", "B.1"], {"A.1": Line(0, 0.0, 2.0), "B.1": Line(0, 0.0, 2.0)}, 2, 1)
    assert rows["passed"].tolist() == [False, True]
    assert rows["published"].tolist()[1] == 2.0


def by_hand(points):
    raise AssertionError("nothing here is known by plans")


def test_the_point_in_the_middle_is_no_corner():
    points = np.array([[0.1, 0.1], [0.2, 0.2], [0.3, 0.3], [0.4, 0.4], [0.9, 0.9]])
    assert middle(points).tolist() == [0.3, 0.3]


def one_number_known(within):
    """An outcome of two numbers, of which the sample identifies the first alone: the second keeps its value."""
    space = Space(NUMBERS, ("behaviour.response_stay", "behaviour.response_elective"))
    goal = studied("A", 1, effect=1.0, low=1.0 - within, high=1.0 + within)
    rng = np.random.default_rng(1)
    sample = np.column_stack([rng.normal(0.5, 0.05, 300), rng.random(300)])
    return space, Fit([], space, [goal], sample, {}, sample, {}, sample=sample, active=[0, 1])


def test_what_ships_fits_beside_the_numbers_that_stayed_open():
    space, found = one_number_known(within=0.02)
    point = _centre(found, {"A.1": Sum()}, Effort(), by_hand)  # type: ignore[dict-item]
    kept = space.unit([space.shipped()])[0][1]
    assert point[1] == kept
    assert point[0] + kept == pytest.approx(1.0, abs=0.02)


def test_what_ships_is_solved_exactly_where_the_emulator_misses():
    space, found = one_number_known(within=0.04)
    point = _centre(found, {"A.1": Sum()}, Effort(), by_hand)  # type: ignore[dict-item]
    found.plans["A.1"] = np.zeros(0)  # from now on it is known by plans, a hundredth and a half above the emulator
    exact = _centre(found, {"A.1": Sum()}, Effort(), lambda at: [{"A.1": space.unit([p])[0].sum() + 0.015} for p in at])  # type: ignore[dict-item]
    assert point.sum() == pytest.approx(1.0, abs=0.01)
    assert exact.sum() == pytest.approx(0.985, abs=0.01)


def test_a_number_that_is_narrower_than_its_range_moves_although_it_is_not_identified():
    # spread evenly over 0.2 to 1: 0.8 of the range, so that the former value at its foot need not stay
    space = Space(NUMBERS, ("behaviour.response_stay", "behaviour.response_elective"))
    goal = studied("A", 1, effect=1.2, low=1.18, high=1.22)
    wide = np.linspace(0.2, 1.0, 300)
    sample = np.column_stack([1.2 - wide, wide])
    found = Fit([], space, [goal], sample, {}, sample, {}, sample=sample, active=[0, 1])
    assert (identified(sample).tolist(), found.spoken_of.tolist()) == ([False, False], [0, 1])
    assert _centre(found, {"A.1": Sum()}, Effort(), by_hand).sum() == pytest.approx(1.2, abs=0.02)  # type: ignore[dict-item]


class Sum:
    """An outcome that is the sum of both numbers."""

    def predict(self, unit):
        return unit.sum(axis=1), np.full(len(unit), 1e-6)


def test_a_number_that_one_experiment_alone_answers_to_is_not_fitted():
    targets = [studied("A", 1, effect=1.0, low=0.0, high=2.0), studied("A", 2, effect=1.0, low=0.0, high=2.0),
               studied("B", 1, score="sign", sign="+")]  # fmt: skip
    still = {"A.1": 1.0, "A.2": 1.0, "B.1": 1.0}
    one = screen.informed(targets, [still, {**still, "A.1": 2.0, "A.2": 0.0}])  # two outcomes of one experiment
    both = screen.informed(targets, [still, {**still, "A.1": 2.0, "B.1": 0.2}])
    little = screen.informed(targets, [still, {**still, "A.1": 1.2, "B.1": 0.9}])  # less than half of what matters
    assert (one, both, little) == ({"A"}, {"A", "B"}, set())
    assert screen.shared({"x": one, "y": both, "z": little}) == ("y",)
