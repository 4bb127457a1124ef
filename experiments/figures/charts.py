"""Line charts over years, with fans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..results.numbers import number, valued
from .svg import COLOURS, DASHES, GREY, MARKS, apart, line, mark, named, picture, short, tag, text, ticks

MANY = 20  #: marks across: beyond these, every tenth is shown


class Series(NamedTuple):
    """A named line, with its lowest and highest runs where there are several, and dashed what it is compared with."""

    name: str
    y: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    beside: np.ndarray | None = None


def moved(what: str, first: float, last: float, unit: str) -> str:
    """A title that says how a figure changed."""
    if abs(last - first) < 0.01 * max(abs(first), 1e-9):
        return f"{what} stayed at {_with(last, unit)}"
    verb = "rose" if last > first else "fell"
    return f"{what} {verb} from {_with(first, unit)} to {_with(last, unit)}"


def _with(value: float, unit: str) -> str:
    return valued(value, "£m") if unit.startswith("£m") else number(value) + (" %" if unit.startswith("%") else "")


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
    """Lines over years, each identified by colour, dash and a name at its end."""
    width, height = size
    left, right, top, bottom = 50, width - (0.28 * width if len(series) > 1 else 14), 46, height - 34
    everything = [a for s in series for a in (s.y, s.low, s.high, s.beside) if a is not None and len(a)]
    high = max((float(np.nanmax(a)) for a in everything), default=1.0)
    low = 0.0 if from_zero else min((float(np.nanmin(a)) for a in everything), default=0.0)
    marks = ticks(low, high * 1.02 if high > 0 else 1.0, 4)
    stop = float(end or (x[-1] if len(x) else 1.0)) or 1.0

    def at(values: Any) -> np.ndarray:
        return bottom - (np.asarray(values, dtype=float) - marks[0]) / (marks[-1] - marks[0]) * (bottom - top)

    across = left + np.asarray(x, dtype=float) / stop * (right - left)
    parts = [
        line(left, float(at(m)), right, float(at(m))) + text(left - 6, float(at(m)) + 4, words, 11, "end", GREY)
        for m, words in zip(marks, named(marks), strict=True)
    ]
    for year in range(0, int(np.floor(stop)) + 1, 1 if stop <= MANY else 10):
        place = left + year / stop * (right - left)
        parts += [line(place, bottom, place, bottom + 4, GREY), text(place, bottom + 16, str(year), 11, "middle", GREY)]
    parts.append(text((left + right) / 2, height - 3, xlabel, 11, "middle", GREY))
    drawn = [s for s in series if len(s.y)]
    ends = apart([float(at(s.y[-1])) for s in drawn], 13, top, bottom)
    for k, s in enumerate(drawn):
        parts.append(_line(k, s, across, at))
        if s.beside is not None:
            parts.append(_dashed(k, s.beside, across, at))
        if len(series) > 1:
            name = short(s.name, int((0.28 * width - 20) / 5.7))
            parts.append(text(right + 20, ends[k] + 4, name, 11))
            tip = (float(across[-1]), float(at(s.y[-1])))
            outside = (right + 11.0, ends[k])
            for x0, y0 in (tip, outside) if abs(tip[1] - ends[k]) > 5 or right - tip[0] > 5 else (outside,):
                parts.append(mark(MARKS[k % 4], x0, y0, 4, fill=COLOURS[k % 4]))
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


def _dashed(k: int, y: np.ndarray, across: np.ndarray, at: Any) -> str:
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across, at(y), strict=True))
    return tag("polyline", points=points, fill="none", stroke=COLOURS[k % 4], stroke_width=1.4, stroke_dasharray="5 3")
