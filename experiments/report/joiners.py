"""People who asked to join a practice: whom practices turned away by type, and which practices took them on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pandas as pd
from markupsafe import Markup

from ..results import turned_away, winners
from ..results.compared import Compared
from ..results.numbers import number, signed
from .book import Book
from .parts import Said, Table

EACH = 5  #: practices that sent away most on balance, and that took on most, which are shown


def tables(book: Book, compared: Compared) -> None:
    """``joiners``: people of all ages by way of paying that turned somebody away (``turned_away.by_age``)."""
    found = {name: turned_away.by_age(rows).iloc[-1] for name, rows in compared.joiners.items()}
    if found:
        book.add("joiners", pd.DataFrame(found).T.drop(columns="age_band").astype(float))


def parts(book: Book, compared: Compared) -> Iterator[Said | Table]:
    """A sentence and two tables for each way of paying under which practices turned somebody away."""
    if compared.joiners:
        yield Said(Markup("Where practices may choose their patients, they turn away some by whom they would lose."))
    for name, rows in compared.joiners.items():
        yield Said(Markup("{}: {}.").format(compared.way(name), share_turned_away(book, name)))
        yield _by_age(compared, name, rows)
        yield _by_practice(compared, name)


def share_turned_away(book: Book, name: str) -> Markup:
    """How many were turned away, and how many of the frail, as a clause."""
    quote = lambda column, digits: book.quote("joiners", name, column, lambda x: number(x, digits))  # noqa: E731
    frail = Markup("")
    if book.value("joiners", name, "frail_asked") > 0.0:
        frail = Markup(", and {} % of the moderately or severely frail").format(quote("frail_share", 1))
    return Markup("of {} people a year who ask to join, {} are turned away, {} %{}").format(
        quote("asked", 0), quote("turned_away", 0), quote("share", 1), frail
    )


def _by_age(compared: Compared, name: str, rows: pd.DataFrame) -> Table:
    cells = [
        [row["age_band"], number(row["asked"], 0), number(row["turned_away"], 0), turned_away.percent(row["share"]),
         number(row["frail_asked"], 0), turned_away.percent(row["frail_share"])]
        for row in turned_away.by_age(rows).to_dict("records")
    ]  # fmt: skip
    head = ["Age", "Asked to join", "Turned away", "Share", "Frail who asked", "Share turned away"]
    return Table(f"Who asked to join, and who was turned away, people a year: {compared.titles[name]}", head, cells)


def _by_practice(compared: Compared, name: str) -> Table:
    organisations = compared.all["organisations"]
    found = turned_away.by_practice(cast(pd.DataFrame, organisations[organisations["funding"] == name]))
    called = winners.names(compared.case.place)
    cells = [
        [called.get(str(code), str(code)), number(away, 1), number(on, 1), signed(on - away, 1)]
        for code, away, on in winners.ends(found, EACH).itertuples()
    ]
    most = f" (the {2 * EACH} that lost or gained most of {len(found)})" if len(found) > 2 * EACH else ""
    head = ["Practice", "Turned away", "Taken on from others", "Balance"]
    return Table(f"Which practices sent people away, and which took them on, people a year{most}: "
                 f"{compared.titles[name]}", head, cells)  # fmt: skip
