"""What agents know of a contract: what it pays for which activity. Nothing about its name or its terms."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np

#: quantities for the year to date by name; arrays of one shape, or that broadcast to one
Activity = Mapping[str, np.ndarray | float]


class Lazy:
    """Values that differ between plans. Each is computed once, by its function, when a contract first reads it."""

    def __init__(self, functions: Mapping[str, Callable[[], Any]]) -> None:
        self.functions = functions
        self.values: dict[str, Any] = {}
        self.reads = 0  # of any value

    def __call__(self, name: str) -> Any:
        self.reads += 1
        if name not in self.values:
            self.values[name] = self.functions[name]()
        return self.values[name]


class PlanActivity(dict[str, Any]):
    """Activity under candidate plans: ``common`` values, which all plans share, and ``lazy`` ones, which differ.

    ``constant_dues``: what is owed by terms that read no lazy value, and so do not depend on the plan. It may be kept
    for as long as ``common`` holds.
    """

    def __init__(
        self, common: Mapping[str, Any], lazy: Lazy, constant_dues: dict[Any, np.ndarray] | None = None
    ) -> None:
        super().__init__(common)
        self.lazy = lazy
        self.constant_dues = constant_dues

    def __missing__(self, name: str) -> Any:
        return self.lazy(name)

    def owed(self, term: Any) -> np.ndarray:
        """Pounds that a term (anything with ``due``) owes; computed once if it does not depend on the plan."""
        if self.constant_dues is None:
            return term.due(self)
        if term in self.constant_dues:
            return self.constant_dues[term]
        reads = self.lazy.reads
        owed = term.due(self)
        if self.lazy.reads == reads:
            self.constant_dues[term] = owed
        return owed


def with_facts(activity: Activity, facts: Mapping[str, Any]) -> Activity:
    """A copy of the activity with more values; they replace any of the same names."""
    if isinstance(activity, PlanActivity):
        return PlanActivity({**activity, **facts}, activity.lazy)
    return {**activity, **facts}


class Contract(Protocol):
    """Anything that says what is owed, in pounds, for a year to date."""

    def __iter__(self) -> Iterator[Any]:
        """The terms, in the order in which they are paid."""
        ...

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds owed for the year to date, in the shape that the activity broadcasts to."""
        ...

    @property
    def depends_on_last_year(self) -> bool:
        """Whether a year's activity sets the next year's pay."""
        ...
