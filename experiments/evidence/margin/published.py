"""Published figures of what a little more money buys, read from ``published.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ....model.reading import toml

FILE = Path(__file__).with_name("published.toml")


@dataclass(frozen=True)
class Figure:
    """A published figure of a service, in its own words, with the year of its prices.

    ``low`` and ``high``: its range in £ per QALY, where it has one. ``offset``: £ of hospital cost for £1 spent.
    """

    service: str
    figure: str
    year: str
    source: str
    meaning: str
    low: float | None = None
    high: float | None = None
    offset: float | None = None


def figures() -> list[Figure]:
    """Every figure, in the order of the file."""
    return [Figure(**row) for row in toml(FILE)["figures"]]
