"""What published reforms have shown of each behaviour, and which results lie far outside it.

A response is measured where some reform changed what a behaviour is paid at the margin, and nowhere else. The range
of these changes stands beside the response (``seen`` of ``behaviour.response_NAME``), as a share of the provider's
income: what a unit of the behaviour (1.0 to 2.0) came to be paid more or less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...model.parameters import Parameter
from .levers import DECISIONS
from .numbers import signed

LEAST = 0.01  #: of income: a smaller change of marginal pay is not worth a word where nothing has been seen


def changed(row: Mapping[str, Any]) -> float:
    """Share of income by which the pay for a unit of a lever differs from the usual (a row of ``levers.moves``)."""
    return 100.0 * (row["pay"] - row["usual_pay"]) / row["income"] if row["income"] else 0.0


def beyond(rows: Sequence[Mapping[str, Any]], parameters: Mapping[str, Parameter]) -> list[str]:
    """One clause for each behaviour whose marginal pay has changed by more than any published reform changed it."""
    out = []
    for row in rows:
        parameter, share = parameters[f"behaviour.response_{row['lever']}"], changed(row)
        low, high = parameter.seen or (-LEAST, LEAST)
        if low <= share <= high:
            continue
        owners, decision = DECISIONS[row["kind"], row["lever"]]
        shown = (
            f"reforms have shown {signed(100 * low)} to {signed(100 * high)} % ({parameter.seen_in})"
            if parameter.seen
            else "no reform has shown that"
        )
        out.append(f"{owners} {decision.label}: pay at the margin {signed(100 * share)} % of income; {shown}")
    return out


def note(title: str, rows: Sequence[Mapping[str, Any]], parameters: Mapping[str, Parameter]) -> str:
    """A warning about a way of paying; empty where every change of pay lies within what has been seen."""
    found = beyond(rows, parameters)
    return f"{title}, beyond what has been seen: {'; '.join(found)}." if found else ""
