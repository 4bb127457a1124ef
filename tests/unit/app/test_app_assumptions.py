"""Assumptions and places as pages: nothing is cut, what was changed is said with its reason, and tables are as read."""

import re
from html import unescape
from io import StringIO
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from app_visitor import solara
from fundingflows.experiments.app.controls import assumption, numbers, tree
from fundingflows.experiments.app.pages import answer, ask, assumptions, explore, incentives, place
from fundingflows.experiments.app.work import address, kept, place_tables, reproduce, state
from fundingflows.experiments.report import evidence
from fundingflows.experiments.results.compared import Drawn
from fundingflows.model.parameters import STATUSES

pytestmark = pytest.mark.filterwarnings("default")  # of other people's packages
WAY = "behaviour.horizon_years"


def said(rendered):
    return unescape(" ".join(w.unsafe_innerHTML for w in rendered.find(solara.widgets.HTML).widgets))


def test_every_theme_and_the_whole_source_of_each_number_are_on_the_page(draw):
    known = state.known()
    theirs = [path for theme in assumptions.themes() for path in known if path.startswith(f"{theme}.")]
    assert theirs == list(known)
    longest = max(known.values(), key=lambda p: len(p.source))
    shown = unescape(assumption.source(longest))
    assert longest.source in shown
    assert longest.status in shown
    assert longest.path in shown
    assert longest.source in said(draw(assumption.Assumption(longest.path)))


def test_a_table_shows_each_of_its_values_under_its_names():
    facts = next(p for p in state.known().values() if len(p.by) == 2)
    markup = assumption.values(facts)
    cells = re.findall(r'<td class="n">([^<]+)', markup)
    assert len(cells) == facts.value.size
    assert float(cells[1].replace(",", "")) == pytest.approx(facts.value[0, 1], rel=1e-2)
    assert markup.count('scope="row"') == facts.value.shape[0]


def test_grades_are_counted_as_the_report_counts_them(draw):
    counts = evidence.grades(state.known())["numbers"]
    assert sum(counts[status] for status in STATUSES) == counts["all"] == len(state.known())
    assert counts["assumed"] == sum(p.status == "assumed" for p in state.known().values())
    assert f"{counts['all']:.0f} numbers stand behind every run" in said(draw(assumptions.Page()))


def test_a_change_and_its_reason_are_said_wherever_it_runs_and_that_it_does_not_elsewhere(draw):
    state.numbers.value, state.notes.value = {WAY: 2.5}, {WAY: "Contracts of two years", "money.qaly_value": "unused"}
    shown = said(draw(assumptions.Page()))
    assert "Years ahead that an agent looks: 2.5 years, default 6.17" in shown
    assert "Contracts of two years" in shown
    assert "unused" not in shown
    listed = unescape(numbers.listed(state.known(), state.changed(), state.reasons()))
    assert (
        "With changed assumptions: Years ahead that an agent looks 2.5 (default 6.17), “Contracts of two years”"
        in listed
    )
    for page in (ask, incentives):
        assert "the 1 that you have changed is left out" in said(draw(page.Page()))
    assert answer.Unused is tree.Unused
    assumptions.restore(WAY)
    assert (state.numbers.value, state.reasons()) == ({}, {})
    assert "left out" not in said(draw(ask.Page()))


def test_notes_travel_in_the_address_and_as_comments_of_the_code():
    note = "Two years: as # contracts “run” & end"
    state.numbers.value, state.notes.value = {WAY: 2.5}, {WAY: note}
    for page in (explore, assumptions):
        link = page.ADDRESS.query()
        state.numbers.value, state.notes.value = {}, {}
        page.ADDRESS.take(link)
        assert state.notes.value == {WAY: note}
        assert state.numbers.value == {WAY: 2.5}
    assert reproduce.notes() == f"# {WAY}: {note}\n"
    compile(reproduce.notes() + reproduce.python("anytown", "status_quo", 1, state.changed(), 52), "page", "exec")
    explore.ADDRESS.take("place=anytown&way=capitated")
    assert state.notes.value == {}
    explore.ADDRESS.take("why=behaviour.horizn:x")
    assert "did you mean 'behaviour.horizon_years'?" in explore.ADDRESS.trouble()
    explore.ADDRESS.take(f"why={WAY}:{'x' * 40_000}")
    assert "more than 30,000 letters" in explore.ADDRESS.trouble()


def test_forty_changes_with_notes_of_full_length_fit_into_an_address():
    state.numbers.value = dict.fromkeys(list(state.known())[:40], 1.2345)
    state.notes.value = dict.fromkeys(state.numbers.value, "y" * numbers.LONGEST_NOTE)
    assert 40 * numbers.LONGEST_NOTE < len(explore.ADDRESS.query()) < address.LONGEST


def test_what_an_answer_hangs_on_is_the_report_s_own_table_of_the_latest_drawn_comparison(tmp_path):
    assert "No answer kept on this machine" in assumptions.leading()
    draws = [{"money.qaly_value": y, WAY: x} for x, y in ((1.0, 5.0), (2.0, 3.0), (3.0, 9.0), (4.0, 1.0))]
    effects = {("capitated", "qalys"): np.array([4.0, 3.0, 2.0, 1.0])}
    drawn = Drawn(pd.DataFrame(), effects, draws, 1)
    compared = SimpleNamespace(drawn=drawn, parameters=state.known(), titles={"capitated": "Per head"})
    key = "0" * 32
    folder = kept.folder_of(key)
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")
    (folder / kept.ADDRESS).write_text("ways=capitated\nPer head <changes> little\n")
    assert kept.leading() is None
    kept.write_leading(compared, folder)
    shown = unescape(assumptions.leading())
    first = shown.partition("<tbody>")[2].partition("</tr>")[0]
    assert state.known()[WAY].label in first
    assert "−1.00" in first
    assert "/answer?ways=capitated" in shown
    assert "Per head <changes>" not in assumptions.leading()


@pytest.mark.parametrize("name", ["anytown", "somerset", "somerset_2025"])
def test_a_place_is_shown_as_read_and_adds_up(name):
    one = state.place_of(name)
    for kind in place_tables.KINDS:
        table = place_tables.read(one, kind)
        file = pd.read_csv(StringIO(place.csv(one, kind)))
        assert list(file.columns) == list(table.columns)
        assert len(file) == len(table)
        assert place.as_read(table).count("<tr>") == len(table) + 1
    facts = {label: figure for label, figure, _ in place_tables.totals(one)}
    assert facts["People registered"] == one.registered == place_tables.brief(one)["People"].sum()
    assert facts["GPs, full-time equivalents"] == pytest.approx(one.practices["gp_fte"].sum())
    ages, fifths = place_tables.people(one)
    assert int(ages.to_numpy().sum()) == one.registered
    assert int(ages["women"].sum()) == int(one.people[:, 1].sum())
    assert int(fifths.iloc[0]) == int(one.practices["imd1"].sum())


def test_the_page_of_a_place_renders_with_its_sources(draw):
    state.place.value = "somerset"
    shown = said(draw(place.Page()))
    assert state.place_of("somerset").file.source in shown
    assert "Somerset: 552,295 people, 75 practices" in shown
