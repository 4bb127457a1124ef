"""Explore: run one place week by week or to the end, with its map, charts and details of each provider."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from time import perf_counter, sleep
from typing import Any

import solara

from ....agents.patients.calendar import WEEKS
from ..controls import tree
from ..controls.address import Address
from ..controls.fields import Html
from ..controls.numbers import listed
from ..controls.pickers import Funding, Place, Running, Seed, Years
from ..controls.tree import Numbers, Outdated
from ..drawings import chart, frame
from ..drawings.markup import empty, figures
from ..work import address, state
from ..work.alongside import beside
from ..work.reproduce import Reproduce
from ..work.task import LOCK, Handle, Stopped

PAUSE = 0.12  #: seconds between weeks in Play
ADDRESS = address.Address(
    "explore",
    place=state.place,
    way=state.funding,
    years=state.years,
    seed=state.seed,
    set=state.numbers,
    why=state.notes,
)


def choice() -> tuple[Any, ...]:
    """Everything that a run depends on, as chosen now."""
    return (state.place.peek(), state.funding.peek(), state.seed.peek(), state.changed())


def _begin(handle: Handle, wanted: tuple[Any, ...], old: frame.Frame | None) -> Any:
    """The model on show, or a new one when the settings have changed."""
    if old is not None and old.choice == wanted:
        return old.model
    where, how, seed, changes = wanted
    return state.model_of(state.spec(where, how, seed, numbers=changes), handle)


def begin(again: bool = True) -> None:
    """Show the starting position."""
    wanted, weeks, old = choice(), state.years.peek() * WEEKS, state.exploring.result.peek()
    chart.chosen.value = None
    ADDRESS.ran.value = ""

    def work(handle: Handle) -> frame.Frame:
        return frame.draw(_begin(handle, wanted, None if again else old), wanted, weeks)

    state.exploring.start(work, asked=wanted)


def go(to_end: bool, weeks: int | None = None) -> None:
    """Run to the end, or some weeks further. Draw once at the end, or every week in Play."""
    wanted, horizon, old = choice(), state.years.peek() * WEEKS, state.exploring.result.peek()
    if old is not None and old.week >= horizon:
        old = None  # finished: start again
    if weeks is None:
        ADDRESS.run()

    def work(handle: Handle) -> frame.Frame:
        model = _begin(handle, wanted, old)
        if old is None or model is not old.model:
            handle.show(frame.draw(model, wanted, horizon))  # or the page would still show the previous run
        begun = perf_counter()
        stop = min(model.week + weeks, horizon) if weeks else horizon
        if to_end or weeks:
            try:
                state.advance(model, stop, handle, model.case.funding.title)
            except Stopped:
                with LOCK:
                    handle.leave(frame.draw(model, wanted, horizon))
                raise
            ran = perf_counter() - begun
            with LOCK:
                handle.show(frame.draw(model, wanted, horizon, ran))
            other = beside(wanted, horizon, handle)
            with LOCK:
                return frame.draw(model, wanted, horizon, ran, other)
        other = beside(wanted, horizon, handle)
        return play(model, stop, lambda: frame.draw(model, wanted, horizon, beside=other), handle)

    state.exploring.start(work, asked=wanted)


def play(model: Any, stop: int, draw: Callable[[], frame.Frame], handle: Handle) -> frame.Frame:
    """Run and draw week by week, slowly enough to follow."""
    while model.week < stop:
        with LOCK:
            model.step()
            drawn = draw()
        handle.show(drawn)
        handle.say(model.week / stop, f"Week {model.week} of {stop}")
        sleep(PAUSE)
    return draw()


def opened(how: str) -> str:
    """The address that runs a way of paying from the beginning, whatever was run under its name before."""
    state.funding.value, ADDRESS.ran.value = how, ""
    state.exploring.clear()
    return f"/explore?{ADDRESS.query()}&{address.RUN}=1"


@solara.component
def Page():
    """The page."""
    shown = state.exploring.result.value
    with solara.Div(classes=["ff-app"]):
        Address(ADDRESS, lambda: go(True), lambda: begin() if state.exploring.result.peek() is None else None)
        Html(f"<h1>{escape(shown.finding if shown else 'Where work and money go in a local health economy')}</h1>")
        Html(f'<p class="ff-lead">{escape(shown.because)}</p>' if shown and shown.because else "")
        Html(listed(state.known(shown.choice[0]), shown.choice[3], state.reasons()) if shown else "")
        with solara.Div(classes=["ff-two"]):
            with solara.Div(classes=["ff-panel", "ff-controls"]):
                Controls()
            with solara.Div():
                if shown is None:
                    Html(empty("The map appears here once the place is ready."))
                else:
                    Shown(shown)
        if shown is not None:
            Charts(shown)


@solara.component
def Controls():
    """Settings of the run, and its buttons."""
    Place()
    Funding("funding", "Way of paying", state.funding)
    Years()
    Seed()
    Buttons()
    Running(state.exploring)
    Stale()
    Finished()
    Numbers()


@solara.component
def Buttons():
    """Run, play, step, begin again."""
    running = state.exploring.running.value
    bad = state.trouble("years", "seed") or tree.trouble()
    with solara.Div(classes=["ff-row"]):
        solara.Button("Run to the end", color="#005EB8", dark=True, on_click=lambda: go(True), disabled=bool(bad))
        if running:
            solara.Button("Pause", on_click=state.exploring.stop, outlined=True)
        else:
            solara.Button("Play", on_click=lambda: go(False), outlined=True, disabled=bool(bad))
        solara.Button("Step a week", on_click=lambda: go(False, 1), outlined=True, disabled=bool(bad) or running)
        solara.Button("Start again", on_click=begin, outlined=True, disabled=bool(bad))
    Html(f'<div class="ff-bad">{escape(bad)} Correct this to run.</div>' if bad else "")  # or buttons were made anew


@solara.component
def Stale():
    """A note when the settings have changed since the run."""
    _ = (state.place.value, state.funding.value, state.seed.value, state.numbers.value)
    Outdated(state.exploring, choice())


@solara.component
def Finished():
    """A note that the run has finished; ``data-ended`` is for the benchmark of the app."""
    shown = state.exploring.result.value
    if shown is not None and shown.ran and not state.exploring.running.value:
        years = shown.week / WEEKS
        said = f"Finished: {years:.3g} year{'s' * (years != 1)}"
        Html(f'<div class="ff-note ff-took" data-ended="{shown.ended:.3f}" data-ran="{shown.ran:.3f}">{said}</div>')


@solara.component
def Shown(shown: frame.Frame):
    """Headline figures, and the map with details of the selected provider."""
    Html(figures(shown.figures))
    with solara.Div(classes=["ff-wide"]):
        with solara.Div(classes=["ff-panel"]):
            chart.Map(shown)
        with solara.Div(classes=["ff-panel"]):
            chart.Story(shown)


@solara.component
def Charts(shown: frame.Frame):
    """Workload, waits, money and outcomes over the years."""
    if shown.charts:
        grid = "".join(f"<div>{svg}</div>" for svg in shown.charts)
        if shown.beside:
            said = (
                f"Dashed lines and differences: {escape(shown.beside)}, with the same people, chance and assumptions."
            )
            Html(f'<p class="ff-note ff-dashed">{said}</p>')
        Html(f'<div class="ff-charts">{grid}</div>')
        where, how, seed, changes = shown.choice
        Reproduce(where, how, seed, changes, shown.weeks, shown.digest if shown.week == shown.weeks else "")
    else:
        Html(empty("Run to see workload, waiting, money and outcomes over time."))
