"""Controls that say in words what is wrong beside themselves."""

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


@solara.component_vue("document.vue")
def Document():
    """What holds for the page as a whole."""


@solara.component_vue("fold.vue")
def _Toggle(label: str, unfolded: bool, event_toggled: Callable[[bool], None]):
    pass


def _id(key: str) -> str:
    """A control's name in the page."""
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


def words(typed: str, label: str, low: float, high: float, whole: bool) -> float:
    """The number in a text.

    Raises:
        InputError: in words, when it is none or out of range.
    """
    expected = f"{label + ': ' * bool(label)}expected a {'whole ' if whole else ''}number from {low:,g} to {high:,g}"
    plain = typed.strip().replace("−", "-")
    if not re.fullmatch(r"[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][+-]?[0-9]{1,3})?", plain):
        raise InputError(f"{expected}, got '{typed[:30]}'")
    value = float(plain)
    if not np.isfinite(value) or (whole and value != round(value)) or not low <= value <= high:
        raise InputError(f"{expected}, got {typed.strip()[:30]}")
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
    """A number within bounds; what cannot be used is refused beside it and keeps the last good value."""
    typed, set_typed = solara.use_state(f"{value:.10g}")
    error = state.problems.value.get(key, "")

    def follow() -> None:  # a new value from elsewhere replaces what was typed
        try:
            same = words(typed, label, low, high, whole) == value
        except InputError:
            same = bool(error)
        if not same:
            set_typed(f"{value:.10g}")

    solara.use_effect(follow, [value, error])

    def take(text: str) -> None:
        set_typed(text)
        try:
            number = words(text, label, low, high, whole)
        except InputError as wrong:
            state.problems.value = {**state.problems.value, key: f"{wrong}."}
            return
        state.problems.value = {k: v for k, v in state.problems.value.items() if k != key}
        on_value(int(number) if whole else number)

    _field(key, label, typed, take, error, help, unit, 1, True)


@solara.component
def Words(
    key: str,
    label: str,
    value: str,
    on_value: Callable[[str], None],
    *,
    rows: int = 1,
    help: str = "",
    error: str = "",
):
    """Words of up to 64,000 letters."""
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
    """One of several; a value that is not offered is refused."""

    def take(chosen: str) -> None:
        if chosen in [name for name, _ in options]:
            on_value(chosen)

    _Choice(name=_id(key), label=label, value=value, options=[list(o) for o in options], help=help, event_chosen=take)


@solara.component
def Fold(summary: str, children: list[Any] = [], expand: bool = False):  # noqa: B006
    """What is folded away until it is asked for; only then is it made."""
    unfolded, unfold = solara.use_state(expand)
    _Toggle(label=summary, unfolded=unfolded, event_toggled=lambda now: unfold(bool(now)))
    if unfolded:
        solara.Div(children=children, classes=["ff-folded"])


@solara.component
def Load(key: str, label: str, on_text: Callable[[str], None], help: str = ""):
    """A file of the visitor's, as text."""
    _Load(name=_id(key), label=label, help=help, event_loaded=on_text)


@solara.component
def Picture(svg: str, on_chosen: Callable[[str], None] | None = None, chosen: str = ""):
    """An SVG picture; parts that carry ``data-node`` can be chosen by mouse or Enter, and show it at once."""
    _Picture(svg=svg, chosen=chosen, event_chosen=on_chosen or (lambda _: None))


@solara.component
def Html(markup: str):
    """Markup of our own making."""
    solara.HTML(tag="div", unsafe_innerHTML=markup)
