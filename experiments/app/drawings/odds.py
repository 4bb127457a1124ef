"""All measures of a comparison as a table, with the probability of being better."""

from __future__ import annotations

from ...results import measures
from ...results.numbers import number, signed
from ..work.comparison import Compared
from .markup import table


def better(measure: str, higher: float) -> str:
    """The probability of being better; of being higher where neither direction is clearly better."""
    from ...sweeps.discover import BETTER

    if higher != higher:
        return ""
    if measure in BETTER["high"]:
        return f"better with probability {higher:.2f}"
    return (
        f"better with probability {1.0 - higher:.2f}"
        if measure in BETTER["low"]
        else f"higher with probability {higher:.2f}"
    )


def every(shown: Compared) -> str:
    """The table as markup: level, paired difference, 95 % range, probability of being better."""
    rows = shown.table.set_index(["measure", "funding"])
    out = []
    for measure in measures.MEASURES:
        base, d = rows.loc[(measure.key, shown.names[0])], measure.digits
        cells = [measure.label, measure.unit, number(float(base["level"]), d)]
        for name in shown.names[1:]:
            row = rows.loc[(measure.key, name)]
            interval = "" if row["low"] != row["low"] else f" [{signed(row['low'], d)}, {signed(row['high'], d)}]"
            chance = better(measure.key, float(row["probability_higher"]))
            said = signed(row["difference"], d) + interval
            cells.append(f"{said}\n{chance}" if chance else said)
        out.append(cells)
    kept = table(out, ("Measure", "Unit", *shown.titles), range(2, 2 + len(shown.titles)))
    return (
        '<p class="ff-note">The first column is a level; the others are differences from it, with the 95 % range '
        f'from chance alone and the probability of being better.</p><div class="ff-every">{kept}</div>'
    )
