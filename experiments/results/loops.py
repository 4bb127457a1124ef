"""How much loops matter: headline measures with each link at work, less those with it held, which cuts its loops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd

from ...agents.links import LINKS
from ...model.structure import Loop, cut_at
from . import markdown, reasons
from .intervals import paired
from .measures import MEASURES
from .numbers import difference_unit, number, signed


def table(uncut: Sequence[Mapping[str, Any]], held: Mapping[str, Sequence[Mapping[str, Any]]]) -> pd.DataFrame:
    """One row a link and measure: what the link changes, interval over seeds, probability that it is above 0.

    ``uncut``: rows of runs with everything at work, by seed. ``held``: with each link held, by link and seed. Links
    that change most come first, and those last of which nothing can be told.
    """
    rows = []
    for link, cut in held.items():
        for measure in MEASURES:
            values = np.array([run[measure.key] for run in uncut], dtype=float)
            mean, low, high, above = paired(values - [run[measure.key] for run in cut])
            rows.append({
                "link": link, "measure": measure.key, "label": measure.label, "unit": measure.unit,
                "level": float(values.mean()), "difference": mean, "low": low, "high": high,
                "probability_higher": above,
            })  # fmt: skip
    return _ranked(pd.DataFrame(rows))


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    sizes = {
        str(link): max(map(reasons.size, _moved(table, str(link))), default=0.0) for link in table["link"].unique()
    }
    order = sorted(sizes, key=lambda link: (-sizes[link], link))
    parts = [cast(pd.DataFrame, table[table["link"] == link]) for link in order]
    return pd.concat(parts, ignore_index=True)


def _moved(table: pd.DataFrame, link: str) -> list[dict[str, Any]]:
    return reasons.moved(cast(pd.DataFrame, table[table["link"] == link]))


def listed(found: Sequence[Loop], table: pd.DataFrame) -> pd.DataFrame:
    """One row a loop: where it is cut, how many others that cuts, and what the link changes there."""
    rows = []
    for loop, cut in zip(found, cut_at(found), strict=True):
        moves = _moved(table, cut)
        rows.append({
            "loop": circle(loop), "kind": kind(loop), "links": ", ".join(loop.links), "cut_at": cut,
            "others_cut": sum(cut in other.links for other in found) - 1,
            "changes": reasons.joined([reasons.change(row) for row in moves]) if moves else reasons.NOTHING_TOLD,
        })  # fmt: skip
    return pd.DataFrame(rows)


def circle(loop: Loop) -> str:
    """A loop as a chain of variables that ends where it begins."""
    return " → ".join((*loop.variables, loop.variables[0]))


def kind(loop: Loop) -> str:
    """Whether a loop strengthens a change or works against it."""
    return "reinforcing" if loop.reinforcing else "balancing"


def sentences(table: pd.DataFrame) -> list[str]:
    """One sentence a link, those that change most first; those of which nothing can be told are named together."""
    said, silent = [], []
    for link in table["link"].unique():
        moves = _moved(table, link)
        if moves:
            said.append(f"{LINKS[link].says} This {reasons.joined([reasons.change(row) for row in moves])}.")
        else:
            silent.append(str(link))
    return said + ([f"{reasons.joined(silent)}: {reasons.NOTHING_TOLD}."] if silent else [])


def levels(table: pd.DataFrame) -> list[str]:
    """The measures that are shown, with everything at work."""
    first = table.drop_duplicates("measure").set_index("measure")
    return [number(float(first.loc[key, "level"]), 2) for key in reasons.PICTURED]


def cells(table: pd.DataFrame) -> dict[str, list[str]]:
    """For each link its effect on the measures that are shown, with half the width of the interval."""
    rows = {(row["link"], row["measure"]): row for row in table.to_dict("records")}
    return {link: [_cell(rows[link, key]) for key in reasons.PICTURED] for link in table["link"].unique()}


def _cell(row: Mapping[str, Any]) -> str:
    half = row["high"] - row["difference"]
    return signed(row["difference"], 2) + (f" ± {number(half, 2)}" if half == half else "")


def heads(table: pd.DataFrame) -> list[str]:
    """Names and units of the measures that are shown."""
    first = table.drop_duplicates("measure").set_index("measure")
    return [f"{first.loc[key, 'label']}, {difference_unit(str(first.loc[key, 'unit']))}" for key in reasons.PICTURED]


def page(table: pd.DataFrame, found: Sequence[Loop], title: str) -> str:
    """The page of a folder: what each link changes, and the loops that holding it cuts."""
    counts = {link: sum(link in loop.links for loop in found) for link in table["link"].unique()}
    effects = [("everything at work", "", "", *levels(table))]
    effects += [(f"`{link}`", LINKS[link].says, str(counts[link]), *row) for link, row in cells(table).items()]
    circles = [
        (row["loop"], row["kind"], f"`{row['cut_at']}`", str(row["others_cut"]), row["changes"])
        for row in listed(found, table).to_dict("records")
    ]
    return "\n".join([
        f"# How much loops matter: {title}", "", *(f"- {line}" for line in sentences(table)), "", "## Links", "", READ,
        "", *markdown.table(["Link", "What it says", "Loops", *heads(table)], effects), "", "## Loops", "", CUT, "",
        *markdown.table(["Loop", "Kind", "Cut at", "Others cut", "What the link does"], circles), "",
    ])  # fmt: skip


READ = (
    "Each figure is what a link changes: the measure with everything at work, less the measure with this link held at "
    "its usual value, from runs with the same seed, ± 95 % range over seeds. Of twenty ranges one misses by chance. "
    "Holding a link cuts every loop that it is part of, and takes away what it does on its own; this is not the effect "
    "of one loop where several share a link. It also cuts longer loops than are listed, and those through "
    "contracts and behaviour, which the declared structure leaves out."
)
CUT = (
    "The shortest come first. Each is cut at the link that fewest of these loops share; “others cut” counts those "
    "that go with it. What is measured is the link: a loop that is cut with others has no figure of its own."
)
