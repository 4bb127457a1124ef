"""Place: practices, hospitals, councils and commissioners of a place as tables, with totals, sources and files."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import solara

from ....model.place import place as places
from ...results.numbers import NOTHING, number, significant
from ..controls.address import Address
from ..controls.fields import Fold, Html
from ..controls.pickers import Place
from ..drawings.markup import table, wider
from ..work import address, place_tables, state

ADDRESS = address.Address("place", place=state.place)
DIGITS = {"People": 0, "People per GP": 0}  #: decimals of columns of the short table; of the others, one


@solara.component
def Page():
    """The page."""
    place = state.place_of(state.place.value)
    file = place.file
    with solara.Div(classes=["ff-app"]):
        Address(ADDRESS, lambda: None)
        Html(f"<h1>{escape(_finding(place))}</h1>")
        Html(f'<p class="ff-lead">{escape(file.description)}</p>')
        with solara.Div(classes=["ff-panel", "ff-controls", "ff-bar"]):
            Place()
            Html(
                f'<p class="ff-note">{escape(file.vintage)}; baseline {escape(place.baseline.title)}; the file as a '
                f"whole is <b>{escape(file.status)}</b>.</p>"
            )
        with solara.Div(classes=["ff-half"]):
            Html("<h2>Totals</h2>" + totals(place))
            Html("<h2>People registered</h2>" + people(place))
        Html(f"<h2>Sources</h2><p>{escape(file.source)}</p>")
        Html(f'<h2>Practices</h2><div class="ff-tall">{wider(practices(place), "Practices")}</div>')
        for kind in place_tables.KINDS:
            Kind(place, kind).key(kind)


@solara.component
def Kind(place: places.Place, kind: str):
    """Every column of a kind as read, folded, and the same as a file."""
    rows = place_tables.read(place, kind)
    with solara.Div(classes=["ff-row", "ff-kind-of"]):
        with solara.Div(classes=["ff-grow"]), Fold(summary=f"{kind.capitalize()} as read: {len(rows)}", heading=True):
            Html(f'<div class="ff-tall">{wider(as_read(rows), kind)}</div>')
        solara.FileDownload(
            partial(csv, place, kind), f"{place.id}-{kind}.csv", label=f"{kind.capitalize()} (CSV)",
        )  # fmt: skip


def csv(place: places.Place, kind: str) -> str:
    """The rows of a kind as comma-separated values."""
    return place_tables.read(place, kind).to_csv(index=False)


def _finding(place: places.Place) -> str:
    facts = {label: figure for label, figure, _ in place_tables.totals(place)}
    gps = facts["GPs, full-time equivalents"]
    return (
        f"{place.file.title}: {place.registered:,} people, {number(facts['Practices'], 0)} practices and "
        f"{number(facts['Acute beds that serve the place'], 0)} acute beds; {number(place.registered / gps, 0)} people "
        "for each GP"
    )


def totals(place: places.Place) -> str:
    """Totals as a table."""
    return table([(label, number(figure, digits)) for label, figure, digits in place_tables.totals(place)],
                 ("What", "Total"), (1,))  # fmt: skip


def people(place: places.Place) -> str:
    """People by age and sex, and by fifth of deprivation, as tables."""
    ages, fifths = place_tables.people(place)
    rows = [(age, *(number(float(n), 0) for n in row)) for age, row in zip(ages.index, ages.to_numpy(), strict=True)]
    named = ["1 (most deprived)", "2", "3", "4", "5 (least deprived)"]
    shares = [(name, number(float(n), 0), f"{number(100.0 * float(n) / place.registered, 1)} %")
              for name, n in zip(named, fifths, strict=True)]  # fmt: skip
    return (
        table(rows, ("Age", "Men and boys", "Women and girls"), (1, 2))
        + "<h3>By national fifth of deprivation</h3>"
        + table(shares, ("Fifth", "People", "Share"), (1, 2))
    )


def practices(place: places.Place) -> str:
    """The short table of practices."""
    short: Any = place_tables.brief(place)
    columns = list(short.columns)
    rows = [[_cell(value, DIGITS.get(column, 1)) for column, value in zip(columns, row, strict=True)]
            for row in short.to_numpy()]  # fmt: skip
    return table(rows, columns, range(3, len(columns)))


def _cell(value: Any, digits: int) -> str:
    return value if isinstance(value, str) else number(float(value), digits)


def as_read(rows: pd.DataFrame) -> str:
    """A table with its columns as the file names them."""
    numeric = [k for k, column in enumerate(rows.columns) if pd.api.types.is_numeric_dtype(rows[column])]
    cells = [[_plain(value) for value in row] for row in rows.astype(object).to_numpy()]
    return table(cells, [str(column) for column in rows.columns], numeric)


def _plain(value: Any) -> str:
    if value is None or value is np.nan:
        return NOTHING
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return significant(float(value), 6) if isinstance(value, int | float | np.number) else str(value)
