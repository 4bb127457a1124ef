"""Money flows of a year as a Sankey diagram, or the difference between two ways of paying."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from ...results.numbers import valued
from .svg import COLOURS, GREY, INK, picture, tag, text

LAYERS = (
    ("treasury", "loans", "council_taxpayers", "clients"),
    ("nhs_england", "commissioner"),
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
LAYER = {name: k for k, names in enumerate(LAYERS) for name in names}
PAIRS = [(a, b) for a in LAYER for b in LAYER if LAYER[a] < LAYER[b]]
Flows = Mapping[tuple[str, str], float]


def flows(ledger: pd.DataFrame, kinds: Mapping[str, str], years: float) -> dict[tuple[str, str], float]:
    """£m a year from payer to payee; practices, hospitals and pools are grouped, Treasury loans are separate.

    What goes to staff and suppliers is left out. ``kinds``: practice or hospital by organisation.
    """
    payer: Any = ledger["payer"].astype(str)
    payee: Any = ledger["payee"].astype(str)
    together = {name: f"{kind}s" for name, kind in kinds.items() if kind in ("practice", "hospital")}
    others = {*payer.unique(), *payee.unique()} - {*LAYER, *kinds, "staff_and_suppliers"}
    together |= dict.fromkeys(others, "pools")
    payer, payee = payer.replace(together), payee.replace(together)
    payer = payer.mask((payer == "treasury") & (ledger["purpose"] == "loan"), "loans")
    pence: Any = ledger["pence"]
    total = pence.groupby([payer, payee]).sum() / 1e8 / years
    return {(str(a), str(b)): float(v) for (a, b), v in total.items() if a in LAYER and b in LAYER}


def _net(flow: Flows) -> dict[tuple[str, str], float]:
    """Net flows towards providers."""
    return {(a, b): flow.get((a, b), 0.0) - flow.get((b, a), 0.0) for a, b in PAIRS if {(a, b), (b, a)} & flow.keys()}


def gets(flow: Flows, name: str) -> float:
    """Net income, £m a year, without loans."""
    return sum(v for (a, b), v in _net(flow).items() if b == name and a != "loans")


def money(title: str, flow: Flows, width: int = 600, height: int = 380) -> str:
    """Diagram of £m a year from taxes and clients to providers."""
    return _draw(title, {k: v for k, v in _net(flow).items() if v > 0}, width, height, False)


def change(title: str, first: Flows, second: Flows, width: int = 600, height: int = 380) -> str:
    """Diagram of the second less the first: increases blue and solid, decreases orange and striped."""
    old, new = _net(first), _net(second)
    more = {pair: new.get(pair, 0.0) - old.get(pair, 0.0) for pair in PAIRS}
    return _draw(title, {k: v for k, v in more.items() if abs(v) > 0.005}, width, height, True)


def _draw(title: str, flow: Flows, width: int, height: int, signed: bool) -> str:
    top, bottom, bar, pad = 48, height - 22, 14, 13
    size = {
        n: max(sum(abs(v) for (a, _), v in flow.items() if a == n), sum(abs(v) for (_, b), v in flow.items() if b == n))
        for n in LAYER
    }
    tallest = max(sum(size[n] for n in names) for names in LAYERS) or 1.0
    room = bottom - top - pad * 6
    scale = room / tallest
    pooled = size["pools"] > 0
    columns = [0.0, width * (0.24 if pooled else 0.30), width * (0.33 if pooled else 0.43), width * 0.5, width - 178.0]
    place: dict[str, tuple[float, float]] = {}
    for k, names in enumerate(LAYERS):
        shown = [n for n in names if size[n] > 0]
        used = sum(max(size[n] * scale, 2) for n in shown) + pad * max(len(shown) - 1, 0)
        y = top + (bottom - top - used) * (1.0 if k == 2 else 0.25 if k == 3 else 0.5)
        for name in shown:
            place[name] = (columns[k], y)
            y += max(size[name] * scale, 2) + pad
    parts = _ribbons(flow, place, scale, bar, signed) + _nodes(flow, place, size, scale, bar, signed)
    note = "£m a year" + ("; blue: more, orange stripes: less" if signed else "") + "; hospitals' income excludes loans"
    parts.append(text(0, height - 4, note, 11, fill=GREY))
    return picture(width, height, title, *parts, title=title)


def _ribbons(flow: Flows, place: dict[str, tuple[float, float]], scale: float, bar: int, signed: bool) -> list[str]:
    out, into = dict.fromkeys(place, 0.0), dict.fromkeys(place, 0.0)
    parts = []
    for (a, b), v in sorted(flow.items(), key=lambda item: (place[item[0][0]][1], place[item[0][1]][1])):
        thick = max(abs(v) * scale, 0.8)
        x0, y0 = place[a][0] + bar, place[a][1] + out[a] * scale + thick / 2
        x1, y1 = place[b][0], place[b][1] + into[b] * scale + thick / 2
        out[a] += abs(v)
        into[b] += abs(v)
        mid = (x0 + x1) / 2
        colour = (COLOURS[0] if v > 0 else COLOURS[3]) if signed else "#7C9CBB"
        hint = tag("title", escape(f"{NAMES[a]} to {NAMES[b]}: {pounds(v, signed)}"))
        path = f"M{x0:.1f},{y0:.1f} C{mid:.1f},{y0:.1f} {mid:.1f},{y1:.1f} {x1:.1f},{y1:.1f}"
        parts.append(
            tag(
                "path",
                hint,
                d=path,
                fill="none",
                stroke=colour,
                stroke_opacity=0.5,
                stroke_width=thick,
                stroke_dasharray="6 2" if signed and v < 0 else "",
            )
        )
    return parts


def _nodes(
    flow: Flows, place: dict[str, tuple[float, float]], size: dict[str, float], scale: float, bar: int, signed: bool
) -> list[str]:
    parts = []
    for name, (x, y) in place.items():
        tall = max(size[name] * scale, 2.0)
        parts.append(tag("rect", x=float(x), y=float(y), width=bar, height=float(tall), fill=INK))
        net = sum(v for (a, b), v in flow.items() if b == name and a != "loans")
        net = net or sum(v for (a, _), v in flow.items() if a == name)
        said = f"{NAMES[name]} {pounds(net, signed)}"
        halo = {"paint_order": "stroke", "stroke": "#ffffff", "stroke_width": 3}
        weight = "bold" if LAYER[name] == len(LAYERS) - 1 else ""
        parts.append(text(x + bar + 5, y + tall / 2 + 4, said, 11, font_weight=weight, **halo))
    return parts


def pounds(value: float, signed: bool) -> str:
    """£m, signed for a difference."""
    if not signed:
        return valued(abs(value), "£m")
    return "as before" if abs(value) < 0.005 else "+" * (value > 0) + valued(value, "£m")


__all__ = ["change", "flows", "gets", "money", "pounds"]
