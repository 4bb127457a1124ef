"""The runs behind the claims: each is made once, kept, and shared with comparisons in neighbouring folders."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from ....model.reading import parsed
from ....model.scenario import Funding
from ....model.system import HealthEconomy
from ....scenarios import baseline_of
from ....scenarios.funding_files import read_funding
from ...results.intervals import Interval, around, paired
from ...results.result import Result, whole
from ...results.variance import parts
from ...runs.engine import Options, failure, tried
from ...runs.spec import RunSpec, spec_of
from ...sweeps.draws import changes, enough

Draw = Mapping[str, float]  # of numbers, by path

OWN = 4  #: repeat runs, at least, at the baseline's own numbers beside those at drawn ones
KEPT = ("list", "gp_fte", "acsc_admissions", "expected_acsc", "first_requests", "income", "cost")  # of practices


@dataclass(frozen=True)
class Arm:
    """One arm of a claim: a way of paying, for how long, with levers held (and behaviour frozen) if any.

    ``text``: the claim's own funding file, named by ``funding``. ``whole``: simulate everyone even where the user asked
    for a sample, because the answer is about chance in small numbers. ``seeds``: the fewest with which it can be read.
    """

    funding: str
    years: int = 10
    held: Mapping[str, float] = field(default_factory=dict, hash=False)
    frozen: bool = False
    text: str = ""
    whole: bool = False
    seeds: int = 1

    @property
    def name(self) -> str:
        """A unique name."""
        levers = "".join(f"+{path}={x:g}" for path, x in self.held.items())
        return f"{self.funding}{levers}{' frozen' if self.frozen else ''}{' whole' if self.whole else ''}"

    def spec(self, place: str, seed: int, sample: float, draw: Draw | None = None) -> RunSpec:
        """Its run at a place with a seed, at a draw of numbers if any."""
        funding = _funding(self.funding, self.text, place) if self.text else self.funding
        part = 1.0 if self.whole else sample
        drawn = {"changes": changes(baseline_of(place), draw), "rescale": True, "reader": figures} if draw else {}
        given = {"frozen": self.frozen, "held": self.held, "reader": whole} | drawn
        return spec_of(place, funding, seed, self.years, part, **given)


@dataclass(frozen=True)
class Results:
    """Results of the arms: arrays with cases first, then years, then practices where there are any.

    A case is a seed at a draw of numbers: all seeds of the first draw, then those of the second. Without ``draws`` the
    numbers are the baseline's, and cases are seeds.
    """

    place: str
    seeds: tuple[int, ...]
    stored: Mapping[tuple[str, int, int], dict[str, Any]]
    sample: float = 1.0
    draws: tuple[Draw, ...] = ()
    asked: int = 0  # draws that were asked for: those at which a run failed are left out

    @property
    def cases(self) -> list[tuple[int, int]]:
        """Number of the draw and seed of each case."""
        return self._at_each_draw(self.seeds)

    def cases_of(self, arm: Arm) -> list[tuple[int, int]]:
        """The cases of an arm, which may need more seeds than there are."""
        more = range(max(self.seeds) + 1, max(self.seeds) + 1 + arm.seeds - len(self.seeds))
        return self._at_each_draw((*self.seeds, *more))

    def _at_each_draw(self, seeds: Sequence[int]) -> list[tuple[int, int]]:
        return [(k, seed) for k in range(max(len(self.draws), 1)) for seed in seeds]

    def blocks(self, arm: Arm) -> list[np.ndarray]:
        """Positions of an arm's cases at each draw; of all its cases where nothing is drawn."""
        return np.split(np.arange(len(self.cases_of(arm))), max(len(self.draws), 1))

    def spec(self, arm: Arm, case: tuple[int, int]) -> RunSpec:
        """The run of an arm in a case."""
        draw, seed = case
        return arm.spec(self.place, seed, self.sample, self.draws[draw] if self.draws else None)

    def effect(self, values: Sequence[float] | np.ndarray, sign: float = 1.0) -> Interval:
        """Mean over cases, 95 % interval and the probability that the effect has the sign claimed.

        Without draws they show chance alone; with draws, uncertainty about all numbers.
        """
        x = np.asarray(values, dtype=float)
        if not self.draws:
            mean, low, high, above = paired(x)
        elif x.size == len(self.draws):  # a value a draw: chance counts as uncertainty
            mean, low, high, above = around(float(x.mean()), float(x.std(ddof=1)), x.size - 1)
        else:
            found = parts(x.reshape(len(self.draws), -1))
            mean, low, high, above = found.effect, found.low, found.high, found.above
        return Interval(mean, low, high, above if sign > 0 else 1.0 - above)

    def _each(self, arm: Arm, read: Callable[[dict[str, Any]], Any]) -> np.ndarray:
        return np.array([read(self.stored[arm.name, *case]) for case in self.cases_of(arm)], dtype=float)

    def measure(self, arm: Arm, key: str) -> np.ndarray:
        """A headline measure (cases, years)."""
        return self._each(arm, lambda run: [year[key] for year in run["years"]])

    def practices(self, arm: Arm, column: str) -> np.ndarray:
        """A column of practices (cases, years, practices)."""
        return self._each(arm, lambda run: run["practices"][column])

    def total(self, arm: Arm, kind: str, column: str) -> np.ndarray:
        """Income or cost of a kind of provider, £m (cases, years)."""
        return self._each(arm, lambda run: run["totals"][kind][column])

    def money(self, arm: Arm, payer: str, payee: str, purpose: str) -> np.ndarray:
        """Money paid by one account or kind to another for a purpose, £m (cases, years)."""
        years = arm.years
        return self._each(arm, lambda run: run["money"].get(f"{payer}>{payee}>{purpose}", [0.0] * years))


def own_seeds(seeds: int, drawn: bool) -> range:
    """Seeds of the runs at the baseline's own numbers, which may be more than those at each draw."""
    return range(1, (max(seeds, OWN) if drawn else seeds) + 1)


def make(
    arms: Sequence[Arm], place: str, seeds: Sequence[int], folder: Path, sample: float = 1.0,
    processes: int | None = None, draws: Sequence[Draw] = (),
) -> Results:  # fmt: skip
    """The results of all arms; runs are made where the folder, or one beside it, does not hold them.

    ``draws``: of numbers, at each of which every arm is run with every seed. A few at which a run fails, as where no
    price of a bonus raises its money, are left out of the results.

    Raises:
        InputError: for a place that is not known, or where a run fails at the baseline's numbers or at many draws.
        Stopped: when something outside the program prevents it; finished runs are kept.
    """
    empty = Results(place, tuple(seeds), {}, sample, tuple(draws))
    runs = plan(arms, empty)
    rows = tried(list(runs.values()), folder, Options(processes), "Runs")
    lost = {case[0]: rows[run.key]["error"] for (_, *case), run in runs.items() if rows[run.key]["error"] is not None}
    good = [k for k in range(len(draws)) if k not in lost]
    if lost and not enough(len(good), len(draws)):
        raise failure(next(iter(lost.values())))
    at = {old: new for new, old in enumerate(good)} or {0: 0}
    stored = {
        (arm, at[draw], seed): _read(run, rows[run.key]) for (arm, draw, seed), run in runs.items() if draw not in lost
    }
    return replace(empty, stored=stored, draws=tuple(draws[k] for k in good), asked=len(draws))


def plan(arms: Sequence[Arm], empty: Results) -> dict[tuple[str, int, int], RunSpec]:
    """The runs by arm and case; ``empty``: place, seeds, sample and draws."""
    each = [(case, arm) for arm in dict.fromkeys(arms) for case in empty.cases_of(arm)]
    each.sort(key=lambda one: one[0])  # what a draw needs is made once for all of its runs
    return {(arm.name, *case): empty.spec(arm, case) for case, arm in each}


def _read(run: RunSpec, row: dict[str, Any]) -> dict[str, Any]:
    if run.reader is figures:
        return json.loads(row["figures"])
    return reduced(Result(run.place, run.funding, run.seed, row))


def figures(model: HealthEconomy) -> dict[str, Any]:
    """The row of a run at drawn numbers: only what claims use, since there are thousands."""
    return {"figures": json.dumps(reduced(Result("", "", 0, whole(model))))}


@cache
def _funding(name: str, text: str, place: str) -> Funding:
    return read_funding(Path(f"{name}.toml"), parsed(text, f"{name}.toml"), text, baseline_of(place))


def reduced(result: Result) -> dict[str, Any]:
    """What claims use of a result: measures by year, some columns of practices, totals and flows by kind in £m."""
    table, flows = result.table("organisations"), result.table("ledger")
    years = len(result.by_year)
    kinds = dict(zip(table["organisation"].astype(str), table["kind"].astype(str), strict=True))
    own = table.loc[(table["kind"] == "practice").to_numpy()]
    sums = (
        table.pivot_table(index="year", columns="kind", values=["income", "cost"], aggfunc="sum", observed=True) / 1e6
    )
    return {
        "years": result.by_year,
        "practices": {c: own.pivot(index="year", columns="organisation", values=c).to_numpy().tolist() for c in KEPT},
        "totals": {k: {c: sums[c, k].tolist() for c in ("income", "cost")} for k in dict.fromkeys(kinds.values())},
        "money": _moved(flows, kinds, years),
    }


def _moved(flows: pd.DataFrame, kinds: Mapping[str, str], years: int) -> dict[str, list[float]]:
    """£m by year of every flow, its ends named by kind where they are providers."""
    ends = {side: [kinds.get(name, name) for name in flows[side].astype(str)] for side in ("payer", "payee")}
    year = np.minimum((flows["week"].to_numpy() - 1) // 52, years)  # weeks after the last whole year are left out
    frame = pd.DataFrame({**ends, "purpose": flows["purpose"].astype(str), "year": year, "pence": flows["pence"]})
    total = cast(pd.Series, frame.groupby(["payer", "payee", "purpose", "year"])["pence"].sum())
    money: dict[str, list[float]] = {}
    flow = cast(list[tuple[str, str, str, int]], total.index.tolist())
    for (payer, payee, purpose, when), pence in zip(flow, total.to_numpy().tolist(), strict=True):
        money.setdefault(f"{payer}>{payee}>{purpose}", [0.0] * (years + 1))[int(when)] = pence / 1e8
    return {name: pounds[:years] for name, pounds in money.items()}


def shipped(place: str, path: str) -> float:
    """A parameter of the place's baseline."""
    return float(baseline_of(place).parameters[path].value)
