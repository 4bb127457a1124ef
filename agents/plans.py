"""How a provider chooses: it compares plans by what its contract would pay, never by the contract's name.

A plan is a vector of levers held from now on (1.0 = behaviour observed in 2015/16). Its worth is::

    Σ_years discount · [ money · (E due − cost) + benefit − strain ]  −  habit(levers)

where the expectation is taken over forecast and measurement error by Gauss-Hermite quadrature, so that thresholds
are seen ahead and noise does not make levers wander. Habit is positive mathematical programming (Howitt, Am J Agric
Econ 77:329, 1995): a quadratic cost of departing from 2015/16, fitted so that the observed contract leaves every
lever at 1.0, with a curvature that gives the response which measured reforms show.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from .contract import Activity, Contract, adding

_nodes, _weights = np.polynomial.hermite_e.hermegauss(5)
NODES = _nodes  #: standard-normal shocks over which worth is expected
WEIGHTS = _weights / _weights.sum()
MEAN = NODES.size // 2  #: the node without a shock: for what is linear in the shock, the mean
AT_ONCE = 500_000  #: numbers in the largest array that a comparison of plans makes
STEP = 0.02  #: half-width of the difference that measures a slope, in lever units


class Forecast(NamedTuple):
    """One year of a plan, for K plans of N agents. Activity may carry a last axis of shocks."""

    activity: Activity
    cost: np.ndarray  # (K, N) £
    benefit: np.ndarray  # (K, N) £ of patients' benefit, already weighted by altruism
    strain: np.ndarray  # (K, N) £


class Motives(NamedTuple):
    """What an agent cares for, and how firmly it holds to habit."""

    money: np.ndarray  # (N,) weight on own money
    years: int  # horizon
    discount: float  # a year
    stiffness: np.ndarray  # (N, L) £ a year per squared lever unit
    slope: np.ndarray  # (N, L) £ a year per lever unit that habit cancels


Forecaster = Callable[[np.ndarray, np.ndarray], Forecast]  # plans (K, N, L) and the year that each is in, (K, 1)


def smaller(demand: np.ndarray, capacity: np.ndarray, error: float | np.ndarray) -> np.ndarray:
    """The smaller of an uncertain demand and a capacity, (K, N) and its shocks on a new last axis.

    The mean is exact for a logistic demand of relative spread ``error``, so that worth has no corner where demand just
    meets capacity; what is left of the shock is the chance that demand, not capacity, decides.
    """
    scale = np.maximum(error * demand, 1e-12) * np.sqrt(3.0) / np.pi
    beyond = (demand - capacity) / scale
    mean = demand - scale * np.logaddexp(0.0, beyond)
    decides = 1.0 / (1.0 + np.exp(np.minimum(np.maximum(beyond, -50.0), 50.0)))
    return mean[..., None] + (decides * error * demand)[..., None] * NODES


def expected_due(contract: Contract, activity: Activity, shape: tuple[int, int]) -> np.ndarray:
    """What a contract is expected to pay for a year, (K, N): the mean over the shocks on the last axis."""
    due, full = contract.due(activity), (*shape, NODES.size)
    return (due if due.shape == full else np.broadcast_to(due, full)) @ WEIGHTS


def worth(levers: np.ndarray, forecast: Forecaster, contract: Contract, motives: Motives) -> np.ndarray:
    """Worth (K, N) in discounted £ of plans (K, N, L), without habit."""
    n_plans, n_agents = levers.shape[:2]
    at_once = max(AT_ONCE // (n_agents * motives.years * NODES.size), 1)
    if n_plans > at_once:  # thousands of agents: a few plans at a time, so that arrays stay small
        parts = range(0, n_plans, at_once)
        return np.concatenate([worth(levers[k : k + at_once], forecast, contract, motives) for k in parts])
    years = np.arange(motives.years)
    if contract.looks_back:
        yearly = _year_after_year(levers, forecast, contract, motives)
    else:  # every year of every plan in one call: (years * K, N, L)
        f = forecast(np.concatenate([levers] * years.size), np.repeat(years, n_plans)[:, None])
        due = expected_due(contract, f.activity, (years.size * n_plans, n_agents))
        yearly = motives.money * (due - f.cost) + f.benefit - f.strain
    discount = (1.0 + motives.discount) ** -(years + 1.0)
    return (discount[None] @ yearly.reshape(years.size, -1)).reshape(n_plans, n_agents)


def _year_after_year(levers: np.ndarray, forecast: Forecaster, contract: Contract, motives: Motives) -> np.ndarray:
    """Each year's worth of plans (K, N, L), (years, K, N), where a year's activity sets what the next one pays."""
    yearly = []
    gone: Activity = {}
    for year in range(motives.years):
        f = forecast(levers, np.full((levers.shape[0], 1), year))
        due = expected_due(contract, adding(f.activity, {**gone, "year": year}), (levers.shape[0], levers.shape[1]))
        yearly.append(motives.money * (due - f.cost) + f.benefit - f.strain)
        gone = year_gone(f.activity)
    return np.array(yearly)


def year_gone(activity: Activity) -> Activity:
    """What a plan did in one year, as the next year's contract refers to it: ``<activity>.last``, without shocks."""
    names = [name.removesuffix(".last") for name in activity if name.endswith(".last")]
    did = {name: np.asarray(activity[name]) for name in names}
    return {f"{name}.last": (v @ WEIGHTS)[..., None] if v.shape[-1] == NODES.size else v for name, v in did.items()}


def annuity(motives: Motives) -> float:
    """Discounted years in the horizon."""
    return _annuity(motives.discount, motives.years)


@cache
def _annuity(discount: float, years: int) -> float:
    return float(sum((1.0 + discount) ** -(year + 1) for year in range(years)))


def habit(levers: np.ndarray, motives: Motives) -> np.ndarray:
    """Cost (K, N) of departing from 2015/16, in discounted £."""
    away = levers - 1.0
    a_year = (motives.slope * away + 0.5 * motives.stiffness * away**2).sum(axis=-1)
    return annuity(motives) * a_year


def slopes(levers: np.ndarray, value: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Slope (N, L) of ``value`` (K, N) at levers (N, L), by central differences."""
    n_levers = levers.shape[1]
    plans = np.repeat(levers[None], 2 * n_levers, axis=0)
    for k in range(n_levers):
        plans[2 * k, :, k] += STEP
        plans[2 * k + 1, :, k] -= STEP
    values = value(plans)
    return ((values[0::2] - values[1::2]) / (2.0 * STEP)).T


def best(
    value: Callable[[np.ndarray], np.ndarray],
    start: np.ndarray,
    low: float,
    high: float,
    free: tuple[int, ...] | None = None,
    coarse: bool = True,
) -> np.ndarray:
    """The plan (N, L) of greatest ``value``: a coarse grid finds cliffs, then a shrinking one refines.

    The coarse grid (left out when not ``coarse``) takes one lever at a time, twice; the refinement looks at all of them
    at once. ``free`` limits which may move.
    """
    levers = start.copy()
    which = list(range(start.shape[1]) if free is None else free)
    grid = np.repeat(np.linspace(low, high, 13)[:, None], start.shape[0], 1)
    for _ in range(2 if coarse else 0):
        before = levers.copy()
        for k in which:
            levers[:, k] = _line(value, levers, k, grid)
        if (levers == before).all():
            break
    for width in ((high - low) / 24.0, 0.012, 0.003):
        for _ in range(2):
            before, levers = levers, _climb(value, levers, which, low, high, width)
            if (np.abs(levers - before) < width / 2.0).all():  # the top is near: a narrower look finds it better
                break
    return levers


def _values(value: Callable[[np.ndarray], np.ndarray], levers: np.ndarray, k: int, points: np.ndarray) -> np.ndarray:
    """Values (K, N) with lever k set to each of ``points`` (K, N)."""
    plans = np.repeat(levers[None], points.shape[0], axis=0)
    plans[:, :, k] = points
    return value(plans)


def _line(value: Callable[[np.ndarray], np.ndarray], levers: np.ndarray, k: int, points: np.ndarray) -> np.ndarray:
    """The best of ``points`` (K, N) for lever k, the present setting among them."""
    points = np.concatenate([levers[None, :, k], points])
    top = _values(value, levers, k, points).argmax(axis=0)
    return points[top, np.arange(levers.shape[0])]


def _climb(
    value: Callable[[np.ndarray], np.ndarray],
    levers: np.ndarray,
    which: list[int],
    low: float,
    high: float,
    width: float,
) -> np.ndarray:
    """One step uphill: the top of the parabola through three settings of each lever, of one lever or of all at once.

    Of everything that was looked at, the best is taken; where nothing is better, the present setting stays.
    """
    n = len(which)
    rows, agents = np.arange(n), np.arange(levers.shape[0])
    # the window is moved inside the bounds, so that its points stay evenly spaced
    centre = np.minimum(np.maximum(levers, low + width), high - width).T[which]
    inside = bool((centre == levers.T[which]).all())  # the middle is the present setting, which is the first plan
    steps = np.array([-1.0, 1.0] if inside else [-1.0, 0.0, 1.0])
    plans = np.repeat(levers[None], steps.size * n + 1, axis=0)
    windows = plans[1:].reshape(n, steps.size, *levers.shape)
    windows[rows, :, :, which] = centre[:, None] + width * steps[:, None]
    values = value(plans)
    looked = values[1:].reshape(n, steps.size, -1)
    before, here, after = looked[:, 0], values[0] if inside else looked[:, 1], looked[:, -1]
    bend = before - 2.0 * here + after
    bowl = bend < 0
    shift = np.where(bowl, 0.5 * (before - after) / np.where(bowl, bend, 1.0), 0.0)
    steepest = np.where(after > before, 1.0, -1.0)
    top = centre + width * np.where(bowl, np.minimum(np.maximum(shift, -1.0), 1.0), steepest)
    tops = np.repeat(levers[None], n + 1, axis=0)
    tops[rows, :, which] = top
    tops[-1][:, which] = top.T
    found = np.concatenate([values, value(tops)]).argmax(axis=0)
    return np.concatenate([plans, tops])[found, agents]
