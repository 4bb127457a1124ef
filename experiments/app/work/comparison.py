"""The main finding and the pictures of a finished comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from ....agents.patients.calendar import WEEKS
from ...figures import bars, charts, plots, sankey
from ...figures.svg import short
from ...report.answer import SPOKEN, TITLED
from ...results import winners
from ...results.numbers import number, signed, valued
from ...results.result import Result
from ..drawings import intervals
from .finding import Change, against

EACH = 7  #: largest gains, and largest losses, that are drawn
FANS = (
    ("failed", "Requests not met", "% of appointment requests, 13-week mean", True),
    ("waiting", "The waiting list", "pathways per 1,000 registered people", True),
    ("occupancy", "Beds in use", "% of open beds, 13-week mean", False),
    ("contacts", "GP workload", "contacts per FTE and working week", False),
)


@dataclass(frozen=True)
class Compared:
    """Finished runs: results by funding file and seed, and the paired differences."""

    names: list[str]
    titles: list[str]
    results: list[Result]
    table: pd.DataFrame
    sentences: list[str]
    years: int
    seeds: int
    choice: tuple[Any, ...] = ()
    numbers: tuple[tuple[str, float], ...] = ()


def finding(shown: Compared) -> str:
    """The largest relative difference, in a sentence."""
    rows: Any = shown.table.set_index(["measure", "funding"])

    def change(measure: str, name: str) -> Change:
        first = rows.loc[(measure, shown.names[0])]
        before, gap = float(first["level"]), float(rows.loc[(measure, name), "difference"])
        return Change(SPOKEN[measure].words, str(first["unit"]), before, before + gap)

    found = {name: [change(measure, name) for measure in TITLED] for name in shown.names[1:]}
    most = max(found, key=lambda name: max(abs(one.percent) for one in found[name]))
    return against(dict(zip(shown.names, shown.titles, strict=True))[most], found[most])


def pictures(shown: Compared) -> dict[str, Any]:
    """All pictures of a comparison."""
    ledger: Any = shown.results[0].table("ledger")
    years = ledger["week"].max() / WEEKS
    kinds = _kinds(shown)
    money = {name: _money(shown, name, kinds, float(years)) for name in shown.names}
    first = shown.names[0]
    pairs = list(zip(shown.names, shown.titles, strict=True))
    flows = [sankey.money(f"{title}: {_gets(money[name], {})}", money[name]) for name, title in pairs]
    flows += [
        sankey.change(f"{title}: {_gets(money[name], money[first])}", money[first], money[name])
        for name, title in pairs[1:]
    ]
    return {"differences": _differences(shown), "fans": _fans(shown), "money": flows, "winners": _winners(shown)}


def _gets(flow: sankey.Flows, less: sankey.Flows) -> str:
    """Income of general practice and hospitals, or its difference from another way of paying."""
    parts = []
    for who, words in (("practices", "general practice"), ("hospitals", "hospitals")):
        pounds = sankey.gets(flow, who) - sankey.gets(less, who)
        parts.append(f"{words} {sankey.pounds(pounds, bool(less))}")
    return ", ".join(parts)


def _kinds(shown: Compared) -> dict[str, str]:
    frame = shown.results[0].table("organisations")
    return dict(zip(frame["organisation"], frame["kind"], strict=True))


def _money(shown: Compared, name: str, kinds: dict[str, str], years: float) -> dict[tuple[str, str], float]:
    each = [sankey.flows(r.table("ledger"), kinds, years) for r in shown.results if r.funding == name]
    keys = {k for flow in each for k in flow}
    return {k: float(np.mean([flow.get(k, 0.0) for flow in each])) for k in keys}


def _differences(shown: Compared) -> str:
    rows = shown.table.set_index(["measure", "funding"])
    out = []
    for key in plots.PICTURED:
        base = rows.loc[(key, shown.names[0])]
        level = (
            100.0 if key == "hospital_margin" else abs(float(base["level"])) or 1.0
        )  # a margin differs in percentage points
        cells = []
        for name in shown.names[1:]:
            row = rows.loc[(key, name)]
            cells.append(
                (
                    *(100.0 * float(row[c]) / level for c in ("difference", "low", "high")),
                    float(row["probability_higher"]),
                )
            )
        shown_level = valued(float(base["level"]), str(base["unit"]))
        unit = "points" if key == "hospital_margin" else "%"
        out.append(intervals.Difference(str(base["label"]), shown_level, cells, unit))  # type: ignore[arg-type]
    runs = f"{shown.seeds} repeat run{'s' * (shown.seeds != 1)}"
    years = f"{shown.years} year{'s' * (shown.years != 1)}"
    title = f"Difference from “{shown.titles[0]}”, means over {years} and {runs}"
    return intervals.differences(title, shown.titles[1:], out)


def _fans(shown: Compared) -> list[str]:
    out = []
    for key, what, unit, zero in FANS:
        lines = []
        for name, title in zip(shown.names, shown.titles, strict=True):
            runs = np.array([r.weekly[key] for r in shown.results if r.funding == name])
            lines.append(charts.Series(title, runs.mean(axis=0), runs.min(axis=0), runs.max(axis=0)))
        first, *ends = (float(s.y[-1]) for s in lines)
        far = max(range(len(ends)), key=lambda k: abs(ends[k] - first))
        percent = " %" * unit.startswith("%")
        named = short(lines[far + 1].name, 30)
        title = f"{what}: {number(ends[far])}{percent} under “{named}” against {number(first)}{percent}"
        x = np.arange(1, lines[0].y.size + 1) / WEEKS
        fan = f"{unit}; shaded: lowest to highest of {shown.seeds} runs" if shown.seeds > 1 else unit
        out.append(charts.lines(title, fan, x, lines, from_zero=zero, size=(600, 280)))
    return out


def _winners(shown: Compared) -> list[str]:
    """Change in income by provider and in unmet requests by deprivation, each against the first way of paying."""
    out = []
    for name, title in list(zip(shown.names, shown.titles, strict=True))[1:]:
        (rows, every), fifths = _providers(shown, name), _fifths(shown, name)
        named = f"“{short(title, 26)}”"
        ends = ", ".join(f"{who} {signed(value, 1)} %" for who, value in (rows[0], rows[-1]))
        unit = "change in income, %"
        if every > len(rows):
            unit += f"; {len(rows) // 2} largest gains and losses of {every} providers each"
        out.append(bars.bars(f"{named}: {ends}", unit, rows))
        poor = f"{named}: unmet requests {signed(fifths[0][1], 0)} per 1,000 in the most deprived fifth"
        out.append(bars.bars(poor, "change per 1,000 people a year", fifths))
    return out


def _providers(shown: Compared, name: str) -> tuple[list[tuple[str, float]], int]:
    """Providers with the largest gains and losses, best first, and the number of all providers."""
    from ....scenarios import load_place

    frame = pd.concat([r.table("organisations").assign(funding=r.funding, seed=r.seed) for r in shown.results])
    found = winners.providers(frame, shown.names[0], name)
    called = winners.names(load_place(shown.results[0].place))
    return winners.changes(found, called, EACH), len(found)


def _fifths(shown: Compared, name: str) -> list[tuple[str, float]]:
    def unmet(funding: str) -> pd.Series:  # of each run, then their mean, as measures are
        rates = []
        for r in shown.results:
            if r.funding == funding:
                sums = cast(pd.DataFrame, r.table("people").groupby("quintile")[["unmet_requests", "people"]].sum())
                rates.append(1000.0 * sums["unmet_requests"] / sums["people"])
        return cast(pd.Series, pd.concat(rates).groupby(level=0).mean())

    change = unmet(name) - unmet(shown.names[0])
    words = {1: "Most deprived fifth", 5: "Least deprived fifth"}
    return [(words.get(int(q), f"Fifth {q}"), float(v)) for q, v in change.items()]  # type: ignore[arg-type]
