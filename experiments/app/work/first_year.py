"""What a draft pays in a year of usual activity, before anybody responds, beside a reference. Nothing is simulated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ....model.initial.calibrate import steady_state
from ....model.scenario import KINDS
from ....model.system import HealthEconomy
from ....scenarios import scenario
from ...results import incentives as marginal
from ...results import usual_pay
from ...runs.spec import RunSpec
from . import state, store
from .task import LOCK, Handle

FAR = 0.10  #: part of its income by which a provider may differ from the reference before the page warns (judgement)


@dataclass(frozen=True, eq=False)
class Pay:
    """A year of usual activity under the contracts of the first week.

    ``terms``: as ``usual_pay.table``. ``payers``: £ a head by payer. ``incomes``: £ (N,) by kind. ``one_more``: as
    ``incentives.table``.
    """

    title: str
    terms: pd.DataFrame
    payers: dict[str, float]
    incomes: dict[str, np.ndarray]
    people: float
    one_more: pd.DataFrame

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


def pay(model: HealthEconomy) -> Pay:
    """The year under the contracts with which a model begins."""
    held, people = marginal.held(model, 0), float(model.treasury.people)
    return Pay(
        model.funding.title if model.funding else "",
        usual_pay.table(model, held),
        {payer: pounds / people for payer, pounds in usual_pay.payers(model, held).items()},
        usual_pay.incomes(model, held),
        people,
        marginal.table(model, by=held),
    )


def against(own: Pay, usual: Pay) -> list[Against]:
    """Each kind of provider of a way of paying against a reference."""
    out = []
    for kind in KINDS:
        change = own.incomes[kind] / np.maximum(usual.incomes[kind], 1.0) - 1.0
        less, more = int((change < -FAR).sum()), int((change > FAR).sum())
        out.append(Against(kind, own.head(kind), usual.head(kind), less, more, change.size))
    return out


def priced(where: str, text: str, reference: str, handle: Handle) -> tuple[Pay, Pay]:
    """The first year under a draft, and under the reference.

    Raises:
        InputError: when one of them cannot be used in the place.
    """
    funding = store.read(text, "draft")[1]
    usual = state.reference_model(where, handle, reference)
    handle.check()
    with LOCK:
        steady_state(state.place_of(where), lambda _: handle.check())
        model = RunSpec(scenario(state.place_of(where), funding), "draft").model()
        return pay(model), pay(usual)
