"""Every stock and flow of the model, gathered from where they are declared, and their weekly series."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
import pandas as pd

from ..agents import people_stocks
from ..agents.cohorts import COHORTS
from ..agents.commissioner import Commissioners
from ..agents.patients.calendar import WEEKS
from ..agents.patients.events import EVENTS
from ..agents.patients.moves import MOVES
from ..agents.stocks import Flow, Stock
from .economy import Economy
from .money import sectors


def declared(kind: type, what: str) -> tuple[Any, ...]:
    """``STOCKS`` or ``FLOWS`` of a class and its bases, the bases first."""
    return tuple(x for base in reversed(kind.__mro__) for x in base.__dict__.get(what, ()))


def _named(what: str) -> dict[str, Any]:
    holders = (*COHORTS.values(), Commissioners)
    parts: list[Iterable[Any]] = [getattr(people_stocks, what), *(declared(kind, what) for kind in holders)]
    return {x.name: x for part in (*parts, getattr(sectors, what)) for x in part}


STOCKS: dict[str, Stock] = _named("STOCKS")  #: every stock by name
FLOWS: dict[str, Flow] = _named("FLOWS")  #: every flow by name

OF_PEOPLE = {stock.name for stock in people_stocks.STOCKS}  #: stocks counted person by person, in the sample
_PLACE = [name for flow in FLOWS.values() for name, _ in flow.counted()]
#: what organisations count, by name
NOTED = tuple(dict.fromkeys(n for n in _PLACE if n not in {*EVENTS, *MOVES, *sectors.PAYMENTS}))
COUNTED = {name: k for k, name in enumerate((*EVENTS, *MOVES, *NOTED, *sectors.PAYMENTS))}  #: columns by name


def _flows_from_counts() -> np.ndarray:
    """The flows as sums of what is counted, (flows, counts)."""
    out = np.zeros((len(FLOWS), len(COUNTED)))
    for k, flow in enumerate(FLOWS.values()):
        for name, sign in flow.counted():
            out[k, COUNTED[name]] += sign
    return out


def _stocks_from_flows() -> np.ndarray:
    """1 where a flow fills a stock, -1 where it drains it, (stocks, flows)."""
    place = {name: k for k, name in enumerate(STOCKS)}
    out = np.zeros((len(STOCKS), len(FLOWS)))
    for k, flow in enumerate(FLOWS.values()):
        if flow.source:
            out[place[flow.source], k] -= 1.0
        if flow.target:
            out[place[flow.target], k] += 1.0
    return out


FROM_COUNTS, FROM_FLOWS = _flows_from_counts(), _stocks_from_flows()
CHANGE = FROM_FLOWS @ FROM_COUNTS  #: of stocks by what is counted, (stocks, counts)


class Measured(Economy, Protocol):
    """A model whose stocks are measured."""

    total: np.ndarray

    @property
    def stocks(self) -> StockSeries: ...


def counts(model: Measured) -> np.ndarray:
    """What has been counted since the start but events, whole place, in the order of ``COUNTED`` after them."""
    noted: dict[str, float] = dict(model.commissioners.flowed)
    for cohort in model.cohorts:
        noted |= cohort.flowed
    organisations = [noted.get(name, 0.0) for name in NOTED]
    return np.concatenate([model.patients.moved() / model.sample, organisations, model.ledger.moved().ravel()])


def levels(model: Measured) -> np.ndarray:
    """How much there is of each of ``STOCKS``, whole place, measured and not added up."""
    people = people_stocks.levels(model.patients)
    held: dict[str, float] = {name: n / model.sample for name, n in people.items()}
    for holder in (*model.cohorts, model.commissioners):
        held |= holder.levels()
    for k, sector in enumerate(sectors.SECTORS):
        held[f"held_{sector}"] = float(model.ledger.held_by(k))
    return np.array([held[name] for name in STOCKS])


class StockSeries:
    """Stocks at each week's end, and what was counted in each week, whole place.

    The stocks are measured once, at the start; from then on what flows in is added and what flows out taken off.
    """

    def __init__(self, model: Measured) -> None:
        self.first = model.week
        self.now = levels(model)  # (stocks,)
        self.counted = counts(model)
        self.weeks: list[np.ndarray] = []  # counts of each week, (counts,)
        self.levels: list[np.ndarray] = [self.now]

    def observe_week(self, model: Measured) -> None:
        """Add a week's flows."""
        counted = counts(model)
        self.weeks.append(np.concatenate([model.total, counted - self.counted]))
        self.counted = counted
        self.now = self.now + CHANGE @ self.weeks[-1]
        self.levels.append(self.now)

    def flows(self) -> np.ndarray:
        """Flows of each week, (weeks, flows)."""
        return np.array(self.weeks).reshape(-1, len(COUNTED)) @ FROM_COUNTS.T


def stock_table(series: StockSeries) -> pd.DataFrame:
    """One row a week: every stock at the week's end, then every flow of the week, whole place."""
    names = [*STOCKS, *FLOWS]
    frame = pd.DataFrame(
        np.hstack([np.array(series.levels[1:]).reshape(-1, len(STOCKS)), series.flows()]), columns=names
    )
    week = series.first + np.arange(1, len(frame) + 1)
    return pd.concat([pd.DataFrame({"week": week, "year": (week - 1) // WEEKS + 1}), frame], axis=1)
