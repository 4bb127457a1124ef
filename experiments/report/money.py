"""Who pays whom, in the first year and in the last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np
import pandas as pd
from markupsafe import Markup

from ...agents.patients.calendar import WEEKS
from ..figures import sankey
from ..results import reasons
from ..results.compared import Compared
from ..results.numbers import number, signed, valued
from .book import Book
from .parts import Pictures, Said, Section, Table

Flows = Mapping[tuple[str, str], float]
SIZE = (450, 310)  #: of a diagram, px
SAME = 0.005  #: £m; a smaller difference in pay is none to the two decimals that tables have


def flows(compared: Compared, year: int) -> dict[str, Flows]:
    """£m from payer to payee in a year, counted from 1, by way of paying: means over seeds."""
    ledger, organisations = compared.all["ledger"], compared.all["organisations"]
    kinds = dict(zip(organisations["organisation"], organisations["kind"], strict=True))
    of_year = ledger[(ledger["week"] > (year - 1) * WEEKS) & (ledger["week"] <= year * WEEKS)]
    of_year = of_year.groupby(["funding", "payer", "payee", "purpose"], sort=False, observed=True)["pence"]
    summed = cast(pd.DataFrame, of_year.sum()).reset_index()
    return {
        name: sankey.flows(cast(pd.DataFrame, summed[summed["funding"] == name]), kinds, float(len(compared.seeds)))
        for name in compared.names
    }


def tables(book: Book, compared: Compared) -> None:
    """Net £m from payers to providers in the first and the last year, by ``payer/payee/year/way``.

    ``change/payee/year/way``: what a kind of provider is paid more than under the first way of paying.
    """
    rows = {}
    for year in dict.fromkeys((1, compared.years)):
        for name, flow in flows(compared, year).items():
            for (payer, payee), value in sankey.net(flow).items():
                rows[f"{payer}/{payee}/{year}/{name}"] = {"millions": value}
            for payee in sankey.LAYERS[-1]:
                paid = sankey.gets(flow, payee)
                rows[f"all/{payee}/{year}/{name}"] = {"millions": paid}
                before = rows[f"all/{payee}/{year}/{compared.first}"]["millions"]
                rows[f"change/{payee}/{year}/{name}"] = {"millions": paid - before}
    book.add("money", pd.DataFrame.from_dict(rows, orient="index"))


def section(book: Book, compared: Compared) -> Section:
    """Income of each kind of provider by year, and a diagram a way of paying and of its difference."""
    parts: list[Said | Table | Pictures] = [_said(book, compared)]
    years = list(dict.fromkeys((1, compared.years)))
    parts += [_table(book, compared, year) for year in years]
    found = {year: flows(compared, year) for year in years}
    for name in compared.names:
        drawn = [sankey.money(f"Year {year}", found[year][name], *SIZE) for year in years]
        parts.append(Pictures(f"{compared.titles[name]}: who pays whom", drawn))
    for name in compared.others:
        drawn = [sankey.change(f"Year {year}", found[year][compared.first], found[year][name], *SIZE) for year in years]
        title = f"{compared.titles[name]}: what changes, compared with {compared.titles[compared.first]}"
        parts.append(Pictures(title, drawn))
    return Section("money", "Money: who pays whom", parts, _finding(book, compared))


def _finding(book: Book, compared: Compared) -> Markup:
    """The largest change in what a kind of provider is paid in the last year."""
    rows = [f"change/{who}/{compared.years}/{name}" for name in compared.others for who in sankey.LAYERS[-1]]
    if not rows:
        return Markup("")
    row = max(rows, key=lambda row: abs(book.value("money", row, "millions")))
    if abs(book.value("money", row, "millions")) < SAME:
        years = book.quote("design", "run", "years", number)
        return Markup("In year {} every kind of provider is paid what it is under “{}”, to £10,000.").format(
            years, compared.way(compared.first)
        )
    _, who, _, name = row.split("/")
    return Markup("The largest change in pay in year {}: {}, {} {} under “{}”.").format(
        book.quote("design", "run", "years", number), reasons.small(sankey.NAMES[who]),
        book.quote("money", row, "millions", lambda x: valued(abs(x), "£m")),
        "more" if book.value("money", row, "millions") > 0.0 else "less", compared.way(name),
    )  # fmt: skip


def _said(book: Book, compared: Compared) -> Said:
    last = compared.years
    words = Markup(
        "Prices are set so that first-year spending is the same while nobody changes what they do; behaviour then "
        "moves it. Under {}, general practice is paid £{}m and hospitals £{}m in year {}, and £{}m and £{}m in "
        "year {}. Widths in the diagrams are in proportion to the ledger; what goes to staff and suppliers is "
        "left out, and money that flows back is taken off."
    ).format(
        compared.way(compared.first),
        *(
            cell
            for year, column in ((1, "one"), (last, "years"))
            for cell in (
                *(book.quote("money", f"all/{who}/{year}/{compared.first}", "millions", number)
                  for who in ("practices", "hospitals")),
                book.quote("design", "run", column, number),
            )
        ),
    )  # fmt: skip
    return Said(words)


def _table(book: Book, compared: Compared, year: int) -> Table:
    rows = []
    for who in sankey.LAYERS[-1]:
        values = [book.value("money", f"all/{who}/{year}/{name}", "millions") for name in compared.names]
        if np.any(values):
            cells = [number(values[0], 2), *(signed(v - values[0], 2) for v in values[1:])]
            rows.append([sankey.NAMES[who], *cells])
    caption = f"Paid to providers in year {year}, £m, loans left out: the first as it is, the others as differences"
    return Table(caption, ["Provider", *(compared.titles[name] for name in compared.names)], rows)
