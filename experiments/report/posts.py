"""Paid posts and requests for advice: what practices hold and ask beside appointments, where a contract pays for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pandas as pd
from markupsafe import Markup

from ...model.contracts.terms.reimbursement import Reimbursement
from ...model.scenario import Funding
from ..results.compared import Compared
from ..results.numbers import number, signed
from . import against
from .book import Book

#: by column of organisations: words for the table and for a sentence, and what is paid for
SHOWN = {
    "other_fte": (
        "Nurses and other clinicians in post, full-time",
        "pays for posts",
        "nurses and other clinicians in post",
    ),
    "advice_requests": ("Requests for advice and guidance, a year", "pays for advice and guidance", "requests"),
}


def rows(compared: Compared) -> dict[str, against.Row]:
    """Figures of practices in the last year, (ways of paying, seeds); those that are 0 throughout are left out."""
    frame = compared.all["organisations"]
    last = frame[(frame["kind"] == "practice") & (frame["year"] == compared.years)]
    summed = cast(pd.DataFrame, last.groupby(["funding", "seed"], sort=False)[list(SHOWN)].sum())
    found = {key: against.values(compared, cast(pd.Series, summed[key])) for key in SHOWN}
    return {key: against.Row(SHOWN[key][0], 0, values) for key, values in found.items() if values.any()}


def sentences(book: Book, compared: Compared) -> Iterator[Markup]:
    """What follows where a contract pays for posts or for advice; the rows must be in the table ``last``."""
    for key, (_, how, what) in SHOWN.items():
        for name in compared.names:
            funding = compared.cases[name].funding
            if f"{key}/{name}" not in book.tables["last"].index or funding is None or not pays(funding, key):
                continue
            level = book.quote("last", f"{key}/{name}", "level", lambda x: number(x, 0))
            said = Markup("{} {}: {} {} in the last year").format(compared.way(name), how, level, what)
            if name != compared.first:
                more = book.quote("last", f"{key}/{name}", "difference", lambda x: signed(x, 0))
                said += Markup(" ({} from the first)").format(more)
            yield said + "."


def pays(funding: Funding, what: str) -> bool:
    """Whether a way of paying has, at some time, a term of practices that pays for posts or for requests for advice."""
    changes = [change for change in funding.changes if change.who is not None and change.who.kind == "practice"]
    dropped = {name for change in changes for name in change.drop_terms}
    own = [term for term in funding.contracts["practice"] if term.name not in dropped]
    terms: list[Any] = [*own, *(term for c in changes for term in (*(c.contract or ()), *c.add_terms))]
    if what == "other_fte":
        return any(isinstance(term, Reimbursement) for term in terms)
    return any(getattr(term, "prices", {}).get(what, 0.0) for term in terms)
