"""Editor of a contract's terms: add, fill in and remove them, each with its error message."""

from __future__ import annotations

from html import escape
from typing import Any

import solara

from ....model.contracts.terms import terms
from ....model.errors import InputError
from ...results import numbers
from ..work import draft, state, words
from .beside import latest
from .fields import Choice, Html, Text
from .typed import parse, shown

Draft = solara.Reactive[dict[str, Any]]
Path = tuple[Any, ...]


def key(under: Path) -> str:
    """The key of the controls for a path in the draft."""
    return "draft." + ".".join(map(str, under[1:] if under[0] == "contracts" else under))


def change(raw: Draft, path: Path, value: Any) -> None:
    """Set one value of the draft; ``None`` removes it."""
    if value is None:
        forget(path[:-1] if isinstance(path[-1], int) else path)  # later entries of a list move up
    raw.value = draft.changed(raw.value, path, value)


def forget(under: Path) -> None:
    """Clear the errors of controls at or below a path, because they are removed or replaced."""
    name = key(under)
    gone = [k for k in state.problems.value if k == name or k.startswith(f"{name}.")]
    if gone:
        state.problems.value = {k: v for k, v in state.problems.value.items() if k not in gone}


def head(raw: Draft, at: Path, title: str, wrong: str) -> None:
    """Head of an entry: its title, a button to remove it, and its error message."""
    with solara.Div(classes=["ff-row"]):
        Html(f"<b>{escape(title)}</b>")
        solara.Button("Remove", small=True, text=True, on_click=lambda: change(raw, at, None))
    Html(f'<div class="ff-bad" role="alert">{escape(wrong)}</div>' if draft.dotted(at) in wrong else "")


@solara.component
def Terms(raw: Draft, under: Path, kind: str, wrong: str):
    """The terms at a path in the draft, and buttons to add others."""
    written = draft.at(raw.value, under)
    for i, term in enumerate(written or []):
        Term(raw, (*under, i), kind, term, wrong).key(f"{under}/{i}/{term.get('term')}")
    with solara.Div(classes=["ff-row"]):
        for name in draft.terms_for(kind):
            solara.Button(
                f"Add: {words.term(name)}",
                small=True,
                outlined=True,
                on_click=lambda name=name: raw.set(draft.with_term(raw.value, under, kind, name)),
            )
        if written is not None:
            solara.Button("Remove all these terms", small=True, text=True, on_click=lambda: change(raw, under, None))


@solara.component
def Term(raw: Draft, at: Path, kind: str, term: dict[str, Any], wrong: str) -> Any:
    """One term's fields, with its error message."""
    sort = str(term.get("term"))
    with solara.Div(classes=["ff-term"]):
        head(raw, at, f"{at[-1] + 1}. {words.term(sort)}", wrong)
        if sort not in terms():
            return
        with solara.Div(classes=["ff-fields"]):
            for control in draft.fields(kind, sort, draft.pools(raw.value)):
                name, label = control.key, words.field(control.key)
                if control.shape == "prices":
                    Prices(raw, (*at, name), kind, control.unit, dict(term.get(name, {})))
                elif control.shape == "choice":
                    Field(raw, (*at, name), label, control.shape, control.choices, term.get(name))
                else:
                    help = "; ".join(filter(None, (control.help, comes_to(at, kind, term, name))))
                    Typed(raw, (*at, name), label, term.get(name), control.shape, help)


def comes_to(at: Path, kind: str, term: dict[str, Any], field: str) -> str:
    """What a neutral price of a term comes to, once the draft has been priced."""
    found = latest()
    if found is None or not isinstance(term.get(field), dict):
        return ""
    own = found[0]
    week = 0 if at[0] == "contracts" else max(own.days)
    value = own.amount(week, kind, str(term.get("name", term.get("term"))), field)
    if value is None:
        return ""
    return f"comes to {numbers.price(value) if '£' in words.field(field) else numbers.significant(value, 4)}"


@solara.component
def Field(raw: Draft, at: Path, label: str, shape: str, choices: tuple[str, ...], value: Any, empty: str = "default"):
    """One field. Empty means the default, which a drop-down calls ``empty``."""
    if shape == "choice":
        options = [("", empty), *((c, words.value(c)) for c in choices)]
        Choice(key(at), label, shown(value), lambda v: change(raw, at, parse(v, shape)), options)
        return
    Typed(raw, at, label, value, shape)


@solara.component
def Typed(raw: Draft, at: Path, label: str, value: Any, shape: str, help: str = "", needed: str = "") -> Any:
    """A text field. A bad entry shows an error and leaves the last good value in force.

    ``needed``: what to enter, where the field may not be empty.
    """
    name = key(at)
    typed, set_typed = solara.use_state(shown(value))
    error = state.problems.value.get(name, "")

    def follow() -> None:
        try:
            same = parse(typed, shape) == value
        except InputError:
            same = bool(error)
        if not same:
            set_typed(shown(value))

    solara.use_effect(follow, [value, error])

    def on(text: str) -> None:
        set_typed(text)
        try:
            made = parse(text, shape)
            if needed and made is None:
                raise InputError(f"enter {needed}")
        except InputError as wrong:
            state.problems.value = {**state.problems.value, name: f"{label}: {wrong}."}
            return
        state.problems.value = {k: v for k, v in state.problems.value.items() if k != name}
        change(raw, at, made)

    Text(name, label, typed, on, error=error, help=help)


@solara.component
def Prices(raw: Draft, at: Path, kind: str, unit: str, prices: dict[str, Any]):
    """A number for each activity, in £ or points."""
    for activity, price in prices.items():
        Typed(raw, (*at, activity), f"{unit} {words.value(activity)}", price, "number").key(activity)
    left = [a for a in draft.ACTIVITIES[kind] if a not in prices]
    Choice(
        f"{key(at[:-1])}.more",
        f"Add {unit} for",
        "",
        lambda a: change(raw, (*at, a), 1.0) if a else None,
        [("", "…"), *((a, words.value(a)) for a in left)],
    )
