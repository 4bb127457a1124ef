from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from fundingflows.model.errors import InputError
from fundingflows.model.parameters import AXES, STATUSES, read
from fundingflows.scenarios import load_baseline

NUMBERS = load_baseline("2015_16").parameters

GOOD = """[speed]
label = "Speed"
value = 2.0
unit = "m/s"
range = [1, 3]
status = "assumed"
source = "guess"
"""


def loaded(tmp_path, text):
    (tmp_path / "car.toml").write_text(text)
    return read(tmp_path)


@pytest.mark.parametrize("path", list(NUMBERS))
def test_every_number_is_documented_and_inside_its_range(path):
    entry = NUMBERS[path]
    assert entry.unit.strip()
    assert len(entry.label.strip()) > 3
    assert len(entry.source.strip()) > 10
    assert entry.status in STATUSES
    low, high = entry.range
    usual = 1.0 if entry.by else entry.value  # a table's range is a factor on all of it
    assert low <= usual <= high
    assert np.isfinite(entry.value).all()
    assert np.shape(entry.value) == tuple(len(AXES[axis]) for axis in entry.by)


def test_attributes_give_the_values_of_the_paths():
    assert NUMBERS.behaviour.horizon_years == NUMBERS["behaviour.horizon_years"].value


@pytest.mark.parametrize("name", ["behaviour.horizon_year", "behavior.horizon_years"])
def test_an_unknown_path_names_the_nearest(name):
    with pytest.raises(InputError, match=r"did you mean 'behaviour\.horizon_years'"):
        NUMBERS[name]


def test_an_unknown_attribute_names_the_nearest():
    with pytest.raises(AttributeError, match=r"did you mean 'behaviour\.altruism'"):
        _ = NUMBERS.behaviour.altruisme
    with pytest.raises(AttributeError, match="did you mean 'behaviour'"):
        _ = NUMBERS.behavior


@pytest.mark.parametrize(
    ("change", "result"),
    [
        (3, 3.0),
        ({"set": 3}, 3.0),
        ({"multiply": 3}, 6.0),
        ({"add": 1}, 3.0),
        ({"multiply": 2, "add": 1}, 5.0),
    ],
)
def test_changed_gives_a_copy(tmp_path, change, result):
    old = loaded(tmp_path, GOOD)
    new = old.changed({"car.speed": change})
    assert new.car.speed == new["car.speed"].value == result
    assert old.car.speed == 2.0


def test_a_table_is_changed_as_a_whole_and_the_shipped_one_is_left_alone():
    before = NUMBERS.people.death_rate.copy()
    assert np.allclose(NUMBERS.changed({"people.death_rate": {"multiply": 2}}).people.death_rate, 2 * before)
    assert np.all(NUMBERS.changed({"people.death_rate": 0.1}).people.death_rate == 0.1)
    assert np.array_equal(NUMBERS.people.death_rate, before)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"car.sped": 1}, "unknown parameter 'car.sped'; did you mean 'car.speed'"),
        ({"car.speed": {"multiplied": 1}}, "unknown change 'multiplied'; did you mean 'multiply'"),
        ({"car.speed": "fast"}, "car.speed: expected a finite number to set, got 'fast'"),
        ({"car.speed": True}, "car.speed: expected a finite number"),
        ({"car.speed": float("nan")}, "car.speed: expected a finite number"),
    ],
)
def test_a_change_that_cannot_be_made_is_explained(tmp_path, changes, message):
    with pytest.raises(InputError, match=message):
        loaded(tmp_path, GOOD).changed(changes)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('unit = "m/s"\n', "", "car.toml: car.speed.unit"),
        ('unit = "m/s"', 'unit = ""', "car.toml: car.speed.unit"),
        ('source = "guess"\n', "", "car.toml: car.speed.source"),
        ('status = "assumed"', 'status = "asumed"', "car.toml: car.speed.status"),
        ("value = 2.0", 'value = "2"', "car.toml: car.speed.value"),
        ("value = 2.0", "value = 2.0\nspeeed = 1", "car.toml: car.speed.speeed"),
        ("value = 2.0", "value = [1.0, 2.0]", r"car.toml: car.speed.value: expected shape \(\)"),
        ("value = 2.0", 'value = [1.0]\nby = ["sexx"]', "unknown axis 'sexx'; did you mean 'sex'"),
        ("[speed]", "[speed", "car.toml: not valid TOML"),
    ],
)
def test_a_bad_file_is_refused_by_file_and_key(tmp_path, old, new, message):
    assert old in GOOD
    with pytest.raises(InputError, match=message):
        loaded(tmp_path, GOOD.replace(old, new))


def test_parameters_can_be_copied_and_sent_to_another_process():
    changed = NUMBERS.changed({"behaviour.altruism": 0.3})
    assert pickle.loads(pickle.dumps(changed)).behaviour.altruism == 0.3
    assert copy.deepcopy(changed).behaviour.altruism == 0.3
