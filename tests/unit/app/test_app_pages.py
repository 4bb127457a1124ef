"""Pages without a browser: they render, run, and give digests that their own texts give."""

import asyncio
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
from app_visitor import DATED, GOOD, handle, solara, until, wait
from fundingflows.experiments import cli
from fundingflows.experiments.app import main
from fundingflows.experiments.app.controls import numbers, pools, reform
from fundingflows.experiments.app.pages import (
    answer,
    ask,
    assumptions,
    build,
    compare,
    explore,
    follow,
    incentives,
    place,
)
from fundingflows.experiments.app.work import draft, reproduce, state, store, story
from fundingflows.experiments.results import measures, weekly
from fundingflows.experiments.results import numbers as formats
from fundingflows.scenarios import FundingFlows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

pytestmark = pytest.mark.filterwarnings("default")  # of other people's packages


@pytest.mark.parametrize("page", [explore, follow, compare, incentives, build, ask, answer, assumptions, place])
def test_every_page_renders(page, draw):
    draw(page.Page())


def controls(page):
    """Fields, lists and buttons that stay on a page, each with what the visitor reads on it."""
    templates = page.find(solara.widgets.widgets.v.VuetifyTemplate).widgets
    buttons = page.find(solara.widgets.widgets.v.Btn).widgets
    fields = {w.model_id: w.label for w in templates if hasattr(w, "label")}
    return fields | {w.model_id: w.children[0] for w in buttons if w.children[0] != "Stop"}


@pytest.mark.parametrize(("page", "task"), [(explore, "exploring"), (follow, "following"), (compare, "comparing")])
def test_controls_stay_the_same_when_a_result_arrives_so_that_no_click_is_lost(page, task, draw):
    shown = draw(page.Page())
    wait(getattr(state, task))
    before = controls(shown)
    page.go(True) if page is explore else page.go()
    wait(getattr(state, task))
    state.problems.value = {"years": "Years to run: enter a whole number."}
    assert len(before) > 3
    said = lambda: " ".join(w.unsafe_innerHTML for w in shown.find(solara.widgets.HTML).widgets)  # noqa: E731
    until(lambda: "enter a whole number" in said())  # drawn, perhaps by the task's own thread
    assert set(before) <= set(controls(shown))


def test_explore_keeps_its_controls_while_its_first_picture_comes(draw, monkeypatch):
    monkeypatch.setattr(explore, "begin", lambda: None)
    shown = draw(explore.Page())
    before = controls(shown)
    monkeypatch.undo()
    explore.begin()
    assert wait(state.exploring).state == "done"
    assert state.exploring.result.value is not None
    until(lambda: set(before) <= set(controls(shown)))  # the task's own thread may still be drawing


def test_explore_runs_to_the_horizon_and_gives_the_digest_of_its_own_texts():
    state.numbers.value = {"behaviour.horizon_years": 2.0}
    explore.go(True)
    assert wait(state.exploring).state == "done"
    shown = state.exploring.result.value
    assert shown.week == 52
    namespace = {}
    exec(reproduce.python(*shown.choice, shown.weeks).replace("print(", "digest = ("), namespace)
    assert namespace["digest"] == shown.model.digest


def test_the_command_line_of_a_saved_scenario_gives_the_digest_of_the_page(tmp_path, monkeypatch):
    store.save("mine", store.write(draft.with_term(draft.fresh(), ("contracts", "practice"), "practice", "tariff")))
    monkeypatch.chdir(store.folder())  # where its file was downloaded to
    state.funding.value = "mine"
    explore.go(True)
    assert wait(state.exploring).state == "done"
    shown = state.exploring.result.value
    words = reproduce.shell(*shown.choice, shown.weeks).split()[1:]
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


@pytest.mark.parametrize("page", [explore, follow, compare, incentives, build, ask, answer, assumptions, place])
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


def sets(*pairs):
    return tuple(sorted(dict(pairs).items()))


def test_changed_numbers_and_tables_give_one_digest_on_the_page_in_python_and_on_the_command_line(
    tmp_path, monkeypatch
):
    store.save("dated", store.write(reform.with_change(draft.fresh())))
    monkeypatch.chdir(store.folder())
    changed = sets(("behaviour.horizon_years", 2.0), ("hospital.emergency_rate", 1.05))
    state.numbers.value, state.funding.value = dict(changed), "dated"
    explore.go(True)
    assert wait(state.exploring).state == "done"
    shown = state.exploring.result.value
    assert shown.choice[-1] == changed
    namespace = {}
    exec(reproduce.python(*shown.choice, shown.weeks).replace("print(", "digest = ("), namespace)
    assert namespace["digest"] == shown.model.digest
    words = reproduce.shell(*shown.choice, shown.weeks).split()[1:]
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
    assert "patients&#x27; benefit" in numbers.listed(state.known(), shown.numbers, {})


def test_a_bad_change_is_said_beside_it_and_the_page_still_renders(draw):
    build.raw.value = draft.changed(reform.with_change(draft.fresh()), ("changes", 0, "drop_terms"), ["nothing"])
    wrong = draft.check(build.raw.value)[1]
    assert draft.dotted(("changes", 0)) in wrong
    page = draw(build.Page())
    for name in state.fundings():  # files with pools, volunteers, dates and whole contracts can be taken up
        with page:
            build.load(name)
        assert draft.check(build.raw.value)[1] == ""  # the page that is open has been drawn anew


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


def test_the_heat_map_of_one_provider_is_its_own_story():
    model = state.reference_model("anytown", handle())
    mean = incentives.tables(model)[0]
    alone = incentives.tables(model, model.practices.names[1])[0]
    title = next(iter(alone))
    assert set(alone[title]["kind"]) == {"practice"}
    told = dict(story.story(model, 1).margin)
    for row in alone[title].to_dict("records"):
        if row["unit"] in told:
            assert formats.price(row["pays"]) == told[row["unit"]]
    assert len(mean[title]) > len(alone[title])


def test_mesa_users_get_the_map_and_charts_in_solaraviz(run, draw):
    viz = pytest.importorskip("fundingflows.experiments.app.viz")
    draw(viz.view(run))


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [("127.0.0.1:8765", "", 0), ("localhost:8765", "http://localhost:8765", 0), ("evil.example", "", 403),
     ("[::1]:8765", "http://[::1]:8765", 0), ("localhost:8765", "http://evil.example", 403), ("", "", 400),
     ("localhost:8765", "http://localhost:9999", 403), ("localhost:8765", "https://localhost:8765", 403),
     ("localhost:8765", "null", 403), ("[::1", "", 400), ("localhost:port", "", 400), ("localhost:99999", "", 400),
     ("a@localhost:8765", "", 400), ("localhost/x", "", 400), ("127.0.0.1.evil.example", "", 403)],
)  # fmt: skip
def test_only_pages_of_this_app_are_answered(host, origin, status):
    headers = [(b"host", host.encode()), *([(b"origin", origin.encode())] if origin else [])]
    assert main.refusal(headers) == status


def test_a_websocket_says_which_page_it_belongs_to_and_there_is_one_host():
    host, origin = (b"host", b"localhost:8765"), (b"origin", b"http://localhost:8765")
    assert main.refusal([host], websocket=True) == 403
    assert main.refusal([host, origin], websocket=True) == 0
    assert main.refusal([host, host]) == main.refusal([host, origin, origin]) == 400


def test_answers_keep_other_sites_from_framing_or_scripting_them():
    async def page(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    said = []

    async def send(message):
        said.append(message)

    scope = {"type": "http", "headers": [(b"host", b"localhost:8765")]}
    with ThreadPoolExecutor(1) as pool:  # a browser's loop may be running in this thread
        pool.submit(asyncio.run, main.Local(page)(scope, None, send)).result()
    headers = dict(said[0]["headers"])
    assert b"frame-ancestors 'none'" in headers[b"content-security-policy"]
    assert (headers[b"x-frame-options"], headers[b"x-content-type-options"]) == (b"DENY", b"nosniff")


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


def test_explore_says_that_numbers_or_settings_were_changed(draw):
    state.numbers.value = {"behaviour.horizon_years": 2.0}
    explore.go(True)
    assert wait(state.exploring).state == "done"
    page = draw(explore.Page())

    def said():
        return " ".join(w.unsafe_innerHTML for w in page.find(solara.widgets.HTML).widgets)

    assert "With changed assumptions: Years ahead" in said()
    assert "You have changed the settings" not in said()
    state.seed.value = 9
    assert "You have changed the settings. Run again to update." in said()
    state.exploring.running.value = True  # as in Play
    assert "The run goes on with the earlier ones." in said()
    state.exploring.running.value = False


def test_the_reference_runs_silently_beside_another_way_of_paying():
    state.funding.value, state.seed.value = "activity_based", 3
    explore.go(True)
    assert wait(state.exploring).state == "done"
    shown = state.exploring.result.value
    usual = FundingFlows("anytown", "status_quo", rng=3).run(1)
    wanted = weekly.series(usual)
    tiles = {tile.measure: tile for tile in shown.figures}
    mine, other = measures.read(shown.model), measures.read(usual)
    assert set(tiles) == {"", "contacts", "failed", "occupancy", "waiting", "balance"}
    for key in set(tiles) - {""}:
        assert tiles[key].exact == mine[key]
        assert tiles[key].gap == pytest.approx(mine[key] - other[key])
    gap = f"{formats.signed(mine['contacts'] - other['contacts'], 1)}"
    assert tiles["contacts"].than == f"{gap} compared with {formats.number(other['contacts'], 1)}"
    assert wanted["listed"][-1] == pytest.approx(float(usual.hospitals.listed.sum()))
    assert shown.beside == "Status quo: England, 2015/16"
    assert sum(svg.count('stroke-dasharray="5 3"') for svg in shown.charts) == 5 + 4
    state.funding.value = "status_quo"
    explore.go(True)
    assert wait(state.exploring).state == "done"
    assert not any(tile.than for tile in state.exploring.result.value.figures)
    assert not any('stroke-dasharray="5 3"' in svg for svg in state.exploring.result.value.charts)
