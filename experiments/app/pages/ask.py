"""The front door: questions, each of which runs and lands on an answer page of its own address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape

import solara

from ..controls.fields import Choice, Fold, Html, Number
from ..controls.tree import Unused
from ..work import kept, state
from ..work.question import MOST, Question

PURPOSE = (
    "fundingflows simulates the patients, practices, hospitals and social care of a place week by week, to show which "
    "way work, money and health move when they are paid differently."
)
LIMITS = (
    "Read directions and rough sizes, not levels: this is no forecast, and how strongly providers respond to pay rests "
    "on a few published reforms."
)
ALL = "*"  #: as a choice: every way of paying of a card side by side
REFERENCE = "status_quo"


@dataclass(frozen=True)
class Card:
    """A question. ``ways``: ways of paying to choose from; none: those that the visitor has written or that remain.

    ``place``: where it is asked, the chosen place when empty. ``about``: the part of the answer that is open.
    """

    key: str
    question: str
    lead: str
    ways: tuple[str, ...] = ()
    about: str = ""
    place: str = ""
    own: bool = False


CARDS = (
    Card("paid", "What if everyone were paid per head, per item or for outcomes?",
         "All providers under one rule of payment, compared with how they are paid now.",
         ("capitated", "activity_based", "outcome_based")),
    Card("practice", "What happens to general practice?",
         "GPs’ workload, requests that are not met, income and drawings.",
         ("capitated", "activity_based", "outcome_based"), "work"),
    Card("savings", "Where do the savings go?",
         "Who is paid less, who keeps the difference, and what it does to balances.",
         ("somerset_obc", "prime_provider", "capitated", "outcome_based"), "money"),
    Card("today", "Today against a proposal of 2026",
         "Somerset in the latest baseline year, and what has been decided or proposed since.", place="somerset_2025"),
    Card("own", "My own contract", "A contract that you have built or loaded, compared with any other.", own=True),
)  # fmt: skip


def ways(card: Card, where: str) -> list[str]:
    """The ways of paying that a card offers in a place."""
    known = state.fundings(where)
    if card.own:
        return [name for name in known if name not in state.shipped(where)]
    if not card.ways:
        return [name for name in state.shipped(where) if name not in state.FOUR] or list(state.FOUR[1:])
    return [name for name in card.ways if name in known]


@solara.component
def Page():
    """The page."""
    _ = state.shelf.value
    with solara.Div(classes=["ff-app"]):
        Html(f'<h1>What would change if care were paid for differently?</h1><p class="ff-lead">{PURPOSE} {LIMITS}</p>')
        Unused()
        with solara.Div(classes=["ff-cards"]):
            for card in CARDS:
                Asked(card)
        Earlier()


@solara.component
def Asked(card: Card):
    """A card: its question, its settings and the button that answers it."""
    where, set_where = solara.use_state(card.place or state.place.value)
    reference, set_reference = solara.use_state(REFERENCE)
    way, set_way = solara.use_state("")
    years, set_years = solara.use_state(5)
    seeds, set_seeds = solara.use_state(5)
    router = solara.use_router()
    offered = [name for name in ways(card, where) if name != reference]
    chosen = way if way in (*offered, ALL) else next(iter(offered), "")
    bad = state.trouble(f"{card.key}-years", f"{card.key}-seeds")
    picked = tuple(offered[: MOST - 1]) if chosen == ALL else (chosen,)
    question = Question(where, (reference, *picked), years, seeds, card.about)

    with solara.Div(classes=["ff-panel", "ff-controls", "ff-card"]):
        Html(f"<h2>{escape(card.question)}</h2><p>{escape(card.lead)}</p>")
        if not offered:
            Html("<p>You have saved no contract yet. Build one, save it, and it appears here.</p>")
            with solara.Link("/build"):
                Html('<span class="ff-link">Build a contract</span>')
            return
        called = dict(state.labels(where))
        options = [(name, called[name]) for name in offered]
        several = [(ALL, f"{'All' if len(offered) < MOST else 'The first'} {min(len(offered), MOST - 1)} side by side")]
        Choice(f"{card.key}-way", "Way of paying", chosen, set_way, options + several * (len(offered) > 1))
        Html(_said(question))
        with solara.Div(classes=["ff-row"]):
            solara.Button(
                "Answer", color="#005EB8", dark=True, disabled=bool(bad), classes=[f"ff-ask-{card.key}"],
                on_click=lambda: router.push(f"/answer?{question.address()}"),
            )  # fmt: skip
        Html(f'<div class="ff-bad" role="alert">{escape(bad)}</div>' if bad else "")
        with Fold(summary="Change place, reference, years or repeat runs"):
            places = [(name, state.place_title(name)) for name in state.allowed()]
            Choice(f"{card.key}-place", "Place", where, set_where, places)
            Choice(f"{card.key}-reference", "Compared with", reference, set_reference, state.labels(where))
            Number(f"{card.key}-years", "Years to run", years, set_years, *state.YEARS, whole=True)
            Number(f"{card.key}-seeds", "Repeat runs", seeds, set_seeds, *state.SEEDS, whole=True)


def _said(question: Question) -> str:
    """What will be run, in words."""
    where = question.place
    files = ", ".join(f"{name}.toml" for name in question.others)
    parts = (
        f"<b>{escape(state.place_title(where))}</b>",
        f"compared with <b>{escape(state.label(question.reference, where))}</b>",
        f"funding file{'s' * (len(question.others) > 1)} {escape(files)}",
        f"{question.years} year{'s' * (question.years != 1)}, {question.seeds} repeat run{'s' * (question.seeds != 1)}",
    )
    return f'<p class="ff-note">{"; ".join(parts)}.</p>'


@solara.component
def Earlier():
    """Links to answers that are kept on disk."""
    found = kept.earlier()
    if found:
        rows = "".join(
            f'<li><a href="/answer?{escape(one.address)}">{escape(one.title)}</a> '
            f'<span class="ff-note">{datetime.fromtimestamp(one.when):%d %B %Y, %H:%M}</span></li>'
            for one in found
        )
        Html(f'<h2>Earlier answers, kept on this machine</h2><ul class="ff-earlier">{rows}</ul>')
