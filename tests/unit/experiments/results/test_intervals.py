"""Student-t intervals, set against scipy's own."""

import numpy as np
import pytest
from fundingflows.experiments.results import intervals
from scipy import stats

ONE = np.array([12.1, 11.4, 13.0, 12.7, 10.9])
OTHER = np.array([11.0, 11.9, 11.8, 12.0, 10.1])


def test_the_paired_interval_is_that_of_a_paired_t_test():
    found = intervals.paired(ONE - OTHER)
    test = stats.ttest_rel(ONE, OTHER)
    expected = test.confidence_interval(0.95)
    assert found.mean == pytest.approx(0.66)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert 2.0 * (1.0 - found.above) == pytest.approx(test.pvalue)


def test_the_probability_turns_with_the_sign():
    assert intervals.paired(ONE - OTHER).above == pytest.approx(1.0 - intervals.paired(OTHER - ONE).above)
    assert intervals.paired(ONE - OTHER).above > 0.5


def test_equal_differences_leave_no_doubt_and_one_difference_leaves_it_open():
    assert intervals.paired([2.0, 2.0, 2.0]) == (2.0, 2.0, 2.0, 1.0)
    assert intervals.paired([-2.0, -2.0]) == (-2.0, -2.0, -2.0, 0.0)
    assert intervals.paired([0.0, 0.0]).above == 0.5
    assert intervals.paired([3.0]).mean == 3.0
    assert np.isnan(intervals.paired([3.0])[1:]).all()


def test_a_mean_lies_in_the_middle_of_scipys_interval():
    half = intervals.mean_half_width(ONE)
    low, high = stats.t.interval(0.95, ONE.size - 1, loc=ONE.mean(), scale=stats.sem(ONE))
    assert (ONE.mean() - half, ONE.mean() + half) == pytest.approx((low, high))
    assert intervals.mean_half_width(np.stack([ONE, OTHER]), axis=1) == pytest.approx(
        [intervals.mean_half_width(ONE), intervals.mean_half_width(OTHER)]
    )
    assert np.isnan(intervals.mean_half_width([1.0]))
    assert np.isnan(intervals.mean_half_width(np.ones((2, 1, 3)), axis=1)).all()


def test_half_widths_run_with_the_number_of_values():
    running = intervals.running_half_widths(ONE)
    assert np.isinf(running[0])
    assert running[1:] == pytest.approx([intervals.mean_half_width(ONE[:n]) for n in range(2, 6)])


def test_welchs_interval_is_scipys():
    test = stats.ttest_ind(ONE, OTHER[:3], equal_var=False).confidence_interval(0.95)
    assert intervals.welch_half_width(ONE, OTHER[:3]) == pytest.approx((test.high - test.low) / 2.0)
    two = stats.ttest_ind(ONE[:2], OTHER, equal_var=False).confidence_interval(0.95)
    assert intervals.welch_half_width(ONE[:2], OTHER) == pytest.approx((two.high - two.low) / 2.0)
    assert np.isnan(intervals.welch_half_width(ONE, OTHER[:1]))
    assert intervals.welch_half_width(np.ones(3), np.ones(4)) == 0.0


def test_the_quantile_is_that_of_students_table_and_one_degree_of_freedom_is_the_least():
    assert intervals.half_width(2.0, np.array([1, 2, 10])) == pytest.approx([25.412, 8.6053, 4.4563], abs=1e-3)
    assert intervals.half_width(2.0, 0) == intervals.half_width(2.0, 1)
    low, high = intervals.paired([1.0, 3.0])[1:3]  # a standard error of 1 about 2
    assert (low, high) == pytest.approx((2.0 - 12.706, 2.0 + 12.706), abs=1e-3)


def test_what_counts_as_no_error_depends_on_the_size_of_the_mean():
    assert intervals.around(1e6, 1e-8, 4) == (1e6, 1e6, 1e6, 1.0)
    assert intervals.around(-0.5, 1e-13, 4) == (-0.5, -0.5, -0.5, 0.0)
    assert intervals.around(0.5, 1e-13, 4).above == 1.0
    small = intervals.around(0.5, 1e-11, 4)
    assert small.high - small.low == pytest.approx(2 * 2.776e-11, rel=1e-2)


def test_means_run_along_the_first_axis_unless_told_otherwise():
    pair = np.stack([ONE, OTHER])
    assert intervals.standard_error(pair) == pytest.approx(np.abs(ONE - OTHER) / 2.0)
    assert intervals.mean_half_width(pair) == pytest.approx(12.7062 * np.abs(ONE - OTHER) / 2.0, rel=1e-4)


def test_a_ratio_reaches_from_where_the_mean_is_just_too_low_for_it_to_where_it_is_just_too_high():
    found = intervals.ratio(ONE, OTHER)
    assert found.value == pytest.approx(ONE.mean() / OTHER.mean())
    for end, sign in ((found.low, 1.0), (found.high, -1.0)):
        test = stats.ttest_1samp(ONE - end * OTHER, 0.0)
        assert test.pvalue == pytest.approx(0.05)
        assert sign * test.statistic > 0.0


def test_a_ratio_whose_lower_mean_may_be_nothing_has_no_bounds_and_one_of_nothing_is_no_number():
    assert intervals.ratio([2.0, 3.0], [0.5, 1.5]).value == 2.5
    assert np.isnan(intervals.ratio([2.0, 3.0], [0.5, 1.5])[1:]).all()
    assert np.isnan(intervals.ratio([2.0], [1.0])[1:]).all()
    assert np.isnan(intervals.ratio([2.0, 3.0], [-1.0, 1.0]).value)
    assert intervals.ratio([4.0, 4.4], [2.0, 2.2]) == pytest.approx((2.0, 2.0, 2.0), rel=1e-6)
