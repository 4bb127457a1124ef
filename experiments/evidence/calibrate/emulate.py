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
    middle: float  # mean of the training runs
    spread: float  # and their standard deviation; the process emulates what is left
    quality: float
    error: float

    def predict(self, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation, (n,) each; the deviation includes noise of the training runs.

        The mean is what ``process.predict`` says, in a third of its time: a fit asks for billions of pairs of points.
        """
        parts = np.array_split(unit[:, self.active], max(1, len(unit) // 5000))
        mean = self.middle + self.spread * np.concatenate([self._mean(part) for part in parts])
        return mean, np.full(len(mean), self.error)

    def _mean(self, points: np.ndarray) -> np.ndarray:
        from sklearn.metrics import euclidean_distances

        size, shape = self.process.kernel_.k1.k1.constant_value, self.process.kernel_.k1.k2.length_scale
        near = euclidean_distances(points / shape, self.process.X_train_ / shape, squared=True)
        near *= -0.5
        return size * (np.exp(near, out=near) @ self.process.alpha_)


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
    x, middle, spread = unit[:, chosen], float(np.mean(y)), float(np.std(y)) or 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        process.fit(x[:FEW], y[:FEW])
        fixed = GaussianProcessRegressor(process.kernel_, optimizer=None)  # type: ignore[arg-type]
        fixed.fit(x, (y - middle) / spread)
        left_out = middle + spread * np.asarray(cross_val_predict(fixed, x, (y - middle) / spread, cv=min(10, len(y))))
    missed = float(np.mean((left_out - y) ** 2))
    quality = 1.0 - missed / spread**2 if np.ptp(y) > 0 else 1.0
    return Emulator(chosen, fixed, middle, spread, quality, max(float(np.sqrt(missed)), TINY))
