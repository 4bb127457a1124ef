"""The measures of ``compare`` for each practice or hospital, by the measures' own formulas."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...agents.patients.calendar import WEEKS
from ...agents.patients.events import EVENTS
from ...model.system import HealthEconomy
from .measures import MEASURES
from .year import Year

KINDS = ("practice", "hospital")


class Whole(Exception):
    """The measure is one of the whole place: it does not come apart by provider."""


class Each:
    """Some years as ``Year``, with arrays (N,) of the providers of a kind in place of figures of the whole place."""

    def __init__(self, year: Year, kind: str) -> None:
        self.model, self._year, self._kind = year.model, year, kind
        weeks = slice(year.first * WEEKS, (year.first + year.years) * WEEKS)
        self._series = {name: rows[weeks] for name, rows in self.model.record.series.items()}
        recorded = self.model.record.practice if kind == "practice" else self.model.record.hospital
        self._events = np.sum(list(recorded[weeks]), axis=0, dtype=np.int64)
        self._events = self._events / self.model.sample / year.years

    def event(self, *names: str) -> np.ndarray:
        """Events a year, (N,)."""
        return self._events[:, [EVENTS.index(name) for name in names]].sum(axis=1)

    def number(self) -> np.ndarray:
        """People registered, (N,); raises ``Whole`` for hospitals, which have none."""
        return self.total("practice", "list")

    def total(self, kind: str, name: str) -> np.ndarray:
        """A figure a year, (N,); raises ``Whole`` for another kind of provider."""
        if kind != self._kind:
            raise Whole(kind)
        return np.asarray(self._year.organisations[kind][name], dtype=float)

    def income(self, kind: str) -> np.ndarray:
        """£m a year earned, (N,)."""
        return self.total(kind, "income") / 1e6

    def cost(self, kind: str) -> np.ndarray:
        """£m a year spent on staff and suppliers, (N,)."""
        return self.total(kind, "cost") / 1e6

    @property
    def series(self) -> dict[str, np.ndarray]:
        """Means over the weeks of hospitals' series, (N,); raises ``Whole`` for practices."""
        if self._kind != "hospital":
            raise Whole("series")
        return {name: np.mean(rows, axis=0) for name, rows in self._series.items()}

    def __getattr__(self, name: str) -> Any:
        raise Whole(name)


def by_provider(model: HealthEconomy) -> dict[tuple[str, str], np.ndarray]:
    """Each measure that comes apart, (N,) by kind of provider and key, as means over the years run; none before one."""
    if not model.record.years:
        return {}
    year, out = Year(model), {}
    for kind in KINDS:
        each: Any = Each(year, kind)
        for measure in MEASURES:
            try:
                found = np.asarray(measure.read(each), dtype=float)
            except (Whole, TypeError):  # TypeError: it is asked of some people only, such as one fifth
                continue
            if np.isfinite(found).any():  # hospitals get no requests for appointments
                out[kind, measure.key] = found
    return out
