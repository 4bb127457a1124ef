"""What a cohort of providers did: counted by week, filed by quarter and year, and steadied where a sample is run."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .patients.calendar import QUARTER, WEEKS
from .patients.events import EVENTS
from .patients.people import TINY
from .stocks import Flow, Stock

QUARTERS = WEEKS // QUARTER  #: in a year
MONTH = 4  #: weeks, at least, that tell what is usually counted in a sample; longer would lag behind change


class Counts:
    """Counts of one kind of provider, a column each, in whole-place units.

    ``year`` is what was done since the contract year began, ``quarters`` what was done in each of the last four,
    ``before`` what was expected for the year before the contract.
    """

    kind: ClassVar[str]
    COUNTED: ClassVar[tuple[str, ...]]  # names of activities
    TALLIED: ClassVar[tuple[str, ...]]  # these, and what is worked out from them as they are counted
    STOCKS: ClassVar[tuple[Stock, ...]] = ()  # those of the class itself; its bases have theirs
    FLOWS: ClassVar[tuple[Flow, ...]] = ()

    def __init__(self, model: Any, names: list[str]) -> None:
        self.model = model
        self.names = names
        n = len(names)
        self.before: dict[str, np.ndarray] = {}
        self.last: dict[str, np.ndarray] = {}  # what was done in the contract year just gone
        self.quarters = np.zeros((QUARTERS, len(self.TALLIED), n))  # the last four, the oldest first
        # what was done since the year and since the quarter began, rows in the order of TALLIED
        self.this_year, self.this_quarter = np.zeros((len(self.TALLIED), n)), np.zeros((len(self.TALLIED), n))
        self.closed = 0  # quarters filed since the start
        self.flowed: dict[str, float] = {}  # what has flowed since the start, by name of the flow
        self.usual: dict[str, np.ndarray] = {}  # running mean of a week's count, (N, ...)
        self.weeks_known: dict[str, float] = {}  # weeks that the running mean is over
        self.event_columns = [EVENTS.index(name) for name in self.COUNTED if name in EVENTS]

    def __len__(self) -> int:
        return len(self.names)

    def count(self, events: np.ndarray) -> None:
        """Add a week's events (names, N), in the order of TALLIED, to the year and the quarter."""
        self.this_year += events
        self.this_quarter += events

    @property
    def year(self) -> dict[str, np.ndarray]:
        """What was done since the contract year began, (N,) by name."""
        return dict(zip(self.TALLIED, self.this_year.copy(), strict=True))

    def begin(self, before: dict[str, np.ndarray]) -> None:
        """Start from a steady state: the last four quarters were each a quarter of the expected year."""
        self.before = before
        self.last = dict(before)
        for name, number in before.items():
            self.quarters[:, self.TALLIED.index(name)] = number / QUARTERS
        self.this_year[:] = 0.0

    def shrink_to_population(self, name: str, counted: np.ndarray, sample: float, anew: bool = False) -> np.ndarray:
        """A week's count (N, ...) in a sample, with no more random variation than the whole population would show.

        A tenth of the people varies by √10 as much, relatively, and queues and beds respond more to a rise than to a
        fall, so the extra variation would bias them. Persistent counts are shrunk towards their running mean, to
        √sample of their deviation. Counts drawn ``anew`` each week have the ``unsampled_part`` of the population added.
        At full size the counts only update the running means, from which samples begin, and only while the initial
        state is made, when no money moves.
        """
        if sample == 1.0 and self.model.case.funding is not None:
            return counted
        usual = self.usual.get(name, counted)
        known = self.weeks_known[name] = self.weeks_known.get(name, 0.0) + 1.0
        if sample == 1.0:
            self.usual[name] = usual + (counted - usual) / known
            return counted
        rest = self.unsampled_part(name, counted, sample) if anew else usual
        part = sample if anew else np.sqrt(sample)
        # the usual follows all providers together, over so many weeks that chance moves it no more than it moves one of
        # the whole place's, and each provider of its own over so much longer as there are fewer people
        total = np.maximum(usual.sum(axis=0), TINY)
        weeks = MONTH * np.maximum((usual**2).sum(axis=0) / total**2 / sample, 1.0)
        usual = usual * (1.0 + (counted.sum(axis=0) / total - 1.0) / np.minimum(weeks, known))
        self.usual[name] = usual + (counted - usual) / np.minimum(QUARTER / sample, known)
        return counted * part + rest * (1.0 - part)

    def unsampled_part(self, name: str, counted: np.ndarray, sample: float) -> np.ndarray:
        """The count that people outside the sample add: the running mean, with random variation of its own.

        The variation is Poisson, so that with the sample's own count the variance is that of the whole population, and
        so is the covariance with what the sample counts. Shrinking the sample's own variation instead would leave too
        little capacity in the weeks in which many people come.
        """
        if sample == 1.0 or name not in self.usual:
            return counted
        usual = self.usual[name]
        lot = self.model.normal(f"unseen/{self.kind}/{name}", self.model.week, usual.shape)
        return usual + np.sqrt(np.maximum(usual, 0.0) * sample / (1.0 - sample)) * lot

    def count_flow(self, name: str, amount: Any) -> None:
        """Count what flows, whole place: a number, or the sum of an array."""
        self.flowed[name] = self.flowed.get(name, 0.0) + float(np.sum(amount))

    def levels(self) -> dict[str, float]:
        """How much there is of each stock now, whole place, by name."""
        return {}

    def close_quarter(self) -> None:
        """File the quarter just ended."""
        self.closed += 1
        self.quarters = np.concatenate([self.quarters[1:], self.this_quarter[None]])
        self.this_quarter[:] = 0.0

    def lately(self, name: str) -> np.ndarray:
        """A year's worth at the level of the last four quarters, (N,)."""
        return self._quarters(name).sum(axis=0)

    def last_quarter(self, name: str) -> np.ndarray:
        """What was done in the quarter last filed, (N,)."""
        return self.quarters[-1, self.TALLIED.index(name)]

    def _quarters(self, name: str) -> np.ndarray:
        return self.quarters[:, self.TALLIED.index(name)]

    def seen(self, name: str) -> np.ndarray:
        """The same from quarters of this run alone, as soon as there are any, (N,)."""
        n = min(self.closed, QUARTERS) or QUARTERS
        return self._quarters(name)[-n:].sum(axis=0) * (QUARTERS / n)

    def close_year(self) -> None:
        """The contract year ends: what was done becomes the year just gone, and counting begins anew."""
        self.last = self.year
        self.this_year[:] = 0.0

    # money --------------------------------------------------------------------------------------------------

    def costs(self, did: dict[str, np.ndarray], weeks: int) -> np.ndarray:
        """£ (N,) that some weeks cost, in which the cohort ``did`` this, (N,) by activity."""
        raise NotImplementedError

    def commissioner(self) -> np.ndarray:
        """Row of the commissioner that pays each provider, (N,): that of most of its patients."""
        raise NotImplementedError

    def commissioner_of_most(self, patients: np.ndarray) -> np.ndarray:
        """Row of the commissioner, (N,), that most patients belong to; ``patients`` (P, N): by practice."""
        of, n = self.model.place.commissioner, len(self.model.place.file.commissioners)
        return np.array([np.bincount(of, column, minlength=n).argmax() for column in patients.T])
