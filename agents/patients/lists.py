"""Waiting list, stays and the queue for care: a list for each partition of neighbouring practices."""

from typing import NamedTuple

import numpy as np

from .compiled import kernel_view
from .people import table_type

# stages of a pathway
URGENT, CLINIC, ADMISSION, THEATRE = 0, 1, 2, 3
QUEUES = 4
LONGEST = 105  # waits of two years and more share the last bin

PATHWAY = table_type(key="u8", row="u4", start="i2", ready="i2", practice="i2", hospital="i2", stage="u1")
#: kind: of stay, see `wards`
STAY = table_type(row="i8", key="u8", nights="i2", practice="i2", hospital="i2", kind="u1")
#: hospital -1 for a person at home; kind HOME_CARE to NHS_PLACE
CARE_REQUEST = table_type(row="i8", key="u8", practice="i2", hospital="i2", kind="u1")


class Listing(NamedTuple):
    """One list for each partition of neighbouring practices: rows of PATHWAY, STAY or CARE_REQUEST.

    Partition b's list begins at ``rows[at[b]]``; its first ``n[b]`` rows count and there is room up to ``at[b + 1]``.
    """

    rows: np.ndarray
    at: np.ndarray  # int64 (B + 1,)
    n: np.ndarray  # int64 (B,)


class Lists(NamedTuple):
    """The three lists of all partitions, or of one."""

    waiting: Listing  # of PATHWAY
    stays: Listing  # of STAY
    care: Listing  # of CARE_REQUEST


def partition_rows(listing: Listing, b: int) -> np.ndarray:
    """A view of the rows that count of one partition's list."""
    return listing.rows[listing.at[b] : listing.at[b] + listing.n[b]]


def all_rows(listing: Listing) -> np.ndarray:
    """A copy of the rows that count of all partitions' lists."""
    return np.concatenate([partition_rows(listing, b) for b in range(listing.n.size)])


def still_waiting(pathways: Listing) -> np.ndarray:
    """A copy of the pathways whose clock runs; those seen this week are struck off next week."""
    rows = all_rows(pathways)
    return rows[rows["stage"] != STOPPED]


OTHERS, STOPPED, LINES = 4, 5, 6  # of waits, beyond the queues; a pathway whose clock has stopped is at this stage


def lengthened(listing: Listing, need: np.ndarray) -> Listing:
    """The same lists with room for ``need`` (B,) rows in each partition; where room is short, for a quarter more."""
    if (need <= listing.at[1:] - listing.at[:-1]).all():
        return listing
    room = need + need // 4 + 64
    at = np.concatenate([[0], np.cumsum(room)]).astype(np.int64)
    longer = Listing(np.zeros(at[-1], dtype=listing.rows.dtype), at, listing.n)
    for b in range(listing.n.size):
        partition_rows(longer, b)[:] = partition_rows(listing, b)
    return longer


@kernel_view
def list_of_partition(b, listing):
    """The list of one partition of practices, as a list of its own."""
    return Listing(listing.rows[listing.at[b] : listing.at[b + 1]], listing.at, listing.n[b : b + 1])


@kernel_view
def lists_of_partition(b, lists):
    """The three lists of one partition."""
    waiting, stays = list_of_partition(b, lists.waiting), list_of_partition(b, lists.stays)
    return Lists(waiting, stays, list_of_partition(b, lists.care))
