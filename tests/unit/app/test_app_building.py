"""Build beside its money: shares moved, steps undone, warnings of providers far from the reference."""

import pytest
from fundingflows.experiments.app.controls import beside
from fundingflows.experiments.app.pages import build
from fundingflows.experiments.app.work import draft, first_year, mix, state, store
from fundingflows.experiments.app.work.history import History
from fundingflows.experiments.app.work.task import Handle, Task


def priced(raw):
    import threading

    return first_year.priced("anytown", store.write(raw), "status_quo", Handle(Task(), threading.Event()))


@pytest.fixture(scope="module")
def usual():
    state.place.value = "anytown"
    raw = draft.fresh()
    return raw, *priced(raw)


def test_a_fresh_draft_pays_what_the_reference_pays(usual):
    _, own, reference = usual
    assert own.payers == pytest.approx(reference.payers, rel=1e-9)
    assert [row.now for row in first_year.against(own, reference)] == pytest.approx(
        [row.usual for row in first_year.against(own, reference)], rel=1e-9
    )
    assert beside._warnings(own, reference) == ""


@pytest.mark.parametrize(("manner", "share"), [("item", 0.3), ("head", 0.2), ("results", 0.25), ("fixed", 0.0)])
def test_a_share_that_is_moved_is_paid_and_the_sum_stays(usual, manner, share):
    raw, own, reference = usual
    parts = mix.parts(raw, "practice", own.paid("practice"))
    goal = ("status_quo", reference.pounds("practice"))
    made = mix.moved(raw, "practice", parts, manner, share, goal)
    now = priced(made)[0]
    assert now.pounds("practice") == pytest.approx(own.pounds("practice"), rel=1e-6)
    assert now.payers == pytest.approx(own.payers, rel=1e-6)  # no share moves money between payers
    after = mix.shares(mix.parts(made, "practice", now.paid("practice")))
    assert after[manner] == pytest.approx(share, abs=1e-3)
    assert raw == usual[0]


def test_practices_that_are_paid_nothing_are_warned_of(usual):
    raw = draft.changed(usual[0], ("contracts", "practice"), [{"term": "block", "per_head": 0.0}])
    own, reference = priced(raw)
    size = own.incomes["practice"].size
    assert f"{size} of {size} earn over 10 % less" in beside._warnings(own, reference)
    row = first_year.against(own, reference)[0]
    assert (row.now, row.less, row.more) == (0.0, size, 0)


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


def test_each_save_is_a_version_that_can_be_had_again(draw):
    draw(build.Page())
    build.name.value = "mine"
    for title, words in (("First", "as it began"), ("Second", ""), ("Second", "the same again")):
        build.raw.value = draft.changed(build.raw.value, ("title",), title)
        build.note.value = words
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
