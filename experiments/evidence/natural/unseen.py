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


def of(study: Study) -> dict[str, Unseen]:
    """Predictions for a study by name of outcome; none where no fit left it out."""
    file = fitted.latest(baseline_of(study.where))
    path = file.with_name(file.name.replace("fitted", NAME)) if file else None
    if path is None or not path.is_file():
        return {}
    return read(path, study.id)


def read(path: Path, row: str) -> dict[str, Unseen]:
    """Predictions for one experiment in a file as ``fundingflows calibrate`` writes it."""
    table = pd.read_csv(path)
    found = table[table["row"] == row].to_dict("records")
    return {
        str(r["outcome"]): Unseen(float(r["predicted"]), float(r["low"]), float(r["high"]), bool(r["passed"]))
        for r in found
    }


def add(answers: Sequence[Answer]) -> None:
    """Give each answer that the model was asked for its predictions."""
    for answer in answers:
        if answer.scored:
            answer.unseen = of(answer.study)
