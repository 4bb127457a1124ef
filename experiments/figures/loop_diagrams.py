"""Causal-loop diagrams: which variable acts on which, and with what sign."""

from __future__ import annotations

from html import escape
from math import hypot

import networkx as nx
import numpy as np

from ...model.stocks import STOCKS
from ...model.structure import Influence, influences
from .stock_diagrams import _text, svg, wrapped

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
    at = _places(arrows)
    parts = [_text(20, 30, title, "title"),
             _text(WIDTH - 20, 30, "+ more makes more · − more makes less · solid: a link that can be held · "
                   "dashed: others", "note", "end")]  # fmt: skip
    parts += [line for arrow in arrows for line in _arrow(arrow, at, arrows)]
    parts += [line for name in at for line in _box(name, at[name], sector_of(name) in sectors)]
    return svg(WIDTH, HEIGHT, parts, STYLE, f"What acts on what: {title}")


def _places(arrows: list[Influence]) -> dict[str, tuple[float, float]]:
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


def _arrow(arrow: Influence, at: dict[str, tuple[float, float]], arrows: list[Influence]) -> list[str]:
    """A curve from one box to another with its sign; its title says which flow it acts on."""
    kind = "plus" if arrow.polarity > 0 else "minus"
    thin = "" if arrow.link else " thin"
    if arrow.source == arrow.target:
        return _own(arrow, at[arrow.source], kind)
    twins = [i for i in arrows if (i.source, i.target) == (arrow.source, arrow.target)]
    bend = 0.14 + 0.16 * twins.index(arrow)
    (x0, y0), (x1, y1) = at[arrow.source], at[arrow.target]
    cx, cy = (x0 + x1) / 2 - bend * (y1 - y0), (y0 + y1) / 2 + bend * (x1 - x0)
    start, stop = _edge((x0, y0), (cx, cy), 2), _edge((x1, y1), (cx, cy), 5)
    path = f"M{start[0]:.1f},{start[1]:.1f} Q{cx:.1f},{cy:.1f} {stop[0]:.1f},{stop[1]:.1f}"
    t = 0.72
    sx, sy = (
        ((1 - t) ** 2) * a + 2 * t * (1 - t) * c + t * t * b for a, c, b in zip(start, (cx, cy), stop, strict=True)
    )
    return [_path(arrow, path, f"{kind}{thin}", kind), *_sign(sx, sy, arrow, kind)]


def _own(arrow: Influence, at: tuple[float, float], kind: str) -> list[str]:
    """A variable that acts on itself through a link."""
    x, y = at[0], at[1] - BOX[1] / 2
    path = f"M{x - 22:.1f},{y:.1f} C{x - 40:.1f},{y - 44:.1f} {x + 40:.1f},{y - 44:.1f} {x + 22:.1f},{y - 4:.1f}"
    return [_path(arrow, path, kind, kind), *_sign(x, y - 33, arrow, kind)]


def _path(arrow: Influence, path: str, classes: str, head: str) -> str:
    said = f"{arrow.source} → {arrow.flow}" + (f" (link {arrow.link})" if arrow.link else "")
    return f'<path d="{path}" class="{classes}" marker-end="url(#{head})"><title>{escape(said)}</title></path>'


def _sign(x: float, y: float, arrow: Influence, kind: str) -> list[str]:
    sign = "+" if arrow.polarity > 0 else "−"
    colour = "#1b7f5c" if arrow.polarity > 0 else "#c2410c"
    return [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8.5" class="disc" stroke="{colour}"/>',
        f'<text x="{x:.1f}" y="{y + 5:.1f}" class="sign" text-anchor="middle" fill="{colour}">{sign}</text>',
    ]


def _edge(box: tuple[float, float], towards: tuple[float, float], beyond: float) -> tuple[float, float]:
    """Where a line from the middle of a box towards a point leaves the box, and a little beyond."""
    dx, dy = towards[0] - box[0], towards[1] - box[1]
    scale = min(BOX[0] / 2 / max(abs(dx), 1e-9), BOX[1] / 2 / max(abs(dy), 1e-9))
    length = max(hypot(dx, dy), 1e-9)
    return box[0] + dx * scale + beyond * dx / length, box[1] + dy * scale + beyond * dy / length
