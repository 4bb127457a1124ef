"""Corrections of rates and capacity: published over simulated, where the closed form of the rates is not exact."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...agents.patients.draws import Draw
from ...agents.patients.entry import salts, uniforms
from ...agents.patients.events import EVENTS
from ...agents.patients.lists import THEATRE, still_waiting
from ...agents.patients.people import BANDS, HOME, NO_CARE
from ...agents.social_care import KINDS
from ..people.rates import care_names
from ..system import HealthEconomy
from .first_guess import care_by_council, published_care

Corrections = dict[str, np.ndarray]  #: factors on rates by name; those by age have (7,)

FEW_EVENTS = 400.0  #: events in an age band at which it is trusted half, and the whole place's ratio half
FEW_STARTS = 100.0  #: starts of care at which a correction goes half of the way
FACTORS = (0.2, 5.0)  #: smallest and largest correction of a rate
CATCH_UP = 0.7  #: share of a surplus or shortfall of people in care that one year's new needs make good
REPLACEMENT = (0.3, 3.0)  #: smallest and largest change of new needs for care from one year to the next
FIRST_DELAY = 7.0  #: nights of an NHS-caused delay before any correction
SHORTEST_DELAY = 0.2  #: nights
LIST_STEP = (0.9, 1.1)  #: smallest and largest change of slots to bring the waiting list to its length
BOUGHT_PLACE = np.array([True, False, False])  #: of care-home places: council, self-funded, NHS-funded
CHANCE = 3.0  #: room for care beyond what is held, in standard deviations of a count
SPARE_PLACES = 0.5  #: share of empty care-home places that can be bought
TINY = 1e-12


def rates_by_age(models: Sequence[HealthEconomy]) -> dict[str, np.ndarray]:
    """Events of the last year by age band, per person and year, over models; and ``people`` themselves, (7,) each."""
    years = [model.record.years[-1] for model in models]
    groups = np.sum([y["groups"] for y in years], axis=0).reshape(BANDS, 5, len(EVENTS)).sum(axis=1)
    people = np.sum([y["stock"][:, 0] for y in years], axis=0).reshape(BANDS, 5).sum(axis=1)
    return {name: groups[:, k] / np.maximum(people, 1) for k, name in enumerate(EVENTS)} | {"people": people}


def correct_rates(models: Sequence[HealthEconomy], corrections: Corrections, part: float = 1.0) -> None:
    """All corrections that a year's events tell: of rates by age, of new needs for care, a ``part``, and of delays."""
    simulated = rates_by_age(models)
    for name, (published, got) in _pairs(models[0], simulated).items():
        corrections[name] = _toward(corrections.get(name, 1.0), published, got, simulated["people"])
    correct_care(models, corrections, simulated, part)
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
    models: Sequence[HealthEconomy], corrections: Corrections, simulated: dict[str, np.ndarray], part: float = 1.0
) -> None:
    """A ``part`` of the way to new needs for care such that those who start replace those who end.

    That is at home, and in care homes whoever pays: all homes lose the same share of their residents, so kinds of place
    divide new needs as they divide residents, whom a few events would not tell apart. With and without ageing different
    numbers die, so each has its own needs.
    """
    model = models[0]
    published = published_care(model.parameters, model.place.people.sum(axis=(0, 1)) * model.sample * len(models))
    starts, ends = (
        np.array([(simulated[f"{kind}_{what}"] * simulated["people"]).sum() for kind in KINDS])
        for what in ("starts", "ends")
    )
    held = sum(m.social_care.held.sum(axis=0) for m in models) * model.sample
    replace = (_home_and_homes(ends) + CATCH_UP * _home_and_homes(published - held)) / np.maximum(
        _home_and_homes(starts), 1.0
    )
    trust = _home_and_homes(starts) / (_home_and_homes(starts) + FEW_STARTS)
    replace = np.clip(replace, *REPLACEMENT) ** (part * trust)
    need, mix = care_names(model.ageing)
    kinds = corrections[mix] / corrections[mix].sum()
    wanted = published[1:] / np.where(BOUGHT_PLACE, model.parameters.social_care.eligible_share, 1.0)
    kinds = np.array([kinds[0] * replace[0], *(kinds[1:].sum() * replace[1] * wanted / wanted.sum())])
    corrections[need] = np.asarray(corrections.get(need, 1.0) * kinds.sum())
    corrections[mix] = kinds / kinds.sum()


def _home_and_homes(kinds: np.ndarray) -> np.ndarray:
    """Home care, and all kinds of care-home place together, (2,), of (4,)."""
    return np.array([kinds[0], kinds[1:].sum()])


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


def slots_for_list(models: Sequence[HealthEconomy], part: float) -> np.ndarray:
    """Factors on clinics and theatres, (2, H), that go a ``part`` of the way to holding their lists for a year."""
    model = models[0]
    goals = list_goals(model) / model.sample
    listed = np.mean([waiting_for(m) / m.sample for m in models], axis=0)
    seen = np.array([_did(models, "first_clinics"), _did(models, "day_cases") + _did(models, "inpatients")])
    return np.clip(1.0 + part * (listed - goals) / np.maximum(seen, 1.0), *LIST_STEP)


def list_goals(model: HealthEconomy) -> np.ndarray:
    """People of the sample who should wait for a clinic and for a theatre, (2, H)."""
    place, hospital = model.place, model.parameters.hospital
    goals = np.array([hospital.waiting_list - hospital.admission_list, hospital.admission_list])
    return goals[:, None] * model.sample * (place.people.sum(axis=(1, 2)) @ model.share)


def waiting_for(model: HealthEconomy) -> np.ndarray:
    """People of the sample on the list by what they wait for, clinic or theatre, and hospital, (2, H)."""
    rows = still_waiting(model.patients.lists.waiting)
    theatre = rows["stage"] == THEATRE
    n = len(model.hospitals)
    return np.array([np.bincount(rows["hospital"][side], minlength=n) for side in (~theatre, theatre)])


def _did(models: Sequence[HealthEconomy], name: str) -> np.ndarray:
    """Hospitals' activity of the last year, (H,) mean over models, whole place."""
    return np.mean([m.record.years[-1]["organisations"]["hospital"][name] for m in models], axis=0)


def appointments_scale(models: Sequence[HealthEconomy]) -> float:
    """Appointments per FTE relative to the published number, so that consultations are as published."""
    model, simulated = models[0], rates_by_age(models)
    published = (_consultations(model) * simulated["people"]).sum()
    got = ((simulated["gp_consultations"] + simulated["other_consultations"]) * simulated["people"]).sum()
    return float(model.practices.scale * published / got)


def rebalance_care(model: HealthEconomy) -> None:
    """Move people into, out of and between kinds of care until as many are in each as published.

    Chance leaves a few dozen too many in one kind and too few in another, and every run would start from that. Those
    who move are drawn at random, newcomers to care by their need of it.
    """
    people, rates = model.patients.people, model.patients.rates[0]
    kinds = people.state["care"]
    held = np.bincount(kinds, minlength=5)[1:5]
    goal = published_care(model.parameters, model.place.people.sum(axis=(0, 1)) * model.sample)
    goal = np.rint(goal).astype(np.int64)
    draw = uniforms(people.key, salts(0, model.week)[Draw.CARE])
    movers = [np.flatnonzero(kinds == k + 1) for k in range(4)]
    movers = np.concatenate(
        [rows[np.argsort(draw[rows])][: max(held[k] - goal[k], 0)] for k, rows in enumerate(movers)]
    )
    places = np.repeat(np.arange(1, 5, dtype=kinds.dtype), np.maximum(goal - held, 0))
    kinds[movers] = NO_CARE
    if places.size > movers.size:
        free = np.flatnonzero((kinds == NO_CARE) & (people.where == HOME))
        need = rates["care_need"][people.traits[free] >> 4 & 7] * rates["care_frailty"][people.state["frailty"][free]]
        soon = -np.log(np.maximum(draw[free], TINY)) / np.maximum(need, TINY)  # a race: the neediest win most often
        movers = np.concatenate([movers, free[np.argsort(soon)[: places.size - movers.size]]])
    kinds[movers[: places.size]] = places[: movers.size]
    council = np.repeat(model.practices.council, model.patients.stop - model.patients.start)
    model.social_care.recount(care_by_council(council, kinds, len(model.social_care)) / model.sample)


def care_capacity(model: HealthEconomy) -> np.ndarray:
    """Care that councils can buy, (C, 4): care held over its published utilisation; homes also have limited places.

    A small place needs more room, or chance alone would fill it and make people wait.
    """
    held = model.social_care.held
    capacity = np.maximum(held / model.parameters.social_care.start_utilisation, held + CHANCE * held**0.5) + 1.0
    places = np.array([council.care_home_places for council in model.place.file.councils])
    spare = np.maximum(places - held[:, 1:].sum(axis=1), 1.0)
    capacity[:, 2:] = held[:, 2:] + spare[:, None] * SPARE_PLACES
    return capacity
