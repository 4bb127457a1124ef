"""Draws docs/imports.svg, the import graph of the rooms, from the code. ``python docs/draw_imports.py`` writes it anew.

A room is a folder of modules; for `model/`, `scenarios/` and `experiments/` the files at the top count as a room too.
``docs/imports.json`` keeps what is drawn, so that a test can tell when the picture is out of date.
"""

from __future__ import annotations

import ast
import json
from collections import Counter
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("experiments", "scenarios", "model", "agents")  # the first may import all that follow
COLOURS = ("#1b7837", "#b35806", "#2166ac", "#762a83")  # of their rooms and arrows


def modules() -> dict[str, Path]:
    """Every module of the four layers, by dotted name."""
    found = {}
    for layer in LAYERS:
        for path in sorted((ROOT / layer).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(name: str, path: Path, known: dict[str, Path]) -> set[str]:
    """Modules that a module imports, wherever in its text: at the top, in functions, for types only."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            if node.level:
                base = ".".join(package[: len(package) - node.level + 1] + ([node.module] if node.module else []))
            else:
                base = (node.module or "").removeprefix("fundingflows.")
            found |= {whole if (whole := f"{base}.{alias.name}") in known else base for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("fundingflows.") for alias in node.names}
    return (found & set(known)) - {name}


def graph() -> dict[str, set[str]]:
    """Imports of every module, by its name."""
    known = modules()
    return {name: imports(name, path, known) for name, path in known.items()}


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that import each other in a circle, each group sorted."""
    reach = {name: _reached(name, edges) for name in edges}
    groups = {tuple(sorted(m for m in reach[name] if name in reach[m])) for name in edges if name in reach[name]}
    return [list(group) for group in sorted(groups)]


def _reached(name: str, edges: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(edges[name])
    while waiting:
        found = waiting.pop()
        if found not in seen:
            seen.add(found)
            waiting += edges[found]
    return seen


def room(path: Path) -> str:
    """The room of a module: its folder within the layer, or the layer itself for files at its top."""
    return "/".join(path.relative_to(ROOT).parent.parts[:2])


def rooms() -> dict[str, dict[str, Any]]:
    """Rooms with their number of files and lines, and the number of imports into each other room."""
    edges, paths = graph(), modules()
    of = {name: room(path) for name, path in paths.items()}
    out: dict[str, dict[str, Any]] = {}
    for name in sorted(set(of.values())):
        inside = [module for module in edges if of[module] == name]
        text = [paths[module].read_text(encoding="utf-8") for module in inside]
        used = Counter(of[other] for module in inside for other in edges[module] if of[other] != name)
        files = sum(paths[module].name != "__init__.py" for module in inside)
        out[name] = {
            "files": files, "lines": sum(t.count("\n") for t in text), "imports": dict(sorted(used.items()))
        }  # fmt: skip
    return out


WIDE = 3  # rooms in a row at most, of those that import each other


def picture(found: dict[str, dict[str, Any]], path: Path) -> None:
    """Draw rooms in rows by layer; arrows join the rooms of a layer, and at the side each layer to those below it."""
    plt.rcParams["svg.hashsalt"] = "rooms"  # the same picture from the same rooms
    at = _places(found)
    figure, axes = plt.subplots(figsize=(13, 12))
    axes.set(xlim=(-0.1, 11.2), ylim=(-0.7, max(y for _, y in at.values()) + 0.9))
    axes.axis("off")
    middles = {layer: _layer(axes, at, layer) for layer in LAYERS}
    for k, layer in enumerate(LAYERS):
        for other in LAYERS[k + 1 :]:
            _layer_arrow(axes, middles[layer], middles[other], _between(found, layer, other), COLOURS[k])
    for name, here in found.items():
        for other, n in here["imports"].items():
            if _layer_of(name) == _layer_of(other):
                _arrow(axes, at[name], at[other], n, COLOURS[LAYERS.index(_layer_of(name))])
    for name, (x, y) in at.items():
        _box(axes, x, y, name, found[name])
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None} if path.suffix == ".svg" else None)
    plt.close(figure)


def _layer_of(name: str) -> str:
    return name.split("/")[0]


def _between(found: dict[str, dict[str, Any]], layer: str, other: str) -> int:
    """Imports of one layer's modules from another layer."""
    counts = [here["imports"] for name, here in found.items() if _layer_of(name) == layer]
    return sum(n for count in counts for name, n in count.items() if _layer_of(name) == other)


def _places(found: dict[str, dict[str, Any]]) -> dict[str, tuple[float, float]]:
    """The middle of each room's box."""
    at: dict[str, tuple[float, float]] = {}
    y = 0.0
    for layer in reversed(LAYERS):
        for row in _rows(found, layer):
            step = 8.4 / (len(row) + 1)
            at |= {name: (0.2 + step * (i + 1), y) for i, name in enumerate(row)}
            y += 1.0
        y += 0.35
    return at


def _rows(found: dict[str, dict[str, Any]], layer: str) -> list[list[str]]:
    """Rooms of a layer in rows from the bottom: each above those it imports, the most imported of a group lowest."""
    left = {name for name in found if _layer_of(name) == layer}
    edges = {name: {other for other in found[name]["imports"] if other in left} for name in left}
    reach = {name: _reached(name, edges) for name in left}
    rows = []
    while left:
        lowest = [n for n in left if all(n in reach[m] for m in reach[n] & left)]
        lowest.sort(
            key=lambda n: (sum(found[n]["imports"].get(m, 0) - found[m]["imports"].get(n, 0) for m in edges), n)
        )
        rows += [lowest[i : i + WIDE] for i in range(0, len(lowest), WIDE)]
        left -= set(lowest)
    return rows


def _layer(axes: Any, at: dict[str, tuple[float, float]], layer: str) -> tuple[float, float]:
    """A band behind a layer's rooms; returns its lowest and highest y."""
    rows = [y for name, (_, y) in at.items() if _layer_of(name) == layer]
    low, high, colour = min(rows) - 0.45, max(rows) + 0.55, COLOURS[LAYERS.index(layer)]
    axes.add_patch(Rectangle((0, low), 8.8, high - low, facecolor=colour, alpha=0.10, edgecolor="none"))
    axes.text(0.1, high - 0.08, f"{layer}/", fontsize=13, weight="bold", color=colour, va="top")
    return low, high


def _layer_arrow(axes: Any, above: tuple[float, float], below: tuple[float, float], n: int, colour: str) -> None:
    """An arrow at the side from one layer to another, with its number of imports."""
    if not n:
        return
    start, end = above[0] + 0.2, below[1] - 0.2
    bend = 0.25 + 0.23 * (start - end)
    axes.add_patch(
        FancyArrowPatch((8.85, start), (8.85, end), connectionstyle=f"arc3,rad={-bend / (start - end):.3f}",
                        arrowstyle="-|>", mutation_scale=16, linewidth=0.8 + 0.12 * n**0.5, color=colour)
    )  # fmt: skip
    axes.text(
        8.95 + bend / 2, (start + end) / 2, f"{n} imports", fontsize=9.5, color=colour, va="center", zorder=5,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
    )  # fmt: skip


def _arrow(axes: Any, start: tuple[float, float], end: tuple[float, float], n: int, colour: str) -> None:
    """An arrow between two rooms of a layer, thicker for more imports."""
    (x0, y0), (x1, y1) = start, end
    if abs(y0 - y1) < 0.01:
        side = 0.86 if x1 > x0 else -0.86
        ends, rad = ((x0 + side, y0), (x1 - side, y1)), 0.0
        if abs(x1 - x0) > 2.9:
            ends, rad = ((x0, y0 - 0.25), (x1, y1 - 0.25)), 0.2 if x1 > x0 else -0.2
    else:
        down = 0.27 if y0 > y1 else -0.27
        lean = 0.35 * (x1 - x0) / (abs(x1 - x0) + 1.0) + (0.12 if down > 0 else -0.12)
        ends, rad = ((x0 + lean, y0 - down), (x1 - lean, y1 + down)), 0.0
    axes.add_patch(
        FancyArrowPatch(*ends, connectionstyle=f"arc3,rad={rad}", arrowstyle="-|>", mutation_scale=10,
                        linewidth=0.5 + 0.3 * n**0.5, color=colour, alpha=0.6, zorder=2)
    )  # fmt: skip


def _box(axes: Any, x: float, y: float, name: str, here: dict[str, Any]) -> None:
    """A room: its name, files and lines."""
    title = name.split("/")[1] if "/" in name else "files at the top"
    axes.add_patch(
        FancyBboxPatch((x - 0.8, y - 0.22), 1.6, 0.44, boxstyle="round,pad=0.03", facecolor="white",
                       edgecolor=COLOURS[LAYERS.index(_layer_of(name))], linewidth=1.6, zorder=3)
    )  # fmt: skip
    axes.text(x, y + 0.07, title, ha="center", va="center", fontsize=11, weight="bold", zorder=4)
    size = f"{here['files']} files, {here['lines']:,} lines"
    axes.text(x, y - 0.11, size, ha="center", va="center", fontsize=8.5, color="#444444", zorder=4)


if __name__ == "__main__":
    found = rooms()
    (ROOT / "docs" / "imports.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    picture(found, ROOT / "docs" / "imports.svg")
