"""Paired differences: an overview of all ways of paying, and every measure of each."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from ..results import measures
from ..results.compared import Compared
from ..results.numbers import interval, number, signed, valued
from ..results.words import likelihood
from . import against
from .book import Book
from .dots import Dot, dots
from .parts import Cell, Pictures, Said, Section, Table

#: measures of the overview
CHIEF = ("consultations", "contacts", "gp_fte", "failed", "emergencies", "electives", "ae", "occupancy", "waiting",
         "median_wait", "delays", "practice_income", "hospital_income", "care_income", "community_income", "public",
         "hospital_margin", "drawings", "balance", "qalys", "deaths", "acsc", "unmet_poorest", "carbon")  # fmt: skip
DRAWN = ("failed", "contacts", "emergencies", "electives", "median_wait", "hospital_margin", "public", "qalys")


def overview(book: Book, compared: Compared) -> Section:
    """The differences of all ways of paying side by side, and the chief ones drawn."""
    note = (
        "Means over all years. The first column is a level and the others are differences from it; a difference is "
        "bold where its 95 % interval from chance leaves out zero. Intervals are at the end under “Every measure”."
        if len(compared.seeds) > 1
        else "Means over all years, of one seed: chance cannot be told apart."
    )
    title = "The chief differences, with 95 % intervals from chance"
    if compared.drawn is not None:
        title += " (dark) and from all that is not known (light)"
    pictures = Pictures(title, [drawn(compared, key) for key in DRAWN], size="third")
    return Section("differences", "Differences", [Said(Markup("{}").format(note), "note"), _table(compared), pictures])


def _table(compared: Compared) -> Table:
    known = {m.key: m for m in measures.MEASURES}
    rows = [
        against.Row(
            f"{known[key].label}, {known[key].unit}", known[key].digits,
            np.array([[r.measures[key] for seed in compared.seeds for r in [compared.by[name, seed]]]
                      for name in compared.names]),
        )
        for key in CHIEF
    ]  # fmt: skip
    return against.table(compared, "Paired differences from the first way of paying", rows, "Measure")


def drawn(compared: Compared, key: str) -> str:
    m = next(m for m in measures.MEASURES if m.key == key)
    rows = compared.table[compared.table["measure"] == key].set_index("funding")
    base = float(rows.at[compared.first, "level"])  # type: ignore[arg-type]
    found = [
        Dot(
            compared.titles[name],
            *(float(rows.at[name, c]) for c in ("difference", "low", "high")),  # type: ignore[arg-type]
            *((float(compared.drawn.row(key, name)[c]) for c in ("low", "high")) if compared.drawn else ()),
        )
        for name in compared.others
    ]
    return dots(m.label, f"difference from {valued(base, m.unit)}", found, m.digits)


def section(book: Book, compared: Compared) -> Section:
    """Each way of paying: level, difference, 95 % intervals from chance and from what is not known, probability."""
    note = Markup(
        "“From chance”: the 95 % interval of the mean difference over {} repeat runs, at the model’s own numbers. {}"
    ).format(book.quote("design", "run", "seeds", _whole), _of_draws(book, compared))
    tables = [_of(compared, name) for name in compared.others]
    return Section("every", "Every measure", [Said(note, "note"), *tables])


def _of_draws(book: Book, compared: Compared) -> Markup:
    if compared.drawn is None:
        return Markup("“From all that is not known” needs draws: add <code>--uncertainty 24</code> to the command.")
    return Markup(
        "“From all that is not known”: the same with every number that is not known drawn at once ({} draws, {} seeds "
        "at each); its mean difference stands before it, and “likely” allows for it."
    ).format(book.quote("design", "run", "draws", _whole), book.quote("design", "run", "draw_seeds", _whole))


def _whole(value: float) -> str:
    return number(value, 0)


def _of(compared: Compared, name: str) -> Table:
    rows = compared.table.set_index(["measure", "funding"])
    out: list[list[Cell]] = []
    for m in measures.MEASURES:
        row, base = rows.loc[(m.key, name)], rows.loc[(m.key, compared.first)]
        digits = m.digits + 1
        out.append(
            [
                f"{m.label}, {m.unit}", number(float(base["level"]), m.digits), number(float(row["level"]), m.digits),
                signed(float(row["difference"]), digits), _between(float(row["low"]), float(row["high"]), digits),
                _unknown(compared, m.key, name, digits), _likely(compared, m.key, name),
            ]
        )  # fmt: skip
    head = ["Measure", "First", "This", "Difference", "From chance", "From all that is not known", "Likely?"]
    if compared.drawn is None:
        head, out = [*head[:5], "Beyond chance?"], [cells[:5] + cells[6:] for cells in out]
    title = f"{compared.titles[name]}, compared with {compared.titles[compared.first]}"
    return Table(title, head, out, words=(len(head) - 1,))


def _between(low: float, high: float, digits: int) -> str:
    return "–" if low != low else interval(low, high, digits)


def _unknown(compared: Compared, measure: str, name: str, digits: int) -> str:
    if compared.drawn is None:
        return "–"
    row = compared.drawn.row(measure, name)
    return f"{signed(float(row['effect']), digits)} ({interval(float(row['low']), float(row['high']), digits)})"


def _likely(compared: Compared, measure: str, name: str) -> str:
    """The direction of a difference: with draws how likely it is, without whether it is more than chance."""
    if compared.drawn is not None:
        drawn = compared.drawn.row(measure, name)
        return direction(float(drawn["effect"]), float(drawn["above"]))
    rows = compared.table
    row = rows[(rows["measure"] == measure) & (rows["funding"] == name)].iloc[0]
    return against.beyond_chance(float(row["difference"]), float(row["probability_higher"]))


def direction(difference: float, above: float) -> str:
    """A rise or fall and how likely it is: a fall, very likely."""
    if above != above or difference == 0.0:
        return "no change" if difference == 0.0 else "–"
    return f"a rise, {likelihood(above)}" if difference > 0.0 else f"a fall, {likelihood(1.0 - above)}"
