"""``fundingflows scenarios``: places and ways of paying."""

from __future__ import annotations

from .options import FOUR
from .printing import terminal


def scenarios() -> None:
    """List the places and funding files that ship, each with its question and source."""
    from rich.table import Table

    from ...scenarios import fundings, load_funding, load_place, places

    console = terminal()
    table = Table("place", "people", "practices", "description", title="Places", title_justify="left")
    for name in places():
        place = load_place(name)
        table.add_row(
            name, f"{place.registered:,}", str(len(place.practices)), " ".join(place.file.description.split())
        )
    console.print(table)
    table = Table("funding file", "question", "source", title="Ways of paying", title_justify="left")
    for name in [*FOUR, *(n for n in fundings() if n not in FOUR)]:
        funding = load_funding(name)
        table.add_row(name, funding.question, funding.source)
    console.print(table)
