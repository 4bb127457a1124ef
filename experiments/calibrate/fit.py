"""Waves of history matching: a spread of points, emulators, points that are not ruled out, and so on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from time import monotonic

import numpy as np

from ..natural.arms import Arms
from ..natural.row import Row
from ..natural.validate import prepare
from ..sweep.work import How
from . import emulate, match, outcomes, space
from .outcomes import Target


@dataclass(frozen=True)
class Effort:
    """How much is tried. Points by plan comparison, points by runs (and their seeds), in each wave."""

    plans: int = 256
    runs: int = 64
    again: int = 0  # points that are run in each later wave
    seeds: int = 2
    waves: int = 3
    candidates: int = 200_000
    accepted: int = 200
    seed: int = 1


@dataclass
class Fit:
    """Where it stands: every point tried with its outcomes, and the accepted sample at the end."""

    arms: list[Arms]
    targets: list[Target]
    unit: np.ndarray  # (n, d) points compared by plans
    plans: dict[str, np.ndarray]  # outcome by point, (n,)
    run_unit: np.ndarray  # (m, d) points that were run
    runs: dict[str, np.ndarray]
    quality: dict[str, float] = field(default_factory=dict)  # of emulators
    out_of_reach: list[str] = field(default_factory=list)
    left: list[float] = field(default_factory=list)  # share of the space not ruled out, by wave
    sample: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))  # (accepted, d) in the unit cube
    answers: dict[str, np.ndarray] = field(default_factory=dict)  # outcomes at the sample, (accepted,)
    effective: float = 0.0
    until: float = inf  # on the clock of ``time.monotonic``

    @property
    def within_reach(self) -> list[str]:
        """Outcomes that are fitted."""
        return [t.name for t in self.targets if t.name not in self.out_of_reach]

    @property
    def centre(self) -> dict[str, float]:
        """The median of each number over the sample."""
        return space.values(np.median(self.sample, axis=0, keepdims=True))[0]


def fit(
    rows: Sequence[Row],
    folder: Path,
    effort: Effort,
    how: How,
    say: Callable[[str], None] = print,
    minutes: float = inf,
) -> Fit:
    """Fit behaviour to the experiments of some rows. The same call goes on where it stopped.

    Raises:
        InputError: for a file that cannot be used, or when nothing in the space is left.
        Stopped: when something outside stands in the way.
    """
    arms = prepare(rows)
    found = _first(arms, folder, effort, how, monotonic() + 60.0 * minutes)
    for wave in range(1, effort.waves + 1):
        last = _wave(found, effort, wave, say)
        if wave == effort.waves:
            return _accept(found, last, effort, folder, how)
        _add(found, last.unit[match.resample(last.weight, effort.plans // 2, wave)], folder, effort, how)
    raise ValueError("at least one wave is needed")


@dataclass(frozen=True)
class Wave:
    """Emulators, and candidates with their weights."""

    emulators: Mapping[str, emulate.Emulator]
    unit: np.ndarray
    weight: np.ndarray


def _wave(found: Fit, effort: Effort, wave: int, say: Callable[[str], None]) -> Wave:
    emulators = _emulators(found)
    _judge(found, emulators)
    unit = np.random.default_rng(effort.seed + wave).random((effort.candidates, len(space.names())))
    weight, share = _weigh(found, emulators, unit)
    found.left.append(share)
    say(f"wave {wave}: {100 * share:.2g} % of the space is not ruled out; "
        f"out of reach: {', '.join(found.out_of_reach) or 'nothing'}")  # fmt: skip
    return Wave(emulators, unit, weight)


def _first(arms: list[Arms], folder: Path, effort: Effort, how: How, until: float) -> Fit:
    d = len(space.names())
    empty = Fit(arms, outcomes.targets(arms), np.zeros((0, d)), {}, np.zeros((0, d)), {}, until=until)
    unit = space.sobol(effort.plans, effort.seed)
    _add(empty, unit, folder, effort, how)
    return empty


def _add(found: Fit, unit: np.ndarray, folder: Path, effort: Effort, how: How) -> None:
    """Try more points; the first of them by runs as well."""
    unit = space.unit(space.values(unit))  # as rounded
    got = outcomes.by_plans(found.arms, space.values(unit), folder, how, found.until)
    whole = [k for k, answers in enumerate(got) if answers]
    found.unit = np.vstack([found.unit, unit[whole]])
    for name in got[whole[0]]:
        new = np.array([got[k][name] for k in whole])
        found.plans[name] = np.concatenate([found.plans.get(name, np.zeros(0)), new])
    some = unit[: effort.again if len(found.run_unit) else effort.runs]
    if not len(some):
        return
    by_runs = outcomes.by_runs(found.arms, space.values(some), effort.seeds, folder, how, found.until)
    found.run_unit = np.vstack([found.run_unit, some])
    for name in by_runs[0]:
        new = np.array([answers[name] for answers in by_runs])
        found.runs[name] = np.concatenate([found.runs.get(name, np.zeros(0)), new])


def _emulators(found: Fit) -> dict[str, emulate.Emulator]:
    made = {name: emulate.fit(found.unit, y) for name, y in found.plans.items()}
    made |= {name: emulate.fit(found.run_unit, y) for name, y in found.runs.items()}
    found.quality = {name: e.quality for name, e in made.items()}
    return made


def _judge(found: Fit, emulators: Mapping[str, emulate.Emulator]) -> None:
    """Outcomes that nothing in the space brings within their target, tried or emulated."""
    wide = space.sobol(4096, 99)
    found.out_of_reach = []
    for target in found.targets:
        tried = found.plans.get(target.name, found.runs.get(target.name))
        mean, _ = emulators[target.name].predict(wide)
        if tried is not None and not match.reachable(target, np.concatenate([tried, mean])):
            found.out_of_reach.append(target.name)


def _weigh(found: Fit, emulators: Mapping[str, emulate.Emulator], unit: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights of candidates, and the share that is not ruled out.

    Raises:
        InputError: when everything is.
    """
    from ...model.errors import InputError

    distances = {}
    for target in found.targets:
        mean, error = emulators[target.name].predict(unit)
        distances[target.name] = match.distance(target, mean, error)
    names = found.within_reach
    weight = match.weights(distances, names)
    if not weight.any():
        near = match.worst(distances, names)
        best = int(near.argmin())
        bad = max(names, key=lambda n: abs(distances[n][best]))
        raise InputError(f"calibrate: no point of the space is within {match.CUT:g} standard deviations of every "
                         f"outcome; the nearest misses {bad} by {near[best]:.1f}")  # fmt: skip
    return weight, float((weight > 0).mean())


def _accept(found: Fit, last: Wave, effort: Effort, folder: Path, how: How) -> Fit:
    """The joint sample: candidates by weight, asked again exactly where plans suffice, and weighed anew."""
    emulators, unit, weight = last.emulators, last.unit, last.weight
    chosen = unit[match.resample(weight, 2 * effort.accepted, 0)]
    points = space.values(chosen)
    unit = space.unit(points)
    got = outcomes.by_plans(found.arms, points, folder, how, found.until)
    answers, distances = {}, {}
    for target in found.targets:
        if target.name in found.plans:
            mean, error = np.array([g[target.name] for g in got]), np.zeros(len(got))
        else:
            mean, error = emulators[target.name].predict(unit)
        answers[target.name] = mean
        distances[target.name] = match.distance(target, mean, error)
    emulated = {t.name: match.distance(t, *emulators[t.name].predict(unit)) for t in found.targets}
    exact, before = match.weights(distances, found.within_reach), match.weights(emulated, found.within_reach)
    again = np.where(exact > 0, exact / np.maximum(before, 1e-9), 0.0)
    again = np.minimum(again, 10.0 * np.median(again[again > 0])) if (again > 0).any() else before
    found.effective = match.effective(again)
    kept = match.resample(again, effort.accepted, 1)
    found.sample = unit[kept]
    found.answers = {name: x[kept] for name, x in answers.items()}
    return found
