"""A practice's whole list registers elsewhere: people's rows, and what they wait for, move to other practices."""

from __future__ import annotations

from typing import Any

import numpy as np

from .lists import Listing, Lists, lengthened, partition_rows
from .people import GONE, People


def move_list(patients: Any, p: int, heirs: np.ndarray, part: np.ndarray) -> None:
    """Register everyone of practice ``p`` with its ``heirs`` (n,) instead, in proportion to ``part`` (n,).

    Who goes where follows from identities alone. Identities, and so all later draws, stay; waiting list, stays and the
    queue for care keep their place. Thresholds follow the new practice's from the next review on.
    """
    start, stop = patients.start[p], patients.stop[p]
    local = np.flatnonzero(patients.people.where[start:stop] != GONE)
    local = local[np.argsort(patients.people.key[start + local])]
    share = np.cumsum(part) / part.sum()
    to = heirs[np.searchsorted(share[:-1], (np.arange(local.size) + 0.5) / max(local.size, 1), side="right")]
    patients.make_room_for(np.bincount(to, minlength=patients.start.size))
    old = patients.start[p] + local
    new = _take_rows(patients, to)
    _move_rows(patients.people, old, new)
    patients.traced[new], patients.traced[old] = patients.traced[old], False
    patients._add_vacant(p, np.sort(local))
    moved = np.full(patients.stop[p] - patients.start[p], -1, dtype=np.int64)
    moved[local] = np.arange(local.size)
    move = (p, patients.start[p], moved, new, to)
    patients.lists = Lists(*(_move_entries(listing, patients.partitions, *move) for listing in patients.lists))


def _take_rows(patients: Any, to: np.ndarray) -> np.ndarray:
    """An empty row (n,) of each person's new practice ``to`` (n,), which must have room."""
    new = np.empty(to.size, dtype=np.int64)
    for q in np.unique(to):
        here = np.flatnonzero(to == q)
        patients.n_free[q] -= here.size
        first = patients.start[q] + patients.n_free[q]
        new[here] = patients.start[q] + patients.vacant[first : first + here.size]
    return new


def _move_rows(people: People, old: np.ndarray, new: np.ndarray) -> None:
    """Copy rows ``old`` (n,) to rows ``new`` (n,), and leave nobody in the old ones."""
    for column in people:
        column[new] = column[old]
    people.where[old] = GONE
    people.t_request[old] = 0
    people.t_rare[old] = 0


def _move_entries(
    listing: Listing, partitions: np.ndarray, p: int, start: int, moved: np.ndarray, new: np.ndarray, to: np.ndarray
) -> Listing:
    """The same lists after practice ``p``'s entries have gone to the lists of their people's new practices.

    ``moved`` gives the number of the person in each row from ``start`` on, -1 for nobody; ``new`` and ``to`` (n,) their
    row and practice. Entries of people who are gone end here, as they would have next week.
    """
    b = int(np.searchsorted(partitions, p, side="right")) - 1
    rows = partition_rows(listing, b)
    own = rows["practice"] == p
    entries, others = rows[own].copy(), rows[~own].copy()
    rows[: others.size] = others
    n = listing.n.copy()
    n[b] = others.size
    who = moved[entries["row"].astype(np.int64) - start]
    entries, who = entries[who >= 0], who[who >= 0]
    entries["row"], entries["practice"] = new[who], to[who]
    home = np.searchsorted(partitions, to[who], side="right") - 1
    coming = np.bincount(home, minlength=n.size)
    longer = lengthened(listing._replace(n=n), n + coming)
    for c in np.flatnonzero(coming):
        first = longer.at[c] + n[c]
        longer.rows[first : first + coming[c]] = entries[home == c]
    return longer._replace(n=n + coming)
