"""One week of luck and care: the only file that loops over people and draws their luck.

Everything random in the model is a hash of (seed, person, week, decision). The same person meets the same luck
under every contract, in any order and on any number of threads. The draw scheme is fixed here for good:

* ``salts(seed, week)`` gives one 64-bit salt per decision; a draw is ``mix(key ^ salt)``.
* The FILTER draw decides what a week brings. Its high 32 bits are compared with the person's chance of asking for
  an appointment; its low 32 bits fall on a line of intervals laid end to end in the order of ``RARE``. An
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

The kernels share this one file because a cached numba function does not notice a change in another file.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

DAYS = 7.0  #: days, and nights, in a week
WEEKS = 52  #: weeks in a model year; a week is one fifty-second of a year
QUARTER = 13  #: weeks in a quarter
BANDS = 7  #: age bands 0-4, 5-14, 15-44, 45-64, 65-74, 75-84, 85+
GROUPS = BANDS * 5  #: age band x deprivation quintile
HEADROOM = 1.6  #: widest that a lever or modifier may stretch a chance (majorant ÷ baseline)

# where a person is
GONE, HOME, HOSPITAL, FIT = 0, 1, 2, 3
UNMET_BIT = 128  # of traits: a failed request is to be repeated
# care that a person receives
NO_CARE, HOME_CARE, COUNCIL_PLACE, SELF_PLACE, NHS_PLACE, AWAITING_CARE, REFUSED_CARE = 0, 1, 2, 3, 4, 5, 6
# stages of a pathway
URGENT, CLINIC, ADMISSION, THEATRE = 0, 1, 2, 3
QUEUES = 4
LONGEST = 105  # waits of two years and more share the last bin
ONE_IN, MORE_NOTES = 16, 64  # a practice's room for notes to the hospitals: one of sixteen of its people, and some more
TINY = 1e-9  # keeps a quotient of counts finite where a sample counts none
CHUNK = 2048  # people that the filter takes at a time: their columns stay in the nearest cache

#: what is counted, per practice and group and per hospital; those from EDGE_FIRST to EDGE_LAST along edges too
EVENTS = (
    "requests",
    "first_requests",
    "gp_consultations",
    "other_consultations",
    "failed_requests",
    "unmet_requests",
    "gp_referrals",
    "other_referrals",
    "ae_attendances",
    "ae_major",
    "emergency_zero_day",
    "emergency_overnight",
    "acsc_admissions",
    "day_cases",
    "inpatients",
    "first_clinics",
    "follow_ups",
    "other_visits",
    "emergency_nights",
    "elective_nights",
    "nhs_delayed_nights",
    "social_delayed_nights",
    "deaths",
    "births",
    "condition_onsets",
    "frailty_onsets",
    "arrivals",
    "leavers",
    "withdrawals",
    "clock_stops",
    "care_needs",
    "care_refused",
    "home_care_starts",
    "council_place_starts",
    "self_place_starts",
    "nhs_place_starts",
    "home_care_ends",
    "council_place_ends",
    "self_place_ends",
    "nhs_place_ends",
    "diverted",
    "discharges",
)
(
    REQUESTS,
    FIRST_REQUESTS,
    GP_CONSULTATIONS,
    OTHER_CONSULTATIONS,
    FAILED,
    UNMET,
    GP_REFERRALS,
    OTHER_REFERRALS,
    AE,
    AE_MAJOR,
    ZERO_DAY,
    OVERNIGHT,
    ACSC,
    DAY_CASES,
    INPATIENTS,
    FIRST_CLINICS,
    FOLLOW_UPS,
    OTHER_VISITS,
    EMERGENCY_NIGHTS,
    ELECTIVE_NIGHTS,
    NHS_DELAY,
    SOCIAL_DELAY,
    DEATHS,
    BIRTHS,
    CONDITION_ONSETS,
    FRAILTY_ONSETS,
    ARRIVALS,
    LEAVERS,
    WITHDRAWALS,
    CLOCK_STOPS,
    CARE_NEEDS,
    CARE_REFUSED,
    CARE_STARTS,
    _S2,
    _S3,
    _S4,
    CARE_ENDS,
    _E2,
    _E3,
    _E4,
    DIVERTED,
    DISCHARGES,
) = range(len(EVENTS))
EDGE_FIRST, EDGE_LAST = GP_REFERRALS, OTHER_VISITS  # what is counted along edges: a run of EVENTS
EDGES = EDGE_LAST - EDGE_FIRST + 1

#: decisions, each with a salt of its own
DECISIONS = (
    "filter",
    "request",
    "after_failure",
    "pathway",
    "referral_hospital",
    "emergency_type",
    "emergency_hospital",
    "ae_route",
    "readiness",
    "withdraw",
    "tie",
    "follow_ups",
    "bed",
    "stay",
    "discharge",
    "care",
    "care_start",
    "care_end",
    "birth",
    "replace",
    "arrival",
    "arrival_person",
    "divert",
)
(
    D_FILTER,
    D_REQUEST,
    D_AFTER,
    D_PATHWAY,
    D_REFERRAL_HOSPITAL,
    D_TYPE,
    D_EMERGENCY_HOSPITAL,
    D_ROUTE,
    D_READY,
    D_WITHDRAW,
    D_TIE,
    D_FOLLOW,
    D_BED,
    D_STAY,
    D_DISCHARGE,
    D_CARE,
    D_START,
    D_END,
    D_BIRTH,
    D_REPLACE,
    D_ARRIVAL,
    D_PERSON,
    D_DIVERT,
) = range(len(DECISIONS))

#: rare events in the order of their intervals
RARE = (
    "death",
    "frailty",
    "condition",
    "emergency",
    "ae",
    "other_referral",
    "planned",
    "birth",
    "leave",
    "care",
    "care_end",
)

# what a practice's week hands to the hospitals: low bits of an urgent event
URGENT_OVERNIGHT, URGENT_ACSC, URGENT_PLANNED, URGENT_CARE, URGENT_VIA_AE, URGENT_AE_ONLY = 1, 2, 4, 8, 16, 32

_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_S30, _S27, _S31, _S32 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(32)
_S11, _S8, _S16, _S40 = np.uint64(11), np.uint64(8), np.uint64(16), np.uint64(40)
_LOW32 = np.uint64(0xFFFFFFFF)
_LOW24 = np.uint64(0xFFFFFF)
_LOW16 = np.uint64(0xFFFF)
_OPERATION = np.uint64(0xD1B54A32D192ED03)  # the salt of what a pathway's operation will be, whatever the week
_BYTE = np.uint64(255)
_TO_UNIT = 1.0 / 9007199254740992.0  # 2**-53
_TO_UNIT32 = 1.0 / 4294967296.0  # 2**-32
_TO_UNIT24 = 1.0 / 16777216.0  # 2**-24
_TO_UNIT16 = 1.0 / 65536.0
_FULL32 = 4294967295.0


def _table(**fields):
    """A structured type: one argument for the kernels instead of dozens, which numba compiles in seconds."""
    return np.dtype(
        [(name, *kind) if isinstance(kind, tuple) else (name, kind) for name, kind in fields.items()], align=True
    )


#: what is true of a person and seldom asked for, 8 bytes
STATE = _table(
    control="u2",  # how well conditions and risks are controlled, of 65535
    born="i2",  # week of birth on the clock of ageing
    conditions="u1",  # of eight long-term conditions (4 = four or more)
    frailty="u1",  # fit, mild, moderate, severe
    care="u1",
)


class People(NamedTuple):
    """The columns of everyone, one row a person, 30 bytes each, sorted by practice.

    The first three are all that the weekly filter reads of the many to whom nothing happens; what requests and the
    waiting list ask for stands in small columns that stay in the cache.
    """

    key: np.ndarray  # uint64, identity
    t_request: np.ndarray  # uint32, chance of asking for an appointment this week, of 2**32
    t_rare: np.ndarray  # uint32, sum of the majorants of the rare events, of 2**32
    where: np.ndarray  # uint8, GONE, HOME, HOSPITAL or FIT
    traits: np.ndarray  # uint8: bit 0 female, 1-3 deprivation quintile from 0 (most deprived), 4-6 age band, 7 UNMET
    spend: np.ndarray  # int32, £ of care received since the year began; of an empty row, the next empty one or -1
    state: np.ndarray  # STATE


#: chances a week and shapes, ready for use, as a table of one row (see ``model/people/population.py``)
RATES = _table(
    request=("f8", (7, 2)),  # chance a week of a first ask at relative propensity 1, by age band and sex
    request_frailty=("f8", (4,)),
    request_condition=("f8", (5,)),
    propensity=("f8", (256,)),  # personal multiplier of asking, by a byte of the key
    death=("f8", (7,)),
    death_frailty=("f8", (4,)),
    death_care_home="f8",
    frailty_on=("f8", (106, 4)),  # by year of age
    condition_on=("f8", (106, 5)),
    control_incidence=("f8", (256,)),  # multiplier of onsets by control's high byte
    emergency=("f8", (7,)),
    emergency_frailty=("f8", (4,)),
    emergency_condition=("f8", (5,)),
    emergency_quintile=("f8", (5,)),
    vulnerability=("f8", (256,)),  # personal multiplier of emergencies
    unmet_care_risk="f8",
    acsc_share=("f8", (5,)),  # by conditions
    control_acsc=("f8", (256,)),  # multiplier of ACSC admissions by control's high byte
    zero_day=("f8", (7,)),
    via_ae="f8",
    ae=("f8", (7,)),
    ae_major="f8",
    other_referral=("f8", (7,)),
    planned=("f8", (7,)),
    birth="f8",
    leave=("f8", (7,)),
    care_need=("f8", (7,)),
    care_frailty=("f8", (4,)),
    gp_share="f8",
    gp_referral=("f8", (7,)),  # chance that a GP consultation refers
    after_failure=("f8", (3,)),  # cumulative: asks again, A&E, elsewhere
    pathway=("f8", (7, 4)),  # cumulative: rejected, outside the list, urgent, clinic only (else admission)
    readiness=("f8", (4, 256)),  # weeks until ready, by stage
    withdraw="f8",
    follow_ups="f8",
    other_visits="f8",
    inpatient=("f8", (7,)),  # share of listed admissions that stay overnight
    elective_nights=("f8", (7,)),
    elective_want="f8",  # nights wanted this week per theatre slot
    overnight_nights=("f8", (7,)),
    stay_frailty=("f8", (4,)),
    stay_shape=("f8", (256,)),  # stay relative to its mean
    nhs_need=("f8", (4,)),  # share of overnight stays at 65+ that wait for NHS care
    social_need=("f8", (4,)),
    delay_nights="f8",
    care_kind=("f8", (3,)),  # cumulative: home care, council place, self-funded place (else NHS-funded)
    care_withdraw="f8",
    refusal_lapses="f8",  # a quarter: someone refused care is considered anew
    home_care_end="f8",  # recovery, or other arrangements
    control_spread=("f8", (256,)),  # personal deviation of control's settled level
    unit_cost=("f8", (len(EVENTS),)),  # £ an event, for a person's spend
    care_cost=("f8", (7,)),  # £ a week by kind of care
    working_age_client="f8",  # share of people aged 15-64 with long-term care
    working_age_cost="f8",  # £ a week of it
    utility=("f8", (7, 5, 4)),  # millionths of a QALY a quarter
    stationary="u1",  # ageing off: the dead are replaced by their like
)

#: what the week needs to know of a practice
DESK = _table(
    start="i8",  # first row of the practice's people
    stop="i8",
    n_free="i8",  # empty rows
    empty="i8",  # the first of them; each names the next
    gp_offered="f8",  # appointments this week
    other_offered="f8",
    gp_usual="f8",  # requests of those outside a sample: see `Providers.unsampled_part`
    other_usual="f8",
    swing="f8",  # part of this week's own requests that counts when they are rationed (1 but in a sample)
    style="f8",  # demand relative to age and sex
    referral="f8",  # referral propensity
    continuity="f8",  # multiplier of ACSC admissions
    control="f8",  # settled level of control
    council="i8",  # row of the council that looks after its patients
    eligible="f8",  # share of council cases that this council takes on
)

#: what the week needs to know of a hospital
WARD = _table(
    clinic_slots="f8",  # time for first clinics this week
    clinic_share="f8",  # share of routine slots for clinic-only pathways; the rest is for admissions
    follow_up_time="f8",  # of a follow-up relative to a first clinic
    theatre_slots="f8",
    bed_nights="f8",  # this week
    admission="f8",  # lever: short admissions from A&E
    stay="f8",  # lever: length of stay
    follow_up="f8",  # lever
    handback="f8",  # GP minutes handed back at a discharge
    handback_clinic="f8",  # and at a first clinic
    divert="f8",  # chance that an emergency is sent to the next hospital
    overflow="i8",  # that next hospital
    delay="f8",  # NHS-caused delay relative to the baseline
)

PATHWAY = _table(key="u8", row="u4", start="i2", ready="i2", practice="i2", hospital="i2", stage="u1")
STAY = _table(
    row="i8", key="u8", nights="i2", practice="i2", hospital="i2", kind="u1"
)  # 0 emergency, 1 elective, 2 delayed
NEWCOMER = _table(key="u8", practice="i4", born="i2", traits="u1", conditions="u1", frailty="u1")
CASE = _table(row="i8", key="u8", practice="i2", hospital="i2", kind="u1")  # hospital -1 at home; kind HOME_CARE …


class Surgeries(NamedTuple):
    """Practices, and where they send patients."""

    desk: np.ndarray  # (P,) DESK
    share: np.ndarray  # (P, H-1) cumulative share of each hospital but the last, for emergencies
    referral_share: np.ndarray  # (P, H-1) the same for referrals, which shun long waits


class Listing(NamedTuple):
    """Lists of people who wait or lie in, one for each patch of neighbouring practices: rows of PATHWAY, STAY or CASE.

    Patch b's list begins at ``rows[at[b]]``; its first ``n[b]`` rows count and there is room up to ``at[b + 1]``.
    """

    rows: np.ndarray
    at: np.ndarray  # int64 (B + 1,)
    n: np.ndarray  # int64 (B,)


def patch_rows(listing: Listing, b: int) -> np.ndarray:
    """A view of the rows that count of one patch's list."""
    return listing.rows[listing.at[b] : listing.at[b] + listing.n[b]]


def all_rows(listing: Listing) -> np.ndarray:
    """A copy of the rows that count of all patches' lists."""
    return np.concatenate([patch_rows(listing, b) for b in range(listing.n.size)])


def waiting(pathways: Listing) -> np.ndarray:
    """A copy of the pathways whose clock runs; those seen this week stand on the list until the next moves it up."""
    rows = all_rows(pathways)
    return rows[rows["stage"] != STOPPED]


class Diary(NamedTuple):
    """The week's tallies and the notes that pass from practices to hospitals."""

    tally: np.ndarray  # (P, EVENTS, GROUPS) int32 since the quarter began
    ward: np.ndarray  # (T, H, EVENTS) int64 this week, by thread
    edges: np.ndarray  # (P, H, EDGES) int32 since the quarter began
    counts: np.ndarray  # (P, 5) int64 this week: asked of GPs, of others, urgent events, referrals, lines of the log
    urgent: np.ndarray  # int32, for each practice from `first_note(start, p)`: 64*(row - start) + kind
    referred: np.ndarray  # int32, the same: 2*(row - start) + (1 when not the GP's)
    waits: np.ndarray  # (T, H, 6, LONGEST) int32: pathways ready by queue; the others on the list; clocks stopped
    booked: np.ndarray  # (T, H, 2) int64 this week: clinics and operations booked outside the list
    ready: np.ndarray  # (B,) int64 who may be operated on this week, by patch
    minutes: np.ndarray  # (P,) float64 handed back to GPs this week
    log: np.ndarray  # (P, n, 5) int64: week, key, event, hospital or -1, practice, of traced people

    def turned(self, threads: int) -> "Diary":
        """The diary on a new page: nothing has happened yet in this week's hospitals, whichever thread sees to it."""
        return self._replace(
            ward=np.zeros((threads, *self.ward.shape[1:]), dtype=np.int64),
            waits=np.zeros((threads, *self.waits.shape[1:]), dtype=np.int32),
            booked=np.zeros((threads, *self.booked.shape[1:]), dtype=np.int64),
            minutes=np.zeros(self.minutes.size),
        )


class Census(NamedTuple):
    """Who there is at a quarter's end, per practice."""

    stock: (
        np.ndarray
    )  # (P, GROUPS, 8) int64: people, with conditions, their summed control, millionths of a QALY, in care (4)
    spread: np.ndarray  # (P, BANDS, 9) int64: people by conditions (5) and frailty (4)
    sexes: np.ndarray  # (P, 2, BANDS) int64: people by sex and age band
    risk: np.ndarray  # (P, 2): emergency admissions a year, and ACSC ones, expected at the usual control and continuity


ASKED_GP, ASKED_OTHER, N_URGENT, N_REFERRED, N_LOG = range(5)
OTHERS, STOPPED, LINES = 4, 5, 6  # of waits, beyond the queues; a pathway whose clock has stopped is at this stage
DIRECT, PLANNED = 0, 1


#: for functions that only kernels call: no way in from Python and no counting of references (they keep none), which
#: together make compiling three times as fast
#: (numba's stubs leave out ``_nrt``)
inner = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False)  # pyright: ignore[reportCallIssue]
#: the same for functions that hand on arrays, whose references have to be counted
viewing = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True)  # pyright: ignore[reportCallIssue]


@inner
def mix(x):
    """The splitmix64 finaliser (Steele, Lea & Flood 2014): uint64 to uint64."""
    x = (x ^ (x >> _S30)) * _M1
    x = (x ^ (x >> _S27)) * _M2
    return x ^ (x >> _S31)


@inner
def uniform(key, salt):
    """A number in [0, 1) for this key and decision."""
    return np.float64(mix(key ^ salt) >> _S11) * _TO_UNIT


@njit(cache=True)
def salts(seed, week):
    """The week's salts, one a decision. ``week`` may be negative (before the run began)."""
    out = np.empty(len(DECISIONS), dtype=np.uint64)
    x = mix(np.uint64(seed) * _GOLDEN + _M1)
    x = mix(x + np.uint64(week + 100000) * _GOLDEN)
    for d in range(len(DECISIONS)):
        out[d] = mix(x + np.uint64(d + 1) * _GOLDEN)
    return out


@njit(cache=True)
def uniforms(keys, salt):
    """One number in [0, 1) for each key (n,)."""
    out = np.empty(keys.size)
    for i in range(keys.size):
        out[i] = uniform(keys[i], salt)
    return out


@njit(cache=True)
def identities(origin, first, n):
    """Keys of ``n`` newcomers of an origin (place, practice or week), slots ``first`` onwards."""
    out = np.empty(n, dtype=np.uint64)
    for i in range(n):
        out[i] = mix(np.uint64(origin) + mix(np.uint64(first + i + 1) * _GOLDEN))
    return out


@inner
def pick(cumulative, u):
    """Index of the interval that u falls on; the size of ``cumulative`` when beyond them all.

    All are counted that u is beyond, since where to stop could only be guessed.
    """
    k = 0
    for j in range(cumulative.size):
        k += u >= cumulative[j]
    return k


BAND_OF = np.searchsorted([5, 15, 45, 65, 75, 85], np.arange(106), side="right")  # a table has no branch to guess


@inner
def age_band(years):
    return BAND_OF[years]


@inner
def age_years(born, middle):
    return min(max((middle - born) // WEEKS, 0), 105)


@inner
def quintile_of(i, people):
    return (people.traits[i] >> 1) & 7


@inner
def band_of(i, people):
    """The age band as of this quarter's beginning or last change."""
    return np.int64((people.traits[i] >> 4) & 7)


@inner
def first_note(start, p):
    """Where a practice's notes for the hospitals begin."""
    return start // ONE_IN + MORE_NOTES * p


@inner
def chance_of_asking(i, band, people, rates, style):
    female = people.traits[i] & 1
    personal = rates.propensity[people.key[i] & _BYTE]
    p = rates.request[band, female] * personal * style
    p *= rates.request_frailty[people.state[i].frailty] * rates.request_condition[people.state[i].conditions]
    return min(p, 0.95)


@inner
def majorants(i, years, people, rates):
    """Widths of the rare events' intervals for one person of this age, in the order of ``RARE``; shares of 1."""
    band = age_band(years)
    frailty = people.state[i].frailty
    conditions = people.state[i].conditions
    quintile = quintile_of(i, people)
    care = people.state[i].care
    in_home = (care >= COUNCIL_PLACE) & (care <= NHS_PLACE)
    # factors of 0 and 1, since whom chance picks cannot be guessed and a wrong guess costs more than all of this
    death = rates.death[band] * rates.death_frailty[frailty] * when(in_home, rates.death_care_home)
    emergency = rates.emergency[band] * rates.emergency_frailty[frailty] * rates.emergency_condition[conditions]
    emergency *= rates.emergency_quintile[quintile] * rates.vulnerability[(people.key[i] >> _S8) & _BYTE]
    emergency *= when(care >= AWAITING_CARE, rates.unmet_care_risk)
    need = rates.care_need[band] * rates.care_frailty[frailty]
    return (
        min(0.05 if years >= 105 else death, 0.2),
        rates.frailty_on[years, frailty] * HEADROOM,
        rates.condition_on[years, conditions] * HEADROOM,
        min(emergency, 0.3) * HEADROOM,
        rates.ae[band] * rates.emergency_quintile[quintile],
        rates.other_referral[band],
        rates.planned[band],
        rates.birth * np.float64((band == 2) & (people.traits[i] & 1 != 0)),
        rates.leave[band],
        need * np.float64(not (in_home | (care == AWAITING_CARE))),
        rates.home_care_end * np.float64(care == HOME_CARE),
    )


@inner
def when(condition, factor):
    """The factor, or 1."""
    return factor if condition else 1.0


@inner
def refresh(first, stop, middle, people, rates, style):
    """Set the thresholds, and the age band that events are counted in, of the people in these rows.

    One column at a time, which the compiler turns into vector instructions. Empty rows keep thresholds of zero.
    """
    for i in range(first, stop):
        band = age_band(age_years(people.state[i].born, middle))
        people.traits[i] = (people.traits[i] & np.uint8(0x8F)) | np.uint8(band << 4)
    for i in range(first, stop):
        set_request(i, band_of(i, people), people, rates, style)
    for i in range(first, stop):
        m = majorants(i, age_years(people.state[i].born, middle), people, rates)
        total = 0.0
        for k in range(len(m)):
            total += m[k]
        people.t_rare[i] = np.uint32(min(total, 1.0) * _FULL32) if people.where[i] != GONE else np.uint32(0)


@inner
def set_request(i, band, people, rates, style):
    """Set one person's threshold of asking for an appointment; who is to ask again is sure to, nobody never does."""
    chance = chance_of_asking(i, band, people, rates, style)  # without a branch, so that many are set at once
    threshold = np.uint32((1.0 if people.traits[i] & UNMET_BIT else chance) * _FULL32)
    people.t_request[i] = threshold if people.where[i] != GONE else np.uint32(0)


@njit(cache=True)
def register(newcomers, middle, settled, people, rates, n_free, empty, style, tally):
    """Newcomers (n,) take empty rows of their practices, of which there must be enough.

    ``settled`` (P,) is the level of control at each practice; ``n_free`` (P,) falls, and the first of the ``empty``
    rows (P,) are taken; ``tally`` counts the arrivals.
    """
    chances = rates[0]
    for k in range(newcomers.size):
        p = np.int64(newcomers[k].practice)
        n_free[p] -= 1
        i = empty[p]
        empty[p] = people.spend[i]
        key = newcomers[k].key
        people.key[i] = key
        people.traits[i] = newcomers[k].traits
        people.spend[i] = 0
        people.state[i].born = newcomers[k].born
        people.state[i].conditions = newcomers[k].conditions
        people.state[i].frailty = newcomers[k].frailty
        control = settled[p] + chances.control_spread[(key >> _S40) & _BYTE]
        people.state[i].control = np.uint16(min(max(control, 0.0), 1.0) * 65535.0)
        people.state[i].care = NO_CARE
        people.where[i] = HOME
        refresh(i, i + 1, middle, people, chances, style[p])
        tally[p, ARRIVALS, group_of(i, people)] += 1


@inner
def group_of(i, people):
    """Age band and deprivation quintile as one number."""
    return band_of(i, people) * 5 + np.int64(quintile_of(i, people))


@inner
def bump(p, group, event, n, diary):
    diary.tally[p, event, group] += n


@inner
def note(traced, i, week, event, hospital, p, people, diary):
    """Write an event of a traced person into the log."""
    if diary.log.shape[1] > 0 and traced[i]:
        k = diary.counts[p, N_LOG]
        if k < diary.log.shape[1]:
            diary.log[p, k, 0] = week
            diary.log[p, k, 1] = np.int64(people.key[i])
            diary.log[p, k, 2] = event
            diary.log[p, k, 3] = hospital
            diary.log[p, k, 4] = p
            diary.counts[p, N_LOG] += 1


@inner
def note_nights(traced, i, week, event, nights, hospital, p, people, diary):
    """Write so many nights of a traced person into the log, a line each."""
    if diary.log.shape[1] > 0 and traced[i]:
        for _ in range(nights):
            note(traced, i, week, event, hospital, p, people, diary)


@inner
def charge(i, event, n, people, rates):
    people.spend[i] += np.int32(rates.unit_cost[event] * n)


@inner
def remove(i, p, event, group, middle, salt, people, rates, surgeries, freed, diary):
    """A person dies or leaves. With ageing off the row goes on as another person of the same description.

    The row is free for another from the next week on, when the lists have taken note.
    """
    bump(p, group, event, 1, diary)
    care = people.state[i].care
    if HOME_CARE <= care <= NHS_PLACE:
        bump(p, group, CARE_ENDS + care - 1, 1, diary)
    people.state[i].care = NO_CARE
    people.traits[i] &= np.uint8(127)
    if rates.stationary:
        people.key[i] = mix(people.key[i] ^ salt)
        people.where[i] = HOME
        refresh(i, i + 1, middle, people, rates, surgeries.desk[p].style)
        return
    people.where[i] = GONE
    people.t_request[i] = 0
    people.t_rare[i] = 0
    if freed[0] + 1 < freed.size:
        freed[0] += 1
        freed[freed[0]] = i


@inner
def be_born(mother, p, age_clock, middle, salt, people, rates, surgeries, diary):
    """A birth: the child's identity comes from the mother's, whatever row it is given."""
    if surgeries.desk[p].n_free == 0:
        return
    surgeries.desk[p].n_free -= 1
    i = surgeries.desk[p].empty
    surgeries.desk[p].empty = people.spend[i]
    key = mix(people.key[mother] ^ salt)
    people.key[i] = key
    people.spend[i] = 0
    people.state[i].control = people.state[mother].control
    people.state[i].born = age_clock
    people.state[i].conditions = 0
    people.state[i].frailty = 0
    people.traits[i] = (people.traits[mother] & np.uint8(14)) | np.uint8((key >> _S40) & np.uint64(1))
    people.where[i] = HOME
    people.state[i].care = NO_CARE
    refresh(i, i + 1, middle, people, rates, surgeries.desk[p].style)
    bump(p, np.int64(quintile_of(i, people)), BIRTHS, 1, diary)


@inner
def emergency(i, p, band, group, position, salt, admission, people, rates, surgeries, diary):
    """An emergency: of what kind, whether it comes about, and by which door.

    ``position`` is where in the majorant interval the draw fell, in [0, HEADROOM).
    """
    key = people.key[i]
    h = mix(key ^ salt[D_TYPE])
    acsc = np.float64(h >> _S32) * _TO_UNIT32 < rates.acsc_share[people.state[i].conditions]
    zero_day = np.float64(h & _LOW32) * _TO_UNIT32 < rates.zero_day[band]
    stretch = 1.0
    if acsc:
        stretch = rates.control_acsc[people.state[i].control >> 8] * surgeries.desk[p].continuity
    if position >= stretch and not zero_day:
        return
    via_ae = uniform(key, salt[D_ROUTE]) < rates.via_ae
    if zero_day:
        # which hospital decides whether a short case is admitted; so the hospital is drawn here
        k = pick(surgeries.share[p], uniform(key, salt[D_EMERGENCY_HOSPITAL]))
        if position >= stretch * admission[k]:
            if position < stretch:  # turned back at the door: seen in A&E, not admitted
                bump(p, group, AE, 1, diary)
                hand_over(i, p, URGENT_AE_ONLY, surgeries, diary)
            return
    kind = 0
    if not zero_day:
        kind |= URGENT_OVERNIGHT
    if acsc:
        kind |= URGENT_ACSC
    if via_ae:
        kind |= URGENT_VIA_AE
    hand_over(i, p, kind, surgeries, diary)


@inner
def hand_over(i, p, kind, surgeries, diary):
    """Leave word for the hospitals of something urgent."""
    leave_word(diary.urgent, N_URGENT, 64 * (i - surgeries.desk[p].start) + kind, p, surgeries, diary)


@inner
def send(i, p, others, surgeries, diary):
    """Leave word of a referral, from a GP or from ``others``."""
    leave_word(diary.referred, N_REFERRED, 2 * (i - surgeries.desk[p].start) + others, p, surgeries, diary)


@inner
def leave_word(notes, which, word, p, surgeries, diary):
    """Write a note of practice p, while there is room; a count beyond the room stops the run."""
    n = diary.counts[p, which]
    if n < (surgeries.desk[p].stop - surgeries.desk[p].start) // ONE_IN + MORE_NOTES - 1:
        notes[first_note(surgeries.desk[p].start, p) + n] = word
    diary.counts[p, which] += 1


@inner
def attend_ae(i, p, group, week, salt, people, rates, surgeries, traced, diary):
    """An attendance without admission: at a hospital's major department, or at a minor-injury unit."""
    bump(p, group, AE, 1, diary)
    if uniform(people.key[i], salt[D_ROUTE]) < rates.ae_major:
        hand_over(i, p, URGENT_AE_ONLY, surgeries, diary)
    else:
        note(traced, i, week, AE, -1, p, people, diary)


@inner
def fall(i, years, x, people, rates):
    """The interval of ``RARE`` that ``x`` falls on (their number if beyond them all), and where on it, in [0, 1)."""
    m = majorants(i, years, people, rates)
    which = 0
    below = 0.0
    at = 0.0
    for k in range(len(m)):
        at += m[k]
        beyond = x >= at
        which += beyond
        below = at if beyond else below
    width = m[min(which, len(m) - 1)]
    return which, (x - below) / width if width > 0.0 else 0.0


@inner
def rare_event(
    i, p, band, which, inside, week, age_clock, middle, salt, admission, people, rates, surgeries, freed, traced, diary
):
    """Let an event of ``RARE`` happen; its draw fell ``inside`` its interval. True if the person is gone."""
    group = band * 5 + quintile_of(i, people)
    if which == 0:
        note(traced, i, week, DEATHS, -1, p, people, diary)
        remove(i, p, DEATHS, group, middle, salt[D_REPLACE], people, rates, surgeries, freed, diary)
        return True
    if people.where[i] != HOME:
        return False
    if which == 1 or which == 2:
        if inside * HEADROOM < rates.control_incidence[people.state[i].control >> 8]:
            if which == 1:
                people.state[i].frailty += 1
                bump(p, group, FRAILTY_ONSETS, 1, diary)
                note(traced, i, week, FRAILTY_ONSETS, -1, p, people, diary)
            else:
                people.state[i].conditions += 1
                bump(p, group, CONDITION_ONSETS, 1, diary)
                note(traced, i, week, CONDITION_ONSETS, -1, p, people, diary)
            refresh(i, i + 1, middle, people, rates, surgeries.desk[p].style)
    elif which == 3:
        emergency(i, p, band, group, inside * HEADROOM, salt, admission, people, rates, surgeries, diary)
    elif which == 4:
        attend_ae(i, p, group, week, salt, people, rates, surgeries, traced, diary)
    elif which == 5:
        send(i, p, 1, surgeries, diary)
    elif which == 6:
        hand_over(i, p, URGENT_PLANNED, surgeries, diary)
    elif which == 7:
        be_born(i, p, age_clock, middle, salt[D_BIRTH], people, rates, surgeries, diary)
    elif which == 8:
        note(traced, i, week, LEAVERS, -1, p, people, diary)
        remove(i, p, LEAVERS, group, middle, salt[D_REPLACE], people, rates, surgeries, freed, diary)
        return True
    elif which == 9:
        hand_over(i, p, URGENT_CARE, surgeries, diary)
    elif which == 10:
        people.state[i].care = NO_CARE
        bump(p, group, CARE_ENDS, 1, diary)
        note(traced, i, week, CARE_ENDS, -1, p, people, diary)
        refresh(i, i + 1, middle, people, rates, surgeries.desk[p].style)
    return False


@inner
def consult(i, p, gp, refers, group, week, people, rates, surgeries, traced, diary):
    """A request that is served, apart from its count and its cost; a GP may refer."""
    if people.traits[i] & UNMET_BIT:
        people.traits[i] &= np.uint8(127)
        set_request(i, group // 5, people, rates, surgeries.desk[p].style)
    note(traced, i, week, GP_CONSULTATIONS if gp else OTHER_CONSULTATIONS, -1, p, people, diary)
    if refers:
        send(i, p, 0, surgeries, diary)


@inner
def fail(i, p, group, week, salt, people, rates, surgeries, traced, diary):
    """A request that is not served: asks again next week, goes to A&E, elsewhere, or does without."""
    note(traced, i, week, FAILED, -1, p, people, diary)
    u = uniform(people.key[i], salt[D_AFTER])
    again = u < rates.after_failure[0]
    if again != (people.traits[i] & UNMET_BIT != 0):
        people.traits[i] ^= np.uint8(UNMET_BIT)
        set_request(i, group // 5, people, rates, surgeries.desk[p].style)
    if again:
        return
    bump(p, group, UNMET, 1, diary)
    if u < rates.after_failure[1]:
        attend_ae(i, p, group, week, salt, people, rates, surgeries, traced, diary)


class Bench(NamedTuple):
    """Where a thread lays out its work: each step goes down a list (people, notes, pathways) and leaves one behind."""

    hit: np.ndarray  # (CHUNK,) uint8: ASKS and RARELY of each person of a chunk; who of a chunk waits on
    found: np.ndarray  # uint32, people to whom something happens: 4 x row + ASKS and RARELY; rows; places in a table
    picked: np.ndarray  # uint32, places in a list of those who are looked at once more
    luck: np.ndarray  # uint64, the draw of each request; the key of each person in a note
    years: np.ndarray  # uint8, age of those to whom something rare happens
    inside: np.ndarray  # float64, where in its interval a rare event's draw fell
    kind: np.ndarray  # uint8, which rare event; what became of a request; what a referral leads to; what was fetched
    hospital: np.ndarray  # int64, where a note's person goes
    freed: np.ndarray  # int64, rows that fall empty, from 1; the first entry counts
    counts: np.ndarray  # (GROUPS, 8) int32, requests by what became of them
    cost: np.ndarray  # (8,) int32, pounds by what became of a request
    refers: np.ndarray  # (BANDS,) chance that a GP consultation refers


ASKS, RARELY = 1, 2  # bits of what the filter finds
GP, SERVED, AGAIN = 1, 2, 4  # bits of what became of a request


@viewing
def bench(most):
    """Room for a list of so many, of people, requests or notes."""
    return Bench(
        np.empty(CHUNK, dtype=np.uint8), np.empty(most + 1, dtype=np.uint32), np.empty(most + 1, dtype=np.uint32),
        np.empty(most + 1, dtype=np.uint64), np.empty(most + 1, dtype=np.uint8), np.empty(most + 1),
        np.empty(most + 1, dtype=np.uint8), np.empty(most + 1, dtype=np.int64), np.empty(most + 2, dtype=np.int64),
        np.zeros((GROUPS, 8), dtype=np.int32), np.zeros(8, dtype=np.int32), np.zeros(BANDS),
    )  # fmt: skip


@inner
def sift(first, stop, salt, people, hit, found):
    """Those who ask for an appointment or to whom something rare happens, as 4 x row + which. Returns how many.

    Chunks without a branch: hash, compare and compact, so that the compiler can use vector instructions. The thresholds
    of empty rows are zero.
    """
    n = 0
    for chunk in range(first, stop, CHUNK):
        key = people.key[chunk : min(chunk + CHUNK, stop)]
        t_request = people.t_request[chunk : min(chunk + CHUNK, stop)]
        t_rare = people.t_rare[chunk : min(chunk + CHUNK, stop)]
        for j in range(key.size):
            x = key[j] ^ salt  # mix(), written out: a call would keep the loop scalar
            x = (x ^ (x >> _S30)) * _M1
            x = (x ^ (x >> _S27)) * _M2
            x = x ^ (x >> _S31)
            asks = np.uint8((x >> _S32) < np.uint64(t_request[j]))
            hit[j] = asks | np.uint8(np.uint8((x & _LOW32) < np.uint64(t_rare[j])) << 1)
        for j in range(key.size):
            found[n] = (chunk + j) << 2 | hit[j]
            n += hit[j] != 0
    return n


@inner
def one_practice(p, week, age_clock, middle, salt, admission, people, table, surgeries, traced, own, diary):
    """The week of one practice: need arises, the rare happens, requests are served as far as appointments go."""
    rates = table[0]
    first = surgeries.desk[p].start
    n = sift(first, surgeries.desk[p].stop, salt[D_FILTER], people, own.hit, own.found)
    diary.counts[p, N_URGENT] = 0
    diary.counts[p, N_REFERRED] = 0
    own.freed[0] = 0
    the_rare(p, n, week, age_clock, middle, salt, admission, people, rates, surgeries, traced, own, diary)
    requests = ask(p, n, salt[D_REQUEST], people, rates, own, diary)
    answer(p, requests, week, salt, people, rates, surgeries, traced, own, diary)
    for k in range(own.freed[0]):
        people.spend[own.freed[k + 1]] = surgeries.desk[p].empty
        surgeries.desk[p].empty = own.freed[k + 1]
        surgeries.desk[p].n_free += 1


@inner
def the_rare(p, n, week, age_clock, middle, salt, admission, people, rates, surgeries, traced, own, diary):
    """What rarely happens: first which event for everyone, without a branch, then one after the other."""
    rare = 0
    for k in range(n):
        own.picked[rare] = k
        rare += (own.found[k] & RARELY) >> 1
    for r in range(rare):  # states lie far apart: asked for at once, they come in the time of one
        i = np.int64(own.found[own.picked[r]] >> 2)
        own.years[r] = age_years(people.state[i].born, middle)
        own.kind[r] = fetch(i, people)
    for r in range(rare):
        i = np.int64(own.found[own.picked[r]] >> 2)
        x = np.float64(mix(people.key[i] ^ salt[D_FILTER]) & _LOW32) * _TO_UNIT32
        own.kind[r], own.inside[r] = fall(i, np.int64(own.years[r]), x, people, rates)
    for r in range(rare):
        k = own.picked[r]
        gone = rare_event(
            np.int64(own.found[k] >> 2), p, age_band(np.int64(own.years[r])), own.kind[r], own.inside[r], week,
            age_clock, middle, salt, admission, people, rates, surgeries, own.freed, traced, diary,
        )  # fmt: skip
        if gone:
            own.found[k] &= ~np.uint32(ASKS)


@inner
def ask(p, n, salt, people, rates, own, diary):
    """Requests of those who are at home, and their luck, in the order of rows. Returns how many."""
    requests = 0
    for k in range(n):
        word = own.found[k]
        own.found[requests] = word >> 2
        requests += (word & ASKS) & np.uint32(people.where[np.int64(word >> 2)] == HOME)
    for k in range(requests):
        own.luck[k] = mix(people.key[np.int64(own.found[k])] ^ salt)
    asked_gp = 0
    for k in range(requests):
        asked_gp += asks_gp(own.luck[k], rates)
    diary.counts[p, ASKED_GP] = asked_gp
    diary.counts[p, ASKED_OTHER] = requests - asked_gp
    return requests


@inner
def answer(p, requests, week, salt, people, rates, surgeries, traced, own, diary):
    """Requests are served as far as appointments go: counted and charged without a branch, then the few with
    something to follow: a referral, a failure, the end of a run of failures, a line of the log."""
    swing = surgeries.desk[p].swing
    asked_gp, asked_other = diary.counts[p, ASKED_GP], diary.counts[p, ASKED_OTHER]
    wanted_gp = asked_gp * swing + surgeries.desk[p].gp_usual * (1.0 - swing)
    wanted_other = asked_other * swing + surgeries.desk[p].other_usual * (1.0 - swing)
    gp_served = min(1.0, surgeries.desk[p].gp_offered / max(wanted_gp, TINY))
    other_served = min(1.0, surgeries.desk[p].other_offered / max(wanted_other, TINY))
    for band in range(BANDS):
        own.refers[band] = rates.gp_referral[band] * surgeries.desk[p].referral
    logs = np.uint8(diary.log.shape[1] > 0)
    own.counts[:] = 0
    follow = 0
    for k in range(requests):
        i = np.int64(own.found[k])
        h = own.luck[k]
        group = group_of(i, people)
        gp = np.uint8(asks_gp(h, rates))
        served = np.uint8(np.float64((h >> _S16) & _LOW24) * _TO_UNIT24 < (gp_served if gp else other_served))
        refers = np.uint8(np.float64(h >> _S40) * _TO_UNIT24 < own.refers[band_of(i, people)]) & gp & served
        again = people.traits[i] >> 7
        became = gp | np.uint8(served << 1) | np.uint8(again << 2)
        own.counts[group, became] += 1
        people.spend[i] += own.cost[became]
        own.kind[follow] = became | np.uint8(refers << 3)
        own.picked[follow] = i
        follow += (refers | again | (served ^ 1) | (logs and traced[i])) & 1
    for k in range(follow):
        i = np.int64(own.picked[k])
        group = group_of(i, people)
        if own.kind[k] & SERVED:
            consult(i, p, own.kind[k] & GP, own.kind[k] >> 3, group, week, people, rates, surgeries, traced, diary)
        else:
            fail(i, p, group, week, salt, people, rates, surgeries, traced, diary)
    for group in range(GROUPS):
        for became in range(8):
            n = own.counts[group, became]
            if n == 0:
                continue
            bump(p, group, REQUESTS, n, diary)
            if not became & AGAIN:
                bump(p, group, FIRST_REQUESTS, n, diary)
            if not became & SERVED:
                bump(p, group, FAILED, n, diary)
            elif became & GP:
                bump(p, group, GP_CONSULTATIONS, n, diary)
            else:
                bump(p, group, OTHER_CONSULTATIONS, n, diary)


@inner
def asks_gp(h, rates):
    """Whether a request is to a GP; the rest ask nurses and other staff."""
    return np.float64(h & _LOW16) * _TO_UNIT16 < rates.gp_share


@njit(cache=True, nogil=True)
def practice_week(patches, part, week, age_clock, middle, salt, admission, people, rates, surgeries, traced, diary):
    """Need arises and practices serve what they can, in the patches from ``part[0]`` to before ``part[1]``.

    Parameters: ``patches`` (B + 1,) the first practice of each patch; ``week`` of luck, ``age_clock`` the week on the
    clock of ageing, ``middle`` the age clock in the middle of the quarter, ``salt`` (decisions,) uint64,
    ``admission`` (H,) the hospitals' lever.
    """
    most = 0
    for p in range(patches[part[0]], patches[part[1]]):
        most = max(most, surgeries.desk[p].stop - surgeries.desk[p].start)
    own = bench(most)
    for became in range(8):
        event = GP_CONSULTATIONS if became & GP else OTHER_CONSULTATIONS
        own.cost[became] = np.int32(rates[0].unit_cost[event]) if became & SERVED else 0
    for p in range(patches[part[0]], patches[part[1]]):
        one_practice(p, week, age_clock, middle, salt, admission, people, rates, surgeries, traced, own, diary)


@inner
def whole(x, u):
    """A whole number with expectation x."""
    return np.int64(np.floor(x + u))


@inner
def fetch(i, people):
    """Bring what care reads and writes of a person into the cache; the number means nothing, but has to be kept.

    People live far apart in memory: many, asked for at once, come in the time of one.
    """
    return np.uint8(people.where[i]) ^ people.traits[i] ^ np.uint8(people.spend[i])


@inner
def record(i, p, h, group, event, n, week, people, rates, traced, diary):
    """Count an event of a hospital for the person's practice, the hospital and the edge between them."""
    bump(p, group, event, n, diary)
    diary.ward[h, event] += n
    diary.edges[p, h, event - EDGE_FIRST] += n
    charge(i, event, n, people, rates)
    note(traced, i, week, event, h, p, people, diary)


@inner
def attend_clinic(i, key, p, h, group, week, salt, people, rates, wards, traced, diary):
    """A first clinic and what follows from it."""
    record(i, p, h, group, FIRST_CLINICS, 1, week, people, rates, traced, diary)
    u = uniform(key, salt[D_FOLLOW])
    n = whole(rates.follow_ups * wards[h].follow_up, u)
    if n > 0:
        record(i, p, h, group, FOLLOW_UPS, n, week, people, rates, traced, diary)
    n = whole(rates.other_visits, 1.0 - u)
    if n > 0:
        record(i, p, h, group, OTHER_VISITS, n, week, people, rates, traced, diary)
    diary.minutes[p] += wards[h].handback_clinic


@inner
def refer(first, last, week, salt, people, rates, surgeries, wards, pathways, traced, own, diary):
    """New referrals choose a hospital and a class of pathway, and join the list."""
    for p in range(first, last):
        start = surgeries.desk[p].start
        notes = diary.referred[first_note(start, p) :]
        n = diary.counts[p, N_REFERRED]
        for k in range(n):
            i = start + (notes[k] >> 1)
            own.luck[k] = people.key[i]
            own.kind[k] = fetch(i, people)
        for k in range(n):
            i = start + (notes[k] >> 1)
            key = own.luck[k] + np.uint64(notes[k] & 1)
            own.hospital[k] = pick(surgeries.referral_share[p], uniform(key, salt[D_REFERRAL_HOSPITAL]))
            own.kind[k] = pick(rates.pathway[band_of(i, people)], uniform(key, salt[D_PATHWAY]))
        for k in range(n):
            code = np.int64(notes[k])
            i = start + (code >> 1)
            h = own.hospital[k]
            group = group_of(i, people)
            event = OTHER_REFERRALS if code & 1 else GP_REFERRALS
            record(i, p, h, group, event, 1, week, people, rates, traced, diary)
            stage = np.int64(own.kind[k]) - 2
            if stage == -2:  # rejected, or never booked
                continue
            if stage == -1:  # booked straight into a clinic, outside the list
                diary.booked[h, DIRECT] += 1
                attend_clinic(i, own.luck[k], p, h, group, week, salt, people, rates, wards, traced, diary)
                continue
            key = own.luck[k] + np.uint64(code & 1)
            pathway = pathways.rows[pathways.n[0]]
            pathway.row = i
            pathway.key = own.luck[k]
            pathway.start = week
            lag = rates.readiness[stage, mix(key ^ salt[D_READY]) & _BYTE]
            pathway.ready = week + whole(lag, uniform(key, salt[D_TIE]))
            pathway.practice = p
            pathway.hospital = h
            pathway.stage = stage
            pathways.n[0] += 1


@inner
def weeks_waited(pathway, week):
    return min(week - np.int64(pathway.start), LONGEST - 1)


@inner
def token_of(pathway):
    """What a pathway's own luck is drawn with: the person and the week it began."""
    return pathway.key + np.uint64(pathway.start + 200000) * _GOLDEN


@inner
def tidy_list(week, salt, people, rates, pathways, own, diary):
    """Strike off who was seen last week, the dead and those who withdraw; count the rest by queue and weeks waited.

    Returns how many wait for an operation. A chunk at a time: each of the short loops does one thing to all of it,
    without a branch.
    """
    withdraw = np.uint64(np.ceil(rates.withdraw / _TO_UNIT))
    waits = diary.waits.reshape(-1)
    kept, theatre = 0, 0
    for first in range(0, pathways.n[0], CHUNK):
        rows = pathways.rows[first : min(first + CHUNK, pathways.n[0])]
        for j in range(rows.size):
            own.hit[j] = people.where[rows[j].row]
        if rates.stationary:
            for j in range(rows.size):
                own.hit[j] = own.hit[j] if people.key[rows[j].row] == rows[j].key else GONE
        for j in range(rows.size):
            ready = np.int32(rows[j].ready <= week) & np.int32(own.hit[j] == HOME)
            queue = OTHERS - ready * (OTHERS - np.int32(rows[j].stage))
            own.found[j] = (np.int32(rows[j].hospital) * LINES + queue) * LONGEST + weeks_waited(rows[j], week)
        for j in range(rows.size):
            here = np.uint8(own.hit[j] != GONE) & np.uint8(rows[j].stage != STOPPED)
            leaves = np.uint8(mix(token_of(rows[j]) ^ salt) >> _S11 < withdraw) & np.uint8(rows[j].start < week)
            own.kind[j] = here & leaves
            own.hit[j] = here & ~leaves
            theatre += np.int64(own.hit[j] & np.uint8(rows[j].stage == THEATRE))
        withdrawn = 0
        for j in range(rows.size):
            own.picked[withdrawn] = j
            withdrawn += own.kind[j]
        for w in range(withdrawn):
            own.kind[w] = fetch(rows[own.picked[w]].row, people)
        for w in range(withdrawn):
            pathway = rows[own.picked[w]]
            bump(pathway.practice, group_of(pathway.row, people), WITHDRAWALS, 1, diary)
            diary.ward[pathway.hospital, WITHDRAWALS] += 1
        for j in range(rows.size):
            waits[own.found[j]] += own.hit[j]
            pathways.rows[kept] = rows[j]
            kept += own.hit[j]
    pathways.n[0] = kept
    return theatre


@inner
def cut_off(waits, slots):
    """Longest first: the wait that is served in part, and what part of it; and the slots left over.

    ``waits`` (LONGEST,) counts people by weeks waited, ``slots`` is what can be served.
    """
    left = slots
    for w in range(LONGEST - 1, -1, -1):
        if waits[w] > 0:
            if waits[w] >= left:
                return w, left / waits[w], 0.0
            left -= waits[w]
    return -1, 1.0, left


@inner
def stop_clock(pathway, week, people, diary):
    """The pathway ends here; it is struck off when the list is moved up."""
    pathway.stage = STOPPED
    diary.waits[pathway.hospital, STOPPED, weeks_waited(pathway, week)] += 1
    diary.ward[pathway.hospital, CLOCK_STOPS] += 1
    bump(pathway.practice, group_of(pathway.row, people), CLOCK_STOPS, 1, diary)


@inner
def operate(pathway, week, salt, bed_left, people, rates, wards, stays, traced, diary):
    """A day case or an inpatient from the list. False if the bed was not there and the patient waits on."""
    i, p, h = np.int64(pathway.row), np.int64(pathway.practice), np.int64(pathway.hospital)
    group = group_of(i, people)
    # settled once for the pathway, not each week: a patient who finds no bed does not become a day case by waiting
    if uniform(token_of(pathway), _OPERATION) >= rates.inpatient[group // 5]:
        record(i, p, h, group, DAY_CASES, 1, week, people, rates, traced, diary)
        return True
    if uniform(people.key[i], salt[D_BED]) >= bed_left[h]:
        return False
    record(i, p, h, group, INPATIENTS, 1, week, people, rates, traced, diary)
    mean = rates.elective_nights[group // 5]
    lie_in(i, p, h, group, mean, 1, week, salt, people, rates, wards, stays, traced, diary)
    return True


@inner
def lie_in(i, p, h, group, mean, kind, week, salt, people, rates, wards, stays, traced, diary):
    """A stay of at least one night begins on some day of this week."""
    u = mix(people.key[i] ^ salt[D_STAY])
    shape = rates.stay_shape[u & _BYTE]
    nights = max(1, whole(mean * shape * wards[h].stay, np.float64(u >> _S32) * _TO_UNIT32))
    day = np.int64((u >> _S8) & _BYTE) * 7 // 256
    now = min(nights, 7 - day)
    event = ELECTIVE_NIGHTS if kind == 1 else EMERGENCY_NIGHTS
    bump(p, group, event, now, diary)
    charge(i, event, now, people, rates)
    note_nights(traced, i, week, event, now, h, p, people, diary)
    diary.ward[h, event] += now
    people.where[i] = HOSPITAL
    n = stays.n[0]
    stays.rows[n].row = i
    stays.rows[n].key = people.key[i]
    stays.rows[n].nights = nights - now
    stays.rows[n].practice = p
    stays.rows[n].hospital = h
    stays.rows[n].kind = kind
    stays.n[0] += 1


@inner
def leave_ward(i, p, h, group, kind, salt, people, rates, surgeries, wards, stays, queue, diary):
    """The stay is over: home, or a wait for NHS care or social care."""
    key = people.key[i]
    if kind == 0 and group // 5 >= 4:
        u = uniform(key, salt[D_DISCHARGE])
        nhs = rates.nhs_need[people.state[i].frailty]
        if u < nhs:
            mean = rates.delay_nights * wards[h].delay
            nights = whole(-mean * np.log(1.0 - uniform(key, salt[D_STAY])), 0.5)
            n = stays.n[0]
            stays.rows[n].row = i
            stays.rows[n].key = key
            stays.rows[n].nights = nights
            stays.rows[n].practice = p
            stays.rows[n].hospital = h
            stays.rows[n].kind = 2
            stays.n[0] += 1
            people.where[i] = FIT
            return
        if u < nhs + rates.social_need[people.state[i].frailty] and people.state[i].care in (
            NO_CARE,
            HOME_CARE,
            REFUSED_CARE,
        ):
            people.where[i] = FIT
            if join_queue(i, p, h, group, salt, people, rates, surgeries, queue, diary):
                return
    people.where[i] = HOME
    bump(p, group, DISCHARGES, 1, diary)
    diary.ward[h, DISCHARGES] += 1
    diary.minutes[p] += wards[h].handback


@inner
def join_queue(i, p, h, group, salt, people, rates, surgeries, queue, diary):
    """Someone needs care: which kind, and (eligibility) whether the council takes the case. True if queued."""
    key = people.key[i]
    bump(p, group, CARE_NEEDS, 1, diary)
    held = people.state[i].care
    if held == AWAITING_CARE:
        return False
    kind = HOME_CARE + pick(rates.care_kind, uniform(key, salt[D_CARE]))
    if held == HOME_CARE and kind == HOME_CARE:
        return False
    if kind <= COUNCIL_PLACE and uniform(key, salt[D_END]) >= surgeries.desk[p].eligible:
        if held == NO_CARE:
            people.state[i].care = REFUSED_CARE
        bump(p, group, CARE_REFUSED, 1, diary)
        return False
    n = queue.n[0]
    queue.rows[n].row = i
    queue.rows[n].key = key
    queue.rows[n].practice = p
    queue.rows[n].hospital = h
    queue.rows[n].kind = kind
    queue.n[0] += 1
    if held != HOME_CARE:
        people.state[i].care = AWAITING_CARE
    return True


@inner
def ward_round(week, salt, people, rates, surgeries, wards, stays, queue, traced, own, diary):
    """Those in a bed at the week's start: nights pass, some leave."""
    n = stays.n[0]
    stays.n[0] = 0  # the list is rewritten in place: at most one row is written for each row read
    for k in range(n):
        if k % CHUNK == 0:  # rows from here on still stand as they did
            for j in range(k, min(k + CHUNK, n)):
                own.kind[j - k] = fetch(stays.rows[j].row, people)
        i = stays.rows[k].row
        key = stays.rows[k].key
        if people.where[i] == GONE or people.where[i] == HOME or (rates.stationary and people.key[i] != key):
            continue
        h = stays.rows[k].hospital
        p = stays.rows[k].practice
        kind = stays.rows[k].kind
        group = group_of(i, people)
        now = min(np.int64(stays.rows[k].nights), 7)
        event = NHS_DELAY if kind == 2 else (ELECTIVE_NIGHTS if kind == 1 else EMERGENCY_NIGHTS)
        bump(p, group, event, now, diary)
        charge(i, event, now, people, rates)
        note_nights(traced, i, week, event, now, h, p, people, diary)
        diary.ward[h, event] += now
        left = stays.rows[k].nights - now
        if left > 0 or (now == 7 and kind != 2):
            at = stays.n[0]
            stays.rows[at].row = i
            stays.rows[at].key = key
            stays.rows[at].nights = left
            stays.rows[at].practice = p
            stays.rows[at].hospital = h
            stays.rows[at].kind = kind
            stays.n[0] += 1
        else:
            leave_ward(i, p, h, group, kind, salt, people, rates, surgeries, wards, stays, queue, diary)


@inner
def admit_emergencies(first, last, week, salt, people, rates, surgeries, wards, stays, queue, traced, own, diary):
    """Emergencies take beds first; planned day cases and new needs for care are noted in the same pass."""
    for p in range(first, last):
        start = surgeries.desk[p].start
        notes = diary.urgent[first_note(start, p) :]
        for k in range(diary.counts[p, N_URGENT]):
            own.luck[k] = people.key[start + (notes[k] >> 6)]
            own.kind[k] = fetch(start + (notes[k] >> 6), people)
        for k in range(diary.counts[p, N_URGENT]):
            own.hospital[k] = pick(surgeries.share[p], uniform(own.luck[k], salt[D_EMERGENCY_HOSPITAL]))
        for k in range(diary.counts[p, N_URGENT]):
            i = start + (np.int64(notes[k]) >> 6)
            kind = np.int64(notes[k]) & 63
            key = own.luck[k]
            group = group_of(i, people)
            h = own.hospital[k]
            if kind & URGENT_AE_ONLY:
                record(i, p, h, group, AE_MAJOR, 1, week, people, rates, traced, diary)
                continue
            if people.where[i] != HOME:
                continue
            if kind & URGENT_CARE:
                join_queue(i, p, -1, group, salt, people, rates, surgeries, queue, diary)
                continue
            if kind & URGENT_PLANNED:
                h = pick(surgeries.referral_share[p], uniform(key, salt[D_REFERRAL_HOSPITAL]))
                diary.booked[h, PLANNED] += 1
                record(i, p, h, group, DAY_CASES, 1, week, people, rates, traced, diary)
                continue
            if kind & URGENT_OVERNIGHT and uniform(key, salt[D_DIVERT]) < wards[h].divert:
                diary.ward[h, DIVERTED] += 1
                bump(p, group, DIVERTED, 1, diary)
                h = wards[h].overflow
            if kind & URGENT_VIA_AE:
                bump(p, group, AE, 1, diary)
                record(i, p, h, group, AE_MAJOR, 1, week, people, rates, traced, diary)
            if kind & URGENT_ACSC:
                bump(p, group, ACSC, 1, diary)
                diary.ward[h, ACSC] += 1
                diary.edges[p, h, ACSC - EDGE_FIRST] += 1
            if not kind & URGENT_OVERNIGHT:
                record(i, p, h, group, ZERO_DAY, 1, week, people, rates, traced, diary)
                bump(p, group, DISCHARGES, 1, diary)
                diary.ward[h, DISCHARGES] += 1
                diary.minutes[p] += wards[h].handback
                continue
            record(i, p, h, group, OVERNIGHT, 1, week, people, rates, traced, diary)
            mean = rates.overnight_nights[group // 5] * rates.stay_frailty[people.state[i].frailty]
            lie_in(i, p, h, group, mean, 0, week, salt, people, rates, wards, stays, traced, diary)


@viewing
def of_thread(t, diary):
    """The diary as one thread writes it."""
    return Diary(
        diary.tally,
        diary.ward[t],
        diary.edges,
        diary.counts,
        diary.urgent,
        diary.referred,
        diary.waits[t],
        diary.booked[t],
        diary.ready,
        diary.minutes,
        diary.log,
    )


@viewing
def list_of(b, listing):
    """The list of one patch of practices, as a list of its own."""
    return Listing(listing.rows[listing.at[b] : listing.at[b + 1]], listing.at, listing.n[b : b + 1])


@njit(cache=True, nogil=True)
def demand_week(patches, part, week, salt, people, rates, surgeries, wards, pathways, stays, queue, traced, diary):
    """What hospitals are asked for in a week: nights pass on the wards, emergencies are admitted, referrals arrive.

    Each patch of practices has lists of its own and each thread tallies of its own, so that threads never meet: thread
    ``part[2]`` sees to the patches from ``part[0]`` to before ``part[1]``, whose first practices are in ``patches``
    (B + 1,).
    """
    chances = rates[0]
    own, now = bench(most_at_once(patches, part, diary)), of_thread(part[2], diary)
    for b in range(part[0], part[1]):
        first, last = patches[b], patches[b + 1]
        lying, waiting, needing = list_of(b, stays), list_of(b, pathways), list_of(b, queue)
        ward_round(week, salt, people, chances, surgeries, wards, lying, needing, traced, own, now)
        admit_emergencies(first, last, week, salt, people, chances, surgeries, wards, lying, needing, traced, own, now)
        refer(first, last, week, salt, people, chances, surgeries, wards, waiting, traced, own, now)
        diary.ready[b] = tidy_list(week, salt[D_WITHDRAW], people, chances, waiting, own, now)


@inner
def most_at_once(patches, part, diary):
    """The longest list that a thread lays out at once: a chunk of a list, or a practice's notes."""
    most = CHUNK
    for p in range(patches[part[0]], patches[part[1]]):
        most = max(most, diary.counts[p, N_URGENT], diary.counts[p, N_REFERRED])
    return most


@njit(cache=True, nogil=True)
def allot(wards, waits, line, booked, rates, nights, cut, part, given, bed_left):
    """Share each hospital's clinics and theatres among its queues, the longest waiters first.

    ``waits`` (H, 6, LONGEST) over all patches. ``line`` (H, QUEUES): people ready in the whole place's queue, whom the
    capacity is for, as ``booked`` (H, 2) and ``nights`` (H,) used so far; a sample's own queue may be longer or
    shorter by chance. Returns in ``cut`` and ``part`` (H, QUEUES) the wait that is served in part and what part of it,
    in ``given`` (H, QUEUES) the share of each queue that is served, and in ``bed_left`` (H,) the chance that an
    elective inpatient finds a bed: nights left over the nights that a week's theatres want.
    """
    chances = rates[0]
    for h in range(nights.size):
        load = 1.0 + wards[h].follow_up_time * chances.follow_ups * wards[h].follow_up
        slots = max(wards[h].clinic_slots / load - booked[h, DIRECT], 0.0)
        left = ration(h, URGENT, slots, waits, line, cut, part, given)
        share = left * wards[h].clinic_share
        handed = ration(h, CLINIC, share, waits, line, cut, part, given)
        spare = ration(h, ADMISSION, left - share + handed, waits, line, cut, part, given)
        if spare > 0.0:
            ration(h, CLINIC, share - handed + spare, waits, line, cut, part, given)
        theatres = max(wards[h].theatre_slots - booked[h, PLANNED], 0.0)
        ration(h, THEATRE, theatres, waits, line, cut, part, given)
        want = theatres * chances.elective_want
        free = max(wards[h].bed_nights - nights[h], 0.0)
        bed_left[h] = 1.0 if want <= free else free / want


@inner
def ration(h, queue, slots, waits, line, cut, part, given):
    """Give a queue so many places, or of them the part that its people are of the whole place's. Returns the rest."""
    here = waits[h, queue].sum()
    given[h, queue] = min(slots / max(line[h, queue], TINY), 1.0)
    if here == 0:
        cut[h, queue], part[h, queue] = -1, 1.0
        return max(slots - line[h, queue], 0.0)
    of_all = here / line[h, queue]
    cut[h, queue], part[h, queue], spare = cut_off(waits[h, queue], slots * of_all)
    return spare / of_all


@njit(cache=True, nogil=True)
def serve_week(patches, part, week, salt, people, rates, wards, pathways, stays, cut, share, bed_left, traced, diary):
    """Clinics and theatres serve those past their queue's cut-off, in patches ``part[0]`` to before ``part[1]``."""
    chances = rates[0]
    own, now = bench(CHUNK), of_thread(part[2], diary)
    for b in range(part[0], part[1]):
        serve(
            week, salt, people, chances, wards, list_of(b, pathways), list_of(b, stays), cut, share, bed_left,
            traced, own, now,
        )  # fmt: skip


@inner
def serve(week, salt, people, rates, wards, pathways, stays, cut, part, bed_left, traced, own, diary):
    """Whoever is past the cut-off of the queue is seen: first who is called, then one after the other."""
    for first in range(0, pathways.n[0], CHUNK):
        rows = pathways.rows[first : min(first + CHUNK, pathways.n[0])]
        called = 0
        for j in range(rows.size):
            own.picked[called] = j
            called += (rows[j].ready <= week) & (weeks_waited(rows[j], week) >= cut[rows[j].hospital, rows[j].stage])
        for c in range(called):
            own.kind[c] = fetch(rows[own.picked[c]].row, people)
        for c in range(called):
            pathway = rows[own.picked[c]]
            i, p, h = np.int64(pathway.row), np.int64(pathway.practice), np.int64(pathway.hospital)
            stage = np.int64(pathway.stage)
            if people.where[i] != HOME:  # in a bed, maybe since a moment ago and from another list
                continue
            token = token_of(pathway)
            if weeks_waited(pathway, week) == cut[h, stage] and uniform(token, salt[D_TIE]) >= part[h, stage]:
                continue
            if stage == THEATRE:
                if operate(pathway, week, salt, bed_left, people, rates, wards, stays, traced, diary):
                    stop_clock(pathway, week, people, diary)
                continue
            group = group_of(i, people)
            attend_clinic(i, pathway.key, p, h, group, week, salt, people, rates, wards, traced, diary)
            if stage == ADMISSION:
                lag = rates.readiness[THEATRE, mix(token ^ salt[D_READY]) & _BYTE]
                pathway.stage = THEATRE
                pathway.ready = week + 1 + whole(lag, 0.5)
            else:
                stop_clock(pathway, week, people, diary)


@njit(cache=True, nogil=True)
def care_week(patches, part, week, middle, salt, start, people, rates, surgeries, wards, queue, traced, diary):
    """Care starts for some of those who wait; the rest wait on, in a hospital bed or at home.

    ``start`` (councils, 2, 5): chance that care of a kind starts this week, at home and in hospital. For the patches of
    practices from ``part[0]`` to before ``part[1]``.
    """
    chances, now = rates[0], of_thread(part[2], diary)
    for b in range(part[0], part[1]):
        start_care(week, middle, salt, start, people, chances, surgeries, wards, list_of(b, queue), traced, now)


@inner
def start_care(week, middle, salt, start, people, rates, surgeries, wards, queue, traced, diary):
    """Go down one patch's queue for care."""
    kept = 0
    for k in range(queue.n[0]):
        i = queue.rows[k].row
        key = queue.rows[k].key
        h = queue.rows[k].hospital
        kind = queue.rows[k].kind
        if people.where[i] == GONE or (rates.stationary and people.key[i] != key):
            continue
        p = queue.rows[k].practice
        group = group_of(i, people)
        bedded = h >= 0 and people.where[i] == FIT
        u = uniform(key, salt[D_START])
        chance = start[surgeries.desk[p].council, 1 if bedded else 0, kind]
        begins = u < chance
        if bedded:
            nights = np.int64(7.0 * u / chance) if begins else 7
            bump(p, group, SOCIAL_DELAY, nights, diary)
            diary.ward[h, SOCIAL_DELAY] += nights
            note_nights(traced, i, week, SOCIAL_DELAY, nights, h, p, people, diary)
        if begins:
            if people.state[i].care == HOME_CARE:
                bump(p, group, CARE_ENDS, 1, diary)
            people.state[i].care = kind
            bump(p, group, CARE_STARTS + kind - 1, 1, diary)
            note(traced, i, week, CARE_STARTS + kind - 1, -1, p, people, diary)
            if bedded:
                people.where[i] = HOME
                bump(p, group, DISCHARGES, 1, diary)
                diary.ward[h, DISCHARGES] += 1
                diary.minutes[p] += wards[h].handback
            refresh(i, i + 1, middle, people, rates, surgeries.desk[p].style)
            continue
        if not bedded and uniform(key, salt[D_WITHDRAW]) < rates.care_withdraw:
            if people.state[i].care == AWAITING_CARE:
                people.state[i].care = NO_CARE
            continue
        queue.rows[kept] = queue.rows[k]
        kept += 1
    queue.n[0] = kept


@njit(cache=True)
def needing(queue, council, waiting):
    """Count in ``waiting`` (councils, 5) who waits for which care; ``council`` (P,) of each practice."""
    waiting[:] = 0.0
    for b in range(queue.n.size):
        for k in range(queue.at[b], queue.at[b] + queue.n[b]):
            waiting[council[queue.rows[k].practice], queue.rows[k].kind] += 1.0


@inner
def review_one(p, middle, weeks, salt, ease, people, table, surgeries, cells, census):
    """The quarterly review of one practice's people. ``cells`` is room to count them by kind."""
    rates = table[0]
    stock = census.stock
    stock[p] = 0
    census.sexes[p] = 0
    cells[:] = 0
    first, stop = surgeries.desk[p].start, surgeries.desk[p].stop
    level = surgeries.desk[p].control
    for i in range(first, stop):
        if people.where[i] == GONE:
            continue
        settled = level + rates.control_spread[(people.key[i] >> _S40) & _BYTE]
        control = people.state[i].control / 65535.0
        control += (settled - control) * ease
        people.state[i].control = np.uint16(min(max(control, 0.0), 1.0) * 65535.0)
        care = people.state[i].care
        if care == REFUSED_CARE and uniform(people.key[i], salt[D_END]) < rates.refusal_lapses:
            people.state[i].care = NO_CARE
        if care > NO_CARE:
            people.spend[i] += np.int32(rates.care_cost[care] * weeks)
    refresh(first, stop, middle, people, rates, surgeries.desk[p].style)
    for i in range(first, stop):
        if people.where[i] == GONE:
            continue
        group = group_of(i, people)
        band = group // 5
        if ((people.key[i] >> _S32) & _LOW32) * _TO_UNIT32 < rates.working_age_client and 2 <= band <= 3:
            people.spend[i] += np.int32(rates.working_age_cost * weeks)
        conditions = people.state[i].conditions
        cells[group, conditions, people.state[i].frailty] += 1
        stock[p, group, 2] += people.state[i].control * np.int64(conditions > 0)
        care = people.state[i].care
        if HOME_CARE <= care <= NHS_PLACE:
            stock[p, group, 3 + care] += 1
        census.sexes[p, people.traits[i] & 1, band] += 1
    weigh(p, rates, cells, census)


@inner
def weigh(p, rates, cells, census):
    """From counts by kind (GROUPS, conditions, frailty): who there is, in what health, and at what risk."""
    stock, spread = census.stock, census.spread
    spread[p] = 0
    emergencies = 0.0
    acsc = 0.0
    for group in range(GROUPS):
        band = group // 5
        for conditions in range(5):
            for frailty in range(4):
                n = cells[group, conditions, frailty]
                stock[p, group, 0] += n
                stock[p, group, 1] += n * np.int64(conditions > 0)
                stock[p, group, 3] += n * np.int64(rates.utility[band, conditions, frailty])
                spread[p, band, conditions] += n
                spread[p, band, 5 + frailty] += n
                risk = rates.emergency[band] * rates.emergency_frailty[frailty] * rates.emergency_condition[conditions]
                risk *= n * rates.emergency_quintile[group % 5]
                emergencies += risk
                acsc += risk * rates.acsc_share[conditions]
    census.risk[p, 0] = emergencies * WEEKS
    census.risk[p, 1] = acsc * WEEKS


@njit(cache=True, nogil=True)
def review(patches, part, middle, weeks, salt, ease, people, rates, surgeries, census):
    """Each quarter: control moves towards its settled level, thresholds are refreshed, people are counted.

    ``weeks`` since the last review, ``ease`` the part of the way that control moves. ``census`` returns the counts.
    For the patches of practices from ``part[0]`` to before ``part[1]``.
    """
    cells = np.zeros((GROUPS, 5, 4), dtype=np.int64)
    for p in range(patches[part[0]], patches[part[1]]):
        review_one(p, middle, weeks, salt, ease, people, rates, surgeries, cells, census)
