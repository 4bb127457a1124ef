"""What cohorts are told of the week, the people and the year's money."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np


class WeekEvents(NamedTuple):
    """Events of a week by where they are counted, whole place; columns in the order of ``EVENTS``."""

    practice: np.ndarray  # (P, E)
    hospital: np.ndarray  # (H, E)
    council: np.ndarray  # (C, E) by the area in which patients live
    waiting_for_care: np.ndarray  # (C,) people at the week's end
    in_step_up: np.ndarray  # (P,) people whom a step-up bed took in place of a hospital


class Registered(NamedTuple):
    """Who is registered with each practice, whole place."""

    weighted: dict[str, np.ndarray]  # (P,) people weighted for need, by formula
    people: np.ndarray  # (P, 2, BANDS) by sex and age band
    frailty: np.ndarray  # (P, 4) by frailty
    expected_emergencies: np.ndarray  # (P,) admissions a year expected from the patients' risks
    expected_acsc: np.ndarray  # (P,) the ambulatory-care-sensitive ones among them
    residents: np.ndarray  # (P,) in care homes
    one_more: Mapping[str, np.ndarray] = MappingProxyType({})  # (P, BANDS) weight of one more person by age, by formula


class YearEnd(NamedTuple):
    """Money of the year that has ended and of the year to come, as one cohort meets it."""

    income: np.ndarray  # (N,) £ received in the year
    cost: np.ndarray  # (N,) £ spent
    discretionary: np.ndarray  # (N,) share of discretionary practice money paid next year
    afforded: np.ndarray  # (N,) planned hospital work paid for next year, relative to the usual
    own_care: np.ndarray  # (C,) £ of care that each council answered for
