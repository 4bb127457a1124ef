"""What sections are made of; ``page.html`` has a macro for each kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

Cell = str | Markup


@dataclass(frozen=True)
class Said:
    """Sentences. Each number in them is quoted from a table; ``kind``: said, note or flag."""

    words: Markup
    kind: str = "said"


@dataclass(frozen=True)
class Points:
    """Sentences as a list."""

    items: Sequence[Markup]
    kind: str = "points"


@dataclass(frozen=True)
class Table:
    """A table: the first cell of a row names it, and every other column is of numbers unless it is in ``words``."""

    caption: str
    head: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    words: Sequence[int] = ()
    kind: str = "table"


@dataclass(frozen=True)
class Pictures:
    """Pictures side by side, as SVG, under a heading."""

    title: Cell
    svgs: Sequence[str]
    kind: str = "pictures"
    size: str = "half"


@dataclass(frozen=True)
class Verbatim:
    """Text as it is to be typed."""

    text: str
    kind: str = "verbatim"


@dataclass(frozen=True)
class Section:
    """A section of the report, under its own heading; ``finding``: what it comes to, in a sentence."""

    key: str
    title: str
    parts: Sequence[Said | Points | Table | Pictures | Verbatim] = field(default_factory=tuple)
    finding: Cell = ""
