"""Money flows of a year as a Sankey diagram, or the difference between two ways of paying."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from ..results.numbers import valued
from ..results.received import BORROWED
from .svg import COLOURS, GREY, INK, picture, tag, text

LAYERS = (
    ("treasury", "loans", "council_taxpayers", "clients"),
    ("commissioner",),
    ("nhs_england",),
    ("council", "continuing_care"),
    ("pools",),
    ("practices", "hospitals", "community", "mental_health", "pharmacies", "other_nhs", "social_care"),
)
NAMES = {
    "treasury": "Treasury",
    "loans": "Loans",
    "council_taxpayers": "Council tax",
    "clients": "Clients",
    "nhs_england": "NHS England",
    "commissioner": "Commissioner",
    "council": "Council",
    "continuing_care": "Continuing care",
    "pools": "Pools",
    "practices": "General practice",
    "hospitals": "Hospitals",
    "community": "Community services",
    "mental_health": "Mental health",
    "pharmacies": "Prescribing",
    "other_nhs": "Ambulance and other",
    "social_care": "Social care",
}
ACROSS = (0.0, 0.22, 0.3, 0.36, 0.44)  #: of the width, where a layer stands; the last leaves room for its names
DOWN = (0.5, 0.6, 0.0, 1.0, 0.25, 0.5)  #: of the height that a layer leaves free, what lies above it
LAYER = {name: k for k, names in enumerate(LAYERS) for name in names}
HALF_A_PENNY = 0.5e-8  #: in £m
FAINT = 0.8  #: px: a thinner ribbon has a pale line under it, so that it can be seen
PAIRS = [(a, b) for a in LAYER for b in LAYER if LAYER[a] < LAYER[b]]
Flows = Mapping[tuple[str, str], float]


def flows(ledger: pd.DataFrame, kinds: Mapping[str, str], years: float) -> dict[tuple[str, str], float]:
    """£m a year from payer to payee; practices, hospitals and pools are grouped.

    Treasury loans and their interest are separate, as they are no pay. What goes to staff and suppliers is left out.
    ``kinds``: practice or hospital by organisation.
    """
    payer: Any = ledger["payer"].astype(str)
    payee: Any = ledger["payee"].astype(str)
    together = {name: f"{kind}s" for name, kind in kinds.items() if kind in ("practice", "hospital")}
    others = {*payer.unique(), *payee.unique()} - {*LAYER, *kinds, "staff_and_suppliers"}
    together |= dict.fromkeys(others, "pools")
    payer, payee = (names.map({**{n: n for n in names.unique()}, **together}) for names in (payer, payee))
    lent = ledger["purpose"].isin(BORROWED)
    payer, payee = (names.mask((names == "treasury") & lent, "loans") for names in (payer, payee))
    pence: Any = ledger["pence"]
    total = pence.groupby([payer, payee]).sum() / 1e8 / years
    return {(str(a), str(b)): float(v) for (a, b), v in total.items() if a in LAYER and b in LAYER}


def net(flow: Flows) -> dict[tuple[str, str], float]:
    """Net flows towards providers, £m a year, by payer and payee."""
    return {(a, b): flow.get((a, b), 0.0) - flow.get((b, a), 0.0) for a, b in PAIRS if {(a, b), (b, a)} & flow.keys()}


def gets(flow: Flows, name: str) -> float:
    """Net income, £m a year, without loans."""
    return sum(v for (a, b), v in net(flow).items() if b == name and a != "loans")


def money(title: str, flow: Flows, width: int = 600, height: int = 380) -> str:
    """Diagram of £m a year from taxes and clients to providers; what on balance flows back is orange and striped."""
    return _draw(title, {k: v for k, v in net(flow).items() if v}, width, height, False)


def change(title: str, first: Flows, second: Flows, width: int = 600, height: int = 380) -> str:
    """Diagram of the second less the first: increases blue and solid, decreases orange and striped."""
    old, new = net(first), net(second)
    more = {pair: new.get(pair, 0.0) - old.get(pair, 0.0) for pair in PAIRS}
    return _draw(title, {k: v for k, v in more.items() if abs(v) > HALF_A_PENNY}, width, height, True)


def _draw(title: str, flow: Flows, width: int, height: int, signed: bool) -> str:
    top, bottom, bar, pad = 48, height - 22, 14, 13
    size = {
        n: max(sum(abs(v) for (a, _), v in flow.items() if a == n), sum(abs(v) for (_, b), v in flow.items() if b == n))
        for n in LAYER
    }
    tallest = max(sum(size[n] for n in names) for names in LAYERS) or 1.0
    room = bottom - top - pad * 6
    scale = room / tallest
    columns = [*(width * x for x in ACROSS), width - 178.0]
    place: dict[str, tuple[float, float]] = {}
    for k, names in enumerate(LAYERS):
        shown = [n for n in names if size[n] > 0]
        used = sum(max(size[n] * scale, 2) for n in shown) + pad * max(len(shown) - 1, 0)
        y = top + (bottom - top - used) * DOWN[k]
        for name in shown:
            place[name] = (columns[k], y)
            y += max(size[name] * scale, 2) + pad
    parts = _ribbons(flow, place, scale, bar, signed) + _nodes(flow, place, size, scale, bar, signed)
    back = "; striped: paid back" if min(flow.values(), default=0.0) < 0.0 else ""
    if not flow:
        parts.append(text(0, (top + bottom) / 2, "No difference", 12, fill=GREY))
    note = "£m a year" + ("; solid: more, striped: less" if signed else back)
    note += "; hospitals' income excludes loans and interest"
    parts.append(text(0, height - 4, note, 11, fill=GREY))
    return picture(width, height, title, *parts, title=title, data_scale=f"{scale:.12g}")


def _ribbons(flow: Flows, place: dict[str, tuple[float, float]], scale: float, bar: int, signed: bool) -> list[str]:
    out, into = dict.fromkeys(place, 0.0), dict.fromkeys(place, 0.0)
    parts = []
    for (a, b), v in sorted(flow.items(), key=lambda item: (place[item[0][0]][1], place[item[0][1]][1])):
        thick = abs(v) * scale
        x0, y0 = place[a][0] + bar, place[a][1] + out[a] * scale + thick / 2
        x1, y1 = place[b][0], place[b][1] + into[b] * scale + thick / 2
        out[a] += abs(v)
        into[b] += abs(v)
        colour = COLOURS[3] if v < 0 else COLOURS[0] if signed else "#7C9CBB"
        source, target = (b, a) if v < 0 and not signed else (a, b)
        hint = tag("title", escape(f"{NAMES[source]} to {NAMES[target]}: {pounds(v, signed)}"))
        mid = (x0 + x1) / 2
        look = {"d": f"M{x0:.1f},{y0:.1f} C{mid:.1f},{y0:.1f} {mid:.1f},{y1:.1f} {x1:.1f},{y1:.1f}", "fill": "none",
                "stroke": colour, "stroke_dasharray": "6 2" if v < 0 else ""}  # fmt: skip
        if thick < FAINT:
            parts.append(tag("path", stroke_opacity="0.3", stroke_width=FAINT, **look))
        parts.append(tag("path", hint, stroke_opacity="0.5", stroke_width=f"{thick:.12f}", **look))
    return parts


def _nodes(
    flow: Flows, place: dict[str, tuple[float, float]], size: dict[str, float], scale: float, bar: int, signed: bool
) -> list[str]:
    parts, labels = [], []
    for name, (x, y) in place.items():
        tall = max(size[name] * scale, 2.0)
        parts.append(tag("rect", x=float(x), y=float(y), width=bar, height=float(tall), fill=INK))
        net = sum(v for (a, b), v in flow.items() if b == name and a != "loans")
        net = net or sum(v for (a, _), v in flow.items() if a == name)
        said = f"{NAMES[name]} {pounds(net, signed)}"
        halo = {"paint_order": "stroke", "stroke": "#ffffff", "stroke_width": 3}
        weight = "bold" if LAYER[name] == len(LAYERS) - 1 else ""
        labels.append(text(x + bar + 5, y + tall / 2 + 4, said, 11, font_weight=weight, **halo))
    return parts + labels


def pounds(value: float, signed: bool) -> str:
    """£m, signed for a difference."""
    if not signed:
        return valued(abs(value), "£m")
    return "as before" if abs(value) < 0.005 else "+" * (value > 0) + valued(value, "£m")


__all__ = ["change", "flows", "gets", "money", "net", "pounds"]
