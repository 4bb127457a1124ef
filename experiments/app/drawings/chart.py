"""The map on the page Explore, and the details of the selected provider."""

from __future__ import annotations

from html import escape
from typing import Any

import solara

from ..controls.fields import Choice, Html, Picture
from ..work import story
from . import frame, network
from .markup import table

carries = solara.reactive("patients")
chosen: solara.Reactive[int | None] = solara.reactive(None)


@solara.component
def Map(shown: frame.Frame):
    """The map; the selected provider stays selected during a run."""
    Choice("carries", "Lines show", carries.value, carries.set, list(network.CARRIES.items()))
    model = shown.model
    title = _busier(int((model.practices.loads > 1.05 * model.practices.usual_load).sum()), len(model.practices))
    svg = solara.use_memo(lambda: network.draw(model, carries.value, title), [shown.week, id(model), carries.value])
    node = "" if chosen.value is None else str(chosen.value)
    Picture(svg, on_chosen=lambda node: _choose(model, node), chosen=node)


def _busier(busier: int, practices: int) -> str:
    """How many practices are much busier than usual, as a title."""
    if not busier:
        return "No practice is more than 5 % busier than usual"
    return f"{busier} of {practices} practices {'is' if busier == 1 else 'are'} more than 5 % busier than usual"


def _choose(model: Any, node: str) -> None:
    if node.isascii() and node.isdigit() and len(node) < 8 and int(node) < model.network.number_of_nodes():
        chosen.value = int(node)


@solara.component
def Story(shown: frame.Frame):
    """Income, behaviour and marginal pay of the selected provider."""
    node = chosen.value
    if node is None or node >= shown.model.network.number_of_nodes():
        Html(
            "<h2>Details of a provider</h2><p>Select a practice, a hospital, social care or the commissioner on the "
            "map to see its income, how its behaviour has changed, and what it is paid for extra activity.</p>"
        )
    else:
        Details(shown, node)


@solara.component
def Details(shown: frame.Frame, node: int):
    """Details of one provider."""
    details = solara.use_memo(lambda: story.story(shown.model, node), [shown.week, id(shown.model), node])
    markup = f"<h2>{escape(details.title)}</h2><p>{escape(details.lead)}</p>"
    if details.income:
        words, who = details.heading
        markup += f"<h3>{escape(words)}</h3>" + table(details.income, (who, "For", "£ a year"), (2,))
    if details.levers:
        baseline = escape(shown.model.place.baseline.title)
        markup += f"<h3>How its behaviour has changed ({baseline} = 100 %)</h3>" + table(
            details.levers, ("Behaviour", "Now"), (1,)
        )
    if details.margin:
        markup += "<h3>What its contract pays for extra activity</h3>" + table(
            details.margin, ("Activity", "Pay"), (1,)
        )
    Html(f'<div class="ff-scroll" tabindex="0">{markup}</div>')
