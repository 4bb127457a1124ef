"""General practices: appointments, proactive care, referrals, recording; GPs who come and go."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np

from .choosing import Choosing
from .forecast.activity import Contract
from .forecast.practice import PracticeForecast
from .links import link
from .member import Member, Practice
from .observed import Registered, WeekEvents, YearEnd
from .patients.calendar import QUARTER, WEEKS
from .patients.people import HEADROOM, TINY
from .patients.tables import PRACTICE_WEEK
from .plans import Forecast
from .quality import experience
from .ratios import ratio
from .stocks import Flow, Stock
from .tables import PERCENT, Activity, Decision, Indicator, State

FULL_CONTROL = 65535.0  #: what stands for a disease control of 1 in people's columns

ACCESS_CONTROL = link(
    "access_control", "access", "disease control", 1,
    "Patients who can get an appointment have their long-term conditions better under control.",
    usual={"general_practice.control_access_gain": 0.0},
)  # fmt: skip
TURNOVER_ADMISSIONS = link(
    "turnover_admissions", "GPs", "avoidable admissions", -1,
    "Where GPs leave, patients lose the doctor who knows them and are admitted more often.",
    usual={"general_practice.continuity_turnover": 0.0},
)  # fmt: skip
PEERS_BEHAVIOUR = link(
    "peers_behaviour", "practice behaviour", "practice behaviour", 1,
    "Practices take on a little of what their neighbours do.", usual={"behaviour.peer_learning": 0.0},
)  # fmt: skip
HANDED_BACK = link(
    "handed_back", "people in hospital", "appointments", -1,
    "Work that hospitals hand back takes GPs' time from appointments.",
)  # fmt: skip


class Practices(Choosing):
    """All practices of a place, one row each."""

    kind: ClassVar[str] = "practice"
    TITLE: ClassVar[str] = "General practice"
    OWNERS: ClassVar[str] = "practices'"
    SIZE: ClassVar[str] = "list"
    DECISIONS: ClassVar[tuple[Decision, ...]] = (
        Decision("appointments", "appointments"),
        Decision("proactive", "proactive care"),
        Decision("referral", "referrals"),
        Decision("recording", "recording effort", on_paper=True),
    )
    ACTIVITIES: ClassVar[tuple[Activity, ...]] = (
        Activity("requests", "requests for appointments"),
        Activity("first_requests", "first requests for appointments"),
        Activity("gp_consultations", "GP consultations", "GP consultation", compared=True),
        Activity("other_consultations", "nurse and other consultations", "nurse or other consultation"),
        Activity("unmet_requests", "unmet requests", compared=True),
        Activity("gp_referrals", "GP referrals", "referral", compared=True),
        Activity("advice_requests", "requests for advice", "request for advice"),
        Activity("ae_attendances", "A&E attendances", "A&E attendance of its patients", compared=True),
        Activity("emergency_zero_day", "short emergency admissions"),
        Activity("emergency_overnight", "overnight emergency admissions", "emergency admission of its patients"),
        Activity("acsc_admissions", "avoidable admissions", "avoidable admission of its patients", compared=True),
        Activity("other_staff_years", "years of nurses and other clinicians in post", "nurse or clinician for a year"),
    )
    OUTCOMES: ClassVar[tuple[Indicator, ...]] = (
        Indicator("recorded_quality", "recorded quality", "share", step=PERCENT),
        Indicator("control", "conditions controlled", "share", step=PERCENT),
        Indicator("access", "requests served", "share", step=PERCENT),
        Indicator("acsc_rate", "avoidable admissions", "of those expected from case mix"),
        Indicator("experience", "patients with a good experience", "share", step=PERCENT),
    )
    STATES: ClassVar[tuple[State, ...]] = (
        State("list", "people registered", "people"),
        State("turned_away", "people who asked to join and were turned away", "people"),
        State("taken_on", "people whom another practice had turned away and who registered here", "people"),
        State("gp_fte", "GPs in post", "FTE"),
        State("other_fte", "nurses and other clinical staff in post", "FTE"),
        State("control", "conditions controlled", "%", mean=True, compared=True, scale=100.0),
        State("advice", "needs for referral put to a specialist as a request for advice", "share", mean=True),
        State("served", "requests served", "share", mean=True),
        State("expected_acsc", "avoidable admissions expected from case mix", "a year"),
        State("expected_emergencies", "emergency admissions expected from case mix", "a year"),
        State("continuity", "consultations with the GP that a patient usually sees", "share", mean=True),
        State("turnover", "GPs leaving", "per FTE-year", mean=True),
        State("contacts_per_fte_week", "GP contacts per FTE-week", "contacts", mean=True),
        State("hours", "hours that a full-time GP works, relative to the baseline", "ratio", mean=True),
        State("income", "income", "£ per registered", compared=True),
        State("cost", "cost", "£ per registered"),
    )
    STOCKS: ClassVar[tuple[Stock, ...]] = (
        Stock(
            "access_known",
            "share of requests served, as practices know it",
            "share",
            "practice",
            "Access",
            mean=True,
        ),
    )
    FLOWS: ClassVar[tuple[Flow, ...]] = (
        Flow("access_known_learnt", "towards this week's share", "", "access_known", delay="13 weeks",
             words=("appointments",), law="(share served − known) / 13 each week", both_ways=True,
             up=("gps", "gp_hours", "other_staff", "practice_appointments"),
             down=("registered", "conditions", "asking_again", "access_known", "practice_proactive")),
        *(Flow(f"practice_{name}_learnt", "towards neighbours and partners", "", f"practice_{name}", both_ways=True,
             words=("practice behaviour",),
             delay="behaviour.peer_learning", law="a part of the gap each quarter", up=(f"practice_{name}",))
          for name in ("appointments", "proactive", "referral", "recording")),
    )  # fmt: skip
    CAPACITY: ClassVar[tuple[str, ...]] = ("gps", "other_staff")
    MEMBER: ClassVar[type[Member]] = Practice
    STATE: ClassVar[tuple[str, ...]] = ("scale", "served", "usual_minutes", "usual_load", "control")

    def __init__(self, model: Any, table: Any, parameters: Any) -> None:
        super().__init__(model, table, parameters)
        gp = parameters.general_practice
        self.scale = np.array(1.0)  # of appointments, so that the place's consultations are those published
        self.style = table.consultation_style.to_numpy(dtype=float)
        self.continuity = table.continuity.to_numpy(dtype=float)
        self.council = model.place.council  # row of social care of each practice's patients
        self.n_councils = len(model.place.file.councils)
        self.lot = np.unique(table.lot.to_numpy(dtype=str), return_inverse=True)[1]
        self.served: np.ndarray = np.full(len(self), 1.0 - gp.failed_ask)  # share of requests, smoothed
        self.usual_served: np.ndarray = self.served.copy()
        self.peers = np.arange(len(self))[:, None]  # (P, n) rows of those whom each learns from
        n = len(self)
        self.control = np.full(n, gp.control_mean)  # mean control of people with conditions
        self.usual_control = self.control.copy()
        self.meeting = np.zeros(n)  # share of GPs' time spent on joining or leaving others this quarter
        self.handed_back = np.zeros(n)  # minutes last week beyond the usual
        self.usual_minutes = np.zeros(n)
        self.discretionary = np.ones(n)  # share of discretionary money still paid
        self.weighted: dict[str, np.ndarray] = {}
        self.expected_emergencies = np.ones(n)  # admissions a year expected from age, deprivation, frailty, conditions
        self.expected_acsc = np.ones(n)  # of these, ambulatory-care-sensitive

    @classmethod
    def open(cls, model: Any) -> Self:
        return cls(model, model.place.practices, model.parameters)

    def titles(self) -> list[str]:
        return [str(name) for name in self.table.name]

    # what it is told ----------------------------------------------------------------------------------------

    def restore(self, arrays: dict[str, np.ndarray], sample: float) -> None:
        super().restore(arrays, sample)
        self.usual_served, self.usual_control = self.served.copy(), self.control.copy()
        self.loads = self.usual_load.copy()

    def observe_registered(self, registered: Registered, first: bool = False) -> None:
        self.weighted = self.weighed(registered.weighted, first)
        self.lists = registered.weighted["people_flat"]
        self.one_more = registered.one_more
        self.expected_emergencies, self.expected_acsc = registered.expected_emergencies, registered.expected_acsc
        if first:
            self.usual_list = np.maximum(self.lists, 1.0)

    def observe_requests(self, asked: np.ndarray, offered: np.ndarray) -> None:
        """Learn the smoothed share of requests served, from a week's requests and appointments (P, 2)."""
        served = np.minimum(asked, offered).sum(axis=1) / np.maximum(asked.sum(axis=1), TINY)
        step = (served - self.served) / QUARTER
        self.served += step
        self.count_flow("access_known_learnt", step.mean())

    def observe_handed_back(self, minutes: np.ndarray) -> None:
        """Learn the minutes of hospital work handed back this week, (P,) whole place.

        Beyond the usual of the GPs who are left, of whom each has so much time for it at most; the rest is left undone.
        """
        if HANDED_BACK.held_by(self):
            return
        usual = self.usual_minutes * ratio(self.gp_fte, self.usual_fte)
        self.handed_back = np.minimum(minutes, self.p.general_practice.intensity_demand_high * usual) - usual

    def observe_week(self, events: WeekEvents) -> None:
        self.count(self.with_staff(self.with_requests(events.practice.T[self.event_columns])))

    def observe_quarter(self, lists: np.ndarray, stock: np.ndarray) -> None:
        """Learn lists (P,) and, from the census's ``stock`` (P, GROUPS, 8), the mean control of people's conditions."""
        self.lists = lists
        self.meeting = np.zeros(len(self))
        with_conditions = np.maximum(stock[:, :, 1].sum(axis=1), 1)
        self.control = stock[:, :, 2].sum(axis=1) / with_conditions / FULL_CONTROL

    def observe_year(self, money: YearEnd) -> None:
        self.discretionary = money.discretionary
        self.observe_settlement(money.income)
        if self.kind not in self.model.frozen:
            self.work(self.per_gp(money.income, money.cost))

    def learn_from(self, peers: np.ndarray) -> None:
        """Learn from these practices, rows (P, n)."""
        self.peers = peers

    def join(self, group: np.ndarray) -> None:
        """Work together with the practices of the same number in ``group`` (P,); -1 works alone.

        Until the quarter's end partners give time to it, where they join or leave.
        """
        self.meeting = (group != self.group) * self.p.general_practice.network_time
        self.group = group
        self.regroup()

    def cost_of(self, group: np.ndarray) -> np.ndarray:
        """£ (P,), once, of joining or leaving others so that practices work together by ``group`` (P,)."""
        gp, joins, leaves = self.p.general_practice, group >= 0, (group < 0) & (self.group >= 0)
        return (group != self.group) * (gp.network_entry * joins + gp.network_exit * leaves) * self.lists

    # what it tells ------------------------------------------------------------------------------------------

    def weekly(self) -> dict[str, np.ndarray]:
        return {"gp_fte": self.gp_fte.copy()}

    def levels(self) -> dict[str, float]:
        return super().levels() | {"access_known": float(self.served.mean())}

    def states(self) -> dict[str, np.ndarray]:
        return {
            "list": self.lists, "turned_away": self.number("turned_away"), "taken_on": self.number("taken_on"),
            "gp_fte": self.gp_fte.copy(), "other_fte": self.other_fte * self.staffing,
            "control": self.control, "served": self.served.copy(), "continuity": self.continuity_index(),
            "advice": self.advice.copy(),
            "expected_acsc": self.expected_acsc, "expected_emergencies": self.expected_emergencies,
            "contacts_per_fte_week": self.loads.copy(), "turnover": self.turnover.copy(), "hours": self.hours.copy(),
        }  # fmt: skip

    # the week -----------------------------------------------------------------------------------------------

    def offer(self, sample: float) -> tuple[np.ndarray, np.ndarray]:
        """Appointments offered this week by GPs and by others, (P,) each; hospital work handed back comes first."""
        gp = self.p.general_practice
        part = gp.gp_weeks / WEEKS * self.scale * self.lever("appointments")
        part = part * (1.0 - self.displaced(self.time_on_indicators() + self.time_treating()))
        by_gp = (
            self.gp_fte * self.hours * self.intensity * gp.gp_contacts_per_fte_week * part * (1.0 - self.meeting)
            - (self.handed_back + gp.advice_minutes * self.requests_beyond()) / gp.gp_contact_minutes
        )
        by_others = self.other_fte * self.staffing * gp.other_contacts_per_fte_week * part
        if (self.group >= 0).any():  # staff of practices that work together go where they are asked for
            asked = self.last_quarter("requests")
            by_gp, by_others = self.share_out(np.maximum(by_gp, 0.0), asked), self.share_out(by_others, asked)
        return np.maximum(by_gp, 0.0) * sample, by_others * sample

    def by_council(self, what: np.ndarray) -> np.ndarray:
        """Sums (C, ...) over the practices of each council area of ``what`` (P, ...)."""
        if self.n_councils == 1:
            return what.sum(axis=0, keepdims=True)
        out = np.zeros((self.n_councils, *what.shape[1:]), dtype=what.dtype)
        np.add.at(out, self.council, what)
        return out

    def settled_control(self) -> np.ndarray:
        """The level that control moves to (P,): proactive time and access raise it."""
        gp = self.p.general_practice
        gain = gp.control_gain * (self.lever("proactive") - 1.0)
        return gp.control_mean + gain + gp.control_access_gain * (self.served - self.usual_served)

    def continuity_index(self) -> np.ndarray:
        """Share of consultations with the usual GP (P,): GPs who leave take it with them."""
        return self.continuity + self.p.general_practice.continuity_turnover * (self.turnover - self.usual_leaving)

    def continuity_effect(self) -> np.ndarray:
        """Multiplier of ACSC admissions (P,): patients who know their doctor are admitted less (Barker 2017).

        Proactive care finds people who need a bed before it keeps any out of one.
        """
        gp = self.p.general_practice
        index = self.continuity_index()
        usual = np.exp(gp.continuity_acsc * (self.continuity - gp.continuity_mean))
        usual = (usual * self.usual_list).sum() / self.usual_list.sum()
        known = np.exp(gp.continuity_acsc * (index - gp.continuity_mean)) / usual
        return np.minimum(known * self.found(gp.found_acsc, self.lever("proactive")), HEADROOM)

    def week_table(self, sample: float) -> np.ndarray:
        """What the coming week needs to know, appointments and rows of people apart, (P,) of PRACTICE_WEEK."""
        table = np.zeros(len(self), dtype=PRACTICE_WEEK)
        table["swing"] = sample if "asked" in self.usual else 1.0
        table["gp_usual"], table["other_usual"] = self.unsampled_part("asked", np.zeros((len(self), 2)), sample).T
        table["style"], table["referral"] = self.style, self.propensity()
        table["referral_need"], table["served"] = self.referral_need(), self.served
        table["council"], table["care_home_acsc"] = self.council, 1.0
        table["continuity"], table["control"] = self.continuity_effect(), self.settled_control()
        return table

    # the quarter --------------------------------------------------------------------------------------------

    def fit_adjustment_cost(self, usual: Contract) -> None:
        super().fit_adjustment_cost(usual)
        self.learn_usual_money()

    def decide(self, years: float, look_around: bool = True) -> None:
        """Compare plans, then take on a little of what neighbours and partners in a group do."""
        super().decide(years, look_around)
        pace = 1.0 - np.exp(-self.p.behaviour.peer_learning * years)
        seen = self.levers[self.peers].mean(axis=1)
        if (self.group >= 0).any():
            team = self.teams()
            mean = np.array(
                [np.bincount(team, column) / np.maximum(np.bincount(team), 1) for column in self.levers.T]
            ).T
            seen = np.where((self.group >= 0)[:, None], 0.5 * (seen + mean[team]), seen)
        step = pace * (seen - self.levers)
        self.levers += step
        self.count_lever_flow("learnt", step)
        self._absorb()

    # contract -----------------------------------------------------------------------------------------------

    def contract_facts(self) -> dict[str, Any]:
        return {
            **self.weighted,
            "people_at_start": self.usual_list,
            "share_at_start": self.usual_list / self.usual_list.sum(),
            "discretionary": self.discretionary,
        }

    def recorded(self, control: np.ndarray, proactive: np.ndarray, recording: np.ndarray) -> np.ndarray:
        """Recorded quality, a share: above the usual each effort brings less, towards a ceiling.

        Effort at recording counts far more than care does (Minchin 2018); of care, reviews show at once, control late.
        """
        gp = self.p.general_practice
        effort = gp.recorded_effort * (recording - 1.0) + gp.recorded_review * (proactive - 1.0)
        effort = effort + gp.recorded_control * (control - self.usual_control)
        room = max(gp.recorded_ceiling - gp.recorded_mean, TINY)
        more = room * (1.0 - np.exp(-np.maximum(effort, 0.0) / room))
        return np.maximum(gp.recorded_mean + np.minimum(effort, 0.0), 0.0) + more

    def outcomes(self) -> dict[str, np.ndarray]:
        acsc = self.seen("acsc_admissions")
        return {
            "recorded_quality": self.recorded(self.control, self.lever("proactive"), self.lever("recording")),
            "control": self.control,
            "access": self.served.copy(),
            "experience": experience(self.served - self.usual_served, self.p.general_practice),
            "acsc_rate": acsc / np.maximum(self.expected_acsc, 1e-9),
            "acsc_rate.crude": 1000.0 * acsc / np.maximum(self.lists, 1.0),
        }

    def measure(self, shock: np.ndarray) -> None:
        """Measure the year's outcomes, late and with error. ``shock`` (5, P) standard normal, by indicator."""
        true = self.reading()
        error = self.p.outcomes.acsc_measure_error * np.sqrt(1000.0 / np.maximum(self.lists, 1.0))
        for name, z in zip(self.INDICATORS, shock, strict=True):
            # the chance of admissions is in the count itself; error here is of recording and coding
            self.measured[name] = true[name] * (1.0 + error * z)
            self.measured[f"{name}.crude"] = true.get(f"{name}.crude", true[name]) * (1.0 + error * z)
            for suffix in ("", ".crude"):
                self.measured[f"{name}{suffix}.lot"] = self.pooled(self.measured[f"{name}{suffix}"], self.lot)
        self.regroup()

    def regroup(self) -> None:
        """Results of the practices that work together, from each one's own as last measured."""
        group = self.teams()
        for name in self.INDICATORS:
            for suffix in ("", ".crude"):
                self.measured[f"{name}{suffix}.group"] = self.pooled(self.measured[f"{name}{suffix}"], group)

    def pooled(self, own: np.ndarray, of: np.ndarray) -> np.ndarray:
        """The mean over practices with the same number in ``of``, weighted by list, (P,)."""
        weight = np.maximum(np.bincount(of, self.usual_list), 1e-9)
        return (np.bincount(of, own * self.usual_list) / weight)[of]

    # plans --------------------------------------------------------------------------------------------------

    def look_back(self) -> None:
        super().look_back()
        self.expected_years = PracticeForecast(self)

    def forecast(self, levers: np.ndarray, year: np.ndarray) -> Forecast:
        return self.expected_years(levers, year)

    # money --------------------------------------------------------------------------------------------------

    def variable_cost(self, name: str) -> float:
        if name not in ("gp_consultations", "other_consultations"):
            return super().variable_cost(name)
        money = self.p.money
        seen = sum(self.before[k].sum() for k in ("gp_consultations", "other_consultations"))
        people = self.usual_list.sum()
        return float(money.practice_variable_share * money.practice_cost_premises_other * people / seen)

    def moves(self, name: str) -> dict[str, np.ndarray]:
        if name != "acsc_admissions":
            return {}
        return {
            "acsc_rate": 1.0 / np.maximum(self.expected_acsc, 1e-9),
            "acsc_rate.crude": 1000.0 / np.maximum(self.lists, 1.0),
        }

    def part_of_lot(self) -> np.ndarray:
        return self.usual_list / np.bincount(self.lot, self.usual_list)[self.lot]

    def costs(self, did: dict[str, np.ndarray], weeks: int) -> np.ndarray:
        return self.expenses(weeks)

    def commissioner(self) -> np.ndarray:
        return self.model.place.commissioner
