"""A difference between two ways of paying taken apart: prices, what each kind of provider does, what follows from it.

Parts are players of a game whose worth is the difference under the second way of paying less that under the first,
with some parts at work and the others switched off in both. A part's share is its Shapley value (Shapley, 1953): the
mean, over orders, of what it changes when it is switched on, so that no order matters. All orders take 256 coalitions;
usually each seed has one order and its reverse, which is exact where parts act together two at a time (Castro, Gómez,
Tejada, Comput Oper Res 36:1726, 2009, on sampled orders). Orders of successive seeds are rows of a Williams square
(Aust J Sci Res A 2:149, 1949), so that over eight seeds every part stands in every place equally often.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import factorial
from typing import NamedTuple

import numpy as np
import pandas as pd

from ...agents.links import LINKS
from .intervals import paired
from .measures import MEASURES

Coalition = frozenset[str]  #: names of the parts that are at work
Worth = Mapping[Coalition, float]  #: difference of one seed by coalition
PRICES, INTERACTION, WHOLE = "prices", "interaction", "whole"


class Part(NamedTuple):
    """What can be switched off: behaviour of a kind of provider, or the links that carry a part."""

    label: str
    does: str  # before a verb: "What hospitals do differently"
    kind: str = ""
    links: tuple[str, ...] = ()


def _links(part: str) -> tuple[str, ...]:
    return tuple(name for name, link in LINKS.items() if link.part == part)


def parts() -> dict[str, Part]:
    """All parts by name, in the order in which they are shown."""
    return {
        "practices": Part("Practices' behaviour", "What practices do differently", kind="practice"),
        "hospitals": Part("Hospitals' behaviour", "What hospitals do differently", kind="hospital"),
        "councils": Part("Councils' behaviour", "What councils' social care does differently", kind="social_care"),
        "community": Part("Community services' behaviour", "What community services do differently", kind="community"),
        "workforce": Part("Workforce", "Who joins, stays or leaves in practices and community services",
                          links=_links("workforce")),
        "capacity": Part("Hospital capacity", "Opening and closing of beds, clinics and theatres",
                         links=_links("capacity")),
        "social_care": Part("Social care's reach", "Social care that is bought, waited for or missing",
                            links=_links("social_care")),
        "payers": Part("Payers' budgets", "What payers cut or spend to balance their books", links=_links("payers")),
    }  # fmt: skip


def labels() -> dict[str, str]:
    """What each row of the table is called, in order; the last is no part of the sum."""
    return {
        PRICES: "Prices alone", **{name: part.label for name, part in parts().items()}, WHOLE: "Whole difference",
        INTERACTION: "Together beyond apart",
    }  # fmt: skip


def order(names: Sequence[str], number: int) -> list[str]:
    """A row of a Williams square of the parts, the ``number``-th."""
    n = len(names)
    first = [0, *(k // 2 + 1 if k % 2 == 0 else n - 1 - k // 2 for k in range(n - 1))]
    return [names[(place + number) % n] for place in first]


def orders(names: Sequence[str], number: int) -> tuple[list[str], list[str]]:
    """An order of the parts, and its reverse."""
    one = order(names, number)
    return one, one[::-1]


def coalitions(names: Sequence[str], number: int = 0, exact: bool = False) -> list[Coalition]:
    """Coalitions that are run for a seed, by its ``number`` from 0: those that its orders pass, or all there are."""
    if exact:
        return [frozenset(some) for size in range(len(names) + 1) for some in combinations(names, size)]
    return list(dict.fromkeys(frozenset(one[:n]) for one in orders(names, number) for n in range(len(names) + 1)))


class Share(NamedTuple):
    """A part's share in a difference, and what it changes switched on among the first and among the last parts."""

    share: float
    early: float
    late: float


def shares(worth: Worth, names: Sequence[str], number: int) -> dict[str, Share]:
    """The share of each part, from the coalitions of one seed; with the worth of no part they add up to that of all."""
    exact = len(worth) == 2 ** len(names)
    out = {}
    for name in names:
        late, early = sorted((_switched_on(worth, one, name) for one in orders(names, number)), reverse=True)
        share = _shapley(worth, names, name) if exact else (early[1] + late[1]) / 2.0
        out[name] = Share(share, early[1], late[1])
    return out


def _switched_on(worth: Worth, one: Sequence[str], name: str) -> tuple[int, float]:
    """The place of a part in an order, and what switching it on changes there."""
    place = one.index(name)
    return place, worth[frozenset(one[: place + 1])] - worth[frozenset(one[:place])]


def _shapley(worth: Worth, names: Sequence[str], name: str) -> float:
    others, n = [other for other in names if other != name], len(names)
    return sum(
        factorial(len(without)) * factorial(n - len(without) - 1) / factorial(n)
        * (worth[without | {name}] - worth[without])
        for without in coalitions(others, exact=True)
    )  # fmt: skip


def table(
    worth: Mapping[str, Sequence[Worth]], levels: Mapping[str, float], names: Sequence[str] | None = None
) -> pd.DataFrame:
    """One row a measure and part: share of the difference, interval, probability that it is above 0.

    Prices and parts add up to the ``whole``. ``interaction``, which is no part of the sum, is how far the whole is from
    prices and all parts switched on among the first: what parts do only together. ``worth``: by measure and seed.
    ``levels``: of each measure under the first way of paying. ``names``: parts, all when left out.
    """
    names = list(names or parts())
    rows, called = [], {name: label for name, label in labels().items() if name in names or name not in parts()}
    for measure in MEASURES:
        games = worth[measure.key]
        found = [shares(game, names, number) for number, game in enumerate(games)]
        values = {name: [one[name].share for one in found] for name in names}
        values[PRICES] = [game[frozenset()] for game in games]
        values[WHOLE] = [game[frozenset(names)] for game in games]
        early = [sum(one[name].early for name in names) for one in found]
        values[INTERACTION] = list(np.subtract(values[WHOLE], values[PRICES]) - early)
        for name, label in called.items():
            mean, low, high, above = paired(values[name])
            rows.append({
                "measure": measure.key, "label": measure.label, "unit": measure.unit,
                "level": levels[measure.key], "part": name, "part_label": label,
                "difference": mean, "low": low, "high": high, "probability_higher": above,
                "early": float(np.mean([one[name].early for one in found])) if name in names else float("nan"),
                "late": float(np.mean([one[name].late for one in found])) if name in names else float("nan"),
            })  # fmt: skip
    return pd.DataFrame(rows)
