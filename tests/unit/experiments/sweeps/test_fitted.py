"""The sample of fitted numbers names parameters that there are."""

import pytest
from fundingflows.experiments.sweeps import fitted
from fundingflows.model.errors import InputError
from fundingflows.scenarios import load_baseline

BASELINE = load_baseline("2015_16")


def test_a_sample_that_names_no_parameter_is_refused(tmp_path):
    file = tmp_path / "fitted-9.csv"
    file.write_text("behaviour.altruizm\n0.1\n")
    with pytest.raises(InputError, match=r"did you mean 'behaviour\.altruism'"):
        fitted.sample(BASELINE, file)
