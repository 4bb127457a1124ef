"""Incentives: what one more of everything brings, contract beside contract, and a contract edited with no run."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import pandas as pd
import solara

from ...model.errors import InputError
from ...model.scenario import KINDS, Funding
from ...model.system import FundingFlows
from .. import incentives as marginal
from . import state
from .controls import Choice, Html, Number
from .heat import SHOWN, heat
from .markup import empty, pounds
from .pickers import Funding as Ways
from .pickers import Place, Running
from .task import Handle

edited = solara.reactive("status_quo")
kind = solara.reactive("hospital")
whose = solara.reactive("")  #: code of the provider shown; empty for the average of each kind
edits: solara.Reactive[dict[str, float]] = solara.reactive({})
MOST = 1e6  #: £, the largest price a page takes


def find() -> None:
    """Find the place's providers to price contracts on."""
    where = state.place.peek()

    def work(handle: Handle) -> tuple[str, FundingFlows]:
        return where, state.yardstick(where, handle)

    state.pricing.start(work)


@solara.component
def Page():
    """The page."""
    result = state.pricing.result.value
    where = state.place.value
    stale = result is None or result[0] != where
    solara.use_effect(lambda: find() if stale else None, [where])
    with solara.Div(classes=["ff-app"]):
        if stale:
            Html("<h1>What one more of everything brings</h1>")
            with solara.Div(classes=["ff-two"]):
                with solara.Div(classes=["ff-panel", "ff-controls"]):
                    Place()
                    Running(state.pricing)
                Html(empty("Contracts are priced on the place's expected year; no run is needed."))
        else:
            Priced(result[1])  # type: ignore[index]


@solara.component
def Priced(model: FundingFlows):
    """The heat map beside the editor."""
    _ = state.shelf.value
    of = whose.value if any(whose.value in cohort.names for cohort in model.cohorts) else ""
    frames, wrong = solara.use_memo(lambda: tables(model, of), [id(model), of, state.shelf.value])
    solved_edit = solara.use_memo(lambda: _edited(model, edited.value), [id(model), edited.value, state.shelf.value])
    shown, said = _with_edits(model, solved_edit, edits.value, of)
    everything = {**frames, **({"Edited contract": shown} if shown is not None else {})}
    Html(f"<h1>{escape(_finding(everything))}</h1>")
    with solara.Div(classes=["ff-two"]):
        with solara.Div(classes=["ff-panel", "ff-controls"]):
            Place()
            Editor(solved_edit)
            for sentence in [*wrong, *([said] if said else [])]:
                Html(f'<div class="ff-bad" role="alert">{escape(sentence)}</div>')
            Running(state.pricing)
        with solara.Div(classes=["ff-panel"]):
            Whose(model, of)
            Html(heat(everything, of != ""))


@solara.component
def Whose(model: FundingFlows, of: str):
    """Whose pay is shown: the average of each kind, or that of one provider."""
    practices, hospitals = model.place.practices, model.place.file.hospitals
    names = [(h.id, h.name) for h in hospitals]
    names += list(zip(map(str, practices.code), map(str, practices.name), strict=True))
    Choice("whose", "Paid to", of, whose.set, [("", "the average provider of each kind"), *names])


def tables(model: FundingFlows, of: str = "") -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Marginal pay under the four, by title; what cannot be priced is said."""
    frames, wrong = {}, []
    for name in state.FOUR:
        try:
            how = state.funding_of(name)
            frames[how.title] = marginal.table(model, state.solved(model, how), of)
        except InputError as error:
            wrong.append(f"{error}.")
    return frames, wrong


def _edited(model: FundingFlows, name: str) -> Funding | str:
    try:
        return state.solved(model, state.funding_of(name))
    except InputError as error:
        return f"{error}."


def _with_edits(
    model: FundingFlows, how: Funding | str, changes: dict[str, float], of: str = ""
) -> tuple[pd.DataFrame | None, str]:
    if isinstance(how, str):
        return None, how
    known = {path for k in KINDS for path, _ in fields(how, k)}
    try:
        return marginal.table(model, how.changed({k: v for k, v in changes.items() if k in known}), of), ""
    except InputError as error:
        return None, f"{error}."


def fields(how: Funding, of: str) -> list[tuple[str, float]]:
    """Paths and values of a contract's numbers, neutral prices solved."""
    out = []
    for term in how.contracts[of]:
        for key in term.__dataclass_fields__:
            value = getattr(term, key, None)
            path = f"contracts.{of}.{term.name}.{key}"
            if isinstance(value, dict):
                out += [(f"{path}.{inner}", float(price)) for inner, price in value.items()]
            elif isinstance(value, int | float | np.floating) and not isinstance(value, bool) and key != "term":
                out.append((path, float(value)))
    return out


@solara.component
def Editor(how: Funding | str):
    """Numbers of one contract; a change shows at once."""
    Ways("edited", "Contract to edit", edited)
    Choice("kind", "For", kind.value, kind.set, list(SHOWN.items()))
    solara.Button("Undo all edits", on_click=lambda: _undo(), outlined=True, small=True)
    if isinstance(how, str):
        return
    with solara.Div(classes=["ff-scroll"]):
        for path, value in fields(how, kind.value):
            _, _, name, key, *inner = path.split(".")
            label = f"{name.replace('_', ' ')}: {(inner or [key])[0].replace('_', ' ')}"
            Number(
                path,
                label,
                edits.value.get(path, value),
                lambda v, p=path, old=value: _edit(p, v, old),
                0.0,
                MOST,
                help=f"in the file: {value:,.4g}",
            ).key(f"{edited.value}/{path}")


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
        if len(rows) and title != "Edited contract":
            parts.append((float(rows["pays"].iloc[0]), title))
    if not parts:
        return "What one more of everything brings"
    high, low = max(parts), min(parts)
    return (
        f"One more overnight emergency brings a hospital {pounds(high[0]).split('.')[0]} under “{high[1]}” and "
        f"{pounds(low[0]).split('.')[0]} under “{low[1]}”"
    )
