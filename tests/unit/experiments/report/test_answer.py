"""What a report says outright: only what chance does not explain, and no word for likelihood without draws."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from fundingflows.experiments.report import against, answer


def table(*rows):
    columns = ["measure", "funding", "change", "sure", "sure_of_all"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.set_index(frame["measure"] + "/" + frame["funding"])


def way(drawn=None):
    return SimpleNamespace(others=["new"], drawn=drawn)


def test_the_title_is_the_largest_change_that_two_runs_cannot_have_made_by_chance():
    rows = table(
        ("ae", "new", -9.0, 0.95, 0.99), ("failed", "new", 4.0, 0.98, 0.7), ("electives", "new", 2.0, 0.99, 0.95)
    )
    assert answer.finding(rows, way()) == "failed/new"
    assert answer.finding(rows.assign(sure=0.99), way(drawn=True)) == "ae/new"  # very likely, whatever is not known
    assert answer.finding(rows[1:], way(drawn=True)) == "electives/new"
    assert answer.finding(rows.assign(sure=0.95), way()) is None
    assert answer.finding(rows.assign(sure=float("nan")), way()) == "ae/new"  # of one run nothing can be told apart


@pytest.mark.parametrize(
    ("difference", "above", "said"),
    [(2.0, 0.98, "a rise"), (-2.0, 0.01, "a fall"), (-2.0, 0.05, "within chance"), (2.0, 0.95, "within chance"),
     (0.0, 0.5, "no change"), (1.0, float("nan"), "–")],
)  # fmt: skip
def test_a_direction_is_said_where_its_interval_leaves_out_zero(difference, above, said):
    assert against.beyond_chance(difference, above) == said
