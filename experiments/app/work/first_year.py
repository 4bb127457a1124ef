"""What a way of paying pays in a year of usual activity, before anybody responds, beside a reference. No run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ....model.scenario import KINDS
from ....model.system import HealthEconomy
from ...results import incentives as marginal
from ...results import usual_pay

FAR = 0.10  #: part of its income by which a provider may differ from the reference before the page warns (judgement)


@dataclass(frozen=True, eq=False)
class Pay:
    """A year of usual activity under the contracts of one week.

    ``terms``: as ``usual_pay.table``. ``payers``: £ a head by payer. ``incomes``: £ (N,) by kind.
    """

    terms: pd.DataFrame
    payers: dict[str, float]
    incomes: dict[str, np.ndarray]
    people: float

    def pounds(self, kind: str) -> float:
        """£ a year that a kind of provider is paid."""
        return float(self.incomes[kind].sum())

    def head(self, kind: str) -> float:
        """£ a year for each person of the place that a kind of provider is paid."""
        return self.pounds(kind) / self.people

    def paid(self, kind: str) -> dict[str, tuple[str, float]]:
        """Payer and £ a year of each term of a kind, by name."""
        own = self.terms[self.terms["kind"] == kind]
        rows = zip(own["term"], own["payer"], own["pounds"], strict=True)
        return {str(term): (str(payer), float(pounds)) for term, payer, pounds in rows}


@dataclass(frozen=True)
class Against:
    """A kind of provider against the reference: £ a head under both, and how many earn far less or far more."""

    kind: str
    now: float
    usual: float
    less: int
    more: int
    providers: int

    @property
    def far(self) -> bool:
        """Whether the kind as a whole is paid far less or far more."""
        return abs(self.now - self.usual) > FAR * self.usual


def pay(model: HealthEconomy, week: int = 0) -> Pay:
    """The year under the contracts of a week."""
    held, people = marginal.held(model, week), float(model.treasury.people)
    return Pay(
        usual_pay.table(model, held),
        {payer: pounds / people for payer, pounds in usual_pay.payers(model, held).items()},
        usual_pay.incomes(model, held),
        people,
    )


def against(own: Pay, usual: Pay) -> list[Against]:
    """Each kind of provider of a way of paying against a reference."""
    out = []
    for kind in KINDS:
        change = own.incomes[kind] / np.maximum(usual.incomes[kind], 1.0) - 1.0
        less, more = int((change < -FAR).sum()), int((change > FAR).sum())
        out.append(Against(kind, own.head(kind), usual.head(kind), less, more, change.size))
    return out
