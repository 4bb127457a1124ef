"""Draws for other commands: joint, reproducible, and fit for ``Parameters.changed``."""

import pytest
from fundingflows.experiments.sweeps import fitted
from fundingflows.model.errors import InputError
from fundingflows.scenarios import load_baseline

BASELINE = load_baseline("2015_16")


def test_draws_are_changes_that_parameters_accept():
    for draw in fitted.draws(BASELINE, 5):
        changed = BASELINE.parameters.changed(draw)
        assert all(float(changed[path].value) == pytest.approx(value) for path, value in draw.items())


def test_more_draws_add_to_those_there_were_and_a_seed_gives_the_same():
    assert fitted.draws(BASELINE, 6, seed=3)[:4] == fitted.draws(BASELINE, 4, seed=3)
    assert fitted.draws(BASELINE, 4, seed=3) != fitted.draws(BASELINE, 4, seed=4)


def test_a_number_of_draws_below_one_is_refused():
    with pytest.raises(InputError, match="expected at least 1, got 0"):
        fitted.draws(BASELINE, 0)


def test_a_sample_that_names_no_parameter_is_refused(tmp_path):
    file = tmp_path / "fitted-9.csv"
    file.write_text("behaviour.altruizm\n0.1\n")
    with pytest.raises(InputError, match=r"did you mean 'behaviour\.altruism'"):
        fitted.sample(BASELINE, file)
