"""Weekly figures of the whole place, smoothed as charts show them."""

from __future__ import annotations

import numpy as np

from ...agents.patients.calendar import WEEKS
from ...agents.patients.events import EVENTS
from ...model.system import HealthEconomy

SPAN = 13  #: weeks over which weekly figures are averaged


def smooth(y: np.ndarray, span: int = SPAN) -> np.ndarray:
    """Trailing mean over a span of weeks; shorter at the start."""
    total = np.concatenate([[0.0], np.cumsum(y)])
    first = np.maximum(np.arange(1, y.size + 1) - span, 0)
    return (total[1:] - total[first]) / (np.arange(1, y.size + 1) - first)


def series(model: HealthEconomy) -> dict[str, np.ndarray]:
    """Weekly figures of the whole place so far, each an array (weeks,)."""
    if not model.record.practice:
        return {}
    events = np.array([week.sum(axis=0) for week in model.record.practice]) / model.sample
    of = lambda name: events[:, EVENTS.index(name)].astype(float)  # noqa: E731
    rows = {name: np.array(r, dtype=float) for name, r in model.record.series.items()}
    beds, used, fte = rows["beds_open"].sum(axis=1), rows["beds_used"].sum(axis=1), rows["gp_fte"].sum(axis=1)
    people = float(model.practices.lists.sum())
    return {
        "failed": 100.0 * smooth(of("failed_requests")) / np.maximum(smooth(of("requests")), 1e-9),
        "contacts": smooth(of("gp_consultations") / fte) * WEEKS / model.parameters.general_practice.gp_weeks,
        "listed": rows["waiting"].sum(axis=1),
        "waiting": 1000.0 * rows["waiting"].sum(axis=1) / people,
        "occupancy": 100.0 * smooth(used / beds),
        "acsc": smooth(of("acsc_admissions"), WEEKS) * WEEKS * 1000.0 / people,
        "gp_fte": fte,
    }
