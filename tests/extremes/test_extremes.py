"""Every row of the table: extreme conditions and step responses, expected before they were run."""

from __future__ import annotations

from typing import Any

import pytest
from step import TABLE, found, holds


def _rows() -> list[Any]:
    """A parameter set for each row; one that the model does not meet yet says what is missing."""
    rows = []
    for case in TABLE["cases"]:
        for row in case["expect"]:
            marks = [pytest.mark.xfail(strict=True, reason=row["missing"])] if "missing" in row else []
            year = f"-{row['year']}" if "year" in row else ""
            rows.append(pytest.param(case, row, id=f"{case['name']}-{row['measure']}{year}", marks=marks))
    return rows


@pytest.mark.parametrize(("case", "row"), _rows())
def test_what_was_expected_is_found(case, row):
    seen = found(case, row)
    assert holds(row, seen), f"{case['change']} {row['measure']}: expected {row['expect']} {row.get('between', '')}; {seen}"


def test_there_are_at_least_forty_and_each_says_why():
    rows = [row for case in TABLE["cases"] for row in case["expect"]]
    assert len(TABLE["cases"]) >= 40
    assert all(row["why"] for row in rows)
