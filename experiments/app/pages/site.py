"""The pages and the frame around them; the server loads this module."""

from __future__ import annotations

from pathlib import Path

import solara
import solara.lab

from ..controls.fields import Document
from ..work import state
from . import answer, ask, assumptions, build, compare, explore, follow, incentives, place

HERE = Path(__file__).parent


@solara.lab.on_kernel_start
def _arrive():
    """Stop a visitor's work when they leave."""

    def leave() -> None:
        for task in state.TASKS:
            halt = task.halt.peek()
            if halt is not None:
                halt.set()

    return leave


@solara.component
def Layout(children: list[solara.Element] = []):  # noqa: B006
    """Header with links to the pages, and the current page."""
    current, siblings = solara.use_route(peek=True)
    solara.Style(HERE / "look.css")
    with solara.Div(classes=["ff-whole"]):
        Document()
        with solara.v.Html(tag="header", class_="ff-head"), solara.Div(classes=["ff-head-inner"]):
            solara.HTML(tag="div", unsafe_innerHTML="fundingflows", classes=["ff-brand"])
            with solara.v.Html(tag="nav", class_="ff-nav"):
                for page in [page for page in siblings if page.label]:
                    under = {"answer": "/"}.get(current.path, current.path) if current else ""
                    here = " ff-here" if page.path == under else ""
                    with solara.Link(solara.resolve_path(page)):
                        solara.HTML(tag="div", unsafe_innerHTML=str(page.label), classes=["ff-tab" + here])
        solara.v.Html(tag="main", children=children)


routes = [
    solara.Route(path="/", component=ask.Page, layout=Layout, label="Ask"),
    solara.Route(path="answer", component=answer.Page),
    solara.Route(path="explore", component=explore.Page, label="Explore"),
    solara.Route(path="follow", component=follow.Page, label="Follow a patient"),
    solara.Route(path="compare", component=compare.Page, label="Compare"),
    solara.Route(path="incentives", component=incentives.Page, label="Incentives"),
    solara.Route(path="build", component=build.Page, label="Build a scenario"),
    solara.Route(path="assumptions", component=assumptions.Page, label="Assumptions"),
    solara.Route(path="place", component=place.Page, label="Place"),
]
