"""Titles: the largest change, which way it goes, and from where to where."""

import app_visitor  # noqa: F401  (skips without the extra)
import pytest
from fundingflows.experiments.app.work.finding import Change, against, since

pytestmark = pytest.mark.filterwarnings("default")  # of other people's packages
FAILED = Change("requests not met", "% of requests", 5.0, 6.0)
LIST = Change("the waiting list", "per 1,000 people", 100.0, 70.0)


def test_the_largest_change_is_said_with_its_direction_and_levels():
    assert against("Per head", [FAILED, LIST]) == (
        "“Per head” cuts the waiting list by 30 % (100 to 70 per 1,000 people)"
    )
    assert against("Per head", [FAILED]) == "“Per head” raises requests not met by 20 % (5 to 6 % of requests)"
    assert since("Per head", [FAILED, LIST], 1.0) == (
        "“Per head”: the waiting list down by 30 % in 1 year (100 to 70 per 1,000 people)"
    )
    assert ": requests not met up by 20 % in 2.5 years (" in since("Per head", [FAILED], 2.5)


def test_what_is_the_same_to_the_last_digit_makes_no_difference_to_care():
    """The same people meet the same luck. Money may still move: titles speak of care alone."""
    same = [Change("requests not met", "% of requests", 5.0, 5.0), Change("the waiting list", "", 7.0, 7.0)]
    assert against("My copy", same) == "“My copy” makes no difference to care"


def test_what_hardly_moves_is_no_finding():
    still = [Change("requests not met", "% of requests", 5.0, 5.01), Change("the waiting list", "", 0.0, 0.0)]
    assert against("Per head", still) == "“Per head” makes hardly any difference"
    assert since("Per head", still, 5.0) == "“Per head”: hardly anything moves in 5 years"
