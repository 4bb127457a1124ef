"""One person under one way of paying: who they are, what happened to them, and who paid whom for each event."""

from __future__ import annotations

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

#: who can be looked for: label, least and most age, least conditions, least frailty, most deprived fifth only
SORTS: dict[str, tuple[str, int, int, int, int, bool]] = {
    "frail": ("Frail, 80 or older, with conditions", 80, 110, 2, 2, False),
    "several": ("Aged 65 to 79 with three conditions", 65, 79, 3, 0, False),
    "working": ("Aged 40 to 64 with a condition, most deprived fifth", 40, 64, 1, 0, True),
    "young": ("Aged 18 to 39, no condition", 18, 39, 0, 0, False),
    "child": ("A child under 5", 0, 4, 0, 0, False),
}


@dataclass(frozen=True)
class Life:
    """A person under one way of paying: events, and who pays whom what for each, in £ at the margin.

    ``heads``: £ a year that being registered brings providers, by the week from which it does. ``pools``: whether
    budgets pay together, whose results are shared at the year's end.
    """

    title: str
    trace: pd.DataFrame
    rows: list[tuple[int, str, str, str, float]]
    heads: dict[int, float]
    weeks: int
    pools: bool = False

    def registered(self) -> float:
        """£ that being registered brought while the person was there."""
        end = 1.0 + WEEKS * self.stayed()[0]
        begins = [*self.heads, end]
        spans = [max(min(b, end) - min(a, end), 0.0) for a, b in pairwise(begins)]
        return sum(s / WEEKS * pounds for s, pounds in zip(spans, self.heads.values(), strict=True))

    def stayed(self) -> tuple[float, str]:
        """Years that the person was there, and why they end."""
        for event, words in (("deaths", "until the person died"), ("leavers", "until the person moved away")):
            last: Any = self.trace["week"][self.trace["event"] == event]
            if len(last):
                return float(last.iloc[0]) / WEEKS, words
        return self.weeks / WEEKS, "of the run"


def find(model: HealthEconomy, kind: str, which: int) -> int:
    """The row of the so-manieth person of a sort, counted from 1 and beginning again after the last."""
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
    step = max(rows.size // 97, 1)  # neighbours in the columns share a practice: take people from all over
    return int(rows[((which - 1) * step) % rows.size])


def live(model: HealthEconomy, row: int, weeks: int, handle: Handle, low: float, high: float) -> Life:
    """Run a traced model and price what happened to the person."""
    title = model.case.funding.title if model.case.funding else ""
    practice = model.patients[row].practice
    prices = Prices(model)
    state.advance(model, weeks, handle, title, low, high, prices.note)
    trace: Any = output.traced(model)
    trace = trace[(trace["row"] == row) & (trace["event"] != "acsc_admissions")].reset_index(drop=True)
    rows = prices.events(output.traced(model)) + prices.care(trace, weeks)
    pools = bool(model.case.funding and model.case.funding.pools)
    return Life(title, trace, sorted(rows, key=lambda r: r[0]), prices.heads(practice), weeks, pools)


class Prices:
    """What each term pays each provider for one more of an event, under the contract of the week it happens in.

    Looked up once for each kind of event and contract; ``note`` remembers contracts and is called after each week.
    """

    def __init__(self, model: HealthEconomy) -> None:
        self.model = model
        self.known: dict[tuple[int, str, str], list[tuple[str, str, np.ndarray]]] = {}
        self.held: dict[int, dict[str, list[Holding]]] = {}  # by the first week that is paid so
        self.index = {name: (c.kind, i) for c in model.cohorts for i, name in enumerate(c.names)}
        self.place = {name: model.place.practices.name.iloc[i] for i, name in enumerate(model.practices.names)}
        self.place |= {h.id: h.name for h in model.place.file.hospitals}

    def note(self) -> None:
        """Remember the contracts of the week gone where they are others than before."""
        timetable = self.model.timetable
        if timetable is None:
            return
        last = next(reversed(self.held.values()), {})
        if any(last.get(kind) is not now for kind, now in timetable.held.items()):
            self.held[self.model.week] = dict(timetable.held)

    def since(self, week: int) -> int:
        """The week from which what is paid in a week has been paid."""
        return max((first for first in self.held if first <= week), default=0)

    def of(self, week: int, kind: str, event: str) -> list[tuple[str, str, np.ndarray]]:
        """Payer, term and £ (N,) for one more in a week."""
        key = (self.since(week), kind, event)
        if key not in self.known:
            cohort = incentives.cohort_of(self.model, kind)
            counted = event == "people" or event in cohort.COUNTED
            by = self.held[key[0]][kind] if key[0] else None
            self.known[key] = incentives.per_term(self.model, kind, event, by) if counted else []
        return self.known[key]

    def events(self, trace: pd.DataFrame) -> list[tuple[int, str, str, str, float]]:
        """Week, event, payer, payee and £ of every event that any contract pays for, and of those none pays for.

        What happens several times in a week, such as nights in a bed, is one line.
        """
        rows = []
        columns = ["week", "event", "practice", "hospital"]
        counted: Any = trace.groupby(columns, sort=False).size()
        for (week, what, practice, hospital), n in counted.items():
            paid = []
            for kind, name in (("practice", practice), ("hospital", hospital), ("social_care", "")):
                i = self.index.get(name, (kind, 0))[1]
                if kind == "hospital" and not name:
                    continue
                event = "care_starts" if what.endswith("_starts") else what
                for payer, _, extra in self.of(week, kind, event):
                    if abs(float(extra[i])) >= 0.005:
                        paid.append((payer, self.place.get(name, "social care"), float(extra[i]) * n))
            said = events.words(what, n)
            rows += [(week, said, payer, payee, amount) for payer, payee, amount in paid]
            if not paid and what in events.LANE:
                rows.append((week, said, "", "", 0.0))
        return rows

    def care(self, trace: pd.DataFrame, weeks: int) -> list[tuple[int, str, str, str, float]]:
        """The same for weeks of care, divided where another contract begins."""
        rows = []
        for kind, first, last in events.spans(trace, weeks):
            parts = [first, *(week for week in self.held if first < week < last), last]
            for begin, end in pairwise(parts):
                said = f"{end - begin} weeks of {kind.replace('_', ' ')}"
                for payer, _, extra in self.of(begin, "social_care", f"{kind}_weeks"):
                    if abs(float(extra[0])) >= 0.005:
                        rows.append((begin, said, payer, "social care", float(extra[0]) * (end - begin)))
        return rows

    def heads(self, practice: int) -> dict[int, float]:
        """£ a year that being registered brings all providers, whatever happens, by the week from which it does.

        Blocks do not depend on one person.
        """
        share = self.model.share[practice]
        out = {}
        for week in self.held:
            total = sum(float(x[practice]) for _, _, x in self.of(week, "practice", "people"))
            total += sum(float(share @ x) for _, _, x in self.of(week, "hospital", "people"))
            out[week] = total + sum(float(x[0]) for _, _, x in self.of(week, "social_care", "people"))
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
        f"frailty, {sick}, fifth {p.deprivation_quintile} of deprivation (1 the most deprived), {practice}"
    )
