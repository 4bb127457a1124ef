"""A run before it is made: everything that its result depends on, and its row."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

import numpy as np

from ...agents.patients.calendar import WEEKS, weeks_of
from ...model.initial.calibrate import steady_state
from ...model.initial.rescale import rescaled
from ...model.initial.state import InitialState
from ...model.parameters import Parameters
from ...model.place.place import Place
from ...model.scenario import Funding, Scenario
from ...model.system import HealthEconomy
from ...model.version import code_digest
from ...scenarios import load_place, scenario
from ..results import levers, measures, year
from ..results.output import versions

Changes = Mapping[str, Mapping[str, float]]  # of parameters by path, each as ``{verb: value}``
Reader = Callable[[HealthEconomy], dict[str, Any]]  # a function of a module: workers and keys know it by its name


class Task(Protocol):
    """The engine's interface to a piece of work: a key, the places it needs and its row."""

    @property
    def key(self) -> str: ...
    @property
    def needs(self) -> tuple[Place, ...]: ...
    def make(self) -> dict[str, Any]: ...
    def failed(self, why: str) -> dict[str, Any]: ...


@cache
def version() -> str:
    """Version of everything that can change a row: the package, and a digest of the sources behind a run."""
    text = b"".join(Path(str(module.__file__)).read_bytes() for module in (levers, measures, year))
    return f"{versions()['fundingflows']}+{sha256(code_digest().encode() + text).hexdigest()[:12]}"


def key_of(*parts: Any) -> str:
    """SHA-256 (first 128 bits) of the version and everything else that a row depends on."""
    return sha256(json.dumps([version(), *parts], sort_keys=True).encode()).hexdigest()[:32]


def headline(model: HealthEconomy) -> dict[str, Any]:
    """The measures of a finished run, and where each lever ended: the row of a sweep."""
    return {**measures.read(model), **{f"lever.{name}": end for name, end in levers.ends(model).items()}}


@dataclass(frozen=True)
class RunSpec:
    """A run before it is made.

    ``funding``: its name in the row. ``weeks``: its length; 0 where only the model before its first week is used, to
    price contracts or compare plans. ``changes``: of parameters, by path. ``held``: levers by
    ``kind.lever``, held at fixed values. ``rescale``: rates and capacity are put right for the changed parameters, so
    that they meet the baseline year; otherwise the change happens to a place that was settled without it. ``hold``:
    names of links that keep their usual value. ``frozen``: behaviour of all providers, or of some kinds. ``settled``:
    levers begin at the best plan, as those of providers who have known no other pay. ``reader``: the row made from the
    finished run. ``values`` and ``point``: the run's position in a design; shown in its row, without effect on it.
    """

    scenario: Scenario
    funding: str
    seed: int = 1
    weeks: int = 0
    changes: Changes = field(default_factory=dict)
    frozen: bool | tuple[str, ...] = False
    held: Mapping[str, float] = field(default_factory=dict)
    rescale: bool = False
    reader: Reader = headline
    values: Mapping[str, float] = field(default_factory=dict)
    point: int = 0
    hold: tuple[str, ...] = ()
    settled: bool = False

    @property
    def place(self) -> str:
        """Name of its place."""
        return self.scenario.place.id

    @property
    def years(self) -> float:
        """Its length."""
        return self.weeks / WEEKS

    @property
    def needs(self) -> tuple[Place, ...]:
        """Its place, whose steady state is found before the run is made."""
        return (self.scenario.place,)

    @property
    def key(self) -> str:
        """Content key: two runs with the same key have the same row."""
        if "_key" not in vars(self):
            vars(self)["_key"] = self._content_key()
        return vars(self)["_key"]

    def _content_key(self) -> str:
        known = self.scenario.place.baseline.parameters
        values = self.scenario.parameters.changed(self.changes)
        maybe = self.changes if self.scenario.parameters is known else values
        differ = {p: np.asarray(values[p].value).tolist() for p in maybe if not _equal(values, known, p)}
        held = {name: x for name, x in self.held.items() if x != 1.0}
        rescaled = ("rescaled",) if self.rescale and self.changes else ()
        links = (["links", *sorted(set(self.hold))],) if self.hold else ()
        return key_of(
            _hash(self.scenario), differ, self.seed, self.weeks, self.frozen, held, _named(self.reader),
            *rescaled, *links, *(("settled",) if self.settled else ()),
        )  # fmt: skip

    def model(self, threads: int | None = 1, trace: Sequence[int] = ()) -> HealthEconomy:
        """The model before its first week: the one place where a described run becomes a model."""
        described = self.scenario
        if self.changes:
            described = replace(described, parameters=described.parameters.changed(self.changes))
        model = HealthEconomy(
            described, self._initial(), self.seed, threads=threads, freeze_behaviour=self.frozen, hold=self.hold,
            trace=list(trace),
        )  # fmt: skip
        levers.hold(model, self.held)
        if self.settled:
            levers.settle(model)
        return model

    def _initial(self) -> InitialState:
        place = self.scenario.place
        if self.rescale and self.changes:
            return rescaled(place, place.baseline.parameters.changed(self.changes))
        return steady_state(place)

    def row(self, week: Callable[[int], None] = lambda week: None) -> dict[str, Any]:
        """The row of the run, made now on one thread. ``week`` is told each week that has passed.

        ``seconds``: time to build the model and run it to the horizon.

        A Mesa model and its agents refer to one another. Python frees such cycles only now and then, and dozens
        of runs may fill memory by then. Breaking the cycle here frees each run's arrays at once.
        """
        steady_state(self.scenario.place)
        began = perf_counter()
        model = self.model()
        while model.week < self.weeks:
            model.step()
            week(model.week)
        row = self.finished(model, perf_counter() - began)
        vars(model).clear()
        return row

    def finished(self, model: HealthEconomy, seconds: float | None = None) -> dict[str, Any]:
        """The row of the run, whose model has reached its horizon, in so many seconds."""
        return self.identity() | {"seconds": seconds, "digest": model.digest} | self.reader(model)

    def make(self) -> dict[str, Any]:
        """The row of the run, made now. An error also becomes a row, with its message."""
        began = perf_counter()
        try:
            return self.row()
        except Exception as error:
            return self.failed(error, perf_counter() - began)

    def failed(self, why: Exception | str, seconds: float | None = None) -> dict[str, Any]:
        """The row of a run that could not be made."""
        text = why if isinstance(why, str) else f"{type(why).__name__}: {why}"
        return self.identity() | {"seconds": seconds, "error": text[:500]}

    def identity(self) -> dict[str, Any]:
        """The columns of its row that say which run it is, without error and result."""
        return {"key": self.key, "place": self.place, "funding": self.funding, "seed": self.seed, "weeks": self.weeks,
                "error": None, "digest": None, "seconds": None, **self.values}  # fmt: skip


def spec_of(
    place: str, funding: str | Funding, seed: int = 1, years: float = 0.0, sample: float = 1.0,
    paths: str | None = None, **more: Any
) -> RunSpec:  # fmt: skip
    """A run by the names of its place, funding file and paths file; ``more`` as in ``RunSpec``.

    Raises:
        InputError: when a name or file cannot be used.
    """
    described = _scenario(place, funding, sample, paths)
    if described.funding is None:
        raise ValueError("a way of paying is needed")
    return RunSpec(described, described.funding.id, seed, weeks_of(years), **more)


def _scenario(place: str, funding: str | Funding, sample: float, paths: str | None) -> Scenario:
    if isinstance(funding, str):
        return _by_names(place, funding, sample, paths)
    return scenario(_place(place, sample), funding, paths=paths)


@lru_cache(maxsize=64)
def _by_names(place: str, funding: str, sample: float, paths: str | None) -> Scenario:
    return scenario(_place(place, sample), funding, paths=paths)


@lru_cache(maxsize=8)
def _place(name: str, sample: float) -> Place:
    return load_place(name, sample)


def _equal(values: Parameters, known: Parameters, path: str) -> bool:
    return values[path] is known[path] or np.array_equal(values[path].value, known[path].value)


_hashes: dict[int, tuple[Scenario, str]] = {}  # by identity; the scenario is kept, so that no other takes its number


def _hash(described: Scenario) -> str:
    """Hash of a scenario at its baseline's parameters, worked out once."""
    if id(described) not in _hashes:
        if len(_hashes) > 20_000:
            _hashes.clear()
        known = described.place.baseline.parameters
        at_baseline = described if described.parameters is known else replace(described, parameters=known)
        _hashes[id(described)] = described, at_baseline.hash
    return _hashes[id(described)][1]


@cache
def _named(reader: Reader) -> list[str]:
    """A reader's name and a digest of its source: rows made by another version of it are never reused."""
    file = sys.modules[reader.__module__].__file__
    source = Path(file).read_bytes() if file and reader is not headline else b""
    return [reader.__module__, reader.__qualname__, sha256(source).hexdigest()[:12]]
