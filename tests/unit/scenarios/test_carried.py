"""A baseline that carries on another has that one's numbers, held numbers and fitted sample where it has none."""

import shutil

import numpy as np
import pytest
from fundingflows.experiments.sweeps import draws, fitted
from fundingflows.model.errors import InputError
from fundingflows.scenarios import FOLDER, fundings, load_baseline, load_funding

THEN, NOW = load_baseline("2015_16"), load_baseline("2024_25")

NUMBER = """
[gp_share]
label = "Share of consultations held by a GP"
value = {value}
unit = "share"
range = [0.4, 0.7]
status = "assumed"
source = "A test"
"""


@pytest.fixture
def year(tmp_path):
    """A year of one number that carries on 2015/16."""
    folder = tmp_path / "2030_31"
    (folder / "parameters").mkdir(parents=True)
    shutil.copy(FOLDER / "baselines" / "2024_25" / "baseline.toml", folder)
    return folder


def test_own_numbers_stand_before_carried_ones(year):
    (year / "parameters" / "general_practice.toml").write_text(NUMBER.format(value=0.5), encoding="utf-8")
    baseline = load_baseline(year)
    assert baseline.parameters.general_practice.gp_share == 0.5
    assert baseline.parameters["general_practice.gp_share"].source == "A test"
    differ = [
        p for p in baseline.parameters if not np.array_equal(baseline.parameters[p].value, THEN.parameters[p].value)
    ]
    assert differ == ["general_practice.gp_share"]


def test_a_number_that_nobody_reads_or_of_another_shape_is_refused(year):
    file = year / "parameters" / "general_practice.toml"
    file.write_text(NUMBER.format(value=0.5).replace("[gp_share]", "[gp_shares]"), encoding="utf-8")
    with pytest.raises(InputError, match=r"unknown parameter 'general_practice.gp_shares'; did you mean .*gp_share'"):
        load_baseline(year)
    file.write_text(NUMBER.format(value="[0.5, 0.4]").replace("unit", 'by = ["sex"]\nunit', 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"general_practice.gp_share.value: expected shape \(\), got \(2,\)"):
        load_baseline(year)


def test_a_year_carries_on_one_that_ships_and_never_itself(year):
    (year / "parameters" / "general_practice.toml").write_text(NUMBER.format(value=0.5), encoding="utf-8")
    text = (year / "baseline.toml").read_text(encoding="utf-8")
    (year / "baseline.toml").write_text(text.replace('carries = "2015_16"', f'carries = "{year}"'), encoding="utf-8")
    with pytest.raises(InputError, match=r"baseline.toml: carries: unknown baseline"):
        load_baseline(year)


def test_held_numbers_and_the_fitted_sample_are_carried_on():
    assert NOW.carried is THEN
    assert fitted.latest(NOW) == fitted.latest(THEN)
    assert draws.held(NOW) == draws.held(THEN)


def test_a_year_with_funding_files_of_its_own_offers_no_others():
    """Sums and targets of 2015/16 would answer wrongly in 2024/25."""
    assert set(fundings(NOW)) >= {"status_quo", "activity_based", "capitated", "outcome_based"}
    assert "spqs" in fundings(THEN)
    assert "spqs" not in fundings(NOW)
    with pytest.raises(InputError, match="unknown funding file 'spqs'"):
        load_funding("spqs", NOW)
    for name in fundings(NOW):
        assert load_funding(name, NOW).baseline in ("", "2024_25")
