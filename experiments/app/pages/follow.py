"""Follow a patient: one person's years, who paid whom for each event, and the same luck under another way of paying."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import solara

from ....agents.patients.calendar import WEEKS
from ...results.numbers import price
from ..controls import tree
from ..controls.controls import Choice, Html, Number, Picture
from ..controls.numbers import listed
from ..controls.pickers import Funding, Place, Running, Seed, Years
from ..controls.tree import Changed, Numbers
from ..drawings import timeline
from ..drawings.markup import empty, table
from ..work import state
from ..work.events import NIGHTS
from ..work.life import SORTS, Life, describe, find, live
from ..work.task import Handle

NOBODY = "nobody is paid more for it"
sort = solara.reactive("frail")
rank = solara.reactive(1)


@dataclass(frozen=True)
class Followed:
    """One person under two ways of paying, and the choices that this was run on."""

    who: str
    lives: list[Life]
    choice: tuple[Any, ...]


def choice() -> tuple[Any, ...]:
    """Everything that the two lives depend on, as chosen now."""
    ways = (state.funding.value, state.other.value)
    return (state.place.value, ways, sort.value, rank.value, state.years.value, state.seed.value, state.changed())


def go() -> None:
    """Run both ways of paying with this person's every event noted."""
    wanted = choice()
    where, ways, kind, which, years, luck, numbers = wanted

    def work(handle: Handle) -> Followed:
        lives, who = [], ""
        for k, how in enumerate(dict.fromkeys(ways)):
            row = find(state.yardstick(where, handle), kind, which)  # the same people begin under every contract
            model = state.model_of(state.case(where, how, numbers), luck, handle, [row])
            who = who or describe(model, row)
            lives.append(live(model, row, years * WEEKS, handle, k / 2, (k + 1) / 2))
        return Followed(who, lives, wanted)

    state.following.start(work)


@solara.component
def Page():
    """The page."""
    shown = state.following.result.value
    bad = state.trouble("years", "seed", "rank") or tree.trouble()
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
                Fresh()
        with solara.Div(classes=["ff-panel", "ff-controls", "ff-tree"]):
            Numbers()
        if shown is None:
            Html(
                empty(
                    "Choose someone and press Follow: every contact, stay and week of care over the years, and who "
                    "paid whom for it."
                )
            )
        else:
            Shown(shown)


@solara.component
def Fresh():
    """Says when what is shown is not what is chosen."""
    shown = state.following.result.value
    Changed(shown and shown.choice, choice(), state.following.running.value)


def _next() -> None:
    rank.value = rank.value % 97 + 1
    go()


def _finding(shown: Followed) -> str:
    parts, happened = [], []
    for life in shown.lives:
        events: Any = life.trace["event"]
        contacts = int(events.isin(["gp_consultations", "other_consultations"]).sum())
        nights = int(events.isin(NIGHTS).sum())
        total = price(sum(r[4] for r in life.rows)).split(".")[0]
        happened.append(f"{contacts} contact{'s' * (contacts != 1)}, {nights} night{'s' * (nights != 1)} in a bed")
        parts.append(f"{total} under “{life.title}”")
    if len(set(happened)) == 1:
        return f"This person's care ({happened[0]}) brought providers {' and '.join(parts)}"
    each = (f"{part} ({what})" for part, what in zip(parts, happened, strict=True))
    return f"This person's care brought providers {' and '.join(each)}"


@solara.component
def Shown(shown: Followed):
    """Timeline, then the two accounts beside each other."""
    Html(f'<p class="ff-lead">{escape(shown.who)}.</p>' + listed(state.known(), shown.choice[-1]))
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
    sums = [(_name(a), b, price(v)) for (a, b), v in sorted(by.items(), key=lambda item: -item[1])]
    events: list[tuple[Any, ...]] = [
        (week, said, f"{_name(payer)} → {payee}" if payer else NOBODY, price(amount) if payer else "")
        for week, said, payer, payee, amount in life.rows
    ]
    years, end = life.stayed()
    least, most = min(life.heads.values()), max(life.heads.values())
    head = price(most) if most - least < 0.005 else f"{price(least)} to {price(most)}"
    shared = "; what a pooled budget has left is shared at the year's end" if life.pools else ""
    return (
        f"<h2>{escape(life.title)}</h2>"
        f"<p>Being registered brings providers {head} a year whatever happens, "
        f"{price(life.registered())} over the {years:.3g} years {end}. Events brought "
        f"{price(sum(by.values()))} more, at what the contract of the week pays for one more (blocks do not depend on "
        f"one person{shared}):</p>"
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
