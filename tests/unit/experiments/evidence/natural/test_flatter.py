"""The harness cannot flatter: a file that would score without being asked is refused, or has a verdict of its own."""

import json
import re

import numpy as np
import pytest
from fundingflows.experiments.evidence.natural import (
    answer,
    arms,
    figure,
    names,
    outcome,
    score,
    show,
    study,
    unseen,
    validate,
)  # fmt: skip
from fundingflows.experiments.evidence.natural.answer import Unseen
from fundingflows.experiments.evidence.natural.study import StudyFile
from fundingflows.model.errors import InputError

FEE = """
[[treatment.changes]]
when = {when}
who = {{ kind = "practice"{who} }}
{more}

[[treatment.changes.add_terms]]
term = "tariff"
name = "fee"
payer = "nhs_england"
prices = {{ gp_consultations = 3.0 }}
"""
NULL = {"score": "null", "effect": 0.0, "low": -1.0, "high": 1.0}


def text(outcome_, head="", when="2016-04-01", who="", more="", treatment=None):
    """A file with one outcome, whose reform is a fee for practices."""
    keys = {"name": "x", "of": "practice.gp_consultations", **outcome_}
    lines = ['title = "A"', 'citation = "B"', 'grade = "invented"', 'setting = "C"', head]
    lines += [FEE.format(when=when, who=who, more=more) if treatment is None else treatment, "[[outcomes]]"]
    return "\n".join([*lines, *(f"{key} = {json.dumps(value)}" for key, value in keys.items())])


def prepared(tmp_path, *given, **more):
    file = tmp_path / "mine.toml"
    file.write_text(text(*given, **more), encoding="utf-8")
    return validate.prepare([study.read(file)])[0]


def refused(tmp_path, *given, **more):
    with pytest.raises(InputError) as caught:
        prepared(tmp_path, *given, **more)
    said = str(caught.value)
    assert "\n" not in said
    assert "mine.toml" in said
    return said


# dates ------------------------------------------------------------------------------------------------------------


def test_plans_with_a_change_after_the_first_day_are_refused(tmp_path):
    said = refused(tmp_path, NULL, head='solve = "plans"')
    assert re.search(r'changes\[1\]: when: 2016-04-01; with solve = "plans".* first day, 2015-04-01', said)
    assert prepared(tmp_path, NULL, head='solve = "plans"', when="2015-04-01")


def test_plans_with_a_change_over_years_are_refused(tmp_path):
    said = refused(tmp_path, NULL, head='solve = "plans"', when="2015-04-01", more="over = 3")
    assert "changes[1]: over: 3 years" in said


@pytest.mark.parametrize("when", ["2015-04-01", "2017-04-01", "2016-07-01"])
def test_a_reform_begins_when_the_years_before_it_end(tmp_path, when):
    assert f"when: {when}; with before = 1 the reform begins on 2016-04-01" in refused(tmp_path, NULL, when=when)


def test_contracts_of_the_first_day_have_no_years_before_them(tmp_path):
    contract = '[[treatment.contracts.practice]]\nterm = "block"\nper_head = 100.0\npayer = "nhs_england"\n'
    said = refused(tmp_path, NULL, treatment=contract)
    assert "contracts: they hold from the first day, 2015-04-01, but before = 1; write before = 0" in said
    assert prepared(tmp_path, NULL, treatment=contract, head="before = 0")


def test_a_change_after_the_last_year_that_counts_is_refused(tmp_path):
    late = FEE.format(when="2016-04-01", who="", more="") + FEE.format(when="2019-04-01", who="", more="").replace(
        '"fee"', '"more"'
    )
    assert "2019-04-01 is after the last year" in refused(tmp_path, NULL, treatment=late)


def test_a_reform_that_changes_nothing_is_refused(tmp_path):
    label = '[[treatment.changes]]\nwhen = 2016-04-01\nwho = { kind = "practice" }\narm = "treated"\n'
    assert "changes nothing" in refused(tmp_path, NULL, treatment=label)


def test_those_who_have_known_no_other_pay_have_no_years_before_it(tmp_path):
    said = refused(tmp_path, NULL, head="settled = true")
    assert "settled: providers who have known no other pay" in said
    assert "expected before = 0, got 1" in said
    assert prepared(tmp_path, NULL, head="settled = true\nbefore = 0", when="2015-04-01")


# arms and names ---------------------------------------------------------------------------------------------------

HALF = {"who": ", share = 0.5", "more": 'arm = "treated"', "head": 'design = "arms"'}


def test_a_headline_measure_has_no_arms(tmp_path):
    said = refused(tmp_path, {**NULL, "of": "acsc", "arm": "treated"}, **HALF)
    assert "outcomes[1]: arm: 'acsc' is a figure of the whole place" in said


def test_an_arm_that_no_change_is_marked_with_is_refused_in_a_pair_too(tmp_path):
    said = refused(tmp_path, {**NULL, "arm": "treatd"}, who=", share = 0.5", more='arm = "treated"')
    assert "outcomes[1]: arm: unknown arm 'treatd'; did you mean 'treated'?" in said
    assert "no change is marked" in refused(tmp_path, {**NULL, "arm": "treated"})


def test_an_arm_without_providers_or_without_control_is_refused(tmp_path):
    assert "against: no practice of anytown is in arm 'control'" in refused(
        tmp_path, {**NULL, "arm": "treated"}, head='design = "arms"', more='arm = "treated"'
    )
    hospital = {**NULL, "of": "hospital.day_cases", "arm": "treated"}
    assert "no hospital of anytown is in arm 'treated'" in refused(tmp_path, hospital, **HALF)


def test_a_headline_measure_is_divided_by_nothing(tmp_path):
    assert "outcomes[1]: per: 'acsc' is divided by nothing" in refused(tmp_path, {**NULL, "of": "acsc", "per": "list"})


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ({"of": "people.emergency_overnight", "ages": "66+"}, "expected whole age bands"),
        ({"ages": "65+"}, "only people.EVENT is known by age"),
        ({"of": "people.emergency_overnigt"}, "did you mean 'emergency_overnight'?"),
        ({"of": "paid.council.hospitals"}, "unknown payee 'hospitals'; did you mean 'hospital'?"),
        ({"of": "practice.control+practice.list"}, "practice.control is a mean"),
        ({"of": "practice.lisst"}, "did you mean 'list'?"),
        ({"of": "deaths", "halves": [1, 1]}, "halves: half-years are known for"),
        ({"years": [1, 1], "halves": [1, 1]}, "years and halves: expected one of them"),
        ({"treatment": "other"}, "unknown treatment 'other'"),
        ({"against": "before"}, "unknown treatment 'before'"),
        ({"against": "treatment"}, "would be compared with itself"),
        ({"score": "at_least", "effect": None}, "low: expected the bound alone"),
        ({"score": "numeric", "range": [1.0, 2.0]}, "range: expected a range, or effect with low and high"),
    ],
)
def test_names_and_keys_that_do_not_fit_are_refused(tmp_path, key, said):
    merged = {k: v for k, v in {**NULL, **key}.items() if v is not None}
    assert said in refused(tmp_path, merged)


def test_several_treatments_are_named_by_their_outcomes(tmp_path):
    two = "".join(FEE.format(when="2016-04-01", who="", more="").replace("treatment", f"treatments.{n}") for n in "ab")
    assert "outcomes[1]: treatment: missing; expected one of a, b" in refused(tmp_path, NULL, treatment=two)
    made = prepared(tmp_path, {**NULL, "treatment": "b", "against": "a"}, treatment=two)
    assert list(made.cases) == ["control", "a", "b"]


# effects ----------------------------------------------------------------------------------------------------------


def test_an_effect_of_exactly_nought_is_no_channel_whatever_is_asked():
    for keys in (NULL, {"score": "at_least", "low": 0.0}, {"score": "at_most", "high": 0.0}, {"effect": 1.0}):
        found = score.score(outcome.Outcome(name="x", of="practice.list", **keys), np.zeros(4))
        assert (found.verdict, found.passed) == ("no channel", False)
    assert score.score(outcome.Outcome(name="x", of="practice.list", **NULL), [0.1, 0.0, 0.0, 0.0]).verdict == "pass"


def test_nought_is_asked_of_a_dozen_seeds_before_it_is_no_channel():
    few, many = (score.score(outcome.Outcome(name="x", of="practice.list", **NULL), np.zeros(n)) for n in (4, 12))
    assert (few.precise, score.needed(few), many.precise) == (False, 12, True)


def made_of(verdicts, **keys):
    """An answer whose outcomes have these verdicts."""
    values = {"pass": [0.1, -0.1] * 4, "fail": [5.0, 5.1] * 4, "no channel": [0.0] * 8}
    outcomes = [{"name": "x", "of": "practice.list", **NULL} for _ in verdicts]
    head = {"title": "A", "citation": "B", "grade": "V", "setting": "C", "treatment": {"changes": []}}
    file = StudyFile.model_validate({**head, "outcomes": outcomes, **keys})
    one = study.Study(**file.model_dump(exclude_unset=True), id=keys.get("title", "A"), path="a.toml")
    return answer.Answer(one, [score.score(o, values[v]) for o, v in zip(one.outcomes, verdicts, strict=True)])


@pytest.mark.parametrize(
    ("verdicts", "one"),
    [
        (["pass", "pass"], "pass"),
        (["pass", "fail"], "fail"),
        (["pass", "no channel"], "no channel"),
        (["fail", "no channel"], "fail"),
    ],
)
def test_an_experiment_passes_only_where_every_outcome_does(verdicts, one):
    assert made_of(verdicts).verdict == one


def test_files_of_one_experiment_count_once_and_no_channel_never():
    answers = [made_of(["pass"], title="A", experiment="E"), made_of(["fail"], title="B", experiment="E"),
               made_of(["pass"], title="C"), made_of(["no channel"], title="D")]  # fmt: skip
    assert answer.tally(answers) == {
        "pass": 1, "fail": 1, "error": 0, "no channel": 1, "wired": 0, "not representable": 0
    }  # fmt: skip
    said = answer.sentence(answers)
    assert said.startswith("1 of 2 experiments that the model can be asked pass")
    assert "(failing: E); 1 more have no channel (D)" in said


def test_the_verdict_of_a_fit_that_has_not_seen_it_stands_beside_the_one_in_sample():
    kept, lost, none = made_of(["pass"], title="A"), made_of(["pass"], title="B"), made_of(["fail"], title="C")
    kept.unseen, lost.unseen = {"x": Unseen(0.1, 0.0, 0.2, True)}, {"x": Unseen(4.0, 3.0, 5.0, False)}
    never = made_of(["pass"], title="D")
    never.held_out = True
    answers = [kept, lost, none, never]
    assert answer.left_out(answers) == {"A": "pass", "B": "fail", "D": "pass"}
    said = answer.sentence(answers)
    assert said.startswith("3 of 4 experiments")
    assert "; 2 of 3 pass when the fit has not seen them;" in said
    cells = [row[7] for row in show.cells(answer.table(answers))]
    assert cells == ["pass (+0.10 %)", "fail (+4.00 %)", "", "pass (not fitted)"]


def test_predictions_are_read_by_row_and_outcome(tmp_path):
    file = tmp_path / "left-out-1.csv"
    file.write_text("row,outcome,published,predicted,low,high,within,passed\n"
                    "N2,visits,-6.5,-5.0,-7.0,-3.0,0.9,True\nN3,visits,-15,-4.0,-6.0,-2.0,0.1,False\n")  # fmt: skip
    assert unseen.read(file, "N3") == {"visits": Unseen(-4.0, -6.0, -2.0, False)}


def test_a_lever_at_the_end_of_its_room_is_marked():
    one = made_of(["pass"])
    one.ends = {"practice.proactive": 0.9, "hospital.stay": 0.2}
    assert list(answer.table([one])["at_end"]) == ["practice.proactive"]


def test_one_sided_statements_leave_room_only_at_nought():
    def asked(keys, values):
        return score.score(outcome.Outcome(name="x", of="practice.list", **keys), values * 4).passed

    not_fallen, rises = {"score": "at_least", "low": 0.0}, {"score": "at_least", "low": 5.0}
    assert asked(not_fallen, [-0.2, -0.1])
    assert not asked(not_fallen, [-0.9, -1.0])
    assert asked(rises, [5.9, 6.0])
    assert not asked(rises, [4.8, 4.9])
    assert asked({"score": "at_most", "high": -2.0}, [-3.0, -3.1])
    assert not asked({"score": "at_most", "high": -2.0}, [-1.9, -1.8])


def test_a_published_range_counts_as_the_interval_and_its_middle_as_the_estimate():
    one = outcome.Outcome(name="x", of="practice.list", range=(-7.0, -6.0))
    assert (one.published, score.span(one)) == (-6.5, (-7.0, -6.0))
    assert score.score(one, [-6.1, -6.2]).passed
    assert not score.score(one, [-5.1, -5.2]).passed


# reading ----------------------------------------------------------------------------------------------------------


def test_arms_in_one_run_are_each_compared_with_their_own_past(tmp_path):
    made = prepared(tmp_path, {**NULL, "arm": "treated"}, **HALF)
    run = {
        "1/control/practice.gp_consultations": 100.0, "2/control/practice.gp_consultations": 110.0,
        "1/treated/practice.gp_consultations": 200.0, "2/treated/practice.gp_consultations": 240.0,
    }  # fmt: skip
    assert figure.effect(made, made.study.outcomes[0], {"treatment": run}) == pytest.approx(10.0)


def test_years_of_a_later_arm_count_from_its_own_beginning(tmp_path):
    later = "".join(
        FEE.format(when=when, who=f', share = 0.5, draw = "{arm}"', more=f'arm = "{arm}"')
        for when, arm in (("2016-04-01", "early"), ("2018-04-01", "late"))
    )
    made = prepared(tmp_path, {**NULL, "arm": "late"}, treatment=later, head='design = "arms"')
    assert made.years == 4  # three years of its own past, and one after
    run = {f"{y}/{arm}/practice.gp_consultations": 100.0 for y in (1, 2, 3, 4) for arm in ("control", "late")}
    run["4/late/practice.gp_consultations"] = 130.0
    assert figure.effect(made, made.study.outcomes[0], {"treatment": run}) == pytest.approx(30.0)


LOST = {"of": "practice.ae_attendances", "for_each": "practice.gp_consultations", "unit": "units", "effect": -0.2}


def test_one_change_is_divided_by_another(tmp_path):
    made = prepared(tmp_path, {**LOST, "per": "list"})
    run = {"practice.gp_consultations": 400.0, "practice.ae_attendances": 40.0, "practice.list": 100.0}
    less = run | {"practice.gp_consultations": 350.0, "practice.ae_attendances": 52.0}
    runs = {arm: {f"2/*/{key}": x for key, x in row.items()} for arm, row in (("control", run), ("treatment", less))}
    assert figure.effect(made, made.study.outcomes[0], runs) == pytest.approx(12.0 / -50.0)
    assert figure.effect(made, made.study.outcomes[0], dict.fromkeys(runs, runs["control"])) == 0.0
    assert np.isnan(figure.ratio(1.0, 0.0))


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"unit": "percent"}, 'for_each: one change divided by another has unit = "units"'),
        ({"less": [1, 1], "years": [2, 2]}, "for_each: one change divided by another"),
        ({"for_each": "practice.gp_consultation"}, "for_each: unknown column 'gp_consultation'; did you mean"),
        ({"for_each": "practice.ae_attendances"}, "for_each: 'practice.ae_attendances' would be divided by itself"),
    ],
)
def test_a_change_that_cannot_be_divided_by_another_is_refused(tmp_path, keys, said):
    assert said in refused(tmp_path, {**LOST, **keys})


def read(keys, run, first=1, last=1, **more):
    return figure.read(outcome.Outcome(name="x", score="none", **keys), run, first, last, **more)


def test_figures_by_age_half_year_payer_and_several_kinds():
    run = {
        "1/*/people.deaths": [0, 0, 1, 2, 4, 8, 16], "1/*/people.number": [100.0] * 7,
        "1.2/*/practice.day_cases": 40.0, "2.1/*/practice.day_cases": 60.0, "1/paid.council.hospital": 3.0,
        "1/*/practice.income": 5.0, "1/*/hospital.income": 7.0,
        "2.1/*/practice.lever_referral": 8.4, "2/*/practice#": 8.0,
    }  # fmt: skip
    assert read({"of": "people.deaths"}, run) == 31
    assert read({"of": "people.deaths", "ages": "75+"}, run) == 24
    assert read({"of": "people.deaths", "ages": "65+", "per": "number"}, run) == pytest.approx(28 / 300)
    assert read({"of": "people.deaths", "ages": "45-74"}, run) == 6
    assert read({"of": "practice.day_cases", "halves": [1, 2]}, run, 2, 3) == 50.0
    assert read({"of": "paid.council.hospital"}, run) == 3.0
    assert read({"of": "paid.council.practice"}, run) == 0.0
    assert read({"of": "practice.income+hospital.income"}, run) == 12.0
    assert read({"of": "lever.practice.referral", "halves": [1, 1]}, run, 3, 3) == pytest.approx(1.05)


def test_names_of_the_manual_are_those_of_the_code():
    assert names.bands("0-4") == (0, 0)
    assert names.owner("people.deaths") == "practice"
    assert names.owner("practice.income+hospital.income") == ""
    assert arms.CONTROL == "control"
