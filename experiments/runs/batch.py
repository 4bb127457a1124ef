"""A batch: runs that one worker makes together and keeps in one shard."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import shards
from .executors import Stopped
from .spec import Task, version
from .worker import Interrupted

_ONE_AT_A_TIME = threading.Lock()  # numba's threads cannot serve two runs at once in one process


@dataclass(frozen=True)
class Batch:
    """Runs that one worker makes together and keeps in one shard; shared objects are sent once."""

    folder: Path
    version: str
    runs: tuple[Task, ...]
    failed: str = ""  # why the runs must not be tried again
    again: bool = False  # make existing rows again


@dataclass
class Report:
    """A worker's report on a batch: rows kept, errors among them, seconds of simulation."""

    rows: int
    errors: int = 0
    seconds: float = 0.0
    full: str = field(default="")  # why rows could not be kept


def run_batch(batch: Batch) -> Report:
    """Make the runs of a batch and keep them in one shard; finished runs are kept if the process is interrupted."""
    if batch.version != version():
        raise Stopped(f"a worker has version {version()} of the model, the sweep {batch.version}; install the same one")
    if shards.kept(batch.folder, [run.key for run in batch.runs]) and not (batch.failed or batch.again):
        return Report(len(batch.runs))  # kept by a worker that died before it could say so
    rows: list[dict[str, Any]] = []
    with _ONE_AT_A_TIME:
        try:
            for run in batch.runs:
                rows.append(run.failed(batch.failed) if batch.failed else run.make())
        except (Interrupted, KeyboardInterrupt):
            with contextlib.suppress(OSError):
                _keep(batch.folder, rows)
            raise
    try:
        _keep(batch.folder, rows)
    except OSError as error:
        return Report(0, full=error.strerror or str(error))
    return Report(len(rows), sum(row["error"] is not None for row in rows), sum(row["seconds"] or 0.0 for row in rows))


def _keep(folder: Path, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        shards.write(folder, rows)
