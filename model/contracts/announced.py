"""A contract with the one that has been announced to follow it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...agents.forecast.activity import Activity, with_facts
from .holding import Holdings


class AnnouncedContract(Holdings):
    """The contract of today; in plans, the announced one from the second year on.

    A term that is new then takes the year just gone as its reference year, so activity until then counts.
    """

    def __init__(self, now: Holdings, later: Holdings) -> None:
        super().__init__(now.holdings)
        self.now, self.later = now, later

    def due(self, activity: Activity) -> np.ndarray:
        """Pounds under today's contract or, in a plan's later years, under the announced one."""
        if float(np.max(activity.get("year", 0))) < 1.0:
            return self.now.due(activity)
        held_now = {holding.term.name for holding in self.now.holdings}
        last_year = {f"{k.removesuffix('.last')}.before": v for k, v in activity.items() if k.endswith(".last")}
        total = self.later.due(activity)
        for holding in self.later.holdings:
            if holding.term.name not in held_now:
                new = replace(holding, before={}).due(with_facts(activity, last_year))
                total = total + new - holding.due(activity)
        return total

    @property
    def depends_on_last_year(self) -> bool:
        """Always: this year is the reference year of the announced contract."""
        return True
