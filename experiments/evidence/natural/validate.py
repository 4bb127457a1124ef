"""Compare every study in a folder with the model, adding seeds until the simulated effect is precise enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...runs import engine, shards
from ...runs.engine import HERE, Options
from ...runs.spec import RunSpec
from . import figure, names, runs
from .answer import Answer
from .arms import Arms, make
from .score import needed, score
from .solved import Solved
from .study import Study
from .yearly import unpacked

AHEAD = 1.2  #: factor on the number of seeds that the spread so far suggests


def prepare(studies: Sequence[Study]) -> list[Arms]:
    """Scenarios of all testable studies; every file is checked before the first run.

    Raises:
        InputError: one sentence that names the file, the key and what was expected.
    """
    for study in studies:
        names.check(study)
    return [make(study) for study in studies if study.runs]


def validate(
    studies: Sequence[Study], folder: Path, options: Options = HERE, say: Callable[[str], None] = print
) -> list[Answer]:
    """Answers to all studies, in their order. Runs are kept in ``folder``; calling again resumes.

    Raises:
        InputError: for a file that cannot be used.
        Stopped: when something outside the program prevents it; finished runs are kept.
    """
    arms = prepare(studies)
    found = _by_plans([a for a in arms if a.study.solve == "plans"], folder, options)
    by_runs = [a for a in arms if a.study.solve == "runs"]
    seeds = {a.study.id: a.study.seeds[0] for a in by_runs}
    while by_runs:
        engine.make([run for a in by_runs for run in _runs(a, seeds[a.study.id]).values()], folder, options)
        kept = shards.good_rows(folder)
        for a in by_runs:
            found[a.study.id] = _by_runs(a, seeds[a.study.id], kept, folder)
        more = {a.study.id: _more(found[a.study.id], seeds[a.study.id]) for a in by_runs}
        by_runs = [a for a in by_runs if more[a.study.id] > seeds[a.study.id]]
        for a in by_runs:
            say(f"{a.study.id}: {seeds[a.study.id]} repeat runs are not enough; trying {more[a.study.id]}")
            seeds[a.study.id] = more[a.study.id]
    return [found.get(study.id, Answer(study)) for study in studies]


def _by_plans(arms: Sequence[Arms], folder: Path, options: Options) -> dict[str, Answer]:
    """Plans differ between seeds only in providers' altruism, so the smallest number of seeds is enough."""
    asked = {a.study.id: [Solved(a, seed, a.study.parameters) for seed in range(1, a.study.seeds[0] + 1)] for a in arms}
    engine.make([one for some in asked.values() for one in some], folder, options, "Plans")
    kept = shards.good_rows(folder)
    out = {}
    for a in arms:
        rows = [unpacked(kept[one.key]) for one in asked[a.study.id] if one.key in kept]
        if len(rows) < len(asked[a.study.id]):
            out[a.study.id] = _unfinished(a, folder, [one.key for one in asked[a.study.id]])
            continue
        values = np.array([row["effects"] for row in rows], dtype=float)
        scored = [score(o, values[:, k]) for k, o in enumerate(a.study.scored)]
        out[a.study.id] = Answer(a.study, scored, ends=rows[0]["ends"])
    return out


def _unfinished(arms: Arms, folder: Path, keys: list[str]) -> Answer:
    """An answer without figures, with the first error."""
    said = shards.errors(folder, keys)
    return Answer(arms.study, error=said[0] if said else "fewer than two repeat runs have finished")


def planned(studies: Sequence[Study], seeds: Mapping[str, int]) -> list[RunSpec]:
    """The runs of the studies that are named, each with its number of seeds."""
    return [run for a in prepare(studies) if a.study.id in seeds for run in _runs(a, seeds[a.study.id]).values()]


def _runs(arms: Arms, seeds: int) -> dict[tuple[int, str], RunSpec]:
    """Runs by seed and arm."""
    return {(seed, arm): runs.spec(arms, arm, seed, {}) for seed in range(1, seeds + 1) for arm in arms.cases}


def _by_runs(arms: Arms, seeds: int, kept: dict, folder: Path) -> Answer:
    keys = {which: run.key for which, run in _runs(arms, seeds).items()}
    whole = [s for s in range(1, seeds + 1) if all(keys[s, arm] in kept for arm in arms.cases)]
    if len(whole) < 2:
        return _unfinished(arms, folder, list(keys.values()))
    pairs = [{arm: kept[keys[s, arm]] for arm in arms.cases} for s in whole]
    scored = [score(o, [figure.effect(arms, o, p) for p in pairs]) for o in arms.study.scored]
    return Answer(arms.study, scored, ends=_ends(arms, pairs[0]))


def _ends(arms: Arms, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Share of providers that end at the end of a lever's room, the largest of all treatments, by KIND.LEVER."""
    out: dict[str, float] = {}
    for name in arms.treated:
        found = {k.removeprefix("end/"): x for k, x in unpacked(rows[name]).items() if k.startswith("end/")}
        out |= {lever: max(x, out.get(lever, 0.0)) for lever, x in found.items()}
    return out


def _more(answer: Answer, seeds: int) -> int:
    """How many seeds to try next: unchanged when all is precise, at most the study's limit."""
    open_ = [s for s in answer.scored if not s.precise]
    if answer.error or not open_:
        return seeds
    ask = max(int(np.ceil(AHEAD * needed(s))) for s in open_)
    return min(max(ask, seeds + 2), answer.study.seeds[1])
