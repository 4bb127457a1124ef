"""What hospitals expect of their plans: stocks and flows of coming years, from the model's own equations."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property, partial
from typing import Any, NamedTuple

import numpy as np

from ..beds import kept_for_planned
from ..patients.calendar import DAYS, WEEKS
from ..patients.people import TINY
from ..plans import MEAN, NODES, Forecast, smaller, smaller_mean
from ..quality import dying, recorded, returning

STAY, FOLLOW_UP = 3, 4  #: columns of the length of stay and of follow-ups among hospitals' levers


class Plan(NamedTuple):
    """What a plan changes, (K, H): the first five relative to now, the others relative to the baseline year."""

    throughput: np.ndarray
    admission: np.ndarray
    overnight: np.ndarray
    stay: np.ndarray
    follow_up: np.ndarray
    follow_ups: np.ndarray
    coding: np.ndarray
    quality: np.ndarray


class Care(NamedTuple):
    """What becomes of patients under a plan, (K, H)."""

    readmitted: np.ndarray  # of people discharged, relative to now
    dying: np.ndarray  # deaths in hospital, relative to now
    recorded: np.ndarray  # share of patients


class Recent(NamedTuple):
    """What plans are compared with: a year at the pace of the last four quarters, (H,) each."""

    levers: np.ndarray  # (H, 7), never quite nothing
    demand: np.ndarray  # electives that there are to do, relative to those done
    #: £ of what varies with activity, by what plans change it with
    electives: np.ndarray
    clinics: np.ndarray
    follow_ups: np.ndarray
    short_stays: np.ndarray
    overnight_stays: np.ndarray
    fixed: np.ndarray


class HospitalForecast:
    """Coming years of all hospitals under plans. Made when a decision begins, for as long as nothing else changes."""

    def __init__(self, hospitals: Any) -> None:
        self.hospitals = hospitals
        self.p = hospitals.p
        self.recent = _recent(hospitals)

    def __call__(self, levers: np.ndarray, year: np.ndarray) -> Forecast:
        """Forecast of plans (K, H, 7), ``year`` whole years from now."""
        own, level, plan = self.hospitals, self.hospitals.level, self._plan(levers)
        error = self.p.behaviour.forecast_error
        nights = level["emergency_nights"] * plan.overnight * plan.stay
        before = self.before_electives(nights)
        crowded = self._crowded(*before)
        # clinics and theatres as they will be open by then, and staffed beside so many emergencies
        kept = self._kept_for_planned(crowded) / self._kept_now
        plan = plan._replace(throughput=plan.throughput * own.coming(year) * kept)
        volume = smaller(self.recent.demand, plan.throughput, error)
        clinics = volume * self._first_clinics(plan)[..., None]
        elective_nights = level["elective_nights"] * plan.stay
        depth = own.depth(plan.coding)[..., None]  # cost is of what is done, pay of what is coded
        overnight = cache(partial(self._overnight, plan, before))
        care = self._care(levers[..., STAY], plan.quality, year)
        returns = care.readmitted * self._admitted(plan)
        later = {
            "day_cases": lambda: level["day_cases"][:, None] * volume * depth,
            "inpatients": lambda: level["inpatients"][:, None] * overnight() * depth,
            "first_clinics": lambda: level["first_clinics"][:, None] * clinics,
            "other_visits": lambda: level["other_visits"][:, None] * clinics,
            "follow_ups": lambda: level["follow_ups"][:, None] * clinics * plan.follow_up[..., None],
            "emergency_zero_day": lambda: own.shocked(level["emergency_zero_day"] * plan.admission, error) * depth,
            "emergency_overnight": lambda: own.shocked(level["emergency_overnight"] * plan.overnight, error) * depth,
            "emergency_nights": lambda: own.shocked(nights, error),
            "elective_nights": lambda: elective_nights[..., None] * overnight(),
            "readmissions": lambda: own.shocked(level["readmissions"] * returns, error),
            "hospital_deaths": lambda: own.shocked(level["hospital_deaths"] * care.dying, error),
        }
        done = volume[..., MEAN]
        both = nights + elective_nights * done  # an operation cancelled for want of a bed leaves full beds
        later |= PlannedIndicators(own, year, done, both, care).by_name()
        cost = self._cost(plan, done, clinics[..., MEAN], crowded, both)
        return Forecast(own.plan_activity(later), cost, self._benefit(done), np.zeros(()))

    def _plan(self, levers: np.ndarray) -> Plan:
        """What levers (K, H, 7) change."""
        relative = (levers / self.recent.levers).transpose(2, 0, 1)
        return Plan(*relative[:5], *levers[..., FOLLOW_UP:].transpose(2, 0, 1))

    def _care(self, stay: np.ndarray, effort: np.ndarray, year: np.ndarray) -> Care:
        """Readmissions and deaths at a length of stay and an effort on quality, (K, H) relative to the usual."""
        own, hospital = self.hospitals, self.p.hospital
        then, now = own.quality.ahead(effort, year, hospital), own.quality.now
        early = self._sent_home_early(stay) / self._sent_home_early(self.recent.levers[:, STAY])
        return Care(
            returning(then, hospital) / np.maximum(returning(now, hospital), TINY) * early,
            dying(then, hospital) / np.maximum(dying(now, hospital), TINY),
            recorded(effort, hospital),
        )  # fmt: skip

    def _sent_home_early(self, stay: np.ndarray) -> np.ndarray:
        """Readmissions relative to those at the usual length of stay; a longer one makes no difference."""
        out = self.p.outcomes
        unwell = float(np.mean(out.early_unwell)) * np.maximum(1.0 - stay, 0.0)
        return 1.0 + out.unwell_emergency * unwell

    def _admitted(self, plan: Plan) -> np.ndarray:
        """Emergency admissions relative to now, (K, H)."""
        short, long = self.hospitals.level["emergency_zero_day"], self.hospitals.level["emergency_overnight"]
        return (short * plan.admission + long * plan.overnight) / np.maximum(short + long, TINY)

    def _kept_for_planned(self, crowded: np.ndarray) -> np.ndarray:
        """Clinics and theatres relative to those open, (K, H), beside nights ``crowded`` (K, H) beyond beds open."""
        return kept_for_planned(crowded / np.maximum(self.hospitals.beds() * DAYS * WEEKS, 1.0), self.p.hospital)

    @cached_property
    def _kept_now(self) -> np.ndarray:
        return self._kept_for_planned(self._crowded(*self.before_electives(self.hospitals.level["emergency_nights"])))

    def _first_clinics(self, plan: Plan) -> np.ndarray:
        """First clinics for each elective relative to now, (K, H): fewer follow-ups leave time for more."""
        hospital = self.p.hospital
        time = hospital.follow_up_time * hospital.follow_ups_per_first
        return (1.0 + time * self.recent.levers[:, FOLLOW_UP]) / (1.0 + time * plan.follow_ups)

    @cached_property
    def _with_beds_now(self) -> np.ndarray:
        """Elective inpatients that beds allow now, (H,) relative to what theatres could do."""
        usual = np.ones(len(self.hospitals))
        return self.with_beds(usual, self.before_electives(self.hospitals.level["emergency_nights"]), usual)

    def _overnight(self, plan: Plan, before: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Elective inpatients relative to now, (K, H, Q): they also need a bed that those ``before`` them leave."""
        beds = self.with_beds(plan.throughput, before, plan.stay)
        return smaller(self.recent.demand, beds / self._with_beds_now, self.p.behaviour.forecast_error)

    def before_electives(self, nights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Nights of a year by all who take beds before electives, and how much a week's swing, relative; (K, H) each.

        The beds that they need swing like the number of people in a queue where nobody waits (M/G/∞: Poisson, so that
        the variance is the mean). ``nights`` (K, H): of emergencies.
        """
        level = self.hospitals.level
        share = 1.0 + self.p.hospital.transfers_stay_share  # other nights go with those of stays
        all_nights = share * nights + level["nhs_delayed_nights"] + level["social_delayed_nights"]
        return all_nights, np.sqrt(DAYS * WEEKS / np.maximum(all_nights, 1.0))

    def with_beds(self, operations: np.ndarray, before: tuple[np.ndarray, np.ndarray], stay: np.ndarray) -> np.ndarray:
        """Elective inpatients that theatres and beds allow, (K, H) relative to what theatres could do now.

        The fuller a hospital, the more often an operation is called off for want of a bed. A bed freed by a shorter
        stay is thus worth the operations that it saves, as often as beds bind, where operations are paid.

        ``operations`` (K, H): that theatres could do; ``before``: those who take beds before electives; ``stay``
        (K, H): length of stay; operations and stay relative to now.
        """
        others, swing = before
        left = np.maximum(self.hospitals.beds() * DAYS * WEEKS - others, 1.0)
        one = (1.0 + self.p.hospital.transfers_stay_share) * self.hospitals.level["elective_nights"] * stay
        beds, error = left / np.maximum(one, 1e-9), swing * others / left  # no fewer than none are left
        return smaller_mean(beds, operations, error) - smaller_mean(beds, np.zeros(1), error)

    def _crowded(self, others: np.ndarray, swing: np.ndarray) -> np.ndarray:
        """Nights of a year, (K, H), in beds beyond those that are open, by those who take beds before electives."""
        return others - smaller_mean(others, self.hospitals.beds() * DAYS * WEEKS, swing)

    def _cost(
        self, plan: Plan, done: np.ndarray, seen: np.ndarray, crowded: np.ndarray, both: np.ndarray
    ) -> np.ndarray:
        """£ (K, H) of what plans change.

        ``done``: electives, ``seen``: clinics, relative to now; ``crowded``: nights in beds beyond those open,
        ``both``: nights of emergencies and electives.
        """
        hospital, money, recent, level = self.p.hospital, self.p.money, self.recent, self.hospitals.level
        cost = recent.fixed + recent.electives * done + (recent.clinics + recent.follow_ups * plan.follow_up) * seen
        cost = cost + recent.short_stays * plan.admission + recent.overnight_stays * plan.overnight
        # a stay's own cost has its usual nights
        beyond = both - (level["emergency_nights"] * plan.overnight + level["elective_nights"])
        cost = cost + (1.0 - hospital.fixed_cost_share) * money.bed_day_cost * beyond
        cost = cost + self.hospitals.cost_of_quality(plan.quality)
        return cost + hospital.escalation_premium * money.bed_day_cost * crowded

    def _benefit(self, done: np.ndarray) -> np.ndarray:
        """£ (K, H) that altruism gives to the health gained by treatment."""
        gain = self.p.outcomes.treatment_gain
        return self.hospitals.altruism * self.p.money.qaly_value * gain * self.hospitals.level["clock_stops"] * done


class PlannedIndicators:
    """Indicators of plans, own and of the lot, where only the own part varies.

    ``done`` (K, H): electives relative to the last four quarters; ``nights`` (K, H): of emergencies and electives;
    ``care``: what becomes of patients.
    """

    def __init__(self, hospitals: Any, year: np.ndarray, done: np.ndarray, nights: np.ndarray, care: Care) -> None:
        self.hospitals = hospitals
        self.p = hospitals.p
        self.year, self.done, self.nights, self.care = year, done, nights, care

    def by_name(self) -> dict[str, Callable[[], np.ndarray]]:
        """A function for each form that contracts name: adjusted or crude, own or of the lot."""
        return {
            f"{name}{suffix}{whose}": partial(how, name)
            for name in self.hospitals.INDICATORS for suffix in ("", ".crude")
            for whose, how in (("", self._own), (".lot", self._lot))
        }  # fmt: skip

    @cached_property
    def people(self) -> np.ndarray:
        """People served, (H,), never none."""
        return np.maximum(self.hospitals.served_people, 1.0)

    def _level(self, name: str) -> np.ndarray:
        settled, level = self.hospitals.measured[name], self.hospitals.level
        if name == "within_18_weeks":
            soon = settled + self.p.hospital.throughput_within_18 * (self.done - 1.0)
            reached = np.minimum(np.maximum(soon, 0.0), 1.0)
        elif name == "bed_nights_per_head":
            reached = (self.nights + level["nhs_delayed_nights"] + level["social_delayed_nights"]) / self.people
        elif name == "readmission_rate":
            reached = settled * self.care.readmitted
        elif name == "hospital_mortality":
            reached = settled * self.care.dying
        elif name == "process_quality":
            reached = self.care.recorded
        else:
            reached = np.broadcast_to(settled, self.done.shape)
        return settled + self.hospitals.in_time(self.year) * (reached - settled)

    def _own(self, name: str) -> np.ndarray:
        noise = self.p.outcomes.acsc_measure_error * np.sqrt(1000.0 / self.people)
        return self._level(name)[..., None] * (1.0 + noise[:, None] * NODES)

    def _lot(self, name: str) -> np.ndarray:
        part, measured = self.people / self.people.sum(), self.hospitals.measured
        rest = (measured[f"{name}.lot"] - part * measured[name])[:, None]
        return rest + part[:, None] * self._own(name)


def _recent(hospitals: Any) -> Recent:
    level, horizon = hospitals.level, max(float(hospitals.p.behaviour.horizon_years), 1.0)
    # what there is to do beyond what is done: those who would withdraw, the backlog
    spare = level["withdrawals"] + hospitals.listed.sum(axis=1) / horizon
    variable = 1.0 - hospitals.p.hospital.fixed_cost_share
    price = {a.name: variable * hospitals.unit_cost(a.name) * level[a.name] for a in hospitals.ACTIVITIES if a.cost}
    return Recent(
        levers=np.maximum(hospitals.levers, 1e-6),
        demand=1.0 + spare / np.maximum(level["clock_stops"], 1.0),
        electives=price["day_cases"] + price["inpatients"],
        clinics=price["first_clinics"] + price["other_visits"],
        follow_ups=price["follow_ups"],
        short_stays=price["emergency_zero_day"],
        overnight_stays=price["emergency_overnight"],
        fixed=price["ae_major"],
    )
