"""Each person's chances: of asking for an appointment, and of the rare events."""

import numpy as np

from .compiled import kernel
from .draws import BYTE, FULL32, S8
from .people import (
    AWAITING_CARE,
    COUNCIL_PLACE,
    GONE,
    HEADROOM,
    HOME_CARE,
    NHS_PLACE,
    UNMET_BIT,
    age_band,
    age_years,
    band_of,
    quintile_of,
)


@kernel
def chance_of_asking(i, band, people, rates, style):
    """Chance that a person asks for an appointment this week."""
    female = people.traits[i] & 1
    personal = rates.propensity[people.key[i] & BYTE]
    p = rates.request[band, female] * personal * style
    p *= rates.request_frailty[people.state[i].frailty] * rates.request_condition[people.state[i].conditions]
    return min(p, 0.95)


@kernel
def majorants(i, years, people, rates):
    """Widths of the rare events' intervals for one person of this age, in the order of ``Rare``; shares of 1."""
    band = age_band(years)
    frailty = people.state[i].frailty
    conditions = people.state[i].conditions
    quintile = quintile_of(i, people)
    care = people.state[i].care
    in_home = in_care_home(care)
    # branch-free: a mispredicted branch costs more than these multiplications
    unmet_care = care >= AWAITING_CARE
    need = people.state[i].need
    death = rates.death[band] * rates.death_frailty[frailty] * one_unless(in_home, rates.death_care_home)
    death *= one_unless(unmet_care, rates.death_unmet_care) * rates.death_control[people.state[i].control >> 8]
    death *= rates.need_death[need]
    emergency = rates.emergency[band] * rates.emergency_frailty[frailty] * rates.emergency_condition[conditions]
    emergency *= rates.emergency_quintile[quintile] * rates.vulnerability[(people.key[i] >> S8) & BYTE]
    emergency *= one_unless(unmet_care, rates.unmet_care_risk) * rates.need_emergency[need]
    care_need = rates.care_need[band] * rates.care_frailty[frailty]
    death = min(0.05 if years >= 105 else death, 0.2)
    return (
        death,
        rates.frailty_on[years, frailty] * HEADROOM,
        rates.condition_on[years, conditions] * HEADROOM,
        min(emergency, 0.3) * HEADROOM,
        rates.ae[band] * rates.emergency_quintile[quintile] * one_unless(unmet_care, rates.unmet_care_ae),
        rates.other_referral[band],
        rates.planned[band],
        rates.birth * np.float64((band == 2) & (people.traits[i] & 1 != 0)),
        rates.leave[band],
        care_need * np.float64(not (in_home | (care == AWAITING_CARE))),
        rates.home_care_end * np.float64(care == HOME_CARE),
        rates.need_passes[need],
        death * rates.dies_in_hospital * (HEADROOM - 1.0),
    )


@kernel
def in_care_home(care):
    """Whether a kind of care is a place in a care home."""
    return (care >= COUNCIL_PLACE) & (care <= NHS_PLACE)


@kernel
def one_unless(condition, factor):
    """The factor if the condition holds, else 1."""
    return factor if condition else 1.0


@kernel
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
        set_rare(i, middle, people, rates)


@kernel
def set_rare(i, middle, people, rates):
    """Set one person's threshold of the rare events; 0 for an empty row."""
    m = majorants(i, age_years(people.state[i].born, middle), people, rates)
    total = 0.0
    for k in range(len(m)):
        total += m[k]
    people.t_rare[i] = np.uint32(min(total, 1.0) * FULL32) if people.where[i] != GONE else np.uint32(0)


@kernel
def set_request(i, band, people, rates, style):
    """Set one person's threshold of asking for an appointment; 1 for someone who asks again, 0 for an empty row."""
    chance = chance_of_asking(i, band, people, rates, style)  # without a branch, so that many are set at once
    threshold = np.uint32((1.0 if people.traits[i] & UNMET_BIT else chance) * FULL32)
    people.t_request[i] = threshold if people.where[i] != GONE else np.uint32(0)


@kernel
def locate_interval(i, years, x, people, rates):
    """The interval of ``Rare`` that ``x`` falls in (their number if beyond them all), and where in it, in [0, 1)."""
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
