"""Tables of pages in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table: names of columns, a rule, and the rows."""
    return [f"| {' | '.join(cells)} |" for cells in (names, ["---"] * len(names), *rows)]
