"""How sure a figure is, drawn on its tile: its ranges in two shades, and the grade of evidence that it rests on."""

from __future__ import annotations

from html import escape

import numpy as np

from ...figures.svg import COLOURS, INK, LIGHT, line, mark, tag
from ...report.evidence import GRADES
from ...results.numbers import interval, number
from ..work.answer import Grade, Range

WIDTH, HEIGHT = 150, 16
FILLS = {"verified": "#12436D", "derived": "#28A197", "recalled": "#F46A25", "assumed": "#801650"}
LEGEND = {
    False: "Bars: 95 % range from chance; upright line: no difference.",
    True: "Bars: 95 % range from chance (dark), and from all that is not known (light); upright line: no difference.",
}  #: by whether what is not known was drawn


def ranges(found: Range, digits: int = 1) -> str:
    """The ranges of a difference about a line at no difference; nothing where there is none."""
    if not np.isfinite(found.low):
        return ""
    ends = [0.0, *(x for x in found if np.isfinite(x))]
    low, high = min(ends), max(ends)
    wide = (high - low) or 1.0
    at = lambda x: 5.0 + (x - low) / wide * (WIDTH - 10.0)  # noqa: E731
    y, parts = HEIGHT / 2, []
    said = f"95 % range from chance {interval(found.low, found.high, digits)}"
    if np.isfinite(found.least):
        parts.append(line(at(found.least), y, at(found.most), y, LIGHT, 10.0))
        said += f", from all that is not known {interval(found.least, found.most, digits)}"
    parts.append(line(at(found.low), y, at(found.high), y, COLOURS[0], 4.0))
    parts.append(line(at(0.0), 0.0, at(0.0), HEIGHT, INK, 1.4))
    parts.append(mark("circle", at(found.mean), y, 4.0, fill=COLOURS[0], stroke="#ffffff", stroke_width=1.0))
    return tag("svg", *parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=said, class_="ff-shades")


def grade(found: Grade, label: str) -> str:
    """A mark with the part that rests on assumed numbers, which unfolds to the numbers."""
    x, bars = 0.0, []
    for name, part in found.parts.items():
        wide = 0.4 * part
        bars.append(tag("rect", x=x, y=0, width=wide, height=10, fill=FILLS[name]))
        x += wide
    bar = tag("svg", *bars, viewBox="0 0 40 10", aria_hidden="true", class_="ff-grades")
    short = f"rests {found.assumed} % on assumed numbers" if found.drawn else f"{found.assumed} numbers assumed"
    unseen = f'<span class="ff-unseen">: evidence behind {escape(label)}</span>'
    return f'<details class="ff-grade"><summary>{bar}<span>{short}{unseen}</span></summary>{_numbers(found)}</details>'


def _numbers(found: Grade) -> str:
    parts = ", ".join(f"{number(part, 0)} % {name}" for name, part in found.parts.items() if part >= 0.5)
    if not found.drawn:
        return f"<p>Of all numbers of the model: {parts}. Which of them this hangs on needs draws: see below.</p>"
    rows = "".join(
        f"<li>{escape(one.label)}: <b>{one.grade}</b>, {GRADES[one.grade]}; rank correlation "
        f"{one.correlation}{'' if one.sure else ', which may be luck'}</li>"
        for one in found.named
    )
    luck = "luck spreads these parts evenly over all numbers"
    return f"<p>Moves most with:</p><ul>{rows}</ul><p>By grade: {parts}; {luck}.</p>"
