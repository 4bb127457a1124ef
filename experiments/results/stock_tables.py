"""Stocks, flows and loops in words: tables and equations, for the terminal and for the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ...agents.links import LINKS
from ...agents.stocks import SECTORS, Flow, Stock
from ...model.parameters import Parameters
from ...model.stocks import FLOWS, STOCKS
from ...model.structure import flows_of, loops

LONGEST = 3  #: variables in a loop of the page, at most


class Row(NamedTuple):
    """A stock as a row of the table."""

    stock: str
    unit: str
    fills: str
    drains: str
    takes: str


def moved_by(stock: Stock) -> tuple[list[Flow], list[Flow]]:
    """What fills a stock, and what drains it; what goes both ways is among what fills it unless it starts there."""
    inward = [flow for flow in FLOWS.values() if flow.target == stock.name]
    return inward, [flow for flow in FLOWS.values() if flow.source == stock.name]


def rows(sector: str, parameters: Parameters) -> Iterator[Row]:
    """The stocks of a sector, with time constants as they ship."""
    for stock in STOCKS.values():
        if stock.sector == sector:
            inward, outward = moved_by(stock)
            timed = [flow for flow in (*inward, *outward) if flow.delay and flow.source in ("", stock.name)]
            times = dict.fromkeys(f"{flow.label}: {taking(flow, parameters)}" for flow in timed)
            filled, drained = (", ".join(flow.label for flow in flows) for flows in (inward, outward))
            yield Row(stock.label, stock.unit, filled, drained, "; ".join(times))


def taking(flow: Flow, parameters: Parameters) -> str:
    """How long a flow takes, or its rate: the parameter's value and unit, or words."""
    if " " in flow.delay:
        return flow.delay
    parameter = parameters[flow.delay]
    value = f"{parameter.value:g} {parameter.unit}" if np.ndim(parameter.value) == 0 else "by age"
    return f"{value} (`{flow.delay}`)"


def equation(stock: Stock) -> str:
    """How a stock changes in a week."""
    inward, outward = moved_by(stock)
    change = [*(f"+ {flow.name}" for flow in inward), *(f"− {flow.name}" for flow in outward)]
    return f"{stock.name}(t) = {stock.name}(t−1) {' '.join(change)}"


def law(flow: Flow) -> str:
    """What sets a flow, and the stocks that act on it."""
    acts = [*(f"+{name}" for name in flow.up), *(f"−{name}" for name in flow.down)]
    return f"{flow.law}{'; ' if acts else ''}{', '.join(acts)}"


def markdown(parameters: Parameters, panels: dict[str, str]) -> str:
    """The page of the documentation. ``panels``: titles of causal-loop diagrams by name."""
    parts = [INTRODUCTION]
    parts += [f"![What acts on what: {title}](structure/loops-{name}.svg)\n" for name, title in panels.items()]
    parts += ["\n".join(_loop_lines()), "\n".join(_link_lines())]
    for sector, title in SECTORS.items():
        parts.append("\n".join(_sector_lines(sector, title, parameters)))
    return "\n".join(parts)


def _sector_lines(sector: str, title: str, parameters: Parameters) -> Iterator[str]:
    yield f"## {title}\n\n![Stocks and flows: {title}](structure/stocks-{sector}.svg)\n"
    yield "| Stock | Unit | Filled by | Drained by | Time it takes |\n|---|---|---|---|---|"
    for row in rows(sector, parameters):
        yield "| " + " | ".join(row) + " |"
    here = [stock for stock in STOCKS.values() if stock.sector == sector]
    yield "\n```text"
    yield from (equation(stock) for stock in here)
    yield "```\n\n| Flow | What it is | Set by; more of a stock makes it larger (+) or smaller (−) |\n|---|---|---|"
    flows = dict.fromkeys(flow.name for stock in here for group in moved_by(stock) for flow in group)
    for flow in (FLOWS[name] for name in flows):
        yield f"| `{flow.name}` | {flow.label} | {law(flow)} |"
    yield ""


def _loop_lines() -> Iterator[str]:
    found = loops(LONGEST)
    yield (
        f"Loops of at most {LONGEST} variables that a link is part of, {len(found)} of them; `fundingflows structure` "
        "lists longer ones, too. Holding one of its links cuts a loop; [how much that matters]"
        "(why.md#how-much-loops-matter) is measured by runs.\n"
    )
    yield "| Loop | Kind | Links |\n|---|---|---|"
    for loop in found:
        circle = " → ".join((*loop.variables, loop.variables[0]))
        kind = "reinforcing" if loop.reinforcing else "balancing"
        yield f"| {circle} | {kind} | {', '.join(f'`{name}`' for name in loop.links)} |"
    yield ""


def _link_lines() -> Iterator[str]:
    yield "| Link | From | To | | What it says |\n|---|---|---|---|---|"
    for _, link in sorted(LINKS.items()):
        sign = "+" if link.polarity > 0 else "−"
        to = link.flow if flows_of(link) else f"{link.flow} (fills no stock)"
        yield f"| `{link.name}` | {link.source} | {to} | {sign} | {link.says} |"
    yield ""


INTRODUCTION = """# Stocks, flows and loops

`python docs/draw_stocks.py` makes this page from the code, where each stock and flow is declared once, beside the
code that moves it (`STOCKS` and `FLOWS` in `agents/` and `model/money/sectors.py`). `fundingflows structure` prints
it and writes the drawings.

A stock accumulates. Only flows change it, and each flow is counted where it moves, so that in every week what there
was, and what flowed in less what flowed out, is what there is: exactly where the stock is a whole number, and to a
billionth part elsewhere (`tests/properties/test_stocks_balance.py`, all funding files). Nothing is worked out as what
is left over, with one exception: what other staff are measured by when a practice closes (`other_staff_regraded`). A
flow's unit is that of its stock, a week.

`stocks.parquet` and `model.datacollector` have every stock in every week ([outputs](outputs.md#stocksparquet)).

## What acts on what

Each variable is one stock or a few alike; an arrow is what it does to a flow that fills or drains another. Solid
arrows are links that a run can hold at their usual value (`--hold`). What acts both ways without a link is not drawn,
nor is what behaviours do to flows: a behaviour of one name has several, of different signs, which the tables below
give. Contracts act on all behaviours.
"""
