"""Community services: visits by nurses and therapists, step-down beds, hospital at home; money buys the staff."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np

from .forecast.activity import Contract
from .forecast.community import CommunityForecast
from .links import link
from .member import CommunityProvider, Member
from .observed import Registered, WeekEvents, YearEnd
from .patients.calendar import DAYS, WEEKS
from .patients.events import Event
from .patients.people import HEADROOM, TINY
from .plans import Forecast
from .provider import Providers
from .step_up import StepUpBeds
from .stocks import Flow, Stock
from .tables import PERCENT, Activity, Decision, Indicator, State

COMMUNITY_STAFF = link(
    "community_staff", "community income", "community staff hired", 1,
    "Community services hire the staff that their money pays for, and let go those that it does not.", "workforce",
    {"community.staff_loss_limit": 0.0, "community.staff_hire_limit": 0.0},
)  # fmt: skip
VISITS_ADMISSIONS = link(
    "visits_admissions", "community staff", "avoidable admissions", -1,
    "People at home whom no nurse visits are admitted more often.", usual={"community.unvisited_acsc": 0.0},
)  # fmt: skip
VISITS_DELAYS = link(
    "visits_delays", "community staff", "delays ended", 1,
    "Patients wait longer in hospital where community services cannot see them at home.",
    usual={"community.delay_elasticity": 0.0},
)  # fmt: skip


class CommunityServices(Providers):
    """Community services of all commissioners' areas, one row each.

    What they reach is the visits that staff make for each that is needed, relative to the start. Those in most need are
    visited first, so that the share of needs that nobody visits is ``unvisited`` to the power of what is reached.
    """

    kind: ClassVar[str] = "community"
    TITLE: ClassVar[str] = "Community services"
    OWNERS: ClassVar[str] = "community services'"
    DECISIONS: ClassVar[tuple[Decision, ...]] = (
        Decision("visits", "visits to people at home"),
        Decision("hospital_at_home", "hospital at home"),
    )
    ACTIVITIES: ClassVar[tuple[Activity, ...]] = (
        Activity("home_visits", "visits to people at home", "visit to someone at home"),
        Activity("home_cases", "cases of hospital at home", "case of hospital at home"),
        Activity("step_down_nights", "nights in step-down beds"),
        Activity("step_up_cases", "people looked after in step-up beds", "stay in a step-up bed in place of hospital"),
        Activity("nhs_delayed_nights", "delayed nights in hospital", "delayed night in hospital"),
    )
    OUTCOMES: ClassVar[tuple[Indicator, ...]] = (
        Indicator("visited", "needs at home that are visited", "share", step=PERCENT),
        Indicator("delayed_nights", "delayed nights in hospital", "per 1,000 people"),
    )
    STATES: ClassVar[tuple[State, ...]] = (
        State("staff", "staff in post, relative to the start", "ratio", mean=True),
        State("income", "income", "£m", scale=1e-6),
        State("cost", "cost", "£m", scale=1e-6),
    )
    STOCKS: ClassVar[tuple[Stock, ...]] = (
        Stock(
            "community_staff",
            "community nurses and therapists",
            "relative to the usual",
            "community",
            "Community staff",
            mean=True,
        ),
    )
    FLOWS: ClassVar[tuple[Flow, ...]] = (
        Flow("community_staff_moved", "hired or let go", "", "community_staff", delay="one year",
             words=("community staff hired",),
             law="the year's money beyond its cost, within limits (`staff_hire_limit`, `staff_loss_limit`)",
             up=("held_community", "paid_community"), down=("community_staff",), both_ways=True),
        Flow("community_staff_changed", "staff that a funding file adds or takes", "", "community_staff",
             both_ways=True, law="as the file says"),
    )  # fmt: skip
    CAPACITY: ClassVar[tuple[str, ...]] = ("staff", "step_down_beds")
    PAID_AS_USUAL: ClassVar[bool] = True
    MEMBER: ClassVar[type[Member]] = CommunityProvider

    def __init__(self, model: Any, sites: list[Any], parameters: Any, share: np.ndarray) -> None:
        names = ["community"] if len(sites) == 1 else [f"community {site.id}" for site in sites]
        super().__init__(model, names, parameters)
        self.sites = sites
        n = len(sites)
        self.staff = np.ones(n)  # relative to the start
        self.places = np.ones(n)  # step-down beds that there are when staff are as usual, relative to the start
        self.people = np.ones(n)
        self.usual_people = np.ones(n)
        self.need = np.ones(n)  # visits a year that people's frailty calls for, at the usual rate
        self.usual_need = np.ones(n)
        self.residents = np.zeros(n)  # people in care homes
        self.step_up = StepUpBeds(n)
        self.other_cost = np.zeros(n)  # £ a year at the start beside visits, cases and beds: clinics, management
        #: row of the area whose services most of each hospital's patients have, (H,); ``share`` (P, H) of its work
        self.of_hospital = self.commissioner_of_most(model.place.people.sum(axis=(1, 2))[:, None] * share)
        self.weighted: dict[str, np.ndarray] = {}

    @classmethod
    def open(cls, model: Any) -> Self:
        return cls(model, list(model.place.file.commissioners), model.parameters, model.share)

    def titles(self) -> list[str]:
        return [self.TITLE] if len(self) == 1 else [f"{self.TITLE}, {site.name}" for site in self.sites]

    def by_area(self, what: np.ndarray) -> np.ndarray:
        """Sums (N,) over the practices of each area of ``what`` (P,)."""
        return np.bincount(self.model.place.commissioner, what, minlength=len(self))

    # what it is told ----------------------------------------------------------------------------------------

    def of_practices(self, what: np.ndarray) -> np.ndarray:
        return self.by_area(what)

    def observe_registered(self, registered: Registered, first: bool = False) -> None:
        self.weighted = self.weighed({name: self.by_area(value) for name, value in registered.weighted.items()}, first)
        self.people = self.weighted["people_flat"]
        self.need = np.maximum(self.by_area(registered.frailty @ self.p.community.visits_by_frailty), TINY)
        self.residents = self.by_area(registered.residents)
        bands = registered.people.sum(axis=1).T
        self.step_up.observe_people(np.stack([self.by_area(band) for band in bands], axis=1), self.p)
        if first:
            self.usual_people, self.usual_need = self.people.copy(), self.need.copy()

    def observe_week(self, events: WeekEvents) -> None:
        visits = self.lever("visits") * self.staff * self.usual_need / WEEKS
        cases = self.by_area(events.practice[:, Event.EMERGENCY_OVERNIGHT]) * self.p.community.home_cases_share
        nights = np.bincount(self.of_hospital, DAYS * self.model.hospitals.step_down_used(), minlength=len(self))
        delayed = self.by_area(events.practice[:, Event.NHS_DELAYED_NIGHTS])
        in_place = self.by_area(events.in_step_up)
        self.count(np.array([visits, cases * self.staff * self.lever("hospital_at_home"), nights, in_place, delayed]))

    def observe_year(self, money: YearEnd) -> None:
        """Hire the staff that the year's money beyond its cost pays for, or let go those that it does not."""
        community = self.p.community
        change = (money.income - money.cost) / self.usual_income
        change = np.clip(change, -community.staff_loss_limit, community.staff_hire_limit)
        self.employ(self.staff + change, "community_staff_moved")

    def employ(self, staff: np.ndarray, flow: str = "community_staff_changed") -> None:
        """Have so many staff, (N,) relative to the start; step-down beds are those that they can run.

        ``flow``: under which it is counted that staff come or go.
        """
        staff = np.maximum(staff, 0.0)
        self.count_flow(flow, (staff - self.staff).mean())
        self.staff = staff
        self.model.hospitals.open_step_down((self.staff * self.places)[self.of_hospital])

    def resize(self, name: str, factor: np.ndarray) -> None:
        """More or fewer ``staff``, or ``step_down_beds``, at once; money then decides whether staff stay."""
        if name == "step_down_beds":
            self.places = self.places * factor
        self.employ(self.staff * (factor if name == "staff" else 1.0), "community_staff_changed")

    def fit_adjustment_cost(self, usual: Contract) -> None:
        super().fit_adjustment_cost(usual)
        self.other_cost = np.maximum(self.usual_income - self.work_cost(self.before) - self.bed_cost(), 0.0)

    # what it tells ------------------------------------------------------------------------------------------

    def levels(self) -> dict[str, float]:
        return super().levels() | {"community_staff": float(self.staff.mean())}

    def states(self) -> dict[str, np.ndarray]:
        return {"staff": self.staff.copy()}

    # what it does for patients ------------------------------------------------------------------------------

    def reached(self, visits: np.ndarray) -> np.ndarray:
        """Visits made for each that is needed, relative to the start, (N,) or (K, N), at a lever ``visits``."""
        return visits * self.staff * self.usual_need / self.need

    def unvisited(self, reached: np.ndarray) -> np.ndarray:
        """By how much more of the needs at home nobody visits than usual, a share, (N,) or (K, N)."""
        usual = self.p.community.unvisited
        return usual**reached - usual

    def delay(self, reached: np.ndarray) -> np.ndarray:
        """Waits in hospital for NHS care at home, relative to the usual, (N,) or (K, N)."""
        community = self.p.community
        waits = np.maximum(reached, TINY) ** community.delay_elasticity
        return np.minimum(waits, community.delay_most)

    def shape_week(self, practices: np.ndarray, hospitals: np.ndarray) -> None:
        """Who is not visited is unwell and admitted more often; who is cared for at home frees a bed."""
        community, at = self.p.community, self.of_hospital
        reached = self.reached(self.lever("visits"))
        unvisited = self.unvisited(reached)
        here, there = unvisited[self.model.place.commissioner], unvisited[at]
        acsc = practices["continuity"] * (1.0 + community.unvisited_acsc * here)
        practices["continuity"] = np.minimum(acsc, HEADROOM)
        practices["unvisited"] = here
        practices["care_home_acsc"] *= 1.0 - community.care_home_support * community.care_home_support_effect
        if community.step_up_beds > 0.0:
            practices["step_up"] = self.step_up.chance(self.staff, community)[self.model.place.commissioner]
        hospitals["delay"] *= self.delay(reached)[at]
        hospitals["early"] += community.unvisited_discharge * there
        more = self.staff * self.lever("hospital_at_home") - 1.0
        self.model.hospitals.treat_at_home((community.home_cases_share * community.home_stay_share * more)[at])

    # contract -----------------------------------------------------------------------------------------------

    def contract_facts(self) -> dict[str, Any]:
        part = self.usual_people / self.usual_people.sum()
        return {**self.weighted, "people_at_start": self.usual_people, "share_at_start": part, "discretionary": 1.0}

    def outcomes(self) -> dict[str, np.ndarray]:
        unvisited = self.p.community.unvisited + self.unvisited(self.reached(self.lever("visits")))
        nights = 1000.0 * self.seen("nhs_delayed_nights") / np.maximum(self.people, 1.0)
        return {"visited": 1.0 - unvisited, "delayed_nights": nights}

    def noise(self) -> np.ndarray:
        """Relative standard deviation of what is measured, (N,)."""
        return self.p.outcomes.acsc_measure_error * np.sqrt(1000.0 / np.maximum(self.people, 1.0))

    def measure(self, shock: np.ndarray) -> None:
        """Measure the year's outcomes, late and with error. ``shock`` (2, N) standard normal, by indicator."""
        true = self.reading()
        for name, z in zip(self.INDICATORS, shock, strict=True):
            for form in ("", ".lot", ".crude", ".crude.lot"):
                self.measured[f"{name}{form}"] = true[name] * (1.0 + self.noise() * z)

    # plans --------------------------------------------------------------------------------------------------

    def look_back(self) -> None:
        super().look_back()
        self.expected_years = CommunityForecast(self)

    def forecast(self, levers: np.ndarray, year: np.ndarray) -> Forecast:
        return self.expected_years(levers, year)

    # money --------------------------------------------------------------------------------------------------

    def variable_cost(self, name: str) -> float:
        community = self.p.community
        return {"home_visits": community.visit_cost, "home_cases": community.home_case_cost}.get(name, float("nan"))

    def moves(self, name: str) -> dict[str, np.ndarray]:
        if name != "nhs_delayed_nights":
            return {}
        return {"delayed_nights": 1000.0 / np.maximum(self.people, 1.0)}

    def commissioner(self) -> np.ndarray:
        return np.arange(len(self))

    def work_cost(self, did: dict[str, np.ndarray]) -> np.ndarray:
        """£ (N,) of visits and of cases of hospital at home."""
        return self.p.community.visit_cost * did["home_visits"] + self.p.community.home_case_cost * did["home_cases"]

    def costs(self, did: dict[str, np.ndarray], weeks: int) -> np.ndarray:
        standing = self.bed_cost() + self.other_cost * self.staff + self.care_home_cost()
        return self.work_cost(did) + weeks / WEEKS * standing

    def care_home_cost(self) -> np.ndarray:
        """£ a year (N,) of teams that look after people in care homes."""
        community = self.p.community
        return community.care_home_support * community.care_home_support_cost * self.residents

    def bed_cost(self) -> np.ndarray:
        """£ a year (N,) of the step-down and step-up beds that are open, full or not."""
        beds = np.bincount(self.of_hospital, self.model.hospitals.step_down_beds(), minlength=len(self))
        beds = beds + self.step_up.open(self.staff, self.p.community)
        return self.p.community.step_down_cost * DAYS * WEEKS * beds
