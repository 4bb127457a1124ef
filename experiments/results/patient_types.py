"""What one more patient of a type brings each kind of provider, with the care that such a person needs. No run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ...agents.choosing import CONDITIONS, FRAILTY
from ...agents.joiners import needs, with_joiner
from ...agents.patients.people import BANDS
from ...model.contracts.holding import Holding, Holdings
from ...model.people.registers import formulas
from ...model.system import HealthEconomy
from .incentives import Held, held


class PatientType(NamedTuple):
    """A type of patient: age band, number of long-term conditions, frailty (0 fit to 3 severely frail)."""

    words: str
    band: int
    conditions: int
    frailty: int


TYPES = (
    PatientType("aged 15 to 44, fit, no long-term condition", 2, 0, 0),
    PatientType("aged 45 to 64, fit, one condition", 3, 1, 0),
    PatientType("aged 75 to 84, fit, one condition", 5, 1, 0),
    PatientType("aged 75 to 84, moderately frail, two conditions", 5, 2, 2),
    PatientType("aged 85 or over, severely frail, three conditions", 6, 3, 3),
)


def table(model: HealthEconomy, by: Held | None = None) -> pd.DataFrame:
    """£ a year that one more patient of a type brings and costs the kind's average provider.

    The person needs care in proportion to what people of that age, number of conditions and frailty are expected to
    cost, and the contract pays for the person and for that care; indicators and pools' results are left as they are.
    Costs are the usual income per head, in the same proportion: what gains or loses by a type of patient is the
    difference. ``by``: terms by kind, those in force at the start when left out.

    Columns: kind, person, pays, costs, gain (£ a year each), turned_away: share of such people who ask to join whom
    practices would turn away if they were free to choose (0 under the usual contract), not a number for other kinds.
    """
    by = held(model, 0) if by is None else by
    rows = [_row(model, cohort, by[cohort.kind], person) for cohort in model.cohorts for person in TYPES]
    return pd.DataFrame(rows)


def need(model: HealthEconomy, cohort: Any, person: PatientType) -> float:
    """Care by a kind of provider that a person is expected to need, relative to the mean of the place's people."""
    return float(needs(cohort)[person.band, person.conditions, person.frailty])


def _row(model: HealthEconomy, cohort: Any, terms: Sequence[Holding], person: PatientType) -> dict[str, Any]:
    activity, contract = cohort.expected(), Holdings(terms)
    needed, shape = need(model, cohort, person), (len(cohort),)
    whose = activity["share_at_start"]
    weights = {
        name: table[:, person.band].mean() / mean
        for name, (table, mean) in formulas(model.place, model.parameters).items()
    }
    more = with_joiner(activity, cohort.COUNTED, weights, needed)
    extra = np.broadcast_to(contract.due(more), shape) - np.broadcast_to(contract.due(activity), shape)
    pays, costs = float(whose @ extra), needed * float(cohort.usual_income.sum() / activity["people_at_start"].sum())
    away = _turned_away(cohort, contract, person, whose) if cohort is model.practices else float("nan")
    row = {"kind": cohort.kind, "person": person.words, "pays": pays, "costs": costs, "gain": pays - costs}
    return row | {"turned_away": away}


def _turned_away(practices: Any, contract: Holdings, person: PatientType, whose: np.ndarray) -> float:
    shares = practices.shares_turned_away(contract).reshape(BANDS, CONDITIONS, FRAILTY, -1)
    return float(shares[person.band, person.conditions, person.frailty] @ whose)
