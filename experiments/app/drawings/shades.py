"""Colours for a figure of each provider: from pale to dark, or for differences from less to more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...figures.svg import GREY, tag, text
from ...results.numbers import number, signed

LEVELS = ("#E3EBF1", "#12436D")
DIFFERENCES = ("#12436D", "#F4F4F4", "#D4570F")  # no green and no red: which way is better is a judgement


@dataclass(frozen=True)
class Shade:
    """A measure of each node, or its difference from the reference; not a number where a node has none."""

    label: str
    unit: str
    digits: int
    kind: str  #: of the providers that have one
    values: Mapping[int, float]
    difference: bool = False

    @property
    def ends(self) -> tuple[float, float]:
        """Ends of the scale: of differences, as far below zero as above."""
        found = np.array([v for v in self.values.values() if np.isfinite(v)])
        if self.difference:
            most = float(np.abs(found).max(initial=0.0)) or 1.0
            return -most, most
        return (float(found.min()), float(found.max())) if found.size else (0.0, 1.0)

    def colour(self, node: int) -> str:
        """The colour of a node; white where it has no figure."""
        value = self.values.get(node, float("nan"))
        if not np.isfinite(value):
            return "#ffffff"
        low, high = self.ends
        at = (value - low) / (high - low) if high > low else 0.5
        return _between(DIFFERENCES if self.difference else LEVELS, at)

    def said(self, node: int) -> str:
        """The figure of a node in words; empty where it has none."""
        value = self.values.get(node, float("nan"))
        return f"{self.label} {self.written(value)} {self.unit}" if np.isfinite(value) else ""

    def written(self, value: float) -> str:
        """A figure as the tables of ``compare`` write it."""
        return signed(value, self.digits) if self.difference else number(value, self.digits)


def _between(colours: tuple[str, ...], at: float) -> str:
    """The colour at a share of the way along a scale of equal steps."""
    marks = np.linspace(0.0, 1.0, len(colours))
    parts = np.array([[int(c[k : k + 2], 16) for k in (1, 3, 5)] for c in colours])
    mixed = [round(float(np.interp(at, marks, parts[:, k]))) for k in range(3)]
    return "#{:02X}{:02X}{:02X}".format(*mixed)


def legend(shade: Shade, y: float) -> list[str]:
    """The scale of a shade with its ends, and the middle of differences."""
    low, high = shade.ends
    colours = DIFFERENCES if shade.difference else LEVELS
    stops = [tag("stop", offset=f"{100 * k / (len(colours) - 1):.0f}%", stop_color=c) for k, c in enumerate(colours)]
    marks = (low, 0.0, high) if shade.difference else (low, high)
    parts = [
        text(0, y - 14, f"{shade.label}{', difference' if shade.difference else ''}, {shade.unit}", 11, fill=GREY),
        tag("defs", tag("linearGradient", *stops, id="shade")),
        tag("rect", x=0, y=y - 7, width=180, height=12, fill="url(#shade)", stroke=GREY, stroke_width=0.5),
    ]
    for k, value in enumerate(marks):
        at, anchor = 180.0 * k / (len(marks) - 1), ("start", "middle", "end")[2 * k // (len(marks) - 1)]
        parts.append(text(at, y + 16, shade.written(value), 10, anchor))
    return parts
