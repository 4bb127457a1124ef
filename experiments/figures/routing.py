"""How arrows of a diagram run: around boxes that are not their own, apart from one another, signs in the clear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import hypot
from typing import NamedTuple

import numpy as np

Point = tuple[float, float]
BENDS = tuple(sign * bend for bend in (0.12, 0.05, 0.24, 0.38, 0.55, 0.8) for sign in (1, -1))  # of an arrow's length
SIGNS = (0.66, 0.5, 0.78, 0.36)  # where on an arrow its sign may be, as a share of the way
CLEAR = 9.0  # pixels between a line and a box that is not its own
APART = 22.0  # pixels between two signs
HEAD = 24.0  # pixels between a sign and an arrowhead
WAY = np.linspace(0.04, 0.96, 47)[:, None]  # where a line is looked at
SIDES = ((0, -1), (0, 1), (1, 0), (-1, 0))  # of a box, on which an arrow to itself may be
LOOP = (20.0, 40.0, 46.0)  # pixels of such an arrow: half its foot, half its reach along the box, its height


class Route(NamedTuple):
    """A Bézier curve, and where its sign is; ``points``: start, one or two controls, and end."""

    points: tuple[Point, ...]
    sign: Point


class Routes:
    """Routes of one diagram. Those found earlier are what later ones keep clear of."""

    def __init__(self, at: Mapping[str, Point], box: Point, size: Point) -> None:
        self.at, self.box, self.size = at, box, size  # middles of boxes by name; size of a box and of the drawing
        self.signs: list[Point] = []
        self.lines: list[np.ndarray] = []  # points on each line, (n, 2)

    def find(self, source: str, target: str) -> Route:
        """The best way from one box to another, or to itself."""
        ways = self._to_itself(source) if source == target else self._bent(source, target)
        costs = [rank + self._cost(route, {source, target}) for rank, route in ways]
        route = ways[int(np.argmin(costs))][1]
        self.signs.append(route.sign)
        self.lines.append(along(route.points, WAY))
        return route

    def _bent(self, source: str, target: str) -> list[tuple[float, Route]]:
        """Curves to one side and the other, the straightest first, with each place of the sign."""
        (x0, y0), (x1, y1) = self.at[source], self.at[target]
        out = []
        for bend in BENDS:
            control = ((x0 + x1) / 2 - bend * (y1 - y0), (y0 + y1) / 2 + bend * (x1 - x0))
            points = (self._edge((x0, y0), control, 2.0), control, self._edge((x1, y1), control, 5.0))
            for k, share in enumerate(SIGNS):
                x, y = along(points, np.array([[share]]))[0]
                out.append((10.0 * abs(bend) + 0.5 * k, Route(points, (float(x), float(y)))))
        return out

    def _to_itself(self, name: str) -> list[tuple[float, Route]]:
        """Arrows from a box to itself, one on each side."""
        (x, y), (foot, reach, height), out = self.at[name], LOOP, []
        for k, (dx, dy) in enumerate(SIDES):
            x0, y0 = x + dx * self.box[0] / 2, y + dy * self.box[1] / 2
            foot_here = foot if dy else foot / 2
            points = tuple(
                (x0 + across * dy + up * dx, y0 - across * dx + up * dy)
                for across, up in ((-foot_here, 0.0), (-reach, height), (reach, height), (foot_here, 4.0))
            )
            out.append((0.5 * k, Route(points, (x0 + 0.74 * height * dx, y0 + 0.74 * height * dy))))
        return out

    def _cost(self, route: Route, own: set[str]) -> float:
        """How much a route runs over boxes, signs and other lines, and out of the drawing."""
        line, half = along(route.points, WAY), np.array(self.box) / 2
        cost = 0.0
        for name, middle in self.at.items():
            off = np.abs(line - middle) - half
            if name not in own:
                cost += 4.0 * float((off < CLEAR).all(axis=1).sum()) + 60.0 * float((off < 1.0).all(axis=1).any())
            if (np.abs(np.subtract(route.sign, middle)) < half + CLEAR).all():
                cost += 30.0
        cost += 3.0 * (hypot(*np.subtract(route.sign, route.points[-1])) < HEAD)
        for sign in self.signs:
            cost += 30.0 * (hypot(route.sign[0] - sign[0], route.sign[1] - sign[1]) < APART)
            cost += 4.0 * float((np.hypot(*(line - sign).T) < APART / 2).any())
        for other in self.lines:
            close = np.hypot(*(line[:, None] - other[None]).transpose(2, 0, 1)).min(axis=1) < CLEAR
            cost += 0.6 * float(close.sum())
        outside = (line < CLEAR) | (line > np.array(self.size) - CLEAR)
        return cost + 10.0 * float(outside.any(axis=1).sum())

    def _edge(self, box: Point, towards: Point, beyond: float) -> Point:
        """Where a line from the middle of a box towards a point leaves the box, and a little beyond."""
        dx, dy = towards[0] - box[0], towards[1] - box[1]
        scale = min(self.box[0] / 2 / max(abs(dx), 1e-9), self.box[1] / 2 / max(abs(dy), 1e-9))
        length = max(hypot(dx, dy), 1e-9)
        return box[0] + dx * scale + beyond * dx / length, box[1] + dy * scale + beyond * dy / length


def along(points: Sequence[Point], share: np.ndarray) -> np.ndarray:
    """Points of a Bézier curve of two or three parts at these shares of the way (n, 1), (n, 2)."""
    rows = [np.array(point)[None] for point in points]
    while len(rows) > 1:
        rows = [(1 - share) * first + share * second for first, second in pairwise(rows)]
    return rows[0]
