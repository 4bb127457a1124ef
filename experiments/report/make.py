"""The report of a comparison as one HTML file: no script, nothing fetched."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pandas as pd
from jinja2 import Environment, StrictUndefined

from ..results.compared import Compared
from . import (
    answer,
    every,
    evidence,
    flags,
    limits,
    money,
    patients,
    planet,
    reproduce,
    transition,
    winners,
    work,
    worth,
)
from .book import Book

HTML, FIGURES = "report.html", "figures.csv"


def make(compared: Compared) -> tuple[str, Book]:
    """The page, and the tables that its sentences quote."""
    book = Book()
    book.add("design", _design(compared))
    book.add("differences", answer.differences(compared))
    money.tables(book, compared)
    sections = [  # a reader's order; what a later one adds to the book, an earlier one cannot quote
        answer.section(book, compared),
        flags.section(book, compared),
        every.overview(book, compared),
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
    page = _template().render(
        title=answer.title(book, compared), kicker=_kicker(compared), sections=sections, style=_own("page.css"),
        version=compared.manifest["model"],
    )  # fmt: skip
    return page, book


def write(compared: Compared, folder: Path) -> None:
    """The page, and every figure that it may quote as CSV: table, row, column, value."""
    page, book = make(compared)
    (folder / HTML).write_text(page, encoding="utf-8")
    book.long().to_csv(folder / FIGURES, index=False)


def _template():
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_own("page.html"))


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
    return (
        f"fundingflows: {compared.place}{part}; {len(compared.names)} ways of paying, {compared.years} years, "
        f"{len(compared.seeds)} repeat runs. Read differences, not levels: nothing here is a forecast."
    )
