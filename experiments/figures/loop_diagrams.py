"""Causal-loop diagrams: which variable acts on which, and with what sign."""

from __future__ import annotations

from html import escape

import networkx as nx
import numpy as np

from ...model.stocks import STOCKS
from ...model.structure import Influence, influences
from .routing import Route, Routes
from .stock_diagrams import HEADS, _text, svg, wrapped

WIDTH, HEIGHT, TOP = 1080.0, 640.0, 62.0  # pixels of a panel
BOX = (164.0, 42.0)  # of a variable
STYLE = """
text { font-family: "DejaVu Sans", Verdana, sans-serif; font-size: 12.5px; fill: #222 }
.title { font-size: 20px; font-weight: bold } .note { fill: #555 } .var { font-weight: bold }
.box { fill: #e8f1fa; stroke: #20567f; stroke-width: 1.6 } .outer { fill: #f6f6f6; stroke: #999; stroke-width: 1.2 }
.plus { stroke: #1b7f5c; fill: none; stroke-width: 2.4 } .minus { stroke: #c2410c; fill: none; stroke-width: 2.4 }
.thin { stroke-width: 1.3; stroke-dasharray: 5 3 } .sign { font-weight: bold; font-size: 14px }
.disc { fill: #fff; stroke-width: 1.2 }
"""
FEW = 3  # variables of a group that stands aside
EVERYONE = "People registered"
#: panels, and the sectors whose variables are acted upon there
PANELS = {
    "practice": ("General practice and its behaviour", ("practice", "behaviour")),
    "health": ("Health and needs", ("people", "needs")),
    "beds": ("Hospital beds", ("hospital",)),
    "capacity": ("Hospital capacity and waiting lists", ("capacity", "list")),
    "care": ("Social and community care, and payers", ("care", "community", "money")),
}


def sector_of(variable: str) -> str:
    """The sector of a variable: that of the first stock that is part of it."""
    return next(stock.sector for stock in STOCKS.values() if stock.shown == variable)


def drawn(panel: str) -> list[Influence]:
    """The influences on a panel's variables; of how many people there are, on and of everything else, links alone."""
    here = [i for i in influences() if sector_of(i.target) in PANELS[panel][1]]
    return [i for i in here if i.link or EVERYONE not in (i.source, i.target)]


def loop_diagram(panel: str) -> str:
    """One panel as the text of an SVG."""
    title, sectors = PANELS[panel]
    arrows = drawn(panel)
    at = places(arrows)
    parts = [_text(20, 30, title, "title"),
             _text(WIDTH - 20, 30, "+ more makes more · − more makes less · solid: a link that can be held · "
                   "dashed: others", "note", "end")]  # fmt: skip
    parts += [line for same, route in routed(arrows, at) for line in _arrow(same, route)]
    parts += [line for name in at for line in _box(name, at[name], sector_of(name) in sectors)]
    return svg(WIDTH, HEIGHT, parts, STYLE, f"What acts on what: {title}")


def places(arrows: list[Influence]) -> dict[str, tuple[float, float]]:
    """The middle of each variable's box: near those that it acts on, and boxes apart from one another."""
    graph = nx.Graph(sorted((i.source, i.target) for i in arrows))
    groups = sorted(nx.connected_components(graph), key=len)
    aside = [sorted(group) for group in groups[:-1] if len(group) <= FEW]
    column = BOX[0] + 60 if aside else 0.0
    names = sorted(set(graph) - {name for group in aside for name in group})
    linked = graph.subgraph(names).copy()
    for group in list(nx.connected_components(linked)):
        linked.add_edge(names[0], min(group), weight=3.0)
    placed = nx.kamada_kawai_layout(linked, pos=nx.circular_layout(linked))
    xy = np.array([placed[name] for name in names])
    low, high = xy.min(axis=0), xy.max(axis=0)
    margin = np.array([BOX[0] / 2 + 24, BOX[1] / 2 + 24])
    first, room = margin + np.array([column, 0.0]), np.array([WIDTH - column, HEIGHT - TOP]) - 2 * margin
    xy = _apart(first + (xy - low) / np.maximum(high - low, 1e-9) * room, first, first + room)
    out = {name: (float(x), float(y) + TOP) for name, (x, y) in zip(names, xy, strict=True)}
    beside = [name for group in aside for name in group]
    for k, name in enumerate(beside):
        out[name] = (float(margin[0]), TOP + float(margin[1]) + k * (BOX[1] + 58.0))
    return out


def _apart(xy: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Push boxes apart until none is close to another; their middles stay between ``low`` and ``high``."""
    least = np.array([BOX[0] + 40, BOX[1] + 58])
    for attempt in range(4000):
        if attempt % 400 == 399:
            least = least * 0.94  # where there is no room for that much
        moved = False
        for i in range(len(xy)):
            for j in range(i):
                gap = xy[i] - xy[j]
                over = least - np.abs(gap)
                if (over > 0).all():
                    axis = int((over / (high - low)).argmin())
                    push = (over[axis] / 2 + 0.5) * (1 if gap[axis] >= 0 else -1)
                    xy[i, axis] += push
                    xy[j, axis] -= push
                    moved = True
        xy = np.clip(xy, low, high)
        if not moved:
            break
    return xy


def _box(name: str, at: tuple[float, float], own: bool) -> list[str]:
    lines, (x, y) = wrapped(name, 20), at
    kind = "box" if own else "outer"
    return [
        f'<rect x="{x - BOX[0] / 2:.1f}" y="{y - BOX[1] / 2:.1f}" width="{BOX[0]}" height="{BOX[1]}" rx="8" '
        f'class="{kind}"/>',
        *(_text(x, y + 5 + 15 * (k - (len(lines) - 1) / 2), line, "var", "middle") for k, line in enumerate(lines)),
    ]


def routed(arrows: list[Influence], at: dict[str, tuple[float, float]]) -> list[tuple[list[Influence], Route]]:
    """Each arrow, with all links that it stands for, and its way; those to the same box come last."""
    routes = Routes(at, BOX, (WIDTH, HEIGHT))
    order = sorted(arrows, key=lambda arrow: (arrow.source == arrow.target, not arrow.link))
    alike: dict[tuple[str, str, int], list[Influence]] = {}
    for arrow in order:
        alike.setdefault((arrow.source, arrow.target, arrow.polarity), []).append(arrow)
    return [(same, routes.find(source, target)) for (source, target, _), same in alike.items()]


def _arrow(same: list[Influence], route: Route) -> list[str]:
    """A curve from one box to another with its sign; its title says which flows it acts on."""
    arrow = same[0]
    kind = "plus" if arrow.polarity > 0 else "minus"
    thin = "" if arrow.link else " thin"
    first, *others = (f"{x:.1f},{y:.1f}" for x, y in route.points)
    path = f"M{first} {'Q' if len(others) == 2 else 'C'}{' '.join(others)}"
    said = "; ".join(f"{i.source} → {i.flow}" + (f" (link {i.link})" if i.link else "") for i in same)
    line = f'<path d="{path}" class="{kind}{thin}" marker-end="url(#{kind})"><title>{escape(said)}</title></path>'
    return [line, *_sign(*route.sign, arrow)]


def _sign(x: float, y: float, arrow: Influence) -> list[str]:
    sign, colour = ("+", HEADS["plus"]) if arrow.polarity > 0 else ("−", HEADS["minus"])
    return [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8.5" class="disc" stroke="{colour}"/>',
        f'<text x="{x:.1f}" y="{y + 5:.1f}" class="sign" text-anchor="middle" fill="{colour}">{sign}</text>',
    ]
