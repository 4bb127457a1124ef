"""Which parameters matter to the answer? Morris screening and Sobol' indices, of a level or of a paired difference.

Points are laid out and indices computed by SALib (Herman and Usher, JOSS 2:97, 2017; Iwanaga, Usher and Herman,
Socio-Environmental Systems Modelling 4:18155, 2022): elementary effects after Morris (1991) and Campolongo (2007),
indices after Saltelli (2010). Runs are those of a sweep, kept and resumed like any sweep's.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from ...model.baseline import Baseline
from ...model.errors import InputError, unknown
from ...model.parameters import Parameters
from ..results.numbers import significant
from .design import parameter
from .draws import drawn
from .results import Sweep
from .samples import MORRIS_LEVELS, problem

EVERYTHING = "everything"  #: names all numbers that are not known
METHODS = {"tornado": "one_at_a_time", "morris": "morris", "sobol": "saltelli"}


def chosen(baseline: Baseline, patterns: Sequence[str]) -> list[str]:
    """Paths of the parameters named, directly or by group (``behaviour``), if their range is wider than a point.

    ``everything``: all that is not known, as draws have it.

    Raises:
        InputError: for a name that is none of these.
    """
    tree = baseline.parameters
    wide = [path for path, p in tree.items() if p.range[0] < p.range[1]]
    groups = {path.split(".")[0] for path in tree}
    out: list[str] = []
    for pattern in patterns:
        found = (
            drawn(baseline)
            if pattern == EVERYTHING
            else [path for path in wide if path == pattern or path.startswith(f"{pattern}.")]
        )
        if not found:
            raise unknown("parameter", pattern, {*tree, *groups, EVERYTHING}, where="--parameters")
        out += [path for path in found if path not in out]
    return out


@dataclass(frozen=True)
class Answer:
    """The outcome by point and seed, (points, seeds), with its label and unit."""

    values: np.ndarray
    label: str
    unit: str
    points: pd.DataFrame  # variables by point; missing means the default

    @property
    def mean(self) -> np.ndarray:
        """Mean over seeds, by point."""
        return self.values.mean(axis=1)


def answer(sweep: Sweep, measure: str, fundings: Sequence[str]) -> Answer:
    """A measure's level under one funding file, or its paired difference between two (the second less the first).

    Raises:
        InputError: when runs are missing or have failed; indices need every point.
    """
    rows = sweep.good
    if measure not in (known := [*sweep.measures, *sweep.levers]):
        raise unknown("measure", measure, known, where="--measure")
    wide = [rows[rows["funding"] == name].pivot(index="point", columns="seed", values=measure) for name in fundings]
    table = wide[0] if len(wide) == 1 else wide[1] - wide[0]
    points = sweep.plan.drop_duplicates("point").set_index("point").sort_index().loc[:, sweep.variables]
    missing = len(points) * len(set(sweep.plan["seed"])) - int(table.notna().to_numpy().sum())
    if missing:
        raise InputError(
            f"{sweep.folder}: {missing} runs failed or are missing; indices need them all (fundingflows sweep --status)"
        )
    facts = sweep.units.set_index("measure").loc[measure]
    against = f" less {sweep.titles[fundings[0]]}" if len(fundings) > 1 else ""
    label = f"{facts['label']} ({sweep.titles[fundings[-1]]}{against})"
    return Answer(table.sort_index().to_numpy(), label, str(facts["unit"]), cast(pd.DataFrame, points))


def spreads(values: np.ndarray) -> tuple[float, float]:
    """Standard deviations of single runs due to parameters and to chance; ``values`` (points, seeds).

    One-way analysis of variance: variance within points is due to chance; variance between the means of points, less
    the part due to chance, is due to parameters. One seed cannot show chance.
    """
    n_seeds = values.shape[1]
    if n_seeds < 2:
        return float("nan"), float("nan")
    within = float(values.var(axis=1, ddof=1).mean())
    between = max(float(values.mean(axis=1).var(ddof=1)) - within / n_seeds, 0.0)
    return between**0.5, within**0.5


def shares(values: np.ndarray) -> tuple[float, float]:
    """Shares of the variance of single runs due to parameters and to chance."""
    ours, chance = (x**2 for x in spreads(values))
    total = ours + chance
    return (0.0, 0.0) if total == 0 else (ours / total, chance / total)


def unit_points(result: Answer, ranges: dict[str, tuple[float, float]]) -> np.ndarray:
    """Points back in the unit cube, (n, d)."""
    columns = [(result.points[path] - low) / (high - low) for path, (low, high) in ranges.items()]
    return np.column_stack(columns)


def morris(result: Answer, ranges: dict[str, tuple[float, float]]) -> pd.DataFrame:
    """By parameter, the largest first: mean absolute effect over its range (with 95 % interval), mean, spread."""
    from SALib.analyze import morris as analyze

    x = unit_points(result, ranges)
    got = analyze.analyze(problem(list(ranges)), x, result.mean, num_levels=MORRIS_LEVELS, seed=1)
    table = pd.DataFrame(
        {"parameter": list(ranges), "effect": got["mu_star"], "half_width": got["mu_star_conf"],
         "signed": got["mu"], "spread": got["sigma"]}
    )  # fmt: skip
    return table.sort_values(by=["effect"], ascending=False, ignore_index=True)


def sobol(result: Answer, ranges: dict[str, tuple[float, float]]) -> pd.DataFrame:
    """By parameter: first-order and total indices with half-widths of their 95 % intervals (bootstrap)."""
    from SALib.analyze import sobol as analyze

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a flat answer divides by zero and is reported as such
        got = analyze.analyze(problem(list(ranges)), result.mean, calc_second_order=False, seed=1)
    table = pd.DataFrame(
        {"parameter": list(ranges), "first": got["S1"], "first_half_width": got["S1_conf"],
         "total": got["ST"], "total_half_width": got["ST_conf"]}
    )  # fmt: skip
    return table.sort_values(by=["total"], ascending=False, ignore_index=True)


def tornado(result: Answer) -> pd.DataFrame:
    """By parameter, the widest swing first: the answer at the low and high end of its range, and at the default."""
    base = float(result.mean[result.points.isna().all(axis=1).to_numpy()][0])
    rows = []
    for path in result.points.columns:
        ours = cast(pd.Series, result.points[path]).dropna().sort_values()
        ends = [float(result.mean[result.points.index.get_loc(i)]) for i in (ours.index[0], ours.index[-1])]
        rows.append((path, float(ours.iloc[0]), float(ours.iloc[-1]), *ends, base))
    table = pd.DataFrame(rows, columns=["parameter", "from", "to", "at_low", "at_high", "base"])
    swing = (table["at_high"] - table["at_low"]).abs()
    return table.iloc[np.argsort(-swing.to_numpy(), kind="stable")].reset_index(drop=True)


def sentence(tree: Parameters, method: str, table: pd.DataFrame, result: Answer) -> str:
    """The finding in one sentence: the most important parameter and its evidence status."""
    top = table.iloc[0]
    known = parameter(tree, top["parameter"])
    name, status = (known.label.lower(), f" ({known.status})") if known else (top["parameter"], "")
    if method == "tornado":
        swing = f"from {top['at_low']:,.3g} to {top['at_high']:,.3g} {result.unit}"
        return f"{result.label}: it depends most on '{name}'{status}: over its range the answer goes {swing}."
    if method == "morris":
        return (
            f"{result.label}: '{name}'{status} changes it most, by {top['effect']:,.3g} ± {top['half_width']:,.2g} "
            f"{result.unit} over its range."
        )
    return (
        f"{result.label}: '{name}'{status} accounts for {100 * top['first']:.0f} % "
        f"(± {100 * top['first_half_width']:.0f}) of its variance alone, {100 * top['total']:.0f} % "
        f"(± {100 * top['total_half_width']:.0f}) with interactions."
    )


def chance_sentence(result: Answer) -> str:
    """Parameter uncertainty compared with chance."""
    ours, chance = shares(result.values)
    if np.isnan(ours):
        return "One seed: chance cannot be separated from parameters; use --seeds 3 or more."
    wide, by_chance = spreads(result.values)
    return (
        f"Parameters spread single runs by {significant(wide, 2)} and chance by {significant(by_chance, 2)} "
        f"{result.unit} (standard deviations: {_per_cent(ours)} and {_per_cent(chance)} of the variance); "
        f"figures above are means over {result.values.shape[1]} repeat runs."
    )


def _per_cent(share: float) -> str:
    return "under 1 %" if share < 0.01 else "over 99 %" if share > 0.99 else f"{100 * share:.0f} %"
