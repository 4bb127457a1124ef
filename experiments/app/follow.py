"""Follow a patient: one person's years, who paid whom for each event, and the same luck under another way of paying."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import solara

from ...agents import week as w
from ...model.system import FundingFlows
from .. import incentives, output
from . import state, timeline
from .controls import Choice, Funding, Html, Number, Picture, Place, Running, Seed, Years, empty, table
from .frame import pounds
from .task import Handle

KINDS = ("practice", "hospital", "social_care")
#: who can be looked for: label, least and most age, least conditions, least frailty, most deprived fifth only
SORTS: dict[str, tuple[str, int, int, int, int, bool]] = {
    "frail": ("Frail, 80 or older, with conditions", 80, 110, 2, 2, False),
    "several": ("Aged 65 to 79 with three conditions", 65, 79, 3, 0, False),
    "working": ("Aged 40 to 64 with a condition, most deprived fifth", 40, 64, 1, 0, True),
    "young": ("Aged 18 to 39, no condition", 18, 39, 0, 0, False),
    "child": ("A child under 5", 0, 4, 0, 0, False),
}
NOBODY = "nobody is paid more for it"
sort = solara.reactive("frail")
rank = solara.reactive(1)


@dataclass(frozen=True)
class Life:
    """A person under one way of paying: events, and who pays whom what for each, in £ at the margin."""

    title: str
    trace: pd.DataFrame
    rows: list[tuple[int, str, str, str, float]]
    head: float
    weeks: int


@dataclass(frozen=True)
class Followed:
    """One person under two ways of paying."""

    who: str
    lives: list[Life]


def find(model: FundingFlows, kind: str, which: int) -> int:
    """The row of the so-manieth person of a sort, counted from 1 and beginning again after the last."""
    _, young, old, conditions, frailty, poorest = SORTS[kind]
    people = model.patients.people
    s, here = people.state, people.where != w.GONE
    age = (model.patients.age_clock - s["born"].astype(np.int64)) // w.WEEKS
    fits = here & (age >= young) & (age <= old) & (s["frailty"] >= frailty)
    fits &= (s["conditions"] >= conditions) if conditions else (s["conditions"] == 0)
    if poorest:
        fits &= (people.traits >> 1 & 7) == 0
    rows = np.flatnonzero(fits)
    if not rows.size:
        rows = np.flatnonzero(here)
    step = max(rows.size // 97, 1)  # neighbours in the columns share a practice: take people from all over
    return int(rows[((which - 1) * step) % rows.size])


def live(model: FundingFlows, row: int, weeks: int, handle: Handle, low: float, high: float) -> Life:
    """Run a traced model and price what happened to the person."""
    title = model.case.funding.title if model.case.funding else ""
    practice = model.patients[row].practice
    state.advance(model, weeks, handle, title, low, high)
    trace: Any = output.traced(model)
    trace = trace[(trace["row"] == row) & (trace["event"] != "acsc_admissions")].reset_index(drop=True)
    prices = Prices(model)
    rows = prices.events(output.traced(model)) + prices.care(trace, weeks)
    return Life(title, trace, sorted(rows, key=lambda r: r[0]), prices.head(practice), weeks)


class Prices:
    """What each term pays each provider for one more of an event, looked up once for each kind of event."""

    def __init__(self, model: FundingFlows) -> None:
        self.model = model
        self.known: dict[tuple[str, str], list[tuple[str, str, np.ndarray]]] = {}
        self.index = {name: (c.kind, i) for c in model.cohorts for i, name in enumerate(c.names)}
        self.place = {name: model.place.practices.name.iloc[i] for i, name in enumerate(model.practices.names)}
        self.place |= {h.id: h.name for h in model.place.file.hospitals}

    def of(self, kind: str, event: str) -> list[tuple[str, str, np.ndarray]]:
        """Payer, term and £ (N,) for one more."""
        if (kind, event) not in self.known:
            cohort = self.model.cohorts[KINDS.index(kind)]
            counted = event == "people" or event in cohort.COUNTED
            self.known[kind, event] = incentives.per_term(self.model, kind, event) if counted else []
        return self.known[kind, event]

    def events(self, trace: pd.DataFrame) -> list[tuple[int, str, str, str, float]]:
        """Week, event, payer, payee and £ of every event that any contract pays for, and of those none pays for."""
        rows = []
        for row in trace.to_dict("records"):
            paid = []
            for kind, name in (("practice", row["practice"]), ("hospital", row["hospital"]), ("social_care", "")):
                i = self.index.get(name, (kind, 0))[1]
                if kind == "hospital" and not name:
                    continue
                event = "care_starts" if row["event"].endswith("_starts") else row["event"]
                for payer, _, extra in self.of(kind, event):
                    if abs(float(extra[i])) >= 0.005:
                        paid.append((payer, self.place.get(name, "social care"), float(extra[i])))
            said = timeline.words(row["event"])
            rows += [(row["week"], said, payer, payee, amount) for payer, payee, amount in paid]
            if not paid and row["event"] in timeline.LANE:
                rows.append((row["week"], said, "", "", 0.0))
        return rows

    def care(self, trace: pd.DataFrame, weeks: int) -> list[tuple[int, str, str, str, float]]:
        """The same for weeks of care."""
        rows = []
        for kind, first, last in timeline.spans(trace, weeks):
            said = f"{last - first} weeks of {kind.replace('_', ' ')}"
            for payer, _, extra in self.of("social_care", f"{kind}_weeks"):
                if abs(float(extra[0])) >= 0.005:
                    rows.append((first, said, payer, "social care", float(extra[0]) * (last - first)))
        return rows

    def head(self, practice: int) -> float:
        """£ a year that being registered brings all providers, whatever happens; blocks do not depend on one."""
        share = self.model.share[practice]
        total = sum(float(x[practice]) for _, _, x in self.of("practice", "people"))
        total += sum(float(share @ x) for _, _, x in self.of("hospital", "people"))
        return total + sum(float(x[0]) for _, _, x in self.of("social_care", "people"))


def describe(model: FundingFlows, row: int) -> str:
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


def go() -> None:
    """Run both ways of paying with this person's every event noted."""
    where, luck, weeks = state.place.peek(), state.seed.peek(), state.years.peek() * w.WEEKS
    ways, kind, which = [state.funding.peek(), state.other.peek()], sort.peek(), rank.peek()

    def work(handle: Handle) -> Followed:
        lives, who = [], ""
        for k, how in enumerate(dict.fromkeys(ways)):
            row = find(state.yardstick(where, handle), kind, which)  # the same people begin under every contract
            model = state.model_of(state.case(where, how), luck, handle, [row])
            who = who or describe(model, row)
            lives.append(live(model, row, weeks, handle, k / 2, (k + 1) / 2))
        return Followed(who, lives)

    state.following.start(work)


@solara.component
def Page():
    """The page."""
    shown = state.following.result.value
    bad = state.trouble("years", "seed", "rank")
    with solara.Div(classes=["ff-app"]):
        Html(f"<h1>{escape(_finding(shown) if shown else 'One person, two ways of paying, the same luck')}</h1>")
        with solara.Div(classes=["ff-panel", "ff-controls", "ff-bar"]):
            Place()
            Choice("sort", "Someone who is", sort.value, sort.set, [(k, v[0]) for k, v in SORTS.items()])
            Number("rank", "Which of them", rank.value, rank.set, 1, 97, whole=True, help="1 to 97")
            Funding("funding-a", "Way of paying", state.funding)
            Funding("funding-b", "Beside it", state.other)
            Years()
            Seed()
            with solara.Div():
                solara.Button("Follow", color="#005EB8", dark=True, on_click=go, disabled=bool(bad))
                solara.Button("Next person", outlined=True, on_click=_next, disabled=bool(bad))
                if bad:
                    Html(f'<div class="ff-bad">{escape(bad)}</div>')
                Running(state.following)
        if shown is None:
            Html(
                empty(
                    "Choose someone and press Follow: every contact, stay and week of care over the years, and who "
                    "paid whom for it."
                )
            )
        else:
            Shown(shown)


def _next() -> None:
    rank.value = rank.value % 97 + 1
    go()


def _finding(shown: Followed) -> str:
    parts = []
    for life in shown.lives:
        total = sum(r[4] for r in life.rows)
        events: Any = life.trace["event"]
        contacts = int(events.isin(["gp_consultations", "other_consultations"]).sum())
        parts.append(
            f"{contacts} contact{'s' * (contacts != 1)} in general practice and "
            f"{pounds(total).split('.')[0]} paid at the margin "
            f"under “{life.title}”"
        )
    return "; ".join(parts)


@solara.component
def Shown(shown: Followed):
    """Timeline, then the two accounts beside each other."""
    Html(f'<p class="ff-lead">{escape(shown.who)}.</p>')
    names, traces = [life.title for life in shown.lives], [life.trace for life in shown.lives]
    svg = solara.use_memo(
        lambda: timeline.draw("What happened, week by week", names, traces, shown.lives[0].weeks), [id(shown)]
    )
    with solara.Div(classes=["ff-panel"]):
        Picture(svg)
    with solara.Div(classes=["ff-half"]):
        for life in shown.lives:
            with solara.Div(classes=["ff-panel"]):
                Html(account(life))


def account(life: Life) -> str:
    """Who paid whom for this person, as markup."""
    by: dict[tuple[str, str], float] = {}
    for _, _, payer, payee, amount in life.rows:
        if payer:
            by[payer, payee] = by.get((payer, payee), 0.0) + amount
    sums = [(_name(a), b, pounds(v)) for (a, b), v in sorted(by.items(), key=lambda item: -item[1])]
    events: list[tuple[Any, ...]] = [
        (week, said, f"{_name(payer)} → {payee}" if payer else NOBODY, pounds(amount) if payer else "")
        for week, said, payer, payee, amount in life.rows
    ]
    years = life.weeks / w.WEEKS
    return (
        f"<h3>{escape(life.title)}</h3>"
        f"<p>Being registered brings providers {pounds(life.head)} a year whatever happens, "
        f"{pounds(life.head * years)} over {years:g} years if the person stays. Events brought "
        f"{pounds(sum(by.values()))} more, at what the contracts pay for one more (blocks do not depend on one "
        "person; nights in a bed are not noted one by one):</p>"
        + (
            table(sums, ("Payer", "Payee", "for events"), (2,))
            if sums
            else "<p>No event changed what anyone is paid.</p>"
        )
        + '<h3>Event by event</h3><div class="ff-scroll" tabindex="0">'
        + table(events, ("Week", "What happened", "Who pays whom", "£"), (0, 3))
        + "</div>"
    )


def _name(payer: str) -> str:
    return {"nhs_england": "NHS England"}.get(payer, payer.replace("_", " ").capitalize())
