"""Links: how a stock acts on a flow. Each is declared where it acts, and can be held at its usual value in a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Link:
    """A coupling between a stock and a flow.

    A run that holds it keeps the influence at its usual value, that of the baseline year, whatever the stock does.

    ``polarity``: 1 where more of the stock means more of the flow, -1 where it means less. ``part``: the part of a
    difference between two ways of paying that it belongs to (``PARTS``), if any. ``usual``: parameters by path, at
    values at which the influence is always the usual one; where there are none, the code that it acts in asks
    ``held_by``.
    """

    name: str
    source: str  # stock
    flow: str
    polarity: int
    says: str  # one plain sentence
    part: str = ""
    usual: Mapping[str, float] = field(default_factory=dict)

    def held_by(self, holder: object) -> bool:
        """Whether it is held in the run of a cohort, or of the model."""
        return self.name in holder.held_links  # type: ignore[attr-defined]


#: parts of a difference that links carry, besides prices and behaviour
PARTS = ("workforce", "capacity", "social_care", "payers")
LINKS: dict[str, Link] = {}  #: every link by name


def link(
    name: str, source: str, flow: str, polarity: int, says: str, part: str = "",
    usual: Mapping[str, float] | None = None,
) -> Link:  # fmt: skip
    """Declare a link."""
    LINKS[name] = Link(name, source, flow, polarity, says, part, usual or {})
    return LINKS[name]
