"""The referral network as on a map: practices by list and workload, hospitals by occupancy, edges by what moved."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from ...model.system import FundingFlows
from .svg import GREY, INK, number, picture, tag, text

WIDTH, HEIGHT, TALL = 560, 440, 29
Label = tuple[float, float, float]  # left, top and width
CARRIES = {"patients": "patients sent in the last quarter", "pence": "pounds paid in the last quarter"}
#: workload relative to the usual, and its colour: light work blue, heavy work orange
LOADS = ((0.95, "#28A197", "below 95 %"), (1.05, "#B9C7D1", "95 to 105 %"), (9.9, "#F46A25", "above 105 %"))


def draw(model: FundingFlows, carries: str, title: str) -> str:
    """The network; nodes carry ``data-node`` so that the page can tell which one was chosen."""
    net = model.network
    x, y = _spread(*_places(net), np.array([_radius(model, n) for n in net.nodes]))
    parts = _edges(model, x, y, carries)
    load = model.practices.loads / model.practices.usual_load
    order = sorted(net.nodes, key=lambda n: -_radius(model, n))
    parts += [_node(model, n, float(x[n]), float(y[n]), load) for n in order]
    parts += _labels(model, x, y)
    parts += _legend(carries)
    return picture(WIDTH, HEIGHT, f"Map of the network. {title}", *parts, title=title, role="group")


def _places(net: Any) -> tuple[np.ndarray, np.ndarray]:
    north = np.array([net.nodes[n]["latitude"] for n in net.nodes])
    east = np.array([net.nodes[n]["longitude"] for n in net.nodes]) * np.cos(np.radians(north.mean()))
    top, bottom, left, right = 46.0, HEIGHT - 78.0, 24.0, WIDTH - 30.0
    tall, wide = max(np.ptp(north), 1e-6), max(np.ptp(east), 1e-6)
    scale = min((bottom - top) / tall, (right - left) / wide)
    x = (left + right) / 2 + (east - (east.max() + east.min()) / 2) * scale
    y = (top + bottom) / 2 - (north - (north.max() + north.min()) / 2) * scale
    return x, y


def _spread(x: np.ndarray, y: np.ndarray, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same places with providers of one town moved apart until none hides another; each stays near its own."""
    at = np.stack([x, y], axis=1)
    angle = 2.4 * np.arange(len(r))  # those at one spot part in directions of their own
    at += 0.01 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    want = r[:, None] + r[None, :] + 1.0
    np.fill_diagonal(want, 0.0)
    for _ in range(60):
        between = at[:, None] - at[None, :]
        far = np.maximum(np.hypot(between[..., 0], between[..., 1]), 1e-9)
        lack = np.maximum(want - far, 0.0)
        if lack.max() < 0.5:
            break
        at += 0.25 * (between / far[..., None] * lack[..., None]).sum(axis=1)
    return np.clip(at[:, 0], 12.0, WIDTH - 12.0), np.clip(at[:, 1], 36.0, HEIGHT - 66.0)


def _radius(model: FundingFlows, node: int) -> float:
    data = model.network.nodes[node]
    if data["kind"] == "practice":
        return 2.0 + 0.055 * float(np.sqrt(model.practices.lists[node]))
    return 11.0 if data["kind"] == "hospital" else 8.0


def _edges(model: FundingFlows, x: np.ndarray, y: np.ndarray, carries: str) -> list[str]:
    chosen = [(a, b, float(d[carries])) for a, b, d in model.network.edges(data=True) if carries in d]
    most = max((v for _, _, v in chosen), default=1.0) or 1.0
    if most <= 1.0:  # nothing has moved yet: show the usual shares
        chosen = [(a, b, d["weight"]) for a, b, d in model.network.edges(data=True) if d["kind"] == "referral"]
        most = 4.0
    drawn = [
        tag("path", d=f"M{x[a]:.0f},{y[a]:.0f} {x[b]:.0f},{y[b]:.0f}", stroke_width=max(0.4, 9.0 * v / most))
        for a, b, v in sorted(chosen, key=lambda e: e[2])
        if v > 0.01 * most
    ]
    return [tag("g", *drawn, stroke="#5B8DB8", fill="none")]


def _node(model: FundingFlows, node: int, x: float, y: float, load: np.ndarray) -> str:
    data, r = model.network.nodes[node], _radius(model, node)
    rim, thick = "#ffffff", 1.0
    first = len(model.practices)
    if data["kind"] == "practice":
        colour = next(c for top, c, _ in LOADS if load[node] <= top or top > 9)
        hint = (
            f"{data['name']}: {model.practices.lists[node]:,.0f} people, "
            f"{model.practices.loads[node]:.0f} GP contacts per FTE-week "
            f"({100 * load[node]:.0f} % of usual)"
        )
        shape = tag("circle", cx=x, cy=y, r=r, fill=colour, stroke=rim, stroke_width=thick)
    elif data["kind"] == "hospital":
        full = float(model.hospitals.occupancy[node - first])
        hint = f"{data['name']}: {100 * full:.0f} % of beds occupied"
        inner = 2 * r * min(full, 1.0)
        shape = tag(
            "rect",
            x=x - r,
            y=y - r,
            width=2 * r,
            height=2 * r,
            fill="#ffffff",
            stroke=INK,
            stroke_width=1.5,
        )
        shape += tag("rect", x=x - r, y=y + r - inner, width=2 * r, height=inner, fill="#12436D")
    else:
        hint = f"{data['name']} ({data['kind'].replace('_', ' ')})"
        points = f"{x:.1f},{y - r:.1f} {x + r:.1f},{y:.1f} {x:.1f},{y + r:.1f} {x - r:.1f},{y:.1f}"
        shape = tag("polygon", points=points, fill="#801650", stroke=rim, stroke_width=thick)
    return tag(
        "g",
        tag("title", escape(hint)),
        shape,
        data_node=node,
        tabindex=0,
        role="button",
        aria_label=hint,
        class_="ff-node",
    )


def _labels(model: FundingFlows, x: np.ndarray, y: np.ndarray) -> list[str]:
    """Hospitals' names and how full they are, each where it hides least."""
    parts: list[str] = []
    taken: list[Label] = []
    radii = np.array([_radius(model, n) for n in model.network.nodes])
    for node in (n for n, d in model.network.nodes(data=True) if d["kind"] == "hospital"):
        name, full = _brief(model.network.nodes[node]["name"]), model.hospitals.occupancy[node - len(model.practices)]
        wide, r = max(6.9 * len(name), 108.0), float(radii[node])
        free = [box for box in _boxes(float(x[node]), float(y[node]), r, wide) if box[1] > 0 and box[1] + wide < WIDTH]
        side, left, top = min(free, key=lambda box: _hidden(box[1], box[2], wide, x, y, radii, taken))
        taken.append((left, top, wide))
        at = {"start": left, "middle": left + wide / 2, "end": left + wide}[side]
        ground = {"fill": "#ffffff", "fill_opacity": 0.8, "pointer_events": "none"}
        parts.append(tag("rect", x=left, y=top, width=wide, height=TALL, **ground))
        parts.append(text(at, top + 12, name, 12, side, font_weight="bold", pointer_events="none"))
        said = f"{100 * full:.0f} % of beds in use"
        parts.append(text(at, top + 25, said, 11, side, GREY, pointer_events="none"))
    return parts


def _boxes(x: float, y: float, r: float, wide: float) -> list[tuple[str, float, float]]:
    """Where a label may stand beside a point: which side of it is fixed, left and top."""
    beside = [("start", x + r + 4, y - TALL / 2), ("end", x - r - 4 - wide, y - TALL / 2)]
    beside = beside if x > WIDTH / 2 else beside[::-1]  # outwards, unless that hides more
    aligned = (("middle", x - wide / 2), ("end", x + r - wide), ("start", x - r))
    return [*beside, *((side, left, top) for top in (y - r - TALL - 1, y + r + 1) for side, left in aligned)]


def _hidden(
    left: float, top: float, wide: float, x: Any, y: Any, r: Any, taken: list[tuple[float, float, float]]
) -> float:
    """How much lies under a label: providers, and more weightily other labels."""
    across = np.minimum(left + wide, x + r) - np.maximum(left, x - r)
    down = np.minimum(top + TALL, y + r) - np.maximum(top, y - r)
    under = float((np.maximum(across, 0) * np.maximum(down, 0)).sum())
    for other, above, width in taken:
        over = min(left + wide, other + width) - max(left, other), TALL - abs(top - above)
        under += 10.0 * max(over[0], 0.0) * max(over[1], 0.0)
    return under


def _brief(name: str) -> str:
    return name if len(name) <= 26 else name[:25] + "…"


def _legend(carries: str) -> list[str]:
    y = HEIGHT - 34
    parts = [text(0, y - 14, "GP contacts, % of usual", 11, fill=GREY)]
    for k, (_, colour, label) in enumerate(LOADS):
        parts += [tag("circle", cx=8 + 92 * k, cy=y, r=6, fill=colour), text(18 + 92 * k, y + 4, label, 11)]
    parts += [
        tag("rect", x=290, y=y - 7, width=14, height=14, fill="#ffffff", stroke=INK),
        tag("rect", x=290, y=y - 2, width=14, height=9, fill="#12436D"),
        text(309, y + 4, "hospital, beds used", 11),
    ]
    parts += [
        tag("polygon", points=f"428,{y - 7} 435,{y} 428,{y + 7} 421,{y}", fill="#801650"),
        text(440, y + 4, "care, commissioner", 11),
    ]
    parts.append(
        text(
            0,
            HEIGHT - 6,
            f"Circles grow with the list; lines with {CARRIES[carries]}. Choose one for its story.",
            11,
            fill=GREY,
        )
    )
    return parts


__all__ = ["CARRIES", "draw", "number"]
