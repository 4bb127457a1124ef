"""Division where the whole may be nothing, as in a practice with hardly any patients."""

from __future__ import annotations

import numpy as np


def ratio(part: np.ndarray, whole: np.ndarray, otherwise: float = 1.0) -> np.ndarray:
    """``part / whole``, or ``otherwise`` where the whole is nothing: 1.0 leaves what it multiplies as usual."""
    some = whole > 0.0
    return np.where(some, part / np.where(some, whole, 1.0), otherwise)
