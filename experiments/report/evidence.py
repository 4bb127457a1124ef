"""How well what the answer rests on is known: grades of numbers, and the ten that matter most."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from ...model.parameters import Parameters
from ..results import measures
from ..results.compared import Compared
from ..results.leading import SURE, correlations
from ..results.numbers import number, signed, significant
from .book import Book
from .parts import Points, Said, Section, Table

GRADES = {
    "verified": "published, and read in the source", "derived": "worked out from published figures",
    "recalled": "published, quoted from memory", "assumed": "no published figure",
}  # fmt: skip
CHIEF = ("failed", "emergencies", "electives", "median_wait", "hospital_margin", "public", "qalys")
TEN = 10


def section(book: Book, compared: Compared) -> Section:
    """Counts by grade, and with draws which numbers move the differences most."""
    book.add("grades", grades(compared.parameters))
    quote = lambda grade: book.quote("grades", grade, "numbers", lambda x: number(x, 0))  # noqa: E731
    said = Markup(
        "Of the {} numbers behind every run, {} are assumed, {} derived, {} recalled and {} verified."
    ).format(*(quote(grade) for grade in ("all", "assumed", "derived", "recalled", "verified")))
    head = ["Grade", "Numbers"]
    rows = [[f"{grade}: {words}", number(book.value("grades", grade, "numbers"), 0)] for grade, words in GRADES.items()]
    parts: list[Any] = [Said(said)]
    if compared.drawn is None:
        parts.append(Said(Markup("How much of each difference rests on which grade, and on which numbers, needs draws: "
                                 "add <code>--uncertainty 24</code> to the command."), "note"))  # fmt: skip
    else:
        found = strongest(compared)
        book.add("leading", found.drop(columns=["path", "label", "status", "measure", "funding"]))
        head, rows = [*head, "Share of explained variation"], _shared(book, compared, rows)
        parts += [Said(_note(book)), Points([_leads(book, found)]), ten(compared, found)]
    parts.append(Table("Numbers by grade of evidence", head, rows))
    return Section("evidence", "What the answer rests on", parts)


def grades(parameters: Parameters) -> pd.DataFrame:
    """How many numbers have which grade, and all together: one column, ``numbers``."""
    status = pd.Series([p.status for p in parameters.values()]).value_counts()
    found = status.to_dict()
    return pd.DataFrame({"numbers": {**{g: float(found.get(g, 0)) for g in GRADES}, "all": float(sum(found.values()))}})


def strongest(compared: Compared) -> pd.DataFrame:
    """The ten numbers that move with a chief difference most; ``sure`` where luck does not explain it."""
    every = chief(compared)
    every["size"] = every["correlation"].abs()
    best = every.sort_values("size", ascending=False, kind="stable").drop_duplicates("path").head(TEN).reset_index()
    best["sure"] = (best["p"] < SURE / max(every["path"].nunique(), 1)).astype(float)
    best["label"] = [compared.parameters[path].label for path in best["path"]]
    best["status"] = [compared.parameters[path].status for path in best["path"]]
    return best.drop(columns="index").set_index(pd.Index([f"{k}" for k in range(1, len(best) + 1)]))


def chief(compared: Compared) -> pd.DataFrame:
    """The correlations with the chief differences."""
    every = compared.drawn.correlations if compared.drawn else correlations({}, [])
    return every.loc[every["measure"].isin(CHIEF).to_numpy()].reset_index(drop=True)


def shares(every: pd.DataFrame, parameters: Parameters) -> dict[str, float]:
    """Each grade's part of all squared correlations, %, which luck spreads over the numbers evenly."""
    status = np.array([parameters[path].status for path in every["path"]])
    squared = every["correlation"].to_numpy(float) ** 2
    whole = float(squared.sum()) or 1.0
    return {grade: 100.0 * float(squared[status == grade].sum()) / whole for grade in GRADES}


def _shared(book: Book, compared: Compared, rows: list[list[str]]) -> list[list[str]]:
    """The rows with each grade's share."""
    book.add("shares", pd.DataFrame({"share": shares(chief(compared), compared.parameters)}))
    return [
        [*row, f"{number(book.value('shares', grade, 'share'), 0)} %"] for row, grade in zip(rows, GRADES, strict=True)
    ]


def _note(book: Book) -> Markup:
    return Markup(
        "{} draws of everything that is not known show which numbers the chief differences move with. Few draws leave "
        "much to luck: a number is named as sure where luck would hardly give so strong a correlation to any."
    ).format(book.quote("design", "run", "draws", lambda x: number(x, 0)))


def _leads(book: Book, found: pd.DataFrame) -> Markup:
    if found.empty:
        return Markup("No difference moves with any number.")
    first = found.iloc[0]
    return Markup("The strongest is <cite>{}</cite> ({}), with a rank correlation of {}.").format(
        first["label"],
        first["status"],
        book.quote("leading", str(found.index[0]), "correlation", lambda x: signed(x, 2)),
    )


def ten(compared: Compared, found: pd.DataFrame) -> Table:
    """The ten ``strongest`` as a table of the report."""
    labels = {m.key: m.label for m in measures.MEASURES}
    rows = []
    for row in found.to_dict("records"):
        p = compared.parameters[row["path"]]
        low, high = p.range
        sure = "yes" if row["sure"] else "no"
        moved = f"{labels[row['measure']]}, {compared.titles[row['funding']]}"
        span = f"{significant(float(low))} to {significant(float(high))} {p.unit}"
        rows.append([p.label, row["status"], span, moved, signed(row["correlation"], 2), sure])
    head = ["Number", "Grade", "Range", "Difference that it moves", "Rank correlation", "Sure"]
    return Table("The ten numbers that matter most", head, rows, words=(1, 2, 3, 5))
