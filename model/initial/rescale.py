"""The baseline year at other numbers: rates and capacity are put right again, so that every draw of numbers meets it.

A steady state is made for a baseline's own numbers. Where others are drawn from their ranges, the same people begin the
run, and rounds of corrections bring the first year back to the published figures, as they did for the baseline's
own. A last round records the expected year, to which contracts refer and at which habits are formed.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from ..errors import InputError
from ..parameters import Parameters
from ..place.place import Place
from ..scenario import Scenario
from ..version import code_digest
from .calibrate import EXPECTED, LARGE, ROUNDS, expected_year, first_years, refine, steady_state, whole
from .corrections import slots_for_list
from .state import InitialState, arrays_in

AGAIN = (ROUNDS[0], ROUNDS[2], ROUNDS[4])  #: rounds of corrections with ageing
KEPT = 8  #: states in memory; others are read again from the cache

_kept: dict[str, InitialState] = {}


def rescaled(place: Place, parameters: Parameters) -> InitialState:
    """The place's steady state with rates and capacity that meet the baseline year at these numbers.

    It is kept on disk, a few at a time in memory too.

    Raises:
        InputError: for a place of more than ``LARGE`` people, which would take hours.
    """
    everyone = whole(place)
    if everyone.registered > LARGE:
        raise InputError(f"{place.id}: expected a place of at most {LARGE:,} people where numbers are drawn")
    digest = sha256((everyone.digest + parameters.digest + code_digest()).encode()).hexdigest()
    if digest not in _kept:
        if len(_kept) >= KEPT:
            del _kept[next(iter(_kept))]
        _kept[digest] = _found(everyone, parameters, digest)
    return _kept[digest]


def _found(place: Place, parameters: Parameters, digest: str) -> InitialState:
    """The state from the cache, which holds what differs from the place's steady state, or made now."""
    initial = steady_state(place)
    path = user_cache_path("fundingflows") / f"{place.id}-rescaled" / digest[:20]
    if path.is_dir():
        try:
            return InitialState(initial.arrays | arrays_in(path))
        except (OSError, ValueError, EOFError):
            shutil.rmtree(path, ignore_errors=True)  # a damaged one is made again
    found = _make(initial, Scenario(place, None, None, parameters))
    _keep(initial, found, path)
    return found


def _make(initial: InitialState, scenario: Scenario) -> InitialState:
    found = InitialState(dict(initial.arrays))
    corrections = {name: np.array(value) for name, value in initial.corrections().items()}
    for stage in AGAIN:
        runs = first_years(scenario, found, stage)
        refine(found, runs, corrections, stage)
        clinics, theatres = slots_for_list(runs, 1.0)
        found.arrays["hospital.clinic_slots"] = found["hospital.clinic_slots"] * clinics
        found.arrays["hospital.theatre_slots"] = found["hospital.theatre_slots"] * theatres
    found.arrays |= expected_year(first_years(scenario, found, EXPECTED))
    return found


def _keep(initial: InitialState, found: InitialState, path: Path) -> None:
    changed = {name: value for name, value in found.arrays.items() if initial.arrays.get(name) is not value}
    with suppress(OSError):  # a read-only or full disk costs time, not the run
        InitialState(changed).save(path)
