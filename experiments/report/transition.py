"""The way there: what each year costs, when it has paid for itself, and what is paid for twice."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
from markupsafe import Markup

from ..results.compared import Compared
from ..results.numbers import number, signed, valued
from .book import Book
from .parts import Points, Said, Section, Table

LEAST = 0.005  #: £m that are worth a word
KINDS = ("practice", "hospital", "social_care", "community")


def payback(cumulative: np.ndarray) -> float:
    """The year by which extra spending has been saved again, or nothing is spent more from the first: 0. NaN: never.

    ``cumulative`` (years,): spending less that of the first way of paying, added up.
    """
    if (cumulative <= 0.0).all():
        return 0.0
    if cumulative[-1] > 0.0:
        return float("nan")
    return float(np.flatnonzero(cumulative > 0.0)[-1] + 2)


def double(costs: np.ndarray) -> np.ndarray:
    """What is run twice, by year: the cost of each kind of provider above that of the last year, where it is above.

    ``costs`` (kinds, years): costs less those of the first way of paying. What a kind costs more than at the end of the
    run is capacity that the way of paying does not need for good.
    """
    return np.maximum(costs - np.maximum(costs[:, -1:], 0.0), 0.0).sum(axis=0)


def _costs(compared: Compared) -> dict[str, np.ndarray]:
    """£m by way of paying, (kinds, years): means over seeds."""
    frame = compared.all["organisations"]
    summed = cast(pd.Series, frame.groupby(["funding", "kind", "year"])["cost"].sum())
    millions = 1e6 * len(compared.seeds)
    return {
        name: np.array([np.asarray(summed.loc[name, kind]) / millions for kind in KINDS]) for name in compared.names
    }


def tables(book: Book, compared: Compared) -> None:
    """``cumulative`` and ``double`` by way of paying, a column a year; ``payback`` in years."""
    base, costs = compared.yearly("public", compared.first), _costs(compared)
    cumulative, twice, back = {}, {}, {}
    for name in compared.others:
        added = np.cumsum((compared.yearly("public", name) - base).mean(axis=0))
        run = double(costs[name] - costs[compared.first])
        cumulative[name] = {f"{year}": x for year, x in enumerate(added, 1)}
        twice[name] = {f"{year}": x for year, x in enumerate(run, 1)} | {"all": run.sum()}
        back[name] = {"year": payback(added), "end": added[-1], "most": added.max()}
    for key, rows in (("cumulative", cumulative), ("double", twice), ("payback", back)):
        book.add(key, pd.DataFrame.from_dict(rows, orient="index"))


def section(book: Book, compared: Compared) -> Section:
    """Sentences, and tables by year."""
    tables(book, compared)
    note = Markup(
        "Public spending compared with the first way of paying, added up year by year and not discounted. What is run "
        "twice is what each kind of provider costs in a year beyond what it costs at the end of the run, where it is "
        "more: capacity, or staff, of the way there."
    )
    years = [str(year) for year in range(1, compared.years + 1)]
    spent = _table(book, compared, "cumulative", "Public spending added up, £m more than the first", years)
    twice = _table(book, compared, "double", "Run twice, £m a year", years)
    said = [_said(book, compared, name) for name in compared.others]
    return Section("transition", "The way there", [Said(note, "note"), Points(said), spent, twice])


def _said(book: Book, compared: Compared, name: str) -> Markup:
    year = book.value("payback", name, "year")
    total = book.quote("payback", name, "end", lambda x: valued(abs(x), "£m"))
    if year == 0.0:
        how = Markup("spends less from the first year on, {} in all").format(total)
    elif year != year:
        how = Markup("has not paid for itself by the end, when it has cost {} more").format(total)
    else:
        most = book.quote("payback", name, "most", lambda x: valued(x, "£m"))
        paid = book.quote("payback", name, "year", lambda x: number(x, 0))
        how = Markup("costs up to {} more, has paid for itself by year {}, and has saved {} by the end").format(
            most, paid, total
        )
    twice = book.quote("double", name, "all", lambda x: valued(x, "£m"))
    if book.value("double", name, "all") < LEAST:
        return Markup("{} {}; next to nothing is run twice on the way.").format(compared.way(name), how)
    return Markup("{} {}; {} is run twice on the way.").format(compared.way(name), how, twice)


def _table(book: Book, compared: Compared, key: str, caption: str, years: list[str]) -> Table:
    rows = [
        [compared.titles[name], *(signed(book.value(key, name, year), 2) for year in years)] for name in compared.others
    ]
    return Table(caption, ["Way of paying", *(f"Year {year}" for year in years)], rows)
