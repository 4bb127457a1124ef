"""Quality of hospital care: how effort builds it up, what it does to patients and what it costs, by hand."""

from types import SimpleNamespace as Some

import numpy as np
import pytest
from fundingflows.agents.hospital import Hospitals
from fundingflows.agents.quality import CareQuality, dying, recorded, returning

P = Some(quality_years=2.0, quality_readmission=0.5, quality_death=0.2, process_quality=0.8, quality_cost=0.1)


def test_quality_follows_effort_slowly_and_both_ways():
    quality = CareQuality(3)
    effort = np.array([1.2, 1.0, 0.8])
    for _ in range(104):
        quality.follow(effort, P)
    gone = 1.0 - np.exp(-1.0)  # of the way in two years
    assert quality.now == pytest.approx([1.0 + 0.2 * gone, 1.0, 1.0 - 0.2 * gone])
    assert quality.now[1] == 1.0  # at rest nothing moves, not by rounding either


def test_plans_see_quality_in_the_middle_of_each_year():
    quality = CareQuality(1)
    ahead = quality.ahead(np.array([[1.2], [1.0]]), np.array([0.0, 1.0])[:, None, None], P)
    assert ahead[:, 0, 0] == pytest.approx([1.2 - 0.2 * np.exp(-0.25), 1.2 - 0.2 * np.exp(-0.75)])
    assert (ahead[:, 1] == 1.0).all()


def test_better_care_avoids_some_readmissions_and_fewer_deaths_and_is_recorded_at_once():
    quality = np.array([0.8, 1.0, 1.2])
    assert returning(quality, P) == pytest.approx([1.1, 1.0, 0.9])
    assert dying(quality, P) == pytest.approx([1.04, 1.0, 0.96])
    assert recorded(quality, P) == pytest.approx([0.64, 0.8, 0.96])
    assert returning(np.array([-9.0, 9.0]), P).tolist() == [1.6, 0.0]  # as far as chances can be stretched
    assert dying(np.array([-9.0, 9.0]), P).tolist() == [1.6, 0.0]
    assert recorded(np.array([-1.0, 2.0]), P).tolist() == [0.0, 1.0]


def test_effort_costs_a_share_of_what_the_hospital_costs():
    hospitals = Some(p=Some(hospital=P), expected_cost=lambda: np.array([1e6, 2e6]))
    extra = Hospitals.cost_of_quality(hospitals, np.array([1.1, 0.95]))
    assert extra == pytest.approx([0.1 * 0.1 * 1e6, -0.1 * 0.05 * 2e6])
    assert Hospitals.cost_of_quality(hospitals, np.ones(2)).tolist() == [0.0, 0.0]
