"""The steady state from which every run of a place begins. It does not depend on any funding file.

Made once for each place and baseline, and kept. A first guess is run for some years without ageing or money: rates are
corrected by the ratio of published to simulated figures, and clinics and theatres are sized to hold the waiting list at
its published length. Then the first year is simulated over several seeds: rounds of corrections, with ageing and
without, and one that records the expected year, to which contracts refer and at which habits are formed.
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
from ...agents.patients.lists import LONGEST
from ..parameters import Parameters
from ..people.rates import care_names
from ..people.sample import expand
from ..place.place import Place
from ..scenario import Scenario
from ..system import HealthEconomy
from ..version import code_digest
from . import corrections as correcting
from .corrections import Corrections
from .first_guess import care_mix, first_guess
from .state import InitialState, add, freeze

YEARS = 15  #: two lives in a care home, simulated without ageing before the first year
LARGE = 5_000_000  #: people simulated beyond which a place is made from a sample of it
TIMES = 100  #: people for whom each of that sample stands
SEEDS = (9001, 9002, 9003, 9004)  #: over which the expected year is averaged
CORRECTING = 2  #: seeds of each round of corrections
RESTING = (2, 24)  #: fewest and most seeds of each round at rest, where small errors add up over years
HOLDING = 5  #: last of these years, over which clinics and theatres that hold the list are averaged
ENOUGH = 2_000_000  #: people simulated in a round at rest; a small place takes more seeds
SLOTS = (0.4, 1.4)  #: fewest and most slots while the list is brought to its length, relative to the year's first
#: rounds without ageing: capacity and needs for care with which the waiting list and care stand still
AT_REST = ("at rest", "at rest again", "at rest a third time")
ROUNDS = ("last corrections", AT_REST[0], "corrections again", AT_REST[1], "corrections a third time", AT_REST[2])
EXPECTED = "expected year"
STAGES = (*ROUNDS, EXPECTED)
Say = Callable[[str], None]


def steady_state(place: Place, progress: Say | None = None) -> InitialState:
    """The place's steady state, from the cache or made now; each process reads it once."""
    everyone = whole(place)
    return _cached(sha256((everyone.digest + code_digest()).encode()).hexdigest(), everyone, progress)


def whole(place: Place) -> Place:
    """The place with everyone in it, from whom a sample is drawn, see ``subsample``."""
    # a copy would work its digest out again
    return place if place.sample == 1.0 else replace(place, sample=1.0)


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
    corrections: Corrections = {care_names(ageing=False)[1]: care_mix(parameters, place)}
    initial = _settle(scenario, corrections, say)
    runs: list[HealthEconomy] = []
    for stage in stages:
        runs = []
        gc.collect()
        runs = first_years(scenario, initial, stage, say)
        if stage != EXPECTED:
            refine(initial, runs, corrections, stage)
    initial.arrays |= expected_year(runs)
    return initial


def _settle(scenario: Scenario, corrections: Corrections, say: Say) -> InitialState:
    """Years without ageing, each corrected by the last; the state at their end, with its clock at week 0."""
    place = scenario.place
    initial = InitialState(first_guess(place, scenario.parameters, YEARS * WEEKS))
    held: list[dict[str, np.ndarray]] = []
    for year in range(YEARS):
        say(f"{place.file.title}: steady state, year {year + 1} of {YEARS}")
        if place.registered > LARGE:
            gc.collect()  # models are circles of references; those of a large place should not pile up
        _put(initial, corrections)
        model = HealthEconomy(scenario, initial, 0, ageing=False)
        slots, minutes = _hold_the_list(model)
        held = [*held, slots][-HOLDING:]
        correcting.correct_rates([model], corrections)
        last = year == YEARS - 1
        if last:
            correcting.rebalance_care(model)
        initial = InitialState(
            freeze(model)
            | expected_year([model])
            | {name: np.mean([past[name] for past in held], axis=0) for name in slots}
        )
        initial.arrays |= {
            "practice.scale": np.array(correcting.appointments_scale([model])), "week": np.array(model.week),
            "practice.usual_minutes": minutes, "sample": np.array(place.sample),
        }  # fmt: skip
        if last:
            initial.arrays |= _usual_wait(model) | {"social_care.capacity": correcting.care_capacity(model)}
    corrections |= {new: corrections[old] for new, old in zip(care_names(True), care_names(False), strict=True)}
    _put(initial, corrections)
    return _reset_clock(initial)


def _put(initial: InitialState, corrections: Corrections) -> None:
    initial.arrays |= {f"fix.{name}": value for name, value in corrections.items()}


def _hold_the_list(model: HealthEconomy) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """A year in which clinics and theatres speed up while the list is too long and slow down while it is short.

    Returns mean slots by hospital, which hold the list at its length, and each practice's minutes
    of work handed back in a week.
    """
    hospitals, goals = model.hospitals, correcting.list_goals(model)
    bases = (hospitals.clinic_slots.copy(), hospitals.theatre_slots.copy())
    log, minutes = [], []
    for _ in range(WEEKS):
        opened = [
            base * np.clip(now / goal, *SLOTS)
            for base, now, goal in zip(bases, correcting.waiting_for(model), goals, strict=True)
        ]
        hospitals.open_slots(*opened)
        log.append(opened)
        model.step()
        minutes.append(model.patients.tally.minutes / model.sample)
    clinics, theatres = (np.mean([entry[k] for entry in log], axis=0) for k in (0, 1))
    return {"hospital.clinic_slots": clinics, "hospital.theatre_slots": theatres}, np.mean(minutes, axis=0)


def _seeds(stage: str, place: Place) -> tuple[int, ...]:
    """The seeds that a stage is averaged over; at rest a small place takes more of them."""
    if stage in AT_REST:  # each round has seeds of its own, so that later rounds even out the luck of earlier ones
        many = int(np.clip(np.ceil(ENOUGH / (place.registered * place.sample)), *RESTING))
        first = SEEDS[-1] + 1 + many * AT_REST.index(stage)
        return tuple(range(first, first + many))
    return SEEDS if stage == EXPECTED else SEEDS[:CORRECTING]


def first_years(
    scenario: Scenario, initial: InitialState, stage: str, say: Say = lambda text: None
) -> list[HealthEconomy]:
    """The first year of a run over the stage's seeds."""
    seeds = _seeds(stage, scenario.place)
    runs = []
    for number, seed in enumerate(seeds, start=1):
        say(f"{scenario.place.file.title}: {stage}, seed {number} of {len(seeds)}")
        runs.append(HealthEconomy(scenario, initial, seed, ageing=stage not in AT_REST).run(1.0))
    return runs


def refine(initial: InitialState, runs: list[HealthEconomy], corrections: Corrections, stage: str) -> None:
    """Correct what first years still get wrong: with ageing rates and delays, at rest needs for care and capacity.

    Rounds at rest go all the way, half of it, a third: what they find is their mean. Others meet the same luck again.
    """
    if stage in AT_REST:
        part = 1.0 / (1 + AT_REST.index(stage))
        correcting.correct_care(runs, corrections, correcting.rates_by_age(runs), part)
        clinics, theatres = correcting.slots_for_list(runs, part)
    else:
        correcting.correct_rates(runs, corrections, 0.5)
        clinics = theatres = correcting.referral_ratio(runs)
        initial.arrays["practice.scale"] = np.array(correcting.appointments_scale(runs))
        initial.arrays["social_care.start"] = runs[0].social_care.start
        # before the expected year, not after it: that year has to be the one that runs will meet
        initial.arrays["practice.usual_load"] = np.mean([r.practices.loads for r in runs], axis=0)
        initial.arrays |= _usual(runs)
    _put(initial, corrections)
    initial.arrays["hospital.clinic_slots"] = initial.arrays["hospital.clinic_slots"] * clinics
    initial.arrays["hospital.theatre_slots"] = initial.arrays["hospital.theatre_slots"] * theatres


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


def expected_year(models: Sequence[HealthEconomy]) -> dict[str, np.ndarray]:
    """The year by kind of provider: activity on average over models, and what was measured at its end, by model."""
    out: dict[str, np.ndarray] = {}
    for number, cohort in enumerate(models[0].cohorts):
        twins = [m.cohorts[number] for m in models]
        for name in cohort.COUNTED:
            years = [m.record.years[-1]["organisations"][cohort.kind][name] for m in models]
            out[f"expected.{cohort.kind}.{name}"] = np.mean(years, axis=0)
        for name in cohort.measured:
            out[f"outcome.{cohort.kind}.{name}"] = np.stack([twin.measured[name] for twin in twins])
    return out | _usual(models)


def _usual(models: Sequence[HealthEconomy]) -> dict[str, np.ndarray]:
    """What cohorts are used to at the end of a year, on average over models."""
    return {
        f"{cohort.kind}.usual.{name}": np.mean([m.cohorts[number].usual[name] for m in models], axis=0)
        for number, cohort in enumerate(models[0].cohorts)
        for name in cohort.usual
    }


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
        more = expected_year([model]) | {"practice.usual_load": model.practices.loads}
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
