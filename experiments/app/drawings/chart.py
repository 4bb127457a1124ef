"""The map on the page Explore, and the details of the selected provider."""

from __future__ import annotations

from html import escape
from typing import Any

import solara

from ...results.by_provider import KINDS
from ...results.measures import MEASURES
from ...results.numbers import difference_unit
from ..controls.fields import Choice, Html, Picture
from ..work import story
from . import frame, network, shades
from .markup import table

NOW, MORE = "load", "difference"
carries = solara.reactive("patients")
coloured = solara.reactive(NOW)
chosen: solara.Reactive[int | None] = solara.reactive(None)


@solara.component
def Map(shown: frame.Frame):
    """The map; the selected provider stays selected during a run."""
    model, shade = shown.model, shade_of(shown, coloured.value)
    Choice("carries", "Lines show", carries.value, carries.set, list(network.CARRIES.items()))
    Choice("coloured", "Colours show", coloured.value if shade else NOW, coloured.set, colours(shown),
           help="" if shown.each else "Measures of compare can be chosen at the end of a run")  # fmt: skip
    if shade:
        title = spread(shade)
    else:
        title = _busier(int((model.practices.loads > 1.05 * model.practices.usual_load).sum()), len(model.practices))
    svg = solara.use_memo(
        lambda: network.draw(model, carries.value, title, shade),
        [shown.week, id(model), carries.value, coloured.value, len(shown.each), len(shown.than)],
    )
    node = "" if chosen.value is None else str(chosen.value)
    Picture(svg, on_chosen=lambda node: _choose(model, node), chosen=node)


def colours(shown: frame.Frame) -> list[tuple[str, str]]:
    """What colours can show: workload now, and at the end each measure by provider and its difference."""
    out = [(NOW, "GP workload now, % of usual")]
    for m in MEASURES:
        for kind in KINDS:
            key, label = (kind, m.key), f"{m.label} ({kind}s)"
            out += [(f"{kind} {m.key}", label)] if key in shown.each else []
            out += [(f"{kind} {m.key} {MORE}", f"{label}: difference from the reference")] if key in shown.than else []
    return out


def shade_of(shown: frame.Frame, name: str) -> shades.Shade | None:
    """The shade of a choice of ``colours``; nothing where the run has no such figures."""
    kind, key, more = [*name.split(), "", ""][:3]
    values = shown.each.get((kind, key))
    if values is None or (more and (kind, key) not in shown.than):
        return None
    measure = next(m for m in MEASURES if m.key == key)
    first = 0 if kind == "practice" else len(shown.model.practices)
    found = values - shown.than[kind, key] if more else values
    unit = difference_unit(measure.unit) if more else measure.unit
    return shades.Shade(measure.label, unit, measure.digits, kind,
                        {first + i: float(v) for i, v in enumerate(found)}, bool(more))  # fmt: skip


def spread(shade: shades.Shade) -> str:
    """What a coloured map shows, as a title."""
    found = [v for v in shade.values.values() if v == v]
    if shade.difference:
        more, less = sum(v > 0 for v in found), sum(v < 0 for v in found)
        return f"{shade.label}: more in {more} and less in {less} of {len(found)} {shade.kind}s"
    low, high = shade.ends
    return f"{shade.label}: {shade.written(low)} to {shade.written(high)} {shade.unit}"


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
