"""The model's calendar: a year of 52 weeks."""

DAYS = 7.0  #: days, and nights, in a week
WEEKS = 52  #: weeks in a model year; a week is one fifty-second of a year
QUARTER = 13  #: weeks in a quarter
