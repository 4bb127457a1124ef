"""What workers of the tests do, in a module that they import quickly."""

import os
import time
from pathlib import Path

from fundingflows.experiments.runs.worker import Interrupted, tell


def nap(order: tuple[Path, float]) -> str:
    """Work that a worker can be told to leave; it says so in the file that it is given."""
    path, length = order
    path.with_suffix(".begun").touch()
    try:
        time.sleep(length)
        return os.environ["NUMBA_NUM_THREADS"]
    except Interrupted:
        path.touch()
        raise


def doomed(batch):
    """Batches of a sweep are made as ever, but whoever is first at work waits to be killed, and says who it is."""
    from fundingflows.experiments.runs.batch import run_batch

    mark = batch.folder / ".doomed"
    try:
        file = mark.open("x")
    except FileExistsError:
        return run_batch(batch)
    with file:
        file.write(f"{os.getpid()} ")  # the blank says that the number is whole
    time.sleep(600.0)
    return None


def spoken(order: tuple[Path, int]) -> int:
    """Work that says so many words, then leaves its file."""
    path, words = order
    for word in range(words):
        tell(word)
        time.sleep(0.01)
    path.touch()
    return words
