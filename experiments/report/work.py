"""Workload, waits and workforce: where they are in the last year."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from ..results import measures
from ..results.compared import Compared
from ..results.numbers import number
from . import against, posts
from .answer import SPOKEN
from .book import Book
from .parts import Points, Said, Section

KEYS = ("consultations", "contacts", "gp_fte", "failed", "referrals", "ae", "emergencies", "electives", "occupancy",
        "waiting", "median_wait", "delays", "home_visits", "family_care")  # fmt: skip
NAMED = ("failed", "contacts", "median_wait")  #: measures whose largest rise and fall a sentence names


def rows(compared: Compared, keys: tuple[str, ...] = KEYS) -> dict[str, against.Row]:
    """Measures in the last year."""
    known = {m.key: m for m in measures.MEASURES}
    return {
        key: against.Row(
            f"{known[key].label}, {known[key].unit}", known[key].digits,
            np.array([compared.yearly(key, name)[:, -1] for name in compared.names]),
        )
        for key in keys
    }  # fmt: skip


def section(book: Book, compared: Compared) -> Section:
    """A table of the last year, and who is busiest."""
    found = rows(compared) | posts.rows(compared)
    book.add("last", against.frame(compared, found))
    note = Markup(
        "The means over all years are under “Differences”; this is year {}, when behaviour, staff and waits have had "
        "time to move. A difference is bold where its 95 % interval from chance leaves out zero."
    ).format(book.quote("design", "run", "years", lambda x: number(x, 0)))
    said = [extremes(book, compared, "last", key, SPOKEN[key].words) for key in NAMED]
    said += posts.sentences(book, compared)
    table = against.table(compared, "The last year", list(found.values()), "Measure")
    return Section("work", "Workload, waits and workforce", [Said(note, "note"), Points(said), table])


def extremes(book: Book, compared: Compared, table: str, key: str, words: str) -> Markup:
    """The largest and the smallest level of a measure, and that of the first way of paying."""
    unit = next((m.unit for m in measures.MEASURES if m.key == key), "")
    levels = {name: book.value(table, f"{key}/{name}", "level") for name in compared.names}
    most, least = max(levels, key=lambda n: levels[n]), min(levels, key=lambda n: levels[n])
    said = Markup("{} in the last year: {} {} under {}").format(
        words[:1].upper() + words[1:], book.quote(table, f"{key}/{compared.first}", "level"), unit,
        compared.way(compared.first),
    )  # fmt: skip
    for name, how in ((most, "most"), (least, "least")):
        if name != compared.first:
            quoted = book.quote(table, f"{key}/{name}", "level")
            said += Markup("; {} under {}, {}").format(how, compared.way(name), quoted)
    return said + "."
