"""At other numbers the same place meets the baseline year again."""

import numpy as np
import pytest
from fundingflows.experiments.results import measures
from fundingflows.experiments.runs.spec import spec_of
from fundingflows.model.errors import InputError
from fundingflows.model.initial import rescale
from fundingflows.model.initial.calibrate import steady_state
from fundingflows.scenarios import baseline_of, load_place

PLACE = load_place("anytown")
#: more requests fail and come back, so that without correction more are asked and more go to A&E
MORE = {"general_practice.after_failure_ask_again": 0.75, "general_practice.gp_weeks": 42.0,
        "outcomes.need_emergency": {"multiply": 2.0}, "outcomes.need_returns": 1.0}  # fmt: skip


@pytest.fixture(scope="module")
def again():
    return rescale.rescaled(PLACE, baseline_of("anytown").parameters.changed(MORE))


def first_year(changes, rescaled):
    specs = [spec_of("anytown", "status_quo", seed, 1.0, changes=changes, rescale=rescaled) for seed in (1, 2, 3)]
    rows = [measures.read(spec.model().run(1.0)) for spec in specs]
    return {key: np.mean([row[key] for row in rows]) for key in rows[0]}


def test_the_baseline_year_is_met_again(again):
    # beside the baseline's own numbers put right in the same way: a small place's steady state is a few per cent off
    usual = first_year({"outcomes.carbon_ae": {"set": 34.0}}, True)
    right = first_year({k: as_change(v) for k, v in MORE.items()}, True)
    for key, within in (("consultations", 0.015), ("emergencies", 0.03), ("electives", 0.03), ("ae", 0.04),
                        ("deaths", 0.03), ("referrals", 0.02)):  # fmt: skip
        assert right[key] == pytest.approx(usual[key], rel=within), key


def as_change(value):
    return value if isinstance(value, dict) else {"set": value}


def test_only_what_differs_is_kept_and_it_is_read_again(again, monkeypatch):
    parameters = baseline_of("anytown").parameters.changed(MORE)
    rescale._kept.clear()
    monkeypatch.setattr(rescale, "_make", lambda *_: pytest.fail("made again"))
    found = rescale.rescaled(PLACE, parameters)
    assert set(found.arrays) >= set(steady_state(PLACE).arrays)
    assert found["people.key"] is steady_state(PLACE)["people.key"]
    for name in ("fix.emergency", "hospital.clinic_slots", "expected.hospital.day_cases"):
        assert np.array_equal(found[name], again[name])
        assert not np.array_equal(found[name], steady_state(PLACE)[name])


def test_the_places_own_steady_state_stays_as_it_was(again):
    assert not np.array_equal(steady_state(PLACE)["fix.request"], again["fix.request"])


def test_a_place_that_would_take_hours_is_refused():
    with pytest.raises(InputError, match="at most 5,000,000 people"):
        rescale.rescaled(load_place("england"), baseline_of("england").parameters)


def test_a_rescaled_run_is_another_run():
    changes = {"outcomes.need_returns": {"set": 1.0}}
    keys = {spec_of("anytown", "status_quo", 1, 1.0, changes=changes, rescale=yes).key for yes in (True, False)}
    assert len(keys) == 2
    same = {spec_of("anytown", "status_quo", 1, 1.0, rescale=yes).key for yes in (True, False)}
    assert len(same) == 1  # nothing is changed, so nothing is put right
