"""Small pieces of markup: tables, headline figures and empty states."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from .tiles import Tile


def table(rows: Sequence[Sequence[Any]], head: Sequence[str], numbers: Sequence[int] = ()) -> str:
    """A table as markup; columns in ``numbers`` are right-aligned."""
    cells = "".join(f'<th scope="col"{_n(i, numbers)}>{escape(h)}</th>' for i, h in enumerate(head))
    body = "".join(
        "<tr>" + "".join(f"<td{_n(i, numbers)}>{escape(str(c))}</td>" for i, c in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def _n(i: int, numbers: Sequence[int]) -> str:
    return ' class="n"' if i in numbers else ""


def wider(kept: str, label: str) -> str:
    """A table that may be wider than a telephone: it scrolls by itself, also from the keyboard."""
    return f'<div class="ff-wider" role="region" aria-label="{escape(label)}" tabindex="0">{kept}</div>'


def figures(tiles: Sequence[Tile]) -> str:
    """Headline figures in a row, each with its label and, if any, its difference from the reference."""
    return f'<div class="ff-figures">{"".join(map(_figure, tiles))}</div>'


def _figure(tile: Tile) -> str:
    value, than = escape(tile.value), escape(tile.than)
    if tile.measure:
        value, than = exact(tile.exact, value), exact(tile.gap, than)
    return (
        f'<div class="ff-figure" data-measure="{tile.measure}"><b>{value}</b><span>{escape(tile.label)}</span>'
        + (f'<span class="ff-than">{than}</span>' if tile.than else "")
        + "</div>"
    )


def exact(value: float, said: str) -> str:
    """A rounded number with the one behind it."""
    return f'<data value="{float(value)!r}">{said}</data>'


def empty(words: str) -> str:
    """A message for a page that has no results yet."""
    return f'<div class="ff-empty">{escape(words)}</div>'
