"""The model compared with the published baseline year, figure by figure and pound by pound.

The figures are data of the baseline (``figures.toml``, ``money.toml``); how each is read off a run is code, by key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import numpy as np
import pandas as pd

from ...agents.patients.calendar import WEEKS
from ...model.baseline import Baseline
from ...model.errors import InputError, nearest, unknown
from ...model.reading import toml
from ...model.system import HealthEconomy
from .year import Year

SENIOR = slice(4, 7)  #: age bands from 65
CONDITIONS = "conditions"  #: key of the counts of people by number of conditions
FIELDS = ("label", "value", "unit", "grade", "source")


@dataclass(frozen=True)
class Figure:
    """A published figure, with its grade (V, D, D*, R, A; docs/baseline.md) and source."""

    key: str
    label: str
    value: Any  # a number, or for ``conditions`` a list of them
    unit: str
    grade: str
    source: str

    @property
    def tolerance(self) -> float:
        """5 % of the published figure; 10 % where it is assumed, or published as a range that wide."""
        return 0.10 if self.grade.endswith(("A", "range")) else 0.05


def _scaled(read: Callable[[Year], float], y: Year) -> float:
    """A count scaled to the published number of registered people."""
    return read(y) * y.model.place.baseline.registered / y.number()


def _count(*events: str) -> Callable[[Year], float]:
    """Reads events a year, scaled to the published number of registered people."""
    return partial(_scaled, lambda y: y.event(*events))


def _held(kind: str) -> Callable[[Year], float]:
    """Reads the mean number of people in a kind of care, scaled likewise."""
    return partial(_scaled, lambda y: float(y.organisations["social_care"][f"{kind}_weeks"].sum()) / WEEKS)


def _gps(y: Year) -> float:
    return float(y.organisations["practice"]["gp_fte"].sum())


EMERGENCIES = ("emergency_zero_day", "emergency_overnight")
DELAYED = ("nhs_delayed_nights", "social_delayed_nights")
READERS: dict[str, Callable[[Year], float]] = {
    "consultations": lambda y: y.event("gp_consultations", "other_consultations") / y.number(),
    "gp_contacts_per_fte_week":
        lambda y: y.event("gp_consultations") / _gps(y) / y.model.parameters.general_practice.gp_weeks,
    "gp_fte": lambda y: 1000.0 * _gps(y) / y.number(),
    "failed_at_first_ask": lambda y: y.event("failed_requests") / y.event("requests"),
    "emergencies": lambda y: 1000.0 * y.event(*EMERGENCIES) / y.residents,
    "emergencies_65": lambda y: 1000.0 * y.event(*EMERGENCIES, bands=SENIOR)
        / (y.number(SENIOR) * y.model.place.file.resident_share),
    "ae_attendances": lambda y: 1000.0 * y.event("ae_attendances") / y.residents,
    "ae_major": _count("ae_major"),
    "gp_referrals": _count("gp_referrals"),
    "first_clinics": _count("first_clinics"),
    "follow_ups": _count("follow_ups"),
    "day_cases": _count("day_cases"),
    "inpatients": _count("inpatients"),
    "emergency_stay": lambda y: y.event("emergency_nights", *DELAYED) / y.event(*EMERGENCIES),
    "bed_days": partial(_scaled, lambda y: sum(y.nights().values())),
    "occupancy": lambda y: y.series["beds_used"] / y.series["beds_open"],
    "waiting_list": partial(_scaled, lambda y: float(y.listed.sum())),
    "median_wait": Year.median_wait,
    "within_18_weeks": lambda y: float(y.listed[:18].sum() / y.listed.sum()),
    "delayed_days": _count(*DELAYED),
    "delayed_for_social_care": lambda y: y.event("social_delayed_nights") / y.event(*DELAYED),
    "costliest_5_percent": lambda y: y.costliest,
    "deaths": _count("deaths"),
    "births": _count("births"),
    "practice_income":
        lambda y: 1e6 * y.paid(["nhs_england", "commissioner"], y.model.practices.names) / y.number(),
    "commissioner_spending": lambda y: 1e6 * y.paid("commissioner") / y.number(),
    "council_spending": lambda y: 1e6 * y.paid("council") / y.number(),
    "care_home_people": _held("council_place"),
    "home_care_people": _held("home_care"),
}  # fmt: skip


def figures(baseline: Baseline) -> dict[str, Figure]:
    """The published figures of a baseline by key, in the order of its file.

    Raises:
        InputError: for a figure that nothing reads, or a key that is missing or unknown.
    """
    file = "figures.toml"
    found = {}
    for key, raw in toml(baseline.folder / file).items():
        if key not in READERS and key != CONDITIONS:
            raise unknown("figure", key, [*READERS, CONDITIONS], where=file)
        for name in raw:
            if name not in FIELDS:
                raise InputError(f"{file}: {key}: unknown key '{name}'{nearest(name, FIELDS)}")
        for name in FIELDS:
            if name not in raw:
                raise InputError(f"{file}: {key}: missing key '{name}'")
        found[key] = Figure(key, **raw)
    return found


def published_money(baseline: Baseline) -> dict[tuple[str, str], float]:
    """£m of the baseline year by payer and payee."""
    payers = toml(baseline.folder / "money.toml").items()
    return {(payer, payee): float(pounds) for payer, payees in payers for payee, pounds in payees.items()}


def is_baseline(model: HealthEconomy) -> bool:
    """Whether a run of two years or more is of the place, and under the contract, that the figures are of."""
    baseline, funding = model.place.baseline, model.case.funding
    same = model.place.id == baseline.place and funding is not None and funding.id == baseline.usual
    return same and len(model.record.years) >= 2


def table(models: Sequence[HealthEconomy]) -> pd.DataFrame:
    """Published and simulated side by side: mean over runs, ratio, and whether it is within tolerance."""
    published = figures(models[0].place.baseline)
    years = [Year(model, 0, 2) for model in models]
    rows = []
    for key, figure in published.items():
        if key == CONDITIONS:
            rows += _conditions(figure, models)
        else:
            rows.append(_row(figure, figure.label, figure.value, np.mean([READERS[key](year) for year in years])))
    columns = ["figure", "unit", "published", "grade", "model", "ratio", "within"]
    return pd.DataFrame(rows, columns=columns)


def _row(figure: Figure, label: str, published: float, simulated: float) -> tuple[Any, ...]:
    ratio = float(simulated) / published
    within = abs(ratio - 1.0) <= figure.tolerance
    return label, figure.unit, published, figure.grade, float(simulated), ratio, within


def _conditions(figure: Figure, models: Sequence[HealthEconomy]) -> list[tuple[Any, ...]]:
    """People by number of conditions at the start and, where runs are that long, at the end of year 5."""
    rows = []
    for when, year in (("start", 0), ("year 5", 5)):
        counts = [conditions(model, year) for model in models if len(model.record.years) >= year]
        if not counts:
            continue
        for n, (simulated, published) in enumerate(zip(np.mean(counts, axis=0), figure.value, strict=True)):
            number = f"{n}{'+' if n == len(figure.value) - 1 else ''}"
            rows.append(_row(figure, f"{figure.label.format(n=number)}, {when}", published, simulated))
    return rows


def conditions(model: HealthEconomy, year: int) -> np.ndarray:
    """People by number of conditions at a year's end (0: the start), scaled to the published list, (5,)."""
    spread = model.first_spread if year == 0 else model.record.years[year - 1]["spread"]
    count = spread.sum(axis=0)[:5].astype(float)
    return count * model.place.baseline.registered / count.sum()


def matrix(model: HealthEconomy, first: int = 0, last: int = 1) -> pd.DataFrame:
    """Payer by payee, £m a year over some years, practices and hospitals each as one."""
    flows = model.ledger.flows(weeks=(first * WEEKS + 1, last * WEEKS))
    together = dict.fromkeys(model.practices.names, "practices") | dict.fromkeys(model.hospitals.names, "hospitals")
    payer = flows["payer"].astype(str).replace(together)
    payee = flows["payee"].astype(str).replace(together)
    pence = cast(pd.Series, flows["pence"].groupby([payer, payee]).sum())
    return cast(pd.DataFrame, (pence / 1e8 / (last - first)).unstack(fill_value=0.0))


def money_table(models: Sequence[HealthEconomy]) -> pd.DataFrame:
    """The year-1 matrix compared with the published one, £m, scaled to the published number of people."""
    baseline = models[0].place.baseline
    published = published_money(baseline)
    each = [matrix(model) for model in models]
    mean = sum(each[1:], each[0]) / len(each)
    scale = baseline.registered / models[0].place.registered
    rows = []
    for payer in mean.index:
        for payee in mean.columns:
            got, want = float(mean.loc[payer, payee]) * scale, published.get((payer, payee), 0.0)
            if got > 0.05 or want:
                rows.append((payer, payee, want, got, got - want))
    return pd.DataFrame(rows, columns=["payer", "payee", "published", "model", "difference"])
