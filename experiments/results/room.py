"""Which levers have used nearly all of their room: how far pay can move them. Everything else asks here."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...agents.habit import TINY, Room

NEAR = 0.1  #: part of the room that is left where a plan counts as at the end, which no plan ever reaches


def at_end(parameters: Any, cohort: Any, levers: np.ndarray) -> np.ndarray:
    """Which levers (N, L) of a cohort stand at the end of their room; a lever that has none stands nowhere."""
    room = Room.of(parameters.behaviour, cohort.LEVERS)
    return (room.used(levers) >= 1.0 - NEAR) & (room.of_side(levers - 1.0) > TINY)
