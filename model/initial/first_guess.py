"""The state from which calibration begins: people as the place describes them, capacity from published rates."""

from __future__ import annotations

import numpy as np

from ...agents.patients.calendar import WEEKS
from ..parameters import Parameters
from ..people.population import assign_care, populate
from ..place import network
from ..place.place import Place

SPARE = 0.03  #: empty rows for newcomers, as a share of each practice's list
AMPLE, A_FEW = 3.0, 10.0  #: care capacity while calibrating: times what is held, plus people; it never binds
START_IN_HOSPITAL = 0.7  #: first guess of the weekly chance that care starts for someone fit to leave
CARE_STATES = 7  #: values of a person's ``care``: none, four kinds, awaiting, refused


def first_guess(place: Place, parameters: Parameters, weeks: int) -> dict[str, np.ndarray]:
    """Arrays of an ``InitialState`` without waiting list or stays, ``weeks`` before a run begins."""
    people, first, last = populate(place, parameters, spare=SPARE)
    assign_care(people, parameters)
    people.state["control"][:] = np.uint16(parameters.general_practice.control_mean * 65535)
    clinics, theatres = _slots(place, parameters)
    councils = len(place.file.councils)
    held = care_by_council(np.repeat(place.council, last - first), people.state["care"], councils) / place.sample
    arrays = {f"people.{name}": column for name, column in people._asdict().items()}
    return arrays | {
        "start": first, "stop": last, "sample": np.array(place.sample),
        "week": np.array(-weeks), "practice.scale": np.array(1.0),
        "hospital.clinic_slots": clinics, "hospital.theatre_slots": theatres,
        "social_care.held": held, "social_care.capacity": held * AMPLE + A_FEW,
        "social_care.start": np.tile([parameters.social_care.start_at_home, START_IN_HOSPITAL], (councils, 1)),
    }  # fmt: skip


def _slots(place: Place, parameters: Parameters) -> tuple[np.ndarray, np.ndarray]:
    """Clinic and theatre slots a week by hospital, (H,) each: published rates times people."""
    hospital, need = parameters.hospital, place.file.need_factor
    ages = place.people.sum(axis=(0, 1))
    part = (place.people.sum(axis=(1, 2)) / place.registered) @ network.shares(place, parameters)
    referrals = need * ((hospital.gp_referral_rate + hospital.other_referral_rate) @ ages)
    clinics = referrals * hospital.first_clinics_per_referral / WEEKS * part
    theatres = need * ((hospital.day_case_rate + hospital.inpatient_rate) @ ages) / WEEKS * part
    return clinics * (1.0 + hospital.follow_up_time * hospital.follow_ups_per_first), theatres


def care_by_council(council: np.ndarray, care: np.ndarray, councils: int) -> np.ndarray:
    """People in each kind of care by council, (C, 4), from each person's council and ``care``."""
    held = np.bincount(council * CARE_STATES + care, minlength=CARE_STATES * councils)
    return held.reshape(councils, CARE_STATES)[:, 1:5]


def published_care(parameters: Parameters, ages: np.ndarray) -> np.ndarray:
    """People in each kind of care (4,) by published rates, given people by age band (7,)."""
    care = parameters.social_care
    tables = (care.home_care_rate, care.council_places_rate, care.self_funded_places_rate, care.nhs_funded_places_rate)
    return np.array([table @ ages for table in tables])


def care_mix(parameters: Parameters, place: Place) -> np.ndarray:
    """First guess of how new needs divide over kinds of care (4,): people in care over the years that care lasts."""
    care = parameters.social_care
    years = np.array([care.home_care_years, care.care_home_years, care.care_home_years, care.care_home_years])
    return published_care(parameters, place.people.sum(axis=(0, 1))) / years
