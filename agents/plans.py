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
from typing import NamedTuple

import numpy as np

from .contract import Activity, Contract

_nodes, _weights = np.polynomial.hermite_e.hermegauss(5)
NODES = _nodes  #: standard-normal shocks over which worth is expected
WEIGHTS = _weights / _weights.sum()
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


Forecaster = Callable[[np.ndarray, int], Forecast]


def smaller(demand: np.ndarray, capacity: np.ndarray, error: float) -> np.ndarray:
    """The smaller of an uncertain demand and a capacity, (K, N) and its shocks on a new last axis.

    The mean is exact for a logistic demand of relative spread ``error``, so that worth has no corner where demand just
    meets capacity; what is left of the shock is the chance that demand, not capacity, decides.
    """
    scale = np.maximum(error * demand, 1e-12) * np.sqrt(3.0) / np.pi
    mean = demand - scale * np.logaddexp(0.0, (demand - capacity) / scale)
    decides = 1.0 / (1.0 + np.exp(np.clip((demand - capacity) / scale, -50.0, 50.0)))
    return mean[..., None] + (decides * error * demand)[..., None] * NODES


def expected_due(contract: Contract, activity: Activity, shape: tuple[int, int]) -> np.ndarray:
    """What a contract is expected to pay for a year, (K, N): the mean over the shocks on the last axis."""
    due = np.broadcast_to(contract.due(activity), (*shape, NODES.size))
    return due @ WEIGHTS


def worth(levers: np.ndarray, forecast: Forecaster, contract: Contract, motives: Motives) -> np.ndarray:
    """Worth (K, N) in discounted £ of plans (K, N, L), without habit."""
    shape = levers.shape[:2]
    total = np.zeros(shape)
    gone: Activity = {}
    for year in range(motives.years):
        f = forecast(levers, year)
        own = motives.money * (expected_due(contract, {**f.activity, **gone, "year": year}, shape) - f.cost)
        total += (1.0 + motives.discount) ** -(year + 1) * (own + f.benefit - f.strain)
        if contract.looks_back:
            gone = year_gone(f.activity)
    return total


def year_gone(activity: Activity) -> Activity:
    """What a plan did in one year, as the next year's contract refers to it: ``<activity>.last``, without shocks."""
    names = [name.removesuffix(".last") for name in activity if name.endswith(".last")]
    did = {name: np.asarray(activity[name]) for name in names}
    return {f"{name}.last": (v @ WEIGHTS)[..., None] if v.shape[-1] == NODES.size else v for name, v in did.items()}


def annuity(motives: Motives) -> float:
    """Discounted years in the horizon."""
    return float(sum((1.0 + motives.discount) ** -(year + 1) for year in range(motives.years)))


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

    Levers are searched in turn, twice over the coarse grid (left out when not ``coarse``); ``free`` limits which may
    move.
    """
    levers = start.copy()
    which = range(start.shape[1]) if free is None else free
    grid = np.repeat(np.linspace(low, high, 13)[:, None], start.shape[0], 1)
    for _ in range(2 if coarse else 0):
        for k in which:
            levers[:, k] = _line(value, levers, k, grid)
    for width in ((high - low) / 24.0, 0.012, 0.003):
        for k in which:
            # the window is moved inside the bounds, so that its points stay evenly spaced
            centre = np.clip(levers[:, k], low + width, high - width)
            levers[:, k] = _top(value, levers, k, centre + width * np.linspace(-1.0, 1.0, 5)[:, None])
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


def _top(value: Callable[[np.ndarray], np.ndarray], levers: np.ndarray, k: int, points: np.ndarray) -> np.ndarray:
    """The best of evenly spaced ``points`` (K, N), or the top of the parabola around it if that is better.

    Where nothing is better than the present setting, that stays.
    """
    agents, present = np.arange(levers.shape[0]), levers[:, k].copy()
    *values, now = _values(value, levers, k, np.concatenate([points, present[None]]))
    values = np.array(values)
    top = values.argmax(axis=0)
    middle = np.clip(top, 1, points.shape[0] - 2)
    before, here, after = (values[middle + d, agents] for d in (-1, 0, 1))
    bend = before - 2.0 * here + after
    bowl = bend < 0
    shift = np.where(bowl, 0.5 * (before - after) / np.where(bowl, bend, 1.0), 0.0)
    peak = points[middle, agents] + np.clip(shift, -1.0, 1.0) * (points[1] - points[0])
    at_peak = np.where(bowl, _values(value, levers, k, peak[None])[0], -np.inf)
    chosen = np.where(at_peak > values[top, agents], peak, points[top, agents])
    return np.where(np.maximum(at_peak, values[top, agents]) > now, chosen, present)
