"""People made from a place, and the chances a week that make them ask, fall ill and die.

Rates are scaled in closed form: a table of published rates by age is divided by the mean relative risk of the
people of that age, so that the synthetic population reproduces the published totals whatever its mix.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from types import SimpleNamespace
from typing import cast

import numpy as np
from scipy.optimize import brentq, nnls
from scipy.special import gammaincinv, ndtr, ndtri

from ...agents.patients import week as events
from ...agents.patients.week import (
    BANDS,
    CLINIC,
    D_ARRIVAL,
    D_PERSON,
    EVENTS,
    GONE,
    HEADROOM,
    HOME,
    RATES,
    STATE,
    THEATRE,
    URGENT,
    WEEKS,
    People,
    identities,
    salts,
    uniforms,
)
from ..parameters import Parameters
from ..place.place import Place
from .cache import cached_by_contents

EDGES = (0, 5, 15, 45, 65, 75, 85, 106)
AGES = np.arange(106)
BAND_OF_AGE = np.digitize(AGES, EDGES[1:-1])
QUINTILES = 5  #: of deprivation
FIRST_GUESS = 0.7  #: new needs for care relative to stocks over years held; the steady state corrects it
MIDS = (np.arange(256) + 0.5) / 256  # the middles of 256 equal parts, for tables read by a byte


def origin(text: str) -> int:
    """A 62-bit number that stands for a name, as the root of identities."""
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big") >> 2


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
    risk, weak = _latent(uniforms(keys, salt[D_PERSON]), uniforms(keys, salt[D_ARRIVAL]), quintile, make)
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


def _personal(shape: float) -> np.ndarray:
    """A gamma distribution of mean 1 as 256 equally likely values."""
    values = gammaincinv(shape, MIDS) / shape
    return values / values.mean()


def _waits(mean: float, shape: float) -> np.ndarray:
    values = gammaincinv(shape, MIDS) * mean / shape
    return values * mean / values.mean()


def rates(
    place: Place,
    parameters: Parameters,
    population: ReferencePopulation,
    corrections: dict[str, np.ndarray | float],
    ageing: bool,
) -> np.ndarray:
    """Everything a week needs to know of chances, from parameters and the people there are.

    ``corrections`` are factors found while the steady state was made (1 where there is none): what the closed form
    cannot see, such as requests that are not made because their maker is in hospital.
    """
    p = SimpleNamespace(
        people=parameters.people, gp=parameters.general_practice, hospital=parameters.hospital,
        care=parameters.social_care, money=parameters.money, out=parameters.outcomes,
    )  # fmt: skip
    fix = lambda name: np.asarray(corrections.get(name, 1.0))  # noqa: E731
    need = place.file.need_factor
    a = population.number / population.number.sum()

    # asking for appointments: consultations ÷ share served in the end = first requests
    failed, again = p.gp.failed_ask, p.gp.after_failure_ask_again
    asks = (1.0 - failed * again) / (1.0 - failed)
    propensity = _personal(p.gp.consultation_dispersion)
    ask_condition = p.gp.consultation_by_condition ** np.arange(5.0)
    style = place.practices.consultation_style.to_numpy(dtype=float)
    risk = (
        p.gp.consultation_by_frailty[population.frailty]
        * ask_condition[population.conditions]
        * style[population.practice]
    )
    request = np.zeros((BANDS, 2))
    for sex in (0, 1):
        here = population.sex == sex
        mean = np.bincount(population.band[here], risk[here], minlength=BANDS) / np.bincount(
            population.band[here], minlength=BANDS
        )
        request[:, sex] = p.gp.consultation_rate[sex] * asks / mean / WEEKS
    request *= fix("request")[..., None]

    # deaths
    hazard = p.people.death_by_frailty[population.frailty]
    hazard = hazard * np.where((population.care >= 2) & (population.care <= 4), p.care.death_in_care_home, 1.0)
    death = need * p.people.death_rate / population.mean(hazard)

    # onsets that keep the shares by age
    _, _, conditions, frailty = health_distributions(place, parameters)
    by_frailty = np.clip(death[BAND_OF_AGE][:, None] * p.people.death_by_frailty, 0.0, 0.9)
    table = np.zeros((BANDS, 5))
    for n in range(5):
        here = population.conditions == n
        total = np.bincount(population.band[here], hazard[here], minlength=BANDS)
        table[:, n] = total / np.maximum(np.bincount(population.band[here], minlength=BANDS), 1)
    table = np.maximum.accumulate(np.where(table > 0, table, 1.0), axis=1)
    by_conditions = np.clip(death[BAND_OF_AGE][:, None] * table[BAND_OF_AGE], 0.0, 0.9)

    # emergencies
    vulnerability = _personal(p.hospital.emergency_dispersion)
    em_condition = p.hospital.emergency_by_condition ** np.arange(5.0)
    em = p.hospital.emergency_by_frailty[population.frailty] * em_condition[population.conditions]
    em = (
        em
        * p.hospital.emergency_by_quintile[population.quintile]
        * vulnerability[(population.key >> np.uint64(8)) & np.uint64(255)]
    )
    target = need * p.hospital.emergency_rate
    emergency = target / population.mean(em) / WEEKS * fix("emergency")
    weight = em * emergency[population.band]
    odds = p.hospital.acsc_by_condition ** np.arange(5.0)

    def beyond(x: float) -> float:
        share = (np.exp(x) * odds / (1 + np.exp(x) * odds))[population.conditions]
        return np.average(share, weights=weight) - p.hospital.acsc_share

    level = cast(float, brentq(beyond, -10, 10))
    acsc = np.exp(level) * odds / (1 + np.exp(level) * odds)
    levels = MIDS
    spread = p.gp.control_spread * ndtri(MIDS)
    settled = np.clip(p.gp.control_mean + spread, 0, 1)

    def effect(slope: float) -> np.ndarray:
        raw = np.exp(slope * (levels - p.gp.control_mean))
        return np.minimum(raw / np.exp(slope * (settled - p.gp.control_mean)).mean(), HEADROOM)

    quint = p.hospital.emergency_by_quintile[population.quintile]
    failed_asks = request * failed / (1.0 - failed * again)
    sent = (failed_asks * np.stack([_sex_share(population, 0), _sex_share(population, 1)], axis=1)).sum(
        axis=1
    ) * p.gp.after_failure_ae
    ae = (p.hospital.ae_rate - p.hospital.admissions_via_ae * target) / WEEKS - sent
    majors = p.hospital.ae_major_share * (p.hospital.ae_rate @ a) - p.hospital.admissions_via_ae * (target @ a)
    rest = p.hospital.ae_rate @ a - p.hospital.admissions_via_ae * (target @ a)

    # referrals, pathways, electives
    gp_consultations = p.gp.gp_share * (
        p.gp.consultation_rate[0] * _sex_share(population, 0) + p.gp.consultation_rate[1] * _sex_share(population, 1)
    )
    referrals = need * (p.hospital.gp_referral_rate + p.hospital.other_referral_rate)
    electives = need * (p.hospital.day_case_rate + p.hospital.inpatient_rate)
    listed = p.hospital.rtt_admission_share * electives
    stops = need * p.hospital.rtt_stops_rate * referrals / (referrals @ a)
    pathway = _pathways(p, referrals, listed, stops, fix("listed"))
    nights = need * p.hospital.emergency_rate * (1 - p.hospital.zero_day_share) * p.hospital.overnight_stay
    stay_mean = p.hospital.stay_by_frailty[population.frailty]
    per_stay = population.mean(em * stay_mean) / population.mean(em)

    # social care
    utility, costs, care_cost = _worths(p, population)
    after = np.cumsum([again, p.gp.after_failure_ae, p.gp.after_failure_elsewhere])
    kinds = np.asarray(corrections.get("care_kind", np.full(4, 0.25)))
    stages = zip(p.hospital.readiness_weeks, p.hospital.readiness_shape, strict=True)
    readiness = np.stack([_waits(mean, shape) for mean, shape in stages])
    return _packed(
        request=request,
        request_frailty=p.gp.consultation_by_frailty,
        request_condition=ask_condition,
        propensity=propensity,
        death=death / WEEKS * fix("death"),
        death_frailty=p.people.death_by_frailty,
        death_care_home=p.care.death_in_care_home,
        frailty_on=onsets(frailty, by_frailty, 4) * float(ageing),
        condition_on=onsets(conditions, by_conditions, 5) * float(ageing),
        control_incidence=effect(p.gp.control_incidence),
        emergency=emergency,
        emergency_frailty=p.hospital.emergency_by_frailty,
        emergency_condition=em_condition,
        emergency_quintile=p.hospital.emergency_by_quintile,
        vulnerability=vulnerability,
        unmet_care_risk=p.care.unmet_care_emergency,
        acsc_share=acsc,
        control_acsc=effect(p.gp.control_acsc),
        zero_day=p.hospital.zero_day_share,
        via_ae=p.hospital.admissions_via_ae,
        ae=np.maximum(ae, 0.0) / population.mean(quint) * fix("ae"),
        ae_major=float(majors / rest),
        other_referral=need * p.hospital.other_referral_rate / WEEKS * fix("other_referral"),
        planned=(electives - listed) / WEEKS * fix("planned"),
        birth=p.people.birth_rate / WEEKS * float(ageing),
        leave=p.people.leaving_rate / WEEKS * float(ageing),
        care_need=_care_need(p, population) * fix("care_need"),
        care_frailty=p.care.need_by_frailty,
        gp_share=p.gp.gp_share,
        gp_referral=need * p.hospital.gp_referral_rate / gp_consultations * fix("gp_referral"),
        after_failure=after,
        pathway=pathway,
        readiness=readiness,
        withdraw=p.hospital.withdrawal,
        follow_ups=p.hospital.follow_ups_per_first,
        other_visits=p.hospital.other_visits_per_first,
        inpatient=np.clip(p.hospital.inpatient_rate * need / listed * fix("inpatient"), 0, 1),
        elective_nights=p.hospital.inpatient_stay * fix("elective_nights"),
        elective_want=float(
            p.hospital.first_week_nights
            * (p.hospital.inpatient_rate * p.hospital.inpatient_stay)
            @ a
            * need
            / (listed @ a)
        ),
        overnight_nights=nights
        / (need * p.hospital.emergency_rate * (1 - p.hospital.zero_day_share))
        / per_stay
        * fix("overnight_nights"),
        stay_frailty=p.hospital.stay_by_frailty,
        stay_shape=_personal(p.hospital.stay_dispersion),
        nhs_need=p.hospital.nhs_need_after_stay,
        social_need=p.hospital.care_need_after_stay,
        delay_nights=float(corrections.get("delay_nights", 7.0)),
        care_kind=np.cumsum(kinds)[:3] / kinds.sum(),
        care_withdraw=p.care.withdrawal,
        refusal_lapses=p.care.refusal_lapses,
        home_care_end=1.0 / (p.care.home_care_years * WEEKS),
        control_spread=spread,
        unit_cost=costs,
        care_cost=care_cost,
        working_age_client=p.care.working_age_clients,
        working_age_cost=p.care.working_age_spend / p.care.working_age_clients / WEEKS,
        utility=utility,
        stationary=not ageing,
    )


def _packed(**fields: np.ndarray | float | bool) -> np.ndarray:
    """One row of ``RATES``; every field must be given."""
    table = np.zeros(1, dtype=RATES)
    for name in RATES.names or ():
        table[name][0] = fields.pop(name)
    if fields:
        raise TypeError(f"not among the rates: {sorted(fields)}")
    return table


def _sex_share(population: ReferencePopulation, sex: int) -> np.ndarray:
    return np.bincount(population.band[population.sex == sex], minlength=BANDS) / np.maximum(population.number, 1.0)


def _pathways(
    p: SimpleNamespace, referrals: np.ndarray, listed: np.ndarray, stops: np.ndarray, fix: np.ndarray
) -> np.ndarray:
    """Cumulative shares by age (7, 4): rejected, outside the list, urgent, clinic only; the rest are for admission.

    Entries to the list are clock stops plus those who withdraw; waits by stage are those of ``stage_weeks``.
    """
    kept = {stage: np.exp(-p.hospital.withdrawal * weeks) for stage, weeks in enumerate(p.hospital.stage_weeks)}
    admission = listed / (kept[2] * kept[THEATRE]) * fix
    urgent = p.hospital.rtt_urgent_pathways * stops / kept[URGENT]
    clinic = (stops - urgent * kept[URGENT] - listed) / kept[CLINIC]
    entries = admission + urgent + clinic
    unseen = admission * (1 - kept[2]) + urgent * (1 - kept[URGENT]) + clinic * (1 - kept[CLINIC])
    rejected = np.maximum((1.0 - p.hospital.first_clinics_per_referral) * referrals - unseen, 0.0)
    direct = np.maximum(referrals - rejected - entries, 0.0)
    shares = np.stack([rejected, direct, urgent, clinic, admission], axis=1)
    return np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)[:, :4]


def _care_need(p: SimpleNamespace, population: ReferencePopulation) -> np.ndarray:
    """Chance a week of a new need for care, by age: what replaces those who die or recover, before correction."""
    in_homes = p.care.council_places_rate + p.care.self_funded_places_rate + p.care.nhs_funded_places_rate
    flow = in_homes / p.care.care_home_years + p.care.home_care_rate / p.care.home_care_years
    return flow / WEEKS / population.mean(p.care.need_by_frailty[population.frailty]) * FIRST_GUESS


def _worths(p: SimpleNamespace, population: ReferencePopulation) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """QALYs a quarter by age, conditions and frailty (millionths), and £ an event and a week of care.

    The population norm holds for the mean person of an age; conditions and frailty shift people around it.
    """
    shift_c = p.out.utility_per_condition * np.arange(5.0)
    shift_f = p.out.utility_by_frailty
    centre = population.mean(shift_c[population.conditions] + shift_f[population.frailty])
    utility = p.out.utility[:, None, None] - centre[:, None, None] + shift_c[None, :, None] + shift_f[None, None, :]
    costs = np.zeros(len(EVENTS))
    # drugs, diagnostics and critical care of the acute balancing line follow the spells that they are part of
    spells = (
        p.money.unit_cost_emergency_overnight,
        p.money.unit_cost_elective_inpatient,
        p.money.unit_cost_elective_day_case,
    )
    rates_of = (
        p.hospital.emergency_rate * (1 - p.hospital.zero_day_share),
        p.hospital.inpatient_rate,
        p.hospital.day_case_rate,
    )
    a = population.number / population.number.sum()
    more = 1.0 + p.money.other_acute_cost / sum(cost * (rate @ a) for cost, rate in zip(spells, rates_of, strict=True))
    nights = p.hospital.emergency_rate * (1 - p.hospital.zero_day_share)
    mean_stay = (nights * p.hospital.overnight_stay) @ a / (nights @ a)
    practice = p.money.income_global_sum + p.money.income_qof + p.money.income_enhanced
    seen = p.gp.consultation_rate.mean(axis=0) @ a
    gp_hours = p.gp.gp_share * 2.0 + 1.0 - p.gp.gp_share  # a GP's consultation counts twice another's (assumed)
    for event, cost in (
        (events.GP_CONSULTATIONS, 2.0 * practice / seen / gp_hours),
        (events.OTHER_CONSULTATIONS, practice / seen / gp_hours),
        (events.AE_MAJOR, p.money.unit_cost_ae_major),
        (events.ZERO_DAY, p.money.unit_cost_emergency_zero_day),
        (events.OVERNIGHT, spells[0] * more - p.money.bed_day_cost * mean_stay),
        (events.EMERGENCY_NIGHTS, p.money.bed_day_cost),
        (events.DAY_CASES, spells[2] * more),
        (events.INPATIENTS, spells[1] * more),
        (events.FIRST_CLINICS, p.money.unit_cost_outpatient_first),
        (events.FOLLOW_UPS, p.money.unit_cost_outpatient_follow_up),
        (events.OTHER_VISITS, p.money.unit_cost_outpatient_other),
    ):
        costs[event] = cost
    care = np.zeros(7)
    care[1] = p.care.home_care_hours * p.care.home_care_price
    care[2] = p.care.care_home_price
    care[4] = p.care.nhs_funded_price
    return np.round(np.clip(utility, 0, 1) / 4.0 * 1e6), costs, care
