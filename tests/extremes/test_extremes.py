"""Every row of the table: extreme conditions and step responses, expected before they were run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from step import MISSING, TABLE, found, holds, label


def _rows() -> list[Any]:
    """A parameter set for each row; one that the model does not meet yet says what is missing."""
    rows = []
    for case in TABLE["cases"]:
        for row in case["expect"]:
            name = label(case, row)
            marks = [pytest.mark.xfail(strict=True, reason=MISSING[name])] if name in MISSING else []
            rows.append(pytest.param(case, row, id=name, marks=marks))
    return rows


@pytest.mark.long
@pytest.mark.parametrize(("case", "row"), _rows())
def test_what_was_expected_is_found(case, row):
    seen = found(case, row)
    assert holds(row, seen), (
        f"{case['change']} {row['measure']}: expected {row['expect']} {row.get('between', '')}; {seen}"
    )


def test_every_row_has_a_name_of_its_own_and_a_reason():
    names = [label(case, row) for case in TABLE["cases"] for row in case["expect"]]
    assert len(TABLE["cases"]) >= 40
    assert len(set(names)) == len(names)
    assert set(MISSING) <= set(names)
    assert all(row["why"] and row["evidence"] for case in TABLE["cases"] for row in case["expect"])


def test_the_page_has_every_row():
    page = (Path(__file__).parents[2] / "docs" / "extremes.md").read_text(encoding="utf-8")
    for case in TABLE["cases"]:
        assert case["change"] in page
        for row in case["expect"]:
            assert row["why"] in page
