"""Readmissions: emergencies soon after a discharge; deaths in hospital, of which quality changes a part."""

import numpy as np
import pytest
from fundingflows.agents.patients.events import EVENTS
from fundingflows.agents.patients.people import HEADROOM, READMITTED_WITHIN
from fundingflows.scenarios import FundingFlows


def year_at(quality=None, weeks=52):
    """A year of Anytown, with behaviour frozen; ``quality``: readmissions and deaths in hospital, relative."""
    model = FundingFlows("anytown", "status_quo", rng=3, freeze_behaviour=True)
    if quality is not None:
        wards = model.hospitals.wards

        def changed(sample):
            table = wards(sample)
            table["returning"], table["dying"] = quality
            return table

        model.hospitals.wards = changed
    for _ in range(weeks):
        model.step()
    if weeks == 0:
        return {}, {}, model
    found = np.sum(model.record.practice, axis=0).sum(axis=0).tolist()
    by_hospital = np.sum(model.record.hospital, axis=0).sum(axis=0).tolist()
    return dict(zip(EVENTS, found, strict=True)), dict(zip(EVENTS, by_hospital, strict=True)), model


@pytest.fixture(scope="module")
def usual():
    return year_at()


def test_weeks_since_a_discharge_are_counted_down_to_nought():
    _, _, model = year_at(weeks=0)
    discharged = model.patients.people.discharged
    discharged[:] = 2
    seen = []
    for _ in range(3):
        model.step()
        known = model.patients.people.discharged[: discharged.size]
        seen.append({int(weeks): float(np.mean(known == weeks)) for weeks in np.unique(known)})
    # a few are discharged each week, born or new
    assert min(seen[0][1], seen[1][0], seen[2][0]) > 0.98
    assert set(seen[2]) == {0, 2, 3, READMITTED_WITHIN}


def test_a_readmission_is_one_of_the_emergencies_and_a_death_in_hospital_one_of_the_deaths(usual):
    events, by_hospital, model = usual
    assert 0 < events["readmissions"] < 0.2 * (events["emergency_zero_day"] + events["emergency_overnight"])
    assert events["readmissions"] == by_hospital["readmissions"]
    assert events["hospital_deaths"] == by_hospital["hospital_deaths"]
    # 0.475 of some 230 deaths: within three standard deviations
    n = events["deaths"]
    assert abs(events["hospital_deaths"] - 0.475 * n) < 3 * np.sqrt(n * 0.475 * 0.525)
    assert model.patients.people.discharged.max() == READMITTED_WITHIN


def test_quality_changes_deaths_in_hospital_and_no_others(usual):
    events, _, _ = usual
    none, worse = year_at((1.0, 0.0), weeks=26)[0], year_at((1.0, HEADROOM), weeks=26)[0]
    half, _, _ = year_at(weeks=26)
    assert none["hospital_deaths"] == 0
    # in half a year nearly all of the dead are the same but for those that care saves or adds
    assert none["deaths"] == pytest.approx(half["deaths"] - half["hospital_deaths"], rel=0.05)
    assert worse["hospital_deaths"] / half["hospital_deaths"] == pytest.approx(HEADROOM, rel=0.25)
    assert events["deaths"] > half["deaths"]


def test_better_care_avoids_emergencies_of_people_just_discharged_alone(usual):
    events, _, _ = usual
    never, _, _ = year_at((0.0, 1.0))
    assert never["readmissions"] == 0
    kinds = ("emergency_zero_day", "emergency_overnight")
    before, after = (sum(found[k] for k in kinds) for found in (events, never))
    # whoever is not admitted again is not admitted a third time either, so somewhat fewer than these fall away
    assert before - after == pytest.approx(events["readmissions"], rel=0.2)
