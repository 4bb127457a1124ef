"""What agents know of a contract: what it pays for what was done. Nothing about its name or its terms."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np

#: quantities for the year to date by name; arrays of one shape, or that broadcast to one
Activity = Mapping[str, np.ndarray | float]


class Answers:
    """What plans change, worked out once, and only when a contract asks for it: ``later`` says how, by name."""

    def __init__(self, later: Mapping[str, Callable[[], Any]]) -> None:
        self.later = later
        self.done: dict[str, Any] = {}
        self.asked = 0  # how often anything was

    def __call__(self, name: str) -> Any:
        self.asked += 1
        if name not in self.done:
            self.done[name] = self.later[name]()
        return self.done[name]


class Outlook(dict[str, Any]):
    """Activity of plans: what is ``known`` of all of them alike, and ``answers`` that differ between them.

    ``settled``: what terms that asked for no answer owe, whatever the plan; to be kept for as long as ``known`` holds.
    """

    def __init__(
        self, known: Mapping[str, Any], answers: Answers, settled: dict[Any, np.ndarray] | None = None
    ) -> None:
        super().__init__(known)
        self.answers = answers
        self.settled = settled

    def __missing__(self, name: str) -> Any:
        return self.answers(name)

    def owed(self, term: Any) -> np.ndarray:
        """What a term with a method ``due`` owes; where no plan changes that, it is worked out once."""
        if self.settled is None:
            return term.due(self)
        if term in self.settled:
            return self.settled[term]
        before = self.answers.asked
        owed = term.due(self)
        if self.answers.asked == before:
            self.settled[term] = owed
        return owed


def adding(activity: Activity, more: Mapping[str, Any]) -> Activity:
    """A copy that holds ``more`` facts, in the place of those of the same names."""
    if isinstance(activity, Outlook):
        return Outlook({**activity, **more}, activity.answers)
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
