"""The room of each lever: how far a behaviour can go, and who is at the end of it. Everything else asks here."""

from __future__ import annotations

from typing import Any

import numpy as np

NEAR = 0.02  #: part of the way to the end of the room within which a plan counts as at the end


def room(parameters: Any, cohort: Any) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest value of each lever of a cohort, (L,) each."""
    behaviour, n = parameters.behaviour, len(cohort.LEVERS)
    return np.full(n, behaviour.lever_low), np.full(n, behaviour.lever_high)


def at_end(parameters: Any, cohort: Any, levers: np.ndarray) -> np.ndarray:
    """Which levers (N, L) of a cohort stand at the end of their room; a lever that has none stands nowhere."""
    low, high = room(parameters, cohort)
    up = (high > 1.0) & (levers - 1.0 >= (1.0 - NEAR) * (high - 1.0))
    down = (low < 1.0) & (1.0 - levers >= (1.0 - NEAR) * (1.0 - low))
    return up | down
