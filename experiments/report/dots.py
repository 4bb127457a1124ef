"""Differences as points with intervals, one row a way of paying: a panel a measure, for any number of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..figures.svg import COLOURS, GREY, INK, LIGHT, line, mark, named, picture, short, tag, text, ticks
from ..results.numbers import signed

WIDTH, PITCH, TOP = 420, 20, 44


class Dot(NamedTuple):
    """A difference and its interval; without one where the ends are not numbers.

    ``least`` and ``most``: interval from all that is not known, where it was drawn.
    """

    name: str
    mean: float
    low: float
    high: float
    least: float = float("nan")
    most: float = float("nan")


def dots(title: str, unit: str, rows: Sequence[Dot], digits: int = 1) -> str:
    """One panel. Whole points have an interval that leaves out zero, the wider one where there is one."""
    left, right = 176, WIDTH - 46
    height = TOP + PITCH * len(rows) + 24
    every = [v for row in rows for v in row[1:] if np.isfinite(v)]
    marks = ticks(min([*every, 0.0]), max([*every, 0.0]), 4)

    def at(value: float) -> float:
        return left + (value - marks[0]) / (marks[-1] - marks[0]) * (right - left)

    parts = [line(at(m), TOP - 4, at(m), height - 22) for m in marks]
    parts += [text(at(m), height - 9, words, 10, "middle", GREY) for m, words in zip(marks, named(marks), strict=True)]
    parts.append(line(at(0.0), TOP - 4, at(0.0), height - 22, INK, 1.4))
    for k, row in enumerate(rows):
        y = TOP + PITCH * k + PITCH / 2
        low, high = (row.least, row.most) if np.isfinite(row.least) else (row.low, row.high)
        sure = low > 0.0 or high < 0.0
        if np.isfinite(row.least):
            parts.append(line(at(row.least), y, at(row.most), y, LIGHT, 9.0))
        if np.isfinite(row.low):
            parts.append(line(at(row.low), y, at(row.high), y, COLOURS[0], 2.0))
        fill = COLOURS[0] if sure else "#ffffff"
        parts.append(mark("circle", at(row.mean), y, 4, fill=fill, stroke=COLOURS[0], stroke_width=1.6))
        parts += [text(left - 8, y + 4, short(row.name, 30), 11, "end"),
                  text(right + 8, y + 4, signed(row.mean, digits), 11, fill=GREY)]  # fmt: skip
        if k % 2 == 0:
            band = tag("rect", x=0, y=float(y - PITCH / 2), width=WIDTH, height=PITCH, fill="#F3F5F6")
            parts.insert(0, band)
    said = "; ".join(f"{row.name} {signed(row.mean, digits)}" for row in rows)
    return picture(WIDTH, height, f"{title}, {unit}: {said}", *parts, title=title, subtitle=unit)
