"""Chances a week that make people ask, fall ill, be referred, need care and die, and what that is worth.

Rates are scaled in closed form: a table of published rates by age is divided by the mean relative risk of the
people of that age, so that the synthetic population reproduces the published totals whatever its mix.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NamedTuple, cast

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaincinv, ndtri

from ...agents.forecast.community import worth_of_all
from ...agents.links import link
from ...agents.patients.calendar import DAYS, WEEKS
from ...agents.patients.lists import CLINIC, THEATRE, URGENT
from ...agents.patients.people import AWAITING_CARE, BANDS, HEADROOM
from ...agents.patients.tables import RATES
from ..parameters import Parameters
from ..place.place import Place
from .age_curves import BAND_OF_AGE, onsets
from .needs import needs
from .outcomes import MILLION
from .population import ReferencePopulation, health_distributions
from .predictable import predictable_costs
from .values import QUARTERS, care_costs, unit_costs, utilities

FIRST_GUESS = 0.7  #: new needs for care relative to stocks over years held; the steady state corrects it
MIDS = (np.arange(256) + 0.5) / 256  # the middles of 256 equal parts, for tables read by a byte
CONDITIONS = np.arange(5.0)  #: counts of long-term conditions, the last for all above

Fields = dict[str, Any]  #: columns of ``RATES`` by name

CONTROL_CONDITIONS = link(
    "control_conditions", "disease control", "new conditions", -1,
    "Where conditions are under control, fewer new ones follow.", usual={"general_practice.control_incidence": 0.0},
)  # fmt: skip
CONTROL_ADMISSIONS = link(
    "control_admissions", "disease control", "avoidable admissions", -1,
    "Where conditions are under control, fewer people are admitted for them.",
    usual={"general_practice.control_acsc": 0.0},
)  # fmt: skip
CONTROL_DEATHS = link(
    "control_deaths", "disease control", "deaths", -1, "Where conditions are under control, fewer people die.",
    usual={"outcomes.control_death": 0.0},
)  # fmt: skip
ACCESS_AE = link(
    "access_ae", "access", "A&E attendances", -1, "Some of those who get no appointment go to A&E.",
    usual={"general_practice.after_failure_ae": 0.0},
)  # fmt: skip
UNMET_CARE_AE = link(
    "unmet_care_ae", "unmet care", "A&E attendances", 1, "People without the care they need go to A&E more often.",
    "social_care", {"social_care.unmet_care_ae": 1.0},
)  # fmt: skip
UNMET_CARE_EMERGENCIES = link(
    "unmet_care_emergencies", "unmet care", "emergency admissions", 1,
    "People without the care they need are admitted as emergencies more often.", "social_care",
    {"social_care.unmet_care_emergency": 1.0},
)  # fmt: skip
UNMET_CARE_DEATHS = link(
    "unmet_care_deaths", "unmet care", "deaths", 1, "People without the care they need die sooner.", "social_care",
    {"social_care.unmet_care_death": 0.0},
)  # fmt: skip


class Basis(NamedTuple):
    """What rates are worked out from."""

    p: SimpleNamespace  # parameters by topic: people, gp, hospital, care, money, out
    population: ReferencePopulation
    ages: np.ndarray  # (BANDS,) shares of people by age band
    need: float  # of the place relative to England's, at the same ages
    corrections: dict[str, np.ndarray | float]
    ageing: bool

    def fix(self, name: str) -> np.ndarray:
        """A correction found while the initial state was made; 1 where there is none."""
        return np.asarray(self.corrections.get(name, 1.0))

    def sex_share(self, sex: int) -> np.ndarray:
        """Share of each age band that is of a sex, (BANDS,)."""
        of_sex = self.population.band[self.population.sex == sex]
        return np.bincount(of_sex, minlength=BANDS) / np.maximum(self.population.number, 1.0)


def rates(
    place: Place,
    parameters: Parameters,
    population: ReferencePopulation,
    corrections: dict[str, np.ndarray | float],
    ageing: bool,
) -> np.ndarray:
    """Everything a week needs to know of chances, one row of ``RATES``.

    ``corrections``: factors found while the initial state was made, for what the closed form cannot see, such as
    requests that are not made because the patient is in hospital.
    """
    p = SimpleNamespace(
        people=parameters.people, gp=parameters.general_practice, hospital=parameters.hospital,
        care=parameters.social_care, community=parameters.community, money=parameters.money, out=parameters.outcomes,
    )  # fmt: skip
    ages = population.number / population.number.sum()
    basis = Basis(p, population, ages, place.file.need_factor, corrections, ageing)
    requests = _requests(basis, place)
    risk = _emergency_risk(basis)
    unit_cost = unit_costs(p, ages)
    return _packed(
        **requests,
        **_health(basis, place, parameters),
        **_control(basis),
        **needs(p.out),
        unvisited_loss=p.community.visits_by_frailty * worth_of_all(p.community) / QUARTERS * MILLION,
        **_emergencies(basis, risk),
        **_attendances(basis, requests["request"]),
        **_referrals(basis),
        **_stays(basis, risk),
        **_care(basis),
        unit_cost=unit_cost,
        expected_cost=predictable_costs(p, population, basis.need, unit_cost),
        care_cost=care_costs(p),
        utility=utilities(p, population),
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


def _gamma(mean: float, shape: float) -> np.ndarray:
    """A gamma distribution as 256 equally likely values with exactly this mean; of mean 1, people's multipliers."""
    values = gammaincinv(shape, MIDS) * mean / shape
    return values * mean / values.mean()


def _requests(basis: Basis, place: Place) -> Fields:
    """Requests for appointments: published consultations ÷ the share served in the end are first requests."""
    p, population = basis.p, basis.population
    failed, again = p.gp.failed_ask, p.gp.after_failure_ask_again
    asks = (1.0 - failed * again) / (1.0 - failed)
    by_condition = p.gp.consultation_by_condition**CONDITIONS
    style = place.practices.consultation_style.to_numpy(dtype=float)
    risk = p.gp.consultation_by_frailty[population.frailty] * by_condition[population.conditions]
    risk = risk * style[population.practice]
    request = np.zeros((BANDS, 2))
    for sex in (0, 1):
        here = population.sex == sex
        band = population.band[here]
        mean = np.bincount(band, risk[here], minlength=BANDS) / np.bincount(band, minlength=BANDS)
        request[:, sex] = p.gp.consultation_rate[sex] * asks / mean / WEEKS
    request *= basis.fix("request")[..., None]
    return {
        "request": request,
        "request_frailty": p.gp.consultation_by_frailty,
        "request_condition": by_condition,
        "propensity": _gamma(1.0, p.gp.consultation_dispersion),
        "gp_share": p.gp.gp_share,
        "after_failure": np.cumsum([again, p.gp.after_failure_ae, p.gp.after_failure_elsewhere]),
    }


def _health(basis: Basis, place: Place, parameters: Parameters) -> Fields:
    """Deaths, births, moves, and onsets of conditions and frailty that keep the shares by age as they are."""
    p, population = basis.p, basis.population
    hazard = p.people.death_by_frailty[population.frailty]
    hazard = hazard * np.where((population.care >= 2) & (population.care <= 4), p.care.death_in_care_home, 1.0)
    hazard = hazard * np.where(population.care >= AWAITING_CARE, _death_unmet_care(basis), 1.0)
    death = basis.need * p.people.death_rate / population.mean(hazard)
    _, _, conditions, frailty = health_distributions(place, parameters)
    by_frailty = np.clip(death[BAND_OF_AGE][:, None] * p.people.death_by_frailty, 0.0, 0.9)
    by_conditions = np.clip(death[BAND_OF_AGE][:, None] * _hazard_by_condition(population, hazard), 0.0, 0.9)
    return {
        "death": death / WEEKS * basis.fix("death"),
        "death_frailty": p.people.death_by_frailty,
        "death_care_home": p.care.death_in_care_home,
        "dies_in_hospital": p.hospital.dies_in_hospital,
        "death_unmet_care": _death_unmet_care(basis),
        "frailty_on": onsets(frailty, by_frailty, 4) * float(basis.ageing),
        "condition_on": onsets(conditions, by_conditions, 5) * float(basis.ageing),
        "birth": p.people.birth_rate / WEEKS * float(basis.ageing),
        "leave": p.people.leaving_rate / WEEKS * float(basis.ageing),
    }


def _death_unmet_care(basis: Basis) -> float:
    """Relative hazard of death of people refused or waiting for care: that of those who receive it, and more.

    A resident's hazard goes with the need that brings people into a home, not with the home (Espuny Pujol et al., Soc
    Sci Med 282:113883, 2021, on selection); without care nobody is safer.
    """
    care = basis.p.care
    kinds = _care_mix(basis)
    served = np.array([1.0, *[care.death_in_care_home] * 3]) @ kinds / kinds.sum()
    return float(served * (1.0 + care.unmet_care_death))


def _hazard_by_condition(population: ReferencePopulation, hazard: np.ndarray) -> np.ndarray:
    """Mean relative hazard of death by single year of age and count of conditions, (106, 5), never falling."""
    table = np.zeros((BANDS, 5))
    for n in range(5):
        here = population.conditions == n
        total = np.bincount(population.band[here], hazard[here], minlength=BANDS)
        table[:, n] = total / np.maximum(np.bincount(population.band[here], minlength=BANDS), 1)
    return np.maximum.accumulate(np.where(table > 0, table, 1.0), axis=1)[BAND_OF_AGE]


def _control(basis: Basis) -> Fields:
    """Effects of disease control on incidence and on avoidable admissions, relative to the mean person's."""
    gp = basis.p.gp
    spread = gp.control_spread * ndtri(MIDS)
    settled = np.clip(gp.control_mean + spread, 0, 1)

    def effect(slope: float) -> np.ndarray:
        raw = np.exp(slope * (MIDS - gp.control_mean))
        return np.minimum(raw / np.exp(slope * (settled - gp.control_mean)).mean(), HEADROOM)

    return {
        "control_spread": spread,
        "control_incidence": effect(gp.control_incidence),
        "control_loss": np.round(basis.p.out.utility_control * (gp.control_mean - MIDS) / QUARTERS * MILLION),
        "death_control": effect(basis.p.out.control_death),
        "control_acsc": effect(gp.control_acsc),
    }


def _emergency_risk(basis: Basis) -> np.ndarray:
    """Relative risk of an emergency admission of each person of the reference population."""
    hospital, population = basis.p.hospital, basis.population
    by_condition = hospital.emergency_by_condition**CONDITIONS
    vulnerability = _gamma(1.0, hospital.emergency_dispersion)
    risk = hospital.emergency_by_frailty[population.frailty] * by_condition[population.conditions]
    personal = vulnerability[(population.key >> np.uint64(8)) & np.uint64(255)]
    return risk * hospital.emergency_by_quintile[population.quintile] * personal


def _emergencies(basis: Basis, risk: np.ndarray) -> Fields:
    """Emergency admissions, and the share of them that good primary care can often prevent (ACSC)."""
    p, population = basis.p, basis.population
    target = basis.need * p.hospital.emergency_rate
    emergency = target / population.mean(risk) / WEEKS * basis.fix("emergency")
    weight = risk * emergency[population.band]
    weight = weight if weight.any() else risk  # where nobody has emergencies, any share of none will do
    odds = p.hospital.acsc_by_condition**CONDITIONS

    def share_of(level: float) -> np.ndarray:
        return np.exp(level) * odds / (1 + np.exp(level) * odds)

    def beyond(level: float) -> float:
        return np.average(share_of(level)[population.conditions], weights=weight) - p.hospital.acsc_share

    return {
        "emergency": emergency,
        "emergency_frailty": p.hospital.emergency_by_frailty,
        "emergency_condition": p.hospital.emergency_by_condition**CONDITIONS,
        "emergency_quintile": p.hospital.emergency_by_quintile,
        "vulnerability": _gamma(1.0, p.hospital.emergency_dispersion),
        "unmet_care_risk": p.care.unmet_care_emergency,
        "unmet_care_ae": p.care.unmet_care_ae,
        "acsc_share": share_of(cast(float, brentq(beyond, -10, 10))),
        "zero_day": p.hospital.zero_day_share,
        "via_ae": p.hospital.admissions_via_ae,
    }


def _attendances(basis: Basis, request: np.ndarray) -> Fields:
    """Visits to A&E beyond those that end in an admission or follow a failed request."""
    p, population, ages = basis.p, basis.population, basis.ages
    failed, again = p.gp.failed_ask, p.gp.after_failure_ask_again
    target = basis.need * p.hospital.emergency_rate
    failed_asks = request * failed / (1.0 - failed * again)
    sexes = np.stack([basis.sex_share(0), basis.sex_share(1)], axis=1)
    sent = (failed_asks * sexes).sum(axis=1) * p.gp.after_failure_ae
    ae = (p.hospital.ae_rate - p.hospital.admissions_via_ae * target) / WEEKS - sent
    admitted = p.hospital.admissions_via_ae * (target @ ages)
    majors = p.hospital.ae_major_share * (p.hospital.ae_rate @ ages) - admitted
    rest = p.hospital.ae_rate @ ages - admitted
    by_quintile = p.hospital.emergency_by_quintile[population.quintile]
    return {
        "ae": np.maximum(ae, 0.0) / population.mean(by_quintile) * basis.fix("ae"),
        "ae_major": float(majors / rest),
    }


def _referrals(basis: Basis) -> Fields:
    """Referrals, their pathways, and electives planned outside the waiting list."""
    p, need, ages = basis.p, basis.need, basis.ages
    rate = p.gp.consultation_rate
    gp_consultations = p.gp.gp_share * (rate[0] * basis.sex_share(0) + rate[1] * basis.sex_share(1))
    referrals = need * (p.hospital.gp_referral_rate + p.hospital.other_referral_rate)
    electives = need * (p.hospital.day_case_rate + p.hospital.inpatient_rate)
    listed = p.hospital.rtt_admission_share * electives
    stops = need * p.hospital.rtt_stops_rate * referrals / (referrals @ ages)
    stages = zip(p.hospital.readiness_weeks, p.hospital.readiness_shape, strict=True)
    nights = p.hospital.inpatient_rate * p.hospital.inpatient_stay
    return {
        "treatable": p.gp.treatable_share,
        "treat_contacts": p.gp.treatment_contacts,
        "gp_referral": need * p.hospital.gp_referral_rate / gp_consultations * basis.fix("gp_referral"),
        "other_referral": need * p.hospital.other_referral_rate / WEEKS * basis.fix("other_referral"),
        "planned": (electives - listed) / WEEKS * basis.fix("planned"),
        "pathway": _pathways(p, referrals, listed, stops, basis.fix("listed")),
        "readiness": np.stack([_gamma(mean, shape) for mean, shape in stages]),
        "withdraw": p.hospital.withdrawal,
        "withdrawn_need": p.out.withdrawn_need,
        "follow_ups": p.hospital.follow_ups_per_first,
        "follow_ups_spare": p.out.follow_ups_spare,
        "follow_up_effect": p.out.follow_up_effect,
        "other_visits": p.hospital.other_visits_per_first,
        "inpatient": np.clip(p.hospital.inpatient_rate * need / listed * basis.fix("inpatient"), 0, 1),
        "elective_nights": p.hospital.inpatient_stay * basis.fix("elective_nights"),
        "elective_want": float(p.hospital.first_week_nights * nights @ ages * need / (listed @ ages)),
    }


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


def _stays(basis: Basis, risk: np.ndarray) -> Fields:
    """Length of emergency stays, and the chance that a patient fit to leave needs the NHS or care to arrange it."""
    hospital, population = basis.p.hospital, basis.population
    overnight = basis.need * hospital.emergency_rate * (1 - hospital.zero_day_share)
    overnight = overnight if overnight.any() else np.ones_like(overnight)
    longer = population.mean(risk * hospital.stay_by_frailty[population.frailty]) / population.mean(risk)
    nights = overnight * hospital.overnight_stay / overnight / longer
    return {
        "overnight_nights": nights * basis.fix("overnight_nights"),
        "stay_frailty": hospital.stay_by_frailty,
        "step_up_suited": basis.p.community.step_up_suited,
        "step_up_sent_on": basis.p.community.step_up_sent_on,
        "step_up_nights": basis.p.community.step_up_nights,
        "early_unwell": basis.p.out.early_unwell,
        "stay_shape": _gamma(1.0, hospital.stay_dispersion),
        "nhs_need": hospital.nhs_need_after_stay,
        "social_need": hospital.care_need_after_stay,
        "delay_nights": float(basis.corrections.get("delay_nights", 7.0)),
    }


def _care(basis: Basis) -> Fields:
    """Needs for social care by kind, and how they end."""
    care = basis.p.care
    kinds = _care_mix(basis)
    return {
        "care_need": _care_need(basis) * basis.fix(care_names(basis.ageing)[0]),
        "care_frailty": care.need_by_frailty,
        "care_kind": np.cumsum(kinds)[:3] / kinds.sum(),
        "care_withdraw": care.withdrawal,
        "care_gives_up": min(DAYS / care.arrange_most, 1.0),
        "refusal_lapses": care.refusal_lapses,
        "home_care_end": 1.0 / (care.home_care_years * WEEKS),
        "working_age_client": care.working_age_clients,
        "working_age_cost": care.working_age_spend / care.working_age_clients / WEEKS,
    }


def care_names(ageing: bool) -> tuple[str, str]:
    """Names of the corrections of new needs for care and of how they divide over kinds: more of those who age die."""
    return ("care_need", "care_kind") if ageing else ("care_need_at_rest", "care_kind_at_rest")


def _care_mix(basis: Basis) -> np.ndarray:
    """New needs for care by kind (4,), relative."""
    return np.asarray(basis.corrections.get(care_names(basis.ageing)[1], np.full(4, 0.25)))


def _care_need(basis: Basis) -> np.ndarray:
    """Chance a week of a new need for care, by age: what replaces those who die or recover, before correction."""
    care, population = basis.p.care, basis.population
    in_homes = care.council_places_rate + care.self_funded_places_rate + care.nhs_funded_places_rate
    flow = in_homes / care.care_home_years + care.home_care_rate / care.home_care_years
    return flow / WEEKS / population.mean(care.need_by_frailty[population.frailty]) * FIRST_GUESS
