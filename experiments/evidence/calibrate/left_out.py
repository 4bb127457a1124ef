"""Leave-one-out: each experiment predicted by a fit that has not seen it.

The fit's emulators give every outcome anywhere in the space. For each experiment a population is drawn as for the fit
itself, but weighted by the outcomes of all other experiments only; what the emulators say of the one left out, over
that population, is its prediction. Emulators stand for refits, which would take an hour each: they were trained on
points of the whole space and of the part that the full fit left, so that a prediction far outside it is less certain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from . import match, smc
from .emulate import Emulator
from .outcomes import Target

SIZE = 512  #: points of each population
COLUMNS = ("row", "outcome", "published", "predicted", "low", "high", "within", "passed")


def left_out(
    targets: Sequence[Target], reached: Sequence[str], emulators: Mapping[str, Emulator], d: int, seed: int
) -> pd.DataFrame:
    """By outcome (``COLUMNS``): median and 95 % interval predicted, share within the target, whether the median passes.

    ``reached``: names of outcomes that are fitted. One that is not ruled nothing out, so the whole fit predicts it.
    """
    rows, studies = [], list(dict.fromkeys(t.study.id for t in targets))
    seen_by = {study: _seen(targets, reached, study) for study in studies}
    different = list(dict.fromkeys(seen_by.values()))
    with ThreadPoolExecutor() as pool:  # what takes the time is numpy's, which lets threads run side by side
        drawn = pool.map(lambda seen: _population(targets, seen, emulators, d, seed), different)
        populations = dict(zip(different, drawn, strict=True))
    for study in studies:
        own = [t for t in targets if t.study.id == study]
        unit = populations[seen_by[study]]
        for target in own:
            mean, error = emulators[target.name].predict(unit)
            y = mean + error * np.random.default_rng(seed).standard_normal(mean.size)
            middle, low, high = np.quantile(y, [0.5, 0.025, 0.975])
            share, passed = match.within(target, y).mean(), match.within(target, np.array([middle]))[0]
            rows.append((study, target.outcome.name, target.outcome.published, middle, low, high, float(share),
                         bool(passed)))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _seen(targets: Sequence[Target], reached: Sequence[str], study: str) -> tuple[str, ...]:
    """Outcomes that are fitted, but for those of the experiment that ``study`` belongs to."""
    own = next(_experiment(t) for t in targets if t.study.id == study)
    alike = {t.name for t in targets if _experiment(t) == own}
    return tuple(name for name in reached if name not in alike)


def _experiment(target: Target) -> str:
    """The experiment that an outcome belongs to: several files may be one."""
    return target.study.experiment or target.study.id


def _population(
    targets: Sequence[Target], seen: Sequence[str], emulators: Mapping[str, Emulator], d: int, seed: int
) -> np.ndarray:
    by_name = {t.name: t for t in targets}

    def far(unit: np.ndarray) -> dict[str, np.ndarray]:
        return {name: match.distance(by_name[name], *emulators[name].predict(unit)) for name in seen}

    return smc.draw(lambda points: match.square(far(points), seen), d, SIZE, seed)
