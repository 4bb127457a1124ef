"""Compare two to four ways of paying, with the same people and the same seeds."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

import solara

from ...results import compare as comparing
from ...results.result import whole
from ..controls import tree
from ..controls.address import Address
from ..controls.fields import Fold, Html, Number, Picture
from ..controls.numbers import listed
from ..controls.pickers import Place, Running, Years
from ..controls.tree import Numbers, Outdated
from ..drawings.markup import empty
from ..drawings.odds import every
from ..work import address, kept, making, reproduce, state
from ..work import question as asking
from ..work.comparison import Compared, finding, pictures
from ..work.question import USUAL_DRAWS, Question
from ..work.task import Handle

TITLE = "Compare ways of paying for the same people"
ADDRESS = address.Address(
    "compare",
    place=state.place,
    ways=state.several,
    years=state.years,
    seeds=state.seeds,
    set=state.numbers,
    why=state.notes,
)


def choice() -> tuple[Any, ...]:
    """The current settings, on which the comparison depends."""
    return (state.place.value, tuple(state.several.value), state.years.value, state.seeds.value, state.changed())


def go() -> None:
    """Run every way of paying with every seed."""
    wanted = choice()
    ADDRESS.run()
    where, names, years, seeds, numbers = wanted

    def work(handle: Handle) -> Compared:
        first = [state.spec(where, name, 1, years, numbers, reader=whole) for name in names]
        runs = [replace(run, seed=seed) for seed in range(1, seeds + 1) for run in first]
        results = making.results(runs, kept.folder_of(asking.key(runs)), handle)
        kept.prune()
        titles = [state.label(name, where) for name in names]
        table, sentences = comparing.table(results, names), comparing.sentences(results, names)
        return Compared(list(names), titles, results, table, sentences, years, seeds, wanted, numbers)

    state.comparing.start(work, asked=wanted)


@solara.component
def Page():
    """The page."""
    shown = state.comparing.result.value
    with solara.Div(classes=["ff-app"]):
        Address(ADDRESS, go)
        Html(f"<h1>{escape(finding(shown) if shown else TITLE)}</h1>")
        Controls()
        if shown is None:
            Html(empty("Choose two to four ways of paying and press Compare. Each is compared with the first."))
        else:
            Shown(shown)


@solara.component
def Controls():
    """Ways of paying, place, years and repeat runs."""
    _ = state.shelf.value
    bad = state.trouble("years", "seeds") or tree.trouble()
    picked = state.several.value
    if not 2 <= len(picked) <= 4:
        bad = bad or f"Choose two to four ways of paying ({len(picked)} chosen)."
    runs = len(picked) * state.seeds.value

    def tick(name: str, on: bool) -> None:
        state.several.value = [n for n in state.fundings() if (n in picked and n != name) or (n == name and on)]

    with solara.Div(classes=["ff-panel", "ff-controls"]):
        Html("<h2>Ways of paying</h2>")
        with solara.Div(classes=["ff-ticks"]):
            for name, label in state.labels():
                solara.Checkbox(label=label, value=name in picked, on_value=lambda on, n=name: tick(n, on))
    with solara.Div(classes=["ff-panel", "ff-controls", "ff-bar"]):
        Place()
        Years()
        Number(
            "seeds",
            "Repeat runs",
            state.seeds.value,
            state.seeds.set,
            *state.SEEDS,
            whole=True,
            help="1 to 10, each with its own random seed; ranges need at least 2",
        )
        with solara.Div():
            solara.Button("Compare", color="#005EB8", dark=True, on_click=go, disabled=bool(bad))
            Html(f'<div class="ff-note">{runs} runs of {state.years.value} year{"s" * (state.years.value != 1)}</div>')
            Html(f'<div class="ff-bad">{escape(bad)}</div>' if bad else "")
            Running(state.comparing)
            Stale()
    with solara.Div(classes=["ff-panel", "ff-controls", "ff-tree"]):
        Numbers()


@solara.component
def Stale():
    """A note when the settings have changed since the run."""
    Outdated(state.comparing, choice())


@solara.component
def Shown(shown: Compared):
    """Differences, weekly series, money, winners and losers, and all measures."""
    drawn = solara.use_memo(lambda: pictures(shown), [id(shown)])
    Html(
        "".join(f"<p>• {escape(s)}</p>" for s in shown.sentences[1:])
        + listed(state.known(), shown.numbers, state.reasons())
    )
    with solara.Div(classes=["ff-panel"]):
        Picture(drawn["differences"])
    for heading, part in (("Over the years", "fans"), ("Who pays whom", "money"), ("Winners and losers", "winners")):
        Html(f"<h2>{heading}</h2>")
        with solara.Div(classes=["ff-half"]):
            for svg in drawn[part]:
                Picture(svg)
    if not shown.numbers:
        asked = Question(shown.results[0].place, tuple(shown.names), shown.years, shown.seeds, draws=USUAL_DRAWS)
        with solara.Link(f"/answer?{asked.address()}"):
            Html('<span class="ff-link">How sure is it? Draw what is not known, and read the answer</span>')
    with Fold(summary="All measures: level, difference, 95 % range and how likely a rise or fall is"):
        Html(every(shown))
    where, names = shown.results[0].place, shown.names
    command = "" if shown.numbers else reproduce.comparison_shell(where, names, shown.seeds, shown.years)
    reproduce.Texts(command, reproduce.comparison(where, names, shown.seeds, shown.numbers, shown.years), "", names)
