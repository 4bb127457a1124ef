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


@pytest.mark.parametrize("pay", [0.0, 4.3, -0.4])
def test_within_the_range_nothing_is_said(pay):
    assert seen.note("File", [row(pay)], NUMBERS) == ""


def test_beyond_it_the_change_and_the_studies_are_named():
    said = seen.note("File", [row(-0.6), row(0.05, "stay")], NUMBERS)
    assert said.startswith("File, beyond what has been seen: hospitals'")
    assert "pay at the margin −6 % of income; reforms have shown −5 to +44 % (two studies)." in said
    assert "stay" not in said


def test_where_no_reform_has_shown_anything_that_is_said():
    assert "no reform has shown that" in seen.note("File", [row(-0.2, "stay")], NUMBERS)
