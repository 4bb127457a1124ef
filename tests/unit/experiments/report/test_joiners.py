"""Whom practices turned away, as the report shows it: sentence, tables and flag, with values worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from fundingflows.experiments.report import joiners
from fundingflows.experiments.report.book import Book
from fundingflows.experiments.results.compared import Compared
from markupsafe import Markup

ROWS = [  # funding, seed, year, age, frailty, asked, turned away
    ("free", 1, 1, "15-44", "fit", 40.0, 0.0), ("free", 1, 1, "85+", "severe", 4.0, 1.0),
    ("free", 2, 1, "15-44", "fit", 50.0, 0.0), ("free", 2, 1, "85+", "severe", 6.0, 2.0),
    ("mild", 1, 1, "85+", "severe", 5.0, 0.0),
]  # fmt: skip
ORGANISATIONS = [
    ("free", "practice", "A", 3.0, 0.0),
    ("free", "practice", "B", 0.0, 2.5),
    ("usual", "practice", "A", 0.0, 0.0),
]


@pytest.fixture
def compared():
    """Three ways of paying, of which the second lets practices choose and the third does so in vain."""
    columns = ["funding", "seed", "year", "age_band", "frailty", "asked", "turned_away"]
    tables = {
        "joiners": pd.DataFrame(ROWS, columns=columns),
        "organisations": pd.DataFrame(
            ORGANISATIONS, columns=["funding", "kind", "organisation", *columns[-1:], "taken_on"]
        ),
    }
    titles = {"usual": "As usual", "free": "Free choice", "mild": "Free choice in vain"}
    practices = {"code": ["A", "B"], "name": ["Ash", "Beech"]}
    case = SimpleNamespace(place=SimpleNamespace(practices=practices, file=SimpleNamespace(hospitals=[])))
    found = SimpleNamespace(names=list(titles), titles=titles, way=titles.get, case=case, all=tables)
    found.joiners = Compared.joiners.fget(found)
    return found


def test_only_ways_of_paying_that_turned_somebody_away_are_shown(compared):
    book = Book()
    joiners.tables(book, compared)
    assert list(book.tables["joiners"].index) == ["free"]
    lead, said, ages, practices = joiners.parts(book, compared)
    words = Markup(said.words).striptags()
    assert words.startswith("Free choice: of 50 people a year who ask to join, 2 are turned away, 3.0 %, and 30.0 % of")
    assert [row[0] for row in ages.rows] == ["15-44", "85+", "all"]
    assert ages.rows[1] == ["85+", "5", "2", "30.0 %", "5", "30.0 %"]
    assert ages.rows[0] == ["15-44", "45", "0", "0.0 %", "0", "–"]
    assert practices.rows == [["Ash", "3.0", "0.0", "−3.0"], ["Beech", "0.0", "2.5", "+2.5"]]
    assert lead.words


def test_where_practices_may_not_choose_nothing_is_said(compared):
    compared.joiners = Compared.joiners.fget(SimpleNamespace(names=compared.names, all={}))
    book = Book()
    joiners.tables(book, compared)
    assert "joiners" not in book.tables
    assert list(joiners.parts(book, compared)) == []
