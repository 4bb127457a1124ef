"""Practice registers: who is registered, how capitation formulas weigh them, and the admissions expected of them."""

from __future__ import annotations

import numpy as np

from ...agents.observed import Registered
from ...agents.patients.tables import Census
from ..parameters import Parameters
from ..place.place import Place

FRAILTY = slice(5, 9)  #: columns of ``Census.spread`` that count people by frailty
IN_HOMES = slice(5, 8)  #: columns of ``Census.stock`` that count residents of care homes


def registered(census: Census, place: Place, parameters: Parameters, sample: float) -> Registered:
    """The registers of a census, scaled to the whole place.

    Weights are relative to England's people: Carr-Hill's index of need by sex and age (Carr-Hill 1994), with its
    factor for residents of care homes, whose mean over the place is 1, and the practice's weight for other things.
    """
    gp = parameters.general_practice
    people = census.sexes / sample
    number = people.sum(axis=(1, 2))
    local = place.people.sum(axis=0).astype(float)
    england = local / local.sum(axis=0) * parameters.people.england_by_age
    residents = census.stock[:, :, IN_HOMES].sum(axis=(1, 2)) / sample
    homes = 1.0 + (gp.carr_hill_care_home - 1.0) * residents / np.maximum(number, 1.0)
    homes = homes / np.average(homes, weights=number)
    weighted = {"people_flat": number}
    for name, table, care in (
        ("age_sex", gp.consultation_rate, 1.0),
        ("carr_hill_a", gp.carr_hill_a, homes * place.formula_weight),
        ("carr_hill_b", gp.carr_hill_b, homes * place.formula_weight),
    ):
        mean = (table * england).sum() / england.sum()
        weighted[f"people_{name}"] = (people * table).sum(axis=(1, 2)) / mean * care
    emergencies, acsc = census.risk.T / sample
    frailty = census.spread[:, :, FRAILTY].sum(axis=1) / sample
    return Registered(weighted, people, frailty, emergencies, acsc, residents)
