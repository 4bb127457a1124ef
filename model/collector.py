"""Headline series that a Mesa user expects, one row a week."""

from __future__ import annotations

import mesa

from ..agents.patients.calendar import DAYS
from .economy import Economy


def collector() -> mesa.DataCollector:
    """A data collector of consultations, failed requests, emergency admissions, waiting list, occupancy and GPs."""
    return mesa.DataCollector(
        model_reporters={
            "consultations": _consultations,
            "failed_requests": _failed,
            "emergency_admissions": _admitted,
            "waiting": _waiting,
            "occupancy": _occupancy,
            "gp_fte": _gps,
        }
    )


# functions, not lambdas, so that a model can be pickled


def _consultations(model: Economy) -> float:
    return model.weekly_total("gp_consultations") + model.weekly_total("other_consultations")


def _failed(model: Economy) -> float:
    return model.weekly_total("failed_requests")


def _admitted(model: Economy) -> float:
    return model.weekly_total("emergency_zero_day") + model.weekly_total("emergency_overnight")


def _waiting(model: Economy) -> float:
    return float(model.hospitals.listed.sum() / model.sample)


def _occupancy(model: Economy) -> float:
    return float(model.hospitals.used.sum() / DAYS / model.hospitals.beds().sum())


def _gps(model: Economy) -> float:
    return float(model.practices.gp_fte.sum())
