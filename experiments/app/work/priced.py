"""Marginal pay of a way of paying on a given day, with edited prices. Nothing is simulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ....model.contracts.holding import Holding
from ....model.scenario import KINDS
from ....model.system import HealthEconomy
from ...results import incentives as marginal
from . import state
from .task import Handle


@dataclass(frozen=True, eq=False)
class Priced:
    """A way of paying in a place. ``days``: the weeks in which its contracts change, each with its date."""

    name: str
    title: str
    model: HealthEconomy
    days: dict[int, date]

    def table(self, week: int, edits: Mapping[str, float], of: str = "") -> pd.DataFrame:
        """Marginal pay under the contracts of a week, with some numbers edited by path."""
        held = marginal.held(self.model, week)
        return marginal.table(self.model, of=of, by={kind: changed(kind, held[kind], edits) for kind in KINDS})

    def fields(self, week: int, kind: str) -> list[tuple[str, str, float]]:
        """Path, label and value of the numbers in a kind's contract in a week."""
        return fields(kind, marginal.held(self.model, week)[kind])


def price(where: str, name: str, handle: Handle) -> Priced:
    """Prepare a way of paying for pricing.

    Raises:
        InputError: when it cannot be used in the place.
    """
    model = state.reference_model(where, handle, name)
    return Priced(name, state.title(name), model, marginal.days(model))


def _paths(kind: str, held: Sequence[Holding]) -> list[str]:
    """The path of each holding's numbers. A term held on several conditions gets a numbered path for each."""
    out: list[str] = []
    for holding in held:
        path = f"contracts.{kind}.{holding.term.name}"
        again = sum(p.split("~")[0] == path for p in out)
        out.append(f"{path}~{again + 1}" if again else path)
    return out


def _numbers(term: Any) -> dict[str, Any]:
    """A term's fields that are numbers, or numbers by activity."""
    found = {key: getattr(term, key) for key in term.__dataclass_fields__}
    return {
        key: value
        for key, value in found.items()
        if isinstance(value, dict) or (isinstance(value, int | float | np.floating) and not isinstance(value, bool))
    }


def fields(kind: str, held: Sequence[Holding]) -> list[tuple[str, str, float]]:
    """Path, label and value of every number. The label says how many hold a term when not all do."""
    out = []
    for path, holding in zip(_paths(kind, held), held, strict=True):
        some = "" if holding.rows.all() else f" (paid to {int(holding.rows.sum())} of {holding.rows.size})"
        for key, value in _numbers(holding.term).items():
            inner = value if isinstance(value, dict) else {key: value}
            for name, number in inner.items():
                label = f"{holding.term.name}: {name}".replace("_", " ") + some
                out.append(
                    (f"{path}.{key}.{name}" if isinstance(value, dict) else f"{path}.{key}", label, float(number))
                )
    return out


def changed(kind: str, held: Sequence[Holding], edits: Mapping[str, float]) -> list[Holding]:
    """The holdings with edited numbers."""
    out = []
    for path, holding in zip(_paths(kind, held), held, strict=True):
        new: dict[str, Any] = {}
        for key, value in _numbers(holding.term).items():
            if isinstance(value, dict):
                new[key] = {name: edits.get(f"{path}.{key}.{name}", number) for name, number in value.items()}
            else:
                new[key] = edits.get(f"{path}.{key}", value)
        old = _numbers(holding.term)
        out.append(holding if new == old else replace(holding, term=replace(holding.term, **new)))
    return out
