"""All measures of a comparison as a table, with how likely each direction is."""

from __future__ import annotations

from ...report.every import direction
from ...results import measures
from ...results.numbers import number, signed
from ..work.comparison import Compared
from .markup import table, wider


def every(shown: Compared) -> str:
    """The table as markup: level, paired difference, 95 % range, and how likely a rise or fall is."""
    rows = shown.table.set_index(["measure", "funding"])
    out = []
    for measure in measures.MEASURES:
        base, d = rows.loc[(measure.key, shown.names[0])], measure.digits
        cells = [measure.label, measure.unit, number(float(base["level"]), d)]
        for name in shown.names[1:]:
            row = rows.loc[(measure.key, name)]
            interval = "" if row["low"] != row["low"] else f" [{signed(row['low'], d)}, {signed(row['high'], d)}]"
            likely = direction(float(row["difference"]), float(row["probability_higher"]))
            said = signed(row["difference"], d) + interval
            cells.append(f"{said}\n{likely}" if interval else said)
        out.append(cells)
    kept = wider(table(out, ("Measure", "Unit", *shown.titles), range(2, 2 + len(shown.titles))), "All measures")
    return (
        '<p class="ff-note">The first column is a level; the others are differences from it, with the 95 % range '
        f'from chance alone and how likely a rise or fall is.</p><div class="ff-every">{kept}</div>'
    )
