"""Seeds and numbers by what they are, not by their Python type; libraries drive the model as they are."""

import mesa
import numpy as np
import pandas as pd
import pytest
from fundingflows.experiments.runs.spec import RunSpec, spec_of
from fundingflows.model.errors import InputError
from fundingflows.model.numbers import seed_of
from fundingflows.scenarios import FundingFlows, load_baseline, load_place
from mesa.batchrunner import batch_run


@pytest.mark.parametrize(
    ("given", "seed"),
    [(0, 0), ("100", 100), (" 7 ", 7), (np.int64(5), 5), (np.uint8(5), 5), (5.0, 5), (np.float64(12), 12),
     (2**63 - 1, 2**63 - 1), (np.array(3), 3), (pd.Series([1.0, 2.0])[1], 2)],
)  # fmt: skip
def test_what_is_a_whole_number_is_a_seed(given, seed):
    assert seed_of(given) == seed


@pytest.mark.parametrize(
    "given", [-1, 1.5, "one", "1.5", "-1", "", True, 2**63, "9" * 30, float("nan"), [1], b"1", "٣"]
)
def test_anything_else_is_refused_with_its_limits(given):
    with pytest.raises(InputError, match=r"rng: expected a whole number of at least 0 and below 2\^63, got"):
        seed_of(given)


def test_none_draws_a_fresh_seed_that_makes_the_run_again():
    drawn = [FundingFlows("anytown", "status_quo", rng=None) for _ in range(2)]
    assert drawn[0].random_seed != drawn[1].random_seed
    again = FundingFlows("anytown", "status_quo", rng=str(drawn[0].random_seed))
    for model in (*drawn, again):
        for _ in range(4):
            model.step()
    assert drawn[0].digest == again.digest != drawn[1].digest


def test_the_largest_seed_runs():
    model = FundingFlows("anytown", "status_quo", rng=2**63 - 1)
    model.step()
    assert model.total.sum() > 0


def test_mesas_batch_run_draws_a_seed_for_each_repeat(monkeypatch):
    monkeypatch.setattr(mesa.batchrunner.multiprocessing, "set_start_method", lambda *_, **__: None)
    rows = batch_run(FundingFlows, {"place": "anytown"}, rng=[None, None, "5", 5], max_steps=2, display_progress=False)
    frame = pd.DataFrame(rows).drop_duplicates("RunId")
    seen = frame.select_dtypes("number").drop(columns=["RunId", "iteration"], errors="ignore").to_numpy().tolist()
    assert len({tuple(row) for row in seen}) == 3
    assert seen[2] == seen[3]


def test_a_pandas_table_drives_the_model():
    table = pd.DataFrame({"rng": [1, 2], "behaviour.horizon_years": [2, 5], "behaviour.altruism": [0.1, 0.2]})
    known = load_baseline("2015_16").parameters
    place = load_place("anytown")
    for row in [*table.to_dict("records"), dict(table.loc[0])]:
        seed = row.pop("rng")
        model = FundingFlows(place, "status_quo", rng=seed, parameters=known.changed(row))
        assert model.parameters.behaviour.horizon_years == row["behaviour.horizon_years"]
        assert model.random_seed == seed


def test_saltelli_samples_of_salib_drive_the_model():
    pytest.importorskip("SALib")
    from SALib.sample import sobol

    names = ["behaviour.horizon_years", "behaviour.altruism"]
    rows = sobol.sample({"num_vars": 2, "names": names, "bounds": [[1, 8], [0.0, 0.3]]}, 2, calc_second_order=False)
    base = spec_of("anytown", "status_quo", years=1.0)
    keys = {RunSpec(base.scenario, base.funding, 1, base.weeks, dict(zip(names, row, strict=True))).key for row in rows}
    assert len(keys) == len(np.unique(rows, axis=0))


def test_the_ema_workbench_drives_the_model():
    ema = pytest.importorskip("ema_workbench")

    def consultations(horizon, altruism):
        known = load_baseline("2015_16").parameters
        changes = {"behaviour.horizon_years": horizon, "behaviour.altruism": altruism}
        model = FundingFlows("anytown", "status_quo", parameters=known.changed(changes))
        model.step()
        return {"seen": model.weekly_total("gp_consultations")}

    model = ema.Model("anytown", function=consultations)
    model.uncertainties = [ema.IntegerParameter("horizon", 1, 8), ema.RealParameter("altruism", 0.0, 0.3)]
    model.outcomes = [ema.ScalarOutcome("seen")]
    _, outcomes = ema.perform_experiments(model, scenarios=2)
    assert (outcomes["seen"] > 0).all()


@pytest.mark.parametrize("sample", [np.float32(0.5), np.array(0.5), np.float64(1)])
def test_a_sample_is_a_number_of_any_library(sample):
    assert load_place("anytown", sample).sample == float(sample)


@pytest.mark.parametrize("seed", [7, "7", np.int64(7)])
def test_seed_is_another_name_for_rng(seed):
    assert FundingFlows("anytown", seed=seed).random_seed == FundingFlows("anytown", rng=7).random_seed == 7


def test_seed_and_rng_together_are_refused_and_none_draws():
    with pytest.raises(InputError, match="two names for one number"):
        FundingFlows("anytown", rng=3, seed=4)
    assert FundingFlows("anytown", seed=None).random_seed != FundingFlows("anytown", seed=None).random_seed
