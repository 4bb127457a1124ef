"""Labels on a map, each placed where it hides least."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...figures.svg import GREY, tag, text

TALL = 29.0
Box = tuple[float, float, float]  # left, top and width


def labels(
    words: Sequence[tuple[int, str, str]], x: np.ndarray, y: np.ndarray, r: np.ndarray, width: float
) -> list[str]:
    """Two lines of text next to some points of a map, by index; all points have a position and a radius."""
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
