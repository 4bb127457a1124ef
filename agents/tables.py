"""What a kind of provider decides, does, is measured by and is: one set of words for each, whoever shows it."""

from __future__ import annotations

from typing import NamedTuple

PERCENT = 0.01  #: one percentage point of a share


class Decision(NamedTuple):
    """A behaviour that a provider chooses; 1.0 is that of the baseline year.

    How it answers to pay are parameters of ``behaviour``: ``response_NAME`` near 1.0, ``room_down_NAME`` and
    ``room_up_NAME`` far from it, ``years_NAME`` for its pace.
    """

    name: str
    label: str  # without the owner: "length of stay"
    on_paper: bool = False  # it changes what is written down, not the care given


class Activity(NamedTuple):
    """What is counted each week, in whole-place units, and may be paid for."""

    name: str
    label: str  # in the plural: "follow-ups"
    one: str = ""  # one unit of it, where tables of incentives show what one more brings
    compared: bool = False  # shown where groups of providers are compared
    cost: str = ""  # its unit cost is the parameter ``money.unit_cost_COST``
    place: str = ""  # capacity by name that it takes, whose size its fixed cost follows; none: fixed cost stays


class Indicator(NamedTuple):
    """An outcome measured each year, which contracts may pay for."""

    name: str
    label: str
    unit: str
    step: float = 0.0  # change that tables of incentives price by itself, in the unit; 0: it moves with activity


class State(NamedTuple):
    """A column of a provider's yearly state in ``organisations.parquet``."""

    name: str
    label: str
    unit: str
    mean: bool = False  # of several providers the mean is meant, not the sum
    compared: bool = False
    scale: float = 1.0  # from the column to the unit
