"""Threads that share a week's work, and the patches of practices that they share it by."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np

from .errors import InputError

PATCHES = 16  #: patches of a place at least; the same whatever the number of threads, as the order of lists is
PATCH = 500_000  #: people of a patch at most, about: what lists and tallies ask of them stays in the cache


def patches_of(stop: np.ndarray) -> np.ndarray:
    """First practice of each patch, and the number of practices at the end, (B + 1,); about equal in people.

    ``stop`` (P,): the row after each practice's last.
    """
    n = min(max(PATCHES, int(stop[-1]) // PATCH), stop.size)
    marks = stop[-1] * np.arange(1, n) / n
    first = np.concatenate([[0], np.searchsorted(stop, marks) + 1, [stop.size]])
    return np.maximum.accumulate(np.minimum(first, stop.size - n + np.arange(n + 1))).astype(np.int64)


class Team:
    """So many threads. The kernels let go of Python's lock, so ordinary threads run them at the same time.

    Raises:
        InputError: for fewer than one thread.
    """

    def __init__(self, threads: int | None = None) -> None:
        most = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        if threads is not None and threads < 1:
            raise InputError(f"threads: expected at least 1, got {threads}")
        self.threads = min(threads or most, most)
        self.pool: ThreadPoolExecutor | None = None

    def share(self, kernel: Callable[..., Any], patches: np.ndarray, *args: Any) -> None:
        """Let each thread run ``kernel(patches, part, *args)``, and wait for all.

        ``part``: the first of its patches, the one after its last, and which thread it is.
        """
        n = patches.size - 1
        threads = min(self.threads, n)
        marks = [n * k // threads for k in range(threads + 1)]
        parts = [(*part, t) for t, part in enumerate(pairwise(marks))]
        if threads == 1:
            kernel(patches, parts[0], *args)
            return
        if self.pool is None:
            self.pool = ThreadPoolExecutor(threads - 1, thread_name_prefix="week")
        others = [self.pool.submit(kernel, patches, part, *args) for part in parts[1:]]
        kernel(patches, parts[0], *args)
        for other in others:
            other.result()

    def __getstate__(self) -> dict[str, Any]:
        return {"threads": self.threads, "pool": None}
