"""Patients: health, deaths and needs not met by deprivation fifth and age."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import pandas as pd
from markupsafe import Markup

from ...model.errors import InputError
from ...model.parameters import AXES
from ..results.compared import Compared
from ..results.numbers import number, signed
from . import against
from .book import Book
from .parts import Points, Said, Section

#: columns of the table of people, with the words for them, and decimals
SHOWN = (
    ("qalys", "QALYs a year", 2), ("deaths", "Deaths a year", 2), ("unmet_requests", "Requests unmet a year", 0),
    ("untreated_needs", "People with a planned need not treated", 1),
    ("unmet_care", "People refused social care or waiting for it", 2),
    ("acsc_admissions", "Avoidable (ACSC) admissions a year", 1), ("emergency", "Emergency admissions a year", 1),
)  # fmt: skip
WAITED = ("weeks_waited", "Weeks waited so far by those on a waiting list", 1)
FIFTHS = {1: "Most deprived fifth", 2: "Second fifth", 3: "Third fifth", 4: "Fourth fifth", 5: "Least deprived fifth"}
AGES = {"Under 15": ("0-4", "5-14"), "15 to 44": ("15-44",), "45 to 64": ("45-64",), "65 to 74": ("65-74",),
        "75 to 84": ("75-84",), "85 and over": ("85+",)}  # fmt: skip
OF_AGE = {band: group for group, bands in AGES.items() for band in bands}
assert set(OF_AGE) == set(AXES["age_band"])


def rows(compared: Compared) -> dict[str, dict[str, against.Row]]:
    """Yearly figures per 1,000 people, and weeks waited, by column and group, (ways of paying, seeds) each.

    The people are those of the group under the first way of paying with the same seed, so that deaths of the ill do
    not raise QALYs per person. Weeks are means over pathways on the list at the years' ends.

    Raises:
        InputError: for an age band or fifth of deprivation that the report does not know.
    """
    people = compared.all["people"]
    people = people.assign(
        emergency=people["emergency_zero_day"] + people["emergency_overnight"],
        fifth=_grouped(cast(pd.Series, people["quintile"]), FIFTHS, "fifth of deprivation"),
        age=_grouped(cast(pd.Series, people["age_band"]), OF_AGE, "age band"),
        weeks=people["waiting"] * people["weeks_waited"],
    )  # fmt: skip
    out: dict[str, dict[str, against.Row]] = {column: {} for column, _, _ in (WAITED, *SHOWN)}
    for axis, groups in (("fifth", FIFTHS.values()), ("age", AGES)):
        columns = ["people", "waiting", "weeks", *(column for column, _, _ in SHOWN)]
        summed = cast(pd.DataFrame, people.groupby([axis, "funding", "seed"], sort=False)[columns].sum())
        for group in groups:
            own = cast(pd.DataFrame, summed.loc[group])
            living, waiting, weeks = (
                against.values(compared, cast(pd.Series, own[column])) for column in ("people", "waiting", "weeks")
            )
            column, _, digits = WAITED
            out[column][group] = against.Row(group, digits, weeks / np.maximum(waiting, 1.0))
            for column, _, digits in SHOWN:
                per = 1000.0 * against.values(compared, cast(pd.Series, own[column])) / np.maximum(living[:1], 1.0)
                out[column][group] = against.Row(group, digits, per)
    return out


def _grouped(found: pd.Series, known: Mapping[Any, str], what: str) -> list[str]:
    """The group of each row."""
    unknown = [value for value in found.unique() if value not in known]
    if unknown:
        raise InputError(
            f"report: the table of people has the {what} '{unknown[0]}'; expected {', '.join(str(k) for k in known)}"
        )
    return [known[value] for value in found]


def section(book: Book, compared: Compared) -> Section:
    """A table a figure, and sentences on who gains most and on the gap between fifths."""
    found = rows(compared)
    keyed = {f"{column}/{group}": row for column, groups in found.items() for group, row in groups.items()}
    book.add("patients", against.frame(compared, keyed))
    gaps = {
        column: against.Row("gap", 2, found[column][FIFTHS[1]].values - found[column][FIFTHS[5]].values)
        for column in ("qalys", "unmet_requests", "untreated_needs")
    }
    book.add("gaps", against.frame(compared, gaps))
    tables = [
        against.table(compared, f"{label}{per}", list(found[column].values()), "Group")
        for (column, label, _), per in [(WAITED, ""), *((shown, ", per 1,000 people of the group") for shown in SHOWN)]
    ]
    note = Markup(
        "Means over all years, by the nation’s fifths of deprivation and by age, per 1,000 people that the group has "
        "under the first way of paying. Needs not treated count people on the waiting list and people whose need "
        "nobody has heard of. Weeks waited are those of pathways on the list at each year’s end, up to then."
    )
    said = [_gap(book, compared, name) for name in compared.others]
    lead = Markup(
        "Unmet requests of the most deprived fifth less those of the least deprived, per 1,000 people a year:"
    )
    parts = [Said(note, "note"), Said(lead), Points(said), *tables]
    return Section("patients", "Patients", parts, _finding(book, compared))


def _finding(book: Book, compared: Compared) -> Markup:
    """The group whose health changes most, among changes that chance does not explain."""
    table = book.tables["patients"]
    keys = [f"qalys/{group}/{name}" for group in (*FIFTHS.values(), *AGES) for name in compared.others]
    sure = [key for key in keys if against.certain(book.value("patients", key, "above"))]
    if not sure:
        return Markup("No group of people gains or loses health in a way that chance does not explain.")
    row = max(sure, key=lambda key: abs(float(table.at[key, "difference"])))  # type: ignore[arg-type]
    _, group, name = row.split("/")
    said = Markup("The group whose health changes most, <cite>{}</cite>, {} {} QALYs per 1,000 people under “{}”.")
    return said.format(
        group, "gains" if book.value("patients", row, "difference") > 0.0 else "loses",
        book.quote("patients", row, "difference", lambda x: number(abs(x), 2)), compared.way(name),
    )  # fmt: skip


def _gap(book: Book, compared: Compared, name: str) -> Markup:
    row = f"unmet_requests/{name}"
    return Markup("{}: from {} to {}.").format(
        compared.way(name),
        book.quote("gaps", f"unmet_requests/{compared.first}", "level", lambda x: signed(x, 1)),
        book.quote("gaps", row, "level", lambda x: signed(x, 1)),
    )  # fmt: skip
