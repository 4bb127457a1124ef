"""Map of the referral network: practices by list size and workload, hospitals by occupancy, lines by flow."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import Any

import numpy as np

from ....model.system import HealthEconomy
from ...figures.svg import GREY, INK, picture, short, tag, text
from ...results.numbers import number
from .labels import labels

WIDTH, HEIGHT = 560, 440
MANY = 1000  #: providers above which there is no room to move them apart
CARRIES = {"patients": "patients sent in the last quarter", "pence": "pounds paid in the last quarter"}
#: upper limit of workload relative to usual, colour and label
LOADS = ((0.95, "#28A197", "below 95 %"), (1.05, "#B9C7D1", "95 to 105 %"), (9.9, "#F46A25", "above 105 %"))


def draw(model: HealthEconomy, carries: str, title: str) -> str:
    """The map. Nodes carry ``data-node`` so that the page knows which one was selected."""
    net = model.network
    room = np.array([_radius(model, n, model.practices.usual_list) for n in net.nodes])
    x, y = np.frombuffer(_spread(*(a.tobytes() for a in (*_places(net), room)))).reshape(2, -1)
    parts = _edges(model, x, y, carries)
    load = model.practices.loads / model.practices.usual_load
    order = sorted(net.nodes, key=lambda n: -room[n])
    parts += [_node(model, n, float(x[n]), float(y[n]), load) for n in order]
    parts += _labels(model, x, y, room)
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


@lru_cache(maxsize=16)
def _spread(*places: bytes) -> bytes:
    """Positions (x and y, from x, y and radii) in which neighbours are moved apart until none hides another.

    Each stays near its true position. Bytes in and out, so that results can be cached; a country is left as it is.
    """
    x, y, r = (np.frombuffer(a) for a in places)
    at = np.stack([x, y], axis=1)
    if len(r) > MANY:
        return at.T.tobytes()
    angle = 2.4 * np.arange(len(r))  # separates providers at the same spot
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
    return np.clip(at, (12.0, 36.0), (WIDTH - 12.0, HEIGHT - 66.0)).T.tobytes()


def _radius(model: HealthEconomy, node: int, lists: np.ndarray) -> float:
    data = model.network.nodes[node]
    if data["kind"] == "practice":
        return 2.0 + 0.055 * float(np.sqrt(lists[node]))
    return 11.0 if data["kind"] == "hospital" else 8.0


def _edges(model: HealthEconomy, x: np.ndarray, y: np.ndarray, carries: str) -> list[str]:
    chosen = [(a, b, float(d[carries])) for a, b, d in model.network.edges(data=True) if carries in d]
    most = max((v for _, _, v in chosen), default=1.0) or 1.0
    if most <= 1.0:  # nothing has flowed yet: show the usual shares
        chosen = [(a, b, d["weight"]) for a, b, d in model.network.edges(data=True) if d["kind"] == "referral"]
        most = 4.0
    drawn = [
        tag("path", d=f"M{x[a]:.0f},{y[a]:.0f} {x[b]:.0f},{y[b]:.0f}", stroke_width=max(0.4, 9.0 * v / most))
        for a, b, v in sorted(chosen, key=lambda e: e[2])
        if v > (0.0 if carries == "pence" else 0.01 * most)
    ]
    return [tag("g", *drawn, stroke="#5B8DB8", fill="none")]


def _node(model: HealthEconomy, node: int, x: float, y: float, load: np.ndarray) -> str:
    data, r = model.network.nodes[node], _radius(model, node, model.practices.lists)
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
        hint = f"{data['name']}: {100 * full:.0f} % of beds in use"
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


def _labels(model: HealthEconomy, x: np.ndarray, y: np.ndarray, radii: np.ndarray) -> list[str]:
    """Hospitals' names and occupancy, drawn on top."""
    rows = [n for n, d in model.network.nodes(data=True) if d["kind"] == "hospital"]
    words = [
        (n, short(model.network.nodes[n]["name"], 26), f"{100 * full:.0f} % of beds in use")
        for n, full in zip(rows, model.hospitals.occupancy, strict=True)
    ]
    return labels(words, x, y, radii, WIDTH)


def _legend(carries: str) -> list[str]:
    y = HEIGHT - 34
    parts = [text(0, y - 14, "GP workload, % of usual", 11, fill=GREY)]
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
            f"Circle size: people registered. Line width: {CARRIES[carries]}. Select one for details.",
            11,
            fill=GREY,
        )
    )
    return parts


__all__ = ["CARRIES", "draw", "number"]
