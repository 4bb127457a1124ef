"""The question, and the answer in sentences."""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np
import pandas as pd
from markupsafe import Markup

from ..results import compare as comparing
from ..results.compared import Compared
from ..results.numbers import number, signed, valued
from ..results.words import likelihood
from . import against
from .book import Book
from .parts import Points, Said, Section


class Spoken(NamedTuple):
    """A measure in the middle of a sentence."""

    words: str
    plural: bool = True

    def verb(self, difference: float) -> str:
        """It rises, or they fall."""
        return ("rise" if difference > 0.0 else "fall") + ("" if self.plural else "s")


SPOKEN = {
    "failed": Spoken("requests not met"), "contacts": Spoken("GP contacts per FTE-week"),
    "ae": Spoken("A&E attendances"), "emergencies": Spoken("emergency admissions"),
    "electives": Spoken("elective admissions"), "median_wait": Spoken("the median wait", False),
    "practice_income": Spoken("the pay of general practice", False),
    "hospital_margin": Spoken("hospitals’ margin", False), "public": Spoken("public spending", False),
    "qalys": Spoken("QALYs"), "deaths": Spoken("deaths"),
}  # fmt: skip
TITLED = ("failed", "median_wait", "electives", "emergencies", "ae")  #: measures that a title may speak of
POINTS = ("failed", "hospital_margin")  #: measures in per cent: their differences are points, not per cent of per cent
PLAIN = {
    "qalys": "per 1,000 people"
}  #: measures whose level says nothing: health gained is set beside nobody's whole life
ASKED = ("failed", "emergencies", "median_wait", "public", "qalys")  #: what an answer speaks of even if it stays
MOST = 4  #: changes that a sentence names
LEAST = 1.0  #: per cent of the level, or tenths of a point or QALY: a smaller difference is not spoken of
LIKELY = 0.9  #: probability of a direction, allowing for all that is not known, from which a title speaks of it


def differences(compared: Compared) -> pd.DataFrame:
    """The paired differences by ``measure/way``, with ``change`` (% of the first's level) and ``sure`` added.

    ``sure``: probability of the direction that the mean has; empty for a single seed.
    """
    table = compared.table.copy()
    own = cast(pd.DataFrame, table[table["funding"] == compared.first])
    levels = dict(zip(own["measure"], own["level"], strict=True))
    first = pd.Series([levels[measure] for measure in table["measure"]], index=table.index, dtype=float)
    table["before"] = first
    table["change"] = 100.0 * table["difference"] / first.abs().where(first != 0.0)
    above = table["probability_higher"]
    table["sure"] = above.where(table["difference"] > 0.0, 1.0 - above)
    if compared.drawn is not None:
        drawn = compared.drawn.table.set_index(["measure", "funding"])["above"]
        everything = drawn.reindex(
            pd.MultiIndex.from_frame(cast(pd.DataFrame, table[["measure", "funding"]]))
        ).to_numpy()
        table["sure_of_all"] = np.where(table["difference"] > 0.0, everything, 1.0 - everything)
    return table.set_index(table["measure"] + "/" + table["funding"])


def finding(table: pd.DataFrame, compared: Compared) -> str | None:
    """The row of the largest relative difference that chance does not explain; none where there is no such row.

    With draws it is one whose direction is very likely, whatever is not known; they have chance in them.
    """
    unsure = table["sure"] <= against.CERTAIN if compared.drawn is None else table["sure_of_all"] < LIKELY
    told = table["measure"].isin(TITLED) & table["funding"].isin(compared.others) & ~unsure
    sizes = cast(pd.Series, table["change"][told]).abs().dropna()
    return str(sizes.idxmax()) if len(sizes) and sizes.to_numpy(float).max() >= LEAST else None


def title(book: Book, compared: Compared) -> Markup:
    """The finding, as the title of the report."""
    row = finding(book.tables["differences"], compared)
    if row is None:
        doubt = "chance does not explain" if compared.drawn is None else "is very likely whatever is not known"
        return Markup("{}: no way of paying makes a difference that {}").format(compared.place, doubt)
    measure, name = row.split("/")
    said = Markup("{}: “{}” {} {} by {} over {} year{}").format(
        compared.place, compared.titles[name],
        "raises" if book.value("differences", row, "difference") > 0.0 else "cuts", SPOKEN[measure].words,
        _by(book, measure, row), book.quote("design", "run", "years", _whole), "s" * (compared.years != 1),
    )  # fmt: skip
    if len(compared.others) < 2:
        return said
    return said + Markup(", the largest effect on access or admissions of {} ways of paying").format(
        book.quote("design", "run", "ways", _whole)
    )


def section(book: Book, compared: Compared) -> Section:
    """What was asked, and a sentence a way of paying."""
    asked = Markup(
        "What would change in {} if it were paid differently? Each way of paying meets the same people and the same "
        "chance events for {} year{}, in {} repeat run{}; it is compared with {}. Figures are means over the years. {}"
    ).format(
        compared.place, book.quote("design", "run", "years", _whole), "s" * (compared.years != 1),
        book.quote("design", "run", "seeds", _whole), "s" * (len(compared.seeds) != 1), compared.way(compared.first),
        _told(book, compared),
    )  # fmt: skip
    asks = [
        Markup("{}: {}").format(compared.way(n), Markup("<q>{}</q>").format(_plain(compared.cases[n].funding.question)))  # type: ignore[union-attr]
        for n in compared.others
    ]
    answers = [_sentence(book, compared, name) for name in compared.others]
    parts = [Said(asked), Points(asks), Points(answers), *_why(compared)]
    return Section("answer", "Question and answer", parts)


def _told(book: Book, compared: Compared) -> Markup:
    """Which changes are named, and what the words for probability allow for."""
    if len(compared.seeds) < 2:
        named = Markup("With one run of each, chance cannot be told apart.")
    else:
        named = Markup("A change is named where chance does not explain it: its 95 % interval leaves out zero.")
    if compared.drawn is None:
        return named + Markup(
            " How sure it is when numbers of the model are not known is another question, which needs draws: add "
            "<code>--uncertainty</code> to the command."
        )
    draws = book.quote("design", "run", "draws", _whole)
    return named + Markup(" Words for probability allow for all that is not known, in {} draws.").format(draws)


def _why(compared: Compared) -> list[Said | Points]:
    lines = comparing.sentences(compared.results, compared.names)
    lead = Markup("What providers do differently, and what they are paid for it:")
    return [Said(lead), Points([Markup('<span data-from="moves">{}</span>').format(line) for line in lines[1:]])]


def _sentence(book: Book, compared: Compared, name: str) -> Markup:
    table = book.tables["differences"]
    moved, still = [], []
    for measure in SPOKEN:
        row = f"{measure}/{name}"
        difference, sure = book.value("differences", row, "difference"), book.value("differences", row, "sure")
        tenths = measure in POINTS or measure in PLAIN
        size = 10.0 * abs(difference) if tenths else abs(book.value("differences", row, "change"))
        if size >= LEAST and not sure <= against.CERTAIN:
            first = -np.inf if measure in PLAIN else -abs(float(table.at[row, "change"]))  # type: ignore[arg-type]
            moved.append((first, _moved(book, measure, row)))
        elif measure in ASKED:
            still.append(SPOKEN[measure].words)
    said = [words for _, words in sorted(moved, key=lambda pair: pair[0])[:MOST]]
    if not said:
        return Markup("{}: nothing moves that chance does not explain.").format(compared.way(name))
    rest = Markup(" Little or no sure change in {}.").format(", ".join(still)) if still else Markup("")
    return Markup("{}: {}.{}").format(compared.way(name), Markup("; ").join(said), rest)


def _moved(book: Book, measure: str, row: str) -> Markup:
    difference = book.value("differences", row, "difference")
    unit = str(book.tables["differences"].at[row, "unit"])
    write, rest = (_millions, unit.removeprefix("£m")) if unit.startswith("£m") else (number, f" {unit}")
    before, level = (book.quote("differences", row, column, write) for column in ("before", "level"))
    inside = [] if measure in PLAIN else [Markup("from {} to {}{}").format(before, level, rest)]
    if "sure_of_all" in book.tables["differences"]:
        inside.append(Markup(likelihood(book.value("differences", row, "sure_of_all"))))
    told = Markup(" ({})").format(Markup(", ").join(inside)) if inside else ""
    by = _by(book, measure, row)
    return Markup("{} {} by {}{}").format(SPOKEN[measure].words, SPOKEN[measure].verb(difference), by, told)


def _by(book: Book, measure: str, row: str) -> Markup:
    """By how much a measure changes: points of what is a share, per cent of the rest."""
    if measure in POINTS:
        return Markup("{} points").format(book.quote("differences", row, "difference", _one))
    if measure in PLAIN:
        return Markup("{} {}").format(book.quote("differences", row, "difference", _one), PLAIN[measure])
    return Markup("{} %").format(book.quote("differences", row, "change", _size))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _millions(value: float) -> str:
    return valued(value, "£m")


def _size(value: float) -> str:
    return signed(abs(value), 0 if abs(value) >= 10.0 else 1).removeprefix("+")


def _one(value: float) -> str:
    return signed(abs(value), 1).removeprefix("+")


def _whole(value: float) -> str:
    return f"{value:.0f}"
