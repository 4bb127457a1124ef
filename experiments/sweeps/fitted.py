"""Parameter uncertainty as a sample: joint values accepted by ``fundingflows calibrate``.

The sample is in a baseline's folder (``fitted-N.csv``, with a manifest). Each row is one set of values that
reproduces the published natural experiments about as well as the baseline's values do, so correlated
parameters stay correlated.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from ...model.baseline import Baseline
from ...model.errors import InputError
from ...model.numbers import MOST
from ...scenarios import tables


def latest(baseline: Baseline) -> Path | None:
    """The newest fitted sample of a baseline, or nothing."""
    return baseline.file("fitted-*.csv")


def sample(baseline: Baseline, file: Path | None = None) -> pd.DataFrame:
    """All accepted sets of values, one to a row; columns are paths of parameters.

    Raises:
        InputError: when there is no such file, or for the first name or number in it that cannot be used.
    """
    path = file or latest(baseline)
    if path is None or not path.is_file():
        raise InputError(f"{path or 'fitted-1.csv'}: no such file; fundingflows calibrate makes a sample")
    known = dict.fromkeys(baseline.parameters, tables.Column(low=-MOST))
    return tables.table(path, known, list(known), "sets of values").astype(float)


def manifest(baseline: Baseline, file: Path | None = None) -> dict[str, Any]:
    """How the sample was made: method, rows fitted, priors, version of the model, date; empty where none ships."""
    path = file or latest(baseline)
    facts = path.with_suffix(".json") if path else None
    return json.loads(facts.read_text(encoding="utf-8")) if facts and facts.is_file() else {}
