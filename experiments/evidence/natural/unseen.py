"""What a fit says of experiments that it has not seen: ``left-out-N.csv``, which ships beside the fitted sample."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ....scenarios import baseline_of
from ...sweeps import fitted
from .answer import Answer, Unseen
from .study import Study

NAME = "left-out"  #: of the file, with the number of the sample that it belongs to


def of(study: Study) -> dict[str, Unseen] | None:
    """Predictions for a study by name of outcome: empty if the fit never saw it, nothing if there is no fit."""
    file = fitted.latest(baseline_of(study.where))
    path = file.with_name(file.name.replace("fitted", NAME)) if file else None
    return read(path, study.id) if path and path.is_file() else None


def read(path: Path, row: str) -> dict[str, Unseen]:
    """Predictions for one experiment in a file as ``fundingflows calibrate`` writes it."""
    table = pd.read_csv(path)
    found = table[table["row"] == row]
    columns = (found[name] for name in ("outcome", "predicted", "low", "high", "passed"))
    return {
        str(outcome): Unseen(float(predicted), float(low), float(high), bool(passed))
        for outcome, predicted, low, high, passed in zip(*columns, strict=True)
    }


def add(answers: Sequence[Answer]) -> None:
    """Give each answer that the model was asked for its predictions."""
    for answer in answers:
        if answer.scored and (found := of(answer.study)) is not None:
            answer.unseen, answer.held_out = found, not found
