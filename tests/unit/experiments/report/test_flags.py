"""Flags of what a way of paying does and the first does not, and of a commissioner in deficit."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from fundingflows.experiments.report import flags
from fundingflows.experiments.report.book import Book
from markupsafe import Markup

COMPARED = SimpleNamespace(first="usual", joiners={})


@pytest.mark.parametrize(("first", "this", "raised"), [(20.0, 95.0, True), (92.0, 95.0, False), (20.0, 80.0, False)])
def test_the_end_of_the_room_is_flagged_where_the_first_way_of_paying_is_not_there(first, this, raised):
    for above, told in ((1.0, raised), (0.9, False)):  # what may be chance is no flag
        book = Book()
        rows = {
            "hospital.admission/usual": {"room": first, "room_above": 0.5},
            "hospital.admission/new": {"room": this, "room_above": above},
        }
        book.add("behaviour", pd.DataFrame.from_dict(rows, orient="index"))
        assert bool(list(flags._at_end(book, COMPARED, "new"))) == told


@pytest.mark.parametrize(("usual", "new", "raised"), [(20.0, -10.0, True), (20.0, 1.0, False), (-15.0, -20.0, False)])
def test_a_commissioner_in_the_red_is_flagged_where_it_is_worse_by_a_hundredth_of_a_years_spending(usual, new, raised):
    facts = {f"{what}_{kind}{end}": 0.0 for kind in flags.KINDS for what in ("lent", "income") for end in ("", "_more")}
    facts |= {"closed_more": 0.0, "beds_change": 0.0, "cover_more": 0.0, "public": 1700.0, "balance_above": 0.01}
    book = Book()
    book.add(
        "warnings",
        pd.DataFrame.from_dict({"new": facts | {"balance": new, "balance_more": new - usual}}, orient="index"),
    )
    found = list(flags._ruin(book, COMPARED, "new"))
    assert [flag.name for flag in found] == ["Deficit"] * raised
    assert not any(flag.held_back for flag in found)


@pytest.mark.parametrize(("above", "held"), [(0.98, False), (0.95, True), (0.01, True), (float("nan"), False)])
def test_a_rise_that_chance_may_have_made_is_held_back_and_one_run_cannot_tell(above, held):
    book = Book()
    facts = {"contacts_change": 5.0, "contacts_above": above, "care_cost_change": 0.0, "family_change": 0.0}
    book.add("warnings", pd.DataFrame.from_dict({"new": facts}, orient="index"))
    (flag,) = flags._shifted(book, COMPARED, "new")
    assert flag.name == "Work for GPs"
    assert flag.held_back == held


@pytest.mark.parametrize(("first_too", "above", "held"), [(False, 0.5, False), (True, 0.5, True), (True, 0.99, False)])
def test_patients_selected_are_flagged_with_how_many_and_may_be_chance_only_where_the_first_selects_too(
    first_too, above, held
):
    book = Book()
    row = {"asked": 5200.0, "turned_away": 26.0, "share": 0.5, "frail_asked": 100.0, "frail_share": 7.0}
    book.add("joiners", pd.DataFrame.from_dict({"new": row}, orient="index"))
    facts = {"turned_away_more": 10.0, "turned_away_above": above}
    book.add("warnings", pd.DataFrame.from_dict({"new": facts}, orient="index"))
    found = dict.fromkeys(["new", *["usual"] * first_too])
    (flag,) = flags._selected(book, SimpleNamespace(first="usual", joiners=found), "new")
    assert flag.name == "Patients selected"
    assert Markup(flag.words).striptags() == (
        "of 5,200 people a year who ask to join, 26 are turned away, 0.5 %, "
        "and 7.0 % of the moderately or severely frail"
    )
    assert flag.held_back == held
    assert not list(flags._selected(book, SimpleNamespace(first="usual", joiners={}), "new"))
