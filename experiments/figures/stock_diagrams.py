"""Stock-and-flow diagrams by sector: a box for each stock, with what fills it left and what drains it right of it."""

from __future__ import annotations

from html import escape
from typing import Any

from ...agents.stocks import SECTORS, Flow, Stock
from ...model.stocks import STOCKS
from ..results.stock_tables import moved_by

WIDTH, LINE, GAP, TOP = 1180, 34, 18, 60  # pixels
LEAST = 52  # height of a stock's box
BOX, LEFT = 250, 465  # width of a stock's box, and where it begins
END = 150  # width of what a flow comes from or goes to
STYLE = """
text { font-family: "DejaVu Sans", Verdana, sans-serif; font-size: 12px; fill: #222 }
.title { font-size: 20px; font-weight: bold } .note { fill: #555 } .stock { font-weight: bold }
.unit, .other { font-size: 11px; fill: #555 } .box { fill: #e8f1fa; stroke: #20567f; stroke-width: 1.6 }
.link { fill: #f4f4f4; stroke: #999 } .pipe { stroke: #444; stroke-width: 2.2; fill: none }
.valve { fill: #fff; stroke: #444; stroke-width: 1.4 } .cloud { fill: #fff; stroke: #999; stroke-width: 1.2 }
"""


def stocks_of(sector: str) -> list[Stock]:
    """The stocks of a sector, as they are listed."""
    return [stock for stock in STOCKS.values() if stock.sector == sector]


def sector_diagram(sector: str) -> str:
    """The stocks of one sector and their flows, as the text of an SVG."""
    parts: list[str] = []
    y = TOP
    for stock in stocks_of(sector):
        inward, outward = moved_by(stock)
        rows = max(len(inward), len(outward), 1)
        height = max(rows * LINE, LEAST)
        parts += _box(stock, y, height)
        for flows, draw in ((inward, _inflow), (outward, _outflow)):
            first = y + (height - len(flows) * LINE) / 2
            for k, flow in enumerate(flows):
                parts += draw(flow, first + (k + 0.5) * LINE)
        y += height + GAP
    head = [_text(20, 30, SECTORS[sector], "title"),
            _text(WIDTH - 20, 30, "box: a stock · valve: a flow a week · oval: outside the model · "
                  "two arrowheads: fills or drains", "note", "end")]  # fmt: skip
    return svg(WIDTH, y + 4, [*head, *parts], STYLE, f"Stocks and flows: {SECTORS[sector]}")


def svg(width: float, height: float, parts: list[str], style: str, title: str) -> str:
    """An SVG of these parts on white."""
    heads = "".join(
        f'<marker id="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="6" markerHeight="6" '
        f'orient="auto-start-reverse"><path d="M0,0 L10,5 L0,10 z" fill="{colour}"/></marker>'
        for name, colour in HEADS.items()
    )
    return "\n".join(
        [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
         f'viewBox="0 0 {width:.0f} {height:.0f}" role="img">', f"<title>{escape(title)}</title>",
         f"<style>{style}</style><defs>{heads}</defs>", '<rect width="100%" height="100%" fill="#fff"/>', *parts,
         "</svg>", ""]
    )  # fmt: skip


HEADS = {"dark": "#444", "plus": "#1b7f5c", "minus": "#c2410c", "grey": "#8a8a8a"}  # arrowheads by name


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'


def wrapped(text: str, most: int) -> list[str]:
    """A text in lines of at most so many characters, where its words allow it."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _box(stock: Stock, y: float, height: float) -> list[str]:
    lines = wrapped(stock.label, 34)
    first = y + height / 2 - 7 * (len(lines) - 1) - 6
    unit = [_text(LEFT + BOX / 2, first + 15 * len(lines) + 1, stock.unit, "unit", "middle")]
    return [
        f'<rect x="{LEFT}" y="{y + 2:.1f}" width="{BOX}" height="{height - 4:.1f}" rx="3" class="box"/>',
        *(_text(LEFT + BOX / 2, first + 15 * k + 4, line, "stock", "middle") for k, line in enumerate(lines)), *unit,
    ]  # fmt: skip


def _inflow(flow: Flow, y: float) -> list[str]:
    return [*_end(20, y, flow.source), *_pipe(20 + END, LEFT, y, flow)]


def _outflow(flow: Flow, y: float) -> list[str]:
    return [*_pipe(LEFT + BOX, WIDTH - 20 - END, y, flow), *_end(WIDTH - 20 - END, y, flow.target)]


def _pipe(start: float, stop: float, y: float, flow: Flow) -> list[str]:
    """An arrow with a valve, and the flow's name above it."""
    middle, back = (start + stop) / 2, ' marker-start="url(#dark)"' if flow.both_ways else ""
    return [
        f'<path d="M{start:.1f},{y + 7:.1f} H{stop - 2:.1f}" class="pipe" marker-end="url(#dark)"{back}/>',
        f'<path d="M{middle - 6:.1f},{y + 2:.1f} v10 l12,-10 v10 z" class="valve"/>',
        _text(middle, y - 2, flow.label, "flow", "middle"),
    ]


def _end(x: float, y: float, name: str) -> list[str]:
    """What a flow comes from or goes to: another stock, or a cloud."""
    if not name:
        at: Any = x + (END - 12 if x < LEFT else 12)
        return [f'<ellipse cx="{at:.1f}" cy="{y + 7:.1f}" rx="12" ry="8" class="cloud"/>']
    lines = wrapped(STOCKS[name].label, 26)[:2]
    texts = [_text(x + END / 2, y + 11 + 12 * (k - (len(lines) - 1) / 2), line, "other", "middle")
             for k, line in enumerate(lines)]  # fmt: skip
    return [f'<rect x="{x:.1f}" y="{y - 7:.1f}" width="{END}" height="28" rx="3" class="link"/>', *texts]
