"""Flags of what a way of paying does and the first does not, and of a commissioner in deficit."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from fundingflows.experiments.report import flags
from fundingflows.experiments.report.book import Book

COMPARED = SimpleNamespace(first="usual")


@pytest.mark.parametrize(("first", "this", "raised"), [(20.0, 95.0, True), (92.0, 95.0, False), (20.0, 80.0, False)])
def test_the_end_of_the_room_is_flagged_where_the_first_way_of_paying_is_not_there(first, this, raised):
    book = Book()
    rows = {"hospital.admission/usual": {"room": first}, "hospital.admission/new": {"room": this}}
    book.add("behaviour", pd.DataFrame.from_dict(rows, orient="index"))
    assert bool(list(flags._at_end(book, COMPARED, "new"))) == raised


@pytest.mark.parametrize(("usual", "new", "raised"), [(20.0, -10.0, True), (20.0, 1.0, False), (-15.0, -20.0, False)])
def test_a_commissioner_in_the_red_is_flagged_where_it_is_worse_by_a_hundredth_of_a_years_spending(usual, new, raised):
    facts = {f"{what}_{kind}{end}": 0.0 for kind in flags.KINDS for what in ("lent", "income") for end in ("", "_more")}
    facts |= {"closed_more": 0.0, "beds_change": 0.0, "cover_more": 0.0, "public": 1700.0}
    book = Book()
    book.add(
        "warnings",
        pd.DataFrame.from_dict({"new": facts | {"balance": new, "balance_more": new - usual}}, orient="index"),
    )
    said = " ".join(flags._ruin(book, COMPARED, "new"))
    assert ("Deficit" in said) == raised
