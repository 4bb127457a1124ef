"""Changes as bars left and right of zero."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from ..results.numbers import number
from .svg import COLOURS, GREY, INK, line, picture, short, tag, text


def bars(title: str, unit: str, rows: Sequence[tuple[str, float]], width: int = 600) -> str:
    """Bars on both sides of zero: rises blue and solid, falls orange and hatched, each with its number."""
    pitch, left, right, top = 22, 190, width - 70, 46
    height = top + pitch * len(rows) + 24
    most = max((abs(v) for _, v in rows), default=1.0) or 1.0
    middle = (left + right) / 2

    def at(value: float) -> float:
        return middle + value / most * (right - left) / 2 * 0.74

    fall = f"fall-{crc32(f'{title}{rows}'.encode()):x}"  # a page may have several pictures, and an id only once
    hatch = tag(
        "defs",
        tag(
            "pattern",
            tag("rect", width=6, height=6, fill="#F46A25"),
            tag("path", d="M0,6 L6,0", stroke="#ffffff", stroke_width=1.2),
            id=fall,
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
                fill=COLOURS[0] if value >= 0 else f"url(#{fall})",
            )
        )
        parts.append(text(left - 8, y + 12, short(name, 28), 12, "end"))
        side = "start" if value >= 0 else "end"
        shown = ("+" if value > 0 else "") + number(value)
        parts.append(text(at(value) + (5 if value >= 0 else -5), y + 12, shown, 11, side, INK))
    parts.append(text(middle, height - 5, unit, 11, "middle", GREY))
    return picture(width, height, f"{title} ({unit})", *parts, title=title)
