"""Waiting list, stays and the queue for care: a list for each patch of practices."""

from typing import NamedTuple

import numpy as np

from .compiled import kernel_view
from .people import table_type

# stages of a pathway
URGENT, CLINIC, ADMISSION, THEATRE = 0, 1, 2, 3
QUEUES = 4
LONGEST = 105  # waits of two years and more share the last bin

PATHWAY = table_type(key="u8", row="u4", start="i2", ready="i2", practice="i2", hospital="i2", stage="u1")
STAY = table_type(
    row="i8", key="u8", nights="i2", practice="i2", hospital="i2", kind="u1"
)  # 0 emergency, 1 elective, 2 delayed
CASE = table_type(row="i8", key="u8", practice="i2", hospital="i2", kind="u1")  # hospital -1 at home; kind HOME_CARE …


class Listing(NamedTuple):
    """Lists of people who wait or lie in, one for each patch of neighbouring practices: rows of PATHWAY, STAY or CASE.

    Patch b's list begins at ``rows[at[b]]``; its first ``n[b]`` rows count and there is room up to ``at[b + 1]``.
    """

    rows: np.ndarray
    at: np.ndarray  # int64 (B + 1,)
    n: np.ndarray  # int64 (B,)


def patch_rows(listing: Listing, b: int) -> np.ndarray:
    """A view of the rows that count of one patch's list."""
    return listing.rows[listing.at[b] : listing.at[b] + listing.n[b]]


def all_rows(listing: Listing) -> np.ndarray:
    """A copy of the rows that count of all patches' lists."""
    return np.concatenate([patch_rows(listing, b) for b in range(listing.n.size)])


def still_waiting(pathways: Listing) -> np.ndarray:
    """A copy of the pathways whose clock runs; those seen this week stand on the list until the next moves it up."""
    rows = all_rows(pathways)
    return rows[rows["stage"] != STOPPED]


OTHERS, STOPPED, LINES = 4, 5, 6  # of waits, beyond the queues; a pathway whose clock has stopped is at this stage


@kernel_view
def list_of(b, listing):
    """The list of one patch of practices, as a list of its own."""
    return Listing(listing.rows[listing.at[b] : listing.at[b + 1]], listing.at, listing.n[b : b + 1])
