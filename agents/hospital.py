"""Hospitals: A&E, wards, clinics and theatres; capacity that opens and closes slowly."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np

from .beds import BedDemand
from .capacity import Capacity
from .forecast.activity import Contract
from .forecast.hospital import HospitalForecast
from .links import link
from .member import Hospital, Member
from .observed import Registered, WeekEvents, YearEnd
from .patients.calendar import DAYS
from .patients.events import Event
from .patients.lists import LONGEST, QUEUES
from .patients.people import TINY
from .patients.tables import HOSPITAL_WEEK
from .plans import Forecast
from .quality import CareQuality, dying, recorded, returning
from .stocks import Flow, Stock
from .tables import PERCENT, Activity, Decision, Indicator, State

CODED = ("emergency_zero_day", "emergency_overnight", "day_cases", "inpatients")  # paid by weight, as they are coded
STANDARD_WEEKS = 18  #: the NHS Constitution's standard from referral to treatment

CROWDING_REFUSALS = link(
    "crowding_refusals", "people in hospital", "emergencies turned back", 1,
    "Where beds run out, emergencies are sent to the next hospital or find no bed.",
)  # fmt: skip


class Hospitals(Capacity):
    """All hospitals of a place, one row each, scaled to what they do for the place."""

    kind: ClassVar[str] = "hospital"
    TITLE: ClassVar[str] = "Hospital"
    OWNERS: ClassVar[str] = "hospitals'"
    DECISIONS: ClassVar[tuple[Decision, ...]] = (
        Decision("elective", "clinic and theatre throughput"),
        Decision("admission", "short emergency admissions"),
        Decision("overnight", "overnight emergency admissions"),
        Decision("stay", "length of stay"),
        Decision("follow_up", "follow-ups"),
        Decision("coding", "coding effort", on_paper=True),
        Decision("quality", "effort on quality of care"),
    )
    ACTIVITIES: ClassVar[tuple[Activity, ...]] = (
        Activity("ae_major", "A&E attendances", "A&E attendance", cost="ae_major"),
        Activity(
            "emergency_zero_day",
            "short emergency admissions",
            "short emergency admission",
            compared=True,
            cost="emergency_zero_day",
        ),
        Activity(
            "emergency_overnight",
            "overnight emergency admissions",
            "overnight emergency admission",
            cost="emergency_overnight",
            place="beds",
        ),
        Activity("day_cases", "day cases", "day case", compared=True, cost="elective_day_case", place="theatres"),
        Activity(
            "inpatients",
            "elective inpatients",
            "elective inpatient",
            compared=True,
            cost="elective_inpatient",
            place="beds",
        ),
        Activity("first_clinics", "first clinics", "first clinic", cost="outpatient_first", place="clinics"),
        Activity("follow_ups", "follow-ups", "follow-up", cost="outpatient_follow_up", place="clinics"),
        Activity("other_visits", "visits to other professions", cost="outpatient_other", place="clinics"),
        Activity("emergency_nights", "bed-days of emergencies", "bed-day of an emergency"),
        Activity("elective_nights", "bed-days of electives"),
        Activity("nhs_delayed_nights", "bed-days delayed by NHS care"),
        Activity("social_delayed_nights", "bed-days delayed by social care"),
        Activity("acsc_admissions", "avoidable admissions"),
        Activity("gp_referrals", "GP referrals"),
        Activity("other_referrals", "referrals by others"),
        Activity("clock_stops", "waits ended by treatment"),
        Activity("withdrawals", "people leaving the waiting list unseen"),
        Activity("discharges", "discharges"),
        Activity("readmissions", "emergency readmissions"),
        Activity("hospital_deaths", "deaths in hospital"),
    )
    OUTCOMES: ClassVar[tuple[Indicator, ...]] = (
        Indicator("within_18_weeks", "the list within 18 weeks", "share", step=PERCENT),
        Indicator("acsc_rate", "avoidable admissions", "of those expected from case mix"),
        Indicator("delayed_nights", "delayed nights", "per 1,000 people served"),
        Indicator("bed_nights_per_head", "bed nights", "per person served"),
        Indicator("readmission_rate", "emergency readmissions", "of admissions"),
        Indicator("hospital_mortality", "deaths in hospital", "of overnight emergency admissions"),
        Indicator("process_quality", "patients with all that good care asks for", "share", step=PERCENT),
    )
    STATES: ClassVar[tuple[State, ...]] = (
        State("beds", "beds open", "beds"),
        State("occupancy", "occupancy", "share", mean=True),
        State("waiting", "waiting list", "people"),
        State("quality", "quality of care", "of the usual", mean=True),
        State("mean_wait", "mean wait", "weeks", mean=True, compared=True),
        State("income", "income", "£m", compared=True, scale=1e-6),
        State("cost", "cost", "£m", scale=1e-6),
    )
    UNIT_COST: ClassVar[dict[str, str]] = {activity.name: activity.cost for activity in ACTIVITIES if activity.cost}
    STOCKS: ClassVar[tuple[Stock, ...]] = (
        Stock(
            "nights_known", "bed nights a week, as hospitals know them", "nights a week", "hospital", "Crowding of beds"
        ),
        Stock(
            "quality_of_care",
            "quality of hospital care",
            "relative to the usual",
            "hospital",
            "Quality of hospital care",
            mean=True,
        ),
    )
    FLOWS: ClassVar[tuple[Flow, ...]] = (
        Flow("nights_known_learnt", "towards this week's nights", "", "nights_known", delay="hospital.crowding_weeks",
             law="(nights used − known) · (1 − e^(−Δt/τ)) each week", both_ways=True, down=("nights_known",),
             up=("in_hospital", "waiting_for_nhs_care", "waiting_for_care_in_bed", "arranging")),
        Flow("quality_followed", "towards what effort supports", "", "quality_of_care", delay="hospital.quality_years",
             law="(effort − quality) · (1 − e^(−Δt/τ)) each week", both_ways=True, down=("quality_of_care",),
             up=("hospital_quality",)),
    )  # fmt: skip
    CAPACITY: ClassVar[tuple[str, ...]] = ("beds", "clinics", "theatres")
    TALLIED: ClassVar[tuple[str, ...]] = (*(a.name for a in ACTIVITIES), *(f"coded_{name}" for name in CODED))
    MEMBER: ClassVar[type[Member]] = Hospital
    STATE: ClassVar[tuple[str, ...]] = ("clinic_slots", "theatre_slots", "occupancy", "listed", "usual_wait")

    def __init__(self, model: Any, sites: list[Any], parameters: Any, share: np.ndarray) -> None:
        super().__init__(model, sites, parameters)
        self.share = share  # (P, H) of each practice's hospital work
        n = len(self)
        near = _neighbours(sites, round(parameters.hospital.divert_hospitals))
        self.demand = BedDemand(near, parameters.hospital.occupancy)
        self.left: np.ndarray | None = None  # people ready whom last week left unseen, (H, QUEUES)
        self.afforded = np.ones(n)  # planned work that is paid for, relative to the usual, at most that
        self.line = np.zeros((n, QUEUES))  # the same as the whole place would have them, see ``queues``
        self.occupancy = np.full(n, parameters.hospital.occupancy)
        self.used = np.zeros(n)
        self.demand.begin(self.occupancy, self.there())
        self.met = self.demand.crowding(self.there(), parameters.hospital)  # what this week's emergencies meet
        self.listed = np.zeros((n, LONGEST), dtype=np.int64)
        self.usual_wait = np.array(0.0)  # mean weeks waited on the list of the initial state
        self.usual_listed = np.ones(n)
        self.weighted: dict[str, np.ndarray] = {}
        self.expected_acsc = np.ones(n)
        self.quality = CareQuality(n)

    @classmethod
    def open(cls, model: Any) -> Self:
        return cls(model, list(model.place.file.hospitals), model.parameters, model.share)

    def titles(self) -> list[str]:
        return [site.name for site in self.sites]

    # what it is told ----------------------------------------------------------------------------------------

    def restore(self, arrays: dict[str, np.ndarray], sample: float) -> None:
        super().restore(arrays, sample)
        self.usual_waits = self.wait()
        if "usual.used" in arrays:
            self.demand.begin(arrays["usual.used"] / (self.there() * sample), self.there())

    def restore_queue(self, left: np.ndarray, line: np.ndarray) -> None:
        """Begin a sample's queues: people ready and not seen (H, QUEUES), in the sample and in the whole place."""
        self.left, self.line = left, line

    def open_slots(self, clinics: np.ndarray, theatres: np.ndarray) -> None:
        """Set the time a week for first clinics and in theatres at lever 1, (H,) each."""
        self.clinic_slots, self.theatre_slots = clinics, theatres

    def of_practices(self, what: np.ndarray) -> np.ndarray:
        return np.asarray(self.share.T @ what)

    def observe_registered(self, registered: Registered, first: bool = False) -> None:
        self.weighted = self.weighed({name: self.share.T @ value for name, value in registered.weighted.items()}, first)
        self.served_people = self.weighted["people_flat"]
        self.expected_acsc = self.share.T @ registered.expected_acsc
        if first:
            self.usual_people = self.served_people.copy()

    def observe_week(self, events: WeekEvents) -> None:
        self.count(events.hospital.T[self.event_columns])
        stays = events.hospital[:, [Event.EMERGENCY_NIGHTS, Event.ELECTIVE_NIGHTS]].sum(axis=1)
        self.nights_at_home = self.at_home * stays * (1.0 + self.p.hospital.transfers_stay_share)
        for name, moved in self.fixed_cost.follow(self.opened(), self.p.hospital).items():
            self.count_flow(f"{name}_followed", moved)
        self.count_flow("quality_followed", self.quality.follow(self.lever("quality"), self.p.hospital))

    def observe_year(self, money: YearEnd) -> None:
        self.open_and_close(money.income, money.cost, money.afforded)
        self.afforded = np.minimum(money.afforded, 1.0)

    def fit_adjustment_cost(self, usual: Contract) -> None:
        super().fit_adjustment_cost(usual)
        # with this factor the expected year leaves the published margin
        self.cost_factor = self.usual_income * (1.0 - self.margin) / self.expected_cost()

    # what it tells ------------------------------------------------------------------------------------------

    def weekly(self) -> dict[str, np.ndarray]:
        return {
            "waiting": self.listed.sum(axis=1) / self.model.sample,
            "beds_used": self.used / DAYS,
            "beds_open": self.beds(),
            "nights_at_home": self.nights_at_home.copy(),
        }

    def levels(self) -> dict[str, float]:
        return super().levels() | {
            "nights_known": float(self.demand.used.sum()),
            "quality_of_care": float(self.quality.now.mean()),
        }

    def states(self) -> dict[str, np.ndarray]:
        return {
            "beds": self.beds(),
            "occupancy": self.occupancy.copy(),
            "waiting": self.listed.sum(axis=1) / self.model.sample,
            "mean_wait": self.wait(),
            "quality": self.quality.now.copy(),
        }

    # the week -----------------------------------------------------------------------------------------------

    def queues(self, ready: np.ndarray, sample: float) -> np.ndarray:
        """People ready in each queue (H, QUEUES) as the whole place would have them; a sample's own are part of them.

        A sample shares places out over this queue, and its people get what falls to them: of both queues clinics and
        theatres see the same share. A queue of its own, of few people, would often run out by chance, and never make
        good the places lost; this one swings less, as what comes to it is ``shrink_to_population``.
        """
        if self.left is None:
            self.line = ready
        else:
            came = self.shrink_to_population("came", ready - self.left, sample, anew=True)
            self.line = ready if sample == 1.0 else np.maximum(self.line + came, TINY)
        return self.line

    def see(self, ready: np.ndarray, given: np.ndarray) -> None:
        """Clinics and theatres see a ``given`` share of those who are ready, (H, QUEUES) each."""
        self.left = ready * (1.0 - given)
        self.line = self.line * (1.0 - given)

    def depth(self, effort: np.ndarray) -> np.ndarray:
        """Paid weight of admitted spells at a coding effort, baseline year = 1: the same care under other codes."""
        return 1.0 + self.p.hospital.coding_depth * (effort - 1.0)

    def count(self, events: np.ndarray) -> None:
        """Add a week's events in the order of COUNTED; admitted spells as coded stand beside those that were."""
        super().count(np.concatenate([events, events[ADMITTED] * self.depth(self.lever("coding"))]))

    def wards(self, sample: float) -> np.ndarray:
        """What the week needs to know, (H,) of HOSPITAL_WEEK."""
        hospital, gp = self.p.hospital, self.p.general_practice
        met = self.demand.crowding(self.there(), hospital)
        if CROWDING_REFUSALS.held_by(self):
            met = met._replace(divert=0.0 * met.divert, refused=0.0 * met.refused)
        self.met = met
        speed = self.lever("elective") * self.capacity * self.afforded * met.planned * sample
        wards = np.zeros(len(self), dtype=HOSPITAL_WEEK)
        wards["clinic_slots"] = self.clinic_slots * speed
        wards["clinic_share"] = hospital.clinic_queue_share
        wards["follow_up_time"] = hospital.follow_up_time
        wards["theatre_slots"] = self.theatre_slots * speed
        # electives give way to emergencies that find no bed
        refused = met.refused * (1.0 - met.divert) * self.demand.asked()
        wards["bed_nights"] = np.maximum(self.there() - refused, 0.0) * sample
        for name in ("admission", "overnight", "stay", "follow_up"):
            wards[name] = self.lever(name)
        wards["stay"] *= met.stay
        wards["handback"] = gp.handback_minutes_discharge
        wards["handback_clinic"] = gp.handback_minutes_clinic
        for name in ("divert", "overflow", "refused", "bed_wait"):
            wards[name] = getattr(met, name)
        wards["early"] = 1.0 - wards["stay"]
        wards["delay"] = 1.0
        wards["returning"] = returning(self.quality.now, hospital)
        wards["dying"] = dying(self.quality.now, hospital)
        return wards

    def nights(self, did: np.ndarray) -> np.ndarray:
        """Bed nights used (H,) by the week's events (H, EVENTS), with transfers and other nights of the stays."""
        stays = (did[:, Event.EMERGENCY_NIGHTS] + did[:, Event.ELECTIVE_NIGHTS]) * (1.0 - self.at_home)
        nhs, social = did[:, Event.NHS_DELAYED_NIGHTS], did[:, Event.SOCIAL_DELAYED_NIGHTS]
        return stays * (1.0 + self.p.hospital.transfers_stay_share) + nhs + social

    def close_week(self, used: np.ndarray, listed: np.ndarray, sample: float) -> None:
        """Take note of the beds used and the list at the week's end."""
        self.used = used / sample
        felt = self.shrink_to_population("used", used, sample)
        self.occupancy = felt / np.maximum(self.there() * sample, 1e-9)
        self.count_flow("nights_known_learnt", self.demand.close_week(felt / sample, self.met, self.p.hospital))
        self.listed = listed

    def wait(self) -> np.ndarray:
        weeks = np.arange(LONGEST)
        return (self.listed @ weeks) / np.maximum(self.listed.sum(axis=1), 1)

    def relative_wait(self) -> float:
        """Mean weeks waited on all lists, relative to those of the initial state; 1 where nobody waited then."""
        n = self.listed.sum(axis=1)
        mean = float(self.wait() @ n) / max(n.sum(), 1)
        return mean / float(self.usual_wait) if self.usual_wait > 0 else 1.0

    # contract -----------------------------------------------------------------------------------------------

    def contract_facts(self) -> dict[str, Any]:
        return {
            **self.weighted,
            "people_at_start": self.usual_people,
            "share_at_start": self.usual_people / self.usual_people.sum(),
            "discretionary": 1.0,
        }

    def to_date(self, elapsed: float) -> dict[str, Any]:
        """The year so far as contracts see it: admitted spells as coded."""
        facts = super().to_date(elapsed)
        coded = {n: facts[f"coded_{n}"] for n in CODED}
        return facts | coded | {f"{n}.last": self.last[f"coded_{n}"] for n in CODED if f"coded_{n}" in self.last}

    def as_paid(self, name: str) -> np.ndarray:
        return self.lately(name) * (self.depth(self.lever("coding")) if name in CODED else 1.0)

    def look_back(self) -> None:
        super().look_back()
        for name in CODED:  # what contracts compare plans with is coded as today
            coded = self.as_paid(name)[:, None]
            self.context |= {f"{name}.last": coded, f"{name}.level": coded}
        self.expected_years = HospitalForecast(self)

    def forecast(self, levers: np.ndarray, year: np.ndarray) -> Forecast:
        return self.expected_years(levers, year)

    def outcomes(self) -> dict[str, np.ndarray]:
        people = np.maximum(self.served_people, 1.0)
        nights = sum(
            self.seen(k) for k in ("emergency_nights", "elective_nights", "nhs_delayed_nights", "social_delayed_nights")
        )
        return {
            "within_18_weeks": self.listed[:, :STANDARD_WEEKS].sum(axis=1) / np.maximum(self.listed.sum(axis=1), 1),
            "acsc_rate": self.seen("acsc_admissions") / np.maximum(self.expected_acsc, 1e-9),
            "delayed_nights": 1000.0 * (self.seen("nhs_delayed_nights") + self.seen("social_delayed_nights")) / people,
            "bed_nights_per_head": nights / people,
            "readmission_rate": self.seen("readmissions") / np.maximum(sum(self.seen(k) for k in CODED), 1.0),
            "hospital_mortality": self.seen("hospital_deaths") / np.maximum(self.seen("emergency_overnight"), 1.0),
            "process_quality": recorded(self.lever("quality"), self.p.hospital),
        }

    def measure(self, shock: np.ndarray) -> None:
        """Measure the year's outcomes, late and with error. ``shock`` (indicators, H) standard normal, by indicator."""
        people = np.maximum(self.served_people, 1.0)
        true = self.reading()
        error = self.p.outcomes.acsc_measure_error * np.sqrt(1000.0 / people)
        for name, z in zip(self.INDICATORS, shock, strict=True):
            for suffix in ("", ".crude"):
                value = true[name] * (1.0 + error * z)
                self.measured[f"{name}{suffix}"] = value
                self.measured[f"{name}{suffix}.lot"] = np.full(len(self), np.average(value, weights=people))

    # money --------------------------------------------------------------------------------------------------

    def commissioner(self) -> np.ndarray:
        people = self.model.place.people.sum(axis=(1, 2))[:, None]
        return self.commissioner_of_most(people * self.share)

    def moves(self, name: str) -> dict[str, np.ndarray]:
        if name != "emergency_nights":
            return {}
        return {"bed_nights_per_head": 1.0 / np.maximum(self.served_people, 1.0)}


ADMITTED = [Hospitals.COUNTED.index(name) for name in CODED]


def _neighbours(sites: list[Any], nearest: int) -> np.ndarray:
    """Rows of the ``nearest`` hospitals to each (H, n), itself left out unless it is the only one."""
    y, x = np.radians([site.latitude for site in sites]), np.radians([site.longitude for site in sites])
    away = (y[:, None] - y) ** 2 + ((x[:, None] - x) * np.cos(y)[:, None]) ** 2
    np.fill_diagonal(away, np.inf)
    return np.argsort(away, axis=1, kind="stable")[:, : max(min(nearest, len(sites) - 1), 1)]
