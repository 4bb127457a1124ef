"""Dates and weeks of a run. A model year has 52 weeks, and each begins on the anniversary of the first day."""

from __future__ import annotations

from datetime import date

from ..agents.patients.calendar import WEEKS


def week_of(day: date, starts: date) -> int:
    """The week, counted from 0, that a date falls in; negative before the run.

    Whole years count 52 weeks each, so that 1 April is always the first day of a contract year of a run that starts
    on 1 April; days within a year are scaled by 52 weeks over its 365 or 366 days.
    """
    years = day.year - starts.year
    if day < _anniversary(starts, years):
        years -= 1
    begin, end = _anniversary(starts, years), _anniversary(starts, years + 1)
    return WEEKS * years + (day - begin).days * WEEKS // (end - begin).days


def _anniversary(starts: date, years: int) -> date:
    """The same day so many years on; 28 February stands in for 29."""
    try:
        return starts.replace(year=starts.year + years)
    except ValueError:
        return starts.replace(year=starts.year + years, day=28)
