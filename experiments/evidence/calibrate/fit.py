"""Waves of history matching: spread points, fit emulators, keep what is not ruled out, repeat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from time import monotonic

import numpy as np
import pandas as pd

from ...runs.engine import Options
from ..natural.arms import Arms
from ..natural.study import Study
from ..natural.validate import prepare
from . import emulate, match, outcomes, screen, smc
from .left_out import left_out
from .outcomes import Point, Target
from .space import Space, candidates

IDENTIFIED = 0.7  #: a sample narrower than this share of its range identifies the parameter
OPEN = 0.9  #: of a sample wider than this share of its range the experiments say nothing

Solve = Callable[[Sequence[Point]], list[dict[str, float]]]  #: outcomes by plans at each of some points, exactly


@dataclass(frozen=True)
class Effort:
    """Size of the search: points solved from plans, points run, and their seeds, in each wave.

    Without ``runs`` the experiments that need them are held out: the fit does not see them.
    """

    plans: int = 256
    runs: int = 0
    again: int = 0  # points that are run in each later wave
    seeds: int = 2
    waves: int = 3
    candidates: int = 4096
    solved: int = 1024  # points solved exactly, of the last population for the sample and again for the one that ships
    accepted: int = 200
    seed: int = 1


@dataclass
class Fit:
    """State of the fit: every point tried with its outcomes, and in the end the accepted sample."""

    arms: list[Arms]
    space: Space
    targets: list[Target]
    unit: np.ndarray  # (n, d) points compared by plans
    plans: dict[str, np.ndarray]  # outcome by point, (n,)
    run_unit: np.ndarray  # (m, d) points that were run
    runs: dict[str, np.ndarray]
    informs: dict[str, set[str]] = field(default_factory=dict)  # experiments that each number moves
    quality: dict[str, float] = field(default_factory=dict)  # of emulators
    out_of_reach: list[str] = field(default_factory=list)
    tolerated: int = 1  # outcomes that may disagree with the others
    left: list[float] = field(default_factory=list)  # share of the space not ruled out, by wave
    sample: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))  # (accepted, d) in the unit cube
    answers: dict[str, np.ndarray] = field(default_factory=dict)  # outcomes at the sample, (accepted,)
    effective: float = 0.0
    centre: np.ndarray = field(default_factory=lambda: np.zeros(0))  # (d,) the one point that ships
    left_out: pd.DataFrame = field(default_factory=pd.DataFrame)  # each experiment predicted by the others
    active: list[int] = field(default_factory=list)  # numbers that some fitted outcome answers to
    until: float = inf  # on the clock of ``time.monotonic``

    @property
    def within_reach(self) -> list[str]:
        """Outcomes that are fitted."""
        return [t.name for t in self.targets if t.name not in self.out_of_reach]

    @property
    def spoken_of(self) -> np.ndarray:
        """Numbers of which the fitted outcomes say something, as positions in the space."""
        return np.intersect1d(np.flatnonzero(width(self.sample) < OPEN), self.active)


def fit(
    studies: Sequence[Study],
    folder: Path,
    effort: Effort,
    options: Options,
    say: Callable[[str], None] = print,
    minutes: float = inf,
) -> Fit:
    """Fit behaviour to some studies. Calling again resumes.

    Raises:
        InputError: for a file that cannot be used, or when nothing in the space is left.
        Stopped: when something outside the program prevents it.
    """
    arms = [a for a in prepare(studies) if effort.runs or a.study.solve == "plans"]
    found = _first(arms, folder, effort, options, monotonic() + 60.0 * minutes)
    for wave in range(1, effort.waves + 1):
        last = _wave(found, effort, wave, say)
        if wave == effort.waves:
            return _accept(found, last, effort, folder, options)
        _add(found, last.unit[: effort.plans // 2], folder, effort, options)
    raise ValueError("at least one wave is needed")


@dataclass(frozen=True)
class Wave:
    """Emulators, and a population that fits according to them."""

    emulators: Mapping[str, emulate.Emulator]
    unit: np.ndarray


def _wave(found: Fit, effort: Effort, wave: int, say: Callable[[str], None]) -> Wave:
    emulators = _emulators(found)
    _judge(found, emulators)
    names, d = found.within_reach, len(found.space.names)

    def square(unit: np.ndarray) -> np.ndarray:
        return match.square(_distances(found, emulators, unit, names), names)

    unit = smc.draw(square, d, effort.candidates, effort.seed + wave)
    near = _distances(found, emulators, unit, names)
    found.tolerated = match.disagreeing(near, names)
    flat = _distances(found, emulators, found.space.sobol(effort.candidates, effort.seed + 100), names)
    found.left.append(float((match.worst(flat, names, found.tolerated) <= match.CUT).mean()))
    within = (match.worst(near, names, found.tolerated) <= match.CUT).mean()
    say(f"wave {wave}: {100 * found.left[-1]:.2g} % of the space is not ruled out; out of reach: "
        f"{', '.join(found.out_of_reach) or 'nothing'}; {100 * within:.0f} % of the population "
        f"within {match.CUT:g} standard deviations of all but {found.tolerated} of the others")  # fmt: skip
    found.active = sorted({k for name in names for k in emulators[name].active})
    return Wave(emulators, afresh(unit, set(found.active), effort.seed))


def afresh(unit: np.ndarray, active: set[int], seed: int) -> np.ndarray:
    """Points (n, d) with parameters that affect no outcome redrawn uniformly: resampling thins them out."""
    idle = [k for k in range(unit.shape[1]) if k not in active]
    out = unit.copy()
    out[:, idle] = np.random.default_rng(seed + 1000).random((len(unit), len(idle)))
    return out


def _distances(
    found: Fit, emulators: Mapping[str, emulate.Emulator], unit: np.ndarray, names: Sequence[str]
) -> dict[str, np.ndarray]:
    by_name = {t.name: t for t in found.targets}
    return {name: match.distance(by_name[name], *emulators[name].predict(unit)) for name in names}


def _first(arms: list[Arms], folder: Path, effort: Effort, options: Options, until: float) -> Fit:
    numbers = arms[0].control.parameters
    informs = screen.screen(arms, Space(numbers, candidates(numbers)), folder, options, until)
    space = Space(numbers, screen.shared(informs))
    d = len(space.names)
    empty = Fit(arms, space, outcomes.targets(arms), np.zeros((0, d)), {}, np.zeros((0, d)), {}, informs, until=until)
    unit = space.sobol(effort.plans, effort.seed)
    _add(empty, unit, folder, effort, options)
    return empty


def _add(found: Fit, unit: np.ndarray, folder: Path, effort: Effort, options: Options) -> None:
    """Try more points; the first of them by runs as well."""
    unit = found.space.unit(found.space.values(unit))  # as rounded
    got = outcomes.by_plans(found.arms, found.space.values(unit), folder, options, found.until)
    whole = [k for k, answers in enumerate(got) if answers]
    found.unit = np.vstack([found.unit, unit[whole]])
    for name in got[whole[0]]:
        new = np.array([got[k][name] for k in whole])
        found.plans[name] = np.concatenate([found.plans.get(name, np.zeros(0)), new])
    some = unit[: effort.again if len(found.run_unit) else effort.runs]
    if not len(some):
        return
    by_runs = outcomes.by_runs(found.arms, found.space.values(some), effort.seeds, folder, options, found.until)
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
    """Outcomes that no point of the space, tried or emulated, brings within their target."""
    wide = found.space.sobol(4096, 99)
    found.out_of_reach = []
    for target in found.targets:
        tried = found.plans.get(target.name, found.runs.get(target.name))
        mean, _ = emulators[target.name].predict(wide)
        if tried is not None and not match.reachable(target, np.concatenate([tried, mean])):
            found.out_of_reach.append(target.name)


def _accept(found: Fit, last: Wave, effort: Effort, folder: Path, options: Options) -> Fit:
    """The joint sample: points of the population, solved again exactly where plans suffice, and reweighted.

    Raises:
        InputError: when everything is ruled out.
    """

    def solve(points: Sequence[Point]) -> list[dict[str, float]]:
        return outcomes.by_plans(found.arms, points, folder, options, found.until)

    chosen = np.random.default_rng(effort.seed).permutation(len(last.unit))[: effort.solved]
    unit = found.space.unit(found.space.values(last.unit[chosen]))
    answers, weight = _exact(found, last.emulators, unit, solve)
    found.effective = match.effective(weight)
    kept = match.resample(weight, effort.accepted, 1)
    found.sample = unit[kept]
    found.answers = {name: x[kept] for name, x in answers.items()}
    found.centre = _centre(found, last.emulators, effort, solve)
    found.left_out = left_out(found.targets, found.within_reach, last.emulators, unit.shape[1], effort.seed)
    return found


def _exact(
    found: Fit, emulators: Mapping[str, emulate.Emulator], unit: np.ndarray, solve: Solve
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Answers by outcome at points (n, d) that emulators have drawn, exact where plans suffice, and weights (n,)."""
    got = solve(found.space.values(unit)) if found.plans else []
    emulated = _distances(found, emulators, unit, [t.name for t in found.targets])
    exact, answers = dict(emulated), {}
    for target in found.targets:
        if target.name in found.plans:
            answers[target.name] = np.array([g[target.name] for g in got])
            exact[target.name] = match.distance(target, answers[target.name])
        else:
            answers[target.name] = emulators[target.name].predict(unit)[0]
    return answers, _again(exact, emulated, found.within_reach, found.tolerated)


def width(sample: np.ndarray) -> np.ndarray:
    """Width of a sample (n, d) of the unit cube, each parameter as a share of a flat range, (d,)."""
    return sample.std(axis=0) * np.sqrt(12.0)


def identified(sample: np.ndarray) -> np.ndarray:
    """Which parameters a sample (n, d) of the unit cube identifies, (d,): those narrower than a flat range."""
    return width(sample) < IDENTIFIED


def _centre(found: Fit, emulators: Mapping[str, emulate.Emulator], effort: Effort, solve: Solve) -> np.ndarray:
    """The point (d,) that ships: the middle of what fits when the numbers that stayed open are as before.

    A number that the sample leaves as wide as its range keeps its value, which had a reason; its range's middle has
    none. The others follow from it, so they are drawn again beside it, and solved exactly: an emulator may miss by more
    than what was published allows. A number that is narrower moves, even where it is not identified: its former value
    may lie outside what fits.
    """
    point, names = found.space.unit([found.space.shipped()])[0], found.within_reach
    known = found.spoken_of
    if not len(known):
        return point

    def beside(part: np.ndarray) -> np.ndarray:
        unit = np.tile(point, (len(part), 1))
        unit[:, known] = part
        return unit

    def square(part: np.ndarray) -> np.ndarray:
        return match.square(_distances(found, emulators, beside(part), names), names)

    unit = beside(smc.draw(square, len(known), effort.solved, effort.seed))
    _, weight = _exact(found, emulators, unit, solve)
    point[known] = middle(unit[match.resample(weight, len(unit), 2)][:, known])
    return point


def middle(points: np.ndarray) -> np.ndarray:
    """Of points (n, d) the one nearest to all others, (d,): their medoid, each number in its own spread."""
    here = points / np.maximum(points.std(axis=0), 1e-9)
    apart = np.linalg.norm(here[:, None] - here[None], axis=2).sum(axis=1)
    return points[int(apart.argmin())]


def _again(
    exact: Mapping[str, np.ndarray], emulated: Mapping[str, np.ndarray], names: Sequence[str], tolerated: int
) -> np.ndarray:
    """Importance weights (n,): density by exact outcomes over that by which points were drawn, capped."""
    from ....model.errors import InputError

    near = match.worst(exact, names, tolerated)
    if not (near <= match.CUT).any():
        best = int(near.argmin())
        bad = max(names, key=lambda n: abs(exact[n][best]))
        raise InputError(f"calibrate: no point of the space is within {match.CUT:g} standard deviations of all "
                         f"outcomes but {tolerated}; the nearest misses {bad} by {near[best]:.1f}")  # fmt: skip
    ratio = match.square(emulated, names) - match.square(exact, names)
    weight = np.where(near <= match.CUT, np.exp(0.5 * np.clip(ratio, -20.0, 20.0)), 0.0)
    return np.minimum(weight, 5.0 * np.median(weight[weight > 0]))
