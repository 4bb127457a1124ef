"""How stocks act on one another: influences between variables, those that links carry, and the loops they make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import networkx as nx

from ..agents.links import LINKS, Link
from ..agents.stocks import DOWN, UP, Flow
from . import system  # noqa: F401  (declares the links)
from .stocks import FLOWS, STOCKS

#: words of links for what is a variable by another name, and whether more of the one is less of the other
ALIASES = {
    "commissioner deficit": ("Money of commissioners", DOWN),
    "hospital deficit": ("Money of hospitals", DOWN),
    "community income": ("Money of community services", UP),
    "pool surplus": ("Money of pooled budgets", UP),
    "practice behaviour": ("Behaviour of practices", UP),
    "requests": ("Unmet requests", UP),
}


class Influence(NamedTuple):
    """One variable acts on another, through a flow that fills or drains it."""

    source: str
    target: str
    polarity: int  # 1: more of the source makes more of the target; -1: less
    flow: str  # label of the flow
    link: str = ""  # name of the link that carries it, if it can be held


def variable_of(link: Link) -> tuple[str, int]:
    """The variable that a link starts from, and -1 where the link's word means less of it.

    Raises:
        KeyError: for a word that is no variable.
    """
    known = {stock.shown.casefold(): stock.shown for stock in STOCKS.values()}
    if link.source.casefold() in known:
        return known[link.source.casefold()], UP
    return ALIASES[link.source]


def flows_of(link: Link) -> list[tuple[Flow, int]]:
    """The flows that a link acts on, each with -1 where the link's word means less of it; none if it fills no stock."""
    signs = {link.flow: UP, f"-{link.flow}": DOWN}
    return [(flow, signs[word]) for flow in FLOWS.values() for word in flow.words if word in signs]


def ends(flow: Flow) -> Iterator[tuple[str, int]]:
    """The variables that a flow fills, with 1, and drains, with -1; none where both ends are the same variable."""
    target, source = (STOCKS[name].shown if name else "" for name in (flow.target, flow.source))
    if target != source:
        if target:
            yield target, UP
        if source:
            yield source, DOWN


def influences() -> list[Influence]:
    """Each influence between two variables once by polarity, and once for each link that carries it.

    Left out are what a variable's own level does to its flows, and what acts both ways without a link for either.
    """
    found: dict[tuple[str, str, int, str], Influence] = {}
    for _, link in sorted(LINKS.items()):  # in an order that imports do not change
        source, turned = variable_of(link)
        for flow, sign in flows_of(link):
            for target, fills in ends(flow):
                _add(found, Influence(source, target, link.polarity * turned * sign * fills, flow.label, link.name))
    by_links = {key[:3] for key in found}
    for flow in FLOWS.values():
        for names, sign in ((flow.up, UP), (flow.down, DOWN)):
            for name in (n for n in names if STOCKS[n].sector != "behaviour"):  # several, of different signs
                for target, fills in ends(flow):
                    new = Influence(STOCKS[name].shown, target, sign * fills, flow.label)
                    if new.source not in ("", target) and new[:3] not in by_links:
                        _add(found, new)
    joined = {key[:3] for key in found}
    return [i for i in found.values() if i.link or (i.source, i.target, -i.polarity) not in joined]


def _add(found: dict[tuple[str, str, int, str], Influence], new: Influence) -> None:
    found.setdefault((new.source, new.target, new.polarity, new.link), new)


class Loop(NamedTuple):
    """A circle of influences. Reinforcing: what a variable gains comes back as more; balancing: as less."""

    variables: tuple[str, ...]
    reinforcing: bool
    links: tuple[str, ...]  # that can be held and so cut it


def loops(longest: int) -> list[Loop]:
    """Loops of at most so many variables that a link is part of, the shortest first."""
    graph = nx.MultiDiGraph()
    for k, influence in enumerate(influences()):
        graph.add_edge(influence.source, influence.target, key=k, influence=influence)
    found: list[Loop] = []
    for circle in nx.simple_cycles(nx.DiGraph(graph), length_bound=longest):
        found += _signed(graph, circle)
    return sorted(found, key=lambda loop: (len(loop.variables), loop.variables, loop.links, loop.reinforcing))


def _signed(graph: nx.MultiDiGraph, circle: list[str]) -> Iterator[Loop]:
    """A circle with the signs of its influences, where a link is part of it; several where signs differ."""
    first = circle.index(min(circle))
    circle = [*circle[first:], *circle[:first]]
    ways: list[tuple[int, tuple[str, ...]]] = [(1, ())]
    for source, target in zip(circle, [*circle[1:], circle[0]], strict=True):
        edges = [data["influence"] for data in graph[source][target].values()]
        ways = [(sign * e.polarity, (*links, e.link) if e.link else links) for sign, links in ways for e in edges]
    for sign, links in dict.fromkeys(ways):
        if links:
            yield Loop(tuple(circle), sign > 0, links)


def cut_at(found: Sequence[Loop]) -> list[str]:
    """The link at which each of these loops is cut: that of its links which fewest of them share."""
    sharing = Counter(name for loop in found for name in set(loop.links))
    return [min(loop.links, key=lambda name: (sharing[name], name)) for loop in found]


def links_of(found: Sequence[Loop]) -> list[str]:
    """The links that are part of some of these loops."""
    return sorted({name for loop in found for name in loop.links})
