"""Sentences about behaviour: who changed what most, which way, and what it now brings."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from fundingflows.experiments.results.levers import ends, hold, sentence


def row(kind, lever, end, pay=0.0, usual=0.0):
    return {"kind": kind, "lever": lever, "end": end, "pay": pay, "usual_pay": usual}


def test_each_kind_says_its_largest_change_and_the_largest_comes_first():
    rows = [row("practice", "appointments", 1.02, 5000.0, 0.0), row("practice", "proactive", 0.98),
            row("practice", "recording", 0.9, 1.0, 1.0), row("hospital", "admission", 0.7, 0.0, 75_000.0)]  # fmt: skip
    said = sentence("Per head", rows)
    first, second = said.removeprefix("Per head: ").split("; ")
    assert "fell by 30.0 %" in first
    assert first.endswith("brought £75,000 a year and now brings nothing")
    assert "fell by 10.0 %" in second
    assert "for reasons other than pay, which is as before" in second


def test_a_rise_is_said_to_be_one_and_is_counted_from_the_baseline_of_the_comparison():
    rows, base = [row("hospital", "elective", 1.3)], [row("hospital", "elective", 1.1)]
    assert "rose by 20.0 %" in sentence("More", rows, base)
    assert "rose by 30.0 %" in sentence("More", rows)


def test_small_changes_are_not_worth_a_word():
    assert sentence("Same", [row("hospital", "elective", 1.0049)]) == "Same: nobody has changed what they do."
    assert "rose by 0.5 %" in sentence("Same", [row("hospital", "elective", 1.0051)])
    assert sentence("None", []) == "None: nobody can change what they do."


def test_a_headline_prefers_care_to_what_is_only_on_paper():
    rows = [row("hospital", "coding", 1.5), row("practice", "appointments", 1.1)]
    assert "rose by 10.0 %" in sentence("Few", rows, few=True)
    assert "rose by 50.0 %" in sentence("Few", rows[:1], few=True)


def test_ends_are_weighted_by_income_and_hold_puts_levers_there():
    cohort = SimpleNamespace(kind="practice", LEVERS=("appointments", "proactive"), usual_income=np.array([1.0, 3.0]),
                             levers=np.array([[1.0, 2.0], [2.0, 1.0]]))  # fmt: skip
    model = SimpleNamespace(funding="any", cohorts=[cohort])
    assert ends(model) == pytest.approx({"practice.appointments": 1.75, "practice.proactive": 1.25})
    hold(model, {"practice.proactive": 0.5})
    assert cohort.levers.tolist() == [[1.0, 1.0], [2.0, 0.5]]
    assert ends(SimpleNamespace(funding=None)) == {}
