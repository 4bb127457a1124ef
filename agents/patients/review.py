"""The quarterly review: control moves, thresholds are refreshed, people are counted."""

import numpy as np

from .calendar import WEEKS
from .chances import refresh
from .compiled import kernel
from .draws import BYTE, LOW32, S32, S40, TO_UNIT32, Draw, uniform
from .moves import Move, count_move
from .people import (
    AWAITING_CARE,
    GONE,
    GROUPS,
    HOME_CARE,
    NHS_PLACE,
    NO_CARE,
    PLANNED_NEEDS,
    REFUSED_CARE,
    group_of,
)
from .tables import KINDS


@kernel
def review_practice(p, weeks, ease, when, here, cells, census):
    """The quarterly review of one practice's people. ``cells`` is room to count them by kind."""
    table = here.practices.table
    census.stock[p] = 0
    census.sexes[p] = 0
    cells[:] = 0
    first, stop = table[p].start, table[p].stop
    rose, fell = 0, 0
    for i in range(first, stop):
        if here.people.where[i] != GONE:
            more = move_control(i, table[p].control, ease, here)
            rose += max(more, 0)
            fell -= min(more, 0)
            care_of_quarter(i, p, weeks, when.salt[Draw.CARE_END], here)
    count_move(p, Move.CONTROL_ROSE, rose, here)
    count_move(p, Move.CONTROL_FELL, fell, here)
    refresh(first, stop, when.middle, here.people, here.rates, table[p].style)
    for i in range(first, stop):
        if here.people.where[i] != GONE:
            take_census(i, p, weeks, here, cells, census)
    weigh(p, table[p].unvisited, here.rates, cells, census)


@kernel
def move_control(i, level, ease, here):
    """A person's control moves by the share ``ease`` towards its settled level, which varies around the practice's.

    Returns by how much, in 65,535ths.
    """
    people = here.people
    before = np.int64(people.state[i].control)
    settled = level + here.rates.control_spread[(people.key[i] >> S40) & BYTE]
    control = people.state[i].control / 65535.0
    control += (settled - control) * ease
    people.state[i].control = np.uint16(min(max(control, 0.0), 1.0) * 65535.0)
    return np.int64(people.state[i].control) - before


@kernel
def care_of_quarter(i, p, weeks, salt, here):
    """Some refusals of care lapse; long-term care is charged."""
    people = here.people
    care = people.state[i].care
    if care == REFUSED_CARE and weeks > 0 and uniform(people.key[i], salt) < here.rates.refusal_lapses:
        people.state[i].care = NO_CARE
        count_move(p, Move.REFUSALS_LAPSED, 1, here)
    if care > NO_CARE:
        people.spend[i] += np.int32(here.rates.care_cost[care] * weeks)


@kernel
def take_census(i, p, weeks, here, cells, census):
    """Count one person; a working-age client of social care is charged for the weeks since the last review."""
    people, rates, stock = here.people, here.rates, census.stock
    group = group_of(i, people)
    band = group // 5
    if ((people.key[i] >> S32) & LOW32) * TO_UNIT32 < rates.working_age_client and 2 <= band <= 3:
        people.spend[i] += np.int32(rates.working_age_cost * weeks)
    conditions = people.state[i].conditions
    cells[group, conditions, people.state[i].frailty] += 1
    if conditions > 0:
        control = people.state[i].control
        stock[p, group, 2] += control
        stock[p, group, 3] -= np.int64(rates.control_loss[control >> 8])
    care, need = people.state[i].care, people.state[i].need
    stock[p, group, 3] -= np.int64(rates.need_loss[need])
    stock[p, group, 8] += np.int64(need & PLANNED_NEEDS != 0)
    if HOME_CARE <= care <= NHS_PLACE:
        stock[p, group, 3 + care] += 1
    elif care >= AWAITING_CARE:
        stock[p, group, 3] -= np.int64(rates.unmet_care_loss)
        stock[p, group, 9] += 1
    census.sexes[p, people.traits[i] & 1, band] += 1


@kernel
def weigh(p, unvisited, rates, cells, census):
    """From counts by kind (GROUPS, conditions, frailty): who there is, in what health, and at what risk."""
    stock, spread = census.stock, census.spread
    spread[p] = 0
    census.cost[p] = 0.0
    emergencies = 0.0
    acsc = 0.0
    for group in range(GROUPS):
        band = group // 5
        for conditions in range(5):
            for frailty in range(4):
                n = cells[group, conditions, frailty]
                stock[p, group, 0] += n
                stock[p, group, 1] += n * np.int64(conditions > 0)
                lost = np.rint(unvisited * rates.unvisited_loss[frailty])
                stock[p, group, 3] += n * np.int64(rates.utility[band, conditions, frailty] - lost)
                spread[p, band, conditions] += n
                spread[p, band, 5 + frailty] += n
                for kind in range(KINDS):
                    census.cost[p, kind] += n * rates.expected_cost[kind, band, conditions, frailty]
                risk = rates.emergency[band] * rates.emergency_frailty[frailty] * rates.emergency_condition[conditions]
                risk *= n * rates.emergency_quintile[group % 5]
                emergencies += risk
                acsc += risk * rates.acsc_share[conditions]
    census.risk[p, 0] = emergencies * WEEKS
    census.risk[p, 1] = acsc * WEEKS
