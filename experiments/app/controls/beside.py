"""The money beside a draft: its first year against a reference, and shares of it on sliders."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import pandas as pd
import solara

from ...results import numbers
from ..drawings.heat import SHOWN
from ..work import first_year, mix, state, words
from ..work.first_year import Pay
from .fields import Choice, Html
from .pickers import Status

Key = tuple[str, str, str]


@solara.component_vue("slider.vue")
def _Slider(
    name: str,
    label: str,
    value: float,
    low: float,
    high: float,
    step: float,
    unit: str,
    said: str,
    able: bool,
    event_moved: Callable[[Any], None],
):
    pass


def key(text: str, reference: str) -> Key:
    """What a price rests on: the place, the reference and the file."""
    return (state.place.value, reference, text)


def latest() -> tuple[Pay, Pay] | None:
    """The draft's first year and the reference's, as they were priced last."""
    found = state.costing.result.value
    return None if found is None else found[1]


def follow(text: str, wrong: str, reference: str) -> None:
    """Price the draft again whenever it, the place or the reference has changed."""
    wanted = key(text, reference)
    found = state.costing.result.peek()
    if text and not wrong and (found is None or found[0] != wanted):
        where = wanted[0]
        state.costing.start(lambda h: (wanted, first_year.priced(where, text, reference, h)), "Pricing", wanted)


@solara.component
def Beside(text: str, wrong: str, reference: str, on_reference: Callable[[str], None], kind: str):
    """£ a head in the first year by provider and payer, and what one more brings, beside the reference."""
    solara.use_effect(lambda: follow(text, wrong, reference), [text, wrong, reference, state.place.value])
    found = state.costing.result.value
    Html("<h2>The first year, before anyone responds</h2>")
    Choice("beside", "Compared with", reference, on_reference, state.labels())
    Status(state.costing)
    if found is None or found[0][0] != state.place.value:
        Html('<p class="ff-note">Pounds for each person appear here once the place is ready.</p>')
        return
    own, usual = found[1]
    old = " ff-old" if found[0] != key(text, reference) else ""
    Html(f'<div class="ff-money{old}">{_warnings(own, usual)}{_providers(own, usual)}{_payers(own, usual)}</div>')
    Html(f'<div class="ff-money{old}">{_one_more(own, usual, kind)}</div>')


def _warnings(own: Pay, usual: Pay) -> str:
    """Which providers would earn far less or far more."""
    out = []
    for row in first_year.against(own, usual):
        parts = [
            f"{n} of {row.providers} earn{'s' if n == 1 else ''} over {100 * first_year.FAR:.0f} % {word}"
            for n, word in ((row.less, "less"), (row.more, "more"))
            if n
        ]
        if parts:
            out.append(f"{SHOWN[row.kind]}: {', '.join(parts)}.")
    said = f"Against the reference: {' '.join(out)}" if out else ""
    return f'<div class="ff-warn" role="status">{escape(said)}</div>' if said else ""


def _row(label: str, now: float, usual: float) -> str:
    change = numbers.signed_significant(100.0 * (now / usual - 1.0), 2) + " %" if usual else "–"
    cells = (numbers.price(now), numbers.price(usual), "0 %" if now == usual else change)
    return f"<tr><th scope='row'>{escape(label)}</th>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _table(caption: str, rows: list[str]) -> str:
    head = "".join(f"<th scope='col'>{word}</th>" for word in ("", "draft", "reference", "change"))
    body = "".join(rows)
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _providers(own: Pay, usual: Pay) -> str:
    rows = [_row(SHOWN[row.kind], row.now, row.usual) for row in first_year.against(own, usual)]
    return _table("Paid to, £ a year for each person of the place", rows)


def _payers(own: Pay, usual: Pay) -> str:
    called = {"council": "Council"}
    names = dict.fromkeys([*usual.payers, *own.payers])
    rows = [
        _row(called.get(name, words.value(name)), own.payers.get(name, 0.0), usual.payers.get(name, 0.0))
        for name in names
    ]
    return _table("Paid by, £ a year for each person of the place", rows)


def _one_more(own: Pay, usual: Pay, kind: str) -> str:
    def paid(frame: pd.DataFrame) -> dict[str, float]:
        rows = frame[frame["kind"] == kind]
        return {str(unit): float(pays + pool) for unit, pays, pool in
                zip(rows["unit"], rows["pays"], rows["pool"], strict=True)}  # fmt: skip

    now, then = paid(own.one_more), paid(usual.one_more)
    rows = [_row(unit, now[unit], then[unit]) for unit in now if now[unit] or then.get(unit)]
    return (
        _table(f"{SHOWN[kind]}: £ for", rows) if rows else '<p class="ff-note">One more of anything brings nothing.</p>'
    )


@solara.component
def Shares(raw: solara.Reactive[dict[str, Any]], kind: str, reference: str):
    """How a kind of provider is paid, as shares of its money that sliders move."""
    found = latest()
    if found is None:
        return
    own, usual = found
    parts = mix.parts(raw.value, kind, own.paid(kind))
    now, payer = mix.shares(parts), mix.chief(parts)
    goal = (reference, usual.pounds(kind))
    able = bool(mix.movable(parts)) and not state.costing.running.value
    Html(
        f"<h3>Shares of its pay</h3>"
        f'<p class="ff-note">Moving one makes the others of the same payer ({escape(words.value(payer))}) give way; '
        "the sum stays as it is.</p>"
    )
    with solara.Div(classes=["ff-fields"]):
        for manner, label in words.MANNERS.items():
            share = round(100.0 * now[manner])

            def move(to: Any, manner: str = manner) -> None:
                if isinstance(to, int | float) and 0.0 <= to <= 100.0:
                    raw.value = mix.moved(raw.value, kind, parts, manner, to / 100.0, goal)

            _Slider(
                name=f"ff-share-{kind}-{manner}", label=f"Paid {label}", value=share, low=0, high=100, step=1,
                unit=" %", said=f"{share} %", able=able, event_moved=move,
            )  # fmt: skip
