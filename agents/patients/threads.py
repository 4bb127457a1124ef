"""Threads that share a week's work, and the partitions of practices that it is divided into."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np

PARTITIONS = 16  #: partitions of a place at least; the same for any number of threads, as the order of lists is
PARTITION = (
    500_000  #: people of a partition at most, about: their columns that lists and tallies need stay in the cache
)


def partitions_of(stop: np.ndarray) -> np.ndarray:
    """First practice of each partition, and the number of practices at the end, (B + 1,); about equal in people.

    ``stop`` (P,): the row after each practice's last.
    """
    n = min(max(PARTITIONS, int(stop[-1]) // PARTITION), stop.size)
    marks = stop[-1] * np.arange(1, n) / n
    first = np.concatenate([[0], np.searchsorted(stop, marks) + 1, [stop.size]])
    return np.maximum.accumulate(np.minimum(first, stop.size - n + np.arange(n + 1))).astype(np.int64)


class ThreadPool:
    """Threads for the kernels, which release Python's lock, so that ordinary threads run at the same time.

    Raises:
        ValueError: for fewer than one thread.
    """

    def __init__(self, threads: int | None = None) -> None:
        most = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        if threads is not None and threads < 1:
            raise ValueError(f"threads: expected at least 1, got {threads}")
        self.threads = min(threads or most, most)
        self.pool: ThreadPoolExecutor | None = None

    def run(self, kernel: Callable[..., Any], partitions: np.ndarray, *args: Any) -> None:
        """Let each thread run ``kernel(partitions, part, *args)``, and wait for all.

        ``part``: the first of its partitions, the one after its last, and the number of the thread.
        """
        n = partitions.size - 1
        threads = min(self.threads, n)
        marks = [n * k // threads for k in range(threads + 1)]
        parts = [(*part, t) for t, part in enumerate(pairwise(marks))]
        if threads == 1:
            kernel(partitions, parts[0], *args)
            return
        if self.pool is None:
            self.pool = ThreadPoolExecutor(threads - 1, thread_name_prefix="week")
        others = [self.pool.submit(kernel, partitions, part, *args) for part in parts[1:]]
        kernel(partitions, parts[0], *args)
        for other in others:
            other.result()

    def __getstate__(self) -> dict[str, Any]:
        return {"threads": self.threads, "pool": None}
