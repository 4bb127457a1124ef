"""Published figures of what a little more money buys, read from ``published.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files


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
    text = files(__package__).joinpath("published.toml").read_text(encoding="utf-8")
    return [Figure(**row) for row in tomllib.loads(text)["figures"]]
