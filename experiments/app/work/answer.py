"""What an answer page shows: the report of a comparison, its sections as markup, and tiles of the chief differences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import floor, log10
from typing import NamedTuple

from markupsafe import Markup

from ...report import doubt, make
from ...report.evidence import GRADES
from ...report.parts import Section
from ...results.compared import Compared
from ...results.measures import MEASURES
from ...results.numbers import number, signed
from ...results.words import likelihood
from .question import Question

CHIEF = ("contacts", "failed", "emergencies", "median_wait", "public", "qalys")
TILES = {
    "work": ("contacts", "gp_fte", "failed", "referrals", "practice_income", "drawings"),
    "money": ("public", "practice_income", "hospital_income", "care_income", "hospital_margin", "balance"),
}  #: measures on the tiles by the part of the answer that was asked for; ``CHIEF`` otherwise
ASKS = re.compile("add <code>--uncertainty(?: [0-9]+)?</code>(?: to the command)?", re.IGNORECASE)
PER_CENT = re.compile("(?<=[0-9>]) %")
BUTTON = "press <b>Find out how sure</b>"  #: what the page has in place of an option of the command
LIKELY = 0.66  #: probability of a direction from which it is likely (``words.LIKELIHOOD``)


class Named(NamedTuple):
    """A number that a difference moves with: label, grade, rank correlation, and whether luck does not explain it."""

    label: str
    grade: str
    correlation: str
    sure: bool


@dataclass(frozen=True)
class Grade:
    """What a figure rests on: parts by grade of evidence, %, and the numbers that it moves with most.

    ``drawn``: whether draws have shown which numbers it moves with; otherwise the parts are of all numbers.
    """

    assumed: Markup
    parts: dict[str, float]
    named: list[Named]
    drawn: bool


class Range(NamedTuple):
    """A difference with its 95 % range from chance, and that from all that is not known; NaN where there is none."""

    mean: float
    low: float
    high: float
    least: float = float("nan")
    most: float = float("nan")


@dataclass(frozen=True)
class Tile:
    """A difference as it is shown: its size, of what level, how likely its direction is, and what it rests on.

    ``chance``: with draws, what chance alone says.
    """

    measure: str
    way: str
    size: Markup
    level: Markup
    label: str
    likely: str
    chance: Markup
    range: Range
    grade: Grade


@dataclass(frozen=True)
class Answer:
    """A finished or first answer; ``key``: of its folder, once everything is kept there."""

    question: Question
    title: Markup
    kicker: str
    lead: Markup
    tiles: dict[str, list[Tile]]
    sections: dict[str, tuple[str, Markup]]
    first: bool = False  #: a first estimate: one seed, or a sample of the people
    key: str = ""


def answer(question: Question, compared: Compared, report: make.Report, first: bool, key: str = "") -> Answer:
    """The answer of a comparison. Every figure in it is quoted from the report's tables."""
    lead, *rest = report.sections
    sections = {section.key: (section.title, _inside(section)) for section in rest}
    asked = TILES.get(question.about, CHIEF)
    tiles = {
        compared.titles[name]: [_tile(report, compared, measure, name) for measure in asked] for name in compared.others
    }
    return Answer(question, report.title, report.kicker, _inside(lead), tiles, sections, first, key)


def _inside(section: Section) -> Markup:
    """A section as markup, with the page's button where the report speaks of an option of the command.

    Per cent signs stay on the line of their number.
    """
    return Markup(PER_CENT.sub("\u00a0%", ASKS.sub(BUTTON, make.inside(section))))


def _tile(report: make.Report, compared: Compared, measure: str, name: str) -> Tile:
    book, row = report.book, f"{measure}/{name}"
    m = next(m for m in MEASURES if m.key == measure)
    size = book.quote("differences", row, "difference", lambda x: signed(x, _digits(x, m.digits)))
    level = book.quote("differences", row, "before", number)
    likely, chance = _likely(book.value("differences", row, "sure"), "within chance"), Markup("")
    ends = [book.value("differences", row, column) for column in ("difference", "low", "high")]
    if compared.drawn is not None:
        part = book.quote("doubt", row, "chance", _whole)
        alone = f"by chance alone {likely}; " if likely else ""
        chance = Markup("{}chance is {} % of the variation").format(alone, part)
        likely = _likely(book.value("differences", row, "sure_of_all"), "not sure which way")
        ends += [book.value("doubt", row, column) for column in ("low", "high")]
    grade = _grade(report, compared, measure, name)
    return Tile(measure, name, size, level, f"{m.label}, {m.unit}", likely, chance, Range(*ends), grade)


def _likely(sure: float, otherwise: str) -> str:
    """How likely a direction is, in words; nothing where it is not known."""
    if sure != sure:
        return ""
    return likelihood(sure) if sure >= LIKELY else otherwise


def _grade(report: make.Report, compared: Compared, measure: str, name: str) -> Grade:
    """What a difference rests on: by its own draws, or by all numbers of the model as long as there are none."""
    book, drawn = report.book, compared.drawn
    if drawn is None:
        every = book.value("grades", "all", "numbers")
        parts = {grade: 100.0 * book.value("grades", grade, "numbers") / every for grade in GRADES}
        return Grade(book.quote("grades", "assumed", "numbers", _whole), parts, [], False)
    row, known = f"{measure}/{name}", compared.parameters
    named = [
        Named(known[one.path].label, known[one.path].status, signed(one.correlation, 2), one.sure)
        for one in doubt.leaders(drawn, measure, name)
    ]
    return Grade(
        book.quote("doubt", row, "assumed", _whole), {g: book.value("doubt", row, g) for g in GRADES}, named, True
    )


def _whole(value: float) -> str:
    return number(value, 0)


def _digits(value: float, usual: int) -> int:
    """Decimals that show two figures of a difference, at most two more than those of the measure."""
    return min(max(1 - floor(log10(abs(value))), usual), usual + 2) if value else usual
