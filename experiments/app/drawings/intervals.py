"""Paired differences with their 95 % ranges, one row for each measure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...figures.svg import COLOURS, GREY, INK, MARKS, line, mark, named, picture, short, tag, text, ticks
from ...report.every import direction
from ...results.numbers import interval, signed


class Difference(NamedTuple):
    """One row of paired differences: label and level of the first, then mean, low, high and probability for each."""

    label: str
    level: str
    cells: list[tuple[float, float, float, float]]
    unit: str = "%"


def differences(title: str, names: Sequence[str], rows: Sequence[Difference], width: int = 1100) -> str:
    """Paired differences, % of the first file's level, with 95 % ranges. Colour and shape identify the files."""
    pitch = max(13 * len(names) + 10, 32)  # room for two lines of words
    left, right, top = 330, width - 20, 76
    height = top + pitch * len(rows) + 40
    every = [v for row in rows for cell in row.cells for v in cell[:3] if np.isfinite(v)]
    marks = ticks(min([*every, 0.0]), max([*every, 0.0]), 7)

    def at(value: float) -> float:
        return left + (value - marks[0]) / (marks[-1] - marks[0]) * (right - left)

    parts = []
    for k, name in enumerate(names):
        x = left + k * 250
        parts += [mark(MARKS[(k + 1) % 4], x, 52, 5, fill=COLOURS[(k + 1) % 4]), text(x + 12, 56, short(name, 38), 12)]
    for m, words in zip(marks, named(marks), strict=True):
        parts += [
            line(at(m), top - 8, at(m), height - 36),
            text(at(m), height - 22, f"{words} %", 11, "middle", GREY),
        ]
    parts.append(line(at(0), top - 8, at(0), height - 36, INK, 1.5))
    for r, row in enumerate(rows):
        y = top + r * pitch
        if r % 2 == 0:
            parts.insert(0, tag("rect", x=0, y=float(y - 6), width=width, height=pitch, fill="#F0F4F5"))
        parts += [
            text(8, y + pitch / 2 - 7, row.label, 12, font_weight="bold"),
            text(8, y + pitch / 2 + 8, row.level, 11, fill=GREY),
        ]
        for k, (mean, low, high, above) in enumerate(row.cells):
            parts.append(_difference(k, names[k], row, at, y + 5 + 13 * k, mean, low, high, above))
    parts.append(
        text(
            (left + right) / 2,
            height - 4,
            "difference from the first, % of its level (margin: percentage points); bars: 95 % range from chance alone",
            11,
            "middle",
            GREY,
        )
    )
    return picture(width, height, title, *parts, title=title)


def _difference(
    k: int, name: str, row: Difference, at: Any, y: float, mean: float, low: float, high: float, above: float
) -> str:
    colour = COLOURS[(k + 1) % 4]
    hint = f"{row.label}, {name}: {signed(mean, 1)} {row.unit}"
    parts = ""
    if np.isfinite(low):
        hint += f" (95 % range {interval(low, high)}); {direction(mean, above)}"
        parts = line(at(low), y, at(high), y, colour, 2) + line(at(low), y - 4, at(low), y + 4, colour, 2)
        parts += line(at(high), y - 4, at(high), y + 4, colour, 2)
    return parts + mark(MARKS[(k + 1) % 4], at(mean), y, 5, hint, fill=colour)
