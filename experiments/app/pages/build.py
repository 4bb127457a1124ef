"""Build a scenario: a funding file from controls, saved in the user's folder, loaded, and reproduced elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import solara

from ....agents.patients.calendar import WEEKS
from ....model.errors import InputError
from ....model.scenario import KINDS
from ..controls.controls import Choice, Html, Load, Words
from ..controls.dates import Dates
from ..controls.pools import Pools
from ..controls.terms import Terms
from ..drawings.heat import SHOWN
from ..work import draft, state, store
from ..work.reproduce import Reproduce

raw: solara.Reactive[dict[str, Any]] = solara.reactive({})
name = solara.reactive("my_scenario")
kind = solara.reactive("practice")
said: solara.Reactive[tuple[str, str]] = solara.reactive(("", ""))  #: good or bad, and a sentence


def _say(work: Callable[[], str]) -> None:
    """Do something and say how it went."""
    try:
        said.value = ("good", work())
    except InputError as error:
        said.value = ("bad", f"{error}.")
    except OSError as error:
        said.value = ("bad", f"The folder of scenarios cannot be used: {error.strerror}.")


def save() -> None:
    """Save the draft under its name."""

    def work() -> str:
        store.save(name.value, store.write(raw.value))
        state.shelf.value += 1
        return f"Saved as {name.value}; it can be chosen on every page."

    _say(work)


def load(which: str) -> None:
    """Take a shipped or saved scenario as the draft."""

    def work() -> str:
        raw.value = draft.of(which)
        state.problems.value = {k: v for k, v in state.problems.value.items() if not k.startswith("draft.")}
        if which in store.saved():
            name.value = which
        return f"Loaded {which}."

    _say(work)


def take(text: str) -> None:
    """Take a file that was chosen on the page: its text is read, its name and place are never known here."""

    def work() -> str:
        made, funding = store.read(str(text), "uploaded")
        raw.value = made
        return f"Loaded “{funding.title}” from the file; save it to keep it."

    _say(work)


def forget(which: str) -> None:
    """Delete a saved scenario."""

    def work() -> str:
        store.delete(which)
        state.shelf.value += 1
        for chosen in (state.funding, state.other):
            if chosen.value == which:
                chosen.value = state.place_of(state.place.value).baseline.usual
        state.several.value = [n for n in state.several.value if n != which]
        return f"Deleted {which}."

    _say(work)


@solara.component
def Page():
    """The page."""
    solara.use_effect(lambda: raw.set(draft.fresh()) if not raw.peek() else None, [])
    now = raw.value
    text, wrong = solara.use_memo(lambda: draft.check(now) if now else ("", ""), [now])
    with solara.Div(classes=["ff-app"]):
        Html(
            "<h1>Build a way of paying, keep it, and run it anywhere</h1>"
            '<p class="ff-lead">A contract is a list of terms and owes their sum. What you save here can be chosen on '
            "every page, and is a file that the command line and Python read.</p>"
        )
        with solara.Div(classes=["ff-half"]):
            with solara.Div(classes=["ff-panel"]):
                if now:
                    Head(now)
                    Contract(now, wrong)
                    Dates(raw, wrong)
                    Pools(raw, wrong)
            with solara.Div(classes=["ff-side"]):
                with solara.Div(classes=["ff-panel", "ff-controls"]):
                    Shelf(now, wrong)
                with solara.Div(classes=["ff-panel"]):
                    Verdict(now, text, wrong)


@solara.component
def Head(now: dict[str, Any]):
    """Title, question, source, and what it extends."""
    _ = state.shelf.value
    options = [("", "Start from …"), *((n, state.title(n)) for n in state.fundings())]
    Choice("start", "Start from", "", lambda n: load(n) if n else None, options)
    for key, label in (("title", "Title"), ("question", "Question it asks"), ("source", "Who proposed it")):
        Words(f"draft.{key}", label, str(now.get(key, "")), lambda v, k=key: _set((k,), v))
    base = [("", "nothing: every contract is written here"), *((n, state.title(n)) for n in state.FOUR)]
    Choice(
        "extends",
        "Contracts not written here are those of",
        str(now.get("extends", "")),
        lambda v: _set(("extends",), v or None),
        base,
    )


def _set(path: tuple[Any, ...], value: Any) -> None:
    raw.value = draft.changed(raw.value, path, value)


@solara.component
def Contract(now: dict[str, Any], wrong: str):
    """The terms of one kind of provider from the beginning."""
    which = kind.value
    Html("<h2>Contract from the beginning</h2>")
    Choice("draft-kind", "For", which, kind.set, list(SHOWN.items()))
    written = now.get("contracts", {}).get(which)
    Html(
        '<p class="ff-note">Amounts are £ and must be at least 0. The word <b>neutral</b> leaves a price to the model: '
        "as much as the status quo pays in the first year; <b>neutral 0.2</b> is a fifth of that. An empty "
        "field has its default.</p>"
    )
    if written is None:
        Html(f"<p>{SHOWN[which]} keeps the contract of the file that this one extends.</p>")
    Terms(raw, ("contracts", which), which, wrong)


@solara.component
def Shelf(now: dict[str, Any], wrong: str):
    """Save, load from a file, and what is saved."""
    _ = state.shelf.value
    sort, sentence = said.value
    pending = next((v for k, v in state.problems.value.items() if k.startswith("draft.")), "")
    Words("name", "Name to save it under", name.value, name.set, help="small letters, digits and underscores")
    with solara.Div(classes=["ff-row"]):
        solara.Button("Save", color="#005EB8", dark=True, on_click=save, disabled=bool(wrong or pending) or not now)
        solara.FileDownload(lambda: store.write(raw.peek()), filename="scenario.toml", label="Download as TOML")
    if pending and not wrong:
        Html(f'<div class="ff-bad">{escape(pending)} Put it right to save.</div>')
    if sentence:
        Html(f'<div class="ff-{sort}" role="status">{escape(sentence)}</div>')
    Load("load", "Load a funding file (TOML)", take, help="up to 64 kB; it may extend files that ship with the model")
    kept = store.saved()
    Html("<h3>Saved on this machine</h3>" + ("" if kept else '<p class="ff-note">Nothing yet.</p>'))
    for which in kept:
        with solara.Div(classes=["ff-row"]).key(which):
            Html(f"<span>{escape(state.title(which))} <small>({escape(which)})</small></span>")
            solara.Button("Load", small=True, outlined=True, on_click=lambda n=which: load(n))
            solara.Button("Delete", small=True, text=True, on_click=lambda n=which: forget(n))


@solara.component
def Verdict(now: dict[str, Any], text: str, wrong: str):
    """Whether it can be used, the file, and how to run it."""
    if wrong:
        Html(f'<div class="ff-bad" role="alert">{escape(wrong)}</div>')
    elif now:
        Html('<div class="ff-good">This can be saved and run.</div>')
        Fits(text)
    Html(f'<h3>The file</h3><div class="ff-code ff-toml ff-scroll" tabindex="0">{escape(text)}</div>')
    if name.value in store.saved():
        changes = tuple(sorted(state.numbers.value.items()))
        Reproduce(state.place.value, name.value, state.seed.value, changes, state.years.value * WEEKS, "")


@solara.component
def Fits(text: str):
    """Whether its dates, lots and providers are those of the place; another place may have them."""
    where = state.place.value
    said = solara.use_memo(lambda: draft.fits(text, where), [text, where])
    if said:
        Html(f'<div class="ff-bad" role="alert">In {escape(state.place_title(where))}: {escape(said)}</div>')


assert set(SHOWN) == set(KINDS)
