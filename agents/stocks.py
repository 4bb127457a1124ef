"""Stocks and flows: what accumulates, what fills and drains it, and which stocks speed a flow up or slow it down.

Each stock is declared once, beside the code that moves it, and so is each flow. Balance tests, the tables and diagrams
of ``fundingflows structure``, weekly series and the equations in the documentation are made from these declarations.
"""

from __future__ import annotations

from typing import NamedTuple

PER_WEEK = " a week"  #: a flow's unit is its stock's unit and this
UP, DOWN = 1, -1  #: polarity: more of the stock makes the flow larger, or smaller


class Stock(NamedTuple):
    """Something that accumulates: what flows in and what flows out are all that changes it."""

    name: str
    label: str  # in plain words, without the unit
    unit: str
    sector: str  # where it belongs, of SECTORS
    shown: str = ""  # the variable of the causal-loop diagram that it is part of; empty: it is not drawn there
    whole: bool = False  # a whole number, so that its balance is exact
    mean: bool = False  # of several providers the mean is meant, not the sum


class Flow(NamedTuple):
    """What moves from one stock to another, or into or out of the model.

    It is counted where it moves: ``counts`` names what is added up, and what is taken off begins with ``-``. A flow
    that goes both ways is negative where it drains its target.
    """

    name: str
    label: str  # in plain words
    source: str = ""  # a stock; empty: it comes from outside the model's bounds
    target: str = ""  # a stock; empty: it leaves them
    counts: tuple[str, ...] = ()  # names of what is counted; empty: a count of the flow's own name
    delay: str = ""  # the time that it takes: a parameter's path, or words where no one parameter is the time
    law: str = ""  # what sets it, in words
    up: tuple[str, ...] = ()  # stocks of which more makes it larger
    down: tuple[str, ...] = ()  # stocks of which more makes it smaller
    both_ways: bool = False
    words: tuple[str, ...] = ()  # what links call it; with ``-`` before a word that means less of it

    def counted(self) -> tuple[tuple[str, int], ...]:
        """Names of what is counted, and 1 or -1: whether it is added or taken off."""
        return tuple(
            (name.removeprefix("-"), -1 if name.startswith("-") else 1) for name in self.counts or (self.name,)
        )


#: where stocks belong, in the order in which they are listed, and what is said of them
SECTORS = {
    "people": "People",
    "needs": "Needs",
    "list": "Waiting list",
    "hospital": "Hospital beds",
    "capacity": "Hospital capacity",
    "practice": "General practice",
    "care": "Social care",
    "community": "Community services",
    "money": "Money",
    "behaviour": "Behaviour",
}
