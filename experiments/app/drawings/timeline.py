"""Timeline of one person under two ways of paying, in lanes: practice, clinic, ward, social care, health."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import pandas as pd

from ....agents.patients.calendar import WEEKS
from ...figures.svg import COLOURS, GREY, INK, MARKS, PALE, line, mark, picture, tag, text
from ..work.events import LANE, LANES, NIGHTS, spans, stays, words


def draw(title: str, names: Sequence[str], traces: Sequence[pd.DataFrame], weeks: int, width: int = 1210) -> str:
    """Events of one person under two ways of paying; those under one way only have a dark ring."""
    left, pitch, top, gap = 128, 26, 48, 40
    panel = pitch * len(LANES)
    height = top + len(traces) * (panel + gap) + 34
    parts: list[str] = []
    seen = [set(zip(t["week"], t["event"], strict=True)) for t in traces]

    def at(week: float) -> float:
        return left + week / weeks * (width - left - 16)

    for k, (name, trace) in enumerate(zip(names, traces, strict=True)):
        y0 = top + k * (panel + gap) + 18
        parts.append(text(0, y0 - 6, name, 13, font_weight="bold"))
        for lane, label in enumerate(LANES):
            y = y0 + lane * pitch + pitch / 2
            parts += [text(0, y + 4, label, 12, fill=GREY), line(left, y, width - 10, y)]
        for year in range(weeks // WEEKS + 1):
            parts.append(line(at(year * WEEKS), y0, at(year * WEEKS), y0 + panel, PALE, 1, "2 3"))
        parts += _spans(trace, weeks, at, y0 + 3 * pitch + pitch / 2)
        others = set().union(*(s for j, s in enumerate(seen) if j != k)) if len(seen) > 1 else seen[k]
        parts += _stays(trace, others, at, y0 + 2 * pitch + pitch / 2)
        parts += _marks(trace, others, at, y0, pitch)
    for year in range(weeks // WEEKS + 1):
        parts.append(text(at(year * WEEKS), height - 20, f"year {year}" if year else "start", 11, "middle", GREY))
    legend = (
        "Dark ring: happens under this way of paying only. Bars: nights in a bed "
        "(striped: fit to leave, waiting for care), and social care received."
    )
    parts.append(text(0, height - 3, legend, 11, fill=GREY))
    return picture(width, height, title, *parts, title=title)


def _marks(
    trace: pd.DataFrame, others: set[tuple[int, str]], at: Callable[[float], float], y0: float, pitch: float
) -> list[str]:
    parts = []
    for row in trace.to_dict("records"):
        lane = LANE.get(row["event"])
        if lane is None or row["event"] in NIGHTS:
            continue
        only = (row["week"], row["event"]) not in others
        hint = f"Week {row['week']}: {words(row['event'])}" + (f", {row['hospital']}" if row["hospital"] else "")
        bad = row["event"] in ("failed_requests", "unmet_requests", "care_refused", "deaths")
        colour = INK if bad else (*COLOURS, "#4C6272")[lane]
        size, rim = (3.4, INK) if bad else (4.6, INK if only else "#ffffff")
        width = 2.2 if only else 1.2 if bad else 0.6
        y = y0 + lane * pitch + pitch / 2
        look = {"fill": "#ffffff" if bad else colour, "stroke": rim, "stroke_width": width}
        parts.append(mark((*MARKS, "circle")[lane], at(row["week"]), y, size, hint, **look))
    return parts


def _stays(trace: pd.DataFrame, others: set[tuple[int, str]], at: Callable[[float], float], y: float) -> list[str]:
    """Bars as long as the stays."""
    stripes = tag(
        "pattern",
        tag("rect", width=4, height=4, fill="#ffffff"),
        tag("path", d="M0,4 L4,0", stroke=COLOURS[2], stroke_width=1.6),
        id="delay",
        width=4,
        height=4,
        patternUnits="userSpaceOnUse",
    )
    parts = [tag("defs", stripes)]
    for stay in stays(trace):
        delayed = "delayed" in stay.event
        only = any((week, stay.event) not in others for week in stay.weeks)
        start = at(stay.week)
        hint = f"From week {stay.week}: {words(stay.event, stay.nights)}, {stay.hospital}"
        parts.append(
            tag(
                "rect",
                tag("title", escape(hint)),
                x=float(start),
                y=float(y - 5),
                width=float(max(at(stay.week + stay.nights / 7) - start, 2.5)),
                height=10,
                fill="url(#delay)" if delayed else COLOURS[2],
                fill_opacity=1 if delayed else 0.45,
                stroke=INK if only else COLOURS[2],
                stroke_width=1.6 if only else 0.8,
            )
        )
    return parts


def _spans(trace: pd.DataFrame, weeks: int, at: Callable[[float], float], y: float) -> list[str]:
    parts = []
    for kind, first, last in spans(trace, weeks):
        hint = tag("title", escape(f"{words(f'{kind}_starts')[:-7]}, weeks {first} to {last}"))
        parts.append(
            tag(
                "rect",
                hint,
                x=float(at(first)),
                y=float(y - 5),
                width=float(max(at(last) - at(first), 2)),
                height=10,
                fill=COLOURS[3],
                fill_opacity=0.55,
            )
        )
    return parts
