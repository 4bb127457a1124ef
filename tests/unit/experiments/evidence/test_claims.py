"""Claims are answered from runs: known answers are found, and what was run is not run again."""

import numpy as np
import pytest
from fundingflows.experiments.evidence.claims import (
    CLAIMS,
    activity,
    claim,
    pooling,
    report,
    runs,
    sharing,
    workforce,
)
from fundingflows.experiments.results import numbers
from fundingflows.experiments.runs import comparison
from fundingflows.experiments.runs.spec import RunSpec, spec_of
from fundingflows.model.errors import InputError
from fundingflows.scenarios import load_funding
from typer.testing import CliRunner


def found(measures=None, practices=None, totals=None, money=None, seeds=(1, 2, 3), place="anytown"):
    """What runs would leave, by arm and seed: each argument is a function of (arm's name, seed) or nothing."""

    class Made(runs.Results):
        def measure(self, arm, key):
            return np.array([measures(arm.name, seed, key) for _, seed in self.cases], dtype=float)

        def practices(self, arm, column):
            return np.array([practices(arm.name, seed, column) for _, seed in self.cases], dtype=float)

        def total(self, arm, kind, column):
            return np.array([totals(arm.name, kind, column) for _ in self.cases], dtype=float)

        def money(self, arm, payer, payee, purpose):
            return np.array([money(payer, payee, purpose) for _ in self.cases], dtype=float)

    return Made(place, seeds, {})


def test_nine_claims_each_with_a_key_of_its_own():
    assert len(CLAIMS) == 9
    assert len({c.key for c in CLAIMS}) == 9
    for arm in {arm for c in CLAIMS for arm in c.arms if not arm.text}:
        load_funding(arm.funding)


def test_a_step_is_not_a_climb():
    def measures(name, seed, key):
        wiggle = 0.01 * np.sin(np.arange(10) * seed)
        level = 55.0 if name == "activity_based" else 50.0
        return level + wiggle

    answer = activity.ever_upward(found(measures))
    assert answer.effect == pytest.approx(10.0, abs=0.1)
    assert answer.verdict.startswith("virtually certain; second part ")
    assert "certain" not in answer.verdict.split(";")[1]

    def climbing(name, seed, key):
        return measures(name, seed, key) + (np.arange(10) * 0.5 if name == "activity_based" else 0.0)

    climbs = activity.ever_upward(found(climbing))
    assert climbs.verdict == "virtually certain; second part virtually certain"


def test_a_share_that_rises_does_not_fall():
    def rising(name, seed, key):
        return 9.0 + 0.05 * np.arange(10) + 0.001 * seed * np.arange(10)

    answer = activity.falling_share(found(rising))
    assert answer.verdict == "exceptionally unlikely"
    assert answer.probability < 0.01
    assert "from 9.00 %" in answer.sentence


def test_the_tipping_rate_lies_between_the_rates_around_it():
    shares = np.array([0.0, 0.2, 0.8, 1.0, 1.0])
    assert workforce.tipping_rate(shares) == pytest.approx(0.11)
    assert np.isnan(workforce.tipping_rate(np.zeros(5)))
    assert workforce.tipping_rate(np.ones(5)) == workforce.RATES[0]


def test_luck_is_told_from_true_differences_between_practices():
    rng = np.random.default_rng(5)
    true = 1.0 + 0.05 * rng.standard_normal(6)
    lists = np.full(6, 6000.0)
    cases = {seed: [rng.poisson(100.0 * true) for _ in range(4)] for seed in range(40)}

    def practices(name, seed, column):
        if column == "acsc_admissions":
            return cases[seed]
        return np.tile(lists if column == "list" else 100.0, (4, 1)) if column == "list" else np.full((4, 6), 100.0)

    made = found(practices=practices, seeds=tuple(range(40)))
    error = (0.03**2) * 1000.0 / 6000.0
    want = (1.0 / 100.0 + error) / (1.0 / 100.0 + error + true.var(ddof=1))
    assert sharing.luck_share(made, 0.0) == pytest.approx(want, abs=0.06)
    answer = sharing.mostly_luck(made)
    assert answer.low < 100 * want < answer.high


def test_an_outcome_shared_by_ten_moves_each_a_tenth():
    moves = sharing.responses(spec_of("anytown", "status_quo", 1))
    assert moves[2] / moves[1] == pytest.approx(0.5, rel=0.05)
    assert moves[3] / moves[1] == pytest.approx(1 / 3, rel=0.05)


def test_where_savings_go_adds_up():
    def totals(name, kind, column):
        less = 3.0 if name == "somerset_obc" and column == "income" else 0.0
        return np.full(10, 100.0 - less)

    def money(payer, payee, purpose):
        if (payer, purpose) == ("commissioner", "pooled budget"):
            return np.array([0.0, 0.0, *(500.0 * 0.974 ** np.arange(1, 6)), 0.0, 0.0, 0.0])
        if (payer, payee, purpose) == ("commissioner", "outcomes_contract", "pool settlement"):
            return np.array([0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 0.0, 0.0, 0.0])
        return np.zeros(10)

    gone = pooling.where_savings_go(found(totals=totals, money=money))
    assert gone["target"] == pytest.approx(500.0 * sum(1 - 0.974**k for k in range(1, 6)), rel=1e-9)
    assert gone["made good by the payers"] == pytest.approx(15.0)
    assert gone["hospital result"] == pytest.approx(15.0)
    assert gone["hospital cost"] == pytest.approx(0.0)
    parts = [v for k, v in gone.items() if k not in ("target", "years with a surplus")]
    assert sum(parts) == pytest.approx(gone["target"])
    assert gone["years with a surplus"] == pytest.approx(0.0)


def test_a_probability_is_never_said_to_be_certain():
    assert numbers.probability(1.0) == "above 99.9 %"
    assert numbers.probability(0.0) == "below 0.1 %"
    assert claim.verdict(0.99, 0.5) == "virtually certain; second part about as likely as not"
    assert claim.verdict(0.32) == "unlikely"


def test_runs_are_kept_not_made_again_and_shared_with_a_comparison_beside_them(tmp_path, monkeypatch):
    arm, folder = runs.Arm("status_quo", 1), tmp_path / "claims"
    first = runs.make([arm, arm], "anytown", (1, 2), folder, 0.25, 1)
    assert len(list((folder / "runs").iterdir())) == 2
    monkeypatch.setattr(RunSpec, "make", lambda run: pytest.fail("made again"))
    again = runs.make([arm], "anytown", (1, 2), folder, 0.25, 1)
    assert np.array_equal(again.measure(arm, "emergencies"), first.measure(arm, "emergencies"))
    assert first.practices(arm, "list").shape == (2, 1, 6)
    assert first.total(arm, "hospital", "income").shape == (2, 1)
    assert first.money(arm, "commissioner", "hospital", "electives")[0, 0] > 0
    shared = comparison.kept(comparison.plan("anytown", ["status_quo"], (1, 2), 1, 0.25), tmp_path / "compare")
    assert [r.by_year[0]["emergencies"] for r in shared] == first.measure(arm, "emergencies")[:, 0].tolist()


def test_the_page_says_what_was_asked_and_how_sure_it_is():
    asked = CLAIMS[0]
    each = np.array([0.9, 1.0, 1.1])
    answer = claim.Answer(1.0, 0.5, 1.5, "%", 0.9999, "A sentence.", "very likely", each)
    rows = report.table([asked], {asked.key: answer}, found())
    page = report.markdown(rows, found(), 10)
    assert "+1.00 (+0.50 to +1.50)" in page
    fall = report.table([asked], {asked.key: claim.Answer(-1.0, -1.5, 0.001, "%", 0.9, "", "likely", each)}, found())
    assert "−1.00 (−1.50 to 0.00)" in report.markdown(fall, found(), 10)
    assert "> 0.999" in page
    assert f"1. **{asked.text}: very likely.** A sentence." in page


def test_one_seed_at_each_draw_is_enough_except_where_the_answer_is_about_chance():
    made = runs.Results("anytown", (1,), {}, draws=({}, {}, {}))
    plain = runs.Arm("capitated")
    assert made.cases == made.cases_of(plain) == [(0, 1), (1, 1), (2, 1)]
    assert made.cases_of(sharing.USUAL) == [(0, 1), (0, 2), (1, 1), (1, 2), (2, 1), (2, 2)]
    assert [block.tolist() for block in made.blocks(sharing.USUAL)] == [[0, 1], [2, 3], [4, 5]]
    many = runs.Results("anytown", (1, 2, 3), {})
    assert many.cases_of(sharing.USUAL) == many.cases


@pytest.mark.parametrize(("words", "said"), [(["luc"], "did you mean 'luck'"), (["--seeds", "1"], "at least 2")])
def test_what_claims_cannot_do_is_said(words, said):
    from fundingflows.experiments.cli import app

    outcome = CliRunner().invoke(app, ["claims", *words])
    assert said in str(outcome.exception)


def test_at_drawn_numbers_the_page_says_what_moved_and_what_the_answer_hangs_on():
    asked = CLAIMS[0]
    draws = tuple({"outcomes.need_years": 2.0 + k / 10, "hospital.withdrawal": 0.01} for k in range(40))
    made = runs.Results("anytown", (1, 2), {}, 1.0, draws)
    values = np.repeat([draw["outcomes.need_years"] - 4.0 for draw in draws], 2)
    uncertain = claim.Answer(*made.effect(values)[:3], "%", made.effect(values).above, "S.", "likely", values)
    sure = claim.Answer(1.0, 0.9, 1.1, "%", 0.999, "S.", "virtually certain", np.ones(2))
    page = report.markdown(report.table([asked], {asked.key: uncertain}, made, {asked.key: sure}), made, 10)
    assert "virtually certain at the baseline's own numbers, about as likely as not with uncertain ones" in page
    assert "`outcomes.need_years`" in page
    assert "(rank correlation +1.00)" in page
    assert "--uncertainty 40" in page


def test_with_draws_uncertainty_about_numbers_widens_the_interval():
    steady = runs.Results("anytown", (1, 2, 3), {})
    drawn = runs.Results("anytown", (1, 2, 3), {}, 1.0, ({}, {}, {}, {}))
    chance = np.array([0.9, 1.0, 1.1])
    values = (np.array([-2.0, -1.0, 1.0, 2.0])[:, None] + chance).ravel()
    assert drawn.effect(values).low < -1.5
    assert steady.effect(chance).low > 0.7
    assert drawn.effect(values).mean == pytest.approx(steady.effect(chance).mean)
    assert drawn.effect(values, -1.0).above == pytest.approx(1.0 - drawn.effect(values).above)


def test_a_draw_at_which_a_run_fails_is_left_out_of_all_arms_and_the_page_says_so(monkeypatch, tmp_path):
    draws = tuple({"outcomes.need_years": 2.0 + k / 100} for k in range(20))
    arms = [runs.Arm("status_quo"), runs.Arm("capitated")]
    lost = runs.Results("anytown", (1,), {}, 1.0, draws).spec(arms[1], (4, 1)).key

    def tried(planned, *_):
        bad = "InputError: no price raises £5"
        return {run.key: {"error": bad if run.key == lost else None, "figures": run.key} for run in planned}

    monkeypatch.setattr(runs, "tried", tried)
    monkeypatch.setattr(runs, "_read", lambda run, row: {"key": run.key})
    found = runs.make(arms, "anytown", (1,), tmp_path, draws=draws)
    assert found.draws == (*draws[:4], *draws[5:])
    assert len(found.cases) == 19
    for arm in arms:  # what is kept at a draw's new place are the runs of that draw
        assert found.stored[arm.name, 4, 1]["key"] == found.spec(arm, (4, 1)).key
    assert "1 of 20 draws is left out" in report._how(found, 10)
    assert "--uncertainty 20`" in report._how(found, 10)
    with pytest.raises(InputError, match="no price raises"):
        runs.make(arms, "anytown", (1,), tmp_path, draws=draws[4:6])


def test_a_response_that_sharing_ends_is_steep_and_no_cliff():
    """Half for two and a quarter for four is −1; nothing for four counts as a hundredth."""
    sizes = np.array([1, 2, 4])
    assert sharing.elasticity(sizes, np.array([1.0, 0.5, 0.25])) == pytest.approx(-1.0)
    assert sharing.elasticity(sizes, np.array([1.0, 0.5, 0.0])) == pytest.approx(np.log(0.01) / np.log(4.0))
