"""Headline series that a Mesa user expects, and every stock, one row a week."""

from __future__ import annotations

from functools import partial

import mesa

from ..agents.patients.calendar import DAYS
from .stocks import STOCKS, Measured


def collector() -> mesa.DataCollector:
    """A data collector of consultations, failed requests, emergencies, waiting list, occupancy, GPs and every stock.

    A stock has the name under which it is declared, ``model.stocks.STOCKS``.
    """
    stocks = {name: partial(_stock, k) for k, name in enumerate(STOCKS)}
    return mesa.DataCollector(
        model_reporters={
            "consultations": _consultations,
            "failed_requests": _failed,
            "emergency_admissions": _admitted,
            "waiting": _waiting,
            "occupancy": _occupancy,
            "gp_fte": _gps,
            **stocks,
        }
    )


# functions, not lambdas, so that a model can be pickled


def _stock(k: int, model: Measured) -> float:
    return float(model.stocks.now[k])


def _consultations(model: Measured) -> float:
    return model.weekly_total("gp_consultations") + model.weekly_total("other_consultations")


def _failed(model: Measured) -> float:
    return model.weekly_total("failed_requests")


def _admitted(model: Measured) -> float:
    return model.weekly_total("emergency_zero_day") + model.weekly_total("emergency_overnight")


def _waiting(model: Measured) -> float:
    return float(model.hospitals.listed.sum() / model.sample)


def _occupancy(model: Measured) -> float:
    return float(model.hospitals.used.sum() / DAYS / model.hospitals.beds().sum())


def _gps(model: Measured) -> float:
    return float(model.practices.gp_fte.sum())
