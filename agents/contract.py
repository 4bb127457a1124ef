"""What agents know of a contract: what it pays for what was done. Nothing about its name or its terms."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import numpy as np

#: quantities for the year to date by name; arrays of one shape, or that broadcast to one
Activity = Mapping[str, np.ndarray | float]


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
