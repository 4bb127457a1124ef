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

LEAST = 0.01  #: of income: a smaller change of marginal pay beyond what has been seen is not worth a word
FAR = 1.5  #: times the range that has been seen: what lies beyond is far outside it
NAMED = 3  #: behaviours that a note names; the others are counted


def changed(row: Mapping[str, Any]) -> float:
    """Share of income by which the pay for a unit of a lever differs from the usual (a row of ``levers.moves``)."""
    return 100.0 * (row["pay"] - row["usual_pay"]) / row["income"] if row["income"] else 0.0


def beyond(rows: Sequence[Mapping[str, Any]], parameters: Mapping[str, Parameter]) -> list[str]:
    """A clause for each behaviour whose marginal pay changed far more than reforms changed it, the largest first."""
    out: list[tuple[float, str]] = []
    for row in rows:
        seen, share = parameters[f"behaviour.response_{row['lever']}"].seen, changed(row)
        low, high = seen or (0.0, 0.0)
        if FAR * low - LEAST <= share <= FAR * high + LEAST:
            continue
        owners, decision = DECISIONS[row["kind"], row["lever"]]
        shown = f"seen {signed(100 * low)} to {signed(100 * high)}" if seen else "none seen"
        out.append((-abs(share), f"{owners} {decision.label} ({signed(100 * share)} % of income; {shown})"))
    return [clause for _, clause in sorted(out)]


def note(title: str, rows: Sequence[Mapping[str, Any]], parameters: Mapping[str, Parameter]) -> str:
    """A warning about a way of paying; empty where every change of pay lies near what has been seen."""
    found = beyond(rows, parameters)
    if not found:
        return ""
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return f"{title}: pay at the margin changes far more than any reform has shown for {', '.join(found[:NAMED])}{more}"
