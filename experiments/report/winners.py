"""Winners and losers: income by provider and by place, and people whom practices turned away."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
from markupsafe import Markup

from ..figures import bars
from ..results import winners
from ..results.compared import Compared
from ..results.numbers import number, signed
from . import against, joiners
from .book import Book
from .parts import Pictures, Points, Section, Table

EACH = 6  #: largest gains, and largest losses, that are drawn
NOTED = 1.0  #: per cent of income from which a provider counts as winning or losing
MOST = 20  #: towns of the table, those whose practices are paid most


def section(book: Book, compared: Compared) -> Section:
    """A sentence and a picture a way of paying, and a table by town."""
    names = winners.names(compared.case.place)
    organisations = compared.all["organisations"]
    counts, pictures = {}, []
    for name in compared.others:
        found = winners.providers(organisations, compared.first, name)
        book.add(
            f"income of {name}", cast(pd.DataFrame, found.set_index("organisation")[["level", "change", "low", "high"]])
        )
        own = cast(pd.DataFrame, found[found["kind"] == "practice"])
        counts[name] = {
            "practices": len(own), "gain": int((own["change"].to_numpy(float) > NOTED).sum()),
            "lose": int((own["change"].to_numpy(float) < -NOTED).sum()),
        }  # fmt: skip
        drawn = winners.changes(found, names, EACH)
        pictures.append(bars.bars(compared.titles[name], "change in income, %", drawn, width=520))
    book.add("winners", pd.DataFrame.from_dict(counts, orient="index"))
    book.add("noted", pd.DataFrame({"percent": NOTED}, index=["run"]))
    said = [_said(book, compared, name, names) for name in compared.others]
    title = "The largest gains and losses of income" if len(names) > 2 * EACH else "Change in income by provider"
    parts = [Points(said), Pictures(title, pictures), _towns(compared), *joiners.parts(book, compared)]
    return Section("winners", "Winners and losers", parts)


def _said(book: Book, compared: Compared, name: str, names: dict[str, str]) -> Markup:
    table = f"income of {name}"
    changes = book.tables[table]["change"]
    most, least = str(changes.idxmax()), str(changes.idxmin())
    whole = lambda x: number(x, 0)  # noqa: E731
    change = lambda x: signed(x, 1)  # noqa: E731
    return Markup(
        "{}: of {} practices, {} gain and {} lose more than {} % of income. {} changes by {} %, {} by {} %."
    ).format(
        compared.way(name), *(book.quote("winners", name, c, whole) for c in ("practices", "gain", "lose")),
        book.quote("noted", "run", "percent", whole),
        Markup("<cite>{}</cite>").format(names.get(most, most)), book.quote(table, most, "change", change),
        Markup("<cite>{}</cite>").format(names.get(least, least)), book.quote(table, least, "change", change),
    )  # fmt: skip


def _towns(compared: Compared) -> Table:
    place = compared.case.place.practices
    wide = winners.places(compared.all["organisations"], list(place["town"]), list(place["code"])) / 1e6
    size = wide[compared.first].mean(axis=1).sort_values(ascending=False)
    rows = [
        against.Row(str(town), 2, np.array([wide.loc[town, name][compared.seeds] for name in compared.names]))
        for town in size.index[:MOST]
    ]
    of = f" (the {MOST} largest of {len(size)} towns)" if len(size) > MOST else ""
    return against.table(compared, f"Paid to practices by town, £m a year{of}", rows, "Town")
