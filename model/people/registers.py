"""Practice registers: who is registered, how capitation formulas weigh them, and the admissions expected of them."""

from __future__ import annotations

import numpy as np

from ...agents.cohorts import COHORTS
from ...agents.observed import Registered
from ...agents.patients.tables import Census
from ..parameters import Parameters
from ..place.place import Place

FRAILTY = slice(5, 9)  #: columns of ``Census.spread`` that count people by frailty
FIFTHS = 5  #: of deprivation; groups of a census are age band x fifth, the most deprived first
IN_HOMES = slice(5, 8)  #: columns of ``Census.stock`` that count residents of care homes


def registered(census: Census, place: Place, parameters: Parameters, sample: float) -> Registered:
    """The registers of a census, scaled to the whole place.

    Weights are relative to England's people: Carr-Hill's index of need by sex and age (Carr-Hill 1994), with its
    factor for residents of care homes, whose mean over the place is 1, and the practice's weight for other things;
    workload is consultation need by sex and age, times a factor for the fifths of deprivation that people live in.
    Need is the £ a year that the people are expected to cost a kind of provider, which weighs them by it.
    """
    gp = parameters.general_practice
    people = census.sexes / sample
    number = people.sum(axis=(1, 2))
    residents = census.stock[:, :, IN_HOMES].sum(axis=(1, 2)) / sample
    homes = 1.0 + (gp.carr_hill_care_home - 1.0) * residents / np.maximum(number, 1.0)
    homes = homes / np.average(homes, weights=number)
    weighted = {"people_flat": number}
    others = {"people_age_sex": 1.0, "people_workload": _deprivation(census, gp.workload_deprivation)}
    one_more = {}
    for name, (table, mean) in formulas(place, parameters).items():
        other = others.get(name, homes * place.formula_weight)
        weighted[name] = (people * table).sum(axis=(1, 2)) / mean * other
        one_more[name] = np.outer(np.broadcast_to(other, number.shape), table.mean(axis=0) / mean)
    emergencies, acsc = census.risk.T / sample
    costs = census.cost.T / sample
    weighted |= {f"people_need_{kind}": cost for kind, cost in zip(COHORTS, costs, strict=True)}
    frailty = census.spread[:, :, FRAILTY].sum(axis=1) / sample
    return Registered(weighted, people, frailty, emergencies, acsc, residents, one_more)


def formulas(place: Place, parameters: Parameters) -> dict[str, tuple[np.ndarray, float]]:
    """Of each formula that has them its weights (2, BANDS) by sex and age, and their mean over England's people."""
    gp = parameters.general_practice
    local = place.people.sum(axis=0).astype(float)
    england = local / local.sum(axis=0) * parameters.people.england_by_age
    tables = {"age_sex": gp.consultation_rate, "workload": gp.consultation_rate}
    tables |= {"carr_hill_a": gp.carr_hill_a, "carr_hill_b": gp.carr_hill_b}
    return {f"people_{name}": (table, (table * england).sum() / england.sum()) for name, table in tables.items()}


def _deprivation(census: Census, ratio: float) -> np.ndarray:
    """Mean weight (P,) of people by fifth of deprivation, evenly from the most to the least deprived.

    ``ratio``: of the most to the least deprived fifth; the mean over England's fifths is 1.
    """
    weight = np.linspace(ratio, 1.0, FIFTHS) * 2.0 / (1.0 + ratio)
    by_fifth = census.stock[:, :, 0].reshape(len(census.stock), -1, FIFTHS).sum(axis=1)
    return by_fifth @ weight / np.maximum(by_fifth.sum(axis=1), 1)
