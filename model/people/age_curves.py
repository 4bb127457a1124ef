"""Curves by single year of age from published tables by age band: people, shares of states, onsets."""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls

from ...agents.patients.calendar import WEEKS
from ...agents.patients.people import BANDS, HEADROOM
from .cache import cached_by_contents

EDGES = (0, 5, 15, 45, 65, 75, 85, 106)
AGES = np.arange(106)
BAND_OF_AGE = np.digitize(AGES, EDGES[1:-1])


def _smooth(design: np.ndarray, target: np.ndarray, basis: np.ndarray, scale: float) -> np.ndarray:
    """The smoothest ``basis @ x`` with x ≥ 0 whose band totals ``design @ .`` meet ``target``."""
    curve = np.diff(basis, n=2, axis=0)
    rows = np.vstack([design @ basis * 1e3, curve * scale])
    x, _ = nnls(rows, np.concatenate([target * 1e3, np.zeros(curve.shape[0])]), maxiter=20000)
    return basis @ x


@cached_by_contents
def age_profile(bands: np.ndarray, five: np.ndarray, thinning: float) -> np.ndarray:
    """People by single year of age 0-105 from people by band (7,).

    Within a band people divide as in ``five`` (18,), the country by five years of age, and smoothly within those.
    """
    fives = np.minimum(AGES // 5, 17)
    band_of_five = np.digitize(np.arange(18) * 5, EDGES[1:-1])
    parts = five * (bands / np.bincount(band_of_five, five, minlength=BANDS))[band_of_five]
    design = (fives[None] == np.arange(18)[:, None]).astype(float)
    total = bands.sum()
    profile = _smooth(design, parts / total, np.eye(106), 3e1)
    old = BAND_OF_AGE == BANDS - 1
    fall = np.exp(-thinning * (AGES[old] - EDGES[-2]))  # survivors above 85 thin out about as life tables do
    profile[old] = fall / fall.sum() * bands[-1] / total
    for b in range(BANDS - 1):
        here = b == BAND_OF_AGE
        profile[here] *= bands[b] / total / max(profile[here].sum(), 1e-12)
    return profile * total


@cached_by_contents
def by_year(share: np.ndarray, profile: np.ndarray) -> np.ndarray:
    """Shares by single year of age (106, K) from shares by band (7, K) of ordered states; never falling with age.

    The share in state k or beyond is the smoothest rising curve whose band means are those given.
    """
    beyond = np.cumsum(share[:, ::-1], axis=1)[:, ::-1]
    design = np.zeros((BANDS, 106))
    for b in range(BANDS):
        here = b == BAND_OF_AGE
        design[b, here] = profile[here] / profile[here].sum()
    rising = np.tril(np.ones((106, 106)))
    curves = np.ones((106, share.shape[1]))
    for k in range(1, share.shape[1]):
        peak = max(beyond[:, k].max(), 1e-9)
        curves[:, k] = np.clip(_smooth(design, beyond[:, k] / peak, rising, 3e1), 0, None) * peak
        curves[:, k] = np.minimum(curves[:, k], curves[:, k - 1])
    return np.clip(curves - np.column_stack([curves[:, 1:], np.zeros(106)]), 0.0, 1.0)


@cached_by_contents
def onsets(states: np.ndarray, death: np.ndarray, width: int) -> np.ndarray:
    """Chances a week of moving to the next state, (106, width), that keep the shares by age as they are.

    ``states`` (106, K) shares by age; ``death`` (106, K) chance of dying in a year. From age a to a+1 the share
    beyond k changes by those who move and by the different deaths of those who are there: solved for the movers.
    """
    out = np.zeros((106, width))
    for a in range(105):
        alive = states[a] * (1.0 - death[a])
        beyond_next = 1.0 - np.cumsum(states[a + 1])
        for k in range(states.shape[1] - 1):
            movers = beyond_next[k] * alive.sum() - alive[k + 1 :].sum()
            if alive[k] > 1e-9:
                chance = np.clip(movers / alive[k], 0.0, 0.9)
                out[a, k] = -np.log1p(-chance) / WEEKS
    out[105] = out[104]
    return np.clip(out, 0.0, 0.2 / HEADROOM)
