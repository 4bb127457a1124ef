"""Scratch buffers of a thread: each step goes down one list (people, messages, pathways) and leaves another."""

from typing import NamedTuple

import numpy as np

from .compiled import kernel, kernel_view
from .people import BANDS, GROUPS
from .tally import N_REFERRED, N_URGENT

CHUNK = 2048  # people taken at a time by the filter: their columns stay in the nearest cache
OUTCOMES = 8  # a request's outcomes: all combinations of the bits GP, SERVED and AGAIN

ASKS, RARELY = 1, 2  # bits of what the filter finds


class Scratch(NamedTuple):
    """Buffers of one thread."""

    hit: np.ndarray  # (CHUNK,) uint8: ASKS and RARELY of each person of a chunk
    selected: np.ndarray  # uint32, people whom the filter selects, as 4 x row + ASKS and RARELY; then rows of requests
    picked: np.ndarray  # uint32, places in a list, or rows, of those who are looked at once more
    draw: np.ndarray  # uint64, the draw of each request
    key: np.ndarray  # uint64, the key of each message's person
    years: np.ndarray  # uint8, age of those to whom something rare happens
    inside: np.ndarray  # float64, where in its interval a rare event's draw fell
    event: np.ndarray  # uint8, the rare event
    result: np.ndarray  # uint8, the result of a request
    route: np.ndarray  # int64, what a referral leads to
    hospital: np.ndarray  # int64, the hospital of a message's person
    place: np.ndarray  # (CHUNK,) uint32, where in the table of waits a pathway is counted
    here: np.ndarray  # (CHUNK,) uint8: where a pathway's person is; then whether the pathway stays on the list
    leaves: np.ndarray  # (CHUNK,) uint8: whether a pathway is withdrawn
    fetched: np.ndarray  # uint8, the meaningless results of `prefetch`
    freed: np.ndarray  # int64, rows that fall empty this week, from 1; the first entry counts them
    requests: np.ndarray  # (GROUPS, OUTCOMES) int32, requests by result
    cost: np.ndarray  # (OUTCOMES,) int32, £ by result
    refers: np.ndarray  # (BANDS,) uint32, chance of 2**24 that a GP consultation refers
    needs: np.ndarray  # (BANDS,) uint32, the same that it should
    untreatable: np.ndarray  # (BANDS,) uint32, the same for what only a specialist can treat


@kernel_view
def scratch_for(most):
    """Buffers for lists of up to ``most`` people, messages or requests."""
    n = most + 1
    return Scratch(
        np.empty(CHUNK, dtype=np.uint8), np.empty(n, dtype=np.uint32), np.empty(n, dtype=np.uint32),
        np.empty(n, dtype=np.uint64), np.empty(n, dtype=np.uint64), np.empty(n, dtype=np.uint8), np.empty(n),
        np.empty(n, dtype=np.uint8), np.empty(n, dtype=np.uint8), np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int64), np.empty(CHUNK, dtype=np.uint32), np.empty(CHUNK, dtype=np.uint8),
        np.empty(CHUNK, dtype=np.uint8), np.empty(n, dtype=np.uint8), np.empty(n + 1, dtype=np.int64),
        np.zeros((GROUPS, OUTCOMES), dtype=np.int32), np.zeros(OUTCOMES, dtype=np.int32),
        np.zeros(BANDS, dtype=np.uint32), np.zeros(BANDS, dtype=np.uint32), np.zeros(BANDS, dtype=np.uint32),
    )  # fmt: skip


@kernel
def prefetch(i, people):
    """Bring a person's columns into the cache.

    The result is meaningless but must be stored, or the loads are optimised away. People are far apart in memory:
    many loads issued at once take the time of one.
    """
    near = np.uint8(people.where[i]) ^ people.traits[i] ^ np.uint8(people.spend[i]) ^ people.state[i].need
    return near ^ np.uint8(people.key[i]) ^ np.uint8(people.t_rare[i])


@kernel
def longest_list(partitions, part, tally):
    """The longest list that a thread goes down at once: a chunk of a list, or a practice's messages."""
    most = CHUNK
    for p in range(partitions[part[0]], partitions[part[1]]):
        most = max(most, tally.counts[p, N_URGENT], tally.counts[p, N_REFERRED])
    return most
