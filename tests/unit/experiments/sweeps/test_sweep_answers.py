"""What sweeps teach, tried on answers that are known: precision, sensitivity, boxes, regret, frontiers, tables."""

import re
from pathlib import Path
from types import SimpleNamespace

import duckdb
import numpy as np
import pandas as pd
import pytest
from fundingflows.experiments.runs import precision
from fundingflows.experiments.runs.engine import Options
from fundingflows.experiments.runs.spec import RunSpec
from fundingflows.experiments.sweeps import design, discover, frontier, plan, samples, sensitivity
from fundingflows.experiments.sweeps.capitated_share import crossing
from fundingflows.experiments.sweeps.make import make
from fundingflows.experiments.sweeps.results import open_sweep
from fundingflows.model.errors import InputError
from fundingflows.scenarios import load_baseline

BASELINE = load_baseline("2015_16")
NUMBERS = BASELINE.parameters
NAMES = ["behaviour.altruism", "behaviour.strain", "behaviour.horizon_years"]
RANGES = dict.fromkeys(NAMES, (0.0, 1.0))


def test_precision_takes_the_seeds_that_the_formula_says_and_waits_for_five_more():
    d = np.random.default_rng(2).normal(10.0, 2.0, 200)
    n = precision.needed(d, 100.0, 0.05)
    assert (1.96 * 2.0 / 0.5) ** 2 * 0.6 < n < (1.96 * 2.0 / 0.5) ** 2 * 1.6
    assert precision.needed(d[: n + 4], 100.0, 0.05) is None
    assert precision.needed(d[: n + 5], 100.0, 0.05) == n
    nought = np.random.default_rng(3).normal(0.0, 0.02, 50)
    assert precision.needed(nought, 100.0, 0.05) is not None  # a difference of nought ends too


def answer(kind, function, seeds=4, luck=0.1, **more):
    x = samples.unit_sample(design.Design(kind=kind, **more), 3)
    noise = np.random.default_rng(4).normal(0.0, luck, (len(x), seeds))
    return sensitivity.Answer(function(x)[:, None] + noise, "an answer", "units", pd.DataFrame(x, columns=NAMES))


def test_sobol_indices_of_a_sum_are_the_shares_of_its_variance():
    found = answer("saltelli", lambda x: 3.0 * x[:, 0] + 4.0 * x[:, 1], points=256, luck=0.01)
    table = sensitivity.sobol(found, RANGES).set_index("parameter")
    for name, share in zip(NAMES, (9 / 25, 16 / 25, 0.0), strict=True):
        assert table.loc[name, "first"] == pytest.approx(share, abs=max(table.loc[name, "first_half_width"], 0.02))
        assert table.loc[name, "total"] == pytest.approx(share, abs=0.06)
    assert "'disutility of workload" in sensitivity.sentence(NUMBERS, "sobol", table.reset_index(), found)


def test_morris_finds_the_slopes_and_the_bend():
    found = answer("morris", lambda x: 5.0 * x[:, 0] + 8.0 * x[:, 1] * x[:, 2], trajectories=20, luck=0.0)
    table = sensitivity.morris(found, RANGES).set_index("parameter")
    assert table.loc[NAMES[0], "effect"] == pytest.approx(5.0)
    assert table.loc[NAMES[0], "spread"] == pytest.approx(0.0, abs=1e-9)
    assert table.loc[NAMES[1], "spread"] > 1.0


def test_chance_and_parameters_are_separated():
    found = answer("saltelli", lambda x: x[:, 0] * np.sqrt(12.0), points=256, luck=0.5, seeds=6)
    assert sensitivity.shares(found.values) == pytest.approx((0.8, 0.2), abs=0.03)
    alone = answer("saltelli", lambda x: 0.0 * x[:, 0], points=256, luck=0.5, seeds=6)
    assert sensitivity.shares(alone.values)[0] < 0.03
    assert np.isnan(sensitivity.shares(found.values[:, :1])[0])


def test_parameters_are_chosen_by_group_or_path():
    assert len(sensitivity.chosen(BASELINE, ["behaviour"])) > 10
    assert "outcomes.need_years" in sensitivity.chosen(BASELINE, ["everything"])
    with pytest.raises(InputError, match="did you mean 'behaviour'"):
        sensitivity.chosen(BASELINE, ["behavior"])


def test_prim_finds_the_box_that_was_hidden_and_no_other_limit():
    x = pd.DataFrame(np.random.default_rng(5).random((600, 4)), columns=list("abcd"))
    wins = ((x["a"] > 0.6) & (x["b"] < 0.5)).to_numpy()
    box = discover.prim(x, wins)
    assert set(box.limits) == {"a", "b"}
    assert box.limits["a"][0] == pytest.approx(0.6, abs=0.08)
    assert box.limits["b"][1] == pytest.approx(0.5, abs=0.08)
    assert min(box.density, box.coverage) > 0.85
    said = discover.sentence(NUMBERS, "One", "Two", "QALYs", wins, box)
    assert "where 'a' is above 0.5" in said
    assert "(density)" in said
    assert "(coverage)" in said


def test_prim_finds_nothing_in_chance():
    x = pd.DataFrame(np.random.default_rng(6).random((100, 3)), columns=list("abc"))
    wins = np.random.default_rng(7).random(100) < 0.5
    assert discover.prim(x, wins).density < 0.8


def test_regret_is_the_distance_to_the_best():
    levels = pd.DataFrame({"a": [1.0, 5.0, 3.0], "b": [2.0, 2.0, 3.5]})
    table = discover.regret(levels, 1.0)
    assert table.loc["a"].tolist()[:2] == pytest.approx([1 / 3, 0.5])
    assert (table.loc["a", "most"], table.loc["b", "most"]) == (1.0, 3.0)
    assert discover.regret_sentence(table, {"a": "A", "b": "B"}, "x", "y").startswith("The safest on x is A")
    assert discover.winners(levels, "a", -1.0).tolist() == [True, False, True]


def test_seeds_that_name_different_winners_are_told_of():
    rows = [(point, seed, name) for point in (0, 1) for seed in (1, 2) for name in ("a", "b")]
    good = pd.DataFrame(rows, columns=["point", "seed", "funding"]).assign(place="p", x=0.0)
    good.loc[(good["funding"] == "a") & ((good["point"] == 0) | (good["seed"] == 1)), "x"] = 1.0
    found = SimpleNamespace(good=good, fundings=["a", "b"])
    good.loc[(good["funding"] == "b") & (good["point"] == 1) & (good["seed"] == 2), "x"] = 2.0
    assert discover.agreement(found, "x", 1.0) == (0.5, 2)
    assert discover.chance_sentence(0.5, 2).startswith("Each of the 2 seeds alone gives the same winner in 50 %")
    assert discover.chance_sentence(1.0, 1).startswith("One seed")


def test_what_is_not_dominated():
    values = np.array([[1.0, 1.0], [2.0, 2.0], [1.0, 3.0], [2.0, 1.0]])
    assert frontier.not_dominated(values, np.array([-1.0, 1.0])).tolist() == [False, False, True, False]


@pytest.mark.parametrize("raw", [(0.2, 0.3, 0.9), (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.333, 0.333, 0.334)])
def test_shares_add_up(raw):
    assert sum(frontier.shares(raw)) == frontier.STEP
    assert min(frontier.shares(raw)) >= 0


def test_the_search_finds_the_frontier_and_is_the_same_each_time():
    calls = []

    def evaluate(blends):
        calls.append(len(blends))
        return {b: {"public": float(b.parts[2]), "qalys": float(b.parts[2] - abs(b.parts[0] - 4))} for b in blends}

    tried = frontier.search(evaluate, ["status_quo"], ("public", "qalys"), 20, 8)
    assert tried == frontier.search(evaluate, ["status_quo"], ("public", "qalys"), 20, 8)
    assert all(n <= 20 for n in calls)
    late = tried[len(tried) // 2 :]
    near = [np.mean([abs(b.parts[0] - 4) for b in some]) for some in (tried[:20], late)]
    assert near[1] < near[0]  # it moves to where no QALYs are given away


def test_the_chance_of_being_on_the_frontier_says_what_luck_could_change():
    # a and b take turns at being better; c never is
    name = {letter: frontier.Blend("status_quo", (k, 20 - k, 0)) for k, letter in enumerate("abc")}
    rows = [
        (name[blend], seed, 1.0, level + swing * (-1) ** seed)
        for blend, level, swing in (("a", 10.0, 1.0), ("b", 10.1, -1.0), ("c", 0.0, 1.0))
        for seed in range(8)
    ]
    table = frontier.table(pd.DataFrame(rows, columns=["blend", "seed", "public", "qalys"]), ("public", "qalys"))
    chance = table.set_index("blend")["chance"]
    assert 0.05 < chance[name["a"]] < 0.95
    assert chance[name["c"]] == 0.0


@pytest.fixture
def folder(tmp_path, monkeypatch):
    def row(run):
        value = 10.0 * run.seed + (run.values["behaviour.altruism"] if run.funding == "capitated" else 0.0)
        return {"key": run.key, "place": run.place, "funding": run.funding, "seed": run.seed, "weeks": run.weeks,
                "error": None, "digest": "d", "seconds": 0.0, "qalys": value, "emergencies": value,
                "lever.practice.proactive": 1.0, **run.values}  # fmt: skip

    monkeypatch.setattr(RunSpec, "make", row)
    monkeypatch.setattr("fundingflows.experiments.runs.engine.find_steady_states", lambda runs: None)
    file = design.SweepFile(fundings=["status_quo", "capitated"], seeds=3, vary={"behaviour.altruism": [0.1, 0.2, 0.4]})
    make(plan.make("t", file), tmp_path / "out", Options(processes=1), say=False)
    return tmp_path / "out"


def test_results_are_tidy_paired_and_have_units(folder):
    found = open_sweep(folder)
    assert len(found.runs) == 18
    tidy = found.tidy()
    assert set(tidy[tidy["measure"] == "qalys"]["unit"]) == {"per 1,000 people of the start"}
    table = found.summary("qalys")
    assert table["difference"].tolist() == pytest.approx(table["behaviour.altruism"].tolist())
    assert (table["seeds"] == 3).all()
    assert found.levels("qalys")["chance"].to_numpy() == pytest.approx(10.0)
    with pytest.raises(InputError, match="did you mean 'qalys'"):
        found.summary("qaly")
    with pytest.raises(InputError, match="not the folder of a sweep"):
        open_sweep(folder.parent)


def test_the_documented_duckdb_query_works(folder):
    manual = (Path(__file__).parents[4] / "docs/sweeps.md").read_text(encoding="utf-8")
    (query,) = re.findall(r'duckdb\.sql\("""(.*?)"""\)', manual, flags=re.DOTALL)
    frame = duckdb.sql(query.replace("results/mine", str(folder))).df()
    assert list(frame.columns) == ["funding", "altruism", "emergencies"]
    assert len(frame) == 6
    assert frame["emergencies"].iloc[0] == pytest.approx(20.1)


def test_where_a_gain_begins():
    rows = pd.DataFrame({"share": [0.0, 0.5, 1.0], "gain": [-2.0, -1.0, 1.0]})
    assert crossing(rows) == pytest.approx(0.75)
    assert crossing(rows.assign(gain=1.0)) == 0.0
    assert np.isnan(crossing(rows.assign(gain=-1.0)))
