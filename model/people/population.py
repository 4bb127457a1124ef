"""People made from a place: age, sex, deprivation, health and care, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from scipy.special import ndtr, ndtri

from ...agents.patients.calendar import WEEKS
from ...agents.patients.draws import Draw
from ...agents.patients.entry import identities, salts, uniforms
from ...agents.patients.people import BANDS, GONE, HOME, STATE, People
from ..parameters import Parameters
from ..place.place import Place
from .age_curves import BAND_OF_AGE, EDGES, age_profile, by_year

QUINTILES = 5  #: of deprivation


def origin(text: str) -> int:
    """A 62-bit number that stands for a name, as the root of identities."""
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big") >> 2


@dataclass
class HealthDistributions:
    """What newcomers are drawn from: shares by year of age, and the shift that deprivation makes."""

    conditions: np.ndarray  # (106, 5) cumulative
    frailty: np.ndarray  # (106, 4) cumulative
    shift: np.ndarray  # (5,) in sd of the latent risk, by quintile
    correlation: float


def health_distributions(
    place: Place, parameters: Parameters
) -> tuple[HealthDistributions, np.ndarray, np.ndarray, np.ndarray]:
    """The distributions, the age profile (106,), and shares by age of conditions (106, 5) and frailty (106, 4)."""
    profile = age_profile(
        place.people.sum(axis=(0, 1)).astype(float),
        parameters.people.england_by_five_years,
        parameters.people.thinning_over_85,
    )
    conditions = by_year(parameters.people.conditions_share, profile)
    frailty = by_year(parameters.people.frailty_share, profile)
    # deprivation brings conditions forward by some years, spread evenly over fifths: in sd of the latent risk at 55
    one_plus = 1.0 - conditions[:, 0]
    slope = (ndtri(one_plus[70]) - ndtri(one_plus[45])) / 25.0
    steps = np.linspace(0.5, -0.5, QUINTILES) * parameters.people.deprivation_years * slope
    return (
        HealthDistributions(
            np.cumsum(conditions, 1), np.cumsum(frailty, 1), steps, parameters.people.frailty_condition_correlation
        ),
        profile,
        conditions,
        frailty,
    )


def _latent(
    risk: np.ndarray, weak: np.ndarray, quintile: np.ndarray, make: HealthDistributions
) -> tuple[np.ndarray, np.ndarray]:
    """Normal risks of conditions and of frailty (n,) from two uniform draws each."""
    risk, other = (ndtri(np.clip(u, 1e-9, 1 - 1e-9)) for u in (risk, weak))
    weak = make.correlation * risk + np.sqrt(1.0 - make.correlation**2) * other
    return risk + make.shift[quintile], weak + make.shift[quintile]


def draw_health(
    risk: np.ndarray, weak: np.ndarray, years: np.ndarray, quintile: np.ndarray, make: HealthDistributions
) -> tuple[np.ndarray, np.ndarray]:
    """Conditions and frailty of newcomers (n,), by two draws in [0, 1), their ages and quintiles."""
    risk, weak = _latent(risk, weak, quintile, make)
    conditions = (ndtr(risk)[:, None] >= make.conditions[years][:, :-1]).sum(axis=1)
    frailty = (ndtr(weak)[:, None] >= make.frailty[years][:, :-1]).sum(axis=1)
    return conditions.astype(np.uint8), frailty.astype(np.uint8)


def _by_rank(latent: np.ndarray, years: np.ndarray, cumulative: np.ndarray) -> np.ndarray:
    """States by rank within each year of age, so that the shares of the table are met almost exactly."""
    out = np.zeros(latent.size, dtype=np.uint8)
    order = np.lexsort((latent, years))
    start = 0
    for age, n in zip(*np.unique(years[order], return_counts=True), strict=True):
        rank = (np.arange(n) + 0.5) / n
        out[order[start : start + n]] = np.searchsorted(cumulative[age][:-1], rank, side="right")
        start += n
    return out


def populate(place: Place, parameters: Parameters, spare: float) -> tuple[People, np.ndarray, np.ndarray]:
    """Everyone registered, sorted by practice, with empty rows at each practice's end.

    ``spare``: empty rows as a share of the list. Returns the columns and each practice's first and last row.
    """
    make, profile, _, _ = health_distributions(place, parameters)
    counts = place.people
    if place.sample < 1.0:
        scaled = counts * place.sample
        whole = np.floor(scaled).astype(np.int64)
        draw = uniforms(identities(origin(place.id + "sample"), 0, scaled.size), np.uint64(1)).reshape(scaled.shape)
        counts = whole + (draw < scaled - whole)
    lists = counts.sum(axis=(1, 2))
    room = (lists * (1.0 + spare)).astype(np.int64) + 64
    stop = np.cumsum(room)
    start = stop - room
    people = empty_people(int(stop[-1]))
    practice = np.repeat(np.arange(lists.size), lists)
    filled = np.arange(practice.size) + (start - np.cumsum(lists) + lists)[practice]
    names = zip(place.practices.code.tolist(), lists.tolist(), strict=True)
    keys = np.concatenate([identities(origin(f"{place.id}/{code}"), 0, n) for code, n in names])
    sex, band = np.unravel_index(np.repeat(np.tile(np.arange(2 * BANDS), lists.size), counts.ravel()), (2, BANDS))
    u = uniforms(keys, np.uint64(2))
    years = np.zeros(keys.size, dtype=np.int64)
    for b in range(BANDS):
        inside = profile * (b == BAND_OF_AGE)
        here = band == b
        years[here] = np.searchsorted(np.cumsum(inside) / inside.sum(), u[here], side="right")
    weeks = (uniforms(keys, np.uint64(3)) * WEEKS).astype(np.int64)
    quintile = _quintiles(place, practice, keys)
    people.key[filled], people.where[filled] = keys, HOME
    people.state["born"][filled] = -(years * WEEKS + weeks)
    people.traits[filled] = sex + 2 * quintile
    salt = salts(0, -90000)
    risk, weak = _latent(uniforms(keys, salt[Draw.ARRIVAL_PERSON]), uniforms(keys, salt[Draw.ARRIVAL]), quintile, make)
    people.state["conditions"][filled] = _by_rank(risk, years, make.conditions)
    people.state["frailty"][filled] = _by_rank(weak, years, make.frailty)
    return people, start, stop


def _quintiles(place: Place, practice: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Deprivation quintile of each person (n,), as those of their practice are spread."""
    shares = place.practices[[f"imd{q}" for q in range(1, 6)]].to_numpy(dtype=float)
    marks = np.cumsum(shares, axis=1) / shares.sum(axis=1, keepdims=True)
    u = uniforms(keys, np.uint64(4))
    return np.sum([marks[practice, q] < u for q in range(4)], axis=0)


def empty_people(n: int) -> People:
    """Columns of n empty rows."""
    return People(
        np.zeros(n, np.uint64),
        np.zeros(n, np.uint32),
        np.zeros(n, np.uint32),
        np.zeros(n, np.uint8),
        np.zeros(n, np.uint8),
        np.zeros(n, np.int32),
        np.zeros(n, STATE),
        np.zeros(n, np.uint8),
    )


def assign_care(people: People, parameters: Parameters) -> None:
    """Give care to the people most likely to have it: as many by age as published, by frailty within an age."""
    care = parameters.social_care
    years = -(people.state["born"].astype(np.int64)) // WEEKS
    band = np.digitize(years, EDGES[1:-1])
    u = np.clip(uniforms(people.key, np.uint64(5)), 1e-12, 1.0)
    order = (
        -np.log(u) / np.asarray(care.need_by_frailty)[people.state["frailty"]]
    )  # exponential race: weighted, no replacement
    tables = (care.home_care_rate, care.council_places_rate, care.self_funded_places_rate, care.nhs_funded_places_rate)
    for b in range(BANDS):
        here = np.flatnonzero((band == b) & (people.where == HOME))
        queue = here[np.argsort(order[here], kind="stable")]
        at = 0
        for kind, table in enumerate(tables, start=1):
            n = round(table[b] * here.size)
            people.state["care"][queue[at : at + n]] = kind
            at += n


class ReferencePopulation:
    """Columns of the living, and means by age band that rates are scaled with."""

    def __init__(self, people: People, start: np.ndarray, stop: np.ndarray) -> None:
        living = people.where != GONE
        self.conditions = people.state["conditions"][living]
        self.frailty = people.state["frailty"][living]
        self.sex = people.traits[living] & 1
        self.quintile = people.traits[living] >> 1 & 7
        self.care = people.state["care"][living]
        self.key = people.key[living]
        self.years = np.clip(-(people.state["born"][living].astype(np.int64)) // WEEKS, 0, 105)
        self.band = BAND_OF_AGE[self.years]
        self.practice = np.repeat(np.arange(start.size), stop - start)[living]
        self.number = np.bincount(self.band, minlength=BANDS).astype(float)

    def mean(self, risk: np.ndarray) -> np.ndarray:
        """Mean of a column by age band (7,)."""
        return np.bincount(self.band, risk, minlength=BANDS) / np.maximum(self.number, 1.0)
