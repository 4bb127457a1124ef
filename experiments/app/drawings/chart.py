"""The chart of the network on the page Explore, and the story of the provider that is chosen on it."""

from __future__ import annotations

from html import escape
from typing import Any

import solara

from ..controls.controls import Choice, Html, Picture
from ..work import story
from . import frame, network
from .markup import table

carries = solara.reactive("patients")
chosen: solara.Reactive[int | None] = solara.reactive(None)


@solara.component
def Map(shown: frame.Frame):
    """The network; a choice is kept while the run goes on."""
    Choice("carries", "Lines show", carries.value, carries.set, list(network.CARRIES.items()))
    model = shown.model
    heavy = float((model.practices.loads > 1.05 * model.practices.usual_load).mean())
    title = f"{100 * heavy:.0f} % of practices work more than 5 % above their usual"
    svg = solara.use_memo(lambda: network.draw(model, carries.value, title), [shown.week, id(model), carries.value])
    node = "" if chosen.value is None else str(chosen.value)
    Picture(svg, on_chosen=lambda node: _choose(model, node), chosen=node)


def _choose(model: Any, node: str) -> None:
    if node.isdigit() and int(node) < model.network.number_of_nodes():
        chosen.value = int(node)


@solara.component
def Story(shown: frame.Frame):
    """What the chosen provider earns, does and is paid at the margin."""
    node = chosen.value
    if node is None or node >= shown.model.network.number_of_nodes():
        Html(
            "<h2>Every provider has a story</h2><p>Choose a practice, a hospital, social care or the commissioner on "
            "the map: what each term of its contract paid, what it does differently, and what one more of everything "
            "would bring it.</p>"
        )
    else:
        Told(shown, node)


@solara.component
def Told(shown: frame.Frame, node: int):
    """The story of one provider."""
    told = solara.use_memo(lambda: story.story(shown.model, node), [shown.week, id(shown.model), node])
    markup = f"<h2>{escape(told.title)}</h2><p>{escape(told.lead)}</p>"
    if told.income:
        markup += "<h3>What it was paid in the last 52 weeks</h3>" + table(
            told.income, ("Paid by", "for", "£ a year"), (2,)
        )
    if told.levers:
        usual = escape(shown.model.place.baseline.title)
        markup += f"<h3>What it does, {usual} = 100 %</h3>" + table(told.levers, ("Lever", "now"), (1,))
    if told.margin:
        markup += "<h3>What its contract pays for one more</h3>" + table(told.margin, ("One more", "pays"), (1,))
    Html(f'<div class="ff-scroll" tabindex="0">{markup}</div>')
