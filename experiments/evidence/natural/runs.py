"""Runs of natural experiments: both arms under a seed and a set of parameters."""

from __future__ import annotations

from collections.abc import Mapping

from ....agents.patients.calendar import WEEKS
from ...runs.spec import RunSpec
from .arms import Arms
from .yearly import row


def spec(arms: Arms, arm: str, seed: int, parameters: Mapping[str, float]) -> RunSpec:
    """The run of one arm of an experiment, with these parameters by path in place of the baseline's."""
    changes = {path: {"set": value} for path, value in parameters.items()}
    name, weeks = f"{arms.study.id}/{arm}", arms.years * WEEKS
    return RunSpec(arms.cases[arm], name, seed, weeks, changes, reader=row, settled=arms.study.settled)
