"""Pareto-optimal blends of ways of paying: spend, QALYs, waits, GP workload, carbon.

A blend says which part of every kind of provider's contract is paid per head, per item, or for outcomes, and whether
out of separate budgets or one pool. Blends are proposed by NSGA-II (Deb and others, IEEE Transactions on Evolutionary
Computation 6:182, 2002) from Optuna, or on a fixed lattice; every blend is run with the same seeds by the
sweep, so a stopped search resumes.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ...model.errors import InputError, unknown
from ..results.intervals import mean_half_width
from .discover import better

OBJECTIVES = ("public", "qalys", "median_wait", "contacts", "carbon")
PARTS = ("capitated", "activity_based", "outcome_based")
WORDS = ("per head", "per item", "core and outcomes")
POOLED = str(Path(__file__).parent / "worked" / "pooled.toml")  #: the status quo with NHS and council budgets pooled
STEP = 20  #: parts are multiples of 1/20: finer steps make no visible difference


@dataclass(frozen=True, order=True)
class Blend:
    """Parts of each kind of provider's contract, in twentieths: per head, per item, for outcomes; they add to 20.

    ``base``: the funding file that everything else is taken from, such as how budgets are pooled.
    """

    base: str
    parts: tuple[int, int, int]

    def __str__(self) -> str:
        said = " + ".join(f"{5 * x} % {word}" for x, word in zip(self.parts, WORDS, strict=True) if x)
        stem = Path(self.base).stem
        return said if stem == "status_quo" else f"{said}, pooled" if self.pooled else f"{said} on {stem}"

    @property
    def pooled(self) -> bool:
        """Whether the pool in ``worked/pooled.toml`` pays it."""
        return self.base == POOLED

    def point(self, kinds: Sequence[str]) -> dict[str, float]:
        """Values of a sweep's variables ``blend.KIND.FILE``."""
        return {
            f"blend.{kind}.{name}": part / STEP
            for kind in kinds for name, part in zip(PARTS, self.parts, strict=True)
        }  # fmt: skip


def lattice(bases: Sequence[str], steps: int) -> list[Blend]:
    """All blends whose parts are multiples of 1/steps."""
    if steps < 1 or STEP % steps:
        raise InputError(f"--lattice: expected a divisor of {STEP}, got {steps}")
    unit = STEP // steps
    triples = [t for t in itertools.product(range(steps + 1), repeat=3) if sum(t) == steps]
    return [Blend(base, tuple(unit * x for x in t)) for base in bases for t in triples]  # type: ignore[arg-type]


def shares(raw: Sequence[float]) -> tuple[int, int, int]:
    """Three numbers of 0–1 as twentieths that add to 20 (largest remainder)."""
    total = sum(raw)
    exact = np.array(raw) / total * STEP if total > 0 else np.full(3, STEP / 3)
    floor = np.floor(exact + 1e-9).astype(int)
    for k in np.argsort(floor - exact, kind="stable")[: STEP - int(floor.sum())]:
        floor[k] += 1
    return int(floor[0]), int(floor[1]), int(floor[2])


def search(
    evaluate: Callable[[list[Blend]], dict[Blend, dict[str, float]]],
    bases: Sequence[str], objectives: Sequence[str], population: int, generations: int, seed: int = 1,
) -> list[Blend]:  # fmt: skip
    """Blends that NSGA-II tries, in order; reproducible for a seed.

    ``evaluate`` gives means of the objectives; called once a generation, with all its blends.

    Raises:
        InputError: when Optuna is not installed.
    """
    try:
        import optuna
    except ImportError:
        raise InputError("frontier: needs the extra 'frontier': pip install 'fundingflows[frontier]'") from None
    optuna.logging.set_verbosity(logging.WARNING)
    signs = [better(name) for name in objectives]
    sampler = optuna.samplers.NSGAIISampler(population_size=population, seed=seed)
    study = optuna.create_study(directions=["maximize" if s > 0 else "minimize" for s in signs], sampler=sampler)
    tried: list[Blend] = []
    for _ in range(generations):
        trials = [study.ask() for _ in range(population)]
        blends = [
            Blend(
                trial.suggest_categorical("base", list(bases)) if len(bases) > 1 else bases[0],
                shares([trial.suggest_float(name, 0.0, 1.0) for name in PARTS]),
            )
            for trial in trials
        ]
        values = evaluate(list(dict.fromkeys(blends)))
        for trial, blend in zip(trials, blends, strict=True):
            study.tell(trial, [values[blend][name] for name in objectives])
        tried += blends
    return list(dict.fromkeys(tried))


def not_dominated(values: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """Rows (n, k) that no other row is at least as good as on all columns and better on one, (n,)."""
    good = values * signs
    at_least = (good[None, :, :] >= good[:, None, :]).all(axis=2)
    better_once = (good[None, :, :] > good[:, None, :]).any(axis=2)
    return ~(at_least & better_once).any(axis=1)


def table(runs: pd.DataFrame, objectives: Sequence[str], draws: int = 500) -> pd.DataFrame:
    """By blend: means, 95 % half-widths of the paired distance to the mean blend, chance of being on the frontier.

    ``runs``: columns ``blend``, ``seed`` and the objectives. Chances are from a bootstrap over seeds, the same seeds
    for every blend, so that chance common to all blends cancels.
    """
    signs = np.array([better(name) for name in objectives])
    cube = np.stack([runs.pivot(index="blend", columns="seed", values=name).to_numpy() for name in objectives], axis=2)
    names = runs.pivot(index="blend", columns="seed", values=objectives[0]).index
    n = cube.shape[1]
    mean = cube.mean(axis=1)
    apart = cube - cube.mean(axis=0)  # chance common to all blends does not affect which is better
    half = mean_half_width(apart, axis=1)
    rng = np.random.default_rng(1)
    picks = rng.integers(0, n, (draws, n))
    chance = np.mean([not_dominated(cube[:, pick].mean(axis=1), signs) for pick in picks], axis=0)
    out = pd.DataFrame(mean, index=names, columns=list(objectives))
    for k, name in enumerate(objectives):
        out[f"{name}_half_width"] = half[:, k]
    out["frontier"], out["chance"] = not_dominated(mean, signs), chance
    return out.reset_index()


def check(objectives: Sequence[str]) -> None:
    """Refuse fewer than two measures, and those that are unknown, occur twice or have no agreed better direction.

    Raises:
        InputError: one sentence.
    """
    from ..results.measures import MEASURES

    if len(set(objectives)) < max(len(objectives), 2):
        raise InputError(f"--objective: expected two different measures or more, got {', '.join(objectives)}")
    for name in objectives:
        if name not in (known := [m.key for m in MEASURES]):
            raise unknown("measure", name, known, where="--objective")
        better(name)
