"""A visitor's first values, components that are closed again, and a run that is shared."""

import pytest
from fundingflows.scenarios import FundingFlows


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Scenarios are saved below a temporary folder; every test begins with a visitor's first values."""
    from fundingflows.experiments.app.pages import assumptions, build, compare, explore, follow, incentives, place
    from fundingflows.experiments.app.work import kept, making, state, store

    for one in (store, kept):
        monkeypatch.setattr(one, "user_data_path", lambda name: tmp_path / name)
    making._answers.clear()
    state.place.value, state.funding.value, state.other.value = "anytown", "status_quo", "activity_based"
    state.years.value, state.seed.value, state.seeds.value = 1, 1, 2
    state.numbers.value, state.problems.value, state.several.value = {}, {}, ["status_quo", "capitated"]
    state.notes.value = {}
    build.own.value, build.doomed.value = "", ""
    build.raw.value, build.said.value, incentives.looked_at.value = {}, ("", ""), "status_quo"
    build.asked.value, build.sought.value, build.kind.value = ("", ""), "", "practice"
    state.whose.value, state.when.value = "", -1
    build.history.value, build.reference.value = build.History(), ""
    build.note.value = ""
    follow.sort.value, follow.rank.value = "frail", 1
    for page in (explore, follow, compare, assumptions, place):
        page.ADDRESS.ran.value, page.ADDRESS.wrong.value = "", ("", "")
    for one in state.TASKS:
        one.clear()
    return tmp_path


@pytest.fixture
def draw():
    """Renders a component; it is closed again, since what stays open is drawn anew at every change of a value."""
    import solara

    opened = []

    def one(component):
        opened.append(solara.render(component, handle_error=False)[1])  # pyright: ignore[reportPrivateImportUsage]
        return opened[-1]

    yield one
    for rendered in opened:
        rendered.close()


@pytest.fixture(scope="module")
def run():
    return FundingFlows("anytown", "status_quo", rng=1).run(1)
