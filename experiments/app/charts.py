"""Line charts with fans, paired differences with intervals, and bars of winners and losers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .svg import (
    COLOURS,
    DASHES,
    GREY,
    INK,
    MARKS,
    PALE,
    apart,
    line,
    mark,
    number,
    picture,
    tag,
    text,
    ticks,
)


class Series(NamedTuple):
    """A line by name, with the lowest and highest of its fan where there is one."""

    name: str
    y: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None


def moved(what: str, first: float, last: float, unit: str) -> str:
    """A title that says what happened to a figure."""
    if abs(last - first) < 0.01 * max(abs(first), 1e-9):
        return f"{what} held at {_with(last, unit)}"
    verb = "rose" if last > first else "fell"
    return f"{what} {verb} from {_with(first, unit)} to {_with(last, unit)}"


def _with(value: float, unit: str) -> str:
    return f"£{number(value)}m" if unit.startswith("£m") else number(value) + (" %" if unit.startswith("%") else "")


def lines(
    title: str,
    unit: str,
    x: np.ndarray,
    series: Sequence[Series],
    *,
    end: float | None = None,
    from_zero: bool = True,
    size: tuple[int, int] = (480, 260),
    xlabel: str = "year",
) -> str:
    """Lines over years; each is told by colour, dash and a name at its end."""
    width, height = size
    left, right, top, bottom = 50, width - (0.28 * width if len(series) > 1 else 14), 46, height - 34
    everything = [a for s in series for a in (s.y, s.low, s.high) if a is not None and len(a)]
    high = max((float(np.nanmax(a)) for a in everything), default=1.0)
    low = 0.0 if from_zero else min((float(np.nanmin(a)) for a in everything), default=0.0)
    marks = ticks(low, high * 1.02 if high > 0 else 1.0, 4)
    stop = float(end or (x[-1] if len(x) else 1.0)) or 1.0

    def at(values: Any) -> np.ndarray:
        return bottom - (np.asarray(values, dtype=float) - marks[0]) / (marks[-1] - marks[0]) * (bottom - top)

    across = left + np.asarray(x, dtype=float) / stop * (right - left)
    parts = [
        line(left, float(at(m)), right, float(at(m)))
        + text(left - 6, float(at(m)) + 4, number(float(m)), 11, "end", GREY)
        for m in marks
    ]
    for year in range(int(np.floor(stop)) + 1):
        place = left + year / stop * (right - left)
        parts += [line(place, bottom, place, bottom + 4, GREY), text(place, bottom + 16, str(year), 11, "middle", GREY)]
    parts.append(text((left + right) / 2, height - 3, xlabel, 11, "middle", GREY))
    drawn = [s for s in series if len(s.y)]
    ends = apart([float(at(s.y[-1])) for s in drawn], 13, top, bottom)
    for k, s in enumerate(drawn):
        parts.append(_line(k, s, across, at))
        if len(series) > 1:
            name = _short(s.name, int(0.28 * width / 6.6))
            parts.append(text(right + 8, ends[k] + 4, name, 11, fill=COLOURS[k % 4], font_weight="bold"))
            parts.append(mark(MARKS[k % 4], float(across[-1]), float(at(s.y[-1])), 4, fill=COLOURS[k % 4]))
    label = f"{title}. Vertical axis: {unit}."
    return picture(width, height, label, *parts, title=title, subtitle=unit)


def _line(k: int, s: Series, across: np.ndarray, at: Any) -> str:
    colour = COLOURS[k % 4]
    fan = ""
    if s.low is not None and s.high is not None:
        there = [f"{a:.1f},{b:.1f}" for a, b in zip(across, at(s.high), strict=True)]
        back = [f"{a:.1f},{b:.1f}" for a, b in zip(across[::-1], at(s.low)[::-1], strict=True)]
        fan = tag("polygon", points=" ".join(there + back), fill=colour, fill_opacity=0.18)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across, at(s.y), strict=True))
    return fan + tag(
        "polyline", points=points, fill="none", stroke=colour, stroke_width=2.2, stroke_dasharray=DASHES[k % 4]
    )


class Difference(NamedTuple):
    """One row of paired differences: label and level of the first, then mean, low, high and probability for each."""

    label: str
    level: str
    cells: list[tuple[float, float, float, float]]


def differences(title: str, names: Sequence[str], rows: Sequence[Difference], width: int = 1100) -> str:
    """Paired differences in per cent of the first file's level, with intervals; colour and shape tell the files."""
    pitch = 13 * len(names) + 10
    left, right, top = 330, width - 20, 76
    height = top + pitch * len(rows) + 40
    every = [v for row in rows for cell in row.cells for v in cell[:3] if np.isfinite(v)]
    marks = ticks(min([*every, 0.0]), max([*every, 0.0]), 7)

    def at(value: float) -> float:
        return left + (value - marks[0]) / (marks[-1] - marks[0]) * (right - left)

    parts = []
    for k, name in enumerate(names):
        x = left + k * 250
        parts += [mark(MARKS[(k + 1) % 4], x, 52, 5, fill=COLOURS[(k + 1) % 4]), text(x + 12, 56, _short(name, 34), 12)]
    for m in marks:
        parts += [
            line(at(m), top - 8, at(m), height - 36),
            text(at(m), height - 22, f"{number(float(m))} %", 11, "middle", GREY),
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
            parts.append(_difference(k, names[k], row.label, at, y + 5 + 13 * k, mean, low, high, above))
    parts.append(
        text(
            (left + right) / 2,
            height - 4,
            "difference from the first, % of its level; bars: 95 % interval of luck",
            11,
            "middle",
            GREY,
        )
    )
    return picture(width, height, title, *parts, title=title)


def _difference(
    k: int, name: str, label: str, at: Any, y: float, mean: float, low: float, high: float, above: float
) -> str:
    colour = COLOURS[(k + 1) % 4]
    hint = f"{label}, {name}: {mean:+.1f} %"
    parts = ""
    if np.isfinite(low):
        hint += f" (95 % interval {low:+.1f} to {high:+.1f}); probability higher {above:.2f}"
        parts = line(at(low), y, at(high), y, colour, 2) + line(at(low), y - 4, at(low), y + 4, colour, 2)
        parts += line(at(high), y - 4, at(high), y + 4, colour, 2)
    return parts + mark(MARKS[(k + 1) % 4], at(mean), y, 5, hint, fill=colour)


def _short(name: str, most: int) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def bars(title: str, unit: str, rows: Sequence[tuple[str, float]], width: int = 600) -> str:
    """Bars left and right of zero; gains are blue and solid, losses orange and hatched, and each has its number."""
    pitch, left, right, top = 22, 190, width - 70, 46
    height = top + pitch * len(rows) + 24
    most = max((abs(v) for _, v in rows), default=1.0) or 1.0
    middle = (left + right) / 2

    def at(value: float) -> float:
        return middle + value / most * (right - left) / 2 * 0.86

    hatch = tag(
        "defs",
        tag(
            "pattern",
            tag("rect", width=6, height=6, fill="#F46A25"),
            tag("path", d="M0,6 L6,0", stroke="#ffffff", stroke_width=1.2),
            id="loss",
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
        ),
    )
    parts = [hatch, line(middle, top - 4, middle, height - 22, INK, 1.2)]
    for r, (name, value) in enumerate(rows):
        y = top + r * pitch
        start, stop = sorted((middle, at(value)))
        parts.append(
            tag(
                "rect",
                x=float(start),
                y=float(y),
                width=float(max(stop - start, 0.5)),
                height=pitch - 7,
                fill=COLOURS[0] if value >= 0 else "url(#loss)",
            )
        )
        parts.append(text(left - 8, y + 12, _short(name, 28), 12, "end"))
        side = "start" if value >= 0 else "end"
        shown = ("+" if value > 0 else "") + number(value)
        parts.append(text(at(value) + (5 if value >= 0 else -5), y + 12, shown, 11, side, INK))
    parts.append(text(middle, height - 5, unit, 11, "middle", GREY))
    return picture(width, height, f"{title} ({unit})", *parts, title=title)


__all__ = ["COLOURS", "GREY", "PALE", "Difference", "Series", "bars", "differences", "lines", "moved"]
