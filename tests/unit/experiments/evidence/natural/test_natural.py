"""Natural experiments: files that say what is wrong with them, arms, figures, and how effects are scored."""

import json
import re
import tomllib
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from fundingflows.experiments.evidence.natural import (
    answer,
    arms,
    names,
    outcome,
    plan,
    runs,
    schema,
    score,
    show,
    study,
    validate,
)
from fundingflows.experiments.results.measures import MEASURES
from fundingflows.experiments.runs import engine
from fundingflows.experiments.runs.engine import Options
from fundingflows.model.errors import InputError
from fundingflows.scenarios import load_baseline

NUMBERS = load_baseline("2015_16").parameters

PAGE = Path(__file__).parents[5] / "docs" / "natural-experiments.md"
EXAMPLE = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)[0]
SHIPPED = study.folder()


def written(tmp_path, text, name="mine.toml"):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def test_those_that_ship_are_read_and_name_things_that_exist():
    assert len(SHIPPED) == 75
    for one in SHIPPED:
        names.check(one)
        assert one.note or one.state == "tested"
    assert sum(one.runs for one in SHIPPED) == 47


def test_every_shipped_file_is_valid_under_the_stored_schema():
    stored = schema.FILE.read_text(encoding="utf-8")
    assert stored == schema.stored(), "run python -m fundingflows.experiments.evidence.natural.schema"
    validator = jsonschema.Draft202012Validator(json.loads(stored))
    for one in SHIPPED:
        raw = tomllib.loads(one.path.read_text(encoding="utf-8"))
        validator.validate(json.loads(json.dumps(raw, default=str)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title =", "titel =", r"mine.toml: unknown key 'titel'; did you mean 'title'?"),
        ("practice.gp_consultations", "practice.gp_consultation", "did you mean 'gp_consultations'?"),
        ("lever.practice.appointments", "lever.practice.appointment", "did you mean 'appointments'?"),
        ("lever.practice.appointments", "lever.surgery.appointments", "unknown kind of provider 'surgery'"),
        ('sign = "+"', "", 'outcomes[2].sign: missing; expected "+" or "-"'),
        ("low = 0.5", "low = 4.5", "outcomes[1].low and high: expected low below high"),
        ('solve = "plans"', 'solve = "plan"', "mine.toml: solve: unknown value 'plan'; did you mean 'plans'?"),
        ('solve = "plans"', 'state = "proxy"', "note: missing; state = proxy needs one sentence"),
        ("prices =", "price =", "mine.toml (treatment): contracts.practice[2] (fees): unknown key 'price'"),
        (
            'neutral_with = "control" }',
            'neutral_with = "before" }',
            "mine.toml (treatment): contracts.practice: neutral",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path, old, new, said):
    file = written(tmp_path, EXAMPLE.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        plan.PlanStudy(validate.prepare([study.read(file)])[0], 1)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="no experiment here"):
        study.folder(tmp_path)


def test_the_worked_example_runs_from_the_page_alone(tmp_path):
    file = written(tmp_path, EXAMPLE)
    answers = validate.validate([study.read(file)], tmp_path / "out", Options(1), say=lambda _: None)
    table = answer.table(answers)
    assert (table["simulated"] > 0).all()
    assert answers[0].verdict in ("pass", "fail")
    page = show.markdown(answers, table, "# Mine")
    assert "consultations with a GP" in page


def test_levers_stay_under_the_control_arm_and_fees_bring_more_appointments(tmp_path):
    made = arms.make(study.read(written(tmp_path, EXAMPLE)))
    targets = plan.PlanStudy(made, 1).targets(NUMBERS)
    np.testing.assert_allclose(targets["control", "practice"], 1.0, atol=0.003)
    assert (targets["treatment", "practice"][:, 0] > 1.003).all()


def test_a_stronger_response_gives_a_larger_effect_without_building_anything_anew(tmp_path):
    asked = plan.PlanStudy(arms.make(study.read(written(tmp_path, EXAMPLE))), 1)
    usual = asked.effects(NUMBERS)
    stronger = asked.effects(NUMBERS.changed({"behaviour.response_appointments": {"multiply": 2.0}}))
    assert stronger[0] > 1.3 * usual[0]
    assert asked.effects(NUMBERS) == pytest.approx(usual, rel=1e-9)


def test_plans_start_from_the_numbers_of_the_time_and_read_outcomes_as_they_are():
    asked = plan.PlanStudy(arms.make(next(one for one in SHIPPED if one.id == "N13")), 1)
    recorded = asked.arms.study.outcomes[0]
    numbers = NUMBERS.changed({"general_practice.recorded_effort": 0.4})
    asked.targets(numbers)
    practices = asked._cohort("control", "practice")
    level = [asked._level(recorded, practices, x * np.ones_like(practices.levers), 1) for x in (1.0, 1.1)]
    assert level[0] == pytest.approx(0.754, abs=1e-3)
    gp = numbers.general_practice  # effort counts in full in the first year, though it is paid for late
    more = 0.1 * (gp.recorded_effort + gp.recorded_review)
    room = gp.recorded_ceiling - 0.754
    assert level[1] - level[0] == pytest.approx(room * (1.0 - np.exp(-more / room)), rel=0.1)
    assert practices.p.outcomes.measured_late == NUMBERS["outcomes.measured_late"].value


def test_several_treatments_are_solved_from_plans_and_compared_with_one_another():
    up, down = plan.PlanStudy(arms.make(next(one for one in SHIPPED if one.id == "C11")), 1).effects(NUMBERS)
    assert up > 0.5
    assert -up < down < -0.2


def test_levers_of_those_who_know_no_other_pay_are_at_their_best_plan_at_once(tmp_path):
    heads = ('solve = "plans"', 'solve = "plans"\nsettled = true')
    texts = [EXAMPLE.replace('solve = "plans"', head) for head in heads]
    files = [written(tmp_path, text, f"{k}.toml") for k, text in enumerate(texts)]
    usual, settled = (plan.PlanStudy(arms.make(study.read(file)), 1).effects(NUMBERS)[1] for file in files)
    moved = 1.0 - np.exp(-2.0 / NUMBERS["behaviour.years_appointments"].value)
    assert usual == pytest.approx(moved * settled, rel=0.01)


RUN = EXAMPLE.replace('solve = "plans"', "before = 0\nseeds = [2, 2]").replace("[2, 2]                ", "[1, 1]  ")


def test_runs_are_kept_and_not_made_again(tmp_path):
    one = study.read(written(tmp_path, RUN.replace("years = [2, 2]", "years = [1, 1]")))
    first = validate.validate([one], tmp_path / "out", Options(1), say=lambda _: None)[0]
    assert [s.seeds for s in first.scored] == [2, 2]
    specs = [runs.spec(arms.make(one), arm, seed, {}) for seed in (1, 2) for arm in ("control", "treatment")]
    assert engine.make(specs, tmp_path / "out", Options(1)).new == 0
    again = validate.validate([one], tmp_path / "out", Options(1), say=lambda _: None)[0]
    assert [s.mean for s in again.scored] == [s.mean for s in first.scored]


def effect_of(**more):
    return outcome.Outcome(name="x", of="practice.gp_consultations", **more)


def test_numeric_outcomes_pass_inside_the_interval_or_within_half_of_the_estimate():
    tight = np.array([0.99, 1.01, 1.0, 1.0])
    assert score.score(effect_of(effect=1.0, low=0.9, high=1.1), tight).passed
    assert not score.score(effect_of(effect=2.0, low=1.9, high=2.1), tight).passed
    assert score.score(effect_of(effect=-1.0), -1.4 * tight).passed
    assert not score.score(effect_of(effect=-1.0), -1.6 * tight).passed


def test_z_counts_both_errors():
    found = score.score(effect_of(effect=1.0, low=0.0, high=2.0), [2.0, 4.0])
    assert found.z == pytest.approx((3.0 - 1.0) / np.hypot(1.0, 1.0 / score.NORMAL))


def test_a_null_passes_by_equivalence_and_not_for_lack_of_seeds():
    null = {"score": "null", "effect": 0.0, "low": -1.0, "high": 1.0}
    assert score.score(effect_of(**null), [0.1, -0.1, 0.0, 0.1]).passed
    assert not score.score(effect_of(**null), [3.0, -3.0]).passed


def test_a_sign_needs_an_effect_and_an_interval_that_leaves_out_nought():
    rises = {"score": "sign", "sign": "+"}
    assert score.score(effect_of(**rises), [1.0, 1.1, 0.9]).passed
    assert not score.score(effect_of(**rises), [0.01, 0.01, 0.01]).passed
    assert not score.score(effect_of(**rises), [-1.0, 4.0]).passed
    assert not score.score(effect_of(**rises), [-1.0, -1.1]).passed


def test_seeds_that_are_enough_are_judged_by_the_spread():
    found = score.score(effect_of(effect=1.0, low=0.0, high=2.0), [0.0, 2.0, 0.0, 2.0])
    assert not found.precise
    assert score.needed(found) > 4


def test_the_manual_lists_every_headline_measure():
    page = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \|$", page[page.index("| Measure |") :], re.M)
    assert [row for row in rows if row[0] in {m.key for m in MEASURES}] == [(m.key, m.label, m.unit) for m in MEASURES]


def test_the_manual_names_every_key_of_a_file_and_of_an_outcome():
    page = PAGE.read_text(encoding="utf-8")
    keys = {*study.StudyFile.model_fields, *outcome.Outcome.model_fields} - {"treatments", "outcomes"}
    assert not [key for key in keys if f"`{key}`" not in page and f"[{key}]" not in page]
