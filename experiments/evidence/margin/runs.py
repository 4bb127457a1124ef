"""The runs behind the marginal pound: every service with more and with less money, and the reference, seed by seed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ....agents.patients.calendar import WEEKS
from ....model.scenario import Scenario
from ....model.system import HealthEconomy
from ...results.numbers import signed
from ...results.year import Year
from ...runs.engine import Options, make_all
from ...runs.spec import RunSpec
from .money import Service, changed

COUNTED = ("spending", "qalys", "deaths", "hospital")


class Arm(NamedTuple):
    """A service and the share more (or less) that it is paid; the reference has no service."""

    service: str = ""
    share: float = 0.0


REFERENCE = Arm()
Sums = Mapping[Arm, Mapping[str, np.ndarray]]  # what each arm comes to, (seeds,) by what is ``COUNTED``


def yearly(model: HealthEconomy) -> dict[str, Any]:
    """The row of a finished run, year by year: public spending and hospitals' cost in £, QALYs, deaths."""
    years = [Year(model, k, k + 1) for k in range(len(model.record.years))]
    figures = {
        "spending": [1e6 * y.public() for y in years],
        "qalys": [float(y.qalys.sum()) for y in years],
        "deaths": [y.event("deaths") for y in years],
        "hospital": [1e6 * y.cost("hospital") for y in years],
    }
    return {name: json.dumps(values) for name, values in figures.items()}


def plan(
    case: Scenario, services: Sequence[Service], share: float, years: int, follow: int, seeds: Sequence[int]
) -> dict[tuple[Arm, int], RunSpec]:
    """Every run by arm and seed: money for ``years``, counted for ``follow`` years more."""
    if case.funding is None:
        raise ValueError("a way of paying is needed")
    starts, weeks = case.place.file.starts, (years + follow) * WEEKS
    arms = {REFERENCE: case.funding} | {
        Arm(service.key, x): changed(case.funding, service, x, starts, years)
        for service in services
        for x in (share, -share)
    }
    return {
        (arm, seed): RunSpec(replace(case, funding=funding), _name(arm), seed, weeks, reader=yearly)
        for seed in seeds
        for arm, funding in arms.items()
    }


def _name(arm: Arm) -> str:
    return f"{arm.service} {signed(100 * arm.share)} %" if arm.service else "reference"


def kept(runs: Mapping[tuple[Arm, int], RunSpec], folder: Path, options: Options, title: str, rate: float) -> Sums:
    """What each arm comes to over all years, discounted at ``rate`` a year; runs are kept in the folder.

    Raises:
        Stopped: when something outside the program prevents it; finished runs are kept.
    """
    rows = make_all(list(runs.values()), folder, options, title)
    return sums({which: rows[run.key] for which, run in runs.items()}, rate)


def sums(rows: Mapping[tuple[Arm, int], Mapping[str, Any]], rate: float) -> Sums:
    """Discounted sums by arm from rows by arm and seed; a year's figures count at its beginning."""
    out: dict[Arm, dict[str, np.ndarray]] = {}
    for arm in dict.fromkeys(arm for arm, _ in rows):
        own = [row for (which, _), row in rows.items() if which == arm]
        out[arm] = {name: np.array([present(json.loads(row[name]), rate) for row in own]) for name in COUNTED}
    return out


def present(values: Sequence[float], rate: float) -> float:
    """The sum of yearly values, the first year's at full weight, each later one's at 1 / (1 + rate) of the last."""
    x = np.asarray(values, dtype=float)
    return float(x @ (1.0 + rate) ** -np.arange(x.size))
