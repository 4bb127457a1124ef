"""Paths: how prices, pay, need and allocations move from year to year, in real terms, as data.

A paths file has a table for each thing that moves (``[prices.hospital]``, ``[need.emergencies]``), with its yearly
``growth`` or its ``level`` by year relative to the first. What no table names stays as in the baseline year. A path
becomes a dated change of the funding file, so that payers, providers and patients meet it as they meet any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..model.contracts.change import Change
from ..model.contracts.contract import Contract
from ..model.contracts.fields import ByActivity, Number, term_fields
from ..model.errors import InputError, unknown
from ..model.place.place import Place
from ..model.reading import toml
from ..model.scenario import KINDS, Funding
from .files import FOLDER, find
from .terms import say

MOST_YEARS = 50  #: that a constant growth lasts, and that a change can last
#: parameters that grow by themselves at a rate, by the path that gives the rate
RATES = {
    "allocations.commissioner": "money.allocation_growth",
    "allocations.nhs_england": "money.nhs_england_growth",
    "allocations.council": "social_care.budget_growth",
}
#: parameters whose level follows a path
LEVELS = {
    "need.consultations": ("general_practice.consultation_rate",),
    "need.emergencies": ("hospital.emergency_rate", "hospital.ae_rate"),
    "need.electives": (
        "hospital.gp_referral_rate", "hospital.other_referral_rate", "hospital.rtt_stops_rate",
        "hospital.day_case_rate", "hospital.inpatient_rate",
    ),
    "pay.practice": (
        "money.practice_cost_salaried_gp", "money.practice_cost_nurse", "money.practice_cost_direct_care",
        "money.practice_cost_admin", "general_practice.salaried_income",
    ),
    "pay.hospital": (
        "money.unit_cost_elective_day_case", "money.unit_cost_elective_inpatient", "money.unit_cost_emergency_zero_day",
        "money.unit_cost_emergency_overnight", "money.unit_cost_outpatient_first",
        "money.unit_cost_outpatient_follow_up", "money.unit_cost_outpatient_other", "money.unit_cost_ae_major",
        "money.bed_day_cost", "money.other_acute_cost",
    ),
    "pay.community": ("community.visit_cost", "community.home_case_cost", "community.step_down_cost"),
    "pay.social_care": (
        "social_care.home_care_price", "social_care.care_home_price", "social_care.self_funded_price",
        "social_care.nhs_funded_price",
    ),
}  # fmt: skip
PRICES = {f"prices.{kind}": kind for kind in KINDS}  #: sums of money in the contracts of a kind of provider


def known() -> list[str]:
    """Names of everything that can have a path."""
    return sorted([*RATES, *LEVELS, *PRICES])


class _Path(BaseModel):
    """One table of a paths file, as written."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    growth: float | int | list[float | int] | None = Field(None, description="a year, from the second year on")
    level: list[float | int] | None = Field(None, description="by year, relative to the first")
    status: str = Field("assumed", min_length=1)
    source: str = Field(min_length=1)


@dataclass(frozen=True)
class Paths:
    """Yearly growth by name, from the second year on; after the last year given there is none."""

    id: str
    title: str
    growth: Mapping[str, tuple[float, ...]]

    def levels(self, name: str) -> np.ndarray:
        """Levels (years,) relative to the first year."""
        return np.cumprod([1.0, *(1.0 + g for g in self.growth.get(name, ()))])


def load_paths(name: str | Path) -> Paths:
    """Paths by the name of a file that ships, or by the path of a file.

    Raises:
        InputError: for a file that cannot be used, or a table that is unknown or has neither growth nor levels.
    """
    path = find("paths file", name, {file.stem: file for file in (FOLDER / "paths").glob("*.toml")})
    raw = toml(path)
    title = str(raw.pop("title", path.stem))
    for key in ("description", "source"):
        raw.pop(key, None)
    growth = {}
    for group, tables in raw.items():
        for key, table in tables.items() if isinstance(tables, dict) else ():
            growth[f"{group}.{key}"] = _growth(path.name, f"{group}.{key}", table)
        if not isinstance(tables, dict):
            raise unknown("table", group, known(), where=path.name)
    return Paths(path.stem, title, growth)


def _growth(file: str, name: str, raw: Any) -> tuple[float, ...]:
    if name not in known():
        raise unknown("path", name, known(), where=file)
    try:
        table = _Path.model_validate(raw)
    except ValidationError as error:
        raise say(error, f"{file}: {name}", list(_Path.model_fields)) from None
    if (table.growth is None) == (table.level is None):
        raise InputError(f"{file}: {name}: expected growth or level, and one of them only")
    if table.level is not None:
        growth = _from_levels(file, name, table.level)
    else:
        growth = table.growth if isinstance(table.growth, list) else [table.growth or 0.0] * (MOST_YEARS - 1)
    if not 0 < len(growth) < MOST_YEARS or min(growth) <= -1.0:
        raise InputError(f"{file}: {name}: expected growth above -1 in 1 to {MOST_YEARS - 1} years, got {growth[:3]} …")
    return tuple(float(g) for g in growth)


def _from_levels(file: str, name: str, levels: list[float | int]) -> list[float]:
    if len(levels) < 2 or levels[0] != 1.0 or min(levels) <= 0.0:
        raise InputError(f"{file}: {name}.level: expected positive numbers that begin with 1, got {levels}")
    return [after / before - 1.0 for before, after in pairwise(levels)]


def along(funding: Funding, paths: Paths, place: Place) -> Funding:
    """A funding file under which prices, pay, need and allocations follow their paths.

    Raises:
        InputError: for prices of a contract that are still to be solved for.
    """
    steps: dict[str, dict[str, list[float]]] = {}
    years = max((len(g) for g in paths.growth.values()), default=0) + 1
    for name, growth in paths.growth.items():
        levels = paths.levels(name)
        levels = [*levels.tolist(), *[float(levels[-1])] * (years - levels.size)]
        if name in RATES:  # money grows at the year's end, by the rate of the year that ends
            steps[RATES[name]] = {"set": [*growth, *[0.0] * (years - len(growth))]}
        elif name in LEVELS:
            steps |= {path: {"multiply": levels} for path in LEVELS[name]}
        else:
            steps |= {path: {"multiply": levels} for path in _sums(PRICES[name], funding)}
    if not steps:
        return funding
    change = Change(place.file.starts, f"paths ({paths.id})", over=years, set=steps)
    return replace(funding, changes=(*funding.changes, change), text=f"{funding.text}\n# paths: {paths}\n")


def _sums(kind: str, funding: Funding) -> Iterator[str]:
    """Paths of every sum of money in the contracts of a kind of provider, those that changes bring included."""
    later: list[Any] = [c for c in funding.changes if c.who is not None and c.who.kind == kind]
    contracts = [funding.contracts[kind], *(Contract((*(c.contract or ()), *c.add_terms)) for c in later)]
    for term in {term.name: term for contract in contracts for term in contract}.values():
        for field in term_fields(type(term)).values():
            value, path = getattr(term, field.name), f"contracts.{kind}.{term.name}.{field.name}"
            if isinstance(field.rule, ByActivity) and field.rule.unit == "£":
                yield from (f"{path}.{activity}" for activity in value)
            elif isinstance(field.rule, Number) and field.rule.unit == "£" and value:
                yield path
