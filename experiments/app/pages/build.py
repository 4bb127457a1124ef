"""Build a scenario: edit, save and load a funding file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import escape
from time import monotonic
from typing import Any

import solara

from ....agents.patients.calendar import WEEKS
from ....model.errors import InputError
from ....model.scenario import KINDS
from ..controls import beside
from ..controls.beside import Beside, Shares
from ..controls.dates import Dates
from ..controls.fields import Choice, Focus, Html, Load, Text
from ..controls.keep import Keep
from ..controls.pools import Pools
from ..controls.terms import Terms, key
from ..controls.tree import Unused
from ..drawings.heat import SHOWN
from ..drawings.heat import day as in_words
from ..work import draft, state, store, words
from ..work.history import History
from ..work.question import Question
from ..work.reproduce import Reproduce
from . import explore

raw: solara.Reactive[dict[str, Any]] = solara.reactive({})
name = solara.reactive("my_scenario")
note = solara.reactive("")  #: what is new in the version that is saved next
kind = solara.reactive("practice")
said: solara.Reactive[tuple[str, str]] = solara.reactive(("", ""))  #: good or bad, and a sentence
own = solara.reactive("")  #: name of the saved scenario that the draft is of, or that may be replaced
doomed = solara.reactive("")  #: name of the saved scenario that another press deletes
history: solara.Reactive[History] = solara.reactive(History())
asked: solara.Reactive[tuple[str, str]] = solara.reactive(("", ""))  #: a kind, and what was asked of its pay
sought = solara.reactive("")  #: key of the control that the keyboard goes to, once
reference = solara.reactive("")  #: what the draft is compared with; empty for the usual contract of the place


def compared_with() -> str:
    """Name of the way of paying that the draft is compared with."""
    usual = state.place_of(state.place.value).baseline.usual
    return reference.value if reference.value in state.fundings() else usual


def remember() -> None:
    """Note the draft, so that the next change can be undone."""
    if raw.peek():
        history.value = history.peek().noted(raw.peek(), monotonic())


def _open(found: draft.Raw) -> None:
    """Work on another draft from now on."""
    raw.value = found
    history.value = history.peek().opened(found)


def step(back: bool) -> None:
    """Undo or redo one change; what was wrong with controls goes with the draft that goes."""
    history.value = history.value.undone() if back else history.value.redone()
    if history.value.now is not None:
        state.problems.value = {k: v for k, v in state.problems.value.items() if not k.startswith("draft.")}
        raw.value = history.value.now


def _say(work: Callable[[], str]) -> None:
    """Do something and show whether it worked."""
    try:
        said.value = ("good", work())
    except InputError as error:
        said.value = ("bad", f"{error}.")
    except OSError as error:
        said.value = ("bad", f"The folder of saved scenarios cannot be used: {error.strerror}.")


def save() -> bool:
    """Save the draft under its name; says whether it could."""

    def work() -> str:
        if name.value in store.saved() and own.value != name.value:
            own.value = name.value
            raise InputError(f"{name.value} is saved already; press Save again to replace it, or choose another name")
        store.save(name.value, store.noted(store.write(raw.value), note.value))
        own.value, note.value = name.value, ""
        state.shelf.value += 1
        return f"Saved as {name.value}. You can choose it on every page."

    _say(work)
    return said.value[0] == "good"


def _saved(then: Callable[[str], Any] | None = None) -> None:
    """Save the draft, and go to its answer where one is wanted."""
    if save() and then is not None:
        then(f"/answer?{question().address()}")


def _run(then: Callable[[str], Any]) -> None:
    """Save the draft, and run it in Explore."""
    if save():
        then(explore.opened(name.value))


def question() -> Question:
    """What the draft is asked: itself against the reference."""
    return Question(state.place.value, tuple(dict.fromkeys((compared_with(), name.value))), state.years.value)


def edit(which: str, of_kind: str, label: str, unit: str, called: list[str], day: date) -> None:
    """Open a way of paying at what it pays for one more of something on a day by the terms ``called``."""
    load(which)
    if said.value[0] == "bad":
        return
    kind.value = of_kind
    priced, path = draft.price_of(raw.value, of_kind, unit, called, day)
    _open(priced)
    if not path:
        found = (
            f"On {in_words(day)} nothing here pays for {label}. Add a price to one of the terms below, or another term."
        )
    elif path[0] == "contracts":
        found = f"This is what pays for {label}: {words.plain(called[0])}, below."
    else:
        found = f"On {in_words(day)} this pays for {label}: {words.plain(called[0])}, in a change on a date, below."
    asked.value, sought.value = (of_kind, found), key(path) if path else "draft-kind"


def load(which: str) -> None:
    """Load a built-in or saved scenario into the draft."""
    asked.value, sought.value = ("", ""), ""

    def work() -> str:
        _open(draft.of(which))
        state.problems.value = {k: v for k, v in state.problems.value.items() if not k.startswith("draft.")}
        if which in store.saved():
            name.value = own.value = which
        return f"Loaded {which}."

    _say(work)


def load_version(which: str, number: str) -> None:
    """Load an earlier version of a saved scenario into the draft."""

    def work() -> str:
        if not number.isdigit() or int(number) not in store.versions(which):
            raise InputError(f"{which} has no version '{number[:10]}'")
        _open(store.read(store.version(which, int(number)), which)[0])
        state.problems.value = {k: v for k, v in state.problems.value.items() if not k.startswith("draft.")}
        name.value = own.value = which
        return f"Version {number} of {which} is here again. Save it to use it."

    _say(work)


def take(text: str) -> None:
    """Load an uploaded file into the draft. Only its text is read, never its name or folder."""

    def work() -> str:
        made, funding = store.read(str(text), "uploaded")
        _open(made)
        return f"Loaded “{funding.title}” from the file. Save it to keep it."

    _say(work)


def forget(which: str) -> None:
    """Delete a saved scenario."""

    def work() -> str:
        if doomed.value != which:
            doomed.value = which
            return f"Press Delete again to delete {which} and its versions for good."
        doomed.value = ""
        store.delete(which)
        state.shelf.value += 1
        for chosen in (state.funding, state.other):
            if chosen.value == which:
                chosen.value = state.place_of(state.place.value).baseline.usual
        state.several.value = [n for n in state.several.value if n != which]
        return f"Deleted {which}."

    _say(work)


def find(text: str) -> None:
    """Go on with the draft that the browser has kept; where another is at work already, Undo brings the kept one."""
    if not text:
        return
    try:
        called, found = draft.kept(text)
    except InputError:
        return  # kept by another version, or by nobody
    if raw.peek() == draft.fresh():
        name.value = called
        _open(found)
    elif found != raw.peek():
        history.value = history.peek().begun(found)


@solara.component
def Page():
    """The page."""
    solara.use_effect(lambda: raw.set(draft.fresh()) if not raw.peek() else None, [])
    now = raw.value
    solara.use_effect(remember, [now])
    text, wrong = solara.use_memo(lambda: draft.check(now) if now else ("", ""), [now])
    with solara.Div(classes=["ff-app"]):
        Keep(name="draft", text=draft.keepable(name.value, now), event_found=find)
        Html(
            "<h1>Build a way of paying</h1>"
            '<p class="ff-lead">A contract is a list of terms, and a provider is paid their total. You can choose a '
            "saved scenario on every page, and use its file in Python and on the command line.</p>"
        )
        Unused()
        with solara.Div(classes=["ff-half"]):
            with solara.Div(classes=["ff-panel"]):
                if now:
                    Steps()
                    Head(now)
                    Contract(now, wrong)
                    Dates(raw, wrong)
                    Pools(raw, wrong)
            with solara.Div(classes=["ff-side"]):
                with solara.Div(classes=["ff-panel", "ff-controls"]):
                    Shelf(now, wrong)
                with solara.Div(classes=["ff-panel"]):
                    Beside(text, wrong, compared_with(), reference.set, kind.value)
                with solara.Div(classes=["ff-panel"]):
                    Verdict(now, text, wrong)


@solara.component
def Steps():
    """Undo and redo."""
    with solara.Div(classes=["ff-row"]):
        for label, back, there in (("Undo", True, history.value.past), ("Redo", False, history.value.future)):
            solara.Button(label, small=True, outlined=True, disabled=not there, on_click=lambda back=back: step(back))


@solara.component
def Head(now: dict[str, Any]):
    """Title, question, source, and the file that it extends."""
    _ = state.shelf.value
    options = [("", "Start from …"), *state.labels()]
    Choice("start", "Start from", "", lambda n: load(n) if n else None, options)
    for field, label in (("title", "Title"), ("question", "Question"), ("source", "Source")):
        Text(f"draft.{field}", label, str(now.get(field, "")), lambda v, k=field: _set((k,), v))
    base = [("", "none: this file has every contract"), *((n, state.title(n)) for n in state.FOUR)]
    Choice(
        "extends",
        "Take missing contracts from",
        str(now.get("extends", "")),
        lambda v: _set(("extends",), v or None),
        base,
    )


def _set(path: tuple[Any, ...], value: Any) -> None:
    raw.value = draft.changed(raw.value, path, value)


@solara.component
def Contract(now: dict[str, Any], wrong: str):
    """The starting contract of one kind of provider."""
    which = kind.value
    Html("<h2>Starting contract</h2>")
    Focus(sought.value, lambda: sought.set(""))
    told = asked.value[1] if asked.value[0] == which else ""
    Html(f'<div class="ff-warn" role="status">{escape(told)}</div>' if told else "")
    Choice("draft-kind", "For", which, kind.set, list(SHOWN.items()))
    written = now.get("contracts", {}).get(which)
    Html(
        '<p class="ff-note">Amounts are in £, 0 or more. Enter <b>neutral</b> to let the model set the price so that '
        "the term costs as much as the status quo in the first year, or <b>neutral 0.2</b> for a fifth of that. Leave "
        "a field empty for its default.</p>"
    )
    Html(f"<p>{SHOWN[which]} keep the contract of the file chosen above.</p>" if written is None else "")
    Shares(raw, which, compared_with())
    Terms(raw, ("contracts", which), which, wrong)


@solara.component
def Shelf(now: dict[str, Any], wrong: str):
    """Save the draft, load a file, and list saved scenarios."""
    _ = state.shelf.value
    router = solara.use_router()
    sort, sentence = said.value
    pending = next((v for k, v in state.problems.value.items() if k.startswith("draft.")), "")
    Text("name", "Save as", name.value, name.set, help="lower-case letters, digits and underscores")
    with solara.Div(classes=["ff-row"]):
        solara.Button(
            "Save", color="#005EB8", dark=True, on_click=lambda: _saved(), disabled=bool(wrong or pending) or not now
        )
        solara.Button(
            "Run", outlined=True, classes=["ff-run-draft"], disabled=bool(wrong or pending) or not now,
            on_click=lambda: _run(router.push),
        )  # fmt: skip
        solara.Button(
            "Save and compare", outlined=True, classes=["ff-ask-draft"], disabled=bool(wrong or pending) or not now,
            on_click=lambda: _saved(router.push),
        )  # fmt: skip
        solara.FileDownload(lambda: store.write(raw.peek()), filename="scenario.toml", label="Download as TOML")
    first = f'<div class="ff-bad">{escape(pending)} Correct this to save.</div>' if pending and not wrong else ""
    Html(first)
    Html(f'<div class="ff-{sort}" role="status">{escape(sentence)}</div>' if sentence else "")
    Load("load", "Load a funding file (TOML)", take, help="up to 64 kB; it may extend a built-in file")
    kept = store.saved()
    Html("<h3>Saved on this machine</h3>" + ("" if kept else '<p class="ff-note">Nothing yet.</p>'))
    for which in kept:
        with solara.Div(classes=["ff-row"]).key(which):
            Html(f"<span>{escape(state.title(which))} <small>({escape(which)})</small></span>")
            solara.Button("Load", small=True, outlined=True, on_click=lambda n=which: load(n))
            solara.Button("Delete", small=True, text=True, on_click=lambda n=which: forget(n))
        Versions(which).key(f"{which}/versions")


@solara.component
def Versions(which: str):
    """Earlier versions of a saved scenario, with what somebody wrote of each."""
    earlier = store.versions(which)[1:]
    if not earlier:
        return
    said = {number: store.note(store.version(which, number)) for number in earlier}
    options = [(str(n), f"version {n}{': ' if said[n] else ''}{said[n]}") for n in earlier]
    Choice(f"version-{which}", f"Earlier versions of {which}", "", lambda n: load_version(which, n) if n else None,
           [("", "…"), *options])  # fmt: skip


@solara.component
def Verdict(now: dict[str, Any], text: str, wrong: str):
    """Whether the draft is valid, its file, and how to run it."""
    if wrong:
        Html(f'<div class="ff-bad" role="alert">{escape(wrong)}</div>')
    elif now:
        Ready(text)
        Fits(text)
    Html(f'<h3>The file</h3><div class="ff-code ff-toml ff-scroll" tabindex="0">{escape(text)}</div>')
    if name.value in store.saved():
        changes = tuple(sorted(state.numbers.value.items()))
        Reproduce(state.place.value, name.value, state.seed.value, changes, state.years.value * WEEKS, "")


@solara.component
def Ready(text: str):
    """That the draft can be run, once it has been priced; or what to look at first."""
    found = beside.current(text, compared_with())
    if found is None:
        Html('<div class="ff-note" role="status">Being priced.</div>' if state.costing.running.value else "")
        return
    wrong = beside.doubts(*found)
    if wrong:
        Html(f'<div class="ff-bad" role="alert">Look at this before you run it. {escape(". ".join(wrong))}.</div>')
    else:
        Html('<div class="ff-good">Ready to save and run.</div>')


@solara.component
def Fits(text: str):
    """An error when dates, lots or providers do not fit the chosen place; they may fit another."""
    where = state.place.value
    said = solara.use_memo(lambda: draft.fits(text, where), [text, where])
    if said:
        Html(f'<div class="ff-bad" role="alert">In {escape(state.place_title(where))}: {escape(said)}</div>')


assert set(SHOWN) == set(KINDS)
