"""Incentives: marginal pay under each contract, on any date and with edited prices; nothing is simulated."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd
import solara

from ....model.errors import InputError
from ....model.numbers import MOST
from ....model.system import HealthEconomy
from ...results import incentives as marginal
from ...results import numbers
from ..controls.fields import Choice, Html, Number
from ..controls.pickers import Funding as Ways
from ..controls.pickers import Place, Running
from ..controls.tree import Unused
from ..drawings.heat import SHOWN, day, heat
from ..drawings.markup import empty
from ..work import state, store
from ..work.priced import Priced, price
from ..work.task import Handle

edited = solara.reactive("status_quo")
kind = solara.reactive("hospital")
whose = solara.reactive("")  #: code of one provider; empty for the average of each kind
when = solara.reactive(-1)  #: week whose contract is priced; the last change when no contract changes then
edits: solara.Reactive[dict[str, float]] = solara.reactive({})


def choice() -> tuple[Any, ...]:
    """The place and the file to price; the stamp changes when a file is saved again."""
    return (state.place.value, edited.value, store.stamp(edited.value))


def find() -> None:
    """Prepare the place and the edited way of paying for pricing."""
    wanted = choice()
    where, name, _ = wanted

    def work(handle: Handle) -> tuple[tuple[Any, ...], HealthEconomy, Priced | str]:
        base = state.reference_model(where, handle)
        try:
            return wanted, base, price(where, name, handle)
        except InputError as error:  # other ways of paying can still be shown
            return wanted, base, f"{error}."

    state.pricing.start(work, "Pricing")


@solara.component
def Page():
    """The page."""
    _ = state.shelf.value
    result, now = state.pricing.result.value, choice()
    solara.use_effect(lambda: find() if result is None or result[0] != now else None, [*now])
    with solara.Div(classes=["ff-app"]):
        Unused()
        if result is None or result[0][0] != now[0]:
            Html("<h1>What each contract pays for extra activity</h1>")
            with solara.Div(classes=["ff-two"]):
                with solara.Div(classes=["ff-panel", "ff-controls"]):
                    Place()
                    Running(state.pricing)
                Html(empty("Prices appear here once the place is ready. They need no simulation."))
        else:
            Shown(result[1], result[2])


@solara.component
def Shown(base: HealthEconomy, own: Priced | str):
    """The editor and the heat map."""
    of = whose.value if any(whose.value in cohort.names for cohort in base.cohorts) else ""
    frames, wrong = solara.use_memo(lambda: tables(base, of), [id(base), of])
    at = own if isinstance(own, str) else week(own)
    own_columns = solara.use_memo(lambda: columns(own, at, edits.value, of), [id(own), at, edits.value, of])
    everything = {**frames, **own_columns}
    Html(f"<h1>{escape(_finding(everything))}</h1>")
    with solara.Div(classes=["ff-two"]):
        with solara.Div(classes=["ff-panel", "ff-controls"]):
            Place()
            Editor(own)
            wrong = [*wrong, *([own] if isinstance(own, str) else [])]
            Html("".join(f'<div class="ff-bad" role="alert">{escape(sentence)}</div>' for sentence in wrong))
            Running(state.pricing)
        with solara.Div(classes=["ff-panel"]):
            Whose(base, of)
            Html(heat(everything, of != ""))


@solara.component
def Whose(model: HealthEconomy, of: str):
    """Choice between the average provider of each kind and one provider."""
    practices, hospitals = model.place.practices, model.place.file.hospitals
    names = [(h.id, h.name) for h in hospitals]
    names += list(zip(map(str, practices.code), map(str, practices.name), strict=True))
    Choice("whose", "Paid to", of, whose.set, [("", "the average provider of each kind"), *names])


def tables(model: HealthEconomy, of: str = "") -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Marginal pay under the main four, by title, and the errors of those that cannot be priced."""
    frames, wrong = {}, []
    for name in state.FOUR:
        try:
            how = state.funding_of(name)
            frames[how.title] = marginal.table(model, state.solved(model, how), of)
        except InputError as error:
            wrong.append(f"{error}.")
    return frames, wrong


def week(own: Priced) -> int:
    """The week whose contract is priced: the chosen one, or that of the last change."""
    return when.value if when.value in own.days else max(own.days)


def columns(own: Priced | str, at: Any, changes: Mapping[str, float], of: str = "") -> dict[str, pd.DataFrame]:
    """Marginal pay under the edited way of paying, by title: on the chosen date and, if it changes, at the start."""
    if isinstance(own, str):
        return {}
    made = " (edited)" if changes else ""
    if len(own.days) == 1:
        shown = own.title in [state.title(name) for name in state.FOUR] and not changes
        return {} if shown else {own.title + made: own.table(at, changes, of)}
    chosen = {f"{own.title}, from {day(own.days[at])}{made}": own.table(at, changes, of)}
    first = min(own.days)
    return chosen if at == first else {f"{own.title}, from {day(own.days[first])}": own.table(first, {}, of)} | chosen


@solara.component
def Editor(own: Priced | str):
    """The numbers of one contract; an edit shows at once."""
    Ways("edited", "Contract to edit", edited, _other)
    if isinstance(own, str):
        return
    if len(own.days) > 1:
        options = [(str(at), day(date)) for at, date in own.days.items()]
        Choice("when", "Contract from", str(week(own)), lambda at: when.set(int(at)), options,
               help="dates on which this way of paying changes a contract")  # fmt: skip
    Choice("kind", "Provider", kind.value, kind.set, list(SHOWN.items()))
    solara.Button("Undo all edits", on_click=lambda: _undo(), outlined=True, small=True)
    with solara.Div(classes=["ff-scroll"]):
        for path, label, value in own.fields(week(own), kind.value):
            Number(
                path,
                label,
                edits.value.get(path, value),
                lambda v, p=path, old=value: _edit(p, v, old),
                0.0,
                MOST,
                help=f"default {value:,.4g}",
            ).key(f"{own.name}/{week(own)}/{path}")


def _other(name: str) -> None:
    _undo()
    edited.value = name


def _edit(path: str, value: float, old: float) -> None:
    rest = {k: v for k, v in edits.value.items() if k != path}
    edits.value = rest if value == old else {**rest, path: float(value)}


def _undo() -> None:
    edits.value = {}
    state.problems.value = {k: v for k, v in state.problems.value.items() if not k.startswith("contracts.")}


def _finding(frames: dict[str, pd.DataFrame]) -> str:
    label = "one more overnight emergency admission"
    parts = []
    for title, frame in frames.items():
        rows: Any = frame[frame["unit"] == label]
        if len(rows):
            parts.append((float((rows["pays"] + rows["pool"]).iloc[0]), title))
    if not parts:
        return "What each contract pays for extra activity"
    high, low = max(parts), min(parts)
    return (
        f"Each extra overnight emergency earns a hospital {numbers.price(high[0], 0)} under “{high[1]}” and "
        f"{numbers.price(low[0], 0)} under “{low[1]}”"
    )
