"""Editor of dated changes: their dates, whom they affect, and how contracts and parameters change."""

from __future__ import annotations

from html import escape
from typing import Any

import solara

from ..drawings.heat import SHOWN
from ..work import state
from . import reform
from .fields import Choice, Fold, Html, Text
from .terms import Draft, Field, Path, Terms, Typed, change, forget, head, key

MOST = 8  #: search results shown
DAY = "such as 2017-04-01"


@solara.component
def Dates(raw: Draft, wrong: str):
    """All changes of the draft."""
    starts = state.place_of(state.place.value).file.starts
    Html(
        "<h2>Changes on a date</h2>"
        f'<p class="ff-note">Year 1 begins on {starts.day} {starts:%B %Y}. A change can affect '
        "all providers of a kind, one lot, a random share or volunteers. Everyone else keeps their contract.</p>"
    )
    for n, one in enumerate(raw.value.get("changes", [])):
        Change(raw, n, one, wrong).key(f"change/{n}")
    add = lambda: raw.set(reform.with_change(raw.value))  # noqa: E731
    solara.Button("Add a change", outlined=True, small=True, on_click=add)


@solara.component
def Change(raw: Draft, n: int, one: dict[str, Any], wrong: str):
    """One change, with its error message."""
    at: Path = ("changes", n)
    kind = str(one.get("who", {}).get("kind", ""))

    def other(chosen: str) -> None:
        forget(at)
        raw.value = reform.for_whom(raw.value, n, chosen)

    with solara.Div(classes=["ff-term", "ff-change"]):
        head(raw, at, f"Change {n + 1}", wrong)
        with solara.Div(classes=["ff-fields"]):
            Typed(raw, (*at, "when"), "Begins", one.get("when"), "date", DAY)
            Typed(raw, (*at, "until"), "Ends", one.get("until"), "date", f"{DAY}; leave empty for no end")
            Typed(
                raw,
                (*at, "announced"),
                "Announced on",
                one.get("announced"),
                "date",
                f"{DAY}; leave empty for the first day",
            )
            Typed(raw, (*at, "over"), "Phased in over", one.get("over"), "whole", "years; leave empty for all at once")
            options = [("", "the whole place (parameters only)"), *SHOWN.items()]
            Choice(key((*at, "kind")), "For", kind, other, options)
        if kind:
            Whom(raw, at, kind, one)
            Paid(raw, at, kind, one, wrong)
        Sets(raw, n, kind, one)


@solara.component
def Whom(raw: Draft, at: Path, kind: str, one: dict[str, Any]):
    """Which providers of a kind change, and the label of this group."""
    who, yes = one.get("who", {}), ("true", "false")
    with solara.Div(classes=["ff-fields"]):
        Typed(raw, (*at, "arm"), "Label of this group", one.get("arm"), "words", "such as treated")
        Typed(raw, (*at, "who", "share"), "Random share", who.get("share"), "share", "0 to 1; leave empty for all")
        Field(raw, (*at, "who", "volunteers"), "Volunteers only", "choice", yes, who.get("volunteers"), "no")
        if kind == "practice":
            Typed(raw, (*at, "who", "lot"), "Lot", who.get("lot"), "words", "a lot of this place; leave empty for all")
            groups = ("true", "lot", "false")
            Field(raw, (*at, "together"), "Work as one group, or by lot", "choice", groups, one.get("together"), "no")


@solara.component
def Paid(raw: Draft, at: Path, kind: str, one: dict[str, Any], wrong: str):
    """How their contract changes: a new contract, or terms that are added and ended."""
    Html("<h3>Their contract</h3>")
    drops = list(one.get("drop_terms", []))
    left = [name for name in reform.named(raw.value, kind) if name not in drops]
    for i, name in enumerate(drops):
        with solara.Div(classes=["ff-row"]).key(f"drop/{name}"):
            Html(f"<span>Ends: <b>{escape(str(name))}</b></span>")
            solara.Button(
                "Keep this term", small=True, text=True, on_click=lambda i=i: change(raw, (*at, "drop_terms", i), None)
            )
    Choice(
        key((*at, "drop")),
        "End a term",
        "",
        lambda name: change(raw, (*at, "drop_terms"), [*drops, name]) if name else None,
        [("", "…"), *((name, name.replace("_", " ")) for name in left)],
    )
    for part, words in (("add_terms", "Add terms"), ("contract", "Or replace the whole contract")):
        with Fold(summary=words, expand=bool(one.get(part))):
            Terms(raw, (*at, part), kind, wrong)


@solara.component
def Sets(raw: Draft, n: int, kind: str, one: dict[str, Any]):
    """Search for parameters to set, multiply or add to."""
    query, set_query = solara.use_state("")
    rows = reform.rows(one)
    none = "" if rows else '<p class="ff-note">None yet. Search below, then press a button to add one.</p>'
    Html(f"<h3>Parameters that change</h3>{none}")
    for path, verb, number in rows:
        Set(raw, n, path, verb, number).key(f"{path}/{verb}")
    hits = reform.paths(raw.value, kind, query) if query.strip() else []
    name = key(("changes", n, "find"))
    said = f"{len(hits)} found" if query.strip() else "such as: council budget, gps, beds, price"
    Text(name, "Find a parameter to change", query, lambda text: set_query(text[:80]), help=said)
    with solara.Div(classes=["ff-row"]):
        for path, label in hits[:MOST]:
            add = lambda path=path: raw.set(reform.with_set(raw.value, n, path, "multiply", 1.1))  # noqa: E731
            solara.Button(f"Change {label}", small=True, outlined=True, on_click=add).key(path)


@solara.component
def Set(raw: Draft, n: int, path: str, verb: str, number: Any):
    """One parameter, how it changes, and by how much."""
    at: Path = ("changes", n, "set", path, verb)

    def other(chosen: str) -> None:
        forget(at)
        raw.value = reform.with_set(raw.value, n, path, chosen, number, old=verb)

    def drop() -> None:
        forget(at)
        raw.value = reform.with_set(raw.value, n, path, verb, None, old=verb)

    with solara.Div(classes=["ff-fields"]):
        Html(f'<div class="ff-path">{escape(path)}</div>')
        Choice(key((*at, "verb")), "How", verb, other, list(reform.VERBS.items()))
        with solara.Div():
            sort, needed = ("number", "a number") if isinstance(number, int | float) else ("words", "some text")
            Typed(raw, at, reform.VERBS.get(verb, verb), number, sort, needed=needed)
            solara.Button("Remove", small=True, text=True, on_click=drop)
