"""One person's years on a line: practice, clinic, ward, social care, health; two ways of paying above each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import pandas as pd

from ...agents.week import WEEKS
from .svg import COLOURS, GREY, INK, MARKS, PALE, line, mark, picture, tag, text

LANES = ("Practice", "Clinic", "A&E and ward", "Social care", "Health")
LANE = {
    "gp_consultations": 0,
    "other_consultations": 0,
    "failed_requests": 0,
    "unmet_requests": 0,
    "gp_referrals": 0,
    "other_referrals": 0,
    "first_clinics": 1,
    "follow_ups": 1,
    "other_visits": 1,
    "withdrawals": 1,
    "clock_stops": 1,
    "ae_attendances": 2,
    "ae_major": 2,
    "emergency_zero_day": 2,
    "emergency_overnight": 2,
    "day_cases": 2,
    "inpatients": 2,
    "diverted": 2,
    "discharges": 2,
    "emergency_nights": 2,
    "elective_nights": 2,
    "nhs_delayed_nights": 2,
    "social_delayed_nights": 2,
    "care_needs": 3,
    "care_refused": 3,
    "condition_onsets": 4,
    "frailty_onsets": 4,
    "deaths": 4,
    "births": 4,
    "arrivals": 4,
    "leavers": 4,
}
CARE = ("home_care", "council_place", "self_place", "nhs_place")
WORDS = {
    "gp_consultations": "GP consultation",
    "other_consultations": "consultation with a nurse or other clinician",
    "failed_requests": "request that failed",
    "unmet_requests": "request given up or taken elsewhere",
    "gp_referrals": "referral by the GP",
    "other_referrals": "referral by others",
    "first_clinics": "first clinic",
    "follow_ups": "follow-up",
    "other_visits": "visit to another profession",
    "ae_attendances": "A&E attendance",
    "ae_major": "seen in a major A&E department",
    "emergency_zero_day": "emergency admission, same day",
    "emergency_overnight": "emergency admission, overnight",
    "acsc_admissions": "(an avoidable admission)",
    "day_cases": "day case",
    "inpatients": "elective inpatient stay",
    "emergency_nights": "night in a bed, after an emergency",
    "elective_nights": "night in a bed, planned",
    "nhs_delayed_nights": "night in a bed, waiting for NHS care",
    "social_delayed_nights": "night in a bed, waiting for social care",
    "deaths": "death",
    "condition_onsets": "one more long-term condition",
    "frailty_onsets": "frailer by a step",
    "care_needs": "need for social care",
    "care_refused": "social care refused",
    "leavers": "moved away",
    "withdrawals": "left the waiting list unseen",
    "home_care_starts": "home care begins",
    "home_care_ends": "home care ends",
    "council_place_starts": "care home, council-funded, begins",
    "council_place_ends": "care home, council-funded, ends",
    "self_place_starts": "care home, self-funded, begins",
    "self_place_ends": "care home, self-funded, ends",
    "nhs_place_starts": "care home, NHS-funded, begins",
    "nhs_place_ends": "care home, NHS-funded, ends",
}


def words(event: str) -> str:
    """An event in words."""
    return WORDS.get(event, event.replace("_", " "))


def draw(title: str, names: Sequence[str], traces: Sequence[pd.DataFrame], weeks: int, width: int = 1210) -> str:
    """The events of one person under two ways of paying; what happens under one only has a dark ring."""
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
        parts += _marks(trace, others, at, y0, pitch)
    for year in range(weeks // WEEKS + 1):
        parts.append(text(at(year * WEEKS), height - 20, f"year {year}" if year else "start", 11, "middle", GREY))
    legend = "Hover a mark for what it was. Dark ring: happens under this way of paying only. Bars: care received."
    parts.append(text(0, height - 3, legend, 11, fill=GREY))
    return picture(width, height, title, *parts, title=title)


def _marks(
    trace: pd.DataFrame, others: set[tuple[int, str]], at: Callable[[float], float], y0: float, pitch: float
) -> list[str]:
    parts = []
    for row in trace.to_dict("records"):
        lane = LANE.get(row["event"])
        if lane is None:
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


def spans(trace: pd.DataFrame, weeks: int) -> list[tuple[str, int, int]]:
    """Care received: kind, first and last week."""
    out = []
    for kind in CARE:
        begun: int | None = None
        for row in trace.to_dict("records"):
            if row["event"] == f"{kind}_starts":
                begun = row["week"]
            elif begun is not None and row["event"] in (f"{kind}_ends", "deaths", "leavers"):
                out.append((kind, begun, row["week"]))
                begun = None
        if begun is not None:
            out.append((kind, begun, weeks))
    return out


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
