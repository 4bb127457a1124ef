"""A chain from a clause to money as five boxes, and the table that each unfolds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from ....agents.cohorts import COHORTS
from ....model.parameters import Parameter
from ...evidence.natural import show
from ...results.chain import Chain
from ...results.numbers import (
    NOTHING,
    number,
    pounds,
    price,
    signed,
    signed_amount,
    signed_valued,
    significant,
    valued,
)
from ..work import words
from .markup import exact, table, wider

HEADS = ("Clause", "£ for one more", "Behaviour", "Work", "Money")
UNIT = "£m a year"
Step = tuple[str, str, str]  #: head, figure and note of a box


def whose(kind: str) -> str:
    """The providers of a kind: hospitals, social care."""
    return COHORTS[kind].OWNERS.removesuffix("'").removesuffix("'s")


def title(chain: Chain) -> str:
    """What a chain is about: Hospitals' length of stay."""
    text = f"{chain.owners} {chain.decision.label}"
    return text[:1].upper() + text[1:]


def steps(chain: Chain, evidence: pd.DataFrame) -> list[Step]:
    """The five boxes."""
    found = (_clause(chain), _price(chain), _behaviour(chain, evidence), _work(chain), _money(chain))
    return [(head, figure, note) for head, (figure, note) in zip(HEADS, found, strict=True)]


def _clause(chain: Chain) -> tuple[str, str]:
    clause = chain.clause
    if clause is None:
        return "No clause", "no term pays more or less for it than under the reference; it follows from other behaviour"
    own: Any = chain.numbers[chain.numbers["term"] == clause["term"]]
    sort = str(own["sort"].iloc[0]) if len(own) else ""
    gone, new = bool(own["now"].isna().all()), bool(own["before"].isna().all())
    since = "no longer paid" if gone else "new" if new else "paid under both"
    return escape(words.term(sort)), f"<code>{escape(str(clause['term']))}</code>, {since}"


def _price(chain: Chain) -> tuple[str, str]:
    own = chain.price
    if own is None or (abs(own["before"]) < 0.005 and abs(own["now"]) < 0.005):
        before, now = (exact(x, pounds(x)) for x in chain.pay)
        return f"{before} → {now}", f"a year for 1 % more {escape(chain.decision.label)}, of all {whose(chain.kind)}"
    before, now = (exact(own[side], price(own[side])) for side in ("before", "now"))
    return f"{before} → {now}", escape(str(own["unit"]))


def _behaviour(chain: Chain, evidence: pd.DataFrame) -> tuple[str, str]:
    paper = " (on paper, not in care)" if chain.decision.on_paper else ""
    fits = f"; {fit(evidence)}" if len(evidence) else ""
    moved = exact(chain.moved.mean, f"{signed(chain.moved.mean, 1)} %")
    return moved, f"{escape(chain.owners)} {escape(chain.decision.label)}{paper}{fits}"


def fit(evidence: pd.DataFrame) -> str:
    """How many of the published outcomes the model's effect agrees with."""
    passed = list(evidence["verdict"]).count("pass")
    return f"{passed} of {len(evidence)} published effects reproduced"


def _work(chain: Chain) -> tuple[str, str]:
    if chain.work.empty:
        return NOTHING, "nothing that is counted"
    row: Any = chain.work.iloc[0]
    if row["measured"]:
        return exact(row["difference"], f"{signed(100.0 * row['difference'], 1)} points"), escape(str(row["label"]))
    return (
        exact(row["difference"], signed(row["difference"], 0)),
        f"{escape(str(row['label']))} a year, of {number(row['before'], 0)}",
    )


def _money(chain: Chain) -> tuple[str, str]:
    whole: Any = chain.money.iloc[0]
    figure, rest = signed_amount(whole["difference"], UNIT)
    level = valued(whole["before"], UNIT).removesuffix(rest)
    return exact(whole["difference"], figure), f"{rest.strip()} paid to {whose(chain.kind)}, of {level}"


def clauses(chain: Chain, numbers: Sequence[Sequence[str]]) -> str:
    """What each term pays for the behaviour, and the numbers of the term that changes most, with their sources."""
    rows = [
        (f"{row['term']} ({words.value(str(row['payer']))})", pounds(row["before"]), pounds(row["now"]))
        for row in chain.clauses.to_dict("records")
        if max(abs(row["before"]), abs(row["now"])) >= 0.5
    ]
    head = (f"£ a year for 1 % more {chain.decision.label}, all {whose(chain.kind)}", "Reference", "This way")
    said = wider(table(rows, head, (1, 2)), "What each term pays") if rows else "<p>No term pays for it.</p>"
    if numbers:
        head = ("Number in the file", "Reference", "This way", "Grade", "Source")
        said += wider(table(numbers, head, (1, 2)), "Numbers of the term")
    return said


def prices(chain: Chain) -> str:
    """£ for one more of everything the kind does: the figures of ``fundingflows incentives``."""
    rows = [
        (row["unit"], price(row["before"]), price(row["now"]), price(row["costs"]))
        for row in chain.prices.to_dict("records")
    ]
    note = (
        '<p class="ff-note">Of the average provider, at the end of the usual year, pools included; '
        "<code>fundingflows incentives</code> prints the same.</p>"
    )
    return wider(table(rows, ("", "Reference", "This way", "Variable cost"), (1, 2, 3)), "£ for one more") + note


def behaviour(chain: Chain, response: Parameter, providers: pd.DataFrame, evidence: pd.DataFrame) -> str:
    """Where it ends by provider with the room that is left, the response behind it, and who has measured it."""
    before, now = (pounds(x) for x in chain.pay)
    low, high = (significant(float(x)) for x in response.range)
    pay = (
        f"<p>At the end of the runs 1 % more brings {escape(whose(chain.kind))} {now} a year (reference: {before}). "
        f"95 % range of the change: {_range(chain.moved, 1)} %.</p>"
    )
    answer = (
        f"<p>{escape(response.label)}: {significant(float(np.mean(response.value)))} {escape(response.unit)}, {low} to "
        f'{high}; <b>{response.status}</b>.</p><p class="ff-note">{escape(response.source)}</p>'
    )
    rows = [
        (row["provider"], f"{number(100 * row['before'], 1)} %", f"{number(100 * row['now'], 1)} %",
         f"{number(100 * row['left'], 0)} %")
        for row in providers.to_dict("records")
    ]  # fmt: skip
    head = ("At the end, of the usual", "Reference", "This way", "Room left")
    ends = table(rows, head, (1, 2, 3))
    listed = f'<div class="ff-scroll" tabindex="0" role="region" aria-label="Behaviour by provider">{ends}</div>'
    return pay + listed + "<h4>The response</h4>" + answer + published(evidence)


def published(evidence: pd.DataFrame) -> str:
    """The published experiments that measured it: what they found, what the model says, and both verdicts."""
    if evidence.empty:
        return "<p>No published experiment that the model can be asked has measured it.</p>"
    cells = [row[:4] + row[6:8] for row in show.cells(evidence)]
    head = ("Experiment", "Outcome", "Published", "Model", "In sample", "Left out")
    note = (
        '<p class="ff-note">From the last <code>fundingflows validate</code>. In sample: the shipped numbers. '
        "Left out: a fit that has not seen the experiment.</p>"
    )
    kept = wider(table(cells, head), "Published experiments")
    return f"<h4>Published experiments: {fit(evidence)}</h4>{kept}{note}"


def _range(found: Any, digits: int) -> str:
    return f"{signed(found.low, digits)} to {signed(found.high, digits)}" if found.low == found.low else "not known"


def work(chain: Chain) -> str:
    """Everything that the behaviour moves, as the runs count it."""
    rows = []
    for row in chain.work.to_dict("records"):
        scale, digits = (100.0, 1) if row["measured"] else (1.0, 0)
        ends = [signed(scale * row[end], digits) for end in ("low", "high")] if row["low"] == row["low"] else []
        rows.append(
            (row["label"] + (", %" if row["measured"] else ""), f"{signed(row['pull'], 2)} %",
             number(scale * row["before"], digits), signed(scale * row["difference"], digits),
             " to ".join(ends) or NOTHING)
        )  # fmt: skip
    head = ("A year", "1 % more of the behaviour", "Reference", "Difference", "95 % range")
    note = (
        '<p class="ff-note">The second column is what providers expect of this behaviour alone; the difference is that '
        "of the runs, in which everything moves.</p>"
    )
    return wider(table(rows, head, (1, 2, 3, 4)), "Work") + note


def money(chain: Chain) -> str:
    """What the kind is paid, by term."""
    rows = [
        (row["term"] or "In all", valued(row["before"], UNIT), signed_valued(row["difference"], UNIT),
         _ends({**row, "unit": UNIT}))
        for row in chain.money.to_dict("records")
    ]  # fmt: skip
    return wider(table(rows, ("Paid by", "Reference", "Difference", "95 % range"), (1, 2, 3)), "Money")


def held(found: Mapping[str, pd.DataFrame], titles: Mapping[str, str], measures: Sequence[str], what: str) -> str:
    """Each difference with everything at work, with a part held, and what the part contributes."""
    said = []
    for way, frame in found.items():
        rows = [
            (row["label"], signed_valued(row["difference"], row["unit"]), signed_valued(row["held"], row["unit"]),
             signed_valued(row["change"], row["unit"]), _ends(row))
            for row in frame.to_dict("records") if row["measure"] in measures
        ]  # fmt: skip
        head = (titles[way], "Everything at work", what, "What it contributes", "95 % range")
        said.append(wider(_marked(table(rows, head, (1, 2, 3, 4)), frame, measures), f"{titles[way]}: {what}"))
    return "".join(said)


def _ends(row: Mapping[str, Any]) -> str:
    if row["low"] != row["low"]:
        return NOTHING
    return f"{signed_amount(row['low'], row['unit'])[0]} to {signed_amount(row['high'], row['unit'])[0]}"


def _marked(markup: str, frame: pd.DataFrame, measures: Sequence[str]) -> Markup:
    """Rows named by their measure."""
    for key in frame.loc[frame["measure"].isin(measures), "measure"]:
        markup = markup.replace("<tr><td>", f'<tr data-measure="{key}"><td>', 1)
    return Markup(markup)
