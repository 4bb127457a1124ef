"""Why ways of paying differ: each difference from the first taken apart, where the runs for it were made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pandas as pd
from markupsafe import Markup

from ..figures.steps import Step, steps
from ..results import reasons
from ..results.compared import Compared
from ..results.numbers import difference_unit, significant, valued
from ..results.parts import INTERACTION, WHOLE
from .book import Book
from .parts import Pictures, Points, Said, Section

LEAD = Markup(
    "Each difference is the sum of parts. Runs are made again, under both ways of paying and with the same people and "
    "chance, with prices alone and with behaviour, workforce, capacity, social care and budgets switched on one after "
    "another; a part is what switching it on changes, over an order and its reverse, so that no order is preferred. "
    "Bars add up to the whole difference; thin lines are 95 % intervals from chance."
)
MISSING = Markup(
    "The differences are not taken apart here into prices, behaviour of each kind of provider, workforce, capacity, "
    "social care and budgets: that takes many more runs. Add <code>--why</code> to the command, or ask "
    "<code>fundingflows why A B</code> of two ways of paying."
)


def section(book: Book, compared: Compared) -> Section:
    """Sentences and pictures of each difference that was taken apart, or how to have it taken apart."""
    parts: list[Said | Points | Pictures] = [Said(LEAD if compared.apart else MISSING, "note")]
    if compared.apart:
        book.add("told", pd.DataFrame({"least": 100.0 * reasons.LEAST}, index=["run"]))
    for name, table in compared.apart.items():
        parts += _one(book, compared, name, table)
    return Section("why", "Why they differ", parts)


def _one(book: Book, compared: Compared, name: str, table: pd.DataFrame) -> list[Said | Points | Pictures]:
    key = f"why {name}"
    kept = ["level", "difference", "low", "high", "probability_higher"]
    book.add(key, cast(pd.DataFrame, table.set_index(table["measure"] + "/" + table["part"])[kept]))

    def figure(row: Mapping[str, Any], written: str) -> Markup:
        return book.quote(key, f"{row['measure']}/{row['part']}", "difference", lambda _: written)

    least = book.quote("told", "run", "least", significant)
    prose = reasons.Prose(
        Markup, figure, Markup("no effect of {} % or more that can be told from chance").format(least)
    )
    found = Markup("; ").join(reasons.findings(table, prose)) or Markup("hardly anything differs")
    title = Markup("{}: {}").format(compared.titles[name], found)
    lead = Markup("{}, compared with {}:").format(compared.way(name), compared.way(compared.first))
    sentences = [Markup(line) for line in reasons.sentences(table, prose)]  # markup already
    panels = [panel(cast(pd.DataFrame, table[table["measure"] == measure])) for measure in reasons.PICTURED]
    return [Said(lead), Points(sentences), Pictures(title, panels, size="third")]


def panel(own: pd.DataFrame) -> str:
    """The parts of one measure's difference as a picture."""
    rows: list[dict[str, Any]] = own.to_dict("records")  # type: ignore[assignment]
    drawn = {row["part"]: Step(row["part_label"], row["difference"], row["low"], row["high"]) for row in rows}
    whole = drawn.pop(WHOLE)
    drawn.pop(INTERACTION, None)
    first = rows[0]
    unit = f"{difference_unit(first['unit'])}, from {valued(first['level'], first['unit'])}"
    return steps(first["label"], unit, list(drawn.values()), whole)
