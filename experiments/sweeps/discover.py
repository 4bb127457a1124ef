"""When does each way of paying win? Boxes of futures found by PRIM, regret, and sentences about both.

A *future* is a place and a point of a sweep: one set of values of what varies. A way of paying wins a future on a
measure when its paired mean over seeds is better than that of every other (or of a named one). PRIM, the patient rule
induction method (Friedman and Fisher, Statistics and Computing 9:123, 1999), peels thin slices off the space until what
is left is dense in wins; scenario discovery uses it so (Bryant and Lempert, Technological Forecasting and Social Change
77:34, 2010). A limit that chance could explain (quasi-p above 5 %) is left out of the box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pandas as pd
from scipy.stats import binom

from ...model.errors import InputError, unknown
from ...model.parameters import Parameters
from ..results.numbers import significant
from .design import parameter
from .results import Sweep

PEEL = 0.1  #: share of the box that a peel takes off: some patience at some hundreds of futures
LEAST = 0.1  #: share of all futures that a box holds at least
BETTER = {
    "low": ("failed", "emergencies", "ae", "occupancy", "waiting", "median_wait", "delays", "public", "deaths", "acsc",
            "unmet_poorest", "unmet_richest", "carbon", "contacts"),
    "high": ("qalys", "control", "gp_fte", "practice_share", "hospital_margin", "drawings", "balance", "electives",
             "consultations"),
}  # fmt: skip


@dataclass
class Box:
    """Limits by variable (low, high; missing means none), and the futures within.

    ``coverage``: share of all wins inside. ``density``: share of the futures inside that are wins. ``mass``:
    share of all futures inside. ``quasi_p``: by limit, the chance of such a density without it.
    """

    limits: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    coverage: float = 1.0
    density: float = 0.0
    mass: float = 1.0
    quasi_p: dict[tuple[str, int], float] = field(default_factory=dict)


def prim(x: pd.DataFrame, wins: np.ndarray, peel: float = PEEL, least: float = LEAST) -> Box:
    """A box dense in wins that still contains most of them.

    ``x``: variables by future, (n, d); ``wins`` (n,). Peels the slice whose removal raises density most for its
    size. Returns the box along the way with the highest product of coverage and density above chance.
    """
    values, won = x.to_numpy(dtype=float), np.asarray(wins, dtype=bool)
    inside = np.ones(len(won), dtype=bool)
    limits: list[tuple[int, int, float]] = []  # variable, side (0 low, 1 high), limit
    trail = [(inside, list(limits))]
    while True:
        step = _peel(values, won, inside, peel, least)
        if step is None:
            break
        inside, limit = step
        limits = [*limits, limit]
        trail.append((inside, limits))
    best = max(trail, key=lambda box: _worth(won, box[0]))
    return _pruned(x, won, best[1])


def _worth(won: np.ndarray, inside: np.ndarray) -> float:
    total, base = max(int(won.sum()), 1), float(won.mean())
    return float(won[inside].sum() / total * (won[inside].mean() - base))


def _peel(
    values: np.ndarray, won: np.ndarray, inside: np.ndarray, peel: float, least: float
) -> tuple[np.ndarray, tuple[int, int, float]] | None:
    best: tuple[float, np.ndarray, tuple[int, int, float]] | None = None
    density, count = float(won[inside].mean()), int(inside.sum())
    for k in range(values.shape[1]):
        column = values[inside, k]
        for side, share in ((0, peel), (1, 1.0 - peel)):
            cut = np.quantile(column, share, method="lower" if side == 0 else "higher")
            # at least one level goes, however many futures share it
            kept = inside & (values[:, k] > cut if side == 0 else values[:, k] < cut)
            left = int(kept.sum())
            if left < max(least * len(won), 1) or left == count:
                continue
            gain = (float(won[kept].mean()) - density) / (count - left)
            if best is None or gain > best[0]:
                edge = values[kept, k].min() if side == 0 else values[kept, k].max()
                best = gain, kept, (k, side, float((cut + edge) / 2.0))
    return None if best is None or best[0] <= 0.0 else (best[1], best[2])


def _within(values: np.ndarray, limits: dict[tuple[int, int], float]) -> np.ndarray:
    inside = np.ones(len(values), dtype=bool)
    for (k, side), limit in limits.items():
        inside &= values[:, k] >= limit if side == 0 else values[:, k] <= limit
    return inside


def _pruned(x: pd.DataFrame, won: np.ndarray, peels: Sequence[tuple[int, int, float]]) -> Box:
    """The box without limits that chance could explain: those without which as many wins would not be unlikely."""
    values = x.to_numpy(dtype=float)
    limits = {(k, side): limit for k, side, limit in peels}
    quasi: dict[tuple[int, int], float] = {}
    while limits:
        inside = _within(values, limits)
        for limit in limits:
            wider = _within(values, {key: value for key, value in limits.items() if key != limit})
            chance = float(won[wider].mean())
            quasi[limit] = float(binom.sf(won[inside].sum() - 1, inside.sum(), chance))
        weakest = max(limits, key=lambda limit: quasi[limit])
        if quasi[weakest] <= 0.05:
            break
        del limits[weakest]
    inside = _within(values, limits)
    box = Box(coverage=float(won[inside].sum() / max(won.sum(), 1)), density=float(won[inside].mean()),
              mass=float(inside.mean()))  # fmt: skip
    for (k, side), limit in limits.items():
        name = str(x.columns[k])
        low, high = box.limits.get(name, (None, None))
        box.limits[name] = (limit, high) if side == 0 else (low, limit)
        box.quasi_p[name, side] = quasi[k, side]
    return box


# futures --------------------------------------------------------------------------------------------------------


def better(measure: str, way: str | None = None) -> float:
    """+1 where more of a measure is better, −1 where less is.

    Raises:
        InputError: where that is a matter of opinion and ``way`` is missing.
    """
    if way is not None:
        if way not in BETTER:
            raise unknown("side", way, BETTER, where="--better")
        return 1.0 if way == "high" else -1.0
    for side, names in BETTER.items():
        if measure in names:
            return 1.0 if side == "high" else -1.0
    raise InputError(f"{measure}: say which is better: add --better low or --better high")


def futures(sweep: Sweep, measure: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Variables by future, and the measure's mean over shared seeds by future and funding file.

    Raises:
        InputError: for an unknown measure, or a sweep with nothing varied or one funding file.
    """
    if measure not in (known := [*sweep.measures, *sweep.levers]):
        raise unknown("measure", measure, known, where="--measure")
    if len(sweep.fundings) < 2:
        raise InputError(f"{sweep.folder}: only one funding file; a comparison needs two")
    levels = cast(pd.DataFrame, _by_seed(sweep, measure).groupby(["place", "point"], sort=True)[sweep.fundings].mean())
    points = cast(pd.DataFrame, sweep.plan.drop_duplicates("point").set_index("point").loc[:, sweep.variables])
    x = points.loc[levels.index.get_level_values("point")].set_axis(levels.index)
    shipped = {path: p for path in x.columns if (p := parameter(sweep.parameters, path))}
    x = x.fillna({path: 1.0 if p.by else float(p.value) for path, p in shipped.items()})
    x = x.loc[:, [c for c in x.columns if x[c].nunique() > 1]]
    if x.shape[1] == 0 or len(x) < 10:
        raise InputError(f"{sweep.folder}: {len(x)} futures; discovery needs at least 10 in which something varies")
    return x, levels


def _by_seed(sweep: Sweep, measure: str) -> pd.DataFrame:
    """The measure by place, point and seed, a column for each funding file; only where all have a run."""
    return sweep.good.pivot(index=["place", "point", "seed"], columns="funding", values=measure).dropna()


def agreement(sweep: Sweep, measure: str, sign: float) -> tuple[float, int]:
    """Share of complete futures in which every seed alone gives the same winner; and the number of seeds."""
    good = _by_seed(sweep, measure)[sweep.fundings].mul(sign)
    best = good.reset_index()[["place", "point", "seed"]].assign(winner=good.to_numpy().argmax(axis=1))
    seeds = len(set(best["seed"]))
    by = best.groupby(["place", "point"])["winner"]
    whole = (by.size() == seeds).to_numpy()
    return float(np.mean(by.nunique().to_numpy()[whole] == 1)) if whole.any() else float("nan"), seeds


def chance_sentence(share: float, seeds: int) -> str:
    """How far chance decides who wins."""
    if seeds < 2:
        return "One seed: narrow wins may be chance; add seeds to the sweep's file to see how many."
    return f"Each of the {seeds} seeds alone gives the same winner in {100 * share:.0f} % of futures."


def regret(levels: pd.DataFrame, sign: float) -> pd.DataFrame:
    """By funding file: share of futures won, and regret (distance behind the best): mean, 90th percentile, maximum."""
    good = levels * sign
    behind = (-good).add(good.max(axis=1), axis=0)
    return pd.DataFrame(
        {"wins": (behind <= 0).mean(), "mean": behind.mean(), "ninetieth": behind.quantile(0.9), "most": behind.max()}
    )


def winners(levels: pd.DataFrame, name: str, sign: float, than: str | None = None) -> np.ndarray:
    """Futures in which one funding file is better than another, or than all others, (n,)."""
    good = levels * sign
    rivals = [than] if than else [c for c in levels.columns if c != name]
    return (good[name].to_numpy()[:, None] > good[rivals].to_numpy()).all(axis=1)


def limits_in_words(tree: Parameters, box: Box) -> str:
    """``'list size' is above 3 and 'share' between 1 and 2``."""
    parts = []
    for path, (low, high) in box.limits.items():
        known = parameter(tree, path)
        name = f"'{known.label.lower() if known else path}'"
        times = " times the default" if known and known.by else ""
        if low is not None and high is not None:
            parts.append(f"{name} is between {significant(low)} and {significant(high)}{times}")
        else:
            limit = f"above {significant(low)}" if low is not None else f"below {significant(cast(float, high))}"
            parts.append(f"{name} is {limit}{times}")
    return " and ".join(parts)


def sentence(tree: Parameters, title: str, rivals: str, label: str, wins: np.ndarray, box: Box) -> str:
    """When one way of paying wins, with coverage and density."""
    share = 100.0 * float(wins.mean())
    lead = f"{title} beats {rivals} on {label}"
    if not wins.any():
        return f"{lead} in none of the {len(wins):,} futures tried."
    if wins.all():
        return f"{lead} in all {len(wins):,} futures tried."
    if not box.limits:
        return f"{lead} in {share:.0f} % of {len(wins):,} futures; no variable explains in which."
    return (
        f"{lead} in {100 * box.density:.0f} % of futures where {limits_in_words(tree, box)} (density), against "
        f"{share:.0f} % of all {len(wins):,}; {100 * box.coverage:.0f} % of its wins are there (coverage)."
    )


def regret_sentence(table: pd.DataFrame, titles: dict[str, str], label: str, unit: str) -> str:
    """The safest choice, in one sentence."""
    safest = table["most"].idxmin()
    most, mean = table.loc[[safest], ["most", "mean"]].to_numpy(dtype=float)[0]
    return (
        f"The safest on {label} is {titles[str(safest)]}: at worst {significant(most)} {unit} behind the "
        f"best way of paying for that future, {significant(mean, 2)} on average."
    )
