"""The model's calendar: a year of 52 weeks."""

import numpy as np

DAYS = 7.0  #: days, and nights, in a week
WEEKS = 52  #: weeks in a model year; a week is one fifty-second of a year
QUARTER = 13  #: weeks in a quarter


def share_closed(passed: float, constant: float) -> float:
    """Share of a gap that a first-order flow closes in the time ``passed``; time constant in the same unit."""
    return float(1.0 - np.exp(-passed / constant))
