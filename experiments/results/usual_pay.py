"""What contracts pay in a year of usual activity: by provider, by payer, before anybody responds. No run."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...model.contracts.contract import payer_of
from ...model.contracts.holding import Holding
from ...model.contracts.pools.pools import FUNDERS
from ...model.system import HealthEconomy
from .incentives import Held


def due(cohort: object, holding: Holding) -> np.ndarray:
    """£ that a term owes each provider in the expected year, (N,)."""
    activity = cohort.expected()  # type: ignore[attr-defined]
    return np.broadcast_to(np.asarray(holding.due(activity), dtype=float), np.shape(activity["people_at_start"]))


def incomes(model: HealthEconomy, by: Held) -> dict[str, np.ndarray]:
    """£ a year that contracts pay each provider, (N,), by kind of provider."""
    return {
        cohort.kind: sum((due(cohort, x) for x in by[cohort.kind]), np.zeros(len(cohort))) for cohort in model.cohorts
    }


def table(model: HealthEconomy, by: Held) -> pd.DataFrame:
    """One row a term: kind of provider, payer, term, £ a year, and £ for each person of the place."""
    rows = [
        (cohort.kind, payer_of(cohort.kind, x.term), x.term.name, float(due(cohort, x).sum()))
        for cohort in model.cohorts
        for x in by[cohort.kind]
    ]
    frame = pd.DataFrame(rows, columns=["kind", "payer", "term", "pounds"])
    return frame.assign(per_head=frame["pounds"] / model.treasury.people)


def payers(model: HealthEconomy, by: Held) -> dict[str, float]:
    """£ a year by payer: what it pays providers, or puts into the pools that pay them."""
    found: dict[str, float] = dict.fromkeys(FUNDERS, 0.0)
    frame = table(model, by)
    for payer, pounds in zip(frame["payer"], frame["pounds"], strict=True):
        if payer in found:
            found[payer] += float(pounds)
    pools = model.timetable.pools if model.timetable else None
    for pool in pools.pools if pools else ():
        for payer, pounds in pools.budget_from(pool, by).items() if pools else ():
            found[payer] += pounds
    return {payer: pounds for payer, pounds in found.items() if pounds}
