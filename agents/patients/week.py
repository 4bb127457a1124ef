"""What the kernels of a week are told: when, where, and about whom. They travel together, as a few named tuples."""

from typing import Any, NamedTuple

import numpy as np

from .compiled import kernel, kernel_inline
from .people import People, group_of
from .tables import PracticeWeek
from .tally import WeekTally, tally_of_thread


class When(NamedTuple):
    """A week, and its salts."""

    week: int
    clock: int  # the week on the clock of ageing; 0 with ageing off
    middle: int  # that clock in the middle of the quarter, where ages are taken
    salt: np.ndarray  # (decisions,) uint64


class Here(NamedTuple):
    """The place in a week: people, chances, providers and tallies."""

    people: People
    rates: Any  # RATES: from Python a table of one row, in the kernels that row
    practices: PracticeWeek
    hospitals: np.ndarray  # (H,) HOSPITAL_WEEK
    traced: np.ndarray  # (rows,) bool: people whose every event is logged
    tally: WeekTally


class Case(NamedTuple):
    """A person to whom something happens: row, practice, hospital (-1: none), age band and deprivation fifth."""

    i: Any
    p: Any
    h: Any
    group: Any


@kernel
def case_of(i, p, h, people):
    return Case(np.int64(i), np.int64(p), np.int64(h), group_of(i, people))


@kernel_inline
def for_thread(t, here):
    """The place as thread ``t`` works on it, with tallies of its own."""
    tally = tally_of_thread(t, here.tally)
    return Here(here.people, here.rates[0], here.practices, here.hospitals, here.traced, tally)
