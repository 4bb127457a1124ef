"""What health and care are worth: utilities by age, conditions and frailty, and £ an event and a week of care."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from ...agents.patients.events import EVENTS, Event
from .outcomes import MILLION
from .population import ReferencePopulation

QUARTERS = 4  #: in a year


def utilities(p: SimpleNamespace, population: ReferencePopulation) -> np.ndarray:
    """QALYs a quarter in millionths, (BANDS, 5, 4) by age, conditions and frailty.

    The population norm holds for the mean person of an age; conditions and frailty shift people around it.
    """
    by_condition = p.out.utility_per_condition * np.arange(5.0)
    by_frailty = p.out.utility_by_frailty
    centre = population.mean(by_condition[population.conditions] + by_frailty[population.frailty])
    norm = p.out.utility[:, None, None] - centre[:, None, None]
    utility = norm + by_condition[None, :, None] + by_frailty[None, None, :]
    return np.round(np.clip(utility, 0, 1) / QUARTERS * MILLION)


def care_costs(p: SimpleNamespace) -> np.ndarray:
    """£ of public money a week by state of care, (7,) in the order of ``CARE``."""
    care = np.zeros(7)
    care[1] = p.care.home_care_hours * p.care.home_care_price
    care[2] = p.care.care_home_price
    care[4] = p.care.nhs_funded_price
    return care


def unit_costs(p: SimpleNamespace, ages: np.ndarray) -> np.ndarray:
    """£ an event, (EVENTS,), for each person's spending; ``ages`` (BANDS,): shares of people by age band.

    Drugs, diagnostics and critical care of the acute balancing line follow the spells that they are part of. Money for
    practices is divided over consultations, a GP's counting twice another's (assumed).
    """
    money, hospital = p.money, p.hospital
    overnight = hospital.emergency_rate * (1 - hospital.zero_day_share)
    spells = (
        (money.unit_cost_emergency_overnight, overnight),
        (money.unit_cost_elective_inpatient, hospital.inpatient_rate),
        (money.unit_cost_elective_day_case, hospital.day_case_rate),
    )
    more = 1.0 + money.other_acute_cost / sum(cost * (rate @ ages) for cost, rate in spells)
    overnight = overnight if overnight.any() else np.ones_like(overnight)
    mean_stay = (overnight * hospital.overnight_stay) @ ages / (overnight @ ages)
    practice = money.income_global_sum + money.income_qof + money.income_enhanced
    seen = p.gp.consultation_rate.mean(axis=0) @ ages
    counted = p.gp.gp_share * 2.0 + 1.0 - p.gp.gp_share
    costs = np.zeros(len(EVENTS))
    for event, cost in (
        (Event.GP_CONSULTATIONS, 2.0 * practice / seen / counted),
        (Event.OTHER_CONSULTATIONS, practice / seen / counted),
        (Event.AE_MAJOR, money.unit_cost_ae_major),
        (Event.EMERGENCY_ZERO_DAY, money.unit_cost_emergency_zero_day),
        (Event.EMERGENCY_OVERNIGHT, spells[0][0] * more - money.bed_day_cost * mean_stay),
        (Event.EMERGENCY_NIGHTS, money.bed_day_cost),
        (Event.DAY_CASES, spells[2][0] * more),
        (Event.INPATIENTS, spells[1][0] * more),
        (Event.FIRST_CLINICS, money.unit_cost_outpatient_first),
        (Event.FOLLOW_UPS, money.unit_cost_outpatient_follow_up),
        (Event.OTHER_VISITS, money.unit_cost_outpatient_other),
    ):
        costs[event] = cost
    return costs
