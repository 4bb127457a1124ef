"""Parameter uncertainty as a sample: joint values accepted by ``fundingflows calibrate``.

The sample is in a baseline's folder (``fitted-N.csv``, with a manifest). Each row is one set of values that
reproduces the published natural experiments about as well as the baseline's values do, so correlated
parameters stay correlated. Without a sample, each parameter is drawn from its own plausible range.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import qmc

from ...model.baseline import Baseline
from ...model.errors import InputError


def latest(baseline: Baseline) -> Path | None:
    """The newest fitted sample of a baseline, or nothing."""
    files = sorted(baseline.folder.glob("fitted-*.csv"), key=lambda file: int(file.stem.removeprefix("fitted-")))
    return files[-1] if files else None


def sample(baseline: Baseline, file: Path | None = None) -> pd.DataFrame:
    """All accepted sets of values, one to a row; columns are paths of parameters.

    Raises:
        InputError: when there is no such file, or it names a parameter that the model does not have.
    """
    path = file or latest(baseline)
    if path is None or not path.is_file():
        raise InputError(f"{path or 'fitted-1.csv'}: no such file; fundingflows calibrate makes a sample")
    table = pd.read_csv(path)
    for name in table.columns:
        baseline.parameters[str(name)]  # says so when it is unknown
    return table.astype(float)


def manifest(baseline: Baseline, file: Path | None = None) -> dict[str, Any]:
    """How the sample was made: method, rows fitted, priors, version of the model, date; empty where none ships."""
    path = file or latest(baseline)
    facts = path.with_suffix(".json") if path else None
    return json.loads(facts.read_text(encoding="utf-8")) if facts and facts.is_file() else {}


def uncertain(baseline: Baseline) -> list[str]:
    """Paths of the parameters that draws vary: the columns of the sample, or behavioural parameters with a range."""
    if latest(baseline) is not None:
        return [str(name) for name in sample(baseline).columns]
    behaviour = {path: p for path, p in baseline.parameters.items() if path.startswith("behaviour.")}
    return [path for path, p in behaviour.items() if p.range[0] < p.range[1]]


def draws(baseline: Baseline, n: int, seed: int = 1) -> list[dict[str, float]]:
    """Some joint draws, each a mapping from path to value, for ``Parameters.changed`` or the ``changes`` of a run.

    Rows of the sample are drawn without replacement until all are used, in an order fixed by ``seed``:
    a larger ``n`` extends the same draws.

    Raises:
        InputError: for a number of draws below 1.
    """
    if n < 1:
        raise InputError(f"draws: expected at least 1, got {n}")
    if latest(baseline) is None:
        return list(_from_ranges(baseline, n, seed))
    table = sample(baseline)
    rng = np.random.default_rng(seed)
    order = np.concatenate([rng.permutation(len(table)) for _ in range(-(-n // len(table)))])[:n]
    return [{str(k): float(x) for k, x in table.iloc[int(i)].items()} for i in order]


def _from_ranges(baseline: Baseline, n: int, seed: int) -> Iterator[dict[str, float]]:
    """A Sobol' sequence over the plausible ranges, each parameter independently."""
    names = uncertain(baseline)
    engine = qmc.Sobol(len(names), rng=np.random.default_rng(seed))
    low, high = np.array([baseline.parameters[name].range for name in names], dtype=float).T
    for point in engine.random_base2(int(np.ceil(np.log2(max(n, 2)))))[:n]:
        yield dict(zip(names, (low + (high - low) * point).tolist(), strict=True))


def describe(baseline: Baseline) -> str:
    """One sentence: where draws come from."""
    path = latest(baseline)
    if path is None:
        return f"the plausible ranges of {len(uncertain(baseline))} behavioural parameters, drawn independently"
    table = sample(baseline, path)
    return f"{path.stem}: {len(table)} joint sets of {table.shape[1]} parameters accepted by fundingflows calibrate"
