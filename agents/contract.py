"""What agents know of a contract: what it pays for what was done. Nothing about its name or its terms."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np

#: quantities for the year to date by name; arrays of one shape, or that broadcast to one
Activity = Mapping[str, np.ndarray | float]


class Outlook(dict[str, Any]):
    """Activity of which some is worked out, once, only when a contract asks for it: ``later`` says how, by name."""

    def __init__(
        self, known: Mapping[str, Any], later: Mapping[str, Callable[[], Any]], done: dict[str, Any] | None = None
    ) -> None:
        super().__init__(known)
        self.later = later
        self.done = {} if done is None else done

    def __missing__(self, name: str) -> Any:
        if name not in self.done:
            self.done[name] = self.later[name]()
        return self.done[name]


def adding(activity: Activity, more: Mapping[str, Any]) -> Activity:
    """A copy that holds ``more`` facts, in the place of those of the same names."""
    if isinstance(activity, Outlook):
        return Outlook({**activity, **more}, activity.later, activity.done)
    return {**activity, **more}


class Contract(Protocol):
    """Anything that says what is owed, in pounds, for a year to date."""

    def __iter__(self) -> Iterator[Any]:
        """The terms, in the order that they are paid."""
        ...

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds owed for the year to date, in the shape that the activity broadcasts to."""
        ...

    @property
    def looks_back(self) -> bool:
        """Whether a year's activity sets what the next year pays."""
        ...
