"""A described run: equal runs have equal keys, results are the model's own, and comparisons resume."""

from dataclasses import replace

import pytest
from fundingflows.experiments.results import measures, weekly
from fundingflows.experiments.results.result import Result, whole
from fundingflows.experiments.runs import comparison, engine
from fundingflows.experiments.runs.engine import Options
from fundingflows.experiments.runs.executors import Stopped
from fundingflows.experiments.runs.spec import RunSpec, spec_of
from fundingflows.model.stocks import stock_table
from fundingflows.scenarios import FundingFlows

ONE = spec_of("anytown", "status_quo", 1, 1.0, 0.25)
SHARE = "hospital.acsc_share"


@pytest.mark.parametrize(
    "other",
    [
        replace(ONE, seed=2), replace(ONE, weeks=104), replace(ONE, frozen=True), replace(ONE, reader=whole),
        replace(ONE, changes={SHARE: {"multiply": 1.1}}), replace(ONE, frozen=True, held={"practice.proactive": 1.5}),
        replace(ONE, settled=True),
        spec_of("anytown", "status_quo", 1, 1.0), spec_of("anytown", "capitated", 1, 1.0, 0.25),
    ],
)  # fmt: skip
def test_everything_that_changes_a_result_changes_the_key(other):
    assert other.key != ONE.key


def test_what_changes_nothing_leaves_the_key():
    assert spec_of("anytown", "status_quo", 1, 1.0, 0.25).key == ONE.key
    assert replace(ONE, values={SHARE: 0.2}, point=3, funding="another name").key == ONE.key
    assert replace(ONE, changes={SHARE: {"multiply": 1.0}}).key == ONE.key


def test_a_changed_number_has_one_key_however_it_is_written():
    known = ONE.scenario.parameters
    value = float(known[SHARE].value) * 1.1
    by_change = replace(ONE, changes={SHARE: {"set": value}})
    in_scenario = replace(ONE, scenario=replace(ONE.scenario, parameters=known.changed({SHARE: {"set": value}})))
    assert by_change.key == in_scenario.key


def test_settled_levers_begin_at_the_best_plan_and_those_of_the_frozen_stay():
    paid = spec_of("anytown", "activity_based", 1, 0.0, 0.25)
    model = replace(paid, settled=True).model()
    assert (model.practices.lever("appointments") > 1.0).all()
    for cohort in model.cohorts:
        assert cohort.levers == pytest.approx(cohort.target)
    model.step()  # the way there is a flow like any other
    shown = stock_table(model.stocks)["practice_appointments"].iloc[0]
    assert shown == pytest.approx(model.practices.lever("appointments").mean())
    frozen = replace(paid, settled=True, frozen=True).model()
    assert (frozen.practices.levers == 1.0).all()


def test_a_result_is_the_models_own():
    model = FundingFlows("anytown", "capitated", rng=3, sample=0.25).run(1.0)
    run = spec_of("anytown", "capitated", 3, 1.0, 0.25, reader=whole)
    found = Result(run.place, run.funding, run.seed, run.make())
    assert found.digest == model.digest
    assert found.table("ledger")["pence"].tolist() == model.ledger.flows()["pence"].tolist()
    assert found.measures == measures.read(model)
    assert found.weekly["contacts"].tolist() == weekly.series(model)["contacts"].tolist()


def test_a_comparison_resumes_with_what_is_missing(tmp_path, monkeypatch, capsys):
    plan = comparison.plan("anytown", ["status_quo", "capitated"], (1, 2), 1, 0.25)
    comparison.kept(plan[:3], tmp_path / "out", Options(1))
    made, make = [], RunSpec.make
    monkeypatch.setattr(RunSpec, "make", lambda run: made.append((run.funding, run.seed)) or make(run))
    results = comparison.kept(plan, tmp_path / "out", Options(1))
    assert made == [("capitated", 2)]
    assert "3 of 4 runs already exist" in capsys.readouterr().err
    assert [(r.funding, r.seed) for r in results] == [(run.funding, run.seed) for run in plan]


def test_a_run_that_fails_ends_a_comparison_and_is_tried_again(tmp_path, monkeypatch):
    plan, make = comparison.plan("anytown", ["status_quo"], (1,), 1, 0.25), RunSpec.make
    monkeypatch.setattr(RunSpec, "make", lambda run: run.failed("ValueError: out of luck"))
    with pytest.raises(Stopped, match="a run failed: ValueError: out of luck"):
        engine.make_all(plan, tmp_path / "out", Options(1))
    monkeypatch.setattr(RunSpec, "make", make)
    assert len(engine.make_all(plan, tmp_path / "out", Options(1))) == 1
