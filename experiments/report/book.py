"""The tables behind a report, and figures quoted from them: no number in a sentence has any other source."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from markupsafe import Markup

from ..results.numbers import number


class Book:
    """Tables by name. Rows are known by their index, a text; columns hold numbers as they are shown."""

    def __init__(self) -> None:
        self.tables: dict[str, pd.DataFrame] = {}

    def add(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Keep a table under a name of its own.

        Raises:
            ValueError: when two tables have one name, or two rows.
        """
        if name in self.tables or not frame.index.is_unique:
            raise ValueError(f"report: table '{name}' or a row of it is there twice")
        self.tables[name] = frame
        return frame

    def value(self, table: str, row: str, column: str) -> float:
        """A figure of a table."""
        return float(self.tables[table].at[row, column])  # type: ignore[arg-type]

    def quote(self, table: str, row: str, column: str, write: Callable[[float], str] = number) -> Markup:
        """A figure as markup that names its place; ``write`` may drop the sign where words say it."""
        value = self.value(table, row, column)
        return Markup('<data value="{}" data-from="{}">{}</data>').format(
            f"{value:.12g}", f"{table}/{row}/{column}", write(value)
        )

    def long(self) -> pd.DataFrame:
        """Every figure of every table: table, row, column, value."""
        parts = []
        for name, frame in self.tables.items():
            kept = frame.select_dtypes("number")
            rows = kept.rename_axis("row").reset_index().melt(id_vars="row", var_name="column", value_name="value")
            rows.insert(0, "table", name)
            parts.append(rows)
        return pd.concat(parts, ignore_index=True)
