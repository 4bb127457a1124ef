"""The published experiments behind a behaviour's response, with what the model makes of them.

``validated.csv`` ships beside the studies: the effects and verdicts of the last ``fundingflows validate``, as
docs/validation.md shows them, so that a page can show them without a run.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from . import study, unseen
from .answer import NO_CHANNEL, PASS, Answer
from .answer import table as lines
from .names import figure_of
from .score import Scored
from .study import Study

STORED = Path(__file__).parent / "validated.csv"


@cache
def validated() -> dict[tuple[str, str], dict[str, float | str]]:
    """Simulated effect, its interval, seeds and verdict, by study and name of the outcome."""
    rows = pd.read_csv(STORED).to_dict("records")
    return {(str(row["row"]), str(row["outcome"])): row for row in rows}  # type: ignore[misc]


@cache
def answers() -> tuple[Answer, ...]:
    """The answers to all shipped studies that the model can be asked."""
    out = [Answer(one, _scored(one)) for one in study.folder() if one.runs]
    unseen.add(out)
    return tuple(out)


def _scored(one: Study) -> list[Scored]:
    nan, stored = float("nan"), [(outcome, validated().get((one.id, outcome.name))) for outcome in one.scored]
    return [
        Scored(outcome, int(row["seeds"]), float(row["simulated"]), nan, float(row["low"]), float(row["high"]), nan,
               row["verdict"] == PASS, True, row["verdict"] != NO_CHANNEL)
        for outcome, row in stored if row
    ]  # fmt: skip


def behind(kind: str, lever: str, done: Collection[str]) -> pd.DataFrame:
    """Outcomes that measured a behaviour, or what it does most (``done``, columns of its kind), as ``answer.table``."""
    table = lines(answers())
    about = np.array([_about(str(of), kind, lever, done) for of in table["figure"]])
    return cast(pd.DataFrame, table[about & (table["seeds"] > 0).to_numpy()])


def _about(of: str, kind: str, lever: str, done: Collection[str]) -> bool:
    if not of:
        return False
    figure = figure_of(of)
    if figure.sort == "lever":
        return figure.parts == [(kind, lever)]
    return figure.sort == "columns" and any(part in [(kind, name) for name in done] for part in figure.parts)
