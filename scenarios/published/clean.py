"""Checks what files say of practices against the ranges of the model's table; what breaks a rule becomes missing."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..tables import Column
from .account import Account

FEWEST_GPS, MOST_GPS = 0.05, 3.0  #: full-time equivalents per 1,000 people that are no slip (assumed)


def checked(found: pd.DataFrame, columns: Mapping[str, Column], account: Account) -> pd.DataFrame:
    """The same without cells outside their range, each written down; ``columns``: the model's table of practices."""
    import pandera.pandas as pa  # slow to import

    ranges = {name: one for name, one in columns.items() if name in found and not one.text}
    schema = pa.DataFrameSchema({
        name: pa.Column(float, pa.Check.in_range(one.low, one.high), nullable=True, coerce=True)
        for name, one in ranges.items()
    })  # fmt: skip
    found = found.copy()
    try:
        schema.validate(found, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases.drop_duplicates(["column", "index"])
        for column, code, value in zip(cases["column"], cases["index"], cases["failure_case"], strict=True):
            one = columns[column]
            account.drop(f"{code}: {column}", str(value), None, f"expected from {one.low:g} to {one.high:,g}")
            found.loc[code, column] = float("nan")
    return found.astype(dict.fromkeys(ranges, float))


def plausible_staff(found: pd.DataFrame, people: pd.Series, account: Account) -> pd.DataFrame:
    """The same without numbers of GPs that no practice can have for its list."""
    import pandera.pandas as pa  # slow to import

    if "gp_fte" not in found:
        return found
    per_head = pd.DataFrame({"gp_fte": found["gp_fte"] / people * 1000.0})
    schema = pa.DataFrameSchema({"gp_fte": pa.Column(float, pa.Check.in_range(FEWEST_GPS, MOST_GPS), nullable=True)})
    found = found.copy()
    try:
        schema.validate(per_head, lazy=True)
    except pa.errors.SchemaErrors as error:
        for code, value in zip(error.failure_cases["index"], error.failure_cases["failure_case"], strict=True):
            why = f"{float(value):.2g} GPs per 1,000 people; expected from {FEWEST_GPS:g} to {MOST_GPS:g}"
            account.drop(f"{code}: gp_fte", f"{found.loc[code, 'gp_fte']:g}", None, why)
            found.loc[code, "gp_fte"] = float("nan")
    return found
