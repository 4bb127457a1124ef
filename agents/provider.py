"""What practices, hospitals and social care have in common: levers, a contract, a year's activity, a habit."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, Self

import mesa
import numpy as np

from . import plans, tables
from .forecast.activity import Activity, Contract, Lazy, PlanActivity
from .patients.calendar import QUARTER, WEEKS
from .patients.events import EVENTS
from .patients.people import TINY


class Member(mesa.Agent):
    """One provider, as a Mesa agent: a view of its row in the cohort."""

    def __init__(self, model: Any, cohort: Providers, row: int, name: str) -> None:
        super().__init__(model)
        self.cohort: Any = cohort
        self.row = row
        self.code = cohort.names[row]
        self.name = name

    @property
    def levers(self) -> dict[str, float]:
        """Where each lever stands; 1.0 is the baseline year's."""
        return dict(zip(self.cohort.LEVERS, self.cohort.levers[self.row].tolist(), strict=True))

    @property
    def balance(self) -> int:
        """Pence on the provider's account."""
        return self.model.ledger.balance(self.code)


QUARTERS = WEEKS // QUARTER  #: in a year
MONTH = 4  #: weeks, at least, that tell what is usually counted in a sample; longer would lag behind change


class WeekEvents(NamedTuple):
    """Events of a week by where they are counted, whole place; columns in the order of ``EVENTS``."""

    practice: np.ndarray  # (P, E)
    hospital: np.ndarray  # (H, E)
    council: np.ndarray  # (C, E) by the area in which patients live
    waiting_for_care: np.ndarray  # (C,) people at the week's end


class Registered(NamedTuple):
    """Who is registered with each practice, whole place."""

    weighted: dict[str, np.ndarray]  # (P,) people as a capitation formula weighs them, by formula
    people: np.ndarray  # (P, 2, BANDS) by sex and age band
    expected_emergencies: np.ndarray  # (P,) admissions a year expected from the patients' risks
    expected_acsc: np.ndarray  # (P,) the ambulatory-care-sensitive ones among them


class YearEnd(NamedTuple):
    """Money of the year that has ended and of the year to come, as one cohort meets it."""

    income: np.ndarray  # (N,) £ received in the year
    cost: np.ndarray  # (N,) £ spent
    community: np.ndarray  # (N,) share of the money for community services paid next year, 1 at the start
    discretionary: np.ndarray  # (N,) share of discretionary practice money paid next year
    councils: float  # £ that all councils together receive for care
    own_care: np.ndarray  # (C,) £ of care that each council answered for


class Providers:
    """A cohort of providers of one kind: columns with one row each.

    ``year`` is what was done since the contract year began, ``quarters`` what was done in each of the last four,
    ``before`` what was expected for the year before the contract; all in whole-place units.
    """

    kind: ClassVar[str]
    TITLE: ClassVar[str]  # one provider of the kind, as a heading
    OWNERS: ClassVar[str]  # all of them, before what they do: "hospitals'"
    SIZE: ClassVar[str] = ""  # the state that activity is divided by where providers are compared
    DECISIONS: ClassVar[tuple[tables.Decision, ...]]
    ACTIVITIES: ClassVar[tuple[tables.Activity, ...]]
    OUTCOMES: ClassVar[tuple[tables.Indicator, ...]]
    STATES: ClassVar[tuple[tables.State, ...]]
    LEVERS: ClassVar[tuple[str, ...]]  # names of decisions
    COUNTED: ClassVar[tuple[str, ...]]  # names of activities
    TALLIED: ClassVar[tuple[str, ...]]  # these, and what is worked out from them as they are counted
    INDICATORS: ClassVar[tuple[str, ...]]  # names of outcomes
    CAPACITY: ClassVar[tuple[str, ...]]  # what can be made larger or smaller from outside, by name
    STATE: ClassVar[tuple[str, ...]] = ()  # attributes that an initial state keeps
    MEMBER: ClassVar[type[Member]] = Member  # the Mesa agent that shows one row

    def __init_subclass__(cls) -> None:
        """Names in the order of the tables."""
        cls.LEVERS = tuple(decision.name for decision in cls.DECISIONS)
        cls.COUNTED = tuple(activity.name for activity in cls.ACTIVITIES)
        cls.TALLIED = cls.__dict__.get("TALLIED", cls.COUNTED)
        cls.INDICATORS = tuple(indicator.name for indicator in cls.OUTCOMES)

    def __init__(self, model: Any, names: list[str], parameters: Any) -> None:
        self.model = model
        self.p = parameters
        self.names = names
        n = len(names)
        self.levers = np.ones((n, len(self.LEVERS)))
        self.target = np.ones((n, len(self.LEVERS)))
        self.before: dict[str, np.ndarray] = {}
        self.last: dict[str, np.ndarray] = {}  # what was done in the contract year just gone
        self.quarters = np.zeros((QUARTERS, len(self.TALLIED), n))  # the last four, the oldest first
        # what was done since the year and since the quarter began, rows in the order of TALLIED
        self.this_year, self.this_quarter = np.zeros((len(self.TALLIED), n)), np.zeros((len(self.TALLIED), n))
        self.closed = 0  # quarters filed since the start
        self.level: dict[str, np.ndarray] = {}  # a year at the pace of the last four quarters, as plans see it
        self.shared: dict[str, Any] = {}  # what contracts are told of every plan alike
        self.alike: dict[str, Any] = {}  # the same without what plans change
        self.settled: dict[Any, np.ndarray] = {}  # what terms owe under every plan alike
        self.told: dict[str, np.ndarray] = {}  # facts from outside that contracts refer to, (N,)
        self.measured: dict[str, np.ndarray] = {}  # outcomes as last measured
        self.readings: deque[dict[str, np.ndarray]] = deque(
            maxlen=QUARTERS + 1
        )  # outcomes as they were at quarters' ends
        self.outlook: dict[str, np.ndarray] = {}  # outcomes at the end of the first year in some futures, (S, N)
        self.usual: dict[str, np.ndarray] = {}  # what is usually counted in a week, (N, ...)
        self.known: dict[str, float] = {}  # weeks that have told it
        self.contract: Contract | None = None
        self.fresh = False  # the contract is new, so that the whole range is worth a look
        self.motives: plans.Motives | None = None
        self.usual_income = np.ones(n)
        self.altruism = np.ones(n)
        self.excess_deficit: np.ndarray | float = 0.0  # share of income by which a deficit exceeds the usual one
        self.event_columns = [EVENTS.index(name) for name in self.COUNTED if name in EVENTS]

    def __len__(self) -> int:
        return len(self.names)

    def lever(self, name: str) -> np.ndarray:
        """A lever by name, (N,)."""
        return self.levers[:, self.LEVERS.index(name)]

    @classmethod
    def open(cls, model: Any) -> Self:
        """The cohort of a model's place."""
        raise NotImplementedError

    def titles(self) -> list[str]:
        """Names of the providers as people know them."""
        raise NotImplementedError

    # what it is told ----------------------------------------------------------------------------------------

    def restore(self, arrays: dict[str, np.ndarray], sample: float) -> None:
        """Take the columns named in ``STATE`` from an initial state, as far as it has them."""
        for name in self.STATE:
            if name in arrays:
                setattr(self, name, arrays[name].copy())
        if sample < 1.0:  # the whole population has no need of running means
            self.usual = {k.removeprefix("usual."): v.copy() for k, v in arrays.items() if k.startswith("usual.")}
            self.known = dict.fromkeys(self.usual, np.inf)

    def state(self) -> dict[str, np.ndarray]:
        """The columns named in ``STATE``, as an initial state keeps them."""
        return {name: np.asarray(getattr(self, name)) for name in self.STATE}

    def restore_expected_year(self, did: dict[str, np.ndarray], outcomes: dict[str, np.ndarray]) -> None:
        """Take the expected year: activity ``did`` (N,) by name, and ``outcomes`` (S, N) in several futures."""
        self.begin(did or {name: np.ones(len(self)) for name in self.COUNTED})
        self.measure(np.zeros((len(self.INDICATORS), len(self))))
        self.outlook = outcomes or {name: value[None] for name, value in self.measured.items()}

    def use(self, parameters: Any) -> None:
        """Use these parameters from now on."""
        self.p = parameters

    def hold(self, contract: Contract, changed: bool = True) -> None:
        """Hold a contract from now on; ``changed``: its terms are new, so the next plan searches widely."""
        self.contract = contract
        self.fresh = self.fresh or changed

    def draw_altruism(self, z: np.ndarray) -> None:
        """Set altruism, which differs between providers: log-normal, from standard normal draws ``z`` (N,)."""
        behaviour = self.p.behaviour
        self.altruism = behaviour.altruism * np.exp(behaviour.altruism_spread * z)

    def observe_registered(self, registered: Registered, first: bool = False) -> None:
        """Take note of the people to care for, each year; ``first``: at the start, as the usual number."""
        raise NotImplementedError

    def observe_week(self, events: WeekEvents) -> None:
        """Count a week's events."""
        raise NotImplementedError

    def observe_year(self, money: YearEnd) -> None:
        """Respond to the year's money: capacity opens and closes, hours and eligibility change."""
        raise NotImplementedError

    # what it tells ------------------------------------------------------------------------------------------

    def weekly(self) -> dict[str, np.ndarray]:
        """What the record keeps of each week, by name of the series."""
        return {}

    def facts(self) -> dict[str, np.ndarray]:
        """The year so far for the record: activity and levers, (N,) by name."""
        return self.year | {f"lever_{name}": self.lever(name).copy() for name in self.LEVERS}

    def states(self) -> dict[str, np.ndarray]:
        """Stocks at the year's end for the record, (N,) by name."""
        return {}

    # what was done ------------------------------------------------------------------------------------------

    def count(self, events: np.ndarray) -> None:
        """Add a week's events (names, N), in the order of TALLIED, to the year and the quarter."""
        self.this_year += events
        self.this_quarter += events

    @property
    def year(self) -> dict[str, np.ndarray]:
        """What was done since the contract year began, (N,) by name."""
        return dict(zip(self.TALLIED, self.this_year.copy(), strict=True))

    def begin(self, before: dict[str, np.ndarray]) -> None:
        """Start from a steady state: the last four quarters were each a quarter of the expected year."""
        self.before = before
        self.last = dict(before)
        for name, number in before.items():
            self.quarters[:, self.TALLIED.index(name)] = number / QUARTERS
        self.this_year[:] = 0.0

    def shrink_to_population(self, name: str, counted: np.ndarray, sample: float, anew: bool = False) -> np.ndarray:
        """A week's count (N, ...) in a sample, with no more random variation than the whole population would show.

        A tenth of the people varies by √10 as much, relatively, and queues and beds respond more to a rise than to a
        fall, so the extra variation would bias them. Persistent counts are shrunk towards their running mean, to
        √sample of their deviation. Counts drawn ``anew`` each week have the ``unsampled_part`` of the population added.
        At full size the counts only update the running means, from which samples begin, and only while the initial
        state is made, when no money moves.
        """
        if sample == 1.0 and self.model.case.funding is not None:
            return counted
        usual = self.usual.get(name, counted)
        known = self.known[name] = self.known.get(name, 0.0) + 1.0
        if sample == 1.0:
            self.usual[name] = usual + (counted - usual) / known
            return counted
        rest = self.unsampled_part(name, counted, sample) if anew else usual
        part = sample if anew else np.sqrt(sample)
        # the usual follows all providers together, over so many weeks that chance moves it no more than it moves one of
        # the whole place's, and each provider of its own over so much longer as there are fewer people
        total = np.maximum(usual.sum(axis=0), TINY)
        weeks = MONTH * np.maximum((usual**2).sum(axis=0) / total**2 / sample, 1.0)
        usual = usual * (1.0 + (counted.sum(axis=0) / total - 1.0) / np.minimum(weeks, known))
        self.usual[name] = usual + (counted - usual) / np.minimum(QUARTER / sample, known)
        return counted * part + rest * (1.0 - part)

    def unsampled_part(self, name: str, counted: np.ndarray, sample: float) -> np.ndarray:
        """The count that people outside the sample add: the running mean, with random variation of its own.

        The variation is Poisson, so that with the sample's own count the variance is that of the whole population, and
        so is the covariance with what the sample counts. Shrinking the sample's own variation instead would leave too
        little capacity in the weeks in which many people come.
        """
        if sample == 1.0 or name not in self.usual:
            return counted
        usual = self.usual[name]
        lot = self.model.normal(f"unseen/{self.kind}/{name}", self.model.week, usual.shape)
        return usual + np.sqrt(np.maximum(usual, 0.0) * sample / (1.0 - sample)) * lot

    def close_quarter(self) -> None:
        """File the quarter just ended."""
        self.closed += 1
        self.quarters = np.concatenate([self.quarters[1:], self.this_quarter[None]])
        self.this_quarter[:] = 0.0

    def lately(self, name: str) -> np.ndarray:
        """A year's worth at the level of the last four quarters, (N,)."""
        return self._quarters(name).sum(axis=0)

    def last_quarter(self, name: str) -> np.ndarray:
        """What was done in the quarter last filed, (N,)."""
        return self.quarters[-1, self.TALLIED.index(name)]

    def _quarters(self, name: str) -> np.ndarray:
        return self.quarters[:, self.TALLIED.index(name)]

    def seen(self, name: str) -> np.ndarray:
        """The same from quarters of this run alone, as soon as there are any, (N,)."""
        n = min(self.closed, QUARTERS) or QUARTERS
        return self._quarters(name)[-n:].sum(axis=0) * (QUARTERS / n)

    def look_back(self) -> None:
        """Gather what all plans of a decision share, so that comparing many of them stays cheap."""
        level = self.quarters.sum(axis=0)[: len(self.COUNTED)]
        self.level = dict(zip(self.COUNTED, level, strict=True))
        columns = dict(zip(self.COUNTED, level[:, :, None], strict=True))
        self.shared = fixed(self.standing()) | fixed(self.told)
        self.shared |= dict(zip(self.COUNTED, self.shocked(level, self.p.behaviour.forecast_error), strict=True))
        self.shared |= {f"{name}.before": number[:, None] for name, number in self.before.items()}
        self.shared |= {f"{name}.last": column for name, column in columns.items()}
        self.shared |= {f"{name}.level": column for name, column in columns.items()}
        self.shared |= {f"{name}.level": number[:, None] for name, number in self.measured.items()}
        self.shared["elapsed"] = 1.0
        self.settled, self.alike = {}, {}

    # what it is paid ----------------------------------------------------------------------------------------

    def standing(self) -> dict[str, Any]:
        """Facts that contracts refer to and plans do not change: people, weights, shares."""
        raise NotImplementedError

    def outcomes(self) -> dict[str, np.ndarray]:
        """Outcomes as they are now (N,), by indicator; ``NAME.crude`` where adjustment for case mix differs."""
        raise NotImplementedError

    def measure(self, shock: np.ndarray) -> None:
        """Measure the year's outcomes, late and with error: ``shock`` (indicators, N) standard normal."""
        raise NotImplementedError

    def read(self) -> None:
        """Take down the outcomes of a quarter's end."""
        self.readings.append(self.outcomes())

    def reading(self) -> dict[str, np.ndarray]:
        """The outcomes that a year is paid on: those of some quarters ago, as figures come late."""
        back = round(QUARTERS * self.p.outcomes.measured_late)
        return self.readings[-1 - back] if back < len(self.readings) else self.outcomes()

    def in_time(self, year: np.ndarray) -> np.ndarray:
        """Share of a coming year's payment on an outcome that sees what is done from now on."""
        return np.minimum(np.maximum(1.0 + year - self.p.outcomes.measured_late, 0.0), 1.0)

    def variable_cost(self, name: str) -> float:
        """£ that one more unit of an activity costs; NaN where the model has no cost for it."""
        raise NotImplementedError

    def moves(self, name: str) -> dict[str, np.ndarray]:
        """Own indicators that one more unit of an activity changes, and by how much, (N,) each."""
        raise NotImplementedError

    def part_of_lot(self) -> np.ndarray:
        """Weight of each provider's own result in the mean of its lot, (N,)."""
        return self.standing()["share_at_start"]

    def as_paid(self, name: str) -> np.ndarray:
        """A year's worth of an activity at the level of the last four quarters, as contracts count it, (N,)."""
        return self.lately(name)

    def to_date(self, elapsed: float) -> dict[str, Any]:
        """Everything a contract may ask of the year so far. ``elapsed`` is the share of the year gone."""
        facts = self.standing()
        people = {k: v * elapsed for k, v in facts.items() if k.startswith("people_") and k != "people_at_start"}
        before = {f"{name}.before": number for name, number in self.before.items()}
        before |= {f"{name}.last": number for name, number in self.last.items()}
        return {**before, **self.year, **facts, **self.told, **people, **self.measured, "elapsed": elapsed}

    def expected(self, futures: bool = False) -> dict[str, Any]:
        """The expected year before the contract, whole, as a contract would see it.

        Outcomes are the mean of some futures, (N,); with ``futures`` those themselves, (S, N).
        """
        before = {f"{name}.{when}": number for name, number in self.before.items() for when in ("before", "last")}
        outlook = {name: v if futures else v.mean(axis=0) for name, v in self.outlook.items()}
        return {**self.before, **before, **self.standing(), **self.told, **outlook, "elapsed": 1.0}

    def close_year(self) -> None:
        """The contract year ends: what was done becomes the year just gone, and counting begins anew."""
        self.last = self.year
        self.this_year[:] = 0.0

    # money --------------------------------------------------------------------------------------------------

    def costs(self, did: dict[str, np.ndarray], weeks: int) -> np.ndarray:
        """£ (N,) that some weeks cost, in which the cohort ``did`` this, (N,) by activity."""
        raise NotImplementedError

    def commissioner(self) -> np.ndarray:
        """Row of the commissioner that pays each provider, (N,): that of most of its patients."""
        raise NotImplementedError

    def commissioner_of_most(self, patients: np.ndarray) -> np.ndarray:
        """Row of the commissioner, (N,), that most patients belong to; ``patients`` (P, N): by practice."""
        of, n = self.model.place.commissioner, len(self.model.place.file.commissioners)
        return np.array([np.bincount(of, column, minlength=n).argmax() for column in patients.T])

    # what it decides ----------------------------------------------------------------------------------------

    def forecast(self, levers: np.ndarray, year: np.ndarray) -> plans.Forecast:
        """Coming years under plans (K, N, L), from the model's own stock equations, after ``look_back``.

        ``year``: how many whole years from now plans are looked at, (Y, 1, 1) for some years, (1, 1) for one.
        """
        raise NotImplementedError

    def looking_ahead(self, later: dict[str, Callable[[], np.ndarray]]) -> PlanActivity:
        """A plan's activity: what all plans share, and what ``later`` works out if a contract asks for it."""
        if not self.alike:
            self.alike = {name: number for name, number in self.shared.items() if name not in later}
        return PlanActivity(self.alike, Lazy(later), self.settled)

    def form_habit(self, usual: Contract, response: np.ndarray, money: float, years: int, discount: float) -> None:
        """Take behaviour under the usual contract as optimal.

        ``response`` (L,): how far a lever moves when its marginal pay rises by the provider's whole income.
        """
        self.look_back()
        n, n_levers = self.levers.shape
        self.usual_income = np.maximum(np.broadcast_to(usual.due(self.expected()), (n,)), 1.0)
        motives = plans.Motives(
            money=np.full(n, money),
            years=years,
            discount=discount,
            stiffness=self.usual_income[:, None] / np.maximum(response, 1e-6)[None, :],  # 0: a lever that stays
            slope=np.zeros((n, n_levers)),
        )
        ones = np.ones((n, n_levers))
        slope = plans.slopes(ones, lambda x: plans.worth(x, self.forecast, usual, motives)) / plans.annuity(motives)
        self.motives = motives._replace(slope=slope)

    def decide(self, part: float, low: float, high: float, look_around: bool = True) -> None:
        """Compare plans and go ``part`` of the way to the best one.

        ``look_around``: search the whole range for cliffs; otherwise only near the plan last found best.
        """
        if self.contract is None or self.motives is None:
            return
        behaviour = self.p.behaviour
        weight = behaviour.money_weight + behaviour.deficit_money_weight * self.excess_deficit
        self.motives = self.motives._replace(money=np.broadcast_to(weight, (len(self),)))
        contract, motives = self.contract, self.motives
        self.look_back()

        def value(levers: np.ndarray) -> np.ndarray:
            return plans.worth(levers, self.forecast, contract, motives) - plans.habit(levers, motives)

        self.target = plans.best(value, self.target, low, high, far=look_around or self.fresh)
        self.levers += (self.target - self.levers) * part
        self.fresh = False

    def prospect(self, contract: Contract, low: float, high: float) -> np.ndarray:
        """Worth (N,) in discounted £ of the best plan under a contract, whether or not it is held."""
        if self.motives is None:
            return np.zeros(len(self))
        motives = self.motives
        self.look_back()

        def value(levers: np.ndarray) -> np.ndarray:
            return plans.worth(levers, self.forecast, contract, motives) - plans.habit(levers, motives)

        return value(plans.best(value, self.target, low, high)[None])[0]

    def resize(self, name: str, factor: np.ndarray) -> None:
        """Make a capacity of each provider larger or smaller, (N,) factors."""
        raise NotImplementedError

    def marginal_pay(self, contract: Contract) -> np.ndarray:
        """£ a year (N, L) that a contract pays for one more unit of each lever, over the horizon's mean year."""
        if self.motives is None:
            return np.zeros_like(self.levers)
        motives = self.motives
        self.look_back()

        def pay(levers: np.ndarray) -> np.ndarray:
            due = plans.expected_due(contract, self.forecast(levers, plans.years_of(motives.years)).activity)
            return np.broadcast_to(due, (motives.years, *levers.shape[:2])).mean(axis=0)

        return plans.slopes(np.ones_like(self.levers), pay)

    @staticmethod
    def shocked(quantity: np.ndarray, error: float) -> np.ndarray:
        """A forecast (K, N) with its error on a new last axis."""
        return quantity[..., None] * (1.0 + error * plans.NODES)


def fixed(facts: Activity) -> dict[str, Any]:
    """Standing facts (N,) given a last axis for shocks, so that they broadcast with forecasts (K, N, Q)."""
    return {name: v[..., None] if isinstance(v, np.ndarray) else v for name, v in facts.items()}
