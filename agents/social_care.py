"""Social care for a council area: home care and care-home places, eligibility, speed, reablement."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np

from .forecast.activity import Contract
from .forecast.social_care import SocialCareForecast
from .links import link
from .member import Member, SocialCareProvider
from .observed import Registered, WeekEvents, YearEnd
from .patients.calendar import DAYS, WEEKS
from .patients.events import EVENTS
from .patients.people import TINY
from .plans import Forecast
from .provider import Providers
from .ratios import ratio
from .stocks import Flow, Stock
from .tables import Activity, Decision, Indicator, State

KINDS = ("home_care", "council_place", "self_place", "nhs_place")
BOUGHT = slice(0, 2)  #: the kinds that councils buy
STARTS, ENDS = ([EVENTS.index(f"{kind}_{what}") for kind in KINDS] for what in ("starts", "ends"))

CARE_DELAYS = link(
    "care_delays", "social care capacity", "care started", 1,
    "Where councils' care is short, people wait for it longer, in hospital beds too.", "social_care",
)  # fmt: skip
COUNCIL_BUYING = link(
    "council_buying", "council money", "social care capacity bought", 1,
    "Councils buy, and find eligible, what last year's money lasts for.", "social_care",
    {"social_care.buying_low": 1.0, "social_care.buying_high": 1.0},
)  # fmt: skip
FEES_SUPPLY = link(
    "fees_supply", "council money", "care homes and agencies leaving", -1,
    "Care homes and agencies leave where councils' fees are low.", "social_care",
    {"social_care.supply_fee_elasticity": 0.0},
)  # fmt: skip


class SocialCare(Providers):
    """Social care of all council areas, one row each."""

    kind: ClassVar[str] = "social_care"
    TITLE: ClassVar[str] = "Social care"
    OWNERS: ClassVar[str] = "social care's"
    DECISIONS: ClassVar[tuple[Decision, ...]] = (
        Decision("eligibility", "eligibility"),
        Decision("speed", "speed of response"),
        Decision("reablement", "reablement"),
    )
    ACTIVITIES: ClassVar[tuple[Activity, ...]] = (
        Activity("home_care_weeks", "client-weeks of home care", "client-week of home care"),
        Activity("council_place_weeks", "weeks in a care home, council-funded", "week in a care home"),
        Activity("self_place_weeks", "weeks in a care home, self-funded"),
        Activity("nhs_place_weeks", "weeks in a care home, NHS-funded"),
        Activity("care_starts", "new clients", "new client"),
        Activity("social_delayed_nights", "delayed nights in hospital", "delayed night in hospital"),
        Activity("care_needs", "new needs for care"),
        Activity("care_refused", "refusals of care"),
    )
    OUTCOMES: ClassVar[tuple[Indicator, ...]] = (
        Indicator("delayed_nights", "delayed nights in hospital", "per 1,000 people"),
    )
    STATES: ClassVar[tuple[State, ...]] = (
        State("waiting", "people waiting for care", "people"),
        State("income", "income", "£m", scale=1e-6),
        State("cost", "cost", "£m", scale=1e-6),
    )
    STOCKS: ClassVar[tuple[Stock, ...]] = (
        Stock(
            "care_capacity",
            "people for whom care is bought or who can be housed",
            "people",
            "care",
            "Social care capacity",
        ),
        Stock(
            "council_rule",
            "who is eligible and what councils buy",
            "relative to the usual",
            "care",
            "Council money",
            mean=True,
        ),
        Stock(
            "care_supply",
            "care homes and agencies in business",
            "relative to the usual",
            "care",
            "Care homes and agencies",
            mean=True,
        ),
    )
    FLOWS: ClassVar[tuple[Flow, ...]] = (
        Flow("care_capacity_followed", "towards what money, ageing and supply allow", "", "care_capacity",
             delay="social_care.capacity_years",
             words=("social care capacity bought",), law="(allowed − capacity) / τ each year",
             up=("council_rule", "care_supply", "registered"), down=("care_capacity",), both_ways=True),
        Flow("care_capacity_changed", "places that a funding file adds or takes", "", "care_capacity", both_ways=True,
             law="as the file says"),
        Flow("council_rule_moved", "towards what the money lasts for", "", "council_rule", delay="one year",
             law="income over cost of care, relative to the usual, within bounds", up=("held_social_care",),
             down=("home_care", "council_place"), both_ways=True),
        Flow("care_supply_moved", "homes and agencies that enter or leave", "", "care_supply",
             delay="social_care.supply_years",
             words=("-care homes and agencies leaving",), law="towards what fees sustain", up=("council_rule",),
             down=("care_supply",), both_ways=True),
    )  # fmt: skip
    CAPACITY: ClassVar[tuple[str, ...]] = ("home_care", "care_home_places")
    MEMBER: ClassVar[type[Member]] = SocialCareProvider
    CARE: ClassVar[tuple[str, ...]] = KINDS  # kinds of care
    STATE: ClassVar[tuple[str, ...]] = ("held", "capacity", "start")

    def __init__(self, model: Any, sites: list[Any], parameters: Any) -> None:
        super().__init__(model, ["social_care"] if len(sites) == 1 else [site.id for site in sites], parameters)
        self.sites = sites
        n = len(sites)
        self.held = np.zeros((n, len(KINDS)))  # people in each kind of care, whole place
        self.capacity = np.ones((n, len(KINDS)))  # people for whom care is bought or who can be housed
        self.usual_capacity = np.ones((n, len(KINDS)))
        self.planned = np.ones((n, len(KINDS)))  # capacity relative to the usual, ageing and money apart
        # chance a week that care starts when there is room: at home, in hospital
        self.start = np.ones((n, 2))
        self.from_hospital = np.ones(n)  # chance a week that council care starts for a patient in hospital, last week
        self.rule = np.ones(n)  # who is eligible and what is bought, relative to the usual: what the money lasts for
        self.usual_cover = np.ones(n)  # income over own cost in the expected year under the usual contract
        self.supply = np.ones(n)  # care homes and agencies in business, relative to the start, ageing apart
        self.waiting = np.zeros(n)
        self.people = np.ones(n)
        self.people_65 = np.ones(n)
        self.people_working = np.ones(n)
        self.usual_people = np.ones(n)
        self.usual_people_65 = np.ones(n)
        self.usual_people_working = np.ones(n)
        self.weighted: dict[str, np.ndarray] = {}

    @property
    def part(self) -> np.ndarray:
        """Each area's share of the place's people at the start, (C,), by which money for councils is divided."""
        return self.usual_people / self.usual_people.sum()

    @classmethod
    def open(cls, model: Any) -> Self:
        return cls(model, list(model.place.file.councils), model.parameters)

    def titles(self) -> list[str]:
        return [site.name for site in self.sites]

    # what it is told ----------------------------------------------------------------------------------------

    def restore(self, arrays: dict[str, np.ndarray], sample: float) -> None:
        super().restore(arrays, sample)
        self.usual_capacity = self.capacity.copy()

    def recount(self, held: np.ndarray) -> None:
        """Set the people in each kind of care, (C, 4) whole place."""
        self.held = held

    def start_from_hospital(self, chance: float) -> None:
        """Set the chance a week that care starts for a patient in hospital, where there is room."""
        self.start[:, 1] = chance

    def of_practices(self, what: np.ndarray) -> np.ndarray:
        return np.asarray(self.model.practices.by_council(what))

    def observe_registered(self, registered: Registered, first: bool = False) -> None:
        by_council = self.model.practices.by_council
        self.weighted = self.weighed({name: by_council(value) for name, value in registered.weighted.items()}, first)
        self.people = self.weighted["people_flat"]
        self.people_65 = by_council(registered.people[:, :, 4:].sum(axis=(1, 2)))
        self.people_working = by_council(registered.people[:, :, 2:4].sum(axis=(1, 2)))
        if first:
            self.usual_people, self.usual_people_65 = (np.maximum(n, 1.0) for n in (self.people, self.people_65))
            self.usual_people_working = np.maximum(self.people_working, 1.0)

    def observe_week(self, events: WeekEvents) -> None:
        area = events.council.T
        starts = area[STARTS]
        self.held = self.held + (starts - area[ENDS]).T
        self.waiting = events.waiting_for_care
        self.count(np.concatenate([self.held.T, starts.sum(axis=0, keepdims=True), area[self.event_columns]]))

    def observe_year(self, money: YearEnd) -> None:
        self.budget(money.income - money.cost + money.own_care, money.own_care)

    def fit_adjustment_cost(self, usual: Contract) -> None:
        super().fit_adjustment_cost(usual)
        weeks = self.care_weeks(self.before)
        cost = self.own_costs(weeks, 1.0) - self.contributions(weeks, 1.0)
        self.usual_cover = self.usual_income / np.maximum(cost, 1.0)

    # what it tells ------------------------------------------------------------------------------------------

    def weekly(self) -> dict[str, np.ndarray]:
        return {"care_held": self.held.copy(), "care_waiting": self.waiting.copy()}

    def levels(self) -> dict[str, float]:
        return super().levels() | {
            "care_capacity": float(self.capacity.sum()),
            "council_rule": float(self.rule.mean()),
            "care_supply": float(self.supply.mean()),
        }

    def states(self) -> dict[str, np.ndarray]:
        return {"waiting": self.waiting.copy()}

    # the week -----------------------------------------------------------------------------------------------

    def chances(self, queued: np.ndarray, sample: float) -> np.ndarray:
        """Chance that care starts this week, (C, 2, 5): at home and in hospital, by kind.

        ``queued`` (C, 5): people waiting by kind. Supply of places shortens the wait (Gaughan 2015); where room is
        short, it is shared. Councils short of money also make people wait.
        """
        chance = np.zeros((len(self), 2, 1 + len(KINDS)))
        supply = ratio(self.capacity, self.usual_capacity) ** -self.p.social_care.supply_delay_elasticity
        held = self.shrink_to_population("held", self.held * sample, sample)
        needing = self.shrink_to_population("needing", queued[:, 1:], sample)
        room = np.maximum(self.capacity * sample - held, 0.0)
        share = np.minimum(1.0, room / np.maximum(needing, TINY))
        supply[:, BOUGHT] *= self.rule[:, None] ** self.p.social_care.squeeze_wait_elasticity
        if CARE_DELAYS.held_by(self):
            supply, share = np.ones_like(supply), np.ones_like(share)
        pace = self.start[:, :, None] * self.lever("speed")[:, None, None] * supply[:, None, :]
        chance[:, :, 1:] = np.minimum(np.maximum(pace, self.p.social_care.start_least), 1.0) * share[:, None, :]
        self.from_hospital = chance[:, 1, 1:][:, BOUGHT].mean(axis=1)
        return chance

    def eligibility(self) -> np.ndarray:
        """Share of needs that each council takes on, (C,); reablement keeps some from arising."""
        effect = 1.0 - self.p.social_care.reablement_effect * (self.lever("reablement") - 1.0)
        share = self.lever("eligibility") * self.rule * self.p.social_care.eligible_share * effect
        return np.minimum(np.maximum(share, 0.0), 1.0)

    def arrange_nights(self) -> np.ndarray:
        """Mean nights in hospital (C,) until someone refused care has another way home, longer than for care to start.

        Someone fit to leave at any hour of a week waits 7 / chance - 3.5 nights on average. Where councils' care
        is short, so is other care, up to a limit.
        """
        care = self.p.social_care
        nights = DAYS / np.maximum(np.minimum(self.start[:, 1], self.from_hospital), TINY) - DAYS / 2.0
        return np.minimum(care.arrange_longer * np.maximum(nights, 0.0), care.arrange_most)

    def shape_week(self, practices: np.ndarray, hospitals: np.ndarray) -> None:
        """Councils decide who has care, and how long the others stay in hospital."""
        practices["eligible"] = self.eligibility()[practices["council"]]
        practices["arrange_nights"] = self.arrange_nights()[practices["council"]]

    # the year -----------------------------------------------------------------------------------------------

    def budget(self, income: np.ndarray, cost: np.ndarray) -> None:
        """Councils tighten or loosen who is eligible, and buy more or less, so that next year's money lasts.

        ``income`` and ``cost`` (C,): £ that social care was paid for the care that councils answer for, and £ that it
        cost, last year. Fees follow a squeeze in part, and homes and agencies leave when fees are low.
        """
        care, afford = self.p.social_care, income / np.maximum(cost, 1.0) / self.usual_cover
        before = self.rule
        self.rule = np.clip(
            self.rule * np.clip(afford, care.buying_low, care.buying_high), care.rule_low, care.rule_high
        )
        self.count_flow("council_rule_moved", (self.rule - before).mean())
        change = (self.fee() ** care.supply_fee_elasticity - self.supply) / care.supply_years
        change = np.clip(change, -care.supply_exit_limit, care.supply_exit_limit)
        self.supply += change
        self.count_flow("care_supply_moved", change.mean())
        stay = self.supply * self.people_65 / self.usual_people_65
        target = self.usual_capacity * self.planned * stay[:, None]
        target[:, BOUGHT] *= self.rule[:, None]
        step = (target - self.capacity) / care.capacity_years
        self.capacity += step
        self.count_flow("care_capacity_followed", step)

    def fee(self) -> np.ndarray:
        """Fee that councils pay for care, relative to the usual, (C,): a part of a squeeze falls on it."""
        return 1.0 + self.p.social_care.squeeze_fee_share * (self.rule - 1.0)

    def resize(self, name: str, factor: np.ndarray) -> None:
        """More or less ``home_care``, or ``care_home_places`` whoever pays for them, at once."""
        kinds = slice(0, 1) if name == "home_care" else slice(1, len(KINDS))
        self.count_flow("care_capacity_changed", self.capacity[:, kinds] * (factor[:, None] - 1.0))
        self.capacity[:, kinds] *= factor[:, None]
        self.planned[:, kinds] *= factor[:, None]

    # contract -----------------------------------------------------------------------------------------------

    def contract_facts(self) -> dict[str, Any]:
        return {
            **self.weighted, "people_at_start": self.usual_people, "share_at_start": self.part, "discretionary": 1.0,
        }  # fmt: skip

    def outcomes(self) -> dict[str, np.ndarray]:
        return {"delayed_nights": 1000.0 * self.seen("social_delayed_nights") / np.maximum(self.people, 1.0)}

    def measure(self, shock: np.ndarray) -> None:
        """Measure the year's outcomes, late and with error. ``shock`` (1, C) standard normal."""
        error = self.p.outcomes.acsc_measure_error * np.sqrt(1000.0 / np.maximum(self.people_65, 1.0))
        value = self.reading()["delayed_nights"] * (1.0 + error * shock[0])
        for name in ("delayed_nights", "delayed_nights.lot", "delayed_nights.crude", "delayed_nights.crude.lot"):
            self.measured[name] = value

    # plans --------------------------------------------------------------------------------------------------

    def look_back(self) -> None:
        super().look_back()
        self.expected_years = SocialCareForecast(self)

    def forecast(self, levers: np.ndarray, year: np.ndarray) -> Forecast:
        return self.expected_years(levers, year)

    def capacity_of(self, kind: str) -> np.ndarray:
        """People whom each council can have in a kind of care, (C,)."""
        return self.capacity[:, KINDS.index(kind)]

    # money --------------------------------------------------------------------------------------------------

    def variable_cost(self, name: str) -> float:
        care = self.p.social_care
        costs = {
            "home_care_weeks": care.home_care_hours * care.home_care_price,
            "council_place_weeks": care.care_home_price,
        }
        return costs.get(name, float("nan"))

    def moves(self, name: str) -> dict[str, np.ndarray]:
        if name != "social_delayed_nights":
            return {}
        return {"delayed_nights": 1000.0 / np.maximum(self.people, 1.0)}

    def commissioner(self) -> np.ndarray:
        place = self.model.place
        people = place.people.sum(axis=(1, 2))[:, None]
        return self.commissioner_of_most(people * (place.council[:, None] == np.arange(len(self))))

    def costs(self, did: dict[str, np.ndarray], weeks: int) -> np.ndarray:
        """£ (C,) that some weeks cost, whoever pays for the care."""
        care, years = self.care_weeks(did), weeks / WEEKS
        return self.own_costs(care, years) + self.self_paid(care, years) + self.nhs_paid(care)

    @staticmethod
    def care_weeks(did: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Weeks of care (C,) by kind, from activity."""
        return {kind: did[f"{kind}_weeks"] for kind in KINDS}

    def own_costs(self, weeks: dict[str, np.ndarray], years: float) -> np.ndarray:
        """£ (C,) of care that councils answer for: ``weeks`` (C,) of care by kind over ``years``.

        Direct payments, care of working age and overheads are cut and restored with the rest.
        """
        care = self.p.social_care
        cost = self.fee() * (
            care.home_care_hours * care.home_care_price * weeks["home_care"]
            + care.care_home_price * weeks["council_place"]
        )
        reablement = 1.0 + care.reablement_spend_share * (self.lever("reablement") - 1.0)
        other = care.other_spend_65 * self.people_65 * reablement
        other = other + care.working_age_spend * self.people_working
        other = other + care.overheads * self.people * (1.0 + care.speed_spend_share * (self.lever("speed") - 1.0))
        return cost + years * self.rule * other

    def contributions(self, weeks: dict[str, np.ndarray], years: float) -> np.ndarray:
        """£ (C,) that clients pay towards council care."""
        care = self.p.social_care
        own = care.contribution_home_care * weeks["home_care"] + care.contribution_care_home * weeks["council_place"]
        return own + years * care.contribution_other * self.people

    def self_paid(self, weeks: dict[str, np.ndarray], years: float) -> np.ndarray:
        """£ (C,) that people pay for care of their own."""
        care = self.p.social_care
        return care.self_funded_price * weeks["self_place"] + years * care.self_bought_home_care * self.people_65

    def nhs_paid(self, weeks: dict[str, np.ndarray]) -> np.ndarray:
        """£ (C,) of NHS-funded places."""
        return self.p.social_care.nhs_funded_price * weeks["nhs_place"]
