"""Follow a patient: one person's care and its payments under two ways of paying, with the same seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import Any

import numpy as np
import solara

from ....agents.patients.calendar import WEEKS
from ...figures.charts import Series, lines
from ...results.numbers import price
from ..controls import tree
from ..controls.address import Address
from ..controls.fields import Choice, Html, Number, Picture
from ..controls.numbers import listed
from ..controls.pickers import Funding, Place, Running, Seed, Years
from ..controls.tree import Numbers, Outdated
from ..drawings import timeline
from ..drawings.markup import empty, table
from ..work import address, state
from ..work.events import LANE, NIGHTS, words
from ..work.life import MOST_RANK, SORTS, Life, describe, find, live
from ..work.task import Handle

NOBODY = "no extra payment"
SAME = 0.02  #: part of a cost within which two of them are drawn as one line
sort = solara.reactive("frail")
rank = solara.reactive(1)
ADDRESS = address.Address(
    "follow", place=state.place, person=sort, number=rank, way=state.funding, other=state.other, years=state.years,
    seed=state.seed, set=state.numbers, why=state.notes,
)  # fmt: skip


@dataclass(frozen=True)
class Followed:
    """One person under two ways of paying, and the settings of the runs."""

    who: str
    lives: list[Life]
    choice: tuple[Any, ...]


def choice() -> tuple[Any, ...]:
    """The current settings, on which both runs depend."""
    ways = (state.funding.value, state.other.value)
    return (state.place.value, ways, sort.value, rank.value, state.years.value, state.seed.value, state.changed())


def go() -> None:
    """Run both ways of paying and trace this person."""
    wanted = choice()
    ADDRESS.run()
    where, ways, kind, which, years, seed, numbers = wanted

    def work(handle: Handle) -> Followed:
        lives, who = [], ""
        for k, how in enumerate(dict.fromkeys(ways)):
            row = find(state.reference_model(where, handle), kind, which)  # every contract starts with the same people
            model = state.model_of(state.spec(where, how, seed, years, numbers), handle, [row])
            who = who or describe(model, row)
            life = live(model, row, years * WEEKS, handle, k / 2, (k + 1) / 2)
            lives.append(replace(life, title=state.label(how, where)))
        return Followed(who, lives, wanted)

    state.following.start(work, asked=wanted)


@solara.component
def Page():
    """The page."""
    shown = state.following.result.value
    bad = state.trouble("years", "seed", "rank") or tree.trouble()
    with solara.Div(classes=["ff-app"]):
        Address(ADDRESS, go)
        Html(f"<h1>{escape(_finding(shown) if shown else 'One person under two ways of paying')}</h1>")
        with solara.Div(classes=["ff-panel", "ff-controls", "ff-bar"]):
            Place()
            Choice("sort", "Person", sort.value, sort.set, [(k, v[0]) for k, v in SORTS.items()])
            Number("rank", "Number among matching people", rank.value, rank.set, 1, MOST_RANK, whole=True,
                   help=f"1 to {MOST_RANK}")  # fmt: skip
            Funding("funding-a", "Way of paying", state.funding)
            Funding("funding-b", "Compared with", state.other)
            Years()
            Seed()
            with solara.Div():
                solara.Button("Follow", color="#005EB8", dark=True, on_click=go, disabled=bool(bad))
                solara.Button("Next person", outlined=True, on_click=_next, disabled=bool(bad))
                Html(f'<div class="ff-bad">{escape(bad)}</div>' if bad else "")
                Running(state.following)
                Stale()
        with solara.Div(classes=["ff-panel", "ff-controls", "ff-tree"]):
            Numbers()
        if shown is None:
            Html(
                empty(
                    "Choose a person and press Follow to see each contact, hospital stay and week of care, and who "
                    "paid for it."
                )
            )
        else:
            Shown(shown)


@solara.component
def Stale():
    """A note when the settings have changed since the run."""
    Outdated(state.following, choice())


def _next() -> None:
    rank.value = rank.value % MOST_RANK + 1
    go()


def _finding(shown: Followed) -> str:
    """The difference first: in pay, in contacts and in nights."""
    first, last = shown.lives[0], shown.lives[-1]
    if first is last:
        return f"Providers are paid {price(first.paid(), 0)} for this person under “{first.title}”"
    gap = last.paid() - first.paid()
    counts = zip(_happened(first), _happened(last), ("contact", "night"), strict=True)
    more = [
        f"{abs(b - a)} {'more' if b > a else 'fewer'} {what}{'s' * (abs(b - a) != 1)}"
        for a, b, what in counts
        if b != a
    ]
    same = "with the same contacts and nights in a bed"
    pay = "as much" if round(gap) == 0 else f"{price(abs(gap), 0)} {'more' if gap > 0 else 'less'}"
    than = "as" if round(gap) == 0 else "than"
    said = f"with {' and '.join(more)}" if more else same
    return f"“{last.title}” pays {pay} for this person {than} “{first.title}”, {said}"


def _happened(life: Life) -> tuple[int, int]:
    """Contacts with the practice, and nights in a bed."""
    events: Any = life.trace["event"]
    contacts = events.isin(["gp_consultations", "other_consultations"])
    return int(contacts.sum()), int(events.isin(NIGHTS).sum())


def parting(lives: list[Life]) -> str:
    """Where two lives part, in a sentence; empty where they do not."""
    seen = [dict.fromkeys(zip(life.trace["week"], life.trace["event"], strict=True)) for life in lives]
    only = [(week, event, life.title) for k, life in enumerate(lives) for week, event in seen[k]
            if event in LANE and any((week, event) not in other for other in seen)]  # fmt: skip
    if not only:
        return ""
    week, event, title = min(only)
    return f"The two part in week {week}: {words(event)} under “{title}” only."


def running(lives: list[Life]) -> str:
    """Pay under each way and what the care cost, added up over the years, as a chart; one cost where it is the same."""
    sums = [life.running() for life in lives]
    years = np.arange(1, lives[0].weeks + 1) / WEEKS
    ends = [price(float(paid[-1]), 0) for paid, _ in sums]
    costs = [float(cost[-1]) for _, cost in sums]
    alike = max(costs) - min(costs) <= SAME * max(costs)
    series = [Series(life.title, paid) for life, (paid, _) in zip(lives, sums, strict=True)]
    series += [
        Series("cost of the care" if alike else f"cost: {life.title}", cost)
        for life, (_, cost) in zip(lives[: 1 if alike else None], sums, strict=False)
    ]
    cost = f"about {price(costs[0], 0)}" if alike else " and ".join(price(one, 0) for one in costs)
    said = f"{' and '.join(ends)} paid by the end, for care that cost {cost}"
    return lines(
        said, "£ so far that each way of paying pays; cost: what varies with the care", years, series, size=(760, 260)
    )


@solara.component
def Shown(shown: Followed):
    """The timeline, then both accounts of payments side by side."""
    story = escape(f"{shown.who}. {parting(shown.lives)}")
    Html(f'<p class="ff-lead">{story}</p>' + listed(state.known(), shown.choice[-1], state.reasons()))
    called = {site.id: site.name for site in state.place_of(shown.choice[0]).file.hospitals}
    names, traces = (
        [life.title for life in shown.lives],
        [life.trace.replace({"hospital": called}) for life in shown.lives],
    )
    svg = solara.use_memo(
        lambda: timeline.draw("What happened, week by week", names, traces, shown.lives[0].weeks), [id(shown)]
    )
    with solara.Div(classes=["ff-panel"]):
        Picture(svg)
    with solara.Div(classes=["ff-panel", "ff-running"]):
        Picture(solara.use_memo(lambda: running(shown.lives), [id(shown)]))
    with solara.Div(classes=["ff-half"]):
        for life in shown.lives:
            with solara.Div(classes=["ff-panel"]):
                Html(account(life))


def account(life: Life) -> str:
    """Payments for this person, as markup."""
    by: dict[tuple[str, str], float] = {}
    for _, _, payer, payee, amount in life.rows:
        if payer:
            by[payer, payee] = by.get((payer, payee), 0.0) + amount
    sums = [(_name(a), b, price(v)) for (a, b), v in sorted(by.items(), key=lambda item: -item[1])]
    events: list[tuple[Any, ...]] = [
        (week, said, f"{_name(payer)} → {payee}" if payer else NOBODY, price(amount) if payer else "")
        for week, said, payer, payee, amount in life.rows
    ]
    years, end = life.stayed()
    least, most = min(life.heads.values()), max(life.heads.values())
    head = price(most) if most - least < 0.005 else f"{price(least)} to {price(most)}"
    shared = "; a pooled budget's surplus or deficit is shared at the end of the year" if life.pools else ""
    return (
        f"<h2>{escape(life.title)}</h2>"
        f"<p>Providers are paid {head} a year for this person's registration, "
        f"{price(life.registered())} over the {years:.3g} year{'s' * (years != 1)} {end}. Their care brought another "
        f"{price(sum(by.values()))}, at the marginal prices of the contracts in each week (one person does not change "
        f"a block contract{shared}):</p>"
        + (table(sums, ("Payer", "Payee", "for events"), (2,)) if sums else "<p>No event changed anyone's pay.</p>")
        + '<h3>Event by event</h3><div class="ff-scroll" tabindex="0">'
        + table(events, ("Week", "What happened", "Who pays whom", "£"), (0, 3))
        + "</div>"
    )


def _name(payer: str) -> str:
    return {"nhs_england": "NHS England"}.get(payer, payer.replace("_", " ").capitalize())
