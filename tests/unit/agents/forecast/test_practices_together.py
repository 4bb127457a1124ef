"""Forecasts of practices that share a result or their staff, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from by_hand import NOW, practice
from fundingflows.agents import plans
from fundingflows.agents.forecast.practice import PracticeForecast

ALONE, TOGETHER = [-1, -1, -1], [0, 0, -1]
LOT = [0, 0, 1]


def three(group=ALONE, **outcomes):
    """Practices of 10,000, 5,000 and 5,000 people; the first two are one lot."""
    own = practice()
    numbers = {
        "gp_consultations": [40_000, 16_000, 20_000], "other_consultations": [10_000, 4000, 10_000],
        "first_requests": [60_000, 20_000, 40_000], "gp_referrals": [2000, 800, 1000], "acsc_admissions": [100, 64, 25],
    }  # fmt: skip
    own.level = {name: np.array(values, dtype=float) for name, values in numbers.items()}
    own.set(
        levers=np.ones((3, 4)), control=[0.6] * 3, usual_control=[0.6] * 3, loads=[90.0] * 3, group=group, lot=LOT,
        usual_list=[10_000.0, 5000, 5000], lists=[10_000.0, 5000, 5000], expected_acsc=[125.0, 50, 50],
        altruism=[0.5] * 3,
    )  # fmt: skip
    measured = {"access": [0.8, 0.9, 0.7], "control": [0.6] * 3, "acsc_rate": [0.8, 1.4, 0.5],
                "acsc_rate.crude": [10.0, 13.0, 5.0], "recorded_quality": [0.7] * 3}  # fmt: skip
    own.measured = {name: np.array(values) for name, values in measured.items()}
    for name, value in outcomes.items():
        setattr(own.p.outcomes, name, value)
    return own


def ahead(own, appointments=1.0, year=NOW):
    levers = np.ones((1, 3, 4))
    levers[..., 0] = appointments
    return PracticeForecast(own)(levers, year).activity


def means(activity, name):
    return (activity[name]() @ plans.WEIGHTS)[0]


def spread(activity, name):
    """Standard deviation relative to the mean, at the node one above the mean."""
    values = activity[name]()[0]
    return (values[:, plans.MEAN + 1] / values[:, plans.MEAN] - 1.0) / plans.NODES[plans.MEAN + 1]


def test_what_one_practice_does_moves_the_lots_result_by_its_part():
    # with a tenth more each, 55 of 60, 20 of 20 and 33 of 40 requests are served
    f = ahead(three(), 1.1)
    assert means(f, "access") == pytest.approx([55 / 60, 1.0, 33 / 40])
    # the others stay at what was measured: 2/3 x 55/60 + 1/3 x 0.9, 2/3 x 0.8 + 1/3 x 1; the third is alone
    assert means(f, "access.lot") == pytest.approx([0.911111, 0.866667, 0.825], abs=1e-6)


def test_a_lots_admissions_are_adjusted_or_crude():
    f = ahead(three())
    assert means(f, "acsc_rate") == pytest.approx([0.8, 1.28, 0.5])
    assert means(f, "acsc_rate.lot") == pytest.approx([2 / 3 * 0.8 + 1.4 / 3, 2 / 3 * 0.8 + 1.28 / 3, 0.5])
    assert means(f, "acsc_rate.crude") == pytest.approx([10.0, 12.8, 5.0])
    assert means(f, "acsc_rate.crude.lot") == pytest.approx([20 / 3 + 13 / 3, 20 / 3 + 12.8 / 3, 5.0])
    assert means(f, "acsc_rate.group") == pytest.approx([0.8, 1.28, 0.5])  # nobody works together


def test_a_groups_result_is_that_of_its_practices():
    f = ahead(three(TOGETHER), 1.1)
    # of 5,000 more consultations five sevenths come to the first, of 2,000 two sevenths to the second
    first = (50_000 + 5 / 7 * 5000) / 60_000
    assert means(f, "access") == pytest.approx([first, 1.0, 33 / 40])
    assert means(f, "access.group") == pytest.approx([2 / 3 * first + 0.3, 2 / 3 * 0.8 + 1 / 3, 33 / 40])


def test_practices_that_work_together_keep_only_their_part_of_what_they_add():
    f = ahead(three(TOGETHER), 0.9)
    less = np.array([50_000 - 5 / 7 * 5000, 20_000 - 2 / 7 * 2000, 27_000])
    assert means(f, "gp_consultations") == pytest.approx([0.8 * less[0], 0.8 * less[1], 18_000])
    assert means(f, "other_consultations") == pytest.approx([0.2 * less[0], 0.2 * less[1], 9000])


def test_the_error_of_measurement_shrinks_with_the_square_root_of_people():
    f = ahead(three(acsc_measure_error=0.05))
    slip = 0.05 * np.sqrt([1 / 10, 1 / 5, 1 / 5])  # of 1,000 people, 0.05
    assert spread(f, "access") == pytest.approx(slip)
    assert spread(f, "control.crude") == pytest.approx(slip)
    # chance in the count besides: 100, 64 and 25 admissions
    assert spread(f, "acsc_rate") == pytest.approx(np.sqrt(slip**2 + [1 / 100, 1 / 64, 1 / 25]))
    assert spread(f, "access.group") == pytest.approx(slip)  # nobody works together


def test_a_result_of_two_alike_has_half_the_variance():
    own = three(TOGETHER, acsc_measure_error=0.05).set(lists=[5000.0] * 3, usual_list=[5000.0] * 3)
    own.level["acsc_admissions"] = np.full(3, 64.0)
    f = ahead(own)
    slip, chance = 0.05 * np.sqrt(1 / 5), np.sqrt(0.05**2 / 5 + 1 / 64)
    for whose in ("lot", "group"):
        assert spread(f, f"control.{whose}") == pytest.approx(slip * np.sqrt([0.5, 0.5, 1.0]))
        assert spread(f, f"acsc_rate.{whose}") == pytest.approx(chance * np.sqrt([0.5, 0.5, 1.0]))
