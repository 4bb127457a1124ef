"""All that is not known is drawn, within its range, and what the baseline year fixes is not."""

import numpy as np
import pandas as pd
import pytest
from fundingflows.experiments.sweeps import draws, fitted
from fundingflows.model.errors import InputError
from fundingflows.scenarios import load_baseline

BASELINE = load_baseline("2015_16")


def test_every_number_that_is_not_known_is_drawn_or_held_with_a_reason():
    drawn, held = set(draws.drawn(BASELINE)), draws.held(BASELINE)
    uncertain = {path for path, p in BASELINE.parameters.items() if p.status != "verified" and p.range[0] < p.range[1]}
    assert uncertain <= drawn | set(held)
    assert not drawn & set(held)
    assert len(drawn) > 150
    assert all(len(reason) > 20 for reason in held.values())


def test_draws_are_changes_that_parameters_accept_and_lie_in_their_ranges():
    for draw in draws.draws(BASELINE, 20):
        changed = BASELINE.parameters.changed(draws.changes(BASELINE, draw))
        assert set(draw) == set(draws.drawn(BASELINE))
        for path, value in draw.items():
            low, high = BASELINE.parameters[path].range
            assert low <= value <= high
            own = BASELINE.parameters[path].value
            wanted = own * value if BASELINE.parameters[path].by else value
            assert changed[path].value == pytest.approx(wanted)


def test_half_of_the_draws_lie_below_the_baselines_value():
    alone = "outcomes.need_years"  # 5 years, range 2 to 10
    values = np.array([draw[alone] for draw in draws.draws(BASELINE, 256)])
    assert (values < 5.0).mean() == pytest.approx(0.5, abs=0.02)
    assert np.quantile(values, 0.25) == pytest.approx(3.5, abs=0.1)
    assert np.quantile(values, 0.75) == pytest.approx(7.5, abs=0.1)


def test_fitted_numbers_come_a_row_at_a_time():
    names = [name for name in fitted.sample(BASELINE).columns if name in draws.drawn(BASELINE)]
    joint = [n for n in names if fitted.sample(BASELINE)[n].between(*BASELINE.parameters[n].range).all()]
    rows = {tuple(row) for row in fitted.sample(BASELINE)[joint].to_numpy().tolist()}
    drawn = pd.DataFrame(draws.draws(BASELINE, 30))[joint].to_numpy().tolist()
    assert all(tuple(row) in rows for row in drawn)
    assert len({tuple(row) for row in drawn}) > 20  # accepted rows may be alike


def test_more_draws_add_to_those_there_were_and_a_seed_gives_the_same():
    assert draws.draws(BASELINE, 6, seed=3)[:4] == draws.draws(BASELINE, 4, seed=3)
    assert draws.draws(BASELINE, 4, seed=3) != draws.draws(BASELINE, 4, seed=4)


def test_a_number_of_draws_below_one_is_refused():
    with pytest.raises(InputError, match="expected at least 1, got 0"):
        draws.draws(BASELINE, 0)


def test_a_held_number_that_there_is_not_is_named(tmp_path):
    file = tmp_path / "uncertainty.toml"
    file.write_text('[[held]]\nreason = "a rule"\nnumbers = ["money.qaly_valu"]\n')
    with pytest.raises(InputError, match=r"did you mean 'money\.qaly_value'"):
        draws._held(file, tuple(BASELINE.parameters))
