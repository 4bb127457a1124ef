"""A result far outside the range over which a slope was seen says so."""

from types import SimpleNamespace

import pytest
from fundingflows.experiments.results import seen


def row(pay, lever="elective", usual=0.0):
    return {"kind": "hospital", "lever": lever, "pay": pay, "usual_pay": usual, "income": 1000.0}


NUMBERS = {
    "behaviour.response_elective": SimpleNamespace(seen=(-0.05, 0.44), seen_in="two studies"),
    "behaviour.response_stay": SimpleNamespace(seen=None, seen_in=""),
}


def test_the_change_is_a_share_of_income_for_a_whole_unit_of_the_lever():
    assert seen.changed(row(3.0, usual=1.0)) == pytest.approx(0.2)  # £2 for a hundredth: £200 of £1,000


@pytest.mark.parametrize("pay", [0.0, 4.4, 6.6, -0.8])
def test_near_the_range_nothing_is_said(pay):
    assert seen.note("File", [row(pay)], NUMBERS) == ""


def test_far_beyond_it_the_change_and_the_range_are_named_the_largest_first():
    said = seen.note("File", [row(-0.9), row(0.09, "stay"), row(-1.2, "stay")], NUMBERS)
    assert said.startswith("File: pay at the margin changes far more than any reform has shown for hospitals' length")
    assert said.endswith("hospitals' clinic and theatre throughput (−9 % of income; seen −5 to +44)")
    assert "length of stay (−12 % of income; none seen), " in said


def test_a_note_names_three_and_counts_the_others():
    said = seen.note("File", [row(-9.0 - k) for k in range(5)], NUMBERS)
    assert said.count("of income") == 3
    assert said.endswith(" and 2 more")
