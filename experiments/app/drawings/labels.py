"""Labels on a map, each placed where it hides least."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...figures.svg import GREY, tag, text

TALL = 29.0
HIDES = 150.0  #: pixels that the name of a town may hide; beyond, it is left out
Box = tuple[float, float, float]  # left, top and width


def labels(
    words: Sequence[tuple[int, str, str]], x: np.ndarray, y: np.ndarray, r: np.ndarray, width: float,
    towns: Sequence[tuple[str, float, float]] = (),
) -> list[str]:  # fmt: skip
    """Two lines of text next to some points of a map, by index; all points have a position and a radius.

    ``towns``: names with their positions, written where they hide little, the first ones first.
    """
    parts: list[str] = []
    taken: list[Box] = []
    for node, name, said in words:
        wide = max(6.9 * len(name), 108.0)
        boxes = _boxes(float(x[node]), float(y[node]), float(r[node]), wide, float(x[node]) > width / 2)
        inside = [box for box in boxes if box[1] > 0 and box[1] + wide < width] or boxes
        side, left, top = min(inside, key=lambda box, wide=wide: _hidden((box[1], box[2], wide), x, y, r, taken))
        taken.append((left, top, wide))
        at = {"start": left, "middle": left + wide / 2, "end": left + wide}[side]
        ground = {"fill": "#ffffff", "fill_opacity": 0.8, "pointer_events": "none"}
        parts.append(tag("rect", x=left, y=top, width=wide, height=TALL, **ground))
        parts.append(text(at, top + 12, name, 12, side, font_weight="bold", pointer_events="none"))
        parts.append(text(at, top + 25, said, 11, side, GREY, pointer_events="none"))
    return parts + _towns(towns, x, y, r, taken, width)


def _towns(
    towns: Sequence[tuple[str, float, float]], x: np.ndarray, y: np.ndarray, r: np.ndarray, taken: list[Box],
    width: float,
) -> list[str]:  # fmt: skip
    parts = []
    for name, east, south in towns:
        wide = 6.4 * len(name)
        places = [(east - wide / 2, south + down) for down in (-20.0, 20.0, -34.0, 34.0)]
        places += [(east + 14, south), (east - 14 - wide, south)]
        boxes = [(left, mid - TALL / 2, wide) for left, mid in places if left > 0 and left + wide < width]
        box = min(boxes, key=lambda box: _hidden(box, x, y, r, taken), default=None)
        if box is None or _hidden(box, x, y, r, taken) > HIDES:
            continue
        taken.append(box)
        halo = {"stroke": "#ffffff", "stroke_width": 2.5, "paint_order": "stroke", "font_style": "italic"}
        parts.append(text(box[0], box[1] + TALL / 2 + 4, name, 11, pointer_events="none", **halo))
    return parts


def _boxes(x: float, y: float, r: float, wide: float, right: bool) -> list[tuple[str, float, float]]:
    """Candidate positions of a label: text anchor, left and top; sideways and outwards first."""
    sideways = [("start", x + r + 4, y - TALL / 2), ("end", x - r - 4 - wide, y - TALL / 2)]
    aligned = (("middle", x - wide / 2), ("end", x + r - wide), ("start", x - r))
    above_and_below = [(side, left, top) for top in (y - r - TALL - 1, y + r + 1) for side, left in aligned]
    return [*(sideways if right else sideways[::-1]), *above_and_below]


def _hidden(box: Box, x: np.ndarray, y: np.ndarray, r: np.ndarray, taken: Sequence[Box]) -> float:
    """How much a label hides: points and, with more weight, other labels."""
    left, top, wide = box
    across = np.minimum(left + wide, x + r) - np.maximum(left, x - r)
    down = np.minimum(top + TALL, y + r) - np.maximum(top, y - r)
    under = float((np.maximum(across, 0) * np.maximum(down, 0)).sum())
    for other, above, width in taken:
        common = min(left + wide, other + width) - max(left, other)
        under += 10.0 * max(common, 0.0) * max(TALL - abs(top - above), 0.0)
    return under
