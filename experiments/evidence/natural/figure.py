"""The model's figures for published effects, by name, and the effect of a reform on a figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ....agents.cohorts import COHORTS
from ....model.errors import InputError, unknown
from ...results import measures
from .study import Outcome, Study
from .yearly import ALL, columns


def check(study: Study) -> None:
    """Names in ``of``, ``per`` and ``parameter``.

    Raises:
        InputError: for an unknown name.
    """
    for number, outcome in enumerate(study.outcomes, start=1):
        where = f"{study.path.name}: outcomes[{number}]"
        if outcome.parameter:
            study.parameters[outcome.parameter]
        if outcome.of and study.runs:
            _check(f"{where}: of", outcome.of, study.solve)
        if outcome.per and outcome.per not in (known := columns(outcome.of.split(".")[0], study.solve)):
            raise unknown("column", outcome.per, known, where=f"{where}: per")
        if study.design == "arms" and outcome.score in ("numeric", "sign", "null") and not outcome.arm:
            raise InputError(f"{where}: arm: missing; which arm is compared with the control providers?")


def _check(where: str, of: str, solve: str) -> None:
    parts = of.split(".")
    if len(parts) == 1:
        known = [] if solve == "plans" else [m.key for m in measures.MEASURES]
        if of not in known:
            raise unknown("measure", of, known or ["practice.…", "lever.…"], where=where)
        return
    lever = parts[0] == "lever"
    kind = parts[1] if lever else parts[0]
    if kind not in COHORTS:
        raise unknown("kind of provider", kind, COHORTS, where=where)
    known = COHORTS[kind].LEVERS if lever else columns(kind, solve)
    for name in [parts[-1]] if lever else parts[-1].split("+"):
        if name not in known:
            raise unknown("lever" if lever else "column", name, known, where=where)


def read(outcome: Outcome, run: Mapping[str, Any], first: int, last: int, arm: str = "") -> float:
    """An outcome's figure over some years of a run (counted from 1), as ``yearly.figures`` leaves it."""
    parts = outcome.of.split(".")
    years = range(first, last + 1)
    if len(parts) == 1:
        return float(np.mean([run[f"{y}/{outcome.of}"] for y in years]))
    lever = parts[0] == "lever"
    kind = parts[1] if lever else parts[0]
    names = [f"lever_{parts[2]}"] if lever else parts[1].split("+")
    heads = [f"{y}/{arm or ALL}/{kind}" for y in years]
    top = sum(float(run[f"{h}.{name}"]) for h in heads for name in names)
    if outcome.per:
        return top / max(sum(float(run[f"{h}.{outcome.per}"]) for h in heads), 1e-12)
    means = [state.name for state in COHORTS[kind].STATES if state.mean]
    return top / (sum(float(run[f"{h}#"]) for h in heads) if lever or names[0] in means else len(heads))


def change(outcome: Outcome, control: float, treated: float) -> float:
    """Treated less control, in the outcome's unit."""
    if outcome.unit == "percent":
        return 100.0 * (treated / control - 1.0) if control else float("nan")
    return (treated - control) * (100.0 if outcome.unit == "points" else 1.0)


def effect(study: Study, outcome: Outcome, runs: Mapping[str, Mapping[str, Any]]) -> float:
    """The reform's effect with one seed: ``runs`` by arm, as ``yearly.figures`` leaves them."""
    found = _span(study, outcome, runs, *outcome.years)
    return found - _span(study, outcome, runs, *outcome.less) if outcome.less else found


def _span(study: Study, outcome: Outcome, runs: Mapping[str, Mapping[str, Any]], first: int, last: int) -> float:
    years = study.before + first, study.before + last
    if study.design == "pair":
        control, treated = (read(outcome, runs[arm], *years, arm=outcome.arm) for arm in ("control", "treatment"))
        return change(outcome, control, treated)
    run, parts = runs["treatment"], []
    for arm in ("control", outcome.arm):  # each against its own past, then one against the other
        past = read(outcome, run, 1, study.before, arm=arm)
        parts.append(change(outcome, past, read(outcome, run, *years, arm=arm)))
    return parts[1] - parts[0]
