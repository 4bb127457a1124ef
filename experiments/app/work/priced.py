"""Ways of paying priced in a place, by the dates on which their contracts change. Nothing is simulated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from ....model.initial.calibrate import steady_state
from ....model.system import HealthEconomy
from ....scenarios import scenario
from ...results import incentives as marginal
from ...runs.spec import RunSpec
from . import state, store
from .first_year import Pay, pay
from .task import LOCK, Handle


@dataclass(frozen=True, eq=False)
class Priced:
    """A way of paying in a place.

    ``days``: the weeks in which its contracts change, the first week among them, each with its date. ``years``: a year
    of usual activity under the contracts of each of these weeks.
    """

    title: str
    model: HealthEconomy
    days: dict[int, date]
    years: dict[int, Pay]

    def since(self, week: int) -> int:
        """The week from which the contracts of a week are in force."""
        return max(w for w in self.days if w <= max(week, 0))

    def year(self, week: int = 0) -> Pay:
        """A year of usual activity under the contracts of a week."""
        return self.years[self.since(week)]

    def table(self, week: int, of: str = "") -> pd.DataFrame:
        """Marginal pay under the contracts of a week, as ``incentives.table``; ``of``: the code of one provider."""
        return marginal.table(self.model, of=of, by=marginal.held(self.model, week))

    def payers_of(self, week: int, kind: str, name: str) -> list[str]:
        """Names of the terms that pay for one more of something under the contracts of a week, the largest first."""
        held = marginal.held(self.model, week)[kind]
        paid: dict[str, float] = {}
        for _, term, extra in marginal.per_term(self.model, kind, name, held):
            paid[term] = paid.get(term, 0.0) + float(abs(extra).mean())
        return sorted((term for term in paid if paid[term] > 1e-9), key=lambda term: -paid[term])

    def amount(self, week: int, kind: str, term: str, field: str) -> float | None:
        """A number in a term of the contracts of a week, neutral ones solved; nothing where there is no such term."""
        held = [x.term for x in marginal.held(self.model, week)[kind] if x.term.name == term]
        value = getattr(held[0], field, None) if held else None
        return float(value) if isinstance(value, int | float) else None


def _priced(title: str, model: HealthEconomy) -> Priced:
    days = marginal.days(model)
    return Priced(title, model, days, {week: pay(model, week) for week in days})


def price(where: str, name: str, handle: Handle) -> Priced:
    """Price a built-in or saved way of paying.

    Raises:
        InputError: when it cannot be used in the place.
    """
    return _priced(state.title(name, where), state.reference_model(where, handle, name))


def price_draft(where: str, text: str, handle: Handle) -> Priced:
    """Price the text of a funding file; raises as ``price``."""
    funding = store.read(text, "draft")[1]
    with LOCK:
        steady_state(state.place_of(where), lambda _: handle.check())
        return _priced(funding.title, RunSpec(scenario(state.place_of(where), funding), "draft").model())
