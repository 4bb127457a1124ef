"""The largest of several changes, as a title."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...results.numbers import number, valued

LEAST = 0.5  #: per cent, below which a title speaks of no change


class Change(NamedTuple):
    """A figure before and after, with its words in the middle of a sentence."""

    words: str
    unit: str
    before: float
    after: float

    @property
    def percent(self) -> float:
        """The change, % of the level before; 0 of nothing."""
        return 100.0 * (self.after - self.before) / abs(self.before) if self.before else 0.0

    def levels(self) -> str:
        """From one level to the other."""
        return f"{number(self.before)} to {valued(self.after, self.unit)}"


def against(title: str, changes: Sequence[Change]) -> str:
    """What a way of paying does most, compared with another."""
    if all(change.after == change.before for change in changes):
        return f"“{title}” makes no difference to care"
    most = max(changes, key=lambda change: abs(change.percent))
    if abs(most.percent) < LEAST:
        return f"“{title}” makes hardly any difference"
    verb = "raises" if most.percent > 0.0 else "cuts"
    return f"“{title}” {verb} {most.words} by {abs(most.percent):.0f} % ({most.levels()})"


def since(title: str, changes: Sequence[Change], years: float) -> str:
    """What moved most under a way of paying since the beginning."""
    most = max(changes, key=lambda change: abs(change.percent))
    span = f"{years:.3g} year{'s' * (years != 1.0)}"
    if abs(most.percent) < LEAST:
        return f"“{title}”: hardly anything moves in {span}"
    verb = "up" if most.percent > 0.0 else "down"
    return f"“{title}”: {most.words} {verb} by {abs(most.percent):.0f} % in {span} ({most.levels()})"
