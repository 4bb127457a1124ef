"""The report of a comparison as one HTML file: no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from ..results.compared import Compared
from . import (
    answer,
    doubt,
    every,
    evidence,
    flags,
    joiners,
    limits,
    money,
    patients,
    planet,
    reproduce,
    transition,
    why,
    winners,
    work,
    worth,
)
from .book import Book
from .parts import Section

HTML, FIGURES = "report.html", "figures.csv"


class Report(NamedTuple):
    """A report before it is a page: its sections in a reader's order, and the tables that its sentences quote."""

    title: Markup
    kicker: str
    sections: Sequence[Section]
    book: Book
    version: str


def composed(compared: Compared) -> Report:
    """The sections of a comparison."""
    book = Book()
    book.add("design", _design(compared))
    book.add("differences", answer.differences(compared))
    money.tables(book, compared)
    joiners.tables(book, compared)
    sections = [  # a reader's order; what a later one adds to the book, an earlier one cannot quote
        answer.section(book, compared),
        flags.section(book, compared),
        every.overview(book, compared),
        doubt.section(book, compared),
        why.section(book, compared),
        money.section(book, compared),
        work.section(book, compared),
        patients.section(book, compared),
        winners.section(book, compared),
        planet.section(book, compared),
        worth.section(book, compared),
        transition.section(book, compared),
        evidence.section(book, compared),
        limits.section(book, compared),
        every.section(book, compared),
        reproduce.section(compared),
    ]
    return Report(answer.title(book, compared), _kicker(compared), sections, book, str(compared.manifest["model"]))


def make(compared: Compared) -> tuple[str, Book]:
    """The page, and the tables that its sentences quote."""
    report = composed(compared)
    return page(report), report.book


def page(report: Report) -> str:
    """The whole page."""
    facts = report._asdict() | {"style": style()}
    return _environment().get_template("page.html").render(facts)


def inside(section: Section) -> Markup:
    """The parts of a section, without its heading."""
    module = _environment().get_template("section.html").module
    return Markup(module.inside(section))  # type: ignore[attr-defined]


def style() -> str:
    """The style of the page."""
    return _own("page.css")


def write(report: Report, folder: Path) -> None:
    """The page, and every figure that it may quote as CSV: table, row, column, value."""
    (folder / HTML).write_text(page(report), encoding="utf-8")
    report.book.long().to_csv(folder / FIGURES, index=False)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_own), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _own(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


def _design(compared: Compared) -> pd.DataFrame:
    drawn = compared.drawn
    facts = {
        "one": 1, "years": compared.years, "seeds": len(compared.seeds), "ways": len(compared.others),
        "draws": len(drawn.draws) if drawn else 0, "draw_seeds": drawn.seeds if drawn else 0,
    }  # fmt: skip
    return pd.DataFrame(facts, index=["run"], dtype=float)


def _kicker(compared: Compared) -> str:
    sample = compared.case.place.sample
    part = f", a sample of {100 * sample:g} % of the people" if sample < 1.0 else ""
    years = f"{compared.years} year{'s' * (compared.years != 1)}"
    runs = f"{len(compared.seeds)} repeat run{'s' * (len(compared.seeds) != 1)}"
    return (
        f"fundingflows: {compared.place}{part}; {len(compared.names)} ways of paying, {years}, {runs}. "
        "Read differences, not levels: nothing here is a forecast."
    )
