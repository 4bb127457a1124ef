"""Undo and redo: the drafts that were, the draft that is, and those that were undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

PAUSE = 0.8  #: seconds; changes that follow one another faster, such as strokes of a number, are undone together
MOST = 200  #: steps that are remembered


@dataclass(frozen=True)
class History:
    """``now``: the draft; ``at``: when it was last changed, s; ``past`` and ``future``: what undo and redo bring."""

    now: dict[str, Any] | None = None
    at: float = float("-inf")
    past: tuple[dict[str, Any], ...] = ()
    future: tuple[dict[str, Any], ...] = ()

    def noted(self, draft: dict[str, Any], at: float) -> History:
        """The history with a draft that somebody has made; the same where it is the present one."""
        if draft == self.now:
            return self
        if self.now is None:
            return self.opened(draft)
        if at - self.at < PAUSE:
            return History(draft, at, self.past)
        return replace(self.opened(draft), at=at)

    def opened(self, draft: dict[str, Any]) -> History:
        """The history with a draft that was loaded: what is changed next, however soon, is undone apart from it."""
        if draft == self.now:
            return replace(self, at=float("-inf"))
        return History(draft, past=() if self.now is None else (*self.past, self.now)[-MOST:])

    def begun(self, draft: dict[str, Any]) -> History:
        """The history with a draft from before it began; the same where it has a past of its own."""
        return self if self.past else replace(self, past=(draft,))

    def undone(self) -> History:
        """One step back, where there is one."""
        if not self.past or self.now is None:
            return self
        return replace(self, now=self.past[-1], at=float("-inf"), past=self.past[:-1], future=(self.now, *self.future))

    def redone(self) -> History:
        """One step forward again, where there is one."""
        if not self.future or self.now is None:
            return self
        return replace(self, now=self.future[0], at=float("-inf"), past=(*self.past, self.now), future=self.future[1:])
