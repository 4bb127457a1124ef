"""How a provider chooses: it compares plans by what its contract would pay, never by the contract's name.

A plan is a vector of levers held from now on (1.0 = behaviour observed in the baseline year). Its worth is::

    Σ_years discount · [ money · (E due − cost) + benefit − overwork ]  −  adjustment cost(levers)

where the expectation is taken over forecast and measurement error by Gauss-Hermite quadrature, so that thresholds
are seen ahead and noise does not make levers wander. The adjustment cost is that of departing from habit (``Habit``),
fitted so that the observed contract leaves every lever at 1.0.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from .forecast.activity import Activity, Contract, with_facts
from .habit import Habit

_nodes, _weights = np.polynomial.hermite_e.hermegauss(5)
NODES = _nodes  #: standard-normal shocks over which worth is expected
WEIGHTS = _weights / _weights.sum()
MEAN = NODES.size // 2  #: the node without a shock: for what is linear in the shock, the mean
AT_ONCE = 100_000  #: numbers in the largest array that a comparison of plans makes
LOGISTIC = np.sqrt(3.0) / np.pi  #: scale of a logistic distribution whose standard deviation is one
NEAR = 0.012  #: half-width of the window that a quarter's change of plans is found in, in lever units
WIDEST = 0.25  #: the most that it takes of a lever's range
STEP = 0.02  #: half-width of the difference that measures a slope, in lever units


class Forecast(NamedTuple):
    """Coming years of K plans of N agents: (Y, K, N), or (K, N) where all years are alike.

    Activity may carry a last axis of shocks.
    """

    activity: Activity
    cost: np.ndarray  # £
    benefit: np.ndarray  # £ of patients' benefit, already weighted by altruism
    overwork: np.ndarray  # £ equivalent of the disutility of overwork


class Motives(NamedTuple):
    """What an agent cares for, and what it costs it to change."""

    money: np.ndarray  # (N,) weight on own money
    years: int  # horizon
    discount: float  # a year
    habit: Habit


#: plans (K, N, L) looked at some whole years from now: (Y, 1, 1) for all years of a horizon, or (1, 1) for one
Forecaster = Callable[[np.ndarray, np.ndarray], Forecast]


def smaller(demand: np.ndarray, capacity: np.ndarray, error: float | np.ndarray) -> np.ndarray:
    """The smaller of an uncertain demand and a capacity, (K, N), with shocks on a new last axis.

    The mean is exact for a logistic demand of relative spread ``error``, which keeps the objective smooth where demand
    meets capacity. The shock is weighted by the probability that demand is the binding constraint.
    """
    mean, passed = _smaller(demand, capacity, error)
    return mean[..., None] + (np.exp(-passed) * error * demand)[..., None] * NODES


def smaller_mean(demand: np.ndarray, capacity: np.ndarray, error: float | np.ndarray) -> np.ndarray:
    """The mean of the smaller of an uncertain demand and a capacity, (K, N)."""
    return _smaller(demand, capacity, error)[0]


def _smaller(demand: np.ndarray, capacity: np.ndarray, error: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean, and minus the logarithm of the probability that demand is the binding constraint."""
    scale = np.maximum(error * demand, 1e-12) * LOGISTIC
    passed = np.logaddexp(0.0, (demand - capacity) / scale)
    return demand - scale * passed, passed


def expected_due(contract: Contract, activity: Activity) -> np.ndarray:
    """What a contract is expected to pay for a year: the mean over the shocks on the activity's last axis."""
    due = contract.due(activity)
    if not due.ndim:
        return due
    return due @ WEIGHTS if due.shape[-1] == NODES.size else due[..., 0]


def worth(levers: np.ndarray, forecast: Forecaster, contract: Contract, motives: Motives) -> np.ndarray:
    """Worth (K, N) in discounted £ of plans (K, N, L), without the adjustment cost."""
    n_plans, n_agents = levers.shape[:2]
    at_once = max(AT_ONCE // (n_agents * motives.years * NODES.size), 1)
    if n_plans > at_once:  # thousands of agents: a few plans at a time, so that arrays stay small
        parts = range(0, n_plans, at_once)
        return np.concatenate([worth(levers[k : k + at_once], forecast, contract, motives) for k in parts])
    years = years_of(motives.years)
    if contract.depends_on_last_year:
        yearly = _year_after_year(levers, forecast, contract, motives)
    else:  # all years in one call
        f = forecast(levers, years)
        yearly = motives.money * (expected_due(contract, f.activity) - f.cost) + f.benefit - f.overwork
    discount = (1.0 + motives.discount) ** -(years + 1.0)
    return (discount * yearly).sum(axis=0)


@cache
def years_of(horizon: int) -> np.ndarray:
    """Whole years from now on an axis before those of plans and agents, (years, 1, 1); read-only."""
    years = np.arange(float(horizon))[:, None, None]
    years.flags.writeable = False
    return years


def _year_after_year(levers: np.ndarray, forecast: Forecaster, contract: Contract, motives: Motives) -> np.ndarray:
    """Worth of plans (K, N, L) year by year, (years, K, N), where one year's activity sets the next year's pay."""
    yearly = []
    gone: Activity = {}
    for year in range(motives.years):
        f = forecast(levers, np.full((1, 1), float(year)))
        due = expected_due(contract, with_facts(f.activity, {**gone, "year": year}))
        yearly.append(motives.money * (due - f.cost) + f.benefit - f.overwork)
        gone = year_gone(f.activity)
    return np.array(yearly)


def year_gone(activity: Activity) -> Activity:
    """A plan's activity of one year as the next year's contract refers to it: ``<activity>.last``, without shocks."""
    names = [name.removesuffix(".last") for name in activity if name.endswith(".last")]
    did = {name: np.asarray(activity[name]) for name in names}
    return {f"{name}.last": (v @ WEIGHTS)[..., None] if v.shape[-1] == NODES.size else v for name, v in did.items()}


def annuity(motives: Motives) -> float:
    """Discounted years in the horizon."""
    return _annuity(motives.discount, motives.years)


@cache
def _annuity(discount: float, years: int) -> float:
    return float(sum((1.0 + discount) ** -(year + 1) for year in range(years)))


def adjustment_cost(levers: np.ndarray, motives: Motives) -> np.ndarray:
    """Cost (K, N) of departing from habit, in discounted £."""
    return annuity(motives) * motives.habit.cost(levers)


def slopes(levers: np.ndarray, value: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Slope (N, L) of ``value`` (K, N) at levers (N, L), by central differences of half-width ``STEP``."""
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
    low: float | np.ndarray,
    high: float | np.ndarray,
    free: tuple[int, ...] | None = None,
    far: bool = True,
) -> np.ndarray:
    """The plan (N, L) of greatest ``value``: a coarse grid finds cliffs, then a shrinking window refines.

    Levers stay between ``low`` and ``high``, (L,) or the same for all. The grid is left out when not ``far``. Where it
    finds nothing far away, a narrow window is enough, unless the best of it lies at its edge for anyone. ``free``
    limits which levers may move.
    """
    which = list(range(start.shape[1]) if free is None else free)
    low, high = (np.broadcast_to(end, start.shape[1:]) for end in (low, high))
    near = np.minimum(NEAR, WIDEST * (high - low))
    levers = start
    for _ in range(2 if far else 0):
        before, levers = levers, _jump(value, levers, which, np.linspace(low, high, 13))
        if (np.abs(levers - before) < near).all():
            break
    if (np.abs(levers - start) < near).all():
        before, levers = levers, _climb(value, levers, which, low, high, near)
        if (np.abs(levers - before) < 0.9 * near).all():
            return levers
    for width in (np.maximum((high - low) / 24.0, near), near, near / 4.0):
        for _ in range(2):
            before, levers = levers, _climb(value, levers, which, low, high, width)
            if (np.abs(levers - before) < width / 2.0).all():  # the top is near: a narrower look finds it better
                break
    return levers


def _alone(levers: np.ndarray, which: list[int], settings: np.ndarray) -> np.ndarray:
    """Plans (1 + n·S, N, L): as it is, and with each of n levers, the others staying, at ``settings`` (n, S, N)."""
    n, s = settings.shape[:2]
    plans = np.repeat(levers[None], 1 + n * s, axis=0)
    plans[1:].reshape(n, s, *levers.shape)[np.arange(n), :, :, which] = settings
    return plans


def _jump(
    value: Callable[[np.ndarray], np.ndarray], levers: np.ndarray, which: list[int], grid: np.ndarray
) -> np.ndarray:
    """The best of the settings in ``grid`` (S, L) of any lever alone, or of the best of each lever together."""
    settings = np.broadcast_to(grid.T[which][..., None], (len(which), len(grid), levers.shape[0]))
    plans = _alone(levers, which, settings)
    values = value(plans)
    of_each = np.concatenate([levers.T[which][:, None], settings], axis=1)
    looked = np.concatenate(
        [np.broadcast_to(values[0], (len(which), 1, values.shape[1])), values[1:].reshape(settings.shape)], axis=1
    )
    top = np.take_along_axis(of_each, looked.argmax(axis=1)[:, None], axis=1)[:, 0]
    together = levers[None].copy()
    together[0][:, which] = top.T
    return _top(value, plans, values, together)


def _climb(
    value: Callable[[np.ndarray], np.ndarray],
    levers: np.ndarray,
    which: list[int],
    low: np.ndarray,
    high: np.ndarray,
    width: np.ndarray,
) -> np.ndarray:
    """One step uphill: the top of the parabola through three settings of each lever, of one lever or of all at once."""
    n = len(which)
    wide = width[which][:, None]
    # the window is moved inside the bounds, so that its points stay evenly spaced
    centre = np.minimum(np.maximum(levers, low + width), high - width).T[which]
    inside = bool((centre == levers.T[which]).all())  # the middle is the present setting, which is the first plan
    steps = np.array([-1.0, 1.0] if inside else [-1.0, 0.0, 1.0])
    plans = _alone(levers, which, centre[:, None] + wide[:, None] * steps[:, None])
    values = value(plans)
    looked = values[1:].reshape(n, steps.size, -1)
    before, here, after = looked[:, 0], values[0] if inside else looked[:, 1], looked[:, -1]
    bend = before - 2.0 * here + after
    bowl = bend < 0
    shift = np.where(bowl, 0.5 * (before - after) / np.where(bowl, bend, 1.0), 0.0)
    steepest = np.where(after > before, 1.0, -1.0)
    top = centre + wide * np.where(bowl, np.minimum(np.maximum(shift, -1.0), 1.0), steepest)
    tops = np.concatenate([_alone(levers, which, top[:, None])[1:], levers[None]])
    tops[-1][:, which] = top.T
    return _top(value, plans, values, tops)


def _top(
    value: Callable[[np.ndarray], np.ndarray], looked: np.ndarray, values: np.ndarray, more: np.ndarray
) -> np.ndarray:
    """The best (N, L) of plans already looked at, with their ``values``, and of ``more`` (K, N, L).

    The present setting is the first: where nothing is better, it stays.
    """
    found, agents = np.concatenate([values, value(more)]).argmax(axis=0), np.arange(looked.shape[1])
    best = looked[np.minimum(found, len(looked) - 1), agents]
    late = found >= len(looked)
    best[late] = more[found[late] - len(looked), agents[late]]
    return best
