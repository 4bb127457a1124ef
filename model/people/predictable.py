"""What a person's care is expected to cost each kind of provider, by age, conditions and frailty."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from ...agents.patients.calendar import WEEKS
from ...agents.patients.events import Event
from ...agents.patients.people import BANDS, TINY
from .population import ReferencePopulation
from .values import care_costs

CONDITIONS = np.arange(5.0)  #: counts of long-term conditions, the last for all above
WORKING_AGE = slice(2, 4)  #: age bands of people aged 15 to 64


def predictable_costs(
    p: SimpleNamespace, population: ReferencePopulation, need: float, unit_cost: np.ndarray
) -> np.ndarray:
    """£ a year by kind of provider, (4, BANDS, 5, 4) by age, conditions and frailty, in the order of ``COHORTS``.

    What is published by age is divided over the people of that age in proportion to the relative risks of their
    conditions and frailty. Deprivation, sex and personal differences are left out: a price cannot follow them either.

    ``need``: of the place relative to England's, at the same ages. ``unit_cost``: £ an event.
    """
    cells = (_practice, _hospital, _social_care, _community)
    return np.stack([np.broadcast_to(cost(p, population, need, unit_cost), (BANDS, 5, 4)) for cost in cells])


def _relative(risk: np.ndarray, population: ReferencePopulation) -> np.ndarray:
    """Risk (5, 4) by conditions and frailty relative to the mean of an age, (BANDS, 5, 4)."""
    mean = population.mean(risk[population.conditions, population.frailty])
    return np.asarray(risk / np.where(mean > 0, mean, 1.0)[:, None, None])


def _asking(p: SimpleNamespace, population: ReferencePopulation) -> np.ndarray:
    risk = (p.gp.consultation_by_condition**CONDITIONS)[:, None] * p.gp.consultation_by_frailty
    return _relative(risk, population)


def _practice(p: SimpleNamespace, population: ReferencePopulation, need: float, unit_cost: np.ndarray) -> np.ndarray:
    """Consultations, which follow conditions and frailty."""
    gp = p.gp.gp_share
    one = gp * unit_cost[Event.GP_CONSULTATIONS] + (1.0 - gp) * unit_cost[Event.OTHER_CONSULTATIONS]
    return (p.gp.consultation_rate.mean(axis=0) * one)[:, None, None] * _asking(p, population)


def _hospital(p: SimpleNamespace, population: ReferencePopulation, need: float, unit_cost: np.ndarray) -> np.ndarray:
    """Emergencies by their own risks, planned care by those of asking a GP, A&E visits by age alone."""
    hospital = p.hospital
    risk = (hospital.emergency_by_condition**CONDITIONS)[:, None] * hospital.emergency_by_frailty
    overnight = hospital.emergency_rate * (1.0 - hospital.zero_day_share)
    spells = hospital.emergency_rate * hospital.zero_day_share * unit_cost[Event.EMERGENCY_ZERO_DAY]
    spells = spells + overnight * unit_cost[Event.EMERGENCY_OVERNIGHT]
    nights = overnight * hospital.overnight_stay * unit_cost[Event.EMERGENCY_NIGHTS]
    longer = _relative(risk * hospital.stay_by_frailty, population)
    emergencies = spells[:, None, None] * _relative(risk, population) + nights[:, None, None] * longer
    attendances = hospital.ae_rate * hospital.ae_major_share * unit_cost[Event.AE_MAJOR]
    referrals = hospital.gp_referral_rate + hospital.other_referral_rate
    by_gp = (hospital.gp_referral_rate / np.maximum(referrals, TINY))[:, None, None]
    planned = _planned_by_age(p, referrals, unit_cost)[:, None, None]
    followed = by_gp * _asking(p, population) + 1.0 - by_gp
    return need * (emergencies + planned * followed) + attendances[:, None, None]


def _planned_by_age(p: SimpleNamespace, referrals: np.ndarray, unit_cost: np.ndarray) -> np.ndarray:
    """£ a year (BANDS,) of clinics and planned admissions."""
    hospital = p.hospital
    clinic = (
        unit_cost[Event.FIRST_CLINICS]
        + hospital.follow_ups_per_first * unit_cost[Event.FOLLOW_UPS]
        + hospital.other_visits_per_first * unit_cost[Event.OTHER_VISITS]
    )
    seen = referrals * hospital.first_clinics_per_referral * clinic
    day_cases = hospital.day_case_rate * unit_cost[Event.DAY_CASES]
    return np.asarray(seen + day_cases + hospital.inpatient_rate * unit_cost[Event.INPATIENTS])


def _social_care(p: SimpleNamespace, population: ReferencePopulation, need: float, unit_cost: np.ndarray) -> np.ndarray:
    """Care that councils pay for: by frailty from 65 on; a sum a head below, for working-age clients."""
    weekly = care_costs(p)
    care = (p.care.home_care_rate * weekly[1] + p.care.council_places_rate * weekly[2]) * WEEKS
    cost = care[:, None, None] * _relative(np.tile(p.care.need_by_frailty, (5, 1)), population)
    cost[WORKING_AGE] += p.care.working_age_spend
    return np.asarray(cost)


def _community(p: SimpleNamespace, population: ReferencePopulation, need: float, unit_cost: np.ndarray) -> np.ndarray:
    """Visits at home, which follow frailty."""
    return np.asarray(p.community.visits_by_frailty * p.community.visit_cost)[None, None, :]
