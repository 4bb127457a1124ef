"""What practices expect of their plans: stocks and flows of coming years, from the model's own equations."""

from __future__ import annotations

from functools import cache, cached_property, partial
from typing import Any, NamedTuple

import numpy as np

from ..plans import MEAN, NODES, Forecast, smaller
from ..quality import experience
from ..referring import own_work


class Plan(NamedTuple):
    """A decision each, (K, P); 1.0 is that of the baseline year."""

    appointments: np.ndarray
    proactive: np.ndarray
    referral: np.ndarray
    recording: np.ndarray


class Recent(NamedTuple):
    """What plans are compared with: a year at the pace of the last four quarters, (P,) each, never quite nothing."""

    asked: np.ndarray  # requests, repeated ones apart
    done: np.ndarray  # consultations
    pace: np.ndarray  # consultations offered by an appointments lever of 1, relative to those done
    work: np.ndarray  # contacts per FTE-week, before time for indicators
    referrals: np.ndarray  # of a referral lever of 1, and of nothing found by proactive care
    found: np.ndarray  # ACSC admissions that proactive care finds, relative to the baseline year
    treating: np.ndarray  # further consultations to treat what is not referred, per consultation


class PracticeForecast:
    """Coming years of all practices under plans. Made when a decision begins, for as long as nothing else changes."""

    def __init__(self, practices: Any) -> None:
        self.practices = practices
        self.p = practices.p
        self.recent = _recent(practices)

    def __call__(self, levers: np.ndarray, year: np.ndarray) -> Forecast:
        """Forecast of plans (K, P, 4), ``year`` whole years from now."""
        gp, own, level = self.p.general_practice, self.practices, self.practices.level
        plan = Plan(*levers.transpose(2, 0, 1))
        treating = own.time_treating(plan.referral)
        offered = self._offered(plan, treating)
        served = self._served(offered)
        ratio = served / self.recent.done[:, None]
        share, reached = self._share_served(served)
        settled = (
            gp.control_mean + gp.control_gain * (plan.proactive - 1.0) + gp.control_access_gain * (reached - share)
        )
        control = settled + (own.control - settled) * self.remaining(year)
        found = own.found(gp.found_acsc, plan.proactive) / self.recent.found
        acsc = level["acsc_admissions"] * found * np.exp(gp.control_acsc * (control - own.control))
        error = self.p.behaviour.forecast_error
        later = {
            "gp_consultations": lambda: level["gp_consultations"][:, None] * ratio + self._further(treating)[..., None],
            "other_consultations": lambda: level["other_consultations"][:, None] * ratio,
            "gp_referrals": lambda: self._referrals(plan, reached)[..., None] * ratio,
            "acsc_admissions": lambda: own.shocked(acsc, error),
            **PlannedIndicators(self, plan, year, settled, found, (share, reached)).by_name(),
        }
        return Forecast(
            own.plan_activity(later),
            self._cost(plan, ratio[..., MEAN]),
            self._benefit(served[..., MEAN], acsc),
            self._overwork(plan, offered, treating),
        )

    def remaining(self, year: np.ndarray) -> np.ndarray:
        """How much of a gap in disease control is left on average over a year that begins ``year`` from now."""
        return _remaining(float(self.p.general_practice.control_years), tuple(year.ravel())).reshape(year.shape)

    def _offered(self, plan: Plan, treating: np.ndarray) -> np.ndarray:
        """Consultations offered relative to those done recently, (K, P); ``treating`` takes a share of them."""
        displaced = self.practices.displaced(self.practices.time_on(plan.proactive, plan.recording) + treating)
        return plan.appointments * (1.0 - displaced) * self.recent.pace

    def _served(self, offered: np.ndarray) -> np.ndarray:
        """Consultations, (K, P, Q): the smaller of demand and capacity.

        Where practices work together, only a part of what one adds comes to its own patients.
        """
        done = self.recent.done
        capacity = done * offered
        if (self.practices.group >= 0).any():
            team = self.practices.teams()
            part = done / np.bincount(team, done)[team]
            capacity = done + part * (capacity - done)
        return smaller(self.recent.asked, capacity, self.p.behaviour.forecast_error)

    def _share_served(self, served: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Share of requests served now, (P,), and under the plan, (K, P)."""
        return own_work(self.practices.level), np.minimum(served[..., MEAN] / self.recent.asked, 1.0)

    def _referrals(self, plan: Plan, reached: np.ndarray) -> np.ndarray:
        """Referrals at recent consultations, (K, P); ``reached``: share of requests served under the plan."""
        found = self.practices.found(self.p.general_practice.found_referral, plan.proactive)
        return self.recent.referrals * plan.referral * found * self.practices.passed_on(reached)

    def _further(self, treating: np.ndarray) -> np.ndarray:
        """Consultations a year, (K, P), to treat needs that are not referred, beyond those of now."""
        return (treating - self.recent.treating) * self.recent.done

    def _cost(self, plan: Plan, ratio: np.ndarray) -> np.ndarray:
        """£ (K, P): premises and others vary with consultations, staff with appointments offered."""
        money, lists = self.p.money, self.practices.usual_list
        extra = money.practice_variable_share * money.practice_cost_premises_other * lists
        staff = (money.practice_cost_nurse + money.practice_cost_direct_care) * lists * self.practices.staffing
        return extra * ratio + staff * (plan.appointments - 1.0)

    def _benefit(self, served: np.ndarray, acsc: np.ndarray) -> np.ndarray:
        """£ (K, P) that altruism gives to the harm of unmet requests and avoidable admissions."""
        harm = self.p.outcomes.unmet_harm * (self.recent.asked - served) + self.p.outcomes.acsc_harm * acsc
        return -self.practices.altruism * self.p.money.qaly_value * harm

    def _overwork(self, plan: Plan, offered: np.ndarray, treating: np.ndarray) -> np.ndarray:
        """£ (K, P) that work beyond a safe number of contacts feels like, as its square."""
        gp, money = self.p.general_practice, self.p.money
        time = self.practices.time_on(plan.proactive, plan.recording)
        contacts = offered + treating - self.recent.treating
        excess = np.maximum(self.recent.work * contacts * (1.0 + time) / gp.safe_contacts_per_fte_week - 1.0, 0.0)
        profit = money.partner_income * money.partners_rate * self.practices.usual_list
        return self.p.behaviour.strain * profit * excess**2


class PlannedIndicators:
    """Indicators of plans (K, P) with their error: own, of the lot, of the group; only the own part varies.

    Payment sees outcomes late: control by its path until then, the rest by the share of the year that counts.
    ``settled``: where control goes. ``found``: ACSC admissions found at once, relative to recent ones. ``access``:
    share of requests served now, and under the plan.
    """

    def __init__(
        self, forecast: PracticeForecast, plan: Plan, year: np.ndarray, settled: np.ndarray, found: np.ndarray,
        access: tuple[np.ndarray, np.ndarray],
    ) -> None:  # fmt: skip
        self.forecast = forecast
        self.practices = forecast.practices
        self.p = forecast.p
        self.plan, self.year, self.settled, self.found, self.access = plan, year, settled, found, access

    def by_name(self) -> dict[str, partial[np.ndarray]]:
        """A function for each form that contracts name: adjusted or crude, own or of the lot or group."""
        return {
            f"{name}{suffix}{whose}": partial(self._indicator, name, suffix, whose)
            for name in self.practices.INDICATORS for suffix in ("", ".crude") for whose in ("", ".lot", ".group")
        }  # fmt: skip

    @cached_property
    def control(self) -> np.ndarray:
        """Disease control when it is measured, (K, P)."""
        left = self.forecast.remaining(self.year - self.p.outcomes.measured_late)
        return self.settled + (self.practices.control - self.settled) * left

    @cached_property
    def admissions(self) -> np.ndarray:
        """ACSC admissions of the year that is measured, (K, P)."""
        own = self.practices
        seen = own.level["acsc_admissions"] * (1.0 + own.in_time(self.year) * (self.found - 1.0))
        return seen * np.exp(self.p.general_practice.control_acsc * (self.control - own.control))

    def _level(self, name: str, suffix: str) -> np.ndarray:
        own = self.practices
        if name == "control":
            return self.control
        if name == "acsc_rate":
            crude = 1000.0 * self.admissions / np.maximum(own.lists, 1.0)
            return crude if suffix else self.admissions / np.maximum(own.expected_acsc, 1e-9)
        part = own.in_time(self.year)
        if name == "access":
            return self.access[0] + part * (np.minimum(self.access[1], 1.0) - self.access[0])
        if name == "experience":
            more = part * (np.minimum(self.access[1], 1.0) - self.access[0])
            return experience(own.served - own.usual_served + more, self.p.general_practice)
        now = own.lever("proactive"), own.lever("recording")
        reviews, effort = (
            a + part * (b - a) for a, b in zip(now, (self.plan.proactive, self.plan.recording), strict=True)
        )
        return own.recorded(self.control, reviews, effort)

    def _noise(self, name: str) -> np.ndarray:
        """Relative standard deviation of what is measured, (P,)."""
        own = self.practices
        slip = self.p.outcomes.acsc_measure_error * np.sqrt(1000.0 / np.maximum(own.lists, 1.0))
        if name != "acsc_rate":
            return slip
        return np.hypot(slip, 1.0 / np.sqrt(np.maximum(own.level["acsc_admissions"], 1.0)))

    def _own(self, name: str, suffix: str) -> np.ndarray:
        return self._level(name, suffix)[..., None] * (1.0 + self._noise(name)[:, None] * NODES)

    def _indicator(self, name: str, suffix: str, whose: str) -> np.ndarray:
        own = self.practices
        if not whose or (whose == ".group" and not (own.group >= 0).any()):
            return self._own(name, suffix)
        of = own.lot if whose == ".lot" else own.teams()
        part = own.usual_list / np.bincount(of, own.usual_list)[of]
        now = own.measured[f"{name}{suffix}"]
        rest = own.pooled(now, of) - part * now
        joint = np.sqrt(own.pooled(self._noise(name) ** 2 * part, of))
        return (rest + part * self._own(name, suffix)[..., MEAN])[..., None] * (1.0 + joint[:, None] * NODES)


def _recent(practices: Any) -> Recent:
    gp, level = practices.p.general_practice, practices.level
    done = level["gp_consultations"] + level["other_consultations"]
    proactive, time, treating = practices.lever("proactive"), practices.time_on_indicators(), practices.time_treating()
    needs = practices.found(gp.found_referral, proactive) * practices.passed_on(own_work(level))
    referral = np.maximum(practices.lever("referral") * needs, 1e-6)
    return Recent(
        asked=np.maximum(level["first_requests"], 1e-9),
        done=np.maximum(done, 1e-9),
        # of an appointment lever of one, before what indicators take of it
        pace=1.0 / (np.maximum(practices.lever("appointments"), 1e-6) * (1.0 - practices.displaced(time + treating))),
        work=practices.loads / (1.0 + time),
        referrals=level["gp_referrals"] / referral,
        found=practices.found(gp.found_acsc, proactive),
        treating=treating,
    )


@cache
def _remaining(years: float, year: tuple[float, ...]) -> np.ndarray:
    """Mean over each year that begins ``year`` from now of exp(−t / ``years``), and of 1 before now."""
    first = np.maximum(year, 0.0)
    last = np.maximum(np.add(year, 1.0), 0.0)
    return years * (np.exp(-first / years) - np.exp(-last / years)) + 1.0 - (last - first)
