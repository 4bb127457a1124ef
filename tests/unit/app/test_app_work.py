"""What pages work on: tasks, stories, prices, saved scenarios."""

import threading

import pandas as pd
import pytest
from app_visitor import DATED, GOOD, handle, solara, wait
from fundingflows.experiments.app import missing
from fundingflows.experiments.app.drawings import timeline
from fundingflows.experiments.app.pages import build, incentives
from fundingflows.experiments.app.work import draft, events, priced, reproduce, state, store, story, task
from fundingflows.model.errors import InputError

pytestmark = pytest.mark.filterwarnings("default")  # of other people's packages


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
    *each, together = (int(v[2].replace("£", "").replace(",", "").replace("−", "-")) for v in told.income)
    name = run.practices.names[0]
    back = sum(run.ledger.flows(payer=name, payee=payer)["pence"].sum() for payer in ("nhs_england", "commissioner"))
    assert sum(each) == pytest.approx(together, abs=5)
    assert together == pytest.approx((run.ledger.flows(payee=name)["pence"].sum() - back) / 100, abs=1)
    for node in run.network.nodes:
        assert story.story(run, node).title


def test_what_pays_for_one_more_is_found_in_a_draft_and_changed_there():
    own = priced.price("anytown", "status_quo", handle())
    called = own.payers_of(0, "hospital", "day_cases")
    raw, path = draft.price_of(draft.of("status_quo"), "hospital", "day_cases", called, own.days[0])
    assert path[:2] == ("contracts", "hospital")
    assert path[-2:] == ("prices", "day_cases")
    made = priced.price_draft("anytown", store.write(draft.changed(raw, path, 999.0)), handle())
    table = made.table(0)
    assert float(table[table["unit"] == "one more day case"]["pays"].iloc[0]) == pytest.approx(999.0)
    alone = made.table(0, made.model.hospitals.names[0])
    assert set(alone["kind"]) == {"hospital"}


def test_a_price_of_a_later_date_is_found_in_the_change_that_brings_it():
    store.save("dated", DATED)
    own = priced.price("anytown", "dated", handle())
    raw = draft.of("dated")
    week = own.since(13)
    called = own.payers_of(week, "practice", "gp_consultations")
    made, path = draft.price_of(raw, "practice", "gp_consultations", called, own.days[week])
    assert path[0] == "changes"
    assert draft.at(made, path) == 7.0
    assert made == raw  # the starting contract stays where it was
    assert own.payers_of(0, "practice", "gp_consultations") == []
    made, path = draft.price_of(raw, "practice", "gp_consultations", [], own.days[0])
    assert (path, "practice" in made["contracts"]) == ((), True)


def test_a_sum_for_each_person_is_found_as_the_price_of_one_more_person():
    own = priced.price("anytown", "capitated", handle())
    called = own.payers_of(0, "practice", "people")
    raw, path = draft.price_of(draft.of("capitated"), "practice", "people", called, own.days[0])
    assert path[-1] == "rate"
    assert draft.at(raw, path)["neutral_with"] == "status_quo"


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
    build.own.value = ""
    build.save()  # another draft under a name that is taken
    assert build.said.value[1].startswith("mine is saved already; press Save again")
    build.save()
    assert build.said.value[0] == "good"
    build.forget("mine")
    assert store.saved() == ["mine"]
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


def test_draft_fields_cover_every_term():
    for kind in ("practice", "hospital", "social_care"):
        for term in draft.terms_for(kind):
            raw = draft.with_term(
                draft.changed(draft.fresh(), ("contracts", kind), []), ("contracts", kind), kind, term
            )
            assert draft.check(raw)[1] == "", (kind, term)
            assert draft.fields(kind, term)


def test_a_reform_is_priced_by_the_contract_of_the_day():
    store.save("dated", DATED)
    own = priced.price("anytown", "dated", handle())
    assert {w: d.isoformat() for w, d in own.days.items()} == {
        0: "2015-04-01", 12: "2015-07-01", 26: "2015-10-01", 39: "2016-01-01",
    }  # fmt: skip
    pays = {w: own.table(w).set_index("unit")["pays"] for w in own.days}
    visits = [float(pays[w]["one more GP consultation"]) for w in own.days]
    assert visits == pytest.approx([0.0, 7.0, 7.0, 0.0])
    cases = [float(pays[w]["one more day case"]) for w in own.days]
    assert cases == pytest.approx([cases[0], cases[0], 2.0 * cases[0], 2.0 * cases[0]])
    assert {w: own.since(w + 5) for w in own.days} == {w: w for w in own.days}
    assert list(incentives.columns(own, 26)) == [
        f"{own.title}, from 1 April 2015", f"{own.title}, from 1 October 2015",
    ]  # fmt: skip
    assert list(incentives.columns(own, 0)) == [f"{own.title}, from 1 April 2015"]


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


def words_on(page):
    return " ".join(w.unsafe_innerHTML for w in page.find(solara.widgets.HTML).widgets)


def test_a_draft_is_ready_once_it_is_priced_and_pays_everybody_about_as_the_reference(draw):
    build.raw.value = draft.fresh()
    page = draw(build.Page())
    if state.costing.running.value:
        assert "Ready to save and run" not in words_on(page)
    assert wait(state.costing).state == "done"
    assert "Ready to save and run" in words_on(page)


def test_a_contract_that_pays_nothing_is_said_to(draw):
    raw = draft.changed(draft.fresh(), ("contracts", "practice"), [])
    assert "expected at least one term" in draft.check(raw)[1]
    raw = draft.with_term(raw, ("contracts", "practice"), "practice", "tariff")
    raw = draft.changed(raw, ("contracts", "practice", 0, "prices"), {"gp_consultations": 0.0})
    assert draft.check(raw)[1] == ""
    build.raw.value = raw
    page = draw(build.Page())
    assert wait(state.costing).state == "done"
    said = words_on(page)
    assert "General practice: paid nothing." in said
    assert "Ready to save and run" not in said


def test_scenarios_of_one_title_are_told_apart_by_their_names():
    assert "Status quo: England, 2015/16" in dict(state.labels()).values()
    for name in ("mine", "another"):
        store.save(name, GOOD)
    known = dict(state.labels())
    assert (known["mine"], known["another"]) == ("My way of paying (mine)", "My way of paying (another)")
    assert state.label("mine") == "My way of paying (mine)"
    assert state.label("capitated") == "Everyone paid per head"


def test_what_reproduces_a_page_names_a_saved_file_and_no_folder_of_this_machine(home):
    store.save("mine", GOOD)
    said = [reproduce.shell("anytown", "mine", 1, (), 52), reproduce.python("anytown", "mine", 1, (), 52),
            reproduce.comparison_shell("anytown", ["status_quo", "mine"], 2, 1),
            reproduce.comparison("anytown", ["status_quo", "mine"], 2, (), 1)]  # fmt: skip
    assert all("mine.toml" in text and str(home) not in text and "/" not in text.replace("1 /", "") for text in said)


def test_an_address_that_does_not_exist_leads_back():
    said = missing.page("/exploer").decode()
    assert "There is no page /exploer" in said
    assert 'Did you mean <a href="/explore">Explore</a>?' in said
    assert "<script>" not in missing.page("/<script>").decode()
    assert "Did you mean" not in missing.page("/zzzz").decode()
