"""One person under one way of paying: their events, and who paid whom for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from ....agents.patients.calendar import WEEKS
from ....agents.patients.people import GONE
from ....model.contracts.holding import Holding
from ....model.system import HealthEconomy
from ...results import incentives, output
from . import events, state
from .task import Handle

MOST_RANK = 97  #: of the matching people, the number of the last that can be followed
#: descriptions of people: label, lowest and highest age, fewest conditions, least frailty, most deprived fifth only
SORTS: dict[str, tuple[str, int, int, int, int, bool]] = {
    "frail": ("Frail, aged 80 or over, several conditions", 80, 110, 2, 2, False),
    "several": ("Aged 65 to 79, three or more conditions", 65, 79, 3, 0, False),
    "working": ("Aged 40 to 64, a long-term condition, most deprived fifth", 40, 64, 1, 0, True),
    "young": ("Aged 18 to 39, no long-term condition", 18, 39, 0, 0, False),
    "child": ("Child under 5, no long-term condition", 0, 4, 0, 0, False),
}


@dataclass(frozen=True)
class Life:
    """A person under one way of paying: their events and the marginal payment for each, in £.

    ``heads``: £ a year paid to providers for the person's registration, by the first week of each rate. ``pools``:
    whether there are pooled budgets, whose surplus or deficit is shared at the end of the year.
    """

    title: str
    trace: pd.DataFrame
    rows: list[tuple[int, str, str, str, float]]
    heads: dict[int, float]
    weeks: int
    pools: bool = False
    costs: Sequence[tuple[int, float]] = ()  #: week and £ that care cost providers, where costs vary with it
    spans: Sequence[tuple[int, int, float]] = ()  #: first week, weeks and £ of the rows that are paid week by week

    def running(self) -> tuple[np.ndarray, np.ndarray]:
        """£ paid for the person and £ that their care cost, added up to the end of each week, (weeks,) each."""
        paid, cost = np.zeros(self.weeks), np.zeros(self.weeks)
        for into, rows in ((paid, [(row[0], row[4]) for row in self.rows]), (cost, self.costs)):
            for week, pounds in rows:
                into[min(max(week, 1), self.weeks) - 1] += pounds
        for week, length, pounds in self.spans:
            first = min(max(week, 1), self.weeks) - 1
            last = max(min(first + length, self.weeks), first + 1)
            paid[first] -= pounds
            paid[first:last] += pounds / (last - first)
        stay = round(WEEKS * self.stayed()[0])
        for week in range(1, min(stay, self.weeks) + 1):
            paid[week - 1] += self.heads[max((first for first in self.heads if first <= week), default=1)] / WEEKS
        return np.cumsum(paid), np.cumsum(cost)

    def registered(self) -> float:
        """£ paid for the person's registration over their stay."""
        end = 1.0 + WEEKS * self.stayed()[0]
        begins = [*self.heads, end]
        spans = [max(min(b, end) - min(a, end), 0.0) for a, b in pairwise(begins)]
        return sum(s / WEEKS * pounds for s, pounds in zip(spans, self.heads.values(), strict=True))

    def paid(self) -> float:
        """£ paid for the person: for their registration, and for each event."""
        return self.registered() + sum(row[4] for row in self.rows)

    def stayed(self) -> tuple[float, str]:
        """Years that the person stayed, and why they ended."""
        for event, words in (("deaths", "until the person died"), ("leavers", "until the person moved away")):
            last: Any = self.trace["week"][self.trace["event"] == event]
            if len(last):
                return float(last.iloc[0]) / WEEKS, words
        return self.weeks / WEEKS, "of the run"


def find(model: HealthEconomy, kind: str, which: int) -> int:
    """Row of the n-th person matching a description, counting from 1 and wrapping round."""
    _, young, old, conditions, frailty, poorest = SORTS[kind]
    people = model.patients.people
    s, here = people.state, people.where != GONE
    age = (model.patients.age_clock - s["born"].astype(np.int64)) // WEEKS
    fits = here & (age >= young) & (age <= old) & (s["frailty"] >= frailty)
    fits &= (s["conditions"] >= conditions) if conditions else (s["conditions"] == 0)
    if poorest:
        fits &= (people.traits >> 1 & 7) == 0
    rows = np.flatnonzero(fits)
    if not rows.size:
        rows = np.flatnonzero(here)
    step = max(rows.size // MOST_RANK, 1)  # neighbouring rows share a practice: spread out
    return int(rows[((which - 1) * step) % rows.size])


def live(model: HealthEconomy, row: int, weeks: int, handle: Handle, low: float, high: float) -> Life:
    """Run a traced model and price the person's events."""
    title = model.case.funding.title if model.case.funding else ""
    practice = model.patients[row].practice
    prices = Prices(model)
    state.advance(model, weeks, handle, title, low, high, prices.note)
    trace: Any = output.traced(model)
    trace = trace[(trace["row"] == row) & (trace["event"] != "acsc_admissions")].reset_index(drop=True)
    care = prices.care(trace, weeks)
    rows = prices.events(output.traced(model)) + [row for row, _ in care]
    pools = bool(model.case.funding and model.case.funding.pools)
    rows = sorted(rows, key=lambda r: r[0])
    return Life(title, trace, rows, prices.heads(practice), weeks, pools, prices.costs(trace, weeks),
                [(row[0], length, row[4]) for row, length in care])  # fmt: skip


class Prices:
    """What each term pays each provider for one more event, under the contract of the week.

    Worked out once for each kind of event and contract. Call ``note`` after each week to record contracts.
    """

    def __init__(self, model: HealthEconomy) -> None:
        self.model = model
        self.known: dict[tuple[int, str, str], list[tuple[str, str, np.ndarray]]] = {}
        self.held: dict[int, dict[str, list[Holding]]] = {}  # by the first week of the contract
        self.counted = {c.kind: {name for name, _ in incentives.units(c)} for c in model.cohorts}
        self.index = {name: (c.kind, i) for c in model.cohorts for i, name in enumerate(c.names)}
        self.place = {name: model.place.practices.name.iloc[i] for i, name in enumerate(model.practices.names)}
        self.place |= {h.id: h.name for h in model.place.file.hospitals}

    def note(self) -> None:
        """Record the contracts of the past week when they have changed."""
        timetable = self.model.timetable
        if timetable is None:
            return
        last = next(reversed(self.held.values()), {})
        if any(last.get(kind) is not now for kind, now in timetable.held.items()):
            self.held[self.model.week] = dict(timetable.held)

    def since(self, week: int) -> int:
        """First week of the contract in force in a week."""
        return max((first for first in self.held if first <= week), default=0)

    def of(self, week: int, kind: str, event: str) -> list[tuple[str, str, np.ndarray]]:
        """Payer, term and £ (N,) for one more event in a week."""
        key = (self.since(week), kind, event)
        if key not in self.known:
            cohort = incentives.cohort_of(self.model, kind)
            counted = event == "people" or event in cohort.COUNTED
            by = self.held[key[0]][kind] if key[0] else None
            self.known[key] = incentives.per_term(self.model, kind, event, by) if counted else []
        return self.known[key]

    def events(self, trace: pd.DataFrame) -> list[tuple[int, str, str, str, float]]:
        """Week, event, payer, payee and £ of every event; payer and payee are empty where no contract pays for it.

        Repeated events of one week, such as nights in a bed, share a row.
        """
        rows = []
        columns = ["week", "event", "practice", "hospital"]
        counted: Any = trace.groupby(columns, sort=False).size()
        for (week, what, practice, hospital), n in counted.items():
            paid = []
            for kind, name in (("practice", practice), ("hospital", hospital), ("social_care", ""), ("community", "")):
                i = self.index.get(name, (kind, 0))[1]
                if kind == "hospital" and not name:
                    continue
                event = "care_starts" if what.endswith("_starts") else what
                for payer, _, extra in self.of(week, kind, event):
                    if abs(float(extra[i])) >= 0.005:
                        paid.append((payer, self.place.get(name, kind.replace("_", " ")), float(extra[i]) * n))
            said = events.words(what, n)
            rows += [(week, said, payer, payee, amount) for payer, payee, amount in paid]
            if not paid and what in events.LANE:
                rows.append((week, said, "", "", 0.0))
        return rows

    def care(self, trace: pd.DataFrame, weeks: int) -> list[tuple[tuple[int, str, str, str, float], int]]:
        """First week, event, payer, payee and £ of weeks of care, divided where a new contract begins; and how many."""
        rows = []
        for kind, first, last in events.spans(trace, weeks):
            parts = [first, *(week for week in self.held if first < week < last), last]
            for begin, end in pairwise(parts):
                said = f"{end - begin} weeks of {kind.replace('_', ' ')}"
                for payer, _, extra in self.of(begin, "social_care", f"{kind}_weeks"):
                    if abs(float(extra[0])) >= 0.005:
                        row = (begin, said, payer, "social care", float(extra[0]) * (end - begin))
                        rows.append((row, end - begin))
        return rows

    def costs(self, trace: pd.DataFrame, weeks: int) -> list[tuple[int, float]]:
        """Week and £ of what events, and weeks of care, cost providers more; nothing where no cost varies with them."""
        counted: Any = trace.groupby(["week", "event"], sort=False).size()
        out = [(int(week), self.cost(what) * n) for (week, what), n in counted.items()]
        for kind, first, last in events.spans(trace, weeks):
            out += [(week, self.cost(f"{kind}_weeks")) for week in range(first, last)]
        return [(week, pounds) for week, pounds in out if pounds]

    def cost(self, event: str) -> float:
        """£ that one more of an event costs all providers, as on the page Incentives."""
        each = [
            c.variable_cost(event) for c in self.model.cohorts if event in c.COUNTED and event in self.counted[c.kind]
        ]
        return float(np.nansum(each)) if each else 0.0

    def heads(self, practice: int) -> dict[int, float]:
        """£ a year paid to all providers for one registered person, by the first week of each rate.

        Block contracts are left out: one person does not change them.
        """
        share = self.model.share[practice]
        out = {}
        for week in self.held:
            total = sum(float(x[practice]) for _, _, x in self.of(week, "practice", "people"))
            total += sum(float(share @ x) for _, _, x in self.of(week, "hospital", "people"))
            out[week] = total + sum(
                float(x[0]) for kind in ("social_care", "community") for _, _, x in self.of(week, kind, "people")
            )
        return out or {1: 0.0}


def describe(model: HealthEconomy, row: int) -> str:
    """The person in a sentence."""
    p = model.patients[row]
    practice = model.place.practices.name.iloc[p.practice]
    sick = (
        "no long-term condition"
        if p.conditions == 0
        else f"{p.conditions} long-term condition" + "s" * (p.conditions > 1)
    )
    return (
        f"A {'woman' if p.sex == 'female' else 'man'} of {p.age}, {p.frailty if p.frailty != 'fit' else 'no'} "
        f"frailty, {sick}, IMD quintile {p.deprivation_quintile} (1 is the most deprived), registered at {practice}"
    )
