"""Runs a row of ``table.toml`` and compares it with its reference on the same seeds."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from fundingflows.agents.commissioner import CUTS
from fundingflows.experiments.results.measures import MEASURES
from fundingflows.experiments.results.year import Year
from fundingflows.model.contracts.change import Change, Who, stepped
from fundingflows.model.contracts.proportion import times
from fundingflows.model.scenario import Funding
from fundingflows.scenarios import FundingFlows, load_funding, load_place

TABLE = tomllib.loads((Path(__file__).parent / "table.toml").read_text(encoding="utf-8"))
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
RATES = ("ae", "failed", "occupancy", "deaths", "qalys")  #: measures whose sizes do not depend on the place's
MISSING: dict[str, str] = {row: gap["reason"] for gap in TABLE.get("missing", []) for row in gap["rows"]}


def _in_somerset(case: dict[str, Any]) -> dict[str, Any]:
    """A case, or a reference, in a sample of Somerset: the same directions, and sizes that hold in any place."""
    there, where = TABLE["somerset"], ("place", "sample", "seeds")
    rows = []
    for row in case.get("expect", []):
        kept = (
            row if row.get("percent") or row["measure"] in RATES else {k: v for k, v in row.items() if k != "between"}
        )
        rows.append(kept | there["apart"].get(label(case, row), {}))
    name = {key: f"somerset-{case[key]}" for key in ("name", "against") if key in case}
    years = {"years": max(case.get("years", 0), there["years"])}
    return case | name | {key: there[key] for key in where} | years | {"expect": rows}


def label(case: dict[str, Any], row: dict[str, Any]) -> str:
    """The row's name."""
    return f"{case['name']}: {row['measure']}" + (f", {row['year']} year" if "year" in row else "")


TABLE["references"] += [_in_somerset(case) for case in TABLE["references"]]
TABLE["cases"] += [_in_somerset(case) for case in TABLE["cases"] if case["name"] in TABLE["somerset"]["cases"]]
CASES: dict[str, dict[str, Any]] = {case["name"]: case for case in (*TABLE["references"], *TABLE["cases"])}
START = date(2015, 4, 1)  # the first day of the baseline's year
MATERIAL = 0.001  # differences below this share of the reference are none
#: the same for what moves little, per 1,000 people: half a death in five years of Anytown, a fifth of a QALY a year
LEAST = {"deaths": 0.005, "qalys": 0.01}
#: commissioners that cut nothing and add nothing
HELD = {f"money.squeeze_limit_{item}": {"set": 0.0} for item in CUTS}
Read = Callable[[Year], float]


def _event(name: str, bands: slice = slice(0, 7)) -> Read:
    """An event a year per 1,000 people."""
    return lambda y: 1000.0 * y.event(name, bands=bands) / y.number()


def _weeks(*kinds: str) -> Read:
    """People in care: client-weeks of these kinds, by weeks of a year."""
    return lambda y: sum(float(y.organisations["social_care"][f"{kind}_weeks"].sum()) for kind in kinds) / 52.0


READ: dict[str, tuple[str, Read]] = {measure.key: (measure.label, measure.read) for measure in MEASURES} | {
    "people": ("People registered", Year.number),
    "unmet": ("Requests given up or taken elsewhere, per 1,000", _event("unmet_requests")),
    "ae_65": ("A&E attendances of people over 65, per 1,000 of all ages", _event("ae_attendances", slice(4, 7))),
    "nurse_consultations": ("Consultations of other staff, per 1,000", _event("other_consultations")),
    "council_clients": ("People whose care the council pays for", _weeks("home_care", "council_place")),
    "nhs_delays": ("Bed-days delayed by NHS care, per 1,000", _event("nhs_delayed_nights")),
    "beds": ("Beds open", lambda y: y.series["beds_open"]),
    "others_income": (
        "Paid to practices and social care, £m",
        lambda y: y.income("practice") + y.income("social_care"),
    ),
    "hospital_cost": ("Hospitals' cost, £m", lambda y: y.cost("hospital")),
    "readmissions": ("Emergency readmissions, per 1,000", _event("readmissions")),
    "hospital_deaths": ("Deaths in hospital, per 1,000", _event("hospital_deaths")),
    "effort_on_quality": (
        "Hospitals' effort on quality of care",
        lambda y: float(y.organisations["hospital"]["lever_quality"].mean()),
    ),
}


class Found(NamedTuple):
    """The reference's mean over seeds, the mean paired difference, and twice its standard error (0 for one seed)."""

    reference: float
    difference: float
    noise: float


def found(case: dict[str, Any], row: dict[str, Any]) -> Found:
    """What a row's measure does in the case, against the case's reference."""
    when, measure, seeds = row.get("year", "all"), row["measure"], range(1, case.get("seeds", 1) + 1)
    drift = case.get("against") == "first year"
    other = case["name"] if drift else reference(case)
    before = np.array([figures(other, seed)["first" if drift else when][measure] for seed in seeds])
    after = np.array([figures(case["name"], seed)["last" if drift else when][measure] for seed in seeds])
    each = after - before
    noise = 2.0 * each.std(ddof=1) / len(each) ** 0.5 if len(each) > 1 else 0.0
    return Found(float(before.mean()), float(each.mean()), float(noise))


def reference(case: dict[str, Any]) -> str:
    """The case that one is compared with: named, or the status quo of the same place, years and behaviour."""
    alike = ("place", "sample", "years", "frozen", "payers")
    usual = (
        name for name, c in CASES.items() if c in TABLE["references"] and all(c.get(k) == case.get(k) for k in alike)
    )
    return case.get("against") or next(usual)


def holds(row: dict[str, Any], seen: Found) -> bool:
    """Whether what was found is what the row expects; bounds give way by what chance alone may do."""
    _, d, noise = seen
    least = max(LEAST.get(row["measure"], MATERIAL * abs(seen.reference)), noise)
    meets = {"up": d > least, "down": d < -least, "not up": d <= least, "not down": d >= -least, "same": True}
    low, high = row.get("between", (-np.inf, np.inf))
    unit = abs(seen.reference) / 100.0 if row.get("percent") else 1.0
    return bool(meets[row["expect"]]) and low * unit - least <= d <= high * unit + least


# runs ---------------------------------------------------------------------------------------------------------


@cache
def figures(name: str, seed: int) -> dict[str, dict[str, float]]:
    """Every measure of a case's run: over all years, in the first and in the last."""
    model = started(CASES[name], seed)
    model.run(CASES[name].get("years", 5))
    stretches = {"all": Year(model), "first": Year(model, 0, 1), "last": Year(model, len(model.record.years) - 1)}
    return {when: {key: _number(read, year) for key, (_, read) in READ.items()} for when, year in stretches.items()}


def _number(read: Read, year: Year) -> float:
    try:
        return float(read(year))
    except ZeroDivisionError:  # such as the margin of a hospital without income
        return float("nan")


def started(case: dict[str, Any], seed: int) -> FundingFlows:
    """A case's model before its first week."""
    place = load_place(case.get("place", "anytown"))
    parameters = place.baseline.parameters
    first = {path: stepped(path, parameters[path].value, step, 1.0) for path, step in case.get("start", {}).items()}
    model = FundingFlows(
        place, funding(case), rng=seed, parameters=parameters.replaced(first), threads=1,
        sample=case.get("sample", 1.0),
        freeze_behaviour=case.get("frozen", False), ageing=case.get("ageing", True), hold=case.get("hold", ()),
    )  # fmt: skip
    for path, value in case.get("levers", {}).items():
        kind, lever = path.split(".")
        cohort = next(c for c in model.cohorts if c.kind == kind)
        cohort.levers[:, cohort.LEVERS.index(lever)] = value
    if "people" in case:
        PEOPLE[case["people"]](model)
        model.census = model._review(0)
    return model


def funding(case: dict[str, Any]) -> Funding:
    """The case's funding file with its changes, which begin on the first day."""
    name, over = case.get("funding", "status_quo"), case.get("over", 1)
    example = EXAMPLES / f"{name}.toml"
    file = load_funding(str(example) if example.exists() else name)
    numbers = case.get("set", {}) | (HELD if case.get("payers") == "held" else {})
    changes = [Change(START, over=over, set=numbers)] if numbers else []
    for who, factor in case.get("pay", {}).items():  # a kind of provider, or one term of its contract
        kind, _, term = who.partition(".")
        prices = times(kind, file.contracts[kind], factor, term)
        changes.append(Change(START, over=over, who=Who(kind), set=prices))
    pools = tuple(replace(pool, **case.get("pool", {})) for pool in file.pools)
    return replace(file, changes=(*file.changes, *changes), pools=pools)


# people -------------------------------------------------------------------------------------------------------


def _frailer(model: FundingFlows) -> None:
    """A third of the people are one step frailer."""
    people = model.patients.people
    chosen = people.key % np.uint64(3) == 0
    people.state["frailty"] = np.minimum(people.state["frailty"] + chosen, 3)


def _poorer(model: FundingFlows) -> None:
    """All live in the most deprived fifth."""
    model.patients.people.traits[:] &= np.uint8(0b11110001)


PEOPLE: dict[str, Callable[[FundingFlows], None]] = {"frailer": _frailer, "poorer": _poorer}
