"""Why: chains from clause to money, prices without behaviour, links that can be switched off, the parts of it all."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Any

import solara

from ....agents.links import LINKS
from ...evidence.natural.behind import behind
from ...report.why import LEAD
from ...results import chain as chaining
from ...results.chain import Chain
from ...results.compared import Compared
from ...results.numbers import number
from ...results.parts import parts
from ..controls.fields import Fold, Html
from ..controls.pickers import Running
from ..drawings import chain as drawing
from ..work import noted, state
from ..work import why as working
from ..work.question import Question
from ..work.task import Task

MEASURES = ("failed", "emergencies", "electives", "waiting", "practice_income", "hospital_income", "public", "qalys")


@solara.component_vue("../controls/chain.vue")
def _Steps(label: str, steps: list[list[str]], unfolded: int, event_chosen: Any):
    pass


@solara.component
def Why(question: Question, key: str):
    """The section of an answer: worked out once it is unfolded; what needs runs has a button."""
    titles = {way: state.label(way, question.place) for way in question.ways}

    def begin() -> None:
        for task in state.WHY:
            task.clear()
        state.chaining.start(partial(working.chains, question, key))

    solara.use_effect(begin, [question, key])
    found: working.Followed | None = state.chaining.result.value
    with solara.Div(classes=["ff-why"]):
        Running(state.chaining)
        for way, own, compared in [(way, own, found.compared) for way, own in found.chains.items()] if found else []:
            Html(f"<h3>{escape(titles[way])}, compared with {escape(titles[question.reference])}</h3>")
            Html("" if own else "<p>Nobody changes what they do by half a per cent: what differs is prices.</p>")
            for one in own:
                Row(compared, one).key(f"{one.way}/{one.kind}/{one.lever}")
        Html(
            '<p class="ff-note">Chains are ranked by what the change of behaviour is worth at the change of what it is '
            "paid. The first boxes are the contract, worked out before the first week; the last three are the runs, in "
            "which everything moves together, so that work and money are not of this behaviour alone.</p>"
        )
        with solara.Div(classes=["ff-panel", "ff-without"]):
            Html(
                "<h3>Prices without behaviour</h3><p>The same runs with every provider doing as usual: what is left is "
                "what the contracts pay while nobody reacts.</p>"
            )
            Held(
                question, key, state.frozen, working.behaviour(), "Run without behaviour", "Behaviour as usual", titles
            )
        Switches(question, key, titles)
        Apart(question, key)


@solara.component
def Row(compared: Compared, chain: Chain):
    """One chain: its boxes, and what the chosen one unfolds."""
    opened, set_opened = solara.use_state(-1)
    measured = solara.use_memo(lambda: behind(chain.kind, chain.lever, [chain.done]), [chain.kind, chain.lever])
    Html(f"<h4>{escape(drawing.title(chain))}</h4>")
    boxes = [list(step) for step in drawing.steps(chain, measured)]
    _Steps(
        label=f"{drawing.title(chain)}: from clause to money",
        steps=boxes,
        unfolded=opened,
        event_chosen=lambda k: set_opened(-1 if int(k) == opened else int(k)),
    )
    Html(f'<div class="ff-step-table">{_unfolded(compared, chain, opened, measured)}</div>' if opened >= 0 else "")


def _unfolded(compared: Compared, chain: Chain, opened: int, measured: Any) -> str:
    """The table of a box."""
    if opened == 0:
        return drawing.clauses(chain, _numbers(compared, chain))
    if opened == 1:
        return drawing.prices(chain)
    if opened == 2:
        response = compared.cases[chain.way].parameters[f"behaviour.response_{chain.lever}"]
        return drawing.behaviour(chain, response, chaining.providers(compared, chain), measured)
    return drawing.work(chain) if opened == 3 else drawing.money(chain)


def _numbers(compared: Compared, chain: Chain) -> list[tuple[str, str, str, str, str]]:
    """The numbers of the clause with grade and source: of this way of paying, or of the reference where it is gone."""
    clause, out = chain.clause, []
    own: Any = chain.numbers[chain.numbers["term"] == clause["term"]] if clause else chain.numbers.iloc[:0]
    for row in own.to_dict("records"):
        way = chain.way if row["now"] == row["now"] else compared.first
        source, grade = noted.source(way, compared.case.place.id, chain.kind, row["term"], row["field"])
        out.append(
            (noted.said(row["field"], row["item"]), number(row["before"], 2), number(row["now"], 2), grade, source)
        )
    return out


@solara.component
def Held(question: Question, key: str, task: Task, what: working.Cut, press: str, head: str, titles: dict[str, str]):
    """A button that makes the runs again with a part held, and the difference with and without it."""
    runs = len(question.ways) * question.seeds
    solara.Button(
        f"{press} ({runs} runs)",
        on_click=lambda: task.start(partial(working.cut, question, key, what), asked=what),
        disabled=task.running.value or not (what.parts or what.links),
        outlined=True,
        classes=["ff-hold"],
    )
    Running(task)
    found = task.result.value
    stale = found is not None and task.asked.value != what
    Html('<div class="ff-bad">The switches have changed since these runs.</div>' if stale else "")
    Html("" if found is None else f'<div class="ff-held">{drawing.held(found, titles, MEASURES, head)}</div>')


@solara.component
def Switches(question: Question, key: str, titles: dict[str, str]):
    """A switch for each group of links and each link: on is at work."""
    off, set_off = solara.use_state(working.Cut())

    def turn(name: str, group: bool, on: bool) -> None:
        old = off.parts if group else off.links
        new = tuple(n for n in old if n != name) if on else (*old, name)
        set_off(working.Cut(new, off.links) if group else working.Cut(off.parts, new))

    with Fold(summary="Cut a loop: switch a behaviour or a link off"):
        Html(
            '<p class="ff-note">A behaviour or link that is switched off stays as in the baseline year, under both '
            "ways of paying, with the same people and chance. That cuts every loop that it is part of.</p>"
        )
        with solara.Div(classes=["ff-ticks"]):
            for name, part in parts().items():
                solara.Checkbox(
                    label=part.label, value=name not in off.parts, on_value=lambda on, n=name: turn(n, True, on)
                )
        with Fold(summary=f"Each of the {len(LINKS)} links by itself"), solara.Div(classes=["ff-links"]):
            for name, one in sorted(LINKS.items()):
                solara.Checkbox(
                    label=f"{one.says} ({name})", value=name not in off.links,
                    on_value=lambda on, n=name: turn(n, False, on),
                )  # fmt: skip
        Html(
            f"<p>Switched off: {escape(off.words())}.</p>"
            if off.parts or off.links
            else "<p>Everything is at work.</p>"
        )
        Held(question, key, state.cutting, off, "Run with it switched off", "Switched off", titles)


@solara.component
def Apart(question: Question, key: str):
    """The difference taken apart, on a button."""
    runs = solara.use_memo(lambda: sum(len(some) for some in working.plan(question).values()), [question])
    with Fold(summary="Take the difference apart: prices, behaviour, staff, capacity, care, budgets"):
        if state.parting.result.value is None:
            Html(f'<p class="ff-note">{LEAD}</p>')
        solara.Button(
            f"Take it apart ({runs} runs)",
            on_click=lambda: state.parting.start(partial(working.apart, question, key)),
            disabled=state.parting.running.value,
            outlined=True,
            classes=["ff-apart"],
        )
        Html('<p class="ff-note">Finished runs are kept: stop, and carry on later.</p>')
        Running(state.parting)
        Html(f'<div class="ff-report">{state.parting.result.value or ""}</div>')
