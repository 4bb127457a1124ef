"""The columns of everyone, and what their bits mean."""

from typing import NamedTuple

import numpy as np

from .calendar import WEEKS
from .compiled import kernel

BANDS = 7  #: age bands 0-4, 5-14, 15-44, 45-64, 65-74, 75-84, 85+
GROUPS = BANDS * 5  #: age band x deprivation quintile
HEADROOM = 1.6  #: widest that a lever or modifier may stretch a chance (majorant ÷ baseline)

# where a person is
GONE, HOME, HOSPITAL, FIT, STEP_UP_BED = 0, 1, 2, 3, 4
OLD = 4  # age band from which a stay can end in a wait for care: 65 years
UNMET_BIT = 128  # of traits: a failed request is to be repeated
# care that a person receives
NO_CARE, HOME_CARE, COUNCIL_PLACE, SELF_PLACE, NHS_PLACE, AWAITING_CARE, REFUSED_CARE = 0, 1, 2, 3, 4, 5, 6
# needs of a person, as bits; HEARD: a pathway is under way for one of them
NEEDS_URGENT, NEEDS_CLINIC, NEEDS_ADMISSION, UNWELL, HEARD = 1, 2, 4, 8, 16
PLANNED_NEEDS = NEEDS_URGENT | NEEDS_CLINIC | NEEDS_ADMISSION
NEEDS = 32  # combinations of these bits
READMITTED_WITHIN = 4  # weeks after a discharge in which an emergency admission is a readmission
TINY = 1e-9  # keeps a quotient of counts finite where a sample counts none


def table_type(**fields):
    """A structured type: one argument for the kernels instead of dozens, which numba compiles in seconds."""
    return np.dtype(
        [(name, *kind) if isinstance(kind, tuple) else (name, kind) for name, kind in fields.items()], align=True
    )


#: what is true of a person and seldom asked for, 8 bytes
STATE = table_type(
    control="u2",  # how well conditions and risks are controlled, of 65535
    born="i2",  # week of birth on the clock of ageing
    conditions="u1",  # of eight long-term conditions (4 = four or more)
    frailty="u1",  # fit, mild, moderate, severe
    care="u1",
    need="u1",  # bits of needs that are neither met nor lapsed
)


class People(NamedTuple):
    """The columns of everyone, one row a person, 31 bytes each, sorted by practice.

    The first three are all that the weekly filter reads of the many to whom nothing happens; what requests and the
    waiting list ask for stands in small columns that stay in the cache.
    """

    key: np.ndarray  # uint64, identity
    t_request: np.ndarray  # uint32, chance of asking for an appointment this week, of 2**32
    t_rare: np.ndarray  # uint32, sum of the majorants of the rare events, of 2**32
    where: np.ndarray  # uint8, GONE, HOME, HOSPITAL, FIT or STEP_UP_BED
    traits: np.ndarray  # uint8: bit 0 female, 1-3 deprivation quintile from 0 (most deprived), 4-6 age band, 7 UNMET
    spend: np.ndarray  # int32, £ of care received since the year began; without meaning in an empty row
    state: np.ndarray  # STATE
    discharged: np.ndarray  # uint8, weeks in which an emergency admission is still a readmission


NEWCOMER = table_type(key="u8", practice="i4", born="i2", traits="u1", conditions="u1", frailty="u1")


BAND_OF = np.searchsorted([5, 15, 45, 65, 75, 85], np.arange(106), side="right")  # a table has no branch to guess


@kernel
def age_band(years):
    return BAND_OF[years]


@kernel
def age_years(born, middle):
    return min(max((middle - born) // WEEKS, 0), 105)


@kernel
def quintile_of(i, people):
    return (people.traits[i] >> 1) & 7


@kernel
def band_of(i, people):
    """The age band as of this quarter's beginning or last change."""
    return np.int64((people.traits[i] >> 4) & 7)


@kernel
def group_of(i, people):
    """Age band and deprivation quintile as one number."""
    return band_of(i, people) * 5 + np.int64(quintile_of(i, people))
