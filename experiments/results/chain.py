"""Why, as chains: a clause of a contract, £ for one more, the behaviour that answers, the work it does, the money.

A chain is a behaviour of a kind of provider. What it is paid and what it does are worked out before the first week, by
the contract and the forecast that providers plan with; how far it moves, the work and the money are those of the runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from ...agents.habit import Room
from ...agents.tables import Decision
from ...model.contracts.contract import payer_of
from ...model.contracts.holding import Holdings
from ...model.system import HealthEconomy
from . import incentives, winners
from .compared import Compared
from .intervals import Interval, paired
from .levers import DECISIONS, LEAST
from .received import received

MOST = 5  #: chains of a way of paying
STEP = 0.01  #: by how much a behaviour rises where tables say what it does and is paid
DOES = 0.2  #: change, %, from which an activity is what a behaviour does; less follows from something else
FOLLOWS = 0.01  #: smallest change, %, that is shown
PENCE = 1e8  #: in £m
INCOMES = {
    "practice": "practice_income", "hospital": "hospital_income", "social_care": "care_income",
    "community": "community_income",
}  #: the measure of what each kind is paid  # fmt: skip


@dataclass(frozen=True)
class Chain:
    """A behaviour of a kind of provider under a way of paying, against the reference: "before" is under the latter."""

    way: str
    kind: str
    lever: str
    #: term, payer, before, now: £ a year that 1 % more of the behaviour brings all providers of the kind; one: by how
    #: much the term's £ for one more of what is done differ
    clauses: pd.DataFrame
    #: term, sort (of term), field, item, before, now: every number of the contracts, NaN where one of them lacks it
    numbers: pd.DataFrame
    done: str  #: the activity or indicator that it moves most
    #: name, unit, before, now, costs: £ for one more of each unit, of the kind's average provider
    prices: pd.DataFrame
    pay: tuple[float, float]  #: £ a year for 1 % more at the end of the runs, before and now
    ends: tuple[float, float]  #: the behaviour at the end of the runs, 1.0 as usual, before and now
    moved: Interval  #: paired difference of the ends, percentage points of the usual
    #: name, label, pull, measured, before, difference, low, high: activity a year, the chief one first; pull: change by
    #: 1 % more of the behaviour, %; measured: an indicator, as a mean of providers
    work: pd.DataFrame
    #: term, before, difference, low, high: £m a year that the kind is paid, in all first and then by term
    money: pd.DataFrame

    @property
    def stake(self) -> float:
        """£ a year that the change of behaviour is worth at the change of what it is paid: chains are ranked by it."""
        return abs(self.moved.mean * (self.pay[1] - self.pay[0]))

    @property
    def decision(self) -> Decision:
        """The behaviour in words."""
        return DECISIONS[self.kind, self.lever][1]

    @property
    def owners(self) -> str:
        """Whose behaviour it is."""
        return DECISIONS[self.kind, self.lever][0]

    @property
    def clause(self) -> Mapping[str, Any] | None:
        """The term whose pay for what is done differs most, or for the behaviour; nothing where none does."""
        rows: list[dict[str, Any]] = self.clauses.to_dict("records")  # type: ignore[assignment]
        best = max(rows, key=lambda row: abs(row["one"]), default=None)
        if best and abs(best["one"]) >= 0.005:
            return best
        best = max(rows, key=lambda row: abs(row["now"] - row["before"]), default=None)
        return best if best and abs(best["now"] - best["before"]) >= 0.5 else None

    @property
    def price(self) -> Mapping[str, Any] | None:
        """£ for one more of what is done; nothing where it has no price of its own."""
        own = self.prices[self.prices["name"] == self.done]
        return own.iloc[0].to_dict() if len(own) else None


def chains(compared: Compared, models: Mapping[str, HealthEconomy], way: str) -> list[Chain]:
    """The chains that matter most under a way of paying. ``models``: each way of paying before its first week."""
    found = []
    for cohort in models[way].cohorts:
        pulls = _pulls(cohort)
        clauses, prices = (
            _clauses(cohort.kind, models, compared.first, way),
            _prices(cohort.kind, models, compared, way),
        )
        money, numbers = paid(compared, way, cohort.kind), _numbers(cohort.kind, models, compared.first, way)
        for lever in cohort.LEVERS:
            pay, ends, moved = _moved(compared, way, cohort.kind, lever)
            if abs(moved.mean) < 100.0 * LEAST:
                continue
            done = _done(cohort, pulls[lever])
            work = _work(compared, way, cohort, pulls[lever], done)
            own = cast(pd.DataFrame, clauses[clauses["lever"] == lever]).drop(columns="lever")
            one = _one_more(cohort.kind, models, compared.first, way, done)
            own["one"] = [one[term, payer] for term, payer in zip(own["term"], own["payer"], strict=True)]
            found.append(Chain(way, cohort.kind, lever, own, numbers, done, prices, pay, ends, moved, work, money))
    return sorted(found, key=lambda chain: (-chain.stake, -abs(chain.moved.mean)))[:MOST]


def _clauses(kind: str, models: Mapping[str, HealthEconomy], first: str, way: str) -> pd.DataFrame:
    """£ a year that each term pays all providers of a kind for 1 % more of each behaviour: before and now."""
    paid: dict[tuple[str, str, str], list[float]] = {}
    for side, name in enumerate((first, way)):
        cohort = incentives.cohort_of(models[name], kind)
        for holding in incentives.final(models[name])[kind]:
            each = cohort.marginal_pay(Holdings([holding])).sum(axis=0) * STEP
            for lever, pounds in zip(cohort.LEVERS, each, strict=True):
                row = (lever, holding.term.name, payer_of(kind, holding.term))
                paid.setdefault(row, [0.0, 0.0])[side] += float(pounds)
    rows = [(*row, *pounds) for row, pounds in paid.items()]
    return pd.DataFrame(rows, columns=["lever", "term", "payer", "before", "now"])


def _one_more(
    kind: str, models: Mapping[str, HealthEconomy], first: str, way: str, done: str
) -> dict[tuple[str, str], float]:
    """By how much each term's £ for one more of what is done differ from the reference's, of the average provider."""
    found: dict[tuple[str, str], float] = {}
    for name, sign in ((first, -1.0), (way, 1.0)):
        weight = incentives.cohort_of(models[name], kind).expected()["share_at_start"]
        for payer, term, extra in incentives.per_term(models[name], kind, done, incentives.final(models[name])[kind]):
            found[term, payer] = found.get((term, payer), 0.0) + sign * float(weight @ extra)
    return found


def _numbers(kind: str, models: Mapping[str, HealthEconomy], first: str, way: str) -> pd.DataFrame:
    """Every number of a kind's contract, neutral prices as they were solved: before and now."""
    found: dict[tuple[str, str, str, str], list[float]] = {}
    for side, name in enumerate((first, way)):
        for holding in incentives.final(models[name])[kind]:
            term = holding.term
            for field, value in incentives.numbers_of(term).items():
                for item, number in (value if isinstance(value, dict) else {"": value}).items():
                    row = (term.name, term.term, field, item)
                    found.setdefault(row, [float("nan")] * 2)[side] = float(number)
    rows = [(*row, *numbers) for row, numbers in found.items()]
    return pd.DataFrame(rows, columns=["term", "sort", "field", "item", "before", "now"])


def _prices(kind: str, models: Mapping[str, HealthEconomy], compared: Compared, way: str) -> pd.DataFrame:
    """£ for one more of each unit (``incentives.table``), what comes through pools included: before and now."""
    first, now = (incentives.table(models[name]) for name in (compared.first, way))
    own = cast(pd.DataFrame, now[now["kind"] == kind])
    usual = cast(pd.DataFrame, first[first["kind"] == kind]).set_index("unit")
    names = {label: name for name, label in incentives.units(incentives.cohort_of(models[way], kind))}
    return pd.DataFrame({
        "name": [names[unit] for unit in own["unit"]], "unit": own["unit"].to_numpy(),
        "before": [float(usual.loc[unit, "pays"] + usual.loc[unit, "pool"]) for unit in own["unit"]],
        "now": (own["pays"] + own["pool"]).to_numpy(float), "costs": own["costs"].to_numpy(float),
    })  # fmt: skip


def _moved(
    compared: Compared, way: str, kind: str, lever: str
) -> tuple[tuple[float, float], tuple[float, float], Interval]:
    """Pay for 1 % more and the end of a behaviour, before and now, means over seeds; and the paired difference."""

    def each(name: str, what: str) -> np.ndarray:
        rows = [compared.by[name, seed].moves for seed in compared.seeds]
        return np.array([next(r[what] for r in run if (r["kind"], r["lever"]) == (kind, lever)) for run in rows])

    before, now = each(compared.first, "end"), each(way, "end")
    pay = (float(each(compared.first, "pay").mean()), float(each(way, "pay").mean()))
    return pay, (float(before.mean()), float(now.mean())), paired(100.0 * (now - before))


def _pulls(cohort: Any) -> dict[str, dict[str, float]]:
    """Change in each activity and indicator, %, of all providers by 1 % more of each behaviour, as they forecast it."""
    cohort.look_back()
    ones, this_year = np.ones_like(cohort.levers), np.array([[0]])

    def forecast(levers: np.ndarray) -> dict[str, float]:
        activity = cohort.forecast(levers[None], this_year).activity
        return {name: float(np.asarray(activity[name]).mean()) for name in (*cohort.COUNTED, *cohort.INDICATORS)}

    usual, out = forecast(ones), {}
    for k, lever in enumerate(cohort.LEVERS):
        more = forecast(ones + STEP * (np.arange(len(cohort.LEVERS)) == k))
        out[lever] = {name: 100.0 * (more[name] / usual[name] - 1.0) if usual[name] else 0.0 for name in usual}
    return out


def _done(cohort: Any, pulls: Mapping[str, float]) -> str:
    """What a behaviour does: the activity that rises most with it, or else the indicator, or what falls most."""
    for names in (cohort.COUNTED, cohort.INDICATORS):
        best = max(names, key=lambda name: round(pulls[name], 6), default="")
        if best and pulls[best] >= (DOES if names is cohort.COUNTED else FOLLOWS):
            return best
    return max(pulls, key=lambda name: abs(pulls[name]))


def _work(compared: Compared, way: str, cohort: Any, pulls: Mapping[str, float], done: str) -> pd.DataFrame:
    """What the runs count of whatever a behaviour moves; what it does first."""
    every = compared.all["organisations"]
    own = cast(pd.DataFrame, every[every["kind"] == cohort.kind])
    names = [name for name, pull in pulls.items() if abs(pull) >= FOLLOWS and name in own]
    sort = cohort.COUNTED if done in cohort.COUNTED else cohort.INDICATORS
    names.sort(key=lambda name: (name != done, name not in sort, -abs(pulls[name])))
    rows = []
    for name in names:
        measured = name in cohort.INDICATORS
        before, gap = _paired(compared, way, own, name, measured)
        rows.append((name, _label(cohort, name), pulls[name], measured, before, *gap[:3]))
    return pd.DataFrame(rows, columns=["name", "label", "pull", "measured", "before", "difference", "low", "high"])


def _label(cohort: Any, name: str) -> str:
    return next(one.label for one in (*cohort.ACTIVITIES, *cohort.OUTCOMES) if one.name == name)


def _paired(
    compared: Compared, way: str, own: pd.DataFrame, column: str, mean: bool = False, scale: float = 1.0
) -> tuple[float, Interval]:
    """A column's level before, a year in all or the mean of providers, and its paired difference."""
    by: Any = own.groupby(["funding", "seed"])[column]
    whole = (by.mean() if mean else by.sum() / compared.years) / scale
    before, now = ([float(whole.get((name, seed), 0.0)) for seed in compared.seeds] for name in (compared.first, way))
    return float(np.mean(before)), paired(np.subtract(now, before))


def paid(compared: Compared, way: str, kind: str) -> pd.DataFrame:
    """£m a year that a kind is paid, in all (the measure of ``compare``), then by term."""
    measure: Any = compared.table.set_index(["measure", "funding"]).loc[(INCOMES[kind], way)]
    before = float(measure["level"] - measure["difference"])
    rows: list[tuple[Any, ...]] = [("", before, measure["difference"], measure["low"], measure["high"])]
    organisations, ledger = compared.all["organisations"], compared.all["ledger"]
    accounts = list(organisations.loc[organisations["kind"] == kind, "organisation"].unique())
    flows = [
        received(cast(pd.DataFrame, part), accounts).assign(funding=name, seed=seed)
        for (name, seed), part in ledger.groupby(["funding", "seed"])  # type: ignore[misc]
        if name in (compared.first, way)
    ]
    every = pd.concat(flows)
    for purpose in every["purpose"].unique():
        own = cast(pd.DataFrame, every[every["purpose"] == purpose])
        before, gap = _paired(compared, way, own, "pence", scale=PENCE)
        rows.append((str(purpose), before, *gap[:3]))
    table = pd.DataFrame(rows, columns=["term", "before", "difference", "low", "high"])
    return table.iloc[[0, *(1 + np.argsort(-table["difference"].abs().to_numpy()[1:], kind="stable"))]]


def providers(compared: Compared, chain: Chain) -> pd.DataFrame:
    """The behaviour of each provider at the end, before and now, and the part of its room that is left (0 to 1)."""
    every, last = compared.all["organisations"], compared.years
    own = every[(every["kind"] == chain.kind) & (every["year"] == last)]
    levers: Any = own.groupby(["organisation", "funding"], sort=False)[f"lever_{chain.lever}"].mean()
    mean = levers.unstack("funding")
    now = mean[chain.way].to_numpy(float)
    room = Room.of(compared.cases[chain.way].parameters.behaviour, [chain.lever])
    called = winners.names(compared.case.place)
    return pd.DataFrame({
        "provider": [called.get(str(code), str(code)) for code in mean.index],
        "before": mean[compared.first].to_numpy(float), "now": now, "left": 1.0 - room.used(now[:, None])[:, 0],
    })  # fmt: skip
