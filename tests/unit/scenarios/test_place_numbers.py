"""Numbers of the baseline that a place sets hold there and nowhere else, and in places made for the same year."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from fundingflows.model.errors import InputError
from fundingflows.scenarios import FOLDER, load_place
from fundingflows.scenarios.published.area import area_of


def anytown(folder, line):
    """Anytown with a line more in its file."""
    shutil.copy(FOLDER / "places" / "anytown_practices.csv", folder)
    text = (FOLDER / "places" / "anytown.toml").read_text().replace("need_factor", f"{line}\nneed_factor", 1)
    (folder / "anytown.toml").write_text(text)
    return load_place(folder / "anytown.toml")


def test_a_place_sets_numbers_of_its_baseline_and_no_other_place_has_them(tmp_path):
    own, usual = anytown(tmp_path, 'set = { "hospital.overnight_stay" = { multiply = 0.5 } }'), load_place("anytown")
    stays = [np.asarray(place.baseline.parameters.hospital.overnight_stay) for place in (own, usual)]
    assert stays[0].tolist() == (0.5 * stays[1]).tolist()
    assert own.digest != usual.digest
    assert usual.digest == anytown(tmp_path, "").digest


def test_a_number_that_a_place_sets_and_nobody_knows_is_named(tmp_path):
    with pytest.raises(InputError, match=r"anytown.toml: set: .*overnight_stays.*did you mean"):
        anytown(tmp_path, 'set = { "hospital.overnight_stays" = 1.0 }')


def test_stays_of_places_made_for_2024_25_are_the_nations_where_the_baselines_are_somersets():
    assert area_of("", "2015_16").numbers == {}
    (steps,) = area_of("", "2024_25").numbers.values()
    assert steps == {"multiply": pytest.approx(1 / 1.06, rel=1e-5)}
