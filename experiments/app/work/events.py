"""Events of a person: their labels, their lanes on a timeline, and stays in hospital and in care."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from ....agents.patients.words import HAPPENINGS, SERVICES

LANES = SERVICES
LANE = {event.name: SERVICES.index(event.service) for event in HAPPENINGS if event.service}
WORDS = {event.name: event.label for event in HAPPENINGS}
NIGHTS = ("emergency_nights", "elective_nights", "nhs_delayed_nights", "social_delayed_nights")
CARE = ("home_care", "council_place", "self_place", "nhs_place")


def words(event: str, times: int = 1) -> str:
    """The label of an event, with the number of times it happened in a week."""
    said = WORDS[event]
    if times == 1:
        return said
    return f"{times} {said.replace('night', 'nights', 1)}" if event in NIGHTS else f"{said} × {times}"


class Stay(NamedTuple):
    """Consecutive hospital nights of one kind: first week, number of nights, hospital, and all weeks."""

    event: str
    week: int
    nights: int
    hospital: str
    weeks: tuple[int, ...]


def stays(trace: pd.DataFrame) -> list[Stay]:
    """Hospital stays: nights of consecutive weeks are joined, and an admission begins a new stay."""
    nights: Any = trace[trace["event"].isin(NIGHTS)]
    admitted = set(trace["week"][trace["event"].isin(("emergency_overnight", "inpatients"))])
    out: list[Stay] = []
    counted = nights.groupby(["event", "week", "hospital"], sort=True).size()
    for (event, week, hospital), n in counted.items():
        last = out[-1] if out else None
        continues = last and (last.event, last.hospital) == (event, hospital) and last.weeks[-1] == week - 1
        if last and continues and week not in admitted:
            out[-1] = last._replace(nights=last.nights + n, weeks=(*last.weeks, week))
        else:
            out.append(Stay(event, week, int(n), hospital, (week,)))
    return out


def spans(trace: pd.DataFrame, weeks: int) -> list[tuple[str, int, int]]:
    """Spells of care: kind, first and last week."""
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
