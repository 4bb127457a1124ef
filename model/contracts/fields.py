"""Types for the fields of a term. They tell the reader, the JSON Schema and the app what a field may hold.

A term writes ``top: Annotated[Share, Help("share of providers")] = 0.25`` and needs nothing elsewhere. A field that is
a bare ``float`` is a number of at least 0; a bare ``dict[str, float]`` holds such a number for each activity.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from .contract import Neutral


@dataclass(frozen=True)
class Number:
    """A number between ``least`` and ``most``, both included; ``None`` sets no bound. ``unit``: of sums of money."""

    least: float | None = 0.0
    most: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class ByActivity:
    """A number of at least 0 for each activity that the provider is paid for; ``unit`` is what the number counts."""

    unit: str = "£"


@dataclass(frozen=True)
class OfIndicator:
    """The name of one of the provider's indicators."""


@dataclass(frozen=True)
class Help:
    """What the number means, in a few words for whoever fills in the field."""

    text: str


Money = Annotated[float | Neutral, Number(unit="£")]  #: £, or a price that the model solves for
Scale = Annotated[float | Neutral, Number()]  #: a multiplier of prices, or one that the model solves for
Price = Annotated[float, Number(unit="£")]  #: £ each
Factor = Annotated[float, Number()]  #: a multiplier or ratio of at least 0
Limit = Annotated[float | None, Number()]  #: a ratio of at least 0, or no limit
Share = Annotated[float, Number(most=1.0)]  #: a share of a whole, 0–1
Threshold = Annotated[float, Number(least=None)]  #: a value of an indicator
Prices = Annotated[dict[str, float], ByActivity("£")]  #: £ for each unit of an activity
Points = Annotated[dict[str, float], ByActivity("points")]  #: points for each unit of an activity
Indicator = Annotated[str, OfIndicator()]


@dataclass(frozen=True)
class TermField:
    """One field of a term.

    ``type``: its Python type. ``rule``: what it may hold; ``None`` for text and for true or false. ``choices``: the
    values of a ``Literal``. ``help``: its meaning in a few words; may be empty.
    """

    name: str
    type: Any
    rule: Number | ByActivity | OfIndicator | None = None
    choices: tuple[str, ...] = ()
    help: str = ""


@cache
def term_fields(term: type[Any]) -> dict[str, TermField]:
    """The fields of a term's dataclass, by name, as its annotations describe them."""
    hints = get_type_hints(term, include_extras=True)
    return {field.name: _described(field.name, hints[field.name]) for field in fields(term)}


def _described(name: str, hint: Any) -> TermField:
    plain, *notes = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    choices = tuple(c for c in get_args(plain) if isinstance(c, str))
    text = next((note.text for note in notes if isinstance(note, Help)), "")
    rule = next((note for note in notes if isinstance(note, Number | ByActivity | OfIndicator)), None)
    if rule is None and plain == dict[str, float]:
        rule = ByActivity()
    elif rule is None and (plain is float or float in get_args(plain)):
        rule = Number()
    return TermField(name, plain, rule, choices, text)
