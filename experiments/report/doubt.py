"""How sure each difference is when all that is not known is drawn: the part due to chance, and what it hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup

from ...model.parameters import Parameters
from ..results import measures
from ..results.compared import Compared, Drawn
from ..results.leading import SURE
from ..results.numbers import interval, number, signed
from .answer import SPOKEN
from .book import Book
from .every import direction
from .evidence import CHIEF, shares
from .parts import Cell, Points, Said, Section, Table

FIRM = 0.9  #: probability of a direction from which it is said to hold whatever is not known
MOST = 3  #: numbers that are named for a difference


class Leader(NamedTuple):
    """A number that a difference moves with: its path, rank correlation, and whether luck does not explain it."""

    path: str
    correlation: float
    sure: bool


def section(book: Book, compared: Compared) -> Section:
    """With draws: what holds whatever is not known, and a table; without: that it needs draws."""
    title = "How sure it is: chance, and what is not known"
    if compared.drawn is None:
        said = Markup(
            "Words and intervals here allow for chance alone. To allow for what is not known as well, every number "
            "that is not known has to be drawn many times: add <code>--uncertainty 24</code> to the command."
        )
        return Section("doubt", title, [Said(said, "note")])
    _add(book, compared, compared.drawn)
    said = Markup(
        "Every number that is not known was drawn at once, {} times, with {} repeat runs at each draw. Intervals from "
        "chance are those at the model’s own numbers. The part due to chance is its share of the variance between "
        "single runs. What a difference hangs on most is the number that it moves with over the draws; where luck "
        "could give so strong a correlation to one of all numbers, that is said."
    ).format(*(book.quote("design", "run", key, lambda x: number(x, 0)) for key in ("draws", "draw_seeds")))
    notes = [Said(said, "note")]
    if compared.drawn.left_out:
        notes.append(Said(Markup("{}.").format(compared.drawn.left_out), "note"))
    return Section("doubt", title, [_points(book, compared), _table(book, compared, compared.drawn), *notes])


def leaders(drawn: Drawn, measure: str, name: str, most: int = MOST) -> list[Leader]:
    """The numbers that a difference moves with most, the strongest first."""
    own = _own(drawn, measure, name)
    best = own.iloc[np.argsort(-own["correlation"].abs().to_numpy(float), kind="stable")[:most]]
    least = SURE / max(len(own), 1)
    return [Leader(str(r["path"]), float(r["correlation"]), bool(r["p"] < least)) for r in best.to_dict("records")]


def _own(drawn: Drawn, measure: str, name: str) -> pd.DataFrame:
    every = drawn.correlations
    return every.loc[((every["measure"] == measure) & (every["funding"] == name)).to_numpy()]


def _add(book: Book, compared: Compared, drawn: Drawn) -> None:
    """``doubt`` by measure/way: effect over draws and its interval, probabilities, chance's part, grades' shares (%).

    ``firm``: probability of the direction that the effect has. ``hangs``: correlation with its leading number.
    """
    rows = {
        f"{m.key}/{name}": _row(drawn, compared.parameters, m.key, name)
        for m in measures.MEASURES
        for name in compared.others
    }
    book.add("doubt", pd.DataFrame.from_dict(rows, orient="index"))
    chance = {
        name: float(book.tables["doubt"].loc[[f"{m.key}/{name}" for m in measures.MEASURES], "chance"].median())
        for name in compared.others
    }
    book.add("doubted", pd.DataFrame({"chance": chance}))


def _row(drawn: Drawn, parameters: Parameters, measure: str, name: str) -> dict[str, float]:
    row, first = drawn.row(measure, name), leaders(drawn, measure, name, 1)
    effect, above = float(row["effect"]), float(row["above"])
    return {
        "effect": effect, "low": float(row["low"]), "high": float(row["high"]), "above": above,
        "firm": above if effect > 0.0 else 1.0 - above, "chance": 100.0 * (1.0 - float(row["share"])),
        "hangs": first[0].correlation if first else float("nan"), **shares(_own(drawn, measure, name), parameters),
    }  # fmt: skip


def _points(book: Book, compared: Compared) -> Points:
    """A sentence a way of paying: which directions hold whatever is not known, which do not, and chance's part."""
    return Points([_sentence(book, compared, name) for name in compared.others])


def _sentence(book: Book, compared: Compared, name: str) -> Markup:
    holds, open_ = [], []
    for measure in CHIEF:
        row = f"{measure}/{name}"
        if book.value("doubt", row, "firm") >= FIRM:
            holds.append(f"{SPOKEN[measure].words} {SPOKEN[measure].verb(book.value('doubt', row, 'effect'))}")
        else:
            open_.append(SPOKEN[measure].words)
    parts = [f"very likely or surer whatever is not known: {'; '.join(holds)}"] if holds else []
    parts += [f"{'not sure' if holds else 'no direction is very likely'}: {', '.join(open_)}"] if open_ else []
    chance = book.quote("doubted", name, "chance", lambda x: number(x, 0))
    return Markup("{}: {}. At the median of all measures, chance is {} % of the variation between single runs.").format(
        compared.way(name), ". ".join(part[0].upper() + part[1:] if k else part for k, part in enumerate(parts)), chance
    )


def _table(book: Book, compared: Compared, drawn: Drawn) -> Table:
    """The chief differences: how likely, both intervals, the part due to chance, and what each hangs on most."""
    labels = {m.key: m for m in measures.MEASURES}
    levels = compared.table.set_index(["measure", "funding"])
    rows: list[Sequence[Cell]] = []
    for name in compared.others:
        for measure in CHIEF:
            m, row = labels[measure], f"{measure}/{name}"
            value = lambda column, row=row: book.value("doubt", row, column)  # noqa: E731
            own = levels.loc[(measure, name)]
            low, high = float(own["low"]), float(own["high"])
            rows.append([
                f"{m.label}, {m.unit}" + (f": {compared.titles[name]}" if len(compared.others) > 1 else ""),
                direction(value("effect"), value("above")),
                "–" if low != low else interval(low, high, m.digits + 1),
                interval(value("low"), value("high"), m.digits + 1), f"{number(value('chance'), 0)} %",
                _hangs(compared, drawn, measure, name), f"{number(value('assumed'), 0)} %",
            ])  # fmt: skip
    head = ["Difference", "Likely?", "From chance", "From all that is not known", "Part due to chance", "Hangs on most",
            "On assumed numbers"]  # fmt: skip
    return Table("How sure the chief differences are", head, rows, words=(1, 5))


def _hangs(compared: Compared, drawn: Drawn, measure: str, name: str) -> str:
    found = leaders(drawn, measure, name, 1)
    if not found:
        return "–"
    (first,) = found
    number_ = compared.parameters[first.path]
    luck = "" if first.sure else "; may be luck"
    return f"{number_.label} ({number_.status}, {signed(first.correlation, 2)}{luck})"
