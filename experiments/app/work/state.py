"""What a visitor has chosen, within bounds; every visitor has values of their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import cache, lru_cache

import solara

from ....model.contracts import neutral
from ....model.errors import unknown
from ....model.initial.calibrate import steady_state
from ....model.parameters import Parameters
from ....model.place.place import Place
from ....model.scenario import Funding, Scenario
from ....model.system import HealthEconomy
from ....scenarios import default_place, load_funding, load_place, places, scenario
from ..controls.numbers import changes
from . import store
from .task import LOCK, Handle, Task

MOST_PEOPLE = 1_000_000  #: largest place that a page may run
SMALL = 100_000  #: people below which one thread is fastest
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
numbers: solara.Reactive[dict[str, float]] = solara.reactive({})  #: changed ones; a table by a factor
problems: solara.Reactive[dict[str, str]] = solara.reactive({})
shelf = solara.reactive(0)  #: counts changes to the saved scenarios, so that lists are read again

exploring, following, comparing, pricing = Task(), Task(), Task(), Task()
TASKS = (exploring, following, comparing, pricing)


@cache
def allowed() -> tuple[str, ...]:
    """Places that are small enough for a page."""
    return tuple(name for name in places() if _people(name) <= MOST_PEOPLE)


@cache
def _people(name: str) -> int:
    return place_of(name).registered


@cache
def place_of(name: str) -> Place:
    """A place, read once."""
    return load_place(name)


@cache
def place_title(name: str) -> str:
    """Title and number of people."""
    return f"{place_of(name).file.title} ({_people(name):,} people)"


def fundings() -> list[str]:
    """Ways of paying that can be chosen: the four first, others that ship, then those saved here."""
    from ....scenarios import fundings as shipped

    return [*FOUR, *(n for n in shipped() if n not in FOUR), *store.saved()]


def funding_of(name: str, where: str = "") -> Funding:
    """A way of paying, for a place or the chosen one, by the name it has on the pages; never by a path."""
    return _read(name, store.stamp(name), where or place.value)


@lru_cache(maxsize=256)
def _read(name: str, stamp: int, where: str) -> Funding:
    """Files are read again only when they have changed: pages ask for titles at every stroke."""
    if not stamp and name not in fundings():
        raise unknown("way of paying", name[:60], fundings())  # whatever it is, it is no path
    return load_funding(store.path(name) if stamp else name, place_of(where).baseline)


def title(name: str) -> str:
    """The title of a way of paying; its name when the file can no longer be read."""
    try:
        return funding_of(name).title
    except ValueError:
        return name


def case(where: str, how: str, numbers: Iterable[tuple[str, float]] = ()) -> Scenario:
    """The scenario of a page's choices.

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
    """The numbers that have been changed, in the order of their names."""
    return tuple(sorted(numbers.value.items()))


def model_of(made: Scenario, luck: int, handle: Handle, trace: list[int] | None = None) -> HealthEconomy:
    """A model before its first week; the place's steady state is found first, with progress, where it is not kept."""
    handle.say(0.0, f"{made.place.file.title}: finding the steady state (a minute or more, the first time only)")
    with LOCK:  # nothing may be said while it is held: the page could be waiting for it
        start = steady_state(made.place, lambda _: handle.check())
        handle.check()
        threads = 1 if made.place.registered < SMALL else None  # sharing a small place costs more than it saves
        return HealthEconomy(made, start, luck, threads=threads, trace=trace or [])


def advance(
    model: HealthEconomy,
    weeks: int,
    handle: Handle,
    text: str,
    low: float = 0.0,
    high: float = 1.0,
    after: Callable[[], None] = lambda: None,
) -> None:
    """Run to a week, one at a time, so that others get their turn and the visitor can stop it.

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
    made = case(where, how)
    with LOCK:
        return HealthEconomy(made, steady_state(made.place))


def yardstick(where: str, handle: Handle, how: str = "status_quo") -> HealthEconomy:
    """A place before the first week, to price contracts on; shared by visitors, and never run.

    Raises:
        InputError: when the way of paying does not fit the place.
    """
    handle.say(0.0, f"{place_title(where)}: finding the steady state (a minute or more, the first time only)")
    with LOCK:
        steady_state(place_of(where), lambda _: handle.check())
    return _unrun(where, how, store.stamp(how))


def solved(model: HealthEconomy, how: Funding) -> Funding:
    """A way of paying with its neutral prices solved on the yardstick's expected year."""
    expected = {cohort.kind: cohort.expected(futures=True) for cohort in model.cohorts}
    return neutral.solve(how, model.case.others, expected)


def trouble(*keys: str) -> str:
    """The first problem among some controls, or nothing."""
    found = problems.value
    return next((found[key] for key in keys if found.get(key)), "")
