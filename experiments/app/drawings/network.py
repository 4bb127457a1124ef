"""Map of the referral network: practices by list size and workload, hospitals by occupancy, lines by flow."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import Any

import numpy as np
from scipy.spatial import ConvexHull

from ....model.system import HealthEconomy
from ...figures.svg import GREY, INK, picture, short, tag, text
from . import payers, shades
from .labels import labels
from .shades import Shade

WIDTH, HEIGHT = 560, 440
LONG = 26  #: letters of a hospital's name that have room
MANY = 1000  #: providers above which there is no room to move them apart
CARRIES = {"patients": "patients sent in the last quarter", "pence": "pounds paid in the last quarter, by payer"}
#: upper limit of workload relative to usual, colour and label
LOADS = ((0.95, "#28A197", "below 95 %"), (1.05, "#B9C7D1", "95 to 105 %"), (9.9, "#F46A25", "above 105 %"))


def draw(model: HealthEconomy, carries: str, title: str, shade: Shade | None = None) -> str:
    """The map. Nodes carry ``data-node`` so that the page knows which one was selected.

    ``carries``: what lines show, see ``CARRIES``. ``shade``: what colours show in place of GPs' workload and beds.
    """
    net = model.network
    room = np.array([_radius(model, n, model.practices.usual_list) for n in net.nodes])
    x, y = np.frombuffer(_spread(*(a.tobytes() for a in (*_places(net), room)))).reshape(2, -1)
    drop = payers.TALL if carries == "pence" else 0.0
    y = y + drop
    parts = [_area(x, y, room, len(model.practices))]
    parts += payers.draw(model, x, y, WIDTH, 28.0) if drop else _edges(model, x, y)
    load = model.practices.loads / model.practices.usual_load
    order = sorted(net.nodes, key=lambda n: -room[n])
    parts += [_node(model, n, float(x[n]), float(y[n]), load, shade) for n in order]
    parts += _labels(model, x, y, room)
    parts += _legend(carries, shade, HEIGHT + drop)
    height = int(HEIGHT + drop) + 14
    return picture(WIDTH, height, f"Map of the network. {title}", *parts, title=title, role="group")


def _area(x: np.ndarray, y: np.ndarray, room: np.ndarray, practices: int) -> str:
    """The area of the practices: the tightest line around them. No boundary of anything is known here."""
    angle = np.linspace(0.0, 2.0 * np.pi, 12, endpoint=False)
    wide = room[:practices, None] + 8.0
    points = np.stack([x[:practices, None] + wide * np.cos(angle), y[:practices, None] + wide * np.sin(angle)], axis=-1)
    points = points.reshape(-1, 2)
    around = " ".join(f"{a:.1f},{b:.1f}" for a, b in points[ConvexHull(points).vertices])
    return tag("polygon", points=around, fill="#F3F6F8", stroke="#B9C7D1", stroke_dasharray="4 4", class_="ff-area")


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


def _edges(model: HealthEconomy, x: np.ndarray, y: np.ndarray) -> list[str]:
    """Lines of patients sent; those of a hundredth of the thickest and less are left out."""
    chosen = [(a, b, float(d["patients"])) for a, b, d in model.network.edges(data=True) if "patients" in d]
    most = max((v for _, _, v in chosen), default=1.0) or 1.0
    if most <= 1.0:  # nothing has flowed yet: show the usual shares
        chosen = [(a, b, d["weight"]) for a, b, d in model.network.edges(data=True) if d["kind"] == "referral"]
        most = 4.0
    drawn = [
        tag("path", d=f"M{x[a]:.0f},{y[a]:.0f} {x[b]:.0f},{y[b]:.0f}", stroke_width=max(0.4, 9.0 * v / most))
        for a, b, v in sorted(chosen, key=lambda e: e[2])
        if v > 0.01 * most
    ]
    return [tag("g", *drawn, stroke="#5B8DB8", fill="none")]


def _node(model: HealthEconomy, node: int, x: float, y: float, load: np.ndarray, shade: Shade | None) -> str:
    data, r = model.network.nodes[node], _radius(model, node, model.practices.lists)
    rim, thick = "#ffffff", 1.0
    first = len(model.practices)
    if data["kind"] == "practice":
        colour = shade.colour(node) if shade else next(c for top, c, _ in LOADS if load[node] <= top or top > 9)
        rim = GREY if shade else rim
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
        if shade and shade.kind == "hospital":
            shape += tag("rect", x=x - r, y=y - r, width=2 * r, height=2 * r, fill=shade.colour(node), stroke=INK)
        else:
            used = "#B9C7D1" if shade else "#12436D"
            shape += tag("rect", x=x - r, y=y + r - inner, width=2 * r, height=inner, fill=used)
    else:
        hint = f"{data['name']} ({data['kind'].replace('_', ' ')})"
        points = f"{x:.1f},{y - r:.1f} {x + r:.1f},{y:.1f} {x:.1f},{y + r:.1f} {x - r:.1f},{y:.1f}"
        shape = tag("polygon", points=points, fill="#801650", stroke=rim, stroke_width=thick)
    hint += f"; {said}" if shade and (said := shade.said(node)) else ""
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
    """Hospitals' names and occupancy, and the towns that the place file knows, drawn on top."""
    rows = [n for n, d in model.network.nodes(data=True) if d["kind"] == "hospital"]
    words = [
        (n, _called(model.network.nodes[n]["name"]), f"{100 * full:.0f} % of beds in use")
        for n, full in zip(rows, model.hospitals.occupancy, strict=True)
    ]
    return labels(words, x, y, radii, WIDTH, _towns(model, x, y))


def _called(name: str) -> str:
    """A hospital's name on the map: a long one goes without the word."""
    whole = name if len(name) <= LONG else name.removesuffix(" Hospital").removesuffix(" Hospitals")
    return short(whole, LONG)


def _towns(model: HealthEconomy, x: np.ndarray, y: np.ndarray) -> list[tuple[str, float, float]]:
    """Towns of the practices, by people registered there, each in the middle of its practices."""
    town = np.array(model.place.practices["town"].fillna("").astype(str))
    people = model.place.people.sum(axis=(1, 2))
    names = sorted({name for name in town if name}, key=lambda name: -int(people[town == name].sum()))
    here = [np.flatnonzero(town == name) for name in names]
    return [(name, float(x[r].mean()), float(y[r].mean())) for name, r in zip(names, here, strict=True)]


def _legend(carries: str, shade: Shade | None, height: float) -> list[str]:
    y = height - 34
    parts = shades.legend(shade, y - 4) if shade else _loads(y)
    full = "#B9C7D1" if shade else "#12436D"
    if not (shade and shade.kind == "hospital"):
        parts += [
            tag("rect", x=290, y=y - 7, width=14, height=14, fill="#ffffff", stroke=INK),
            tag("rect", x=290, y=y - 2, width=14, height=9, fill=full),
            text(309, y + 4, "hospital, beds used", 11),
        ]
    parts += [
        tag("polygon", points=f"428,{y - 7} 435,{y} 428,{y + 7} 421,{y}", fill="#801650"),
        text(440, y + 4, "care, commissioner", 11),
    ]
    said = f"Circle size: people registered. Line width: {CARRIES[carries]}. Select one for details."
    parts.append(text(0, height - 6, said, 11, fill=GREY))
    parts.append(text(0, height + 9, "Dashed line: area of the practices, no boundary.", 11, fill=GREY))
    return parts


def _loads(y: float) -> list[str]:
    parts = [text(0, y - 14, "GP workload, % of usual", 11, fill=GREY)]
    for k, (_, colour, label) in enumerate(LOADS):
        parts += [tag("circle", cx=8 + 92 * k, cy=y, r=6, fill=colour), text(18 + 92 * k, y + 4, label, 11)]
    return parts
