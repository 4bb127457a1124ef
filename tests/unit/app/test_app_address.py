"""Settings in the addresses of pages, and the draft that a browser keeps: what is opened, and what is refused."""

import pytest
from app_visitor import solara  # noqa: F401  (skips these tests without the app)
from fundingflows.experiments.app.controls import reform
from fundingflows.experiments.app.pages import build, compare, explore, follow
from fundingflows.experiments.app.work import draft, state

pytestmark = pytest.mark.filterwarnings("default")  # of other people's packages


def settings():
    return (
        state.place.value, state.funding.value, state.other.value, state.several.value, state.years.value,
        state.seed.value, state.seeds.value, state.numbers.value, follow.sort.value, follow.rank.value,
    )  # fmt: skip


def test_an_address_holds_every_setting_of_its_page_and_opens_them_again():
    state.numbers.value = {"behaviour.horizon_years": 2.5, "hospital.emergency_rate": 1.05}
    state.funding.value, state.years.value, state.seed.value = "capitated", 3, 7
    state.several.value, state.seeds.value = ["status_quo", "outcome_based"], 4
    follow.sort.value, follow.rank.value = "child", 12
    assert explore.ADDRESS.query() == (
        "place=anytown&way=capitated&years=3&seed=7&set=behaviour.horizon_years:2.5,hospital.emergency_rate:1.05"
    )
    mine, addresses = settings(), [page.ADDRESS.query() for page in (explore, follow, compare)]
    state.numbers.value, state.funding.value, state.years.value, state.seed.value = {}, "status_quo", 1, 1
    state.several.value, state.seeds.value = ["status_quo", "capitated"], 2
    follow.sort.value, follow.rank.value = "frail", 1
    for page, one in zip((explore, follow, compare), addresses, strict=True):
        assert not page.ADDRESS.take(one)
    assert settings() == mine
    assert not explore.ADDRESS.take("place=anytown&way=capitated")  # other assumptions are the usual ones
    assert state.numbers.value == {}


def test_settings_that_were_run_are_run_again_but_not_twice():
    run = f"{explore.ADDRESS.query()}&run=1"
    assert explore.ADDRESS.take(run)
    explore.ADDRESS.run()
    assert explore.ADDRESS.shown() == run
    assert not explore.ADDRESS.take(run)  # it has just been run
    state.seed.value = 2
    assert explore.ADDRESS.shown() == explore.ADDRESS.query()


@pytest.mark.parametrize(
    ("page", "search", "said"),
    [
        (explore, "plase=anytown", "unknown setting 'plase'; did you mean 'place'?"),
        (explore, "place=anytwon", "unknown place 'anytwon'; did you mean 'anytown'?"),
        (explore, "way=capitatd", "unknown way of paying 'capitatd'; did you mean 'capitated'?"),
        (explore, "way=/etc/passwd", "unknown way of paying '/etc/passwd'"),
        (explore, "years=99", "years: expected a whole number from 1 to 10, got '99'"),
        (explore, "years=2&seed=-1", "seed: expected a whole number from 0 to 999999, got '-1'"),
        (explore, "set=behaviour.altruizm:0.2", "did you mean 'behaviour.altruism'?"),
        (explore, "set=behaviour.altruism:9", "behaviour.altruism: enter a number from 0 to 0.5, not 9."),
        (explore, "set=behaviour.altruism", "behaviour.altruism: enter a number from 0 to 0.5."),
        (follow, "person=frial", "unknown person 'frial'; did you mean 'frail'?"),
        (follow, "number=98", "number: expected a whole number from 1 to 97, got '98'"),
        (compare, "ways=status_quo,capitatd", "did you mean 'capitated'?"),
    ],
)
def test_a_mistyped_address_is_refused_in_a_sentence_and_changes_nothing(page, search, said):
    before = settings()
    assert not page.ADDRESS.take(f"{search}&run=1")
    assert said in page.ADDRESS.trouble()
    assert page.ADDRESS.trouble().endswith((".", "?"))
    assert settings() == before
    assert page.ADDRESS.shown() == ""  # what was typed stays in the address bar
    state.place.value = "somerset"
    assert page.ADDRESS.trouble() == ""  # a visitor who chooses something has moved on


def test_a_draft_that_the_browser_has_kept_is_gone_on_with_unless_one_is_at_work():
    build.raw.value = draft.changed(reform.with_change(draft.fresh()), ("title",), "Half done")
    build.name.value = "half_done"
    kept, mine = draft.keepable("half_done", build.raw.value), build.raw.value
    build.raw.value, build.name.value = draft.fresh(), "my_scenario"
    build.find(kept)
    assert (build.raw.value, build.name.value) == (mine, "half_done")
    build.find(draft.keepable("other", draft.fresh()))
    assert build.name.value == "half_done"  # edited meanwhile


@pytest.mark.parametrize(
    "text", ["", "[[[", "# a\ncontracts = 3", "contracts.x = []", "pools = [1]", "changes = 1", "x" * 200_000]
)
def test_what_is_no_draft_is_left(text):
    build.raw.value = draft.fresh()
    build.find(text)
    assert build.raw.value == draft.fresh()
