"""The app without a browser: pages render, bad values are refused in words, files and texts mean what they say."""

import re
import threading
import warnings
from datetime import date

import numpy as np
import pandas as pd
import pytest
from fundingflows.model.errors import InputError
from fundingflows.scenarios import FundingFlows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

solara = pytest.importorskip("solara", reason="the extra app is not installed")
pytest.importorskip("tomli_w", reason="the extra app is not installed")
pytestmark = pytest.mark.filterwarnings("default")  # of other people's packages

from fundingflows.experiments import cli  # noqa: E402
from fundingflows.experiments.app import main  # noqa: E402
from fundingflows.experiments.app.controls import controls, numbers, pools, reform, terms, tree, typed  # noqa: E402
from fundingflows.experiments.app.drawings import bars, frame, labels, network, odds, sankey, svg, timeline  # noqa: E402
from fundingflows.experiments.app.pages import build, compare, explore, follow, incentives  # noqa: E402
from fundingflows.experiments.app.work import draft, events, priced, reproduce, state, store, story, task  # noqa: E402
from fundingflows.experiments.results import numbers as formats  # noqa: E402


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Scenarios are saved below a temporary folder; every test begins with a visitor's first values."""
    monkeypatch.setattr(store, "user_data_path", lambda name: tmp_path / name)
    state.place.value, state.funding.value, state.other.value = "anytown", "status_quo", "activity_based"
    state.years.value, state.seed.value, state.seeds.value = 1, 1, 2
    state.numbers.value, state.problems.value, state.several.value = {}, {}, ["status_quo", "capitated"]
    build.raw.value, build.said.value, incentives.edits.value = {}, ("", ""), {}
    for one in state.TASKS:
        one.clear()
    return tmp_path


@pytest.fixture
def draw():
    """Renders a component; it is closed again, since what stays open is drawn anew at every change of a value."""
    opened = []

    def one(component):
        opened.append(solara.render(component, handle_error=False)[1])
        return opened[-1]

    yield one
    for rendered in opened:
        rendered.close()


def handle():
    """What work of nobody in particular is given."""
    return task.Handle(task.Task(), threading.Event())


def until(met):
    """Wait for something, at most four minutes: kernels may have to be compiled, on a busy machine."""
    for _ in range(24000):
        if met():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not happen within four minutes")


def wait(one: task.Task):
    """The task's end."""
    until(lambda: not one.progress.value.running)
    return one.progress.value


@pytest.fixture(scope="module")
def run():
    return FundingFlows("anytown", "status_quo", rng=1).run(1)


@pytest.mark.parametrize("page", [explore, follow, compare, incentives, build])
def test_every_page_renders(page, draw):
    draw(page.Page())


def test_explore_runs_to_the_horizon_and_gives_the_digest_of_its_own_texts():
    state.numbers.value = {"behaviour.horizon_years": 2.0}
    explore.go(True)
    assert wait(state.exploring).state == "done"
    shown = state.exploring.result.value
    assert shown.week == 52
    namespace = {}
    exec(reproduce.python(*shown.choice, shown.weeks).replace("print(", "digest = ("), namespace)
    assert namespace["digest"] == shown.model.digest


def test_the_command_line_of_a_saved_scenario_gives_the_digest_of_the_page(home, tmp_path):
    store.save("mine", store.write(draft.with_term(draft.fresh(), ("contracts", "practice"), "practice", "tariff")))
    state.funding.value = "mine"
    explore.go(True)
    assert wait(state.exploring).state == "done"
    shown = state.exploring.result.value
    words = reproduce.shell(*shown.choice, shown.weeks).replace('"', "").split()[1:]
    done = CliRunner().invoke(cli.app, [*words, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert shown.digest in done.output


def test_numbers_of_a_run_change_with_the_funding():
    explore.go(True)
    wait(state.exploring)
    first = state.exploring.result.value
    state.funding.value = "activity_based"
    explore.go(True)
    wait(state.exploring)
    assert state.exploring.result.value.figures != first.figures
    assert state.exploring.result.value.digest != first.digest


def test_stepping_goes_on_from_where_the_run_is_and_a_change_begins_anew():
    explore.go(False, 1)
    wait(state.exploring)
    explore.go(False, 1)
    wait(state.exploring)
    assert state.exploring.result.value.week == 2
    state.seed.value = 9
    explore.go(False, 1)
    wait(state.exploring)
    assert state.exploring.result.value.week == 1


def test_work_can_be_stopped_and_the_page_shows_how_far_it_came():
    explore.begin()
    wait(state.exploring)
    state.years.value = 10
    explore.go(True)
    model = state.exploring.result.value.model
    until(lambda: model.week > 3)
    state.exploring.stop()
    assert state.exploring.progress.value.state == "stopped"
    until(lambda: state.exploring.result.value.week > 3)
    assert state.exploring.result.value.week == model.week < 520
    explore.go(False, 1)
    assert wait(state.exploring).state == "done"
    assert state.exploring.result.value.model is model  # it goes on from there


def test_what_was_stopped_does_not_cover_what_was_begun_since():
    one = task.Task()
    go_on, left = threading.Event(), threading.Event()

    def slow(handle):
        go_on.wait(10)
        handle.leave("old")
        left.set()

    one.start(slow)
    one.start(lambda handle: "new")
    wait(one)
    go_on.set()
    assert left.wait(10)
    assert one.result.value == "new"


def test_what_goes_wrong_is_said_in_one_sentence():
    one = task.Task()

    def wrong(handle):
        raise InputError("rate: expected a number, got -1")

    one.start(wrong)
    end = wait(one)
    assert (end.state, end.text) == ("failed", "rate: expected a number, got -1.")
    one.start(lambda handle: 1 / 0)
    end = wait(one)
    assert end.state == "failed"
    assert "Traceback" not in end.text
    assert "ZeroDivision" not in end.text


def test_a_story_adds_up_to_the_ledger(run):
    told = story.story(run, 0)
    total = sum(int(v[2].replace("£", "").replace(",", "")) for v in told.income)
    assert total == pytest.approx(run.ledger.flows(payee=run.practices.names[0])["pence"].sum() / 100, abs=5)
    for node in run.network.nodes:
        assert story.story(run, node).title


def test_a_person_is_followed_with_the_same_luck_and_prices_of_each_contract(draw):
    follow.go()
    assert wait(state.following).state == "done"
    usual, items = state.following.result.value.lives
    first = [r for r in items.rows if r[1] == "GP consultation"]
    assert first
    model = FundingFlows("anytown", "activity_based", rng=1)
    price = model.funding.contracts["practice"].terms[0]
    assert first[0][4] == pytest.approx(price.scale * price.prices["gp_consultations"])
    assert all(r[4] == 0 for r in usual.rows if r[1] == "GP consultation")
    early = [t.trace[t.trace["week"] <= 12][["week", "event"]].to_numpy().tolist() for t in (usual, items)]
    assert early[0] == early[1]  # no lever has moved yet
    draw(follow.Page())


def test_a_comparison_is_that_of_the_command_line(draw):
    from fundingflows.experiments.results import compare as comparing
    from fundingflows.experiments.runs import comparison

    compare.go()
    assert wait(state.comparing).state == "done"
    shown = state.comparing.result.value
    alone = [comparison.alone(run) for run in comparison.plan("anytown", shown.names, (1, 2), 1)]
    assert [r.digest for r in shown.results] == [r.digest for r in alone]
    assert shown.table.equals(comparing.table(alone, shown.names))
    draw(compare.Page())


def test_an_edited_contract_pays_what_it_says():
    own = priced.price("anytown", "status_quo", handle())
    table = own.table(0, {"contracts.hospital.electives.prices.day_cases": 999.0})
    assert float(table[table["unit"] == "one more day case"]["pays"].iloc[0]) == pytest.approx(999.0)


@pytest.mark.parametrize(
    "typed", ["", "abc", "0", "11", "1.5", "-1", "1e400", "nan", "inf", "５", "1_0", "5; rm", "1" * 500]
)
def test_years_that_cannot_be_run_are_refused_in_words(typed):
    with pytest.raises(InputError, match=r"^Years: expected a whole number from 1 to 10, got"):
        controls.words(typed, "Years", 1, 10, True)


def test_a_bad_value_is_said_beside_the_control_and_a_good_one_takes_it_away(draw):
    seen = []
    rendered = draw(controls.Number("years", "Years", 5, seen.append, 1, 10, whole=True))
    (box,) = [w for w in rendered.find().widgets if getattr(w, "name", "") == "ff-years"]
    box.vue_event_typed("lots")
    (box,) = [w for w in rendered.find().widgets if getattr(w, "name", "") == "ff-years"]
    assert box.error == "Years: expected a whole number from 1 to 10, got 'lots'."
    assert seen == []
    box.vue_event_typed("7")
    assert seen == [7]
    assert state.problems.value == {}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_any_text_is_a_number_or_words(typed):
    try:
        value = controls.words(typed, "x", -1.0, 1e6, False)
    except InputError:
        return
    assert -1.0 <= value <= 1e6


@pytest.mark.parametrize(
    "name", ["", "A", "../x", "/etc/passwd", "a b", "x.toml", "status_quo", "a" * 41, "con\x00", "é"]
)
def test_names_that_are_paths_or_taken_are_refused(name):
    with pytest.raises(InputError):
        store.save(name, store.write(draft.fresh()))


def test_a_scenario_is_saved_found_loaded_and_deleted(home, draw):
    text = store.write(draft.changed(draft.fresh(), ("title",), "Mine & <b>ours</b>"))
    store.save("mine", text)
    assert "mine" in state.fundings()
    assert state.funding_of("mine").title == "Mine & <b>ours</b>"
    build.load("mine")
    assert draft.check(build.raw.value) == (text, "")
    build.name.value = "mine"
    said = [w.unsafe_innerHTML for w in draw(build.Page()).find(solara.widgets.HTML).widgets]
    assert any("Mine &amp; &lt;b&gt;ours" in markup for markup in said)
    assert not any("<b>ours" in markup for markup in said)
    build.forget("mine")
    assert store.saved() == []


def test_a_file_may_not_open_another_by_path(tmp_path):
    (tmp_path / "secret.toml").write_text("x = 1")
    text = f'title="a"\nquestion="b"\nsource="c"\nextends="{tmp_path}/secret.toml"\n'
    with pytest.raises(InputError, match="extends"):
        store.read(text)
    (tmp_path / "good.toml").write_text(GOOD)
    with pytest.raises(InputError, match="unknown way of paying"):
        state.funding_of(str(tmp_path / "good.toml"))


def test_places_that_are_too_large_or_unknown_are_not_run():
    for place in ("england", "/etc/passwd", "nowhere"):
        with pytest.raises(InputError, match="unknown place"):
            state.case(place, "status_quo")


JUNK = (
    "",
    "-1",
    "1e999",
    "<img src=x onerror=alert(1)>",
    "../../etc/passwd",
    "9" * 5000,
    "\x00",
    "neutral 7",
    "é" * 90,
)


@pytest.mark.parametrize("page", [explore, follow, compare, incentives, build])
def test_whatever_a_browser_sends_a_control_the_page_stays_and_says_no(page, draw):
    if page is incentives:
        incentives.find()
        wait(state.pricing)
    if page is build:
        build.raw.value = pools.with_pool(reform.with_change(draft.fresh()))
    shown = draw(page.Page())
    controls = shown.find(solara.widgets.widgets.v.VuetifyTemplate).widgets
    events = ("vue_event_typed", "vue_event_chosen", "vue_event_loaded")
    send = [getattr(c, event) for c in controls for event in events if hasattr(c, event)]
    for k, one in enumerate(send[:: 1 + len(send) // 24]):  # a control that has gone meanwhile is asked as well
        with shown:  # drawn once, as in the server
            one(JUNK[k % len(JUNK)])
    assert state.place.value == "anytown"
    assert {state.funding.value, state.other.value} <= set(state.fundings())
    assert 1 <= state.years.value <= 10
    assert 0 <= state.seed.value <= 999_999
    said = [w.unsafe_innerHTML for w in shown.find(solara.widgets.HTML).widgets]
    assert not any("<img" in markup or "Traceback" in markup for markup in said)


GOOD = store.write(draft.fresh()) if solara else ""


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_uploaded_file_gives_a_scenario_or_a_sentence(data):
    text = GOOD
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(text)))
        junk = data.draw(
            st.sampled_from(
                [
                    "",
                    "\x00",
                    "[[",
                    "]]",
                    '"',
                    "= ",
                    "1e999",
                    "-1",
                    "nan",
                    "[" * 900,
                    "{a={a=1}}",
                    "neutral_with",
                    "\n",
                    "true",
                    "é",
                    "1979-05-27",
                ]
            )
        )
        text = text[:at] + junk + text[at + data.draw(st.integers(0, 12)) :]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        build.take(text)
    sort, said = build.said.value
    assert sort in ("good", "bad")
    assert said
    assert "\n" not in said


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe", b"", b"x" * 70_000, b"a = " + b"[" * 5000, b"title = 3", b"contracts = 5", b"[contracts]\nx = 1"],
)
def test_files_that_are_no_scenario_are_refused_in_words(data):
    build.take(data.decode("utf-8", "replace"))
    assert build.said.value[0] == "bad"


def test_draft_fields_cover_every_term():
    for kind in ("practice", "hospital", "social_care"):
        for term in draft.terms_for(kind):
            raw = draft.with_term(
                draft.changed(draft.fresh(), ("contracts", kind), []), ("contracts", kind), kind, term
            )
            assert draft.check(raw)[1] == "", (kind, term)
            assert draft.fields(kind, term)


def test_what_a_picture_says_is_escaped():
    said = svg.text(0, 0, "<script>&")
    assert "<script>" not in said
    drawn = bars.bars("<i>", "£", [("a<b", 1.0), ("c", -2.0)])
    assert "<i>" not in drawn
    assert "a&lt;b" in drawn


def test_a_sankey_leaves_no_money_out(run):
    from fundingflows.model import record

    organisations = record.organisations(run)
    kinds = dict(zip(organisations["organisation"], organisations["kind"], strict=True))
    flow = sankey.flows(run.ledger.flows(), kinds, 1.0)
    into = sum(v for (_, b), v in flow.items() if b == "practices")
    kept = run.ledger.flows()
    want = kept[kept["payee"].isin(run.practices.names)]["pence"].sum() / 1e8
    assert into == pytest.approx(want)
    assert sankey.money("t", flow).count("<path") == len([k for k in flow if sankey.LAYER[k[0]] < sankey.LAYER[k[1]]])


def test_a_sankey_follows_money_through_pools_and_keeps_loans_apart():
    rows = [("treasury", "commissioner", "allocation", 9), ("commissioner", "pot", "pooled budget", 6),
            ("pot", "h", "electives", 5), ("h", "pot", "pool settlement", 1), ("treasury", "h", "loan", 2),
            ("h", "staff_and_suppliers", "running cost", 7)]  # fmt: skip
    ledger = pd.DataFrame(rows, columns=["payer", "payee", "purpose", "pence"])
    flow = sankey.flows(ledger.assign(pence=ledger["pence"] * 10**8), {"h": "hospital"}, 1.0)
    assert flow["pools", "hospitals"] == 5
    assert flow["loans", "hospitals"] == 2
    assert sankey.gets(flow, "hospitals") == 4
    drawn = sankey.money("t", flow)
    assert "Pools £6m" in drawn
    assert "Hospitals £4m" in drawn


def test_the_map_has_a_node_for_every_organisation(run):
    drawn = network.draw(run, "patients", "t")
    assert sorted(map(int, re.findall(r'data-node="(\d+)"', drawn))) == sorted(run.network.nodes)


def test_on_the_map_nothing_hides_another_and_a_label_stands_where_there_is_room():
    x, y, r = np.full(9, 200.0), np.full(9, 200.0), np.linspace(4.0, 11.0, 9)
    at = np.frombuffer(network._spread(x.tobytes(), y.tobytes(), r.tobytes())).reshape(2, -1)
    far = np.hypot(*(at[:, :, None] - at[:, None, :])) + 99.0 * np.eye(9)
    assert (far - (r[:, None] + r[None, :])).min() > -1.0
    crowd = np.array([[200.0, 225.0, 170.0, 200.0], [200.0, 200.0, 200.0, 170.0]])  # right, left and above are taken
    drawn = labels.labels([(0, "Musgrove", "98 %")], *crowd, np.full(4, 11.0), 560.0)
    assert float(re.search(r'y="([0-9.]+)"', drawn[0])[1]) >= 211.0


def test_smoothing_is_a_trailing_mean():
    y = np.arange(10.0)
    assert frame.smooth(y, 3).tolist()[:4] == [0.0, 0.5, 1.0, 2.0]


def test_mesa_users_get_the_map_and_charts_in_solaraviz(run, draw):
    viz = pytest.importorskip("fundingflows.experiments.app.viz")
    draw(viz.view(run))


@pytest.mark.parametrize(
    ("host", "origin", "allowed"),
    [("127.0.0.1:8765", "", True), ("localhost:8765", "http://localhost:8765", True), ("evil.example", "", False),
     ("localhost:8765", "http://evil.example", False), ("", "", False)],
)  # fmt: skip
def test_only_pages_of_this_machine_are_answered(host, origin, allowed):
    headers = {b"host": host.encode()} | ({b"origin": origin.encode()} if origin else {})
    assert main._is_local(headers) is allowed


def sets(*pairs):
    return tuple(sorted(dict(pairs).items()))


def test_changed_numbers_and_tables_give_one_digest_on_the_page_in_python_and_on_the_command_line(tmp_path):
    store.save("dated", store.write(reform.with_change(draft.fresh())))
    changed = sets(("behaviour.horizon_years", 2.0), ("hospital.emergency_rate", 1.05))
    state.numbers.value, state.funding.value = dict(changed), "dated"
    explore.go(True)
    assert wait(state.exploring).state == "done"
    shown = state.exploring.result.value
    assert shown.choice[-1] == changed
    namespace = {}
    exec(reproduce.python(*shown.choice, shown.weeks).replace("print(", "digest = ("), namespace)
    assert namespace["digest"] == shown.model.digest
    words = reproduce.shell(*shown.choice, shown.weeks).replace('"', "").split()[1:]
    done = CliRunner().invoke(cli.app, [*words, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert shown.digest in done.output


def test_a_comparison_with_changed_numbers_is_that_of_its_own_python():
    state.numbers.value, state.seeds.value = {"behaviour.altruism": 0.3}, 1
    compare.go()
    assert wait(state.comparing).state == "done"
    shown = state.comparing.result.value
    text = reproduce.comparison("anytown", shown.names, shown.seeds, shown.numbers, shown.years)
    namespace = {}
    exec(text.replace("print(", "shown = ("), namespace)
    assert [r.digest for r in namespace["results"]] == [r.digest for r in shown.results]
    assert "patients&#x27; benefit" in numbers.listed(state.known(), shown.numbers)


def test_every_number_can_be_found_and_says_unit_range_and_source(draw):
    assert set(numbers.MATTER) <= set(state.known())
    found = [f"general_practice.leaving_{what}" for what in ("rate", "workload", "pressure_limit", "rate_limit")]
    assert numbers.found(state.known(), "GPs leaving") == found
    assert numbers.found(state.known(), "") == []
    rendered = draw(tree.Figure("hospital.emergency_rate"))
    (box,) = [w for w in rendered.find().widgets if getattr(w, "name", "") == "ff-hospital-emergency-rate"]
    assert box.value == "1"
    assert "times the table" in box.unit
    assert "0.9 to 1.09" in box.help
    box.vue_event_typed("1.05")
    assert numbers.changes(state.known(), state.changed()) == {"hospital.emergency_rate": {"multiply": 1.05}}
    box.vue_event_typed("9")
    assert tree.trouble().endswith("got 9.")


@pytest.mark.parametrize("measure", ["qalys", "median_wait", "practice_income"])
def test_probability_of_being_better_is_turned_where_less_is_better(measure):
    said = {"qalys": "better with probability 0.90", "median_wait": "better with probability 0.10",
            "practice_income": "higher with probability 0.90"}  # fmt: skip
    assert odds.better(measure, 0.9) == said[measure]


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


def test_a_bad_change_is_said_beside_it_and_the_page_still_renders(draw):
    build.raw.value = draft.changed(reform.with_change(draft.fresh()), ("changes", 0, "drop_terms"), ["nothing"])
    wrong = draft.check(build.raw.value)[1]
    assert draft.dotted(("changes", 0)) in wrong
    page = draw(build.Page())
    for name in state.fundings():  # files with pools, volunteers, dates and whole contracts can be taken up
        with page:
            build.load(name)
        assert draft.check(build.raw.value)[1] == ""  # the page that is open has been drawn anew


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
    assert len(offered) >= 4
    for path, _ in offered[:: 1 + len(offered) // 40]:
        assert draft.check(reform.with_set(raw, 0, path, "multiply", 1.0))[1] == "", path


@settings(max_examples=60)
@given(st.text(max_size=30), st.sampled_from(["number", "date", "whole", "share", "words", "choice"]))
def test_whatever_is_typed_into_a_field_means_something_or_is_refused_in_words(text, sort):
    try:
        value = typed.meant(text, sort)
    except InputError:
        return
    if value is not None:
        assert typed.meant(typed.shown(value), sort) == value


DATED = """title = "Day cases dearer, then GPs paid for visits"
question = "q"
source = "s"
extends = "status_quo"
[[changes]]
when = 2015-10-01
who = { kind = "hospital" }
set = { "contracts.hospital.electives.prices.day_cases" = { multiply = 2.0 } }
[[changes]]
when = 2015-07-01
until = 2016-01-01
who = { kind = "practice" }
contract = [{ term = "tariff", payer = "nhs_england", prices = { gp_consultations = 7.0 } }]
"""


def test_a_reform_is_priced_by_the_contract_of_the_day():
    store.save("dated", DATED)
    own = priced.price("anytown", "dated", handle())
    assert {w: d.isoformat() for w, d in own.days.items()} == {
        0: "2015-04-01", 12: "2015-07-01", 26: "2015-10-01", 39: "2016-01-01",
    }  # fmt: skip
    pays = {w: own.table(w, {}).set_index("unit")["pays"] for w in own.days}
    visits = [float(pays[w]["one more GP consultation"]) for w in own.days]
    assert visits == pytest.approx([0.0, 7.0, 7.0, 0.0])
    cases = [float(pays[w]["one more day case"]) for w in own.days]
    assert cases == pytest.approx([cases[0], cases[0], 2.0 * cases[0], 2.0 * cases[0]])
    path, _, price = next(f for f in own.fields(26, "hospital") if f[0].endswith("day_cases"))
    assert price == pytest.approx(cases[2])
    edited = own.table(26, {path: 5.0}).set_index("unit")["pays"]
    assert float(edited["one more day case"]) == pytest.approx(5.0)
    assert list(incentives.columns(own, 26, {path: 5.0})) == [
        f"{own.title}, from 1 April 2015", f"{own.title}, from 1 October 2015 (edited)",
    ]  # fmt: skip


def test_events_are_priced_by_the_contract_of_their_week():
    store.save("dated", DATED)
    state.other.value, follow.sort.value = "dated", "several"
    follow.go()
    assert wait(state.following).state == "done"
    usual, dated = state.following.result.value.lives
    assert list(dated.heads) == [1, 13, 27, 40]
    paid = {r[0]: r[4] for r in dated.rows if r[1] == "GP consultation"}
    assert {week: pounds == pytest.approx(7.0) for week, pounds in paid.items()} == {w: 13 <= w < 40 for w in paid}
    assert 0 < sum(13 <= week < 40 for week in paid) < len(paid)
    assert usual.heads[1] == pytest.approx(dated.heads[1])
    assert dated.heads[13] < dated.heads[1]  # GPs are paid by visit then, not by head
    want = sum(dated.heads[a] * (b - a) / 52 for a, b in ((1, 13), (13, 27), (27, 40), (40, 53)))
    assert dated.registered() == pytest.approx(want)


def test_nights_in_a_bed_make_stays_that_admissions_divide():
    nights = [("emergency_overnight", 5), *[("emergency_nights", 5)] * 3, *[("emergency_nights", 6)] * 7]
    nights += [("inpatients", 7), ("emergency_nights", 7), ("social_delayed_nights", 7), ("emergency_nights", 9)]
    trace = pd.DataFrame({"event": [e for e, _ in nights], "week": [w for _, w in nights], "hospital": "h"})
    assert [(s.event, s.week, s.nights) for s in events.stays(trace)] == [
        ("emergency_nights", 5, 10), ("emergency_nights", 7, 1), ("emergency_nights", 9, 1),
        ("social_delayed_nights", 7, 1),
    ]  # fmt: skip
    drawn = timeline.draw("t", ["a", "b"], [trace, trace.iloc[:1]], 52)
    assert "From week 5: 10 nights in a bed, after an emergency, h" in drawn
    assert events.words("gp_consultations", 2) == "GP consultation × 2"


def test_the_heat_map_of_one_provider_is_its_own_story():
    model = state.yardstick("anytown", handle())
    mean = incentives.tables(model)[0]
    alone = incentives.tables(model, model.practices.names[1])[0]
    title = next(iter(alone))
    assert set(alone[title]["kind"]) == {"practice"}
    told = dict(story.story(model, 1).margin)
    for row in alone[title].to_dict("records"):
        if row["unit"] in told:
            assert formats.price(row["pays"]) == told[row["unit"]]
    assert len(mean[title]) > len(alone[title])
