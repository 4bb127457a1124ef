"""What an answer page shows: the report of a comparison, its sections as markup, and tiles of the chief differences."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10

from markupsafe import Markup

from ...report import make
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
LIKELY = 0.66  #: probability of a direction from which it is likely (``words.LIKELIHOOD``)


@dataclass(frozen=True)
class Tile:
    """A difference as it is shown: its size, of what level, and how likely its direction is."""

    measure: str
    way: str
    size: Markup
    level: Markup
    label: str
    likely: str


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


def answer(question: Question, compared: Compared, report: make.Report, first: bool) -> Answer:
    """The answer of a comparison. Every figure in it is quoted from the report's tables."""
    lead, *rest = report.sections
    sections = {section.key: (section.title, make.inside(section)) for section in rest}
    asked = TILES.get(question.about, CHIEF)
    tiles = {compared.titles[name]: [_tile(report, measure, name) for measure in asked] for name in compared.others}
    return Answer(question, report.title, report.kicker, make.inside(lead), tiles, sections, first)


def _tile(report: make.Report, measure: str, name: str) -> Tile:
    row = f"{measure}/{name}"
    m = next(m for m in MEASURES if m.key == measure)
    size = report.book.quote("differences", row, "difference", lambda x: signed(x, _digits(x, m.digits)))
    level = report.book.quote("differences", row, "before", number)
    sure = report.book.value("differences", row, "sure")
    likely = "" if sure != sure else likelihood(sure) if sure >= LIKELY else "within chance"
    return Tile(measure, name, size, level, f"{m.label}, {m.unit}", likely)


def _digits(value: float, usual: int) -> int:
    """Decimals that show two figures of a difference, at most two more than those of the measure."""
    return min(max(1 - floor(log10(abs(value))), usual), usual + 2) if value else usual
