"""The steady state that every run of a place begins from. No funding file has a part in it.

Made once per place and kept: people are made, then some years pass with ageing off and no money moving, while what
the closed form of the rates cannot see is corrected by ratio to the published figure, and clinics and theatres are
given the slots that hold the waiting list at its published length. Then the first year of a run is tried over a few
seeds, twice to put right what is left to correct and once for the year that is expected: contracts refer to it and
habits are formed at it.
"""

from __future__ import annotations

import ctypes
import gc
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from ...agents.patients.calendar import WEEKS
from ...agents.patients.draws import D_CARE
from ...agents.patients.entry import salts, uniforms
from ...agents.patients.events import EVENTS
from ...agents.patients.lists import LONGEST, THEATRE, still_waiting
from ...agents.patients.people import BANDS
from ...agents.social_care import KINDS
from ..parameters import Parameters
from ..people.population import assign_care, populate
from ..people.sample import expand
from ..place import network
from ..place.place import Place
from ..scenario import Scenario
from ..system import HealthEconomy
from ..version import code_digest
from .state import InitialState, freeze

YEARS = 5  #: of burning in, ageing off
LARGE = 5_000_000  #: people simulated beyond which a place is made from a sample of it
TIMES = 100  #: people for whom each of that sample stands
SEEDS = (9001, 9002, 9003, 9004)  #: seeds over which the expected year is averaged


@lru_cache(maxsize=8)
def _cached(digest: str, place: Place, progress: Callable[[str], None] | None) -> InitialState:
    path = user_cache_path("fundingflows") / f"{place.id}-{digest[:20]}"
    if path.is_dir():
        try:
            return InitialState.load(path)
        except (OSError, ValueError, KeyError, EOFError):
            shutil.rmtree(path, ignore_errors=True)  # a damaged one is made again
    if place.registered * place.sample > LARGE:
        return _make_large(place, place.baseline.parameters, progress, path)
    start = make(place, place.baseline.parameters, progress)
    with suppress(OSError):  # a read-only or full disk costs time, not the run
        start.save(path)
    return start


def _make_large(
    place: Place, parameters: Parameters, progress: Callable[[str], None] | None, path: Path
) -> InitialState:
    """A sample's steady state unfolded, and one year of everyone, which is the year that is expected.

    Everyone's columns are kept on disk, from where a run copies its own, so that they are in memory once.
    """
    say = progress or (lambda text: None)
    start = make(replace(place, sample=place.sample / TIMES), parameters, progress, STAGES[:-1])
    _give_back()
    start = expand(start, TIMES)
    say(f"{place.file.title}: everyone, {place.registered * place.sample / 1e6:.0f} million people")
    part = path.with_name(f".tmp-{path.name}-{os.getpid()}")
    try:
        start.save(part)
        start = InitialState.load(part)
        _give_back()
        say(f"{place.file.title}: expected year of everyone")
        case = Scenario(place, None, None, parameters)
        model = HealthEconomy(case, start, SEEDS[0]).run(1.0)
        more = _expected([model]) | {"practice.usual_load": model.practices.loads}
        for name, array in more.items():
            np.save(part / f"{name}.npy", array)
        part.rename(path)
        del model
        _give_back()
        return InitialState.load(path)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _give_back() -> None:
    """Models that are done with, which refer to themselves, go, and their memory goes back to the system.

    Else the C library keeps hundreds of megabytes in pieces that everyone's columns do not fit into.
    """
    gc.collect()
    with suppress(OSError, TypeError, AttributeError):  # other C libraries do so by themselves
        ctypes.CDLL(None).malloc_trim(0)


def steady_state(place: Place, progress: Callable[[str], None] | None = None) -> InitialState:
    """The place's steady state, from the cache or made now; one process reads it once."""
    # a sample is drawn from everyone, see ``subsample``; a copy would work its digest out again
    whole = place if place.sample == 1.0 else replace(place, sample=1.0)
    return _cached(sha256((whole.digest + code_digest()).encode()).hexdigest(), whole, progress)


STAGES = ("last corrections", "last capacity", "last capacity again", "expected year")


def make(
    place: Place,
    parameters: Parameters,
    progress: Callable[[str], None] | None = None,
    stages: tuple[str, ...] = STAGES,
) -> InitialState:
    """Burn in, correct, hold the list, and average the expected year, which is the last of the ``stages``."""
    say = progress or (lambda text: None)
    start = InitialState(_cold(place, parameters))
    case = Scenario(place, None, None, parameters)
    fixes: dict[str, np.ndarray] = {"care_kind": _care_kinds(parameters, place)}
    for year in range(YEARS):
        say(f"{place.file.title}: steady state, year {year + 1} of {YEARS}")
        if place.registered > LARGE:
            gc.collect()  # models are circles of references; those of a large place should not pile up
        start.arrays |= {f"fix.{name}": value for name, value in fixes.items()}
        model = HealthEconomy(case, start, 0, ageing=False)
        slots, minutes = _burn(model)
        _correct([model], fixes)
        if year == YEARS - 1:
            _even_out_care(model)
        arrays = freeze(model) | _expected([model])
        arrays["practice.scale"] = np.array(_scale([model]))
        arrays["week"] = np.array(model.week)
        arrays["hospital.clinic_slots"], arrays["hospital.theatre_slots"] = slots
        arrays["practice.usual_minutes"] = minutes
        start = InitialState(arrays | {"sample": np.array(place.sample)})
        if year == YEARS - 1:
            start.arrays |= _settled(model) | {"social_care.capacity": _capacity(model)}
    start.arrays |= {f"fix.{name}": value for name, value in fixes.items()}
    start = _reset_clock(start)
    runs: list[HealthEconomy] = []
    for what in stages:
        runs = []
        gc.collect()
        seeds = SEEDS if what == "expected year" else SEEDS[:2]
        for number, seed in enumerate(seeds, start=1):
            say(f"{place.file.title}: {what}, seed {number} of {len(seeds)}")
            runs.append(HealthEconomy(case, start, seed).run(1.0))
        if what == "last corrections":
            _correct(runs, fixes)
            start.arrays["practice.scale"] = np.array(_scale(runs))
        if what != "expected year":
            if what != "last corrections":
                _correct_delays(runs, fixes)
                _correct_care(runs, fixes, _by_band(runs))  # the smallest kind needs more years than two to be found
            start.arrays |= {f"fix.{name}": value for name, value in fixes.items()}
            start.arrays["social_care.start"] = runs[0].social_care.start
            # before the expected year, not after it: that year has to be the year that runs will meet
            start.arrays["practice.usual_load"] = np.mean([r.practices.loads for r in runs], axis=0)
            gap = _referral_gap(runs) if what == "last corrections" else _list_gap(runs)
            for slots in ("hospital.clinic_slots", "hospital.theatre_slots"):
                start.arrays[slots] = start.arrays[slots] * gap
    start.arrays |= _expected(runs)
    return start


def _cold(place: Place, parameters: Parameters) -> dict[str, np.ndarray]:
    """People as the place describes them, on nobody's list, with capacity guessed from published rates."""
    people, first, last = populate(place, parameters, spare=0.03)
    assign_care(people, parameters)
    people.state["control"][:] = np.uint16(parameters.general_practice.control_mean * 65535)
    hospital = parameters.hospital
    ages = place.people.sum(axis=(0, 1))
    share = network.shares(place, parameters)
    part = (place.people.sum(axis=(1, 2)) / place.registered) @ share
    need = place.file.need_factor
    referrals = need * ((hospital.gp_referral_rate + hospital.other_referral_rate) @ ages)
    clinics = referrals * hospital.first_clinics_per_referral / WEEKS * part
    electives = need * ((hospital.day_case_rate + hospital.inpatient_rate) @ ages) / WEEKS * part
    councils = len(place.file.councils)
    council = np.repeat(place.council, last - first)
    held = np.bincount(council * 7 + people.state["care"], minlength=7 * councils)
    held = held.reshape(councils, 7)[:, 1:5] / place.sample
    arrays = {f"people.{name}": column for name, column in people._asdict().items()}
    return arrays | {
        "start": first, "stop": last, "sample": np.array(place.sample),
        "week": np.array(-YEARS * WEEKS), "practice.scale": np.array(1.0),
        "hospital.clinic_slots": clinics * (1.0 + hospital.follow_up_time * hospital.follow_ups_per_first),
        "hospital.theatre_slots": electives, "social_care.held": held,
        "social_care.capacity": held * 3.0 + 10.0,  # no limit while burning in
        "social_care.start": np.tile([parameters.social_care.start_at_home, 0.7], (councils, 1)),
    }  # fmt: skip


def _care_kinds(parameters: Parameters, place: Place) -> np.ndarray:
    """First guess of how new needs divide over kinds of care: people held over years held."""
    care, ages = parameters.social_care, place.people.sum(axis=(0, 1))
    lasts = (care.home_care_years, care.care_home_years, care.care_home_years, care.care_home_years)
    tables = (care.home_care_rate, care.council_places_rate, care.self_funded_places_rate, care.nhs_funded_places_rate)
    return np.array([(table @ ages) / years for table, years in zip(tables, lasts, strict=True)])


def _burn(model: HealthEconomy) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """A year in which clinics and theatres speed up while the list is too long and slow down while it is short.

    Returns the slots of the last half-year on average, which hold the list where it is wanted, and the minutes of
    work handed back to each practice in a week.
    """
    place, hospitals = model.place, model.hospitals
    part = (place.people.sum(axis=(1, 2)) / place.registered) @ model.share
    hospital = model.parameters.hospital
    want = np.array([hospital.waiting_list - hospital.admission_list, hospital.admission_list])
    want = want * place.registered * place.sample
    clinics, theatres = hospitals.clinic_slots.copy(), hospitals.theatre_slots.copy()
    log, minutes = [], []
    for _ in range(WEEKS):
        rows = still_waiting(model.pathways)
        waiting = rows["stage"] == THEATRE
        count = [np.bincount(rows["hospital"][side], minlength=part.size) for side in (~waiting, waiting)]
        opened = [
            base * np.clip(1.0 + 1.0 * (held / (goal * part) - 1.0), 0.4, 1.4)
            for base, held, goal in zip((clinics, theatres), count, want, strict=True)
        ]
        hospitals.open_slots(*opened)
        log.append(opened)
        model.step()
        minutes.append(model.diary.minutes / model.sample)
    slots = tuple(np.mean([entry[k] for entry in log[-WEEKS // 2 :]], axis=0) for k in (0, 1))
    return slots, np.mean(minutes, axis=0)


def _by_band(models: list[HealthEconomy]) -> dict[str, np.ndarray]:
    """Events of the last year by age band, per person and year, over models; and the people themselves."""
    years = [model.record.years[-1] for model in models]
    groups = np.sum([y["groups"] for y in years], axis=0).reshape(BANDS, 5, len(EVENTS)).sum(axis=1)
    people = np.sum([y["stock"][:, 0] for y in years], axis=0).reshape(BANDS, 5).sum(axis=1)
    return {name: groups[:, k] / np.maximum(people, 1) for k, name in enumerate(EVENTS)} | {"people": people}


def _correct(models: list[HealthEconomy], fixes: dict[str, np.ndarray]) -> None:
    """Ratios of published to simulated rates by age, where the closed form is not exact."""
    model = models[0]
    p, need = model.parameters, model.place.file.need_factor
    did, hospital = _by_band(models), p.hospital
    a = did["people"] / did["people"].sum()

    def toward(name: str, want: np.ndarray, got: np.ndarray, pooled: bool = False) -> None:
        """Move a factor to the ratio; where events are few the band leans on the whole place's ratio."""
        whole = float(np.sum(want * a) / max(np.sum(got * a), 1e-12))
        n = got * did["people"]
        trust = 0.0 if pooled else n / (n + 400.0)
        ratio = np.where(got > 0, want / np.maximum(got, 1e-12), whole)
        fixes[name] = np.clip(fixes.get(name, 1.0) * (trust * ratio + (1.0 - trust) * whole), 0.2, 5.0)

    rate = p.general_practice.consultation_rate
    sex = model.place.people.sum(axis=0) / model.place.people.sum(axis=(0, 1))
    asks = (1 - p.general_practice.failed_ask * p.general_practice.after_failure_ask_again) / (
        1 - p.general_practice.failed_ask
    )
    toward("request", (rate * sex).sum(axis=0) * asks, did["first_requests"])
    admitted = did["emergency_zero_day"] + did["emergency_overnight"]
    toward("emergency", need * hospital.emergency_rate, admitted)
    toward("ae", hospital.ae_rate * 1.0, did["ae_attendances"])
    toward("gp_referral", need * hospital.gp_referral_rate, did["gp_referrals"])
    toward("other_referral", need * hospital.other_referral_rate, did["other_referrals"])
    electives = need * (hospital.day_case_rate + hospital.inpatient_rate)
    toward("planned", electives, did["day_cases"] + did["inpatients"])
    toward("inpatient", need * hospital.inpatient_rate, did["inpatients"])
    nights = need * hospital.emergency_rate * (1 - hospital.zero_day_share) * hospital.overnight_stay
    # published stays include the days of delay
    stayed = did["emergency_nights"] + did["nhs_delayed_nights"] + did["social_delayed_nights"]
    toward("overnight_nights", nights / (need * hospital.emergency_rate), stayed / np.maximum(admitted, 1e-12))
    toward("elective_nights", hospital.inpatient_stay, did["elective_nights"] / np.maximum(did["inpatients"], 1e-12))
    toward("death", need * p.people.death_rate, did["deaths"])
    _correct_care(models, fixes, did)
    _correct_delays(models, fixes)


def _referral_gap(models: list[HealthEconomy]) -> float:
    """Published over simulated referrals: clinics and theatres grow with the referrals that are put right."""
    hospital, did = models[0].parameters.hospital, _by_band(models)
    want = models[0].place.file.need_factor * (hospital.gp_referral_rate + hospital.other_referral_rate) @ did["people"]
    return float(want / ((did["gp_referrals"] + did["other_referrals"]) @ did["people"]))


def _list_gap(models: list[HealthEconomy]) -> float:
    """How much more must be done in a year for the list to end it at its published length."""
    place = models[0].place
    extra = (
        np.mean([m.hospitals.listed.sum() / m.sample for m in models])
        - models[0].parameters.hospital.waiting_list * place.registered
    )
    stops = np.mean([m.record.years[-1]["organisations"]["hospital"]["clock_stops"].sum() for m in models])
    return float(np.clip(1.0 + extra / stops, 0.9, 1.1))


def _correct_care(models: list[HealthEconomy], fixes: dict[str, np.ndarray], did: dict[str, np.ndarray]) -> None:
    """Needs for care so that starts replace ends."""
    model = models[0]
    care = model.parameters.social_care
    ages = model.place.people.sum(axis=(0, 1)) * model.sample * len(models)
    tables = (care.home_care_rate, care.council_places_rate, care.self_funded_places_rate, care.nhs_funded_places_rate)
    want = np.array([table @ ages for table in tables])
    starts = np.array([(did[f"{kind}_starts"] * did["people"]).sum() for kind in KINDS])
    ends = np.array([(did[f"{kind}_ends"] * did["people"]).sum() for kind in KINDS])
    held = sum(m.social_care.held.sum(axis=0) for m in models) * model.sample
    replace = np.clip((ends + 0.7 * (want - held)) / np.maximum(starts, 1.0), 0.3, 3.0)
    if model.week > -2 * WEEKS:
        replace = replace**0.5  # near the end a year's chance outweighs what is left to correct
    kinds = fixes["care_kind"] / fixes["care_kind"].sum() * replace
    fixes["care_need"] = np.asarray(fixes.get("care_need", 1.0) * kinds.sum() * 1.0)
    fixes["care_kind"] = kinds / kinds.sum()


def _even_out_care(model: HealthEconomy) -> None:
    """As many people in each kind of care as published, of all who receive care.

    The years before have left a few dozen too many in one kind and too few in another, by chance alone, which every
    seed of every run would start from. Those who move to another kind are drawn by lot.
    """
    care, people = model.parameters.social_care, model.patients.people
    tables = (care.home_care_rate, care.council_places_rate, care.self_funded_places_rate, care.nhs_funded_places_rate)
    want = np.array([table @ model.place.people.sum(axis=(0, 1)) for table in tables])
    kinds = people.state["care"]
    held = np.bincount(kinds, minlength=5)[1:5]
    goal = np.rint(want / want.sum() * held.sum()).astype(np.int64)
    goal[0] += held.sum() - goal.sum()
    lot = uniforms(people.key, salts(0, model.week)[D_CARE])
    movers = [np.flatnonzero(kinds == k + 1) for k in range(4)]
    movers = [rows[np.argsort(lot[rows])][: max(held[k] - goal[k], 0)] for k, rows in enumerate(movers)]
    kinds[np.concatenate(movers)] = np.repeat(np.arange(1, 5), np.maximum(goal - held, 0))
    council = np.repeat(model.practices.council, model.patients.stop - model.patients.start)
    held = np.bincount(council * 7 + kinds, minlength=7 * len(model.social_care)).reshape(-1, 7)
    model.social_care.recount(held[:, 1:5] / model.sample)


def _correct_delays(models: list[HealthEconomy], fixes: dict[str, np.ndarray]) -> None:
    """Length of NHS-caused delays and the chance that care starts in hospital: the published nights are lost."""
    model, did = models[0], _by_band(models)
    p = model.parameters
    per_person = did["people"].sum()
    nhs = (did["nhs_delayed_nights"] * did["people"]).sum() / per_person
    social = (did["social_delayed_nights"] * did["people"]).sum() / per_person
    goal = p.hospital.nhs_delay_rate + p.hospital.both_delay_rate
    fixes["delay_nights"] = np.asarray(fixes.get("delay_nights", 7.0) * goal / max(nhs, 1e-9))
    chance = model.social_care.start[0, 1]
    nights = 7.0 / chance - 3.5  # expected at this chance; solve for the chance that gives the published nights
    nights = max(nights * p.hospital.social_delay_rate / max(social, 1e-9), 0.2)
    model.social_care.start_from_hospital(min(7.0 / (nights + 3.5), 1.0))


def _scale(models: list[HealthEconomy]) -> float:
    """Appointments per FTE relative to the published, so that consultations are those published."""
    model, did = models[0], _by_band(models)
    rate = model.parameters.general_practice.consultation_rate
    sex = model.place.people.sum(axis=0) / model.place.people.sum(axis=(0, 1))
    want = ((rate * sex).sum(axis=0) * did["people"]).sum()
    got = ((did["gp_consultations"] + did["other_consultations"]) * did["people"]).sum()
    return float(model.practices.scale * want / got)


def _capacity(model: HealthEconomy) -> np.ndarray:
    """Care bought: what is used, over the share of it that is in use at a time; homes by their places."""
    care, held = model.parameters.social_care, model.social_care.held
    capacity = held / care.start_utilisation + 1.0
    places = np.array([council.care_home_places for council in model.place.file.councils])
    spare = np.maximum(places - held[:, 1:].sum(axis=1), 1.0)
    capacity[:, 2:] = held[:, 2:] + spare[:, None] * 0.5
    return capacity


def _settled(model: HealthEconomy) -> dict[str, np.ndarray]:
    listed = model.hospitals.listed
    weeks = np.arange(LONGEST)
    return {"hospital.usual_wait": np.array(float((listed @ weeks).sum() / max(listed.sum(), 1)))}


def _reset_clock(start: InitialState) -> InitialState:
    """Let the next week be week 0: the lists turn back by the weeks burnt in."""
    arrays, by = start.arrays, start.week
    arrays["week"] = np.array(0)
    for name in ("start", "ready"):
        arrays["pathways"][name] -= np.int16(by)
    return start


def _expected(models: list[HealthEconomy]) -> dict[str, np.ndarray]:
    """The year by kind of provider: what was done, on average over models; what was measured at its end, by model."""
    out: dict[str, np.ndarray] = {}
    for number, cohort in enumerate(models[0].cohorts):
        for name in cohort.COUNTED:
            years = [m.record.years[-1]["organisations"][cohort.kind][name] for m in models]
            out[f"expected.{cohort.kind}.{name}"] = np.mean(years, axis=0)
        for name in cohort.measured:
            out[f"outcome.{cohort.kind}.{name}"] = np.stack([m.cohorts[number].measured[name] for m in models])
    for number, cohort in enumerate(models[0].cohorts):
        for name in cohort.usual:
            out[f"{cohort.kind}.usual.{name}"] = np.mean([m.cohorts[number].usual[name] for m in models], axis=0)
    return out
