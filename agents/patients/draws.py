"""One week of luck and care: the only file that loops over people and draws their luck.

Everything random in the model is a hash of (seed, person, week, decision). The same person meets the same luck
under every contract, in any order and on any number of threads. The draw scheme is fixed here for good:

* ``salts(seed, week)`` gives one 64-bit salt per decision; a draw is ``mix(key ^ salt)``.
* The FILTER draw decides what a week brings. Its high 32 bits are compared with the person's chance of asking for
  an appointment; its low 32 bits fall on a line of intervals laid end to end in the order of ``Rare``. An
  interval is as wide as the largest chance the event can have for such a person (its *majorant*), so that a lever
  shrinks one interval and moves no other.
* The REQUEST draw settles an appointment: its low 16 bits who is asked, the next 24 whether the request succeeds, the
  high 24 whether a GP refers.
* Every later decision of the week (which hospital, how long a stay) has a salt of its own.
* A person is a key, never a row. A birth is ``mix(mother ^ salt)``; an arrival is (place, week, slot).

Thresholds per person are refreshed each quarter at the age reached in its middle, and at once when a person's
health changes. All sums are integers, so that no sum depends on the order in which it was made.

How it is fast: the filter reads three columns in chunks, without a branch, which the compiler turns into vector
instructions; only the one in eight to whom something happens are looked at again, from a compacted list.
"""

from enum import IntEnum

import numpy as np

from .compiled import kernel


class Draw(IntEnum):
    """Decisions that are drawn, each with a salt of its own."""

    FILTER = 0
    REQUEST = 1
    AFTER_FAILURE = 2
    PATHWAY = 3
    REFERRAL_HOSPITAL = 4
    EMERGENCY_TYPE = 5
    EMERGENCY_HOSPITAL = 6
    AE_ROUTE = 7
    READINESS = 8
    WITHDRAW = 9
    TIE = 10
    FOLLOW_UPS = 11
    BED = 12
    STAY = 13
    DISCHARGE = 14
    CARE = 15
    CARE_START = 16
    CARE_END = 17
    BIRTH = 18
    REPLACE = 19
    ARRIVAL = 20
    ARRIVAL_PERSON = 21
    DIVERT = 22
    NEED_RETURNS = 23
    NEED_KEPT = 24
    EARLY = 25
    BED_REFUSED = 26
    BED_WAIT = 27
    ARRANGE = 28
    WITHDRAWN_NEED = 29
    TREATED = 30
    STEP_UP = 31


DRAWS = len(Draw)

M1 = np.uint64(0xBF58476D1CE4E5B9)
M2 = np.uint64(0x94D049BB133111EB)
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
S30, S27, S31, S32 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(32)
S11, S8, S16, S40 = np.uint64(11), np.uint64(8), np.uint64(16), np.uint64(40)
LOW32 = np.uint64(0xFFFFFFFF)
LOW24 = np.uint64(0xFFFFFF)
LOW16 = np.uint64(0xFFFF)
OPERATION = np.uint64(0xD1B54A32D192ED03)  # the salt of what a pathway's operation will be, whatever the week
BYTE = np.uint64(255)
TO_UNIT = 1.0 / 9007199254740992.0  # 2**-53
TO_UNIT32 = 1.0 / 4294967296.0  # 2**-32
TO_UNIT24 = 1.0 / 16777216.0  # 2**-24
TO_UNIT16 = 1.0 / 65536.0
FULL32 = 4294967295.0


@kernel
def mix(x):
    """The splitmix64 finaliser (Steele, Lea & Flood 2014): uint64 to uint64."""
    x = (x ^ (x >> S30)) * M1
    x = (x ^ (x >> S27)) * M2
    return x ^ (x >> S31)


@kernel
def uniform(key, salt):
    """A number in [0, 1) for this key and decision."""
    return np.float64(mix(key ^ salt) >> S11) * TO_UNIT


@kernel
def pick(cumulative, u):
    """Index of the interval that u falls on; the size of ``cumulative`` when beyond them all.

    All are counted that u is beyond, since where to stop could only be guessed.
    """
    k = 0
    for j in range(cumulative.size):
        k += u >= cumulative[j]
    return k


@kernel
def whole(x, u):
    """A whole number with expectation x."""
    return np.int64(np.floor(x + u))
