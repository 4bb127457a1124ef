"""The steady state from which every run of a place begins. It does not depend on any funding file.

Made once for each place and baseline, and kept. A first guess is run for some years without ageing or money: rates are
corrected by the ratio of published to simulated figures, and clinics and theatres are sized to hold the waiting list at
its published length. Then the first year is simulated over several seeds: three rounds of corrections and one that
records the expected year, to which contracts refer and at which habits are formed.
"""

from __future__ import annotations

import ctypes
import gc
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from ...agents.patients.calendar import WEEKS
from ...agents.patients.lists import LONGEST, THEATRE, still_waiting
from ..parameters import Parameters
from ..people.sample import expand
from ..place.place import Place
from ..scenario import Scenario
from ..system import HealthEconomy
from ..version import code_digest
from . import corrections as correcting
from .corrections import Corrections
from .first_guess import care_mix, first_guess
from .state import InitialState, add, freeze

YEARS = 5  #: simulated without ageing before the first year
LARGE = 5_000_000  #: people simulated beyond which a place is made from a sample of it
TIMES = 100  #: people for whom each of that sample stands
SEEDS = (9001, 9002, 9003, 9004)  #: over which the expected year is averaged
CORRECTING = 2  #: seeds of each round of corrections
SLOTS = (0.4, 1.4)  #: fewest and most slots while the list is brought to its length, relative to the year's first
ROUNDS = ("last corrections", "last capacity", "last capacity again")
EXPECTED = "expected year"
STAGES = (*ROUNDS, EXPECTED)
Say = Callable[[str], None]


def steady_state(place: Place, progress: Say | None = None) -> InitialState:
    """The place's steady state, from the cache or made now; each process reads it once."""
    # a sample is drawn from everyone, see ``subsample``; a copy would work its digest out again
    whole = place if place.sample == 1.0 else replace(place, sample=1.0)
    return _cached(sha256((whole.digest + code_digest()).encode()).hexdigest(), whole, progress)


@lru_cache(maxsize=8)
def _cached(digest: str, place: Place, progress: Say | None) -> InitialState:
    path = user_cache_path("fundingflows") / f"{place.id}-{digest[:20]}"
    if path.is_dir():
        try:
            return InitialState.load(path)
        except (OSError, ValueError, KeyError, EOFError):
            shutil.rmtree(path, ignore_errors=True)  # a damaged one is made again
    if place.registered * place.sample > LARGE:
        return _make_large(place, place.baseline.parameters, progress, path)
    initial = make(place, place.baseline.parameters, progress)
    with suppress(OSError):  # a read-only or full disk costs time, not the run
        initial.save(path)
    return initial


def make(
    place: Place, parameters: Parameters, progress: Say | None = None, stages: Sequence[str] = STAGES
) -> InitialState:
    """Settle, correct, and average the expected year, which is the last of the ``stages``."""
    say = progress or (lambda text: None)
    scenario = Scenario(place, None, None, parameters)
    corrections: Corrections = {"care_kind": care_mix(parameters, place)}
    initial = _settle(scenario, corrections, say)
    runs: list[HealthEconomy] = []
    for stage in stages:
        runs = []
        gc.collect()
        runs = _first_years(scenario, initial, stage, say)
        if stage != EXPECTED:
            _refine(initial, runs, corrections, stage)
    initial.arrays |= _expected(runs)
    return initial


def _settle(scenario: Scenario, corrections: Corrections, say: Say) -> InitialState:
    """Years without ageing, each corrected by the last; the state at their end, with its clock at week 0."""
    place = scenario.place
    initial = InitialState(first_guess(place, scenario.parameters, YEARS * WEEKS))
    for year in range(YEARS):
        say(f"{place.file.title}: steady state, year {year + 1} of {YEARS}")
        if place.registered > LARGE:
            gc.collect()  # models are circles of references; those of a large place should not pile up
        _put(initial, corrections)
        model = HealthEconomy(scenario, initial, 0, ageing=False)
        slots, minutes = _hold_the_list(model)
        correcting.correct_rates([model], corrections)
        last = year == YEARS - 1
        if last:
            correcting.rebalance_care(model)
        initial = InitialState(freeze(model) | _expected([model]) | slots)
        initial.arrays |= {
            "practice.scale": np.array(correcting.appointments_scale([model])), "week": np.array(model.week),
            "practice.usual_minutes": minutes, "sample": np.array(place.sample),
        }  # fmt: skip
        if last:
            initial.arrays |= _usual_wait(model) | {"social_care.capacity": correcting.care_capacity(model)}
    _put(initial, corrections)
    return _reset_clock(initial)


def _put(initial: InitialState, corrections: Corrections) -> None:
    initial.arrays |= {f"fix.{name}": value for name, value in corrections.items()}


def _hold_the_list(model: HealthEconomy) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """A year in which clinics and theatres speed up while the list is too long and slow down while it is short.

    Returns mean slots of the last half-year by hospital, which hold the list at its length, and each practice's minutes
    of work handed back in a week.
    """
    place, hospitals, hospital = model.place, model.hospitals, model.parameters.hospital
    part = (place.people.sum(axis=(1, 2)) / place.registered) @ model.share
    goals = np.array([hospital.waiting_list - hospital.admission_list, hospital.admission_list])
    goals = goals * place.registered * place.sample
    bases = (hospitals.clinic_slots.copy(), hospitals.theatre_slots.copy())
    log, minutes = [], []
    for _ in range(WEEKS):
        rows = still_waiting(model.patients.lists.waiting)
        theatre = rows["stage"] == THEATRE
        listed = [np.bincount(rows["hospital"][side], minlength=part.size) for side in (~theatre, theatre)]
        opened = [
            base * np.clip(1.0 + 1.0 * (now / (goal * part) - 1.0), *SLOTS)
            for base, now, goal in zip(bases, listed, goals, strict=True)
        ]
        hospitals.open_slots(*opened)
        log.append(opened)
        model.step()
        minutes.append(model.patients.tally.minutes / model.sample)
    late = log[-WEEKS // 2 :]
    clinics, theatres = (np.mean([entry[k] for entry in late], axis=0) for k in (0, 1))
    return {"hospital.clinic_slots": clinics, "hospital.theatre_slots": theatres}, np.mean(minutes, axis=0)


def _first_years(scenario: Scenario, initial: InitialState, stage: str, say: Say) -> list[HealthEconomy]:
    """The first year of a run over the stage's seeds."""
    seeds = SEEDS if stage == EXPECTED else SEEDS[:CORRECTING]
    runs = []
    for number, seed in enumerate(seeds, start=1):
        say(f"{scenario.place.file.title}: {stage}, seed {number} of {len(seeds)}")
        runs.append(HealthEconomy(scenario, initial, seed).run(1.0))
    return runs


def _refine(initial: InitialState, runs: list[HealthEconomy], corrections: Corrections, stage: str) -> None:
    """Correct what first years still get wrong: all rates in the first round, care, delays and capacity after it."""
    first = stage == ROUNDS[0]
    if first:
        correcting.correct_rates(runs, corrections)
        initial.arrays["practice.scale"] = np.array(correcting.appointments_scale(runs))
    else:
        correcting.correct_delays(runs, corrections)
        # the smallest kind of care needs more than two years to be found
        correcting.correct_care(runs, corrections, correcting.rates_by_age(runs))
    _put(initial, corrections)
    initial.arrays["social_care.start"] = runs[0].social_care.start
    # before the expected year, not after it: that year has to be the one that runs will meet
    initial.arrays["practice.usual_load"] = np.mean([r.practices.loads for r in runs], axis=0)
    factor = correcting.referral_ratio(runs) if first else correcting.slots_for_list(runs)
    for slots in ("hospital.clinic_slots", "hospital.theatre_slots"):
        initial.arrays[slots] = initial.arrays[slots] * factor


def _usual_wait(model: HealthEconomy) -> dict[str, np.ndarray]:
    """Mean weeks waited on the list."""
    listed = model.hospitals.listed
    return {"hospital.usual_wait": np.array(float((listed @ np.arange(LONGEST)).sum() / max(listed.sum(), 1)))}


def _reset_clock(initial: InitialState) -> InitialState:
    """Make the next week week 0; dates on the waiting list shift with it."""
    weeks = initial.week
    initial.arrays["week"] = np.array(0)
    for name in ("start", "ready"):
        initial.arrays["pathways"][name] -= np.int16(weeks)
    return initial


def _expected(models: Sequence[HealthEconomy]) -> dict[str, np.ndarray]:
    """The year by kind of provider: activity on average over models, and what was measured at its end, by model."""
    out: dict[str, np.ndarray] = {}
    for number, cohort in enumerate(models[0].cohorts):
        twins = [m.cohorts[number] for m in models]
        for name in cohort.COUNTED:
            years = [m.record.years[-1]["organisations"][cohort.kind][name] for m in models]
            out[f"expected.{cohort.kind}.{name}"] = np.mean(years, axis=0)
        for name in cohort.measured:
            out[f"outcome.{cohort.kind}.{name}"] = np.stack([twin.measured[name] for twin in twins])
        for name in cohort.usual:
            out[f"{cohort.kind}.usual.{name}"] = np.mean([twin.usual[name] for twin in twins], axis=0)
    return out


def _make_large(place: Place, parameters: Parameters, progress: Say | None, path: Path) -> InitialState:
    """A sample's steady state expanded to everyone, and one expected year of everyone.

    Everyone's columns are kept on disk, from where a run copies its own, so that they are in memory once.
    """
    say = progress or (lambda text: None)
    initial = make(replace(place, sample=place.sample / TIMES), parameters, progress, ROUNDS)
    _give_back()
    initial = expand(initial, TIMES)
    say(f"{place.file.title}: everyone, {place.registered * place.sample / 1e6:.0f} million people")
    part = path.with_name(f".tmp-{path.name}-{os.getpid()}")
    try:
        initial.save(part)
        initial = InitialState.load(part)
        _give_back()
        say(f"{place.file.title}: expected year of everyone")
        model = HealthEconomy(Scenario(place, None, None, parameters), initial, SEEDS[0]).run(1.0)
        more = _expected([model]) | {"practice.usual_load": model.practices.loads}
        add(part, more)
        part.rename(path)
        del model
        _give_back()
        return InitialState.load(path)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _give_back() -> None:
    """Collect finished models (they contain reference cycles) and return the memory to the operating system.

    Otherwise the C library keeps hundreds of megabytes in pieces too small for everyone's columns.
    """
    gc.collect()
    with suppress(OSError, TypeError, AttributeError):  # other C libraries do so by themselves
        ctypes.CDLL(None).malloc_trim(0)
