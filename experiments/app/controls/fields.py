"""Form fields of the pages; each shows its own error message."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import solara

from ....model.errors import InputError
from ..work import state


@solara.component_vue("field.vue")
def _Field(
    name: str,
    label: str,
    value: str,
    error: str,
    help: str,
    unit: str,
    rows: int,
    numeric: bool,
    event_typed: Callable[[str], None],
):
    pass


@solara.component_vue("choice.vue")
def _Choice(
    name: str, label: str, value: str, options: list[list[str]], help: str, event_chosen: Callable[[str], None]
):
    pass


@solara.component_vue("picture.vue")
def _Picture(svg: str, chosen: str, event_chosen: Callable[[str], None]):
    pass


@solara.component_vue("load.vue")
def _Load(name: str, label: str, help: str, event_loaded: Callable[[str], None]):
    pass


@solara.component_vue("buttons.vue")
def _Buttons(markup: str, event_pressed: Callable[[str], None]):
    pass


@solara.component_vue("focus.vue")
def _Focus(name: str, event_found: Callable[[str], None]):
    pass


@solara.component_vue("document.vue")
def Document():
    """Settings of the whole page: its language, and that visitors may zoom."""


@solara.component_vue("fold.vue")
def _Toggle(label: str, unfolded: bool, heading: bool, event_toggled: Callable[[bool], None]):
    pass


def _id(key: str) -> str:
    """The HTML id of a control."""
    return "ff-" + re.sub(r"[^a-z0-9]+", "-", key.lower())


def _field(
    key: str,
    label: str,
    value: str,
    take: Callable[[str], None],
    error: str,
    help: str,
    unit: str,
    rows: int,
    numeric: bool,
) -> None:
    _Field(
        name=_id(key),
        label=label,
        value=value,
        error=error,
        help=help,
        unit=unit,
        rows=rows,
        numeric=numeric,
        event_typed=take,
    )


def parse_number(typed: str, label: str, low: float, high: float, whole: bool) -> float:
    """Read a number from ``low`` to ``high`` that someone has typed.

    Raises:
        InputError: when the text is not a number or is out of range.
    """
    expected = f"{label + ': ' * bool(label)}enter a {'whole ' if whole else ''}number from {low:,g} to {high:,g}"
    plain = typed.strip().replace("−", "-")
    if not re.fullmatch(r"[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][+-]?[0-9]{1,3})?", plain):
        raise InputError(f"{expected}, not '{typed[:30]}'" if plain else expected)
    value = float(plain)
    if not np.isfinite(value) or (whole and value != round(value)) or not low <= value <= high:
        raise InputError(f"{expected}, not {typed.strip()[:30]}")
    return value


@solara.component
def Number(
    key: str,
    label: str,
    value: float,
    on_value: Callable[[Any], None],
    low: float,
    high: float,
    *,
    unit: str = "",
    help: str = "",
    whole: bool = False,
) -> Any:
    """A field for a number within bounds. A bad entry shows an error and leaves the last good value in force."""
    typed, set_typed = solara.use_state(f"{value:.10g}")
    error = state.problems.value.get(key, "")

    def follow() -> None:  # a new value from elsewhere replaces the typed text
        try:
            same = parse_number(typed, label, low, high, whole) == value
        except InputError:
            same = bool(error)
        if not same:
            set_typed(f"{value:.10g}")

    solara.use_effect(follow, [value, error])

    def take(text: str) -> None:
        set_typed(text)
        try:
            number = parse_number(text, label, low, high, whole)
        except InputError as wrong:
            state.problems.value = {**state.problems.value, key: f"{wrong}."}
            return
        state.problems.value = {k: v for k, v in state.problems.value.items() if k != key}
        on_value(int(number) if whole else number)

    _field(key, label, typed, take, error, help, unit, 1, True)


@solara.component
def Text(
    key: str,
    label: str,
    value: str,
    on_value: Callable[[str], None],
    *,
    rows: int = 1,
    help: str = "",
    error: str = "",
):
    """A field for text of up to 64,000 characters."""
    _field(key, label, value, lambda text: on_value(text[:64_000]), error, help, "", rows, False)


@solara.component
def Choice(
    key: str,
    label: str,
    value: str,
    on_value: Callable[[str], None],
    options: Sequence[tuple[str, str]],
    help: str = "",
):
    """A drop-down list. A value that is not on it is ignored."""

    def take(chosen: str) -> None:
        if chosen in [name for name, _ in options]:
            on_value(chosen)

    _Choice(name=_id(key), label=label, value=value, options=[list(o) for o in options], help=help, event_chosen=take)


@solara.component
def Fold(summary: str, children: list[Any] = [], expand: bool = False, heading: bool = False):  # noqa: B006
    """A section that opens on a click; its contents are made only then. ``heading``: its label is a heading."""
    unfolded, unfold = solara.use_state(expand)
    _Toggle(label=summary, unfolded=unfolded, heading=heading, event_toggled=lambda now: unfold(bool(now)))
    if unfolded:
        solara.Div(children=children, classes=["ff-folded"])


@solara.component
def Load(key: str, label: str, on_text: Callable[[str], None], help: str = ""):
    """A button to upload a file, read as text."""
    _Load(name=_id(key), label=label, help=help, event_loaded=on_text)


@solara.component
def Picture(svg: str, on_chosen: Callable[[str], None] | None = None, chosen: str = ""):
    """An SVG picture. Parts with ``data-node`` can be selected by mouse or Enter and are highlighted at once."""
    _Picture(svg=svg, chosen=chosen, event_chosen=on_chosen or (lambda _: None))


@solara.component
def Buttons(markup: str, on_pressed: Callable[[str], None]):
    """Trusted HTML with buttons of its own; ``on_pressed`` gets the ``data-node`` of the one that is pressed."""
    _Buttons(markup=markup, event_pressed=lambda node: on_pressed(str(node)))


@solara.component
def Focus(key: str, on_found: Callable[[], None]):
    """Moves the keyboard to the control of a key as soon as it is there, then says so; none for an empty key."""
    _Focus(name=_id(key) if key else "", event_found=lambda _: on_found())


@solara.component
def Html(markup: str):
    """Trusted HTML: callers escape whatever comes from visitors or files.

    Markup that comes and goes is drawn as ``""`` while it is away. Controls after it would otherwise be made anew,
    and a click or a letter that is on its way to the old ones would be lost.
    """
    solara.HTML(tag="div", unsafe_innerHTML=markup)
