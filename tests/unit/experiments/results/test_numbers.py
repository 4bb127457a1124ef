"""The one formatter, at the edges where hand-written formats go wrong."""

from __future__ import annotations

import re
from pathlib import Path

import fundingflows.experiments
import pytest
from fundingflows.experiments.results.numbers import (
    interval,
    number,
    pounds,
    price,
    probability,
    signed,
    signed_significant,
    signed_valued,
    significant,
    valued,
)

ROOT = Path(str(fundingflows.experiments.__file__)).resolve().parent


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5.578, "5.58"),
        (12.34, "12.3"),
        (1234.5, "1,234"),
        (-3.0, "−3"),
        (-0.001, "0.00"),
        (-0.0, "0"),
        (float("nan"), "–"),
    ],
)
def test_a_number_keeps_about_three_figures_and_zero_has_no_sign(value, text):
    assert number(value) == text


def test_a_difference_says_which_way_it_goes_unless_it_is_nothing():
    assert [signed(x, 1) for x in (1.25, -1.26, 0.04, -0.04)] == ["+1.2", "−1.3", "0.0", "0.0"]
    assert interval(-1.24, 0.26) == "−1.2 to +0.3"


def test_a_difference_has_its_sign_before_the_pound_and_shares_differ_in_points():
    given = ((0.29, "£m a year"), (-0.29, "£m a year"), (-4.49, "% of requests"), (0.001, "per 1,000 people"))
    assert [signed_valued(*one) for one in given] == [
        "+£0.29m a year", "−£0.29m a year", "−4.49 percentage points", "0.00 per 1,000 people",
    ]  # fmt: skip


def test_significant_figures_never_need_an_exponent():
    assert [significant(x) for x in (1234.5, 99.96, 0.5, 0.0012345, 0.0, -75_320.0)] == [
        "1,230",
        "100",
        "0.5",
        "0.00123",
        "0",
        "−75,300",
    ]
    assert [signed_significant(x, 2) for x in (1234.5, -0.0467, -0.0, float("nan"))] == ["+1,200", "−0.047", "0", "–"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (38.4, "£38"),
        (1234.4, "£1,234"),
        (9999.6, "£10,000"),  # rounds up to the next unit
        (75_312, "£75,000"),
        (99_700, "£100,000"),
        (587_364.29, "£590,000"),
        (999_700, "£1.00m"),
        (-12_345_678, "−£12.3m"),
        (1_234_000_000, "£1,230m"),
        (-0.3, "£0"),
        (0.0, "£0"),
    ],
)
def test_pounds_in_a_sentence_are_rounded_to_what_one_would_say(value, text):
    assert pounds(value) == text


def test_a_price_is_to_the_penny_or_from_1000_on_to_the_pound_and_nothing_is_never_negative():
    assert [price(x, 0) for x in (587_364.29, -0.4, -1200.0)] == ["£587,364", "£0", "−£1,200"]
    known = (75.371, -2.5, -0.004, 999.99, 999.996, 1e6, float("nan"))
    assert [price(x) for x in known] == ["£75.37", "−£2.50", "£0", "£999.99", "£1,000", "£1,000,000", "–"]


def test_a_value_takes_its_unit_with_the_pound_in_front():
    assert valued(-0.04, "£m a year") == "−£0.04m a year"
    assert valued(-0.001, "£m a year") == "£0.00m a year"
    assert valued(104.9, "£000 a year") == "£104,900 a year"
    assert valued(5.58, "% of requests") == "5.58 % of requests"


def test_no_probability_is_certain():
    assert [probability(p) for p in (1.0, 0.9984, 0.5, 0.0)] == ["above 99.9 %", "99.8 %", "50.0 %", "below 0.1 %"]


def test_only_the_formatter_writes_signs_and_pounds():
    """A sign or £ in a hand-written format gives +-0.0 and -£0.0m sooner or later."""
    by_hand = re.compile(r"""\{[^{}"]*:\+[,.\d]*[efg]\}|£\{[^{}"]*:[,.\d]+[efg]\}""")
    found = {
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in ROOT.rglob("*.py")
        if path.name != "numbers.py"
        for line in path.read_text(encoding="utf-8").splitlines()
        if by_hand.search(line)
    }
    assert not found
