"""Practices that close: which, who takes their lists, and what of theirs is taken over."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

NOTHING = 1e-9  #: of what a closed practice has left, so that ratios to the start stay finite
#: what a practice has more of with more patients, and hands over with them
HANDED_OVER = (
    "lists", "usual_list", "gp_fte", "usual_fte", "other_fte", "usual_other_fte", "usual_income", "usual_profit",
    "usual_expenses", "expected_emergencies", "expected_acsc", "handed_back",
    "usual_minutes",
)  # fmt: skip
COUNTS = ("before", "last", "usual", "weighted")  # of the same kind, by name
KEPT_POSITIVE = ("usual_list", "usual_fte", "usual_other_fte", "usual_income", "usual_profit", "usual_expenses")


class Closure(NamedTuple):
    """A practice that closes, by row, and the practices that its patients go to, in proportion to ``part``."""

    practice: int
    heirs: np.ndarray  # (n,) rows
    part: np.ndarray  # (n,) adding to 1


def close_practices(practices: Any) -> list[Closure]:
    """Close practices that can neither pay nor staff themselves, the smallest first; neighbours take over.

    One closes when partners earn less than an employee would and too many posts for GPs are vacant. It stays open
    where no neighbour is in a better state.
    """
    failing = practices.is_open & _failing(practices)
    closed = []
    for p in np.flatnonzero(failing)[np.argsort(practices.lists[failing], kind="stable")]:
        near = np.unique(practices.peers[p])
        heirs = near[(near != p) & practices.is_open[near] & ~failing[near]]
        if heirs.size:
            part = practices.usual_list[heirs] / practices.usual_list[heirs].sum()
            closed.append(Closure(int(p), heirs, part))
            _hand_over(practices, closed[-1])
    return closed


def _failing(practices: Any) -> np.ndarray:
    """Whether each practice can neither pay nor staff itself, (P,)."""
    gp = practices.p.general_practice
    posts = practices.usual_fte * practices.posts * practices.lists / practices.usual_list
    return (practices.earned < gp.salaried_income) & (practices.gp_fte < (1.0 - gp.closing_vacancy) * posts)


def _hand_over(practices: Any, closure: Closure) -> None:
    """Patients' new practices take over what goes with them: posts, those still in them, usual income, past counts."""
    p, heirs, part = closure
    before = practices.levels()
    practices.is_open[p] = False
    practices.successor[practices.successor == p] = heirs[part.argmax()]
    gained = part * practices.usual_income[p] / practices.usual_income[heirs]
    _scale_motives(practices, heirs, 1.0 + gained)
    _share_staffing(practices, closure)
    for name in HANDED_OVER:
        setattr(practices, name, _moved(getattr(practices, name), closure))
    for name in COUNTS:
        setattr(practices, name, {key: _moved(count, closure) for key, count in getattr(practices, name).items()})
    for name in ("quarters", "this_year", "this_quarter"):  # (..., P)
        setattr(practices, name, _moved(getattr(practices, name).T, closure).T)
    for name in KEPT_POSITIVE:
        getattr(practices, name)[p] = NOTHING
    for money in (practices.extra, practices.received, practices.settled):
        money[p] = 0.0
    after = practices.levels()
    practices.count_flow("other_staff_regraded", after["other_staff"] - before["other_staff"])
    practices.count_flow("income_known_closed", after["income_known"] - before["income_known"])


def _moved(column: np.ndarray, closure: Closure) -> np.ndarray:
    """A column (P, ...) with what the closed practice had shared out among the others."""
    p, heirs, part = closure
    column = column.copy()
    column[heirs] += np.multiply.outer(part, column[p])
    column[p] = 0
    return column


def _share_staffing(practices: Any, closure: Closure) -> None:
    """Other staff in post are those of both; the posts of the start, which they are measured by, are added."""
    p, heirs, part = closure
    new, own = part * practices.usual_list[p], practices.usual_list[heirs]
    both = practices.staffing[heirs] * own + practices.staffing[p] * new
    practices.staffing[heirs] = both / (own + new)


def _scale_motives(practices: Any, heirs: np.ndarray, factor: np.ndarray) -> None:
    """What departing from habit costs a practice grows with its size, as its income does."""
    motives = practices.motives
    if motives is None:
        return
    larger = np.ones(len(practices))
    larger[heirs] = factor
    practices.motives = motives._replace(habit=motives.habit.scaled(larger))
