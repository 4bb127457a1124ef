"""Who arrives, what people weigh in a formula, and what can be expected of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from ..agents import week as w
from .parameters import Parameters
from .place import Place
from .population import BAND_OF_AGE, Crowd, draw_health, makers, origin

if TYPE_CHECKING:
    from .system import FundingFlows


def normals(name: str, seed: int, year: int, shape: tuple[int, ...]) -> np.ndarray:
    """Standard-normal numbers that depend on name, seed and year alone."""
    n = int(np.prod(shape))
    u = w.uniforms(w.identities(origin(name), 0, n), w.salts(seed, year)[w.D_PERSON])
    return ndtri(np.clip(u, 1e-12, 1 - 1e-12)).reshape(shape)


class Newcomers:
    """People who move in, the same in every scenario: as many as leave in the usual year, and the net gain."""

    def __init__(self, place: Place, parameters: Parameters) -> None:
        self.make, profile, _, _ = makers(place, parameters)
        self.origin = origin(f"{place.id}/arrivals")
        counts = place.people.sum(axis=(0, 1)) * place.sample
        flow = counts * (parameters.people.migration_net + parameters.people.leaving_rate) / w.WEEKS
        self.a_week = float(flow.sum())
        self.band = np.cumsum(flow) / flow.sum()
        lists = place.people.sum(axis=(1, 2))
        self.practice = np.cumsum(lists) / lists.sum()
        self.quintiles = place.practices[[f"imd{q}" for q in range(1, 6)]].to_numpy(dtype=float)
        self.quintiles = np.cumsum(self.quintiles, axis=1) / self.quintiles.sum(axis=1, keepdims=True)
        self.years = [np.cumsum(profile * (b == BAND_OF_AGE)) / profile[b == BAND_OF_AGE].sum() for b in range(w.BANDS)]

    def arrive(self, model: FundingFlows) -> None:
        """This week's newcomers take their places."""
        first = int(np.floor(model.week * self.a_week))
        n = int(np.floor((model.week + 1) * self.a_week)) - first
        if n <= 0:
            return
        salt = w.salts(model.luck, model.week)
        week = int(w.salts(0, model.week)[w.D_ARRIVAL] >> np.uint64(2))
        keys = w.identities(self.origin ^ week, 0, n)  # (place, week, slot), whatever the seed
        draws = [w.uniforms(keys, np.uint64(k)) for k in range(1, 7)]
        band = np.minimum(np.searchsorted(self.band, draws[0]), w.BANDS - 1)
        practice = np.minimum(np.searchsorted(self.practice, draws[1]), self.practice.size - 1)
        years = np.zeros(n, dtype=np.int64)
        for b in np.unique(band):
            here = band == b
            years[here] = np.searchsorted(self.years[b], draws[2][here], side="right")
        quintile = np.minimum((draws[3][:, None] >= self.quintiles[practice]).sum(axis=1), 4)
        conditions, frailty = draw_health(keys, salt, years, quintile, self.make)
        born = model.week - years * w.WEEKS - (draws[4] * w.WEEKS).astype(np.int64)
        traits = (draws[5] < 0.5).astype(np.int64) + 2 * quintile
        spread = model.rates["control_spread"][0][(keys >> np.uint64(40)) & np.uint64(255)]
        control = np.clip(model.practices.settled_control()[practice] + spread, 0.0, 1.0) * 65535.0
        middle = model._middle()

        def refresh(rows: np.ndarray) -> None:
            w.refresh_some(rows, practice, middle, model.patients.people, model.rates, model.practices.style)

        model.make_room(int(np.bincount(practice).max()) + 24)
        model.patients.arrive(keys, practice, born, traits, conditions, frailty, control, model.week, refresh)
        groups = BAND_OF_AGE[np.clip(years, 0, 105)] * 5 + quintile
        np.add.at(model.diary.tally[:, :, w.ARRIVALS], (practice, groups), 1)


def expected_admissions(crowd: Crowd, table: np.ndarray, n_practices: int) -> tuple[np.ndarray, np.ndarray]:
    """Emergency admissions and, of these, ACSC ones a year (P,) expected from age, deprivation, frailty and conditions.

    At the usual control and continuity; this is what case-mix adjustment divides by.
    """
    rates = table[0]
    risk = rates["emergency"][crowd.band] * rates["emergency_frailty"][crowd.frailty]
    risk = risk * rates["emergency_condition"][crowd.conditions] * rates["emergency_quintile"][crowd.quintile] * w.WEEKS
    acsc = risk * rates["acsc_share"][crowd.conditions]
    return (
        np.bincount(crowd.practice, risk, minlength=n_practices),
        np.bincount(crowd.practice, acsc, minlength=n_practices),
    )


def weigh(model: FundingFlows, first: bool = False) -> None:
    """Count who is registered, and what they weigh in capitation formulas; at the start and each year."""
    gp = model.parameters.general_practice
    patients, n = model.patients, len(model.practices)
    crowd = Crowd(_aged(patients.people, patients.age_clock), patients.start, patients.stop)
    cell = (crowd.practice * 2 + crowd.sex) * w.BANDS + crowd.band
    counts = np.bincount(cell, minlength=n * 2 * w.BANDS).reshape(n, 2, w.BANDS) / model.sample
    in_homes = np.bincount(crowd.practice[(crowd.care >= 2) & (crowd.care <= 4)], minlength=n) / model.sample
    place = model.place.people.sum(axis=0).astype(float)
    england = place / place.sum(axis=0) * model.parameters.people.england_by_age
    weighted = {"people_flat": counts.sum(axis=(1, 2))}
    home_share = in_homes / np.maximum(weighted["people_flat"], 1.0)
    homes = 1.0 + (gp.carr_hill_care_home - 1.0) * home_share
    homes = homes / np.average(homes, weights=weighted["people_flat"])
    for name, table, care in (
        ("age_sex", gp.consultation_rate, 1.0),
        ("carr_hill_a", gp.carr_hill_a, homes),
        ("carr_hill_b", gp.carr_hill_b, homes),
    ):
        mean = (table * england).sum() / england.sum()
        weighted[f"people_{name}"] = (counts * table).sum(axis=(1, 2)) / mean * care
    model.practices.weighted = weighted
    model.practices.lists = weighted["people_flat"]
    admissions, acsc = expected_admissions(crowd, model.rates, n)
    model.practices.expected_emergencies = admissions / model.sample
    model.practices.expected_acsc = acsc / model.sample
    model.hospitals.weighted = {name: model.share.T @ value for name, value in weighted.items()}
    model.hospitals.served_people = model.hospitals.weighted["people_flat"]
    model.hospitals.expected_acsc = model.share.T @ model.practices.expected_acsc
    care = model.social_care
    care.weighted = {name: np.array([value.sum()]) for name, value in weighted.items()}
    care.people = care.weighted["people_flat"]
    care.people_65 = np.array([counts[:, :, 4:].sum()])
    care.people_working = np.array([counts[:, :, 2:4].sum()])
    if first:
        model.practices.usual_list = model.practices.lists.copy()
        model.hospitals.usual_people = model.hospitals.served_people.copy()
        care.usual_people, care.usual_people_65 = care.people.copy(), care.people_65.copy()
        care.usual_people_working = care.people_working.copy()


def _aged(people: w.People, clock: int) -> w.People:
    state = people.state.copy()
    state["born"] -= np.int16(clock)
    return people._replace(state=state)
