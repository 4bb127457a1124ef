"""People who move into the place, and standard-normal draws for organisations."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from ...agents.patients.calendar import QUARTER, WEEKS
from ...agents.patients.draws import Draw
from ...agents.patients.entry import identities, salts, uniforms
from ...agents.patients.people import BANDS, NEWCOMER
from ..economy import Economy
from ..parameters import Parameters
from ..place.place import Place
from .age_curves import BAND_OF_AGE
from .population import draw_health, health_distributions, origin

SAMPLING = -70001  #: the week whose salt draws which newcomers are in a sample


def normals(name: str, seed: int, year: int, shape: tuple[int, ...]) -> np.ndarray:
    """Standard-normal numbers that depend on name, seed and year alone."""
    n = int(np.prod(shape))
    u = uniforms(identities(origin(name), 0, n), salts(seed, year)[Draw.ARRIVAL_PERSON])
    return ndtri(np.clip(u, 1e-12, 1 - 1e-12)).reshape(shape)


SPARE_ROWS = 24  #: empty rows left at each practice, for the week's births
AT_ONCE = 50_000  #: newcomers drawn at a time, about: more would be no faster and take more memory


class Newcomers:
    """People who move in: as many as usually leave, plus net migration. They are the same people in every scenario."""

    def __init__(self, place: Place, parameters: Parameters) -> None:
        self.make, profile, _, _ = health_distributions(place, parameters)
        self.origin = origin(f"{place.id}/arrivals")
        counts = place.people.sum(axis=(0, 1)) * place.sample
        flow = counts * (parameters.people.migration_net + parameters.people.leaving_rate) / WEEKS
        self.a_week = float(flow.sum())
        self.sample = place.sample
        self.band = np.cumsum(flow) / flow.sum()
        lists = place.people.sum(axis=(1, 2))
        self.practice = np.cumsum(lists) / lists.sum()
        self.quintiles = place.practices[[f"imd{q}" for q in range(1, 6)]].to_numpy(dtype=float)
        self.quintiles = np.cumsum(self.quintiles, axis=1) / self.quintiles.sum(axis=1, keepdims=True)
        self.coming: np.ndarray | None = None  # NEWCOMER, from week `since` until before week `until`
        self.since, self.until, self.first = 0, 0, np.zeros(1, dtype=np.int64)
        self.years = [np.cumsum(profile * (b == BAND_OF_AGE)) / profile[b == BAND_OF_AGE].sum() for b in range(BANDS)]

    def arrive(self, model: Economy) -> None:
        """Register this week's newcomers. They are drawn a quarter ahead, or less where many arrive."""
        if self.coming is None or model.week >= self.until or model.week < self.since:
            weeks = max(int(AT_ONCE / max(self.a_week, 1.0)), 1)
            self.draw(model.week, min(model.week + weeks, model.week // QUARTER * QUARTER + QUARTER), model)
        assert self.coming is not None
        first, last = self.first[model.week - self.since : model.week - self.since + 2]
        if first == last:
            return
        now = self.coming[first:last]
        now["practice"] = model.practices.successor[now["practice"]]
        model.practices.welcome(now, model.week)
        model.patients.register(now, SPARE_ROWS)

    def draw(self, since: int, until: int, model: Economy) -> None:
        """Draw everyone who arrives from week ``since`` until before week ``until``, in order of arrival."""
        weeks = np.arange(since, until + 1)
        offsets = self.sampling_offsets(until, model.random_seed)
        marks = np.floor(weeks * self.a_week + offsets[0]).astype(np.int64)
        self.since, self.until, self.first = since, until, marks - marks[0]
        keys, risk, weak = [], [], []
        for week, n, offset in zip(
            weeks[:-1].tolist(), np.diff(marks).tolist(), offsets[since + 1 :].tolist(), strict=True
        ):
            slot = int(salts(0, week)[Draw.ARRIVAL] >> np.uint64(2))
            first = int(offset * max(self.a_week / self.sample - n, 0.0))
            keys.append(identities(self.origin ^ slot, first, n))  # (place, week, slot), whatever the seed
            salt = salts(model.random_seed, week)
            risk.append(uniforms(keys[-1], salt[Draw.ARRIVAL_PERSON]))
            weak.append(uniforms(keys[-1], salt[Draw.ARRIVAL]))
        key = np.concatenate(keys)
        draws = [uniforms(key, np.uint64(k)) for k in range(1, 7)]
        band = np.minimum(np.searchsorted(self.band, draws[0]), BANDS - 1)
        practice = np.minimum(np.searchsorted(self.practice, draws[1]), self.practice.size - 1)
        years = np.zeros(key.size, dtype=np.int64)
        for b in range(BANDS):
            here = band == b
            years[here] = np.searchsorted(self.years[b], draws[2][here], side="right")
        quintile = np.minimum((draws[3][:, None] >= self.quintiles[practice]).sum(axis=1), 4)
        come = np.repeat(weeks[:-1], np.diff(marks))
        self.coming = np.zeros(key.size, dtype=NEWCOMER)
        self.coming["key"], self.coming["practice"] = key, practice
        self.coming["born"] = come - years * WEEKS - (draws[4] * WEEKS).astype(np.int64)
        self.coming["traits"] = (draws[5] < 0.5).astype(np.int64) + 2 * quintile
        health = draw_health(np.concatenate(risk), np.concatenate(weak), years, quintile, self.make)
        self.coming["conditions"], self.coming["frailty"] = health

    def sampling_offsets(self, until: int, seed: int) -> np.ndarray:
        """Random offsets that choose which newcomers enter a sample, (until + 1,); zeros when everyone is simulated.

        The first shifts the running count of newcomers, the others the choice within each week. If every seed took
        the same few people, their peculiarities would bias all runs alike.
        """
        if self.sample == 1.0:
            return np.zeros(until + 1)
        return uniforms(np.arange(until + 1, dtype=np.uint64), salts(seed, SAMPLING)[Draw.ARRIVAL])
