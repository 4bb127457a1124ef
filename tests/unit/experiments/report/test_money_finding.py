"""The finding above who pays whom: the largest change in pay, or that there is none."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from fundingflows.experiments.report import money


def finding(change: float) -> str:
    compared = SimpleNamespace(
        others=["new"], first="old", years=3, way=lambda name: {"new": "New", "old": "Old"}[name]
    )
    values = {"change/practices/3/new": change}
    book = SimpleNamespace(
        value=lambda table, row, column: values.get(row, 0.0),
        quote=lambda table, row, column, form: "3" if table == "design" else form(values.get(row, 0.0)),
    )
    return str(money._finding(book, compared))  # type: ignore[arg-type]


@pytest.mark.parametrize(("change", "word"), [(2.0, "more"), (-2.0, "less")])
def test_the_largest_change_has_a_direction(change, word):
    assert f"{word} under “New”" in finding(change)
    assert "£2" in finding(change)


def test_pay_that_does_not_differ_is_neither_more_nor_less():
    said = finding(0.004)
    assert "paid what it is under “Old”" in said
    assert "more" not in said
    assert "less" not in said
