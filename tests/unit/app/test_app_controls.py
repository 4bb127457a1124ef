"""Controls: what is typed is a value or is refused in words; numbers, pools and dated changes."""

from datetime import date

import pytest
from app_visitor import solara
from fundingflows.experiments.app.controls import fields, numbers, pools, reform, terms, tree, typed
from fundingflows.experiments.app.controls.assumption import Assumption
from fundingflows.experiments.app.pages import build
from fundingflows.experiments.app.work import draft, state, store
from fundingflows.model.errors import InputError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.filterwarnings("default")  # of other people's packages


@pytest.mark.parametrize(
    "typed", ["", "abc", "0", "11", "1.5", "-1", "1e400", "nan", "inf", "５", "1_0", "5; rm", "1" * 500]
)
def test_years_that_cannot_be_run_are_refused_in_words(typed):
    with pytest.raises(InputError, match=r"^Years: enter a whole number from 1 to 10(, not .+)?$"):
        fields.parse_number(typed, "Years", 1, 10, True)


def test_a_bad_value_is_said_beside_the_control_and_a_good_one_takes_it_away(draw):
    seen = []
    rendered = draw(fields.Number("years", "Years", 5, seen.append, 1, 10, whole=True))
    (box,) = [w for w in rendered.find().widgets if getattr(w, "name", "") == "ff-years"]
    box.vue_event_typed("lots")
    (box,) = [w for w in rendered.find().widgets if getattr(w, "name", "") == "ff-years"]
    assert box.error == "Years: enter a whole number from 1 to 10, not 'lots'."
    assert seen == []
    box.vue_event_typed("7")
    assert seen == [7]
    assert state.problems.value == {}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_any_text_is_a_number_or_words(typed):
    try:
        value = fields.parse_number(typed, "x", -1.0, 1e6, False)
    except InputError:
        return
    assert -1.0 <= value <= 1e6


def test_every_number_can_be_found_and_says_unit_range_and_source(draw):
    assert set(numbers.MATTER) <= set(state.known())
    found = [f"general_practice.leaving_{what}" for what in (
        "rate", "workload", "pressure_limit", "rate_limit", "income", "income_above", "below_salaried"
    )]  # fmt: skip
    assert numbers.search(state.known(), "GPs leaving") == found
    assert numbers.search(state.known(), "") == []
    rendered = draw(Assumption("hospital.emergency_rate"))
    templates = rendered.find(solara.widgets.widgets.v.VuetifyTemplate).widgets
    (box,) = [w for w in templates if getattr(w, "name", "") == "ff-hospital-emergency-rate"]
    assert box.value == "1"
    assert "times the table" in box.unit
    assert "0.9 to 1.09" in box.help
    box.vue_event_typed("1.05")
    assert numbers.changes(state.known(), state.changed()) == {"hospital.emergency_rate": {"multiply": 1.05}}
    box.vue_event_typed("9")
    assert tree.trouble().endswith("not 9.")


def test_a_reform_is_built_by_hand_as_in_a_file():
    raw = reform.with_change(draft.fresh())
    raw = draft.changed(raw, ("changes", 0, "who", "share"), 0.5)
    raw = draft.changed(raw, ("changes", 0, "drop_terms"), ["qof"])
    raw = draft.with_term(raw, ("changes", 0, "add_terms"), "practice", "tariff")
    raw = reform.with_set(raw, 0, "contracts.practice.global_sum.rate", "multiply", 1.1)
    raw = reform.with_set(raw, 0, "contracts.practice.global_sum.rate", "add", 2.0, old="multiply")
    raw = reform.with_change(raw)
    raw = reform.for_whom(raw, 1, "")
    text, wrong = draft.check(raw)
    assert wrong == ""
    how = store.read(text)[1]
    one, two = how.changes
    assert (str(one.when), one.who.share, one.drop_terms, one.arm) == ("2017-04-01", 0.5, ("qof",), "treated")
    assert [t.name for t in one.add_terms] == ["tariff"]
    assert dict(one.set) == {"contracts.practice.global_sum.rate": {"add": 2.0}}
    assert two.who is None
    assert dict(two.set) == {"social_care.council_budget": {"multiply": 0.9}}
    assert draft.fits(text, "anytown") == ""
    early = store.write(draft.changed(raw, ("changes", 0, "when"), date(2001, 1, 1)))
    assert "before the run" in draft.fits(early, "anytown")


def test_a_pool_is_built_by_hand_and_pays_under_its_new_name(draw):
    raw = draft.changed(pools.with_pool(draft.fresh()), ("contracts", "practice", 0, "payer"), "pooled_budget")
    raw = reform.with_change(raw)
    raw["changes"][0]["set"] = {"contracts.practice.qof.payer": {"set": "pooled_budget"}}
    raw = pools.renamed(raw, 0, "pot")
    assert raw["contracts"]["practice"][0]["payer"] == raw["changes"][0]["set"]["contracts.practice.qof.payer"] == "pot"
    for name in ("council", "Pot", "", "a b", "treasury"):
        with pytest.raises(InputError):
            pools.renamed(raw, 0, name)
    raw = pools.held_by(raw, 0, "alliance")
    text, wrong = draft.check(raw)
    assert wrong == ""
    assert store.read(text)[1].pools[0].members == {"practice": 0.5, "hospital": 0.5}
    build.raw.value = draft.changed(raw, ("pools", 0, "members", "hospital"), None)
    assert draft.dotted(("pools", 0)) in draft.check(build.raw.value)[1]  # said beside it: parts must add to 1
    page = draw(build.Page())
    said = [w.unsafe_innerHTML for w in page.find(solara.widgets.HTML).widgets]
    assert sum("shares that add to 1, got 0.5" in markup for markup in said) == 2  # beside the pool and the file
    build.raw.value = pools.held_by(raw, 0, "lead")
    assert draft.check(build.raw.value)[1] == ""


def test_what_was_wrong_with_a_control_goes_with_it(draw):
    build.raw.value = draft.fresh()
    page = draw(build.Page())
    boxes = page.find(solara.widgets.widgets.v.VuetifyTemplate).widgets
    next(w for w in boxes if getattr(w, "name", "") == "ff-draft-practice-0-rate").vue_event_typed("lots")
    assert "draft.practice.0.rate" in state.problems.value
    with page:
        terms.change(build.raw, ("contracts", "practice", 0), None)
    assert state.problems.value == {}


@pytest.mark.parametrize("kind", ["practice", "hospital", "social_care", ""])
def test_every_number_offered_to_a_change_can_be_set(kind):
    raw = reform.for_whom(reform.with_change(draft.fresh()), 0, kind)
    offered = reform.paths(raw, kind, "")
    assert len(offered) >= 3
    for path, _ in offered[:: 1 + len(offered) // 40]:
        assert draft.check(reform.with_set(raw, 0, path, "multiply", 1.0))[1] == "", path


@settings(max_examples=60)
@given(st.text(max_size=30), st.sampled_from(["number", "date", "whole", "share", "words", "choice"]))
def test_whatever_is_typed_into_a_field_means_something_or_is_refused_in_words(text, sort):
    try:
        value = typed.parse(text, sort)
    except InputError:
        return
    if value is not None:
        assert typed.parse(typed.shown(value), sort) == value
