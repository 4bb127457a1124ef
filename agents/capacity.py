"""Beds, clinics and theatres of hospitals: what their result pays for, what a queue pulls, and what all of it costs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from . import plans
from .links import link
from .patients.calendar import DAYS, WEEKS, share_closed
from .patients.people import TINY
from .provider import Providers
from .stocks import Flow, Stock

DEFICIT_CAPACITY = link(
    "deficit_capacity", "hospital deficit", "beds, clinics and theatres opened", -1,
    "Hospitals close the beds, clinics and theatres that their result does not pay for.", "capacity",
)  # fmt: skip
QUEUE_CAPACITY = link(
    "queue_capacity", "waiting list", "clinics and theatres opened", 1,
    "Hospitals open clinics and theatres where the queue is long and treatment pays.", "capacity",
    {"hospital.queue_capacity": 0.0},
)  # fmt: skip


class FixedCost:
    """Fixed cost of beds, clinics and theatres relative to the usual, by place and hospital: it follows them slowly.

    Staff go or come within a year, overheads (buildings, equipment, management) over some years, in both directions.
    """

    def __init__(self, places: Iterable[str], n: int) -> None:
        self.staff = {place: np.ones(n) for place in places}
        self.overheads = {place: np.ones(n) for place in places}

    def follow(self, opened: dict[str, np.ndarray], p: Any) -> dict[str, float]:
        """One week with so much ``opened``, (H,) by place, relative to the usual. ``p``: numbers of hospitals.

        Returns how far the means over places and hospitals moved, by name of the stock.
        """
        moved = {"fixed_staff": 0.0, "fixed_overheads": 0.0}
        kinds = (("fixed_staff", self.staff, p.fixed_staff_years),
                 ("fixed_overheads", self.overheads, p.fixed_overhead_years))  # fmt: skip
        for kind, stock, years in kinds:
            for place, now in opened.items():
                step = (now - stock[place]) * share_closed(1.0 / WEEKS, years)
                stock[place] = stock[place] + step
                moved[kind] += float(step.mean()) / len(opened)
        return moved

    def mean(self) -> dict[str, float]:
        """The two stocks, means over places and hospitals."""
        return {"fixed_staff": _mean(self.staff), "fixed_overheads": _mean(self.overheads)}

    def standing(self, place: str, p: Any) -> np.ndarray | float:
        """Fixed cost of a place relative to the usual, (H,); A&E, which has none, stays open."""
        if place not in self.staff:
            return 1.0
        return p.fixed_staff_share * self.staff[place] + (1.0 - p.fixed_staff_share) * self.overheads[place]


def _mean(stock: dict[str, np.ndarray]) -> float:
    return float(np.mean([now.mean() for now in stock.values()]))


def beyond_usual(income: np.ndarray, cost: np.ndarray, margin: np.ndarray) -> np.ndarray:
    """A year's result beyond the usual, (H,) as a share of cost; about -1 where nothing is paid.

    ``margin`` (H,): the usual one as a share of income. A surplus that shrinks is no deficit.
    """
    result, usual = income / np.maximum(cost, 1.0) - 1.0, margin / (1.0 - margin)
    return np.maximum(result - usual, 0.0) + np.minimum(result - np.minimum(usual, 0.0), 0.0)


def affordable(gap: np.ndarray, lendable: np.ndarray | float, p: Any) -> np.ndarray:
    """Capacity that can be staffed, relative to the usual, (H,), at a result so far ``beyond_usual``.

    Lenders cover most of a deficit up to what they still lend, ``lendable`` (H,) as a share of cost; what is beyond
    closes capacity in full. A surplus opens capacity as a deficit closes it, up to a limit.
    """
    lent = np.minimum(np.maximum(-gap, 0.0), lendable)
    unpaid = np.maximum(-gap - lendable, 0.0)
    opened = np.minimum(p.deficit_bed_closure * np.maximum(gap, 0.0), p.surplus_opening_limit)
    return np.maximum(1.0 - p.deficit_bed_closure * lent - unpaid + opened, 0.0)


def planned_first(staffed: np.ndarray, p: Any) -> tuple[np.ndarray, np.ndarray]:
    """Clinics and theatres, and beds, relative to the usual, (H,) each, where ``staffed`` (H,) of all can be staffed.

    Planned work gives way to emergencies: of what is missing it loses ``planned_gives_way`` times as much as beds, of
    which there is as much, until none is left. More staff open both alike.
    """
    missing = np.maximum(1.0 - staffed, 0.0)
    given_up = np.minimum(2.0 * p.planned_gives_way / (1.0 + p.planned_gives_way) * missing, 1.0)
    opened = np.maximum(staffed, 1.0)
    return opened - given_up, opened - (2.0 * missing - given_up)


def pulled(wait: np.ndarray, bought: np.ndarray, gain: np.ndarray, p: Any) -> np.ndarray:
    """Clinics and theatres that a queue and its payer's money pull, relative to the usual, (H,).

    ``wait`` (H,): relative to the usual; ``bought`` (H,): planned work that is paid for, relative to the usual, of
    which a part below 1 counts for nothing here; ``gain`` (H,): what one more elective earns beyond its cost, as a
    share of that cost. Where nothing is earned, no capacity follows; where as much again is, or more, all of it does,
    as far as there are staff to be had.
    """
    more = p.queue_capacity * (wait - 1.0) + np.maximum(bought - 1.0, 0.0)
    more = more * np.minimum(np.maximum(gain, 0.0), 1.0)
    return 1.0 + np.minimum(np.maximum(more, -p.queue_capacity_limit), p.queue_capacity_limit)


class Capacity(Providers):
    """Hospitals by what they have open and what it costs, (H,) each."""

    STOCKS: ClassVar[tuple[Stock, ...]] = (
        Stock("acute_beds", "acute beds open", "beds", "capacity", "Beds open"),
        Stock(
            "planned_capacity",
            "clinics and theatres open",
            "relative to the usual",
            "capacity",
            "Clinics and theatres",
            mean=True,
        ),
        Stock(
            "fixed_staff",
            "staff cost of what is open",
            "relative to the usual",
            "capacity",
            "Hospitals' fixed cost",
            mean=True,
        ),
        Stock(
            "fixed_overheads",
            "overheads of what is open",
            "relative to the usual",
            "capacity",
            "Hospitals' fixed cost",
            mean=True,
        ),
        Stock("loans", "lent to hospitals for deficits beyond the usual", "£", "capacity", "Loans"),
    )
    FLOWS: ClassVar[tuple[Flow, ...]] = (
        Flow("beds_opened", "beds opened", "", "acute_beds", delay="hospital.capacity_entry_years",
             words=("beds, clinics and theatres opened",),
             law="towards what the year's result pays for", up=("held_hospitals",),
             down=("acute_beds", "loans", "fixed_staff", "fixed_overheads")),
        Flow("beds_closed", "beds closed", "acute_beds", "", delay="hospital.capacity_exit_years",
             law="towards what the year's result pays for", up=("acute_beds", "loans", "fixed_staff",
             "fixed_overheads"), down=("held_hospitals",)),
        Flow("beds_changed", "beds that a funding file adds or takes", "", "acute_beds", both_ways=True,
             law="as the file says"),
        Flow("planned_capacity_grew", "clinics and theatres opened", "", "planned_capacity",
             delay="hospital.capacity_entry_years",
             words=("beds, clinics and theatres opened", "clinics and theatres opened"),
             law="towards what the result, the queue and payers' money lead to",
             up=("held_hospitals", "listed_clinic", "listed_theatre", "registered", "paid_planned_care"),
             down=("planned_capacity", "loans", "fixed_staff", "fixed_overheads")),
        Flow("planned_capacity_shrank", "clinics and theatres closed", "planned_capacity", "",
             delay="hospital.capacity_exit_years", law="towards what the result, the queue and payers' money lead to",
             up=("planned_capacity", "loans", "fixed_staff", "fixed_overheads"),
             down=("held_hospitals", "listed_clinic", "listed_theatre", "paid_planned_care")),
        Flow("fixed_staff_followed", "towards what is open", "", "fixed_staff", delay="hospital.fixed_staff_years",
             law="(open − cost) · (1 − e^(−Δt/τ)) each week", up=("acute_beds", "planned_capacity"),
             down=("fixed_staff",), both_ways=True),
        Flow("fixed_overheads_followed", "towards what is open", "", "fixed_overheads",
             delay="hospital.fixed_overhead_years", law="(open − cost) · (1 − e^(−Δt/τ)) each week",
             up=("acute_beds", "planned_capacity"), down=("fixed_overheads",), both_ways=True),
        Flow("lent", "lent", "", "loans", law="a year's deficit beyond the usual, to a limit",
             up=("fixed_staff", "fixed_overheads"), down=("held_hospitals", "loans")),
        Flow("loans_repaid", "paid back, or written off beyond the limit", "loans", "",
             law="a year's surplus beyond the usual", up=("loans", "held_hospitals")),
    )  # fmt: skip

    UNIT_COST: ClassVar[dict[str, str]]  # activities with a unit cost, and the name of that cost
    occupancy: np.ndarray  # of the last week

    def __init__(self, model: Any, sites: list[Any], parameters: Any) -> None:
        super().__init__(model, [site.id for site in sites], parameters)
        n = len(sites)
        self.sites = sites
        self.acute_beds = np.array([site.acute_beds for site in sites])
        # step-down beds take patients from every hospital, in proportion to what it does for the place
        shares = np.array([site.share for site in sites])
        self.community_beds = sum(site.community_beds for site in sites) * shares / shares.sum()
        self.at_home = np.zeros(n)  # part of stays that patients spend in hospital at home, beyond the usual
        self.nights_at_home = np.zeros(n)  # of last week, beyond the usual
        self.step_down = np.ones(n)  # step-down beds that community services can run, relative to the start
        self.usual_beds = self.acute_beds.copy()
        #: capacity by name that is planned from outside, relative to the usual, whatever the result
        self.planned = {name: np.ones(n) for name in self.CAPACITY}
        self.clinic_slots = np.zeros(n)  # time for first clinics a week at lever 1
        self.theatre_slots = np.zeros(n)
        self.capacity = np.ones(n)  # clinics and theatres relative to the start
        self.capacity_ahead = np.ones(n)  # and those that last year's result, queue and payers lead to
        self.usual_waits = np.zeros(n)  # mean weeks waited on the list of the initial state
        self.served_people = np.ones(n)
        self.usual_people = np.ones(n)
        self.margin = np.array([site.margin for site in sites])
        self.excess_deficit = np.zeros(n)
        self.borrowed = np.zeros(n)  # £ lent for deficits beyond the usual and not paid back
        self.fixed_cost = FixedCost(self.CAPACITY, n)
        self.cost_factor = np.ones(n)

    def beds(self) -> np.ndarray:
        """Beds open, acute and step-down (H,)."""
        return self.acute_beds + self.step_down_beds()

    def open_step_down(self, relative: np.ndarray) -> None:
        """Have the step-down beds that community services can run, (H,) relative to the start."""
        self.step_down = relative

    def treat_at_home(self, part: np.ndarray) -> None:
        """Have patients spend this part of their stays, (H,) beyond the usual, in hospital at home."""
        self.at_home = part

    def step_down_used(self) -> np.ndarray:
        """Step-down beds in use, (H,), as full as the hospital."""
        return self.step_down_beds() * np.minimum(self.occupancy, 1.0)

    def step_down_beds(self) -> np.ndarray:
        """Step-down beds open, (H,)."""
        return self.community_beds * self.step_down

    def there(self) -> np.ndarray:
        """Nights a week in open beds, (H,)."""
        return self.beds() * DAYS

    def wait(self) -> np.ndarray:
        """Mean weeks waited by people on the list, (H,)."""
        raise NotImplementedError

    def opened(self) -> dict[str, np.ndarray]:
        """Acute beds, clinics and theatres open relative to the usual, (H,) by name."""
        rooms = {name: planned * self.capacity for name, planned in self.planned.items()}
        return rooms | {"beds": self.acute_beds / self.usual_beds}

    # the year -----------------------------------------------------------------------------------------------

    def open_and_close(self, income: np.ndarray, cost: np.ndarray, bought: np.ndarray | float = 1.0) -> None:
        """Open the beds, clinics and theatres that the year's result pays for, and those that the queue pulls.

        Both with delay. ``income`` and ``cost`` (H,) £ of the year just ended; ``bought`` (H,): planned work that is
        paid for next year, relative to the usual.
        """
        hospital = self.p.hospital
        gap = beyond_usual(income, cost, self.margin)
        self.excess_deficit = np.maximum(-gap, 0.0)
        lendable = np.maximum(hospital.deficit_lent - self.borrowed / np.maximum(cost, 1.0), 0.0)
        paid_for = np.ones(len(self)) if DEFICIT_CAPACITY.held_by(self) else affordable(gap, lendable, hospital)
        staffed, beds = planned_first(paid_for, hospital)
        self._borrow(-gap * cost, hospital.deficit_lent * cost)
        wanted = self.usual_beds * beds * self.planned["beds"]
        self._count_steps("beds_opened", "beds_closed", self._step(self.acute_beds, wanted))
        self.acute_beds = self._follow(self.acute_beds, wanted)
        wait = self.wait() / np.where(self.usual_waits > 0.0, self.usual_waits, np.inf)
        wait = np.where(self.usual_waits > 0.0, wait, 1.0)
        queue = pulled(wait, np.asarray(bought), self.gain_of_more(), hospital)
        self.capacity_ahead = self.served_people / self.usual_people * staffed * queue
        step = self._step(self.capacity, self.capacity_ahead) / len(self)
        self._count_steps("planned_capacity_grew", "planned_capacity_shrank", step)
        self.capacity = self._follow(self.capacity, self.capacity_ahead)

    def _borrow(self, short: np.ndarray, most: np.ndarray) -> None:
        """Borrow what a year was ``short`` of, (H,) £, up to ``most`` in all; a surplus pays loans back."""
        step = np.clip(short, -self.borrowed, most - self.borrowed)
        self._count_steps("lent", "loans_repaid", step)
        self.borrowed = np.clip(self.borrowed + short, 0.0, most)

    def _count_steps(self, up: str, down: str, step: np.ndarray) -> None:
        """Count what is added and what is taken off, (H,), under two names."""
        self.count_flow(up, np.maximum(step, 0.0))
        self.count_flow(down, np.maximum(-step, 0.0))

    def _step(self, now: np.ndarray, target: np.ndarray) -> np.ndarray:
        """How far capacity moves towards its target in a year, (H,)."""
        hospital = self.p.hospital
        return (target - now) / np.where(target < now, hospital.capacity_exit_years, hospital.capacity_entry_years)

    def levels(self) -> dict[str, float]:
        return super().levels() | self.fixed_cost.mean() | {
            "acute_beds": float(self.acute_beds.sum()),
            "planned_capacity": float(self.capacity.mean()),
            "loans": float(self.borrowed.sum()),
        }  # fmt: skip

    def _follow(self, now: np.ndarray, target: np.ndarray, years: np.ndarray | float = 1.0) -> np.ndarray:
        """Capacity some ``years`` on: it grows more quickly than it shrinks."""
        hospital = self.p.hospital
        time = np.where(target < now, hospital.capacity_exit_years, hospital.capacity_entry_years)
        return target + (now - target) * (1.0 - 1.0 / time) ** years

    def coming(self, year: np.ndarray) -> np.ndarray:
        """Clinics and theatres ``year`` (K, 1) whole years from now relative to now, (K, H), if nothing new happens."""
        return self._follow(self.capacity, self.capacity_ahead, year) / np.maximum(self.capacity, TINY)

    def gain_of_more(self) -> np.ndarray:
        """What the contract pays for more electives beyond their variable cost, (H,) as a share of that cost."""
        if self.contract is None or self.motives is None:
            return np.zeros(len(self))
        elective = self.LEVERS.index("elective")
        pay = self.marginal_pay(self.contract)[:, elective]
        now = np.zeros((1, 1))
        cost = plans.slopes(np.ones_like(self.levers), lambda levers: self.forecast(levers, now).cost)[:, elective]
        return np.where(cost > 0.0, pay / np.maximum(cost, 1.0) - 1.0, 0.0)

    def resize(self, name: str, factor: np.ndarray) -> None:
        """More or fewer ``beds``, ``clinics`` or ``theatres``, at once."""
        self.planned[name] = self.planned[name] * factor
        if name == "beds":
            self.count_flow("beds_changed", self.acute_beds * (factor - 1.0))
            self.acute_beds = self.acute_beds * factor
        elif name == "clinics":
            self.clinic_slots = self.clinic_slots * factor
        else:
            self.theatre_slots = self.theatre_slots * factor

    # cost -------------------------------------------------------------------------------------------------------

    def unit_cost(self, name: str) -> float:
        """£ a unit of activity, whole."""
        return float(getattr(self.p.money, f"unit_cost_{self.UNIT_COST[name]}"))

    def variable_cost(self, name: str) -> float:
        variable = 1.0 - self.p.hospital.fixed_cost_share
        return variable * (self.p.money.bed_day_cost if name == "emergency_nights" else self.unit_cost(name))

    def expected_cost(self) -> np.ndarray:
        """£ of the expected year at unit costs, (H,)."""
        units = sum(self.unit_cost(name) * self.before[name] for name in self.UNIT_COST)
        return units + self.p.money.other_acute_cost * self.usual_people

    def cost_of_quality(self, effort: np.ndarray) -> np.ndarray:
        """£ a year of effort on quality of care, (..., H), beyond the usual."""
        return self.p.hospital.quality_cost * (effort - 1.0) * self.expected_cost()

    def costs(self, did: dict[str, np.ndarray], weeks: int) -> np.ndarray:
        """£ that some weeks cost, (H,): what is fixed, which follows beds slowly, and what varies.

        ``did``: activity of those weeks (H,) by name.
        """
        hospital, money = self.p.hospital, self.p.money
        years = weeks / WEEKS
        standing = sum(
            self.unit_cost(a.name) * self.before[a.name] * self.fixed_cost.standing(a.place, hospital)
            for a in self.ACTIVITIES if a.cost
        )  # fmt: skip
        now = sum(self.unit_cost(name) * did[name] for name in self.UNIT_COST)
        cost = years * hospital.fixed_cost_share * standing + (1.0 - hospital.fixed_cost_share) * now
        cost = cost + years * money.other_acute_cost * self.usual_people
        nights = (did["emergency_nights"] + did["elective_nights"]) * (1.0 - self.at_home)
        overnight = did["emergency_overnight"] + did["inpatients"]
        usual = self.before["emergency_nights"] + self.before["elective_nights"]
        per_stay = usual / np.maximum(self.before["emergency_overnight"] + self.before["inpatients"], 1.0)
        cost = cost + (1.0 - hospital.fixed_cost_share) * money.bed_day_cost * (nights - overnight * per_stay)
        cost = cost + years * self.cost_of_quality(self.lever("quality"))
        crowded = np.maximum(self.occupancy - 1.0, 0.0) * self.there() * weeks
        return self.cost_factor * (cost + crowded * money.bed_day_cost * hospital.escalation_premium)
