"""What practices, hospitals and social care have in common: behaviour, a contract, forecasts, decisions."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np

from . import habit, plans, tables
from .counts import QUARTERS, Counts
from .forecast.activity import Activity, Contract, Lazy, PlanActivity, with_facts
from .member import Member
from .observed import Registered, WeekEvents, YearEnd
from .patients.people import TINY
from .stocks import Flow, Stock


class Providers(Counts):
    """A cohort of providers of one kind: columns with one row each."""

    TITLE: ClassVar[str]  # one provider of the kind, as a heading
    OWNERS: ClassVar[str]  # all of them, before what they do: "hospitals'"
    SIZE: ClassVar[str] = ""  # the state that activity is divided by where providers are compared
    DECISIONS: ClassVar[tuple[tables.Decision, ...]]
    ACTIVITIES: ClassVar[tuple[tables.Activity, ...]]
    OUTCOMES: ClassVar[tuple[tables.Indicator, ...]]
    STATES: ClassVar[tuple[tables.State, ...]]
    LEVERS: ClassVar[tuple[str, ...]]  # names of decisions
    INDICATORS: ClassVar[tuple[str, ...]]  # names of outcomes
    CAPACITY: ClassVar[tuple[str, ...]]  # what can be made larger or smaller from outside, by name
    STATE: ClassVar[tuple[str, ...]] = ()  # attributes that an initial state keeps
    PAID_AS_USUAL: ClassVar[bool] = False  # where a funding file says nothing of the kind
    MEMBER: ClassVar[type[Member]] = Member  # the Mesa agent that shows one row
    held_links: frozenset[str] = frozenset()  # names of links that stay at their usual value

    def __init_subclass__(cls) -> None:
        """Names in the order of the tables, of a kind that has them."""
        if "DECISIONS" not in cls.__dict__:
            return
        cls.LEVERS = tuple(decision.name for decision in cls.DECISIONS)
        cls.COUNTED = tuple(activity.name for activity in cls.ACTIVITIES)
        cls.TALLIED = cls.__dict__.get("TALLIED", cls.COUNTED)
        cls.INDICATORS = tuple(indicator.name for indicator in cls.OUTCOMES)
        cls.STOCKS = (*cls.__dict__.get("STOCKS", ()), *cls._behaviour_stocks())
        cls.FLOWS = (*cls.__dict__.get("FLOWS", ()), *cls._behaviour_flows())

    @classmethod
    def _behaviour_stocks(cls) -> Iterator[Stock]:
        """A behaviour is a stock: it moves towards what pays, and keeps until then what it was."""
        shown = f"Behaviour of {cls.OWNERS.removesuffix("'").removesuffix("'s")}"
        for decision in cls.DECISIONS:
            label = f"{cls.OWNERS} {decision.label}"
            yield Stock(f"{cls.kind}_{decision.name}", label, "relative to the usual", "behaviour", shown, mean=True)

    @classmethod
    def _behaviour_flows(cls) -> Iterator[Flow]:
        for decision in cls.DECISIONS:
            name = f"{cls.kind}_{decision.name}"
            yield Flow(
                f"{name}_planned", "towards the best plan", "", name, delay=f"behaviour.years_{decision.name}",
             words=("plans",),
             law="(best plan − behaviour) · (1 − e^(−Δt/τ)) each quarter", both_ways=True,
            )  # fmt: skip

    def __init__(self, model: Any, names: list[str], parameters: Any) -> None:
        super().__init__(model, names)
        self.p = parameters
        n = len(names)
        self.levers = np.ones((n, len(self.LEVERS)))
        self.target = np.ones((n, len(self.LEVERS)))
        self.level: dict[str, np.ndarray] = {}  # a year at the pace of the last four quarters, as plans see it
        self.context: dict[str, Any] = {}  # what contracts are told of every plan alike
        self.unchanged_context: dict[str, Any] = {}  # the same without what plans change
        self.constant_dues: dict[Any, np.ndarray] = {}  # what terms owe under every plan alike
        self.expected_pay: dict[str, np.ndarray] = {}  # shares (N,) of dues that are paid, by payer, where below all
        self.outside_facts: dict[str, np.ndarray] = {}  # facts from outside that contracts refer to, (N,)
        self.measured: dict[str, np.ndarray] = {}  # outcomes as last measured
        # outcomes at the ends of the last quarters
        self.readings: deque[dict[str, np.ndarray]] = deque(maxlen=QUARTERS + 1)
        self.outlook: dict[str, np.ndarray] = {}  # outcomes at the end of the first year in some futures, (S, N)
        self.contract: Contract | None = None
        self.contract_changed = False  # the contract is new, so that the whole range is worth a look
        self.motives: plans.Motives | None = None
        self.usual_income = np.ones(n)
        self.need_scale = 1.0  # weight of a £ of expected cost
        self.altruism = np.ones(n)
        self.excess_deficit: np.ndarray | float = 0.0  # share of income by which a deficit exceeds the usual one

    def lever(self, name: str) -> np.ndarray:
        """A lever by name, (N,)."""
        return self.levers[:, self.LEVERS.index(name)]

    def furthest(self, row: int) -> tuple[str, float]:
        """The behaviour of a provider, in words, that is furthest from the usual, and where it is."""
        k = int(np.abs(self.levers[row] - 1.0).argmax())
        return self.DECISIONS[k].label, float(self.levers[row, k])

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
            self.weeks_known = dict.fromkeys(self.usual, np.inf)

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

    def keep_usual(self, links: frozenset[str]) -> None:
        """Keep these links, by name, at their usual value."""
        self.held_links = links

    def hold(self, contract: Contract, changed: bool = True) -> None:
        """Hold a contract from now on; ``changed``: its terms are new, so the next plan searches widely."""
        self.contract = contract
        self.contract_changed = self.contract_changed or changed

    def draw_altruism(self, z: np.ndarray) -> None:
        """Set altruism, which differs between providers: log-normal, from standard normal draws ``z`` (N,)."""
        behaviour = self.p.behaviour
        self.altruism = behaviour.altruism * np.exp(behaviour.altruism_spread * z)

    def observe_registered(self, registered: Registered, first: bool = False) -> None:
        """Take note of the people to care for, each year; ``first``: at the start, as the usual number."""
        raise NotImplementedError

    def of_practices(self, what: np.ndarray) -> np.ndarray:
        """Sums (N,) of ``what`` (P,) over the practices whose patients a provider cares for, by its part of them."""
        return what

    def weighed(self, weighted: dict[str, np.ndarray], first: bool) -> dict[str, np.ndarray]:
        """Weighted people (N,) by formula, with those weighed by need of this kind's own care, ``people_need``.

        ``weighted`` has £ a year for it, by kind. A weight of 1 is the mean of the place's people at the start.
        """
        own = f"people_need_{self.kind}"
        if own not in weighted:
            return weighted
        kept = {name: people for name, people in weighted.items() if not name.startswith("people_need_")}
        if first:
            self.need_scale = kept["people_flat"].sum() / max(weighted[own].sum(), TINY)
        return kept | {"people_need": weighted[own] * self.need_scale}

    def observe_week(self, events: WeekEvents) -> None:
        """Count a week's events."""
        raise NotImplementedError

    def observe_year(self, money: YearEnd) -> None:
        """Respond to the year's money: capacity opens and closes, hours and eligibility change."""
        raise NotImplementedError

    def shape_week(self, practices: np.ndarray, hospitals: np.ndarray) -> None:
        """Add to what the coming week needs to know, (P,) of PRACTICE_WEEK and (H,) of HOSPITAL_WEEK, in place."""

    def expect_pay(self, shares: dict[str, np.ndarray]) -> None:
        """Plan with shares (N,) of its dues that each payer, by name, can pay; who is not named pays all."""
        self.expected_pay = shares

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

    # what it plans with ---------------------------------------------------------------------------------------

    def look_back(self) -> None:
        """Gather what all plans of a decision share, so that comparing many of them stays cheap."""
        level = self.quarters.sum(axis=0)[: len(self.COUNTED)]
        self.level = dict(zip(self.COUNTED, level, strict=True))
        columns = dict(zip(self.COUNTED, level[:, :, None], strict=True))
        self.context = fixed(self.contract_facts()) | fixed(self.outside_facts)
        self.context |= dict(zip(self.COUNTED, self.shocked(level, self.p.behaviour.forecast_error), strict=True))
        self.context |= {f"{name}.before": number[:, None] for name, number in self.before.items()}
        self.context |= {f"{name}.last": column for name, column in columns.items()}
        self.context |= {f"{name}.level": column for name, column in columns.items()}
        self.context |= {f"{name}.level": number[:, None] for name, number in self.measured.items()}
        self.context["elapsed"] = 1.0
        if self.expected_pay:
            self.context["expected_pay"] = fixed(self.expected_pay)
        self.constant_dues, self.unchanged_context = {}, {}

    # what it is paid ----------------------------------------------------------------------------------------

    def learn(self, facts: dict[str, np.ndarray]) -> None:
        """Take in facts (N,) from outside that contracts refer to."""
        self.outside_facts = facts

    def contract_facts(self) -> dict[str, Any]:
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
        return self.contract_facts()["share_at_start"]

    def as_paid(self, name: str) -> np.ndarray:
        """A year's worth of an activity at the level of the last four quarters, as contracts count it, (N,)."""
        return self.lately(name)

    def to_date(self, elapsed: float) -> dict[str, Any]:
        """Everything a contract may ask of the year so far. ``elapsed`` is the share of the year gone."""
        facts = self.contract_facts()
        people = {k: v * elapsed for k, v in facts.items() if k.startswith("people_") and k != "people_at_start"}
        before = {f"{name}.before": number for name, number in self.before.items()}
        before |= {f"{name}.last": number for name, number in self.last.items()}
        return {**before, **self.year, **facts, **self.outside_facts, **people, **self.measured, "elapsed": elapsed}

    def expected(self, futures: bool = False) -> dict[str, Any]:
        """The expected year before the contract, whole, as a contract would see it.

        Outcomes are the mean of some futures, (N,); with ``futures`` those themselves, (S, N).
        """
        before = {f"{name}.{when}": number for name, number in self.before.items() for when in ("before", "last")}
        outlook = {name: v if futures else v.mean(axis=0) for name, v in self.outlook.items()}
        return {**self.before, **before, **self.contract_facts(), **self.outside_facts, **outlook, "elapsed": 1.0}

    # what it decides ----------------------------------------------------------------------------------------

    def forecast(self, levers: np.ndarray, year: np.ndarray) -> plans.Forecast:
        """Coming years under plans (K, N, L), from the model's own stock equations, after ``look_back``.

        ``year``: how many whole years from now plans are looked at, (Y, 1, 1) for some years, (1, 1) for one.
        """
        raise NotImplementedError

    def plan_activity(self, lazy: dict[str, Callable[[], np.ndarray]]) -> PlanActivity:
        """A plan's activity: what all plans share, and what ``lazy`` works out if a contract asks for it."""
        if not self.unchanged_context:
            self.unchanged_context = {name: number for name, number in self.context.items() if name not in lazy}
        return PlanActivity(self.unchanged_context, Lazy(lazy), self.constant_dues)

    def fit_adjustment_cost(self, usual: Contract) -> None:
        """Take behaviour under the usual contract as optimal: its habit, from the parameters of behaviour."""
        self.look_back()
        behaviour, ones = self.p.behaviour, np.ones_like(self.levers)
        self.usual_income = np.maximum(np.broadcast_to(usual.due(self.expected()), (len(self),)), 1.0)
        answers = np.maximum(habit.responses(behaviour, self.LEVERS), 1e-6)  # 0: a lever that stays
        curvature = self.usual_income[:, None] / answers
        motives = plans.Motives(
            money=np.full(len(self), behaviour.money_weight),
            years=max(1, round(behaviour.horizon_years)),
            discount=behaviour.discount_rate,
            habit=habit.Habit(np.zeros_like(curvature), curvature, habit.Room.of(behaviour, self.LEVERS)),
        )
        slope = plans.slopes(ones, lambda x: plans.worth(x, self.forecast, usual, motives)) / plans.annuity(motives)
        self.motives = motives._replace(habit=motives.habit._replace(slope=slope))

    def room_used(self) -> np.ndarray:
        """Share of its room that each lever has used, (N, L): 0 at usual behaviour, 1 at the end of the room."""
        return habit.Room.of(self.p.behaviour, self.LEVERS).used(self.levers)

    def choose(self, look_around: bool = True) -> None:
        """Compare plans and take the best as the target.

        ``look_around``: search the whole room for cliffs; otherwise only near the plan last found best.
        """
        if self.contract is None or self.motives is None:
            return
        behaviour = self.p.behaviour
        weight = behaviour.money_weight + behaviour.deficit_money_weight * self.excess_deficit
        self.motives = self.motives._replace(money=np.broadcast_to(weight, (len(self),)))
        self.target = self.best_plan(self.contract, self.target, far=look_around or self.contract_changed)
        self.contract_changed = False

    def decide(self, years: float, look_around: bool = True) -> None:
        """Compare plans, then move towards the best one for some ``years``, each lever at its own pace."""
        if self.contract is None or self.motives is None:
            return
        self.choose(look_around)
        step = (self.target - self.levers) * habit.shares_closed(self.p.behaviour, self.LEVERS, years)
        self.levers += step
        self.count_lever_flow("planned", step)

    def count_lever_flow(self, what: str, step: np.ndarray) -> None:
        """Count how far behaviours moved, ``step`` (N, L), by the flow that moved them."""
        for name, moved in zip(self.LEVERS, step.mean(axis=0), strict=True):
            self.count_flow(f"{self.kind}_{name}_{what}", moved)

    def levels(self) -> dict[str, float]:
        mean = self.levers.mean(axis=0).tolist()
        return super().levels() | {f"{self.kind}_{name}": n for name, n in zip(self.LEVERS, mean, strict=True)}

    def prospect(self, contract: Contract) -> np.ndarray:
        """Worth (N,) in discounted £ of the best plan under a contract, whether or not it is held."""
        if self.motives is None:
            return np.zeros(len(self))
        return self.net_worth(contract, self.best_plan(contract, self.target)[None])[0]

    def best_plan(
        self, contract: Contract, start: np.ndarray, free: tuple[int, ...] | None = None, far: bool = True
    ) -> np.ndarray:
        """The plan (N, L) of greatest net worth that levers have room for, looked for from ``start``; see ``best``."""
        self.look_back()
        room = self.motives.habit.room  # type: ignore[union-attr]
        return plans.best(partial(self.net_worth, contract), start, room.low, room.high, free, far)

    def net_worth(self, contract: Contract, levers: np.ndarray) -> np.ndarray:
        """Worth (K, N) in discounted £ of plans (K, N, L) less the adjustment cost, after ``look_back``."""
        motives: Any = self.motives
        return plans.worth(levers, self.forecast, contract, motives) - plans.adjustment_cost(levers, motives)

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

    def dues_by(self, contract: Contract, name: str, each: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        """£ a year that a contract pays at present behaviour as an activity varies: a function of its amount.

        The amount, (K, N) or (K, 1), is in units of ``each`` (N,); dues are (K, N).
        """
        self.look_back()
        now = self.forecast(self.levers[None], plans.years_of(1)[0]).activity

        def dues(amount: np.ndarray) -> np.ndarray:
            due = plans.expected_due(contract, with_facts(now, {name: (amount * each)[..., None]}))
            return np.broadcast_to(due, (len(amount), len(self)))

        return dues

    @staticmethod
    def shocked(quantity: np.ndarray, error: float) -> np.ndarray:
        """A forecast (K, N) with its error on a new last axis."""
        return quantity[..., None] * (1.0 + error * plans.NODES)


def fixed(facts: Activity) -> dict[str, Any]:
    """Standing facts (N,) given a last axis for shocks, so that they broadcast with forecasts (K, N, Q)."""
    return {name: v[..., None] if isinstance(v, np.ndarray) else v for name, v in facts.items()}
