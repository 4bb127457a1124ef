"""The runs that say how much loops matter: one way of paying as it is, and with each of some links held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ...model.scenario import Scenario
from ..results import loops
from .spec import RunSpec

UNCUT = ""  #: what stands for a run in which no link is held
Planned = dict[tuple[str, int], RunSpec]  #: by the link that is held and seed


def plan(case: Scenario, weeks: int, seeds: Iterable[int], links: Iterable[str]) -> Planned:
    """For every seed a run with everything at work, and one with each of these links held."""
    name, held = case.funding.id if case.funding else "", (UNCUT, *links)
    return {
        (link, seed): RunSpec(case, name, seed, weeks, hold=(link,) if link else ()) for seed in seeds for link in held
    }


def table(planned: Planned, rows: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """What each link does, from the rows of finished runs by key."""
    by_link: dict[str, list[Mapping[str, Any]]] = {}
    for (link, _), run in planned.items():
        by_link.setdefault(link, []).append(rows[run.key])
    return loops.table(by_link.pop(UNCUT), by_link)
