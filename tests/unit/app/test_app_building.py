"""Build beside its money: shares moved, steps undone, warnings of providers far from the reference."""

from datetime import date

import pytest
from app_visitor import handle
from fundingflows.experiments.app.controls import beside, terms
from fundingflows.experiments.app.pages import build, incentives
from fundingflows.experiments.app.work import draft, first_year, mix, state, store, words
from fundingflows.experiments.app.work import priced as pricing
from fundingflows.experiments.app.work.history import History
from fundingflows.experiments.results import numbers


def priced(raw):
    return pricing.price_draft("anytown", store.write(raw), handle())


@pytest.fixture(scope="module")
def usual():
    state.place.value = "anytown"
    raw = draft.fresh()
    return raw, priced(raw), pricing.price("anytown", "status_quo", handle())


def test_a_fresh_draft_pays_what_the_reference_pays(usual):
    _, own, reference = usual
    assert own.year().payers == pytest.approx(reference.year().payers, rel=1e-9)
    rows = first_year.against(own.year(), reference.year())
    assert [row.now for row in rows] == pytest.approx([row.usual for row in rows], rel=1e-9)
    assert beside._warnings(own, reference) == ""
    assert beside.doubts(own, reference) == []


@pytest.mark.parametrize(("manner", "share"), [("item", 0.3), ("head", 0.2), ("results", 0.25), ("fixed", 0.0)])
def test_a_share_that_is_moved_is_paid_and_the_sum_stays(usual, manner, share):
    raw, own, reference = usual[0], usual[1].year(), usual[2].year()
    parts = mix.parts(raw, "practice", own.paid("practice"))
    goal = ("status_quo", reference.pounds("practice"))
    made = mix.moved(raw, "practice", parts, manner, share, goal)
    now = priced(made).year()
    assert now.pounds("practice") == pytest.approx(own.pounds("practice"), rel=1e-6)
    assert now.payers == pytest.approx(own.payers, rel=1e-6)  # no share moves money between payers
    after = mix.shares(mix.parts(made, "practice", now.paid("practice")))
    assert after[manner] == pytest.approx(share, abs=1e-3)
    assert raw == usual[0]


def test_practices_that_are_paid_nothing_are_warned_of(usual):
    raw = draft.changed(usual[0], ("contracts", "practice"), [{"term": "block", "per_head": 0.0}])
    own, reference = priced(raw), usual[2]
    size = own.year().incomes["practice"].size
    assert f"{size} of {size} earn over 10 % less" in beside._warnings(own, reference)
    row = first_year.against(own.year(), reference.year())[0]
    assert (row.now, row.less, row.more) == (0.0, size, 0)
    assert beside.doubts(own, reference) == ["General practice: paid nothing"]


@pytest.mark.parametrize(
    ("kind", "times"), [("practice", 1.2), ("practice", 0.7), ("hospital", 0.95), ("hospital", 1.3)]
)
def test_a_total_that_is_moved_is_paid_and_the_proportions_of_what_can_move_stay(usual, kind, times):
    raw, own, reference = usual[0], usual[1].year(), usual[2].year()
    parts = mix.parts(raw, kind, own.paid(kind))
    goal = ("status_quo", reference.pounds(kind))
    now = priced(mix.totalled(raw, kind, parts, times, goal)).year()
    assert now.pounds(kind) == pytest.approx(times * reference.pounds(kind), rel=1e-6)
    able = {part.name for part in mix.movable(parts)}
    paid, before = now.paid(kind), own.paid(kind)
    sums = [sum(pounds for name, (_, pounds) in of.items() if name in able) for of in (paid, before)]
    for name, (payer, pounds) in before.items():
        if name in able and name in paid:
            assert paid[name][1] / sums[0] == pytest.approx(pounds / sums[1], abs=1e-3)
        elif name not in able:
            assert paid[name] == (payer, pytest.approx(pounds))  # others pay what they paid
    others = [k for k in own.incomes if k != kind]
    assert [now.head(k) for k in others] == pytest.approx([own.head(k) for k in others])


def test_what_differs_by_less_than_a_penny_does_not_differ():
    assert "<td>0 %</td>" in beside._row("a", 132.99, 132.99 * (1.0 + 1e-15))
    assert "<td>+10 %</td>" in beside._row("a", 100.0, 55.0, 110.0)


def test_a_total_never_falls_below_what_cannot_be_moved(usual):
    raw, own, reference = usual[0], usual[1].year(), usual[2].year()
    parts = mix.parts(raw, "practice", own.paid("practice"))
    fixed = sum(part.pounds for part in parts) - sum(part.pounds for part in mix.movable(parts))
    assert fixed > 0.02 * own.pounds("practice")
    made = mix.totalled(raw, "practice", parts, 0.01, ("status_quo", reference.pounds("practice")))
    assert priced(made).year().pounds("practice") == pytest.approx(fixed, rel=0.01)


def test_sliders_say_what_they_leave_out(usual):
    raw, own = usual[0], usual[1].year()
    parts = mix.parts(raw, "practice", own.paid("practice"))
    rest = mix.left_out(raw, "practice", parts)
    (left,) = [part for part in parts if part not in mix.movable(parts) and part.pounds]
    share = 100.0 * left.pounds / own.pounds("practice")
    assert [one.partition(" (")[2] for one in rest] == [f"{words.plain(left.name).lower()}; {share:.0f} %)"]
    dated = draft.of("somerset_obc")
    assert mix.left_out(dated, "hospital", [])[-2:] == [
        "gains and losses of outcomes contract",
        "what changes from 1 April 2017",
    ]
    assert mix.left_out(dated, "community", []) == []


def test_a_dated_change_is_priced_from_its_date_and_warned_of_from_then_on(usual):
    raw = draft.changed(usual[0], ("changes",), [
        {"when": date(2016, 4, 1), "who": {"kind": "practice"}, "contract": [{"term": "block", "per_head": 100.0}]}
    ])  # fmt: skip
    own, reference = priced(raw), usual[2]
    assert [day.isoformat() for day in own.days.values()] == ["2015-04-01", "2016-04-01"]
    later = max(own.days)
    assert own.year(0).head("practice") == pytest.approx(reference.year(0).head("practice"))
    assert own.year(later).head("practice") == pytest.approx(100.0)
    assert own.year(later - 1) is own.year(0)
    change = 100.0 * (100.0 / reference.year(0).head("practice") - 1.0)
    word = "less" if change < 0.0 else "more"
    (said,) = beside.doubts(own, reference)
    assert said.startswith("General practice from 1 April 2016: paid ")
    assert said.endswith(f"{abs(change):.2g} % {word} than under the reference")
    heads, years = beside._years(own, later)
    assert heads == ["draft, at first", "draft, 1 April 2016"]
    assert years == [own.year(0), own.year(later)]


def test_edit_on_incentives_opens_the_draft_at_the_price_in_question():
    own = pricing.price("anytown", "activity_based", handle())
    assert incentives.opened("activity_based", own, "hospital|one more day case")
    assert (build.kind.value, build.raw.value["title"]) == ("hospital", "Everyone paid per item")
    assert build.sought.value == "draft.hospital.0.prices.day_cases"
    assert "what pays for one more day case" in build.asked.value[1]
    assert incentives.opened("activity_based", own, "practice|one more referral") in (True, False)
    assert not incentives.opened("activity_based", own, "practice|<b>")


def test_a_neutral_price_says_what_it_comes_to():
    own = pricing.price("anytown", "capitated", handle())
    state.costing.result.value = ((), (own, own))
    raw = draft.of("capitated")
    (term,) = [t for t in raw["contracts"]["practice"] if isinstance(t.get("rate"), dict)]
    name = str(term.get("name", term["term"]))
    rate = own.amount(0, "practice", name, "rate")
    i = raw["contracts"]["practice"].index(term)
    written = priced(draft.changed(raw, ("contracts", "practice", i, "rate"), rate))
    assert written.year().pounds("practice") == pytest.approx(own.year().pounds("practice"), rel=1e-9)
    at = ("contracts", "practice", 0)
    assert terms.comes_to(at, "practice", term, "rate") == f"comes to {numbers.price(rate)}"
    assert terms.comes_to(at, "practice", term | {"rate": 80.0}, "rate") == ""
    assert own.amount(0, "practice", "another", "rate") is None


def test_run_saves_the_draft_and_opens_explore_with_it(draw):
    draw(build.Page())
    build.name.value = "mine"
    went = []
    build._run(went.append)
    assert went == ["/explore?place=anytown&way=mine&years=1&seed=1&run=1"]
    assert store.saved() == ["mine"]
    build.name.value = "../evil"
    build._run(went.append)
    assert len(went) == 1


def test_changes_are_undone_and_redone_one_by_one_and_strokes_together():
    history = History()
    for n, at in ((1, 0.0), (2, 5.0), (3, 5.3), (4, 9.0)):  # 3 follows 2 at once: one change
        history = history.noted({"n": n}, at)
    back = history.undone()
    assert back.now == {"n": 3}
    assert back.undone().now == {"n": 1}
    assert back.undone().undone().now == {"n": 1}  # nothing is left to undo
    assert back.redone().now == {"n": 4}
    assert back.noted({"n": 9}, 20.0).future == ()


def test_a_change_right_after_a_draft_was_loaded_is_undone_alone():
    first = History().noted({"n": 0}, 0.0)
    assert first.noted({"n": 1}, 0.1).past == ({"n": 0},)
    loaded = first.noted({"n": 1}, 5.0).opened({"n": 2})
    assert loaded.past == ({"n": 0}, {"n": 1})
    assert loaded.noted({"n": 3}, 5.1).noted({"n": 4}, 5.2).undone().now == {"n": 2}
    assert loaded.opened({"n": 2}).past == loaded.past


def test_undo_brings_the_draft_of_before_to_the_page(draw):
    draw(build.Page())
    first = build.raw.value
    build.history.value = History(first, 0.0)
    build.raw.value = draft.changed(first, ("title",), "Another")
    build.remember()
    build.step(True)
    assert build.raw.value == first
    build.step(False)
    assert build.raw.value["title"] == "Another"


def test_a_kept_draft_is_not_lost_where_another_has_been_opened(draw):
    draw(build.Page())
    kept = draft.changed(draft.fresh(), ("title",), "Not saved yet")
    build.raw.value = draft.of("capitated")
    build.history.value = History().noted(build.raw.value, 0.0)
    build.find(draft.keepable("mine", kept))
    assert build.raw.value == draft.of("capitated")
    build.step(True)
    assert build.raw.value == kept
    assert History({"n": 2}, 0.0, ({"n": 1},)).begun({"n": 0}).past == ({"n": 1},)


def test_each_save_is_a_version_that_can_be_had_again(draw):
    draw(build.Page())
    build.name.value = "mine"
    for title, about in (("First", "as it began"), ("Second", ""), ("Second", "the same again")):
        build.raw.value = draft.changed(build.raw.value, ("title",), title)
        build.note.value = about
        assert build.save()
    assert store.versions("mine") == [3, 2, 1]
    assert store.note(store.version("mine", 1)) == "as it began"
    build.load_version("mine", "1")
    assert build.raw.value["title"] == "First"
    build.load_version("mine", "9")
    assert build.said.value == ("bad", "mine has no version '9'.")
    build.forget("mine")
    build.forget("mine")
    assert store.versions("mine") == []


def test_only_the_latest_versions_are_kept(monkeypatch):
    monkeypatch.setattr(store, "MOST_VERSIONS", 3)
    text = store.write(draft.fresh())
    for number in range(5):
        store.save("mine", store.noted(text, f"number {number}"))
    store.save("mine", store.noted(text, "number 4"))  # nothing new: no version
    assert store.versions("mine") == [5, 4, 3]
