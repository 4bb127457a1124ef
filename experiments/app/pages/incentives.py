"""Incentives: marginal pay under each contract, on any date, for any provider; nothing is simulated."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import solara

from ....model.errors import InputError
from ....model.system import HealthEconomy
from ...results import incentives as marginal
from ...results import numbers
from ..controls.fields import Buttons, Html
from ..controls.pickers import Funding as Ways
from ..controls.pickers import Place, Running, When, Whose
from ..controls.tree import Unused
from ..drawings.heat import day, heat
from ..drawings.markup import empty
from ..work import state, store
from ..work.priced import Priced, price
from ..work.task import Handle
from . import build

looked_at = solara.reactive("status_quo")  #: the way of paying that is shown beside the main four, and that Edit opens


def choice() -> tuple[Any, ...]:
    """The place and the file to price; the stamp changes when a file is saved again."""
    return (state.place.value, looked_at.value, store.stamp(looked_at.value))


def find() -> None:
    """Prepare the place and the chosen way of paying for pricing."""
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
            Shown(*result)


@solara.component
def Shown(wanted: tuple[Any, ...], base: HealthEconomy, own: Priced | str):
    """The choices and the heat map, with a button in each row that leads to Build."""
    router = solara.use_router()
    of = state.whose.value if any(state.whose.value in cohort.names for cohort in base.cohorts) else ""
    frames, wrong = solara.use_memo(lambda: tables(base, of), [id(base), of])
    at = None if isinstance(own, str) else week(own)
    own_columns = solara.use_memo(lambda: columns(own, at, of), [id(own), at, of])
    everything = {**frames, **own_columns}

    def edit(node: str) -> None:
        if not isinstance(own, str) and opened(wanted[1], own, node):
            router.push("/build")

    Html(f"<h1>{escape(_finding(everything))}</h1>")
    with solara.Div(classes=["ff-two"]):
        with solara.Div(classes=["ff-panel", "ff-controls"]):
            Place()
            Ways("way", "Way of paying to look at", looked_at)
            if not isinstance(own, str):
                When(own.days, week(own))
            wrong = [*wrong, *([own] if isinstance(own, str) else [])]
            Html("".join(f'<div class="ff-bad" role="alert">{escape(sentence)}</div>' for sentence in wrong))
            Running(state.pricing)
            Html('<p class="ff-note"><b>Edit</b> in a row opens this way of paying in Build, at what it pays for one '
                 "more, with its marginal pay beside it.</p>")  # fmt: skip
        with solara.Div(classes=["ff-panel"]):
            Whose()
            Buttons(heat(everything, of != "", "" if isinstance(own, str) else own.title), edit)


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
    """The week whose contracts are priced: the chosen one, or that of the last change."""
    return state.when.value if state.when.value in own.days else max(own.days)


def columns(own: Priced | str, at: Any, of: str = "") -> dict[str, pd.DataFrame]:
    """Marginal pay under the chosen way of paying, by title: at the start and, if it changes, on the chosen date."""
    if isinstance(own, str):
        return {}
    if len(own.days) == 1:
        shown = own.title in [state.title(name) for name in state.FOUR]
        return {} if shown else {own.title: own.table(at, of)}
    return {f"{own.title}, from {day(own.days[w])}": own.table(w, of) for w in dict.fromkeys((min(own.days), at))}


def opened(name: str, own: Priced, node: str) -> bool:
    """Open the chosen way of paying in Build at what it pays for one more; says whether there is such a row."""
    kind, _, label = node.partition("|")
    units = {(cohort.kind, said): unit for cohort in own.model.cohorts for unit, said in marginal.units(cohort)}
    if (kind, label) not in units:
        return False
    at = week(own)
    build.edit(name, kind, label, units[kind, label], own.payers_of(at, kind, units[kind, label]), own.days[at])
    return True


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
