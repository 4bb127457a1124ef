"""Basic shapes of pictures as SVG. Text is always escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from ..results.numbers import number

BLUE = "#005EB8"
COLOURS = ("#12436D", "#28A197", "#801650", "#F46A25")
INK, GREY, PALE = "#212B32", "#4C6272", "#D8DDE0"
LIGHT = "#9DB9D6"  #: the first colour, for the wider of two intervals
DASHES = ("", "7 4", "2 3", "9 3 2 3")
MARKS = ("circle", "square", "triangle", "diamond")


def tag(kind: str, *inside: str, **attributes: Any) -> str:
    """An element; ``inside`` is SVG, attribute values are escaped."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_text(value))}"'
        for key, value in attributes.items()
        if value is not None and value != ""
    )
    return f"<{kind}{written}>{''.join(inside)}</{kind}>" if inside else f"<{kind}{written}/>"


def _text(value: Any) -> str:
    return f"{value:.1f}" if isinstance(value, float | np.floating) else str(value)


def text(x: float, y: float, words: str, size: int = 12, anchor: str = "start", fill: str = INK, **more: Any) -> str:
    """Text at a point."""
    return tag("text", escape(words), x=float(x), y=float(y), font_size=size, text_anchor=anchor, fill=fill, **more)


def line(x1: float, y1: float, x2: float, y2: float, stroke: str = PALE, width: float = 1.0, dash: str = "") -> str:
    """A straight line."""
    return tag(
        "line",
        x1=float(x1),
        y1=float(y1),
        x2=float(x2),
        y2=float(y2),
        stroke=stroke,
        stroke_width=width,
        stroke_dasharray=dash,
    )


def mark(shape: str, x: float, y: float, size: float = 4.5, hint: str = "", **more: Any) -> str:
    """A circle, square, triangle or diamond around a point; ``hint`` is read out and shown on hovering."""
    inside = (tag("title", escape(hint)),) if hint else ()
    r = size
    if shape == "circle":
        return tag("circle", *inside, cx=float(x), cy=float(y), r=float(r), **more)
    if shape == "square":
        return tag("rect", *inside, x=float(x - r), y=float(y - r), width=float(2 * r), height=float(2 * r), **more)
    corners = (
        [(0, -1.2), (1.1, 0.9), (-1.1, 0.9)] if shape == "triangle" else [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)]
    )
    return tag("polygon", *inside, points=" ".join(f"{x + r * a:.1f},{y + r * b:.1f}" for a, b in corners), **more)


def picture(
    width: int, height: int, label: str, *inside: str, title: str = "", subtitle: str = "", role: str = "img",
    **more: Any,
) -> str:  # fmt: skip
    """A picture with its title, which screen readers say; ``role`` group: its parts can be selected."""
    head = ""
    if title:
        head = text(0, 16, title, 15, font_weight="bold") + (text(0, 34, subtitle, 12, fill=GREY) if subtitle else "")
    return tag(
        "svg",
        tag("title", escape(label)),
        head,
        *inside,
        viewBox=f"0 0 {width} {height}",
        role=role,
        aria_label=label,
        class_="ff-picture",
        xmlns="http://www.w3.org/2000/svg",
        font_family="Arial, Helvetica, sans-serif",
        **more,
    )


def ticks(low: float, high: float, count: int = 5) -> np.ndarray:
    """Round numbers from below ``low`` to above ``high``."""
    from matplotlib.ticker import MaxNLocator

    if not (np.isfinite(low) and np.isfinite(high)):
        low, high = 0.0, 1.0
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    return np.asarray(MaxNLocator(count, min_n_ticks=3).tick_values(low, high))


def named(marks: np.ndarray) -> list[str]:
    """Ticks as they are written: all with as many decimals as tell them apart, whatever their size."""
    step = float(np.diff(marks).min())
    digits = next((d for d in range(9) if np.allclose(marks, np.round(marks, d), atol=1e-3 * step, rtol=0.0)), 9)
    return [number(float(m), digits) for m in marks]


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Heights close to those wanted, at least ``gap`` apart."""
    order = np.argsort(wanted)
    placed = [0.0] * len(wanted)
    last = low - gap
    for i in order:
        last = max(float(wanted[i]), last + gap)
        placed[i] = last
    over = last - high
    if over > 0:
        for i in order[::-1]:
            placed[i] = min(placed[i], high)
            high = placed[i] - gap
    return placed


def short(name: str, most: int) -> str:
    """A name cut to a number of characters."""
    return name if len(name) <= most else name[: most - 1] + "…"
