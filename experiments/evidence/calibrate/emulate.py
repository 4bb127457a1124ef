"""Gaussian-process emulators of outcomes over the space (scikit-learn), on the few parameters that affect each.

A parameter is active when the outcome's rank correlation with it, or with its squared distance from the middle, exceeds
chance after removing the active ones. Each has a fitted length scale (automatic relevance); noise is fitted too.
``quality`` is the share of variance explained in cross-validation, and ``error`` what cross-validation leaves: one
standard deviation for the whole space, which the process's own would make a hundred times as slow to ask for.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import rankdata

FEW = 192  #: points from which length scales and noise are fitted; the process itself rests on all
MOST = 8  #: active parameters of one emulator
TINY = 1e-6  #: smallest error of an emulator, in the outcome's unit


@dataclass
class Emulator:
    """One outcome: its mean and standard deviation anywhere in the unit cube."""

    active: list[int]
    process: Any
    quality: float
    error: float

    def predict(self, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation, (n,) each; the deviation includes noise of the training runs."""
        parts = np.array_split(unit[:, self.active], max(1, len(unit) // 5000))
        mean = np.concatenate([self.process.predict(part) for part in parts])
        return mean, np.full(len(mean), self.error)


def active(unit: np.ndarray, y: np.ndarray) -> list[int]:
    """Columns that affect an outcome, the strongest first; at least one.

    Forward selection: add the column whose rank, or distance from the middle, correlates most with the residual.
    """
    chance = 2.5 / np.sqrt(len(y))
    kept: list[int] = []
    left = y.astype(float)
    while len(kept) < min(MOST, unit.shape[1]):
        score = np.array([max(abs(_rank(x, left)), abs(_rank((x - 0.5) ** 2, left))) for x in unit.T])
        score[kept] = 0.0
        best = int(score.argmax())
        if kept and score[best] < chance:
            break
        kept.append(best)
        x = unit[:, kept]
        table = np.column_stack([np.ones(len(y)), x, x**2])
        left = y - table @ np.linalg.lstsq(table, y, rcond=None)[0]
    return kept


def _rank(x: np.ndarray, y: np.ndarray) -> float:
    found = np.corrcoef(rankdata(x), rankdata(y))[0, 1] if np.ptp(y) > 0 else 0.0
    return abs(float(found)) if np.isfinite(found) else 0.0


def fit(unit: np.ndarray, y: np.ndarray) -> Emulator:
    """An emulator of outcomes ``y`` (n,) at points (n, d).

    Raises:
        InputError: when scikit-learn is not installed.
    """
    from ....model.errors import InputError

    try:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.gaussian_process import GaussianProcessRegressor
        from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
        from sklearn.model_selection import cross_val_predict
    except ImportError:
        raise InputError("calibrate needs the extra 'calibrate': pip install 'fundingflows[calibrate]'") from None
    chosen = active(unit, y)
    scales: Any = np.ones(len(chosen))
    kernel = ConstantKernel(1.0, (1e-2, 1e3)) * RBF(scales, (0.1, 20.0)) + WhiteKernel(1e-3, (1e-6, 1.0))
    process = GaussianProcessRegressor(kernel, normalize_y=True, random_state=1)
    x = unit[:, chosen]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        process.fit(x[:FEW], y[:FEW])
        fixed = GaussianProcessRegressor(process.kernel_, optimizer=None, normalize_y=True)  # type: ignore[arg-type]
        fixed.fit(x, y)
        left_out = cross_val_predict(fixed, x, y, cv=min(10, len(y)))
    spread = float(np.var(y))
    missed = float(np.mean((left_out - y) ** 2))
    quality = 1.0 - missed / spread if spread > 0 else 1.0
    return Emulator(chosen, fixed, quality, max(float(np.sqrt(missed)), TINY))
