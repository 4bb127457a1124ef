"""Where a thread lays out its work."""

from typing import NamedTuple

import numpy as np

from .compiled import kernel, kernel_view
from .people import BANDS, GROUPS
from .tally import N_REFERRED, N_URGENT

CHUNK = 2048  # people that the filter takes at a time: their columns stay in the nearest cache

ASKS, RARELY = 1, 2  # bits of what the filter finds


class Bench(NamedTuple):
    """Where a thread lays out its work: each step goes down a list (people, notes, pathways) and leaves one behind."""

    hit: np.ndarray  # (CHUNK,) uint8: ASKS and RARELY of each person of a chunk; who of a chunk waits on
    found: np.ndarray  # uint32, people to whom something happens: 4 x row + ASKS and RARELY; rows; places in a table
    picked: np.ndarray  # uint32, places in a list of those who are looked at once more
    luck: np.ndarray  # uint64, the draw of each request; the key of each person in a note
    years: np.ndarray  # uint8, age of those to whom something rare happens
    inside: np.ndarray  # float64, where in its interval a rare event's draw fell
    kind: np.ndarray  # uint8, which rare event; what became of a request; what a referral leads to; what was fetched
    hospital: np.ndarray  # int64, where a note's person goes
    freed: np.ndarray  # int64, rows that fall empty, from 1; the first entry counts
    counts: np.ndarray  # (GROUPS, 8) int32, requests by what became of them
    cost: np.ndarray  # (8,) int32, pounds by what became of a request
    refers: np.ndarray  # (BANDS,) chance that a GP consultation refers


@kernel_view
def bench(most):
    """Room for a list of so many, of people, requests or notes."""
    return Bench(
        np.empty(CHUNK, dtype=np.uint8), np.empty(most + 1, dtype=np.uint32), np.empty(most + 1, dtype=np.uint32),
        np.empty(most + 1, dtype=np.uint64), np.empty(most + 1, dtype=np.uint8), np.empty(most + 1),
        np.empty(most + 1, dtype=np.uint8), np.empty(most + 1, dtype=np.int64), np.empty(most + 2, dtype=np.int64),
        np.zeros((GROUPS, 8), dtype=np.int32), np.zeros(8, dtype=np.int32), np.zeros(BANDS),
    )  # fmt: skip


@kernel
def fetch(i, people):
    """Bring what care reads and writes of a person into the cache; the number means nothing, but has to be kept.

    People live far apart in memory: many, asked for at once, come in the time of one.
    """
    return np.uint8(people.where[i]) ^ people.traits[i] ^ np.uint8(people.spend[i])


@kernel
def most_at_once(patches, part, diary):
    """The longest list that a thread lays out at once: a chunk of a list, or a practice's notes."""
    most = CHUNK
    for p in range(patches[part[0]], patches[part[1]]):
        most = max(most, diary.counts[p, N_URGENT], diary.counts[p, N_REFERRED])
    return most
