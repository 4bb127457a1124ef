"""The choices of a visitor, each within bounds. Every visitor has their own values."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

import solara

from ....agents.patients.calendar import WEEKS
from ....model.contracts import neutral
from ....model.errors import unknown
from ....model.initial.calibrate import steady_state
from ....model.parameters import Parameters
from ....model.place.place import Place
from ....model.scenario import Funding, Scenario
from ....model.system import HealthEconomy
from ....scenarios import default_place, load_funding, load_place, places, scenario
from ...results.words import apart
from ...runs.spec import RunSpec
from ..controls.numbers import changes
from . import store
from .task import LOCK, Handle, Reports, Task

MOST_PEOPLE = 1_000_000  #: in the largest place that a page may run
SMALL = 100_000  #: number of people below which one thread is fastest
YEARS = (1, 10)
SEED = (0, 999_999)
SEEDS = (1, 10)
FOUR = ("status_quo", "activity_based", "capitated", "outcome_based")
place = solara.reactive(os.environ.get("FUNDINGFLOWS_APP_PLACE", default_place()))
years = solara.reactive(5)
seed = solara.reactive(1)
seeds = solara.reactive(3)
funding = solara.reactive("status_quo")
other = solara.reactive("activity_based")
several = solara.reactive(["status_quo", "activity_based", "capitated", "outcome_based"])
numbers: solara.Reactive[dict[str, float]] = solara.reactive({})  #: changed assumptions by path; a table by its factor
notes: solara.Reactive[dict[str, str]] = solara.reactive({})  #: why the visitor has changed them, by path
whose = solara.reactive("")  #: code of the provider whose marginal pay is shown; empty for the average of each kind
when = solara.reactive(-1)  #: week whose contracts are priced; those of the last change where none changes then
problems: solara.Reactive[dict[str, str]] = solara.reactive({})
shelf = solara.reactive(0)  #: rises with each change to the saved scenarios, so that lists are read again

exploring, following, comparing, pricing, answering, costing = Task(), Task(), Task(), Task(), Task(), Task()
chaining, frozen, cutting, parting = Task(), Task(), Task(), Task()  # of the section Why of an answer
WHY = (chaining, frozen, cutting, parting)
TASKS = (exploring, following, comparing, pricing, answering, costing, *WHY)


@cache
def allowed() -> tuple[str, ...]:
    """Places small enough to run on a page."""
    return tuple(name for name in places() if _people(name) <= MOST_PEOPLE)


@cache
def _people(name: str) -> int:
    return place_of(name).registered


@cache
def place_of(name: str) -> Place:
    """A place; each is read once."""
    return load_place(name)


@cache
def place_title(name: str) -> str:
    """Title and number of people."""
    return f"{place_of(name).file.title} ({_people(name):,} people)"


def fundings(where: str = "") -> list[str]:
    """Names of the ways of paying on offer for a place or the chosen one: the main four, other built-in, saved ones."""
    built = shipped(where)
    return [*FOUR, *(n for n in built if n not in FOUR), *(n for n in store.saved() if n not in built)]


def shipped(where: str = "") -> list[str]:
    """Names of the built-in ways of paying of the baseline of a place or of the chosen one."""
    from ....scenarios import fundings as built

    return built(place_of(where or place.value).baseline)


def funding_of(name: str, where: str = "") -> Funding:
    """The way of paying of this name (never a path), for a place or the chosen one."""
    return _read(name, store.stamp(name), where or place.value)


@lru_cache(maxsize=256)
def _read(name: str, stamp: int, where: str) -> Funding:
    """A cached funding file: pages ask for titles at every keystroke. ``stamp`` changes when a file is saved."""
    if not stamp and name not in fundings(where):
        raise unknown("way of paying", name[:60], fundings(where))  # a path would be refused here
    return load_funding(store.path(name) if stamp else name, place_of(where).baseline)


def title(name: str, where: str = "") -> str:
    """The title of a way of paying, for a place or the chosen one; its name when the file cannot be read."""
    try:
        return funding_of(name, where).title
    except ValueError:
        return name


def labels(where: str = "") -> list[tuple[str, str]]:
    """Names of the ways of paying on offer, each with its title; those of one title are told apart by their names."""
    return list(apart({name: title(name, where) for name in fundings(where)}).items())


def label(name: str, where: str = "") -> str:
    """The title of a way of paying, with its name where another on offer has the same title."""
    return dict(labels(where)).get(name) or title(name, where)


def case(where: str, how: str, numbers: Iterable[tuple[str, float]] = ()) -> Scenario:
    """The scenario for a page's choices.

    Raises:
        InputError: when a name is unknown or a number cannot be used.
    """
    if where not in allowed():
        raise unknown("place", where, allowed())
    return scenario(where, funding_of(how, where), parameters=known(where).changed(changes(known(where), numbers)))


def known(where: str = "") -> Parameters:
    """Parameters of the baseline of a place, or of the chosen one."""
    return place_of(where or place.value).baseline.parameters


def changed() -> tuple[tuple[str, float], ...]:
    """Changed assumptions, sorted by path."""
    return tuple(sorted(numbers.value.items()))


def reasons() -> dict[str, str]:
    """The visitor's notes on the assumptions that are changed now, by path."""
    return {path: note for path, note in sorted(notes.value.items()) if note and path in numbers.value}


def preparing(place: str) -> str:
    """Message shown while the initial state of a place is calibrated."""
    return f"Preparing {place} (about a minute, first time only)"


def spec(
    where: str, how: str, seed: int = 1, years: int = 0, numbers: Iterable[tuple[str, float]] = (), **more: Any
) -> RunSpec:
    """The run for a page's choices; ``more`` as in ``RunSpec``.

    Raises:
        InputError: when a name is unknown or a number cannot be used.
    """
    return RunSpec(case(where, how, numbers), how, seed, years * WEEKS, **more)


def prepare(place: Place, handle: Reports, said: tuple[float, str] | None = None) -> None:
    """Calibrate the initial state of a place unless it is in the cache.

    ``said``: progress to report meanwhile; left out, that the place is prepared.
    """
    handle.say(*(said or (0.0, preparing(place.file.title))))
    with LOCK:  # report nothing while holding it: the page could be waiting for it
        steady_state(place, lambda _: handle.check())
        handle.check()


def model_of(
    run: RunSpec, handle: Reports, trace: Sequence[int] = (), said: tuple[float, str] | None = None
) -> HealthEconomy:
    """A model before its first week, of a place that is prepared first; ``said`` as in ``prepare``."""
    place = run.scenario.place
    prepare(place, handle, said)
    with LOCK:
        threads = 1 if place.registered < SMALL else None  # threads cost a small place more than they save
        return run.model(threads, trace)


def advance(
    model: HealthEconomy,
    weeks: int,
    handle: Reports,
    text: str,
    low: float = 0.0,
    high: float = 1.0,
    after: Callable[[], None] = lambda: None,
) -> None:
    """Run to a week, releasing the lock after each one so that other visitors can run and this one can stop.

    ``after`` is called after each week.
    """
    begun = model.week
    while model.week < weeks:
        with LOCK:
            model.step()
            after()
        done = (model.week - begun) / max(weeks - begun, 1)
        handle.say(low + (high - low) * done, f"{text}: week {model.week} of {weeks}")


@lru_cache(maxsize=6)
def _unrun(where: str, how: str, stamp: int) -> HealthEconomy:
    run = spec(where, how)
    with LOCK:
        return run.model()


def reference_model(where: str, handle: Handle, how: str = "status_quo") -> HealthEconomy:
    """A place before its first week, to price contracts on. Visitors share it and never run it.

    Raises:
        InputError: when the way of paying does not fit the place.
    """
    handle.say(0.0, preparing(place_of(where).file.title))
    with LOCK:
        steady_state(place_of(where), lambda _: handle.check())
    return _unrun(where, how, store.stamp(how))


def solved(model: HealthEconomy, how: Funding) -> Funding:
    """A way of paying with its neutral prices solved on the expected year of the reference model."""
    expected = {cohort.kind: cohort.expected(futures=True) for cohort in model.cohorts}
    return neutral.solve(how, model.case.others, expected)


def forgive() -> None:
    """Clear the errors of controls that settings from elsewhere replace."""
    replaced = {"years", "seed", "seeds", "rank", *known()}
    problems.value = {key: text for key, text in problems.value.items() if key not in replaced}


def trouble(*keys: str) -> str:
    """The first error among some controls; empty when there is none."""
    found = problems.value
    return next((found[key] for key in keys if found.get(key)), "")
