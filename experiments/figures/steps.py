"""The parts of a difference as bars, each beginning where the last one ends, and the whole below: a panel a measure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..results.numbers import number, signed
from .svg import COLOURS, GREY, INK, line, picture, short, tag, text, ticks

WIDTH, PITCH, TOP = 420, 21, 44
LEFT, RIGHT = 176, 52  #: px for names and for figures
HIGH = 13  #: px of a bar


class Step(NamedTuple):
    """A part of a difference and its interval; without one where the ends are not numbers."""

    name: str
    size: float
    low: float
    high: float


def steps(title: str, unit: str, parts: Sequence[Step], whole: Step) -> str:
    """One panel: rises are filled, falls are hollow, and the whole is grey; thin lines are intervals."""
    ends = np.cumsum([0.0, *(part.size for part in parts)])
    rows = [*zip(parts, ends[:-1], strict=True), (whole, 0.0)]
    reach = [start + value for row, start in rows for value in row[1:] if np.isfinite(value)]
    marks = ticks(min([*reach, 0.0]), max([*reach, 0.0]), 4)
    height, right = TOP + PITCH * len(rows) + 30, WIDTH - RIGHT

    def at(value: float) -> float:
        return LEFT + (value - marks[0]) / (marks[-1] - marks[0]) * (right - LEFT)

    inside = [line(at(m), TOP - 4, at(m), height - 26) for m in marks]
    inside += [text(at(m), height - 12, number(float(m)), 10, "middle", GREY) for m in marks]
    inside.append(line(at(0.0), TOP - 4, at(0.0), height - 26, INK, 1.4))
    for k, (row, start) in enumerate(rows):
        y = TOP + PITCH * k + (6 if row is whole else 0)
        here, there = at(float(start)), at(float(start + row.size))
        fill = GREY if row is whole else COLOURS[0] if row.size > 0.0 else "#ffffff"
        inside.append(
            tag("rect", x=min(here, there), y=float(y), width=max(abs(there - here), 0.8), height=HIGH, fill=fill,
                stroke=GREY if row is whole else COLOURS[0], stroke_width=1.2, data_size=repr(float(row.size)))
        )  # fmt: skip
        if k + 1 < len(parts):
            inside.append(line(there, y + HIGH, there, y + PITCH, GREY, 0.8))
        if np.isfinite(row.low):
            middle = y + HIGH / 2
            inside.append(line(at(float(start + row.low)), middle, at(float(start + row.high)), middle, "#F46A25", 1.6))
        bold = "bold" if row is whole else ""
        inside += [text(LEFT - 8, y + 11, short(row.name, 30), 11, "end", font_weight=bold),
                   text(right + 8, y + 11, signed(row.size), 11, fill=GREY, font_weight=bold)]  # fmt: skip
    said = "; ".join(f"{row.name} {signed(row.size)}" for row, _ in rows)
    return picture(WIDTH, height, f"{title}, {unit}: {said}", *inside, title=title, subtitle=unit)
