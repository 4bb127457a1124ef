"""The model's calendar: a year of 52 weeks."""

import warnings

import numpy as np

DAYS = 7.0  #: days, and nights, in a week
WEEKS = 52  #: weeks in a model year; a week is one fifty-second of a year
QUARTER = 13  #: weeks in a quarter
NEAR = 0.05  #: weeks: so near to a whole number, years typed with two or three decimals mean it


def weeks_of(years: float) -> int:
    """Weeks of a run of so many years, to the nearest; warns where that is not what was asked for."""
    weeks = round(years * WEEKS)
    if abs(years * WEEKS - weeks) > NEAR:
        said = f"{years:g} years are {years * WEEKS:.2f} weeks; a run has whole weeks: this one has {weeks}"
        warnings.warn(said, stacklevel=1)  # here: so that one run says it once
    return weeks


def share_closed(passed: float, constant: float) -> float:
    """Share of a gap that a first-order flow closes in the time ``passed``; time constant in the same unit."""
    return float(1.0 - np.exp(-passed / constant))
