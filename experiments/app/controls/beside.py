"""The money beside a draft: a year of it against a reference, on any of its dates, and shares of it on sliders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import pandas as pd
import solara

from ....model.scenario import KINDS
from ...results import incentives as marginal
from ...results import numbers
from ..drawings.heat import SHOWN, day
from ..work import first_year, mix, state, words
from ..work.first_year import Pay
from ..work.priced import Priced, price, price_draft
from ..work.task import Handle
from .fields import Choice, Html
from .pickers import Status, When, Whose

Key = tuple[str, str, str]
PENNY = 0.005  #: £; smaller differences are none
TOTALS = (10, 200)  #: per cent of the reference's money within which a slider moves a kind's pay


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


def latest() -> tuple[Priced, Priced] | None:
    """The draft and the reference, as they were priced last."""
    found = state.costing.result.value
    return None if found is None else found[1]


def current(text: str, reference: str) -> tuple[Priced, Priced] | None:
    """The draft and the reference as they are now; nothing while they are being priced."""
    found = state.costing.result.value
    return found[1] if found is not None and found[0] == key(text, reference) else None


def follow(text: str, wrong: str, reference: str) -> None:
    """Price the draft again whenever it, the place or the reference has changed."""
    wanted = key(text, reference)
    found = state.costing.result.peek()
    if text and not wrong and (found is None or found[0] != wanted):

        def work(handle: Handle) -> tuple[Key, tuple[Priced, Priced]]:
            usual = price(wanted[0], reference, handle)
            return wanted, (price_draft(wanted[0], text, handle), usual)

        state.costing.start(work, "Pricing", wanted)


def chosen(own: Priced) -> int:
    """The week whose contracts are shown: the chosen one, or that of the last change."""
    return state.when.value if state.when.value in own.days else max(own.days)


@solara.component
def Beside(text: str, wrong: str, reference: str, on_reference: Callable[[str], None], kind: str):
    """£ a head in a year by provider and payer, and what one more brings, beside the reference."""
    solara.use_effect(lambda: follow(text, wrong, reference), [text, wrong, reference, state.place.value])
    found = state.costing.result.value
    Html("<h2>The first year, before anyone responds</h2>")
    Choice("beside", "Compared with", reference, on_reference, state.labels())
    Status(state.costing)
    if found is None or found[0][0] != state.place.value:
        Html('<p class="ff-note">Pounds for each person appear here once the place is ready.</p>')
        return
    own, usual = found[1]
    week = chosen(own)
    old = " ff-old" if found[0] != key(text, reference) else ""
    When(own.days, week)
    Html(f'<div class="ff-money{old}">{_warnings(own, usual)}{_providers(own, usual, week)}'
         f"{_payers(own, usual, week)}</div>")  # fmt: skip
    Html(f"<h3>What one more brings: {SHOWN[kind].lower()}</h3>")
    Whose(kind)
    OneMore(own, usual, kind, week, old)


@solara.component
def OneMore(own: Priced, usual: Priced, kind: str, week: int, old: str):
    """Marginal pay of a kind of provider, or of one of them, beside the reference."""
    cohort = marginal.cohort_of(own.model, kind)
    of = state.whose.value if state.whose.value in cohort.names else ""
    tables = solara.use_memo(lambda: (own.table(week, of), usual.table(week, of)), [id(own), id(usual), week, of])
    Html(f'<div class="ff-money{old}">{_one_more(*tables, kind, _dated(own, week))}</div>')


def _dated(own: Priced, week: int) -> str:
    """The heading of the draft's column: its date where its contracts change."""
    return f"draft, {day(own.days[week])}" if len(own.days) > 1 else "draft"


def doubts(own: Priced, usual: Priced) -> list[str]:
    """Kinds of provider that would be paid far less or far more than under the reference, and from when."""
    out: dict[str, str] = {}
    for week, on in own.days.items():
        since = f" from {day(on)}" if week else ""
        for row in first_year.against(own.year(week), usual.year(week)):
            if row.far:
                out.setdefault(row.kind, f"{SHOWN[row.kind]}{since}: {_far(row)}")
    return list(out.values())


def _far(row: first_year.Against) -> str:
    """How far a kind's pay is from the reference's."""
    if not row.now:
        return "paid nothing"
    if not row.usual:
        return f"paid {numbers.price(row.now)} a head, where the reference pays nothing"
    change = 100.0 * (row.now / row.usual - 1.0)
    return f"paid {numbers.significant(abs(change), 2)} % {'less' if change < 0 else 'more'} than under the reference"


def _warnings(own: Priced, usual: Priced) -> str:
    """Which providers would earn far less or far more, from the beginning and from each date."""
    out, before = [], ""
    for week, on in own.days.items():
        now = " ".join(filter(None, map(_counted, first_year.against(own.year(week), usual.year(week)))))
        if now != before:
            out.append(f"{f'From {day(on)}: ' if week else ''}{now or 'nobody earns far more or less.'}")
        before = now
    said = f"Against the reference: {' '.join(out)}" if out else ""
    return f'<div class="ff-warn" role="status">{escape(said)}</div>' if said else ""


def _counted(row: first_year.Against) -> str:
    """How many providers of a kind would earn far less or far more."""
    parts = [
        f"{n} of {row.providers} earn{'s' if n == 1 else ''} over {100 * first_year.FAR:.0f} % {word}"
        for n, word in ((row.less, "less"), (row.more, "more"))
        if n
    ]
    return f"{SHOWN[row.kind]}: {', '.join(parts)}." if parts else ""


def _row(label: str, usual: float, *drafts: float) -> str:
    """Pounds under the reference and the draft, at first and then, with the change of the last."""
    now = drafts[-1]
    change = numbers.signed_significant(100.0 * (now / usual - 1.0), 2) + " %" if usual else "–"
    cells = (numbers.price(usual), *map(numbers.price, drafts), "0 %" if abs(now - usual) < PENNY else change)
    return f"<tr><th scope='row'>{escape(label)}</th>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _table(caption: str, drafts: Sequence[str], rows: list[str]) -> str:
    head = "".join(f"<th scope='col'>{word}</th>" for word in ("", "reference", *drafts, "change"))
    body = "".join(rows)
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _years(own: Priced, week: int) -> tuple[list[str], list[Pay]]:
    """The draft's columns: its first contracts, and those of the chosen date where that is a later one."""
    weeks = sorted({0, week})
    return ["draft, at first"] * (week > 0) + [_dated(own, week)], [own.year(w) for w in weeks]


def _providers(own: Priced, usual: Priced, week: int) -> str:
    heads, years = _years(own, week)
    rows = [_row(SHOWN[kind], usual.year(week).head(kind), *(year.head(kind) for year in years)) for kind in KINDS]
    return _table("Paid to, £ a year for each person of the place", heads, rows)


def _payers(own: Priced, usual: Priced, week: int) -> str:
    called = {"council": "Council"}
    heads, years = _years(own, week)
    every = [usual.year(week).payers, *(year.payers for year in years)]
    names = dict.fromkeys(name for payers in every for name in payers)
    rows = [_row(called.get(name, words.value(name)), *(payers.get(name, 0.0) for payers in every)) for name in names]
    return _table("Paid by, £ a year for each person of the place", heads, rows)


def _one_more(own: pd.DataFrame, usual: pd.DataFrame, kind: str, head: str) -> str:
    def paid(frame: pd.DataFrame) -> dict[str, float]:
        rows = frame[frame["kind"] == kind]
        return {str(unit): float(pays + pool) for unit, pays, pool in
                zip(rows["unit"], rows["pays"], rows["pool"], strict=True)}  # fmt: skip

    now, then = paid(own), paid(usual)
    rows = [_row(unit, then[unit], now[unit]) for unit in now if now[unit] or then[unit]]
    return _table("£ for", [head], rows) if rows else '<p class="ff-note">One more of anything brings nothing.</p>'


@solara.component
def Shares(raw: solara.Reactive[dict[str, Any]], kind: str, reference: str):
    """How a kind of provider is paid, as its total and shares of it that sliders move."""
    found = latest()
    if found is None:
        return
    own, usual = (priced.year() for priced in found)
    parts = mix.parts(raw.value, kind, own.paid(kind))
    now, payer = mix.shares(parts), words.value(mix.chief(parts))
    goal = (reference, usual.pounds(kind))
    able = bool(mix.movable(parts)) and not state.costing.running.value
    rest = mix.left_out(raw.value, kind, parts)
    Html(
        f"<h3>Its pay in the first year</h3>"
        f'<p class="ff-note">Moving a share makes the others of the same payer ({escape(payer)}) give way; the total '
        f"stays as it is.{escape(f' Sliders leave out {_listed(rest)}.') if rest else ''}</p>"
    )
    with solara.Div(classes=["ff-fields"]):
        total = 100.0 * own.pounds(kind) / goal[1] if goal[1] else 0.0
        _slide(
            f"ff-total-{kind}", "In all, of the reference", total, TOTALS, able and total > 0.0,
            lambda to: raw.set(mix.totalled(raw.value, kind, parts, to / 100.0, goal)),
        )  # fmt: skip
        for manner, label in words.MANNERS.items():
            _slide(
                f"ff-share-{kind}-{manner}", f"Paid {label}", 100.0 * now[manner], (0, 100), able,
                lambda to, manner=manner: raw.set(mix.moved(raw.value, kind, parts, manner, to / 100.0, goal)),
            )  # fmt: skip


def _listed(parts: list[str]) -> str:
    """Parts of a sentence with commas and an and."""
    return " and ".join(filter(None, ("; ".join(parts[:-1]), parts[-1])))


def _slide(
    name: str, label: str, value: float, bounds: tuple[int, int], able: bool, on_moved: Callable[[float], None]
) -> None:
    """A slider in whole per cent, which ignores what is outside its bounds."""
    low, high = bounds

    def move(to: Any) -> None:
        if isinstance(to, int | float) and low <= to <= high:
            on_moved(float(to))

    _Slider(
        name=name, label=label, value=round(value), low=low, high=high, step=1, unit=" %", said=f"{round(value)} %",
        able=able, event_moved=move,
    )  # fmt: skip
