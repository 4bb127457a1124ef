"""An answer at its own address: what changes, how sure, why, who gains and loses, limits, and files to hand on."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from html import escape

import solara

from ....model.errors import InputError
from ...report import make
from ..controls.fields import Fold, Html, Number
from ..controls.pickers import Status
from ..controls.tree import Unused
from ..drawings import doubt
from ..work import kept, making, state
from ..work import question as asking
from ..work.answer import Answer, Tile
from ..work.question import DRAW_SEEDS, DRAWS, USUAL_DRAWS, Question
from ..work.task import sentence
from .ask import LIMITS, PURPOSE
from .why import Why

STYLE = ".ff-report { " + make.style().replace(":root", "&") + " }"
UNSURE = (
    "So far the words for likelihood allow for chance alone. Most numbers behind a run are not known exactly. A draw "
    "takes all of them anew, each from its plausible range, and runs every way of paying again: a difference that "
    "stays is sure whatever is not known, and one that turns is not."
)
OPEN = ("limits",)  #: sections that stand open, with the one that was asked about
FOLDED = (
    ("work", "What changes in work"), ("money", "What changes in money"), ("patients", "What changes for patients"),
    ("planet", "What changes for the planet"), ("why", "Why: from the contract to the money"),
    ("evidence", "How sure: what the answer rests on"),
    ("winners", "Who gains and who loses"), ("flags", "What to look at before believing it"),
    ("differences", "The chief differences side by side"), ("worth", "Is it worth the money?"),
    ("transition", "Year by year"), ("every", "Every measure, with its range"),
    ("limits", "What this cannot say"), ("reproduce", "How to make it again"),
)  # fmt: skip
LINKS = (
    ("report.html", "Report (HTML, prints)"), (kept.BOOK, "Table (xlsx)"), (kept.TABLE, "Table (CSV)"),
    ("figures.csv", "Every figure (CSV)"), (kept.DRAWN, "Draws (CSV)"), ("comparison.png", "Chart (PNG)"),
    ("comparison.svg", "Chart (SVG)"),    (kept.BUNDLE, "Everything (zip)"),
)  # fmt: skip


def question_of(search: str | None) -> tuple[Question | None, str]:
    """The question of an address, or what is wrong with it."""
    try:
        return asking.read(search), ""
    except InputError as error:
        return None, str(error)


@solara.component
def Page():
    """The page."""
    search = solara.use_router().search
    question, wrong = solara.use_memo(lambda: question_of(search), [search, state.shelf.value])

    def begin() -> None:
        before: Answer | None = state.answering.result.peek()
        if question is None or before is None or _usual(before.question) != _usual(question):
            state.answering.clear()
        if question is not None:
            state.answering.start(partial(making.watch, question))

    solara.use_effect(begin, [question])
    shown: Answer | None = state.answering.result.value
    with solara.Div(classes=["ff-app"]):
        solara.Style(STYLE)
        if question is None:
            Html(f'<h1>This address asks nothing</h1><p class="ff-bad" role="alert">{escape(sentence(wrong))}</p>')
            with solara.Link("/"):
                Html('<span class="ff-link">Ask a question</span>')
            return
        if shown is None:
            Html(f"<h1>{escape(_asked(question))}</h1>")
        else:
            Html(f'<div class="ff-report"><h1>{shown.title}</h1></div>')
        Html(f'<p class="ff-note">{escape(shown.kicker)}</p>' if shown else "")
        Unused()
        if shown is None or shown.first or not question.draws:
            Progress(question)
        if shown is not None:
            Shown(shown, question)
        Html(f'<p class="ff-note">{PURPOSE} {LIMITS}</p>')


def _usual(question: Question) -> Question:
    return replace(question, draws=0)


def _asked(question: Question) -> str:
    names = " and ".join(f"“{state.label(name, question.place)}”" for name in question.others)
    where = state.place_of(question.place).file.title
    return f"{where}: {names} compared with “{state.label(question.reference, question.place)}”"


@solara.component
def Progress(question: Question):
    """Progress, and a button that stops it, or carries on with what was stopped."""

    def stop() -> None:
        making.stop(question)
        state.answering.stop()

    with solara.Div():
        Status(state.answering)
        if state.answering.running.value:
            solara.Button("Stop", on_click=stop, outlined=True, small=True, classes=["ff-stop"])
        elif state.answering.progress.value.state in ("stopped", "failed"):
            Html('<p class="ff-note">Finished runs are kept.</p>')
            solara.Button(
                "Carry on", on_click=lambda: state.answering.start(partial(making.watch, question)), outlined=True,
                classes=["ff-on"],
            )  # fmt: skip


@solara.component
def Shown(shown: Answer, question: Question):
    """The answer so far to a question."""
    if shown.first:
        part = f"{100 * shown.question.sample:g} % of the people" if shown.question.sample < 1.0 else "everyone"
        Html(
            f'<div class="ff-first" role="status">First estimate: one run of {part}, so that chance is not told apart. '
            "The full answer takes its place when it is ready.</div>"
        )
    for way, tiles in shown.tiles.items():
        Html(f'<h2>{escape(way)}</h2><div class="ff-tiles">{"".join(map(_tile, tiles))}</div>')
    Html(f'<p class="ff-note">{doubt.LEGEND[bool(shown.question.draws)]}</p>')
    if not shown.first:
        Doubt(shown, question)
    Html(f'<h2>What changes, and why</h2><div class="ff-report ff-answer">{shown.lead}</div>')
    HandOn(shown)
    for key, words in FOLDED:
        if key == "why":
            if shown.key:  # its runs are kept: the chains follow them
                with Fold(summary=words, expand=key == shown.question.about, heading=True).key(key):
                    Why(shown.question, shown.key)
        elif key in shown.sections:
            with Fold(summary=words, expand=key in (*OPEN, shown.question.about), heading=True).key(key):
                Html(f'<div class="ff-report ff-part-{key}">{shown.sections[key][1]}</div>')


def _tile(tile: Tile) -> str:
    likely = f'<span class="ff-likely">{escape(tile.likely)}</span>' if tile.likely else ""
    likely += f'<span class="ff-alone">{tile.chance}</span>' if tile.chance else ""
    return (
        f'<div class="ff-figure ff-tile" data-measure="{tile.measure}" data-way="{escape(tile.way)}"><b>{tile.size}</b>'
        f"<span>of {tile.level}: {escape(tile.label)}</span>{likely}{doubt.ranges(tile.range)}"
        f"{doubt.grade(tile.grade, tile.label)}</div>"
    )


@solara.component
def Doubt(shown: Answer, question: Question):
    """How sure the answer is when all that is not known is drawn, and a button that draws it."""
    draws, set_draws = solara.use_state(question.draws or USUAL_DRAWS)
    router = solara.use_router()
    running, done = state.answering.running.value, shown.question.draws
    bad = state.trouble("draws")
    wanted = replace(question, draws=draws)

    def find_out() -> None:
        if wanted == question:  # it was stopped
            state.answering.start(partial(making.watch, question))
        else:
            router.push(f"/answer?{wanted.address()}")

    with solara.Div(classes=["ff-panel", "ff-doubt"]):
        said = f'<div class="ff-report">{shown.sections["doubt"][1]}</div>' if done else f"<p>{UNSURE}</p>"
        Html(f"<h2>How sure is it?</h2>{said}")
        with solara.Div(classes=["ff-controls", "ff-bar"]):
            Number("draws", "Draws", draws, set_draws, *DRAWS, whole=True, help=f"{DRAWS[0]} to {DRAWS[1]}")
            with solara.Div():
                solara.Button(
                    "Draw more" if done else "Find out how sure", color="#005EB8", dark=True, on_click=find_out,
                    disabled=bool(bad) or running or draws == done, classes=["ff-sure"],
                )  # fmt: skip
                runs = draws * DRAW_SEEDS * len(question.ways)
                Html(f'<div class="ff-note">{runs} runs, {DRAW_SEEDS} of each way of paying at each draw</div>')
        Html(f'<div class="ff-bad" role="alert">{escape(bad)}</div>' if bad else "")
        if question.draws:
            Progress(question)


@solara.component
def HandOn(shown: Answer):
    """The address, and files to save."""
    if not shown.key:
        return
    there = [
        (name, words) for name, words in LINKS if name == kept.BUNDLE or (kept.folder_of(shown.key) / name).is_file()
    ]
    links = "".join(f'<a class="ff-save" href="/kept/{shown.key}/{name}" download>{words}</a>' for name, words in there)
    own = asking.saved(shown.question)
    said = "A link with this address opens the same answer on any machine with this version."
    if own:
        said += " It needs your own contract, which only this machine has: hand on everything (zip) instead."
    Html(
        f'<div class="ff-panel ff-hand"><h2>Hand it on</h2><div class="ff-row">{links}</div>'
        f'<p class="ff-note">{said} Kept on this machine, and checked by <code>fundingflows verify</code> in the '
        "unpacked zip.</p></div>"
    )
