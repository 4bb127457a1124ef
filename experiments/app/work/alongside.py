"""The reference beside Explore: the usual contract of the place, run silently with the same seed and assumptions."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from ..drawings.frame import Beside, beside_of
from . import state, store
from .task import Handle

REMEMBERED = 12  #: runs of the reference in memory, of all visitors together
_known: OrderedDict[tuple[Any, ...], Beside] = OrderedDict()


def beside(choice: tuple[Any, ...], weeks: int, handle: Handle) -> Beside | None:
    """The reference of a choice to its horizon, run now unless it is remembered; none of the reference itself."""
    where, how, seed, changes = choice
    usual = state.place_of(where).baseline.usual
    if how == usual:
        return None
    key = (where, store.stamp(usual), seed, changes, weeks)
    if key not in _known:
        run = state.spec(where, usual, seed, numbers=changes)
        model = state.model_of(run, handle)
        state.advance(model, weeks, handle, f"For comparison: {state.title(usual, where)}")
        _known[key] = beside_of(model)
        while len(_known) > REMEMBERED:
            _known.popitem(last=False)
    return _known[key]
