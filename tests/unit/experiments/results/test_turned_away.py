"""Whom practices turned away and who took them on, worked out by hand for two repeat runs of two years."""

from __future__ import annotations

import pandas as pd
import pytest
from fundingflows.experiments.results.turned_away import ALL, by_age, by_practice, percent

COLUMNS = ["seed", "year", "age_band", "conditions", "frailty", "asked", "turned_away"]
JOINERS = pd.DataFrame(
    [
        (seed, year, *row)
        for seed in (1, 2)
        for year in (1, 2)
        for row in (
            ("15-44", 0, "fit", 100.0, 0.0), ("15-44", 1, "severe", 0.0, 0.0), ("85+", 0, "fit", 10.0, 1.0),
            ("85+", 2, "severe", 5.0 * seed, 2.0),
        )
    ],
    columns=COLUMNS,
)  # fmt: skip


def test_people_are_a_year_of_one_run_and_shares_of_those_who_asked():
    table = by_age(JOINERS).set_index("age_band")
    assert list(table.index) == ["15-44", "85+", ALL]
    assert table.loc["85+", ["asked", "turned_away"]].tolist() == [17.5, 3.0]  # 10 fit and, over seeds, 7.5 frail
    assert table.loc["85+", "share"] == pytest.approx(100.0 * 3.0 / 17.5)
    assert table.loc["85+", ["frail_asked", "frail_share"]].tolist() == pytest.approx([7.5, 100.0 * 2.0 / 7.5])
    assert table.loc[ALL, ["asked", "turned_away", "frail_asked"]].tolist() == [117.5, 3.0, 7.5]
    assert table.loc["15-44", "share"] == 0.0
    assert percent(table.loc["15-44", "frail_share"]) == "–"  # nobody who was frail asked


def test_one_run_counts_its_own_years():
    one = JOINERS[JOINERS["seed"] == 1].drop(columns="seed")
    assert by_age(one).iloc[-1]["asked"] == 115.0


def test_the_practice_that_sends_most_away_on_balance_stands_first():
    rows = [
        (kind, code, away + seed, on)
        for seed in (0.0, 1.0)
        for kind, code, away, on in (
            ("practice", "A", 1.0, 0.0), ("practice", "B", 5.0, 1.0), ("practice", "C", 0.0, 8.0)
        )
    ]  # fmt: skip
    rows += [("practice", "D", 0.0, 0.0), ("hospital", "H", float("nan"), float("nan"))]
    table = by_practice(pd.DataFrame(rows, columns=["kind", "organisation", "turned_away", "taken_on"]))
    assert list(table.index) == ["B", "A", "C"]  # −4.5, −1.5, +7.5
    assert table.loc["B"].tolist() == [5.5, 1.0]
    assert table.loc["C"].tolist() == [0.5, 8.0]
