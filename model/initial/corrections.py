"""Corrections of rates and capacity: published over simulated, where the closed form of the rates is not exact."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...agents.patients.calendar import WEEKS
from ...agents.patients.draws import Draw
from ...agents.patients.entry import salts, uniforms
from ...agents.patients.events import EVENTS
from ...agents.patients.people import BANDS
from ...agents.social_care import KINDS
from ..system import HealthEconomy
from .first_guess import care_by_council, published_care

Corrections = dict[str, np.ndarray]  #: factors on rates by name; those by age have (7,)

FEW_EVENTS = 400.0  #: events in an age band at which it is trusted half, and the whole place's ratio half
FACTORS = (0.2, 5.0)  #: smallest and largest correction of a rate
CATCH_UP = 0.7  #: share of a surplus or shortfall of people in care that one year's new needs make good
REPLACEMENT = (0.3, 3.0)  #: smallest and largest change of new needs for care from one year to the next
LAST_YEARS = 2  #: before a run begins: chance then outweighs the error, and half a step is taken (square root)
FIRST_DELAY = 7.0  #: nights of an NHS-caused delay before any correction
SHORTEST_DELAY = 0.2  #: nights
LIST_STEP = (0.9, 1.1)  #: smallest and largest change of slots to bring the waiting list to its length
SPARE_PLACES = 0.5  #: share of empty care-home places that can be bought
TINY = 1e-12


def rates_by_age(models: Sequence[HealthEconomy]) -> dict[str, np.ndarray]:
    """Events of the last year by age band, per person and year, over models; and ``people`` themselves, (7,) each."""
    years = [model.record.years[-1] for model in models]
    groups = np.sum([y["groups"] for y in years], axis=0).reshape(BANDS, 5, len(EVENTS)).sum(axis=1)
    people = np.sum([y["stock"][:, 0] for y in years], axis=0).reshape(BANDS, 5).sum(axis=1)
    return {name: groups[:, k] / np.maximum(people, 1) for k, name in enumerate(EVENTS)} | {"people": people}


def correct_rates(models: Sequence[HealthEconomy], corrections: Corrections) -> None:
    """All corrections that a year's events tell: of rates by age, of new needs for care and of delays."""
    simulated = rates_by_age(models)
    for name, (published, got) in _pairs(models[0], simulated).items():
        corrections[name] = _toward(corrections.get(name, 1.0), published, got, simulated["people"])
    correct_care(models, corrections, simulated)
    correct_delays(models, corrections)


def _pairs(model: HealthEconomy, simulated: dict[str, np.ndarray]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Published and simulated rate by age band (7,), by the name of the correction."""
    params, need, hospital = model.parameters, model.place.file.need_factor, model.parameters.hospital
    admitted = simulated["emergency_zero_day"] + simulated["emergency_overnight"]
    nights = need * hospital.emergency_rate * (1 - hospital.zero_day_share) * hospital.overnight_stay
    # published stays include the days of delay
    stayed = simulated["emergency_nights"] + simulated["nhs_delayed_nights"] + simulated["social_delayed_nights"]
    electives = need * (hospital.day_case_rate + hospital.inpatient_rate)
    return {
        "request": (_requests(model), simulated["first_requests"]),
        "emergency": (need * hospital.emergency_rate, admitted),
        "ae": (hospital.ae_rate, simulated["ae_attendances"]),
        "gp_referral": (need * hospital.gp_referral_rate, simulated["gp_referrals"]),
        "other_referral": (need * hospital.other_referral_rate, simulated["other_referrals"]),
        "planned": (electives, simulated["day_cases"] + simulated["inpatients"]),
        "inpatient": (need * hospital.inpatient_rate, simulated["inpatients"]),
        "overnight_nights": (nights / (need * hospital.emergency_rate), stayed / np.maximum(admitted, TINY)),
        "elective_nights":
            (hospital.inpatient_stay, simulated["elective_nights"] / np.maximum(simulated["inpatients"], TINY)),
        "death": (need * params.people.death_rate, simulated["deaths"]),
    }  # fmt: skip


def _consultations(model: HealthEconomy) -> np.ndarray:
    """Published consultations per person and year by age band, (7,)."""
    sex = model.place.people.sum(axis=0) / model.place.people.sum(axis=(0, 1))
    return (model.parameters.general_practice.consultation_rate * sex).sum(axis=0)


def _requests(model: HealthEconomy) -> np.ndarray:
    """First requests (7,) that lead to the published consultations, given how many fail and are made again."""
    gp = model.parameters.general_practice
    return _consultations(model) * ((1 - gp.failed_ask * gp.after_failure_ask_again) / (1 - gp.failed_ask))


def _toward(factor: float | np.ndarray, published: np.ndarray, simulated: np.ndarray, people: np.ndarray) -> np.ndarray:
    """The factor times the ratio; an age band with few events leans on the whole place's ratio."""
    weight = people / people.sum()
    whole = float(np.sum(published * weight) / max(np.sum(simulated * weight), TINY))
    events = simulated * people
    trust = events / (events + FEW_EVENTS)
    ratio = np.where(simulated > 0, published / np.maximum(simulated, TINY), whole)
    return np.clip(factor * (trust * ratio + (1.0 - trust) * whole), *FACTORS)


def correct_care(
    models: Sequence[HealthEconomy], corrections: Corrections, simulated: dict[str, np.ndarray]
) -> None:  # fmt: skip
    """New needs for care, so that those who start replace those who end."""
    model = models[0]
    ages = model.place.people.sum(axis=(0, 1)) * model.sample * len(models)
    published = published_care(model.parameters, ages)
    starts = np.array([(simulated[f"{kind}_starts"] * simulated["people"]).sum() for kind in KINDS])
    ends = np.array([(simulated[f"{kind}_ends"] * simulated["people"]).sum() for kind in KINDS])
    held = sum(m.social_care.held.sum(axis=0) for m in models) * model.sample
    replace = np.clip((ends + CATCH_UP * (published - held)) / np.maximum(starts, 1.0), *REPLACEMENT)
    if model.week > -LAST_YEARS * WEEKS:
        replace = replace**0.5
    kinds = corrections["care_kind"] / corrections["care_kind"].sum() * replace
    corrections["care_need"] = np.asarray(corrections.get("care_need", 1.0) * kinds.sum())
    corrections["care_kind"] = kinds / kinds.sum()


def correct_delays(models: Sequence[HealthEconomy], corrections: Corrections) -> None:
    """Length of NHS-caused delays and the chance that care starts in hospital, so that nights lost are as published."""
    model, simulated = models[0], rates_by_age(models)
    hospital, people = model.parameters.hospital, simulated["people"]
    nhs, social = ((simulated[f"{cause}_delayed_nights"] * people).sum() / people.sum() for cause in ("nhs", "social"))
    published = hospital.nhs_delay_rate + hospital.both_delay_rate
    corrections["delay_nights"] = np.asarray(
        corrections.get("delay_nights", FIRST_DELAY) * published / max(nhs, 1e-9)
    )  # fmt: skip
    # someone fit to leave at any hour of a week waits 7 / chance - 3.5 nights on average
    nights = 7.0 / model.social_care.start[0, 1] - 3.5
    nights = max(nights * hospital.social_delay_rate / max(social, 1e-9), SHORTEST_DELAY)
    model.social_care.start_from_hospital(min(7.0 / (nights + 3.5), 1.0))


def referral_ratio(models: Sequence[HealthEconomy]) -> float:
    """Published over simulated referrals: clinics and theatres grow as referrals are corrected."""
    hospital, simulated = models[0].parameters.hospital, rates_by_age(models)
    people, need = simulated["people"], models[0].place.file.need_factor
    published = need * (hospital.gp_referral_rate + hospital.other_referral_rate) @ people
    return float(published / ((simulated["gp_referrals"] + simulated["other_referrals"]) @ people))


def slots_for_list(models: Sequence[HealthEconomy]) -> float:
    """Factor on clinics and theatres that ends the year with a waiting list of the published length."""
    listed = np.mean([m.hospitals.listed.sum() / m.sample for m in models])
    extra = listed - models[0].parameters.hospital.waiting_list * models[0].place.registered
    stops = np.mean([m.record.years[-1]["organisations"]["hospital"]["clock_stops"].sum() for m in models])
    return float(np.clip(1.0 + extra / stops, *LIST_STEP))


def appointments_scale(models: Sequence[HealthEconomy]) -> float:
    """Appointments per FTE relative to the published number, so that consultations are as published."""
    model, simulated = models[0], rates_by_age(models)
    published = (_consultations(model) * simulated["people"]).sum()
    got = ((simulated["gp_consultations"] + simulated["other_consultations"]) * simulated["people"]).sum()
    return float(model.practices.scale * published / got)


def rebalance_care(model: HealthEconomy) -> None:
    """Move people between kinds of care until their shares are as published.

    Chance leaves a few dozen too many in one kind and too few in another, and every run would start from that. Those
    who move are drawn at random.
    """
    people = model.patients.people
    published = published_care(model.parameters, model.place.people.sum(axis=(0, 1)))
    kinds = people.state["care"]
    held = np.bincount(kinds, minlength=5)[1:5]
    goal = np.rint(published / published.sum() * held.sum()).astype(np.int64)
    goal[0] += held.sum() - goal.sum()
    draw = uniforms(people.key, salts(0, model.week)[Draw.CARE])
    movers = [np.flatnonzero(kinds == k + 1) for k in range(4)]
    movers = [rows[np.argsort(draw[rows])][: max(held[k] - goal[k], 0)] for k, rows in enumerate(movers)]
    kinds[np.concatenate(movers)] = np.repeat(np.arange(1, 5), np.maximum(goal - held, 0))
    council = np.repeat(model.practices.council, model.patients.stop - model.patients.start)
    model.social_care.recount(care_by_council(council, kinds, len(model.social_care)) / model.sample)


def care_capacity(model: HealthEconomy) -> np.ndarray:
    """Care that councils can buy, (C, 4): care held over its published utilisation; homes also have limited places."""
    held = model.social_care.held
    capacity = held / model.parameters.social_care.start_utilisation + 1.0
    places = np.array([council.care_home_places for council in model.place.file.councils])
    spare = np.maximum(places - held[:, 1:].sum(axis=1), 1.0)
    capacity[:, 2:] = held[:, 2:] + spare[:, None] * SPARE_PLACES
    return capacity
