"""Uncertainty about everything that is assumed: joint draws of all numbers that are not known.

Numbers that ``fundingflows calibrate`` fits come from its sample, a row at a time, so that they stay correlated as the
published experiments make them. Every other assumed, recalled or derived number is drawn from its plausible range,
independently: half of the draws lie below the baseline's value and half above, evenly on each side. A table is drawn as
a factor on the whole of it. Numbers that the baseline year fixes, units of measurement and rules are held; a baseline's
``uncertainty.toml`` names them with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from scipy.stats.qmc import Sobol

from ...model.baseline import Baseline
from ...model.errors import InputError, unknown
from ...model.parameters import Parameter
from ...model.reading import toml
from ...scenarios.baseline import UNCERTAINTY
from ..results.words import plain
from . import fitted

DIGITS = 6  #: of a value, so that a draw has one key on every machine
LOST = 0.1  #: largest share of draws that may be left out because a run fails at them


class _Held(BaseModel):
    """Numbers that are not drawn, and why."""

    model_config = ConfigDict(extra="forbid", strict=True)
    reason: str = Field(min_length=1)
    numbers: list[str] = Field(min_length=1)


class _File(BaseModel):
    """``uncertainty.toml`` as written."""

    model_config = ConfigDict(extra="forbid", strict=True)
    held: list[_Held] = []


def held(baseline: Baseline) -> dict[str, str]:
    """Paths of numbers that are not drawn, each with the reason; none where the baseline has no ``uncertainty.toml``.

    Raises:
        InputError: for a file of another form, or a number that the baseline does not have.
    """
    return _held(baseline.file(UNCERTAINTY), tuple(baseline.parameters))


@cache
def _held(path: Path | None, known: tuple[str, ...]) -> dict[str, str]:
    if path is None:
        return {}
    try:
        file = _File.model_validate(toml(path))
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{UNCERTAINTY}: {'.'.join(map(str, first['loc']))}: {plain(first['msg'])}") from None
    found: dict[str, str] = {}
    for group in file.held:
        for number in group.numbers:
            if number not in known:
                raise unknown("parameter", number, known, where=UNCERTAINTY)
            found[number] = group.reason
    return found


def drawn(baseline: Baseline) -> list[str]:
    """Paths of the numbers that draws vary: those of the fitted sample, and all that are not known nor held."""
    joint = set(_joint(baseline))
    fixed = held(baseline)
    return [
        path for path, p in baseline.parameters.items()
        if path in joint or (p.status != "verified" and p.range[0] < p.range[1] and path not in fixed)
    ]  # fmt: skip


def draws(baseline: Baseline, n: int, seed: int = 1) -> list[dict[str, float]]:
    """Joint draws, each a mapping from path to value (to a factor, for a table), as sweeps change parameters.

    A larger ``n`` extends the same draws. Rows of the fitted sample are used without replacement until all are used.

    Raises:
        InputError: for a number of draws below 1.
    """
    if n < 1:
        raise InputError(f"draws: expected at least 1, got {n}")
    joint = _joint(baseline)
    alone = [path for path in drawn(baseline) if path not in joint]
    return [
        {**ours, **theirs}
        for ours, theirs in zip(_from_sample(baseline, joint, n, seed), _from_ranges(baseline, alone, n, seed),
                                strict=True)
    ]  # fmt: skip


def changes(baseline: Baseline, draw: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """A draw as changes of parameters, as ``Parameters.changed`` and runs take them."""
    return {path: {"multiply" if baseline.parameters[path].by else "set": x} for path, x in draw.items()}


def enough(good: int, asked: int) -> bool:
    """Whether draws at which all runs succeed are enough of those that were asked for."""
    return good >= 2 and good >= (1.0 - LOST) * asked


def lost_words(lost: int, asked: int) -> str:
    """What is said of draws that are left out, without a full stop; nothing where there are none."""
    if not lost:
        return ""
    are, them = ("is", "it") if lost == 1 else ("are", "them")
    why = f"since a run failed at {them}: as a rule no price of a bonus raises its money"
    return f"{lost} of {asked} draws {are} left out, {why}"


def describe(baseline: Baseline) -> str:
    """One sentence: where draws come from."""
    joint, everything = _joint(baseline), drawn(baseline)
    alone = f"{len(everything) - len(joint)} assumed, recalled and derived numbers from their plausible ranges"
    if not joint:
        return alone
    rows = len(fitted.sample(baseline))
    return f"{alone}, with one of {rows} joint sets of {len(joint)} numbers accepted by fundingflows calibrate"


def _joint(baseline: Baseline) -> list[str]:
    """Numbers drawn from the fitted sample: those whose accepted values still lie within their range."""
    if fitted.latest(baseline) is None:
        return []
    table = fitted.sample(baseline)
    ranges = {name: baseline.parameters[str(name)].range for name in table.columns}
    within = [name for name, (low, high) in ranges.items() if bool(table[name].between(low, high).all())]
    return [str(name) for name in within]


def _from_sample(baseline: Baseline, names: list[str], n: int, seed: int) -> Iterator[dict[str, float]]:
    if not names:
        yield from ({} for _ in range(n))
        return
    table = fitted.sample(baseline)[names]
    rng = np.random.default_rng(seed)
    order = np.concatenate([rng.permutation(len(table)) for _ in range(-(-n // len(table)))])[:n]
    for row in order:
        yield {str(name): float(x) for name, x in table.iloc[int(row)].items()}


def _from_ranges(baseline: Baseline, names: list[str], n: int, seed: int) -> Iterator[dict[str, float]]:
    """Points of a scrambled Sobol' sequence, mapped onto the ranges."""
    if not names:
        yield from ({} for _ in range(n))
        return
    engine = Sobol(len(names), rng=np.random.default_rng(seed))
    for point in engine.random_base2(int(np.ceil(np.log2(max(n, 2)))))[:n]:
        yield {
            name: float(f"{_at(baseline.parameters[name], float(u)):.{DIGITS}g}")
            for name, u in zip(names, point, strict=True)
        }


def _at(number: Parameter, u: float) -> float:
    """The value at a quantile ``u`` of a distribution whose median is the baseline's value, even on each side of it."""
    low, high = number.range
    middle = 1.0 if number.by else float(number.value)
    if not low < middle < high:
        return low + (high - low) * u
    return low + (middle - low) * 2.0 * u if u < 0.5 else middle + (high - middle) * (2.0 * u - 1.0)
