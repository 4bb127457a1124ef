"""Work done by Dask: a cluster on this machine, or any cluster with an address."""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Callable
from queue import Empty, Queue
from typing import Any
from uuid import uuid4

from ...model.errors import InputError
from .executors import Outcome, Stopped
from .worker import ONE_THREAD

PATIENCE = "300s"  #: a busy machine answers late; a process that has died is known by its closed connection at once
EVERY = 5.0  #: seconds between looks at whether the cluster that we started still has its workers


class Dask:
    """Pieces of work as Dask futures. The folder of the sweep must be readable by every worker."""

    def __init__(self, function: Callable[[Any], Any], address: str = "local", count: int | None = None) -> None:
        self.function, self._count = function, count or os.cpu_count() or 1
        try:
            distributed = importlib.import_module("distributed")
        except ImportError:
            raise InputError("--dask: needs the extra 'dask': pip install 'fundingflows[dask]'") from None
        self._cluster: Any = None
        if address == "local":
            logging.getLogger("distributed").setLevel(logging.CRITICAL)  # the sweep reports deaths of workers
            timeouts = {f"distributed.comm.timeouts.{what}": PATIENCE for what in ("connect", "tcp")}
            importlib.import_module("dask").config.set(timeouts)
            theirs = {f"DASK_{name.replace('.', '__').upper()}": value for name, value in timeouts.items()}
            self._cluster = distributed.LocalCluster(
                n_workers=self._count, threads_per_worker=1, processes=True, host="127.0.0.1",
                dashboard_address=None, silence_logs=logging.CRITICAL, env=ONE_THREAD | theirs,
            )  # fmt: skip
        try:
            wait = PATIENCE if self._cluster else "20s"
            self._client = distributed.Client(self._cluster or address, timeout=wait, set_as_default=False)
        except (OSError, ValueError) as error:
            raise InputError(f"--dask {address}: no Dask scheduler answers: {error}") from None
        self._dead = distributed.scheduler.KilledWorker
        self._session = uuid4().hex[:8]
        self._futures: dict[int, Any] = {}
        self._done: Queue[tuple[int, Any]] = Queue()

    @property
    def slots(self) -> int:
        """Threads of all current workers; clusters grow and shrink."""
        return max(sum(self._client.nthreads().values()), 1)

    def submit(self, number: int, work: Any) -> None:
        # new keys each time: repeated work must be computed again
        future = self._client.submit(self.function, work, pure=False, key=f"sweep-{self._session}-{uuid4().hex}")
        self._futures[number] = future
        future.add_done_callback(lambda f: self._done.put((number, f)))

    def wait(self) -> list[Outcome]:
        """At least one outcome."""
        outcomes = [self._outcome(*self._first())]
        while not self._done.empty():
            outcomes.append(self._outcome(*self._done.get()))
        return outcomes

    def _first(self) -> tuple[int, Any]:
        """The next future that is done. Dask gives a worker up that has died some times, and would wait for ever."""
        while True:
            try:
                return self._done.get(timeout=EVERY)
            except Empty:
                if self._cluster is not None:
                    self._cluster.scale(self._count)

    def _outcome(self, number: int, future: Any) -> Outcome:
        self._futures.pop(number, None)
        if future.status == "finished":
            return Outcome(number, future.result())
        error = future.exception() if future.status == "error" else None
        if isinstance(error, self._dead):
            return Outcome(number, died="its Dask workers died")
        if error is None:
            raise Stopped("the Dask scheduler has gone; start it and run the same command again")
        return Outcome(number, error=error)

    def close(self, now: bool = False) -> None:
        """Cancel work that has not begun, and close the cluster if we started it."""
        if self._futures:
            self._client.cancel(list(self._futures.values()), force=True)
        self._client.close(timeout=5)
        if self._cluster is not None:
            self._cluster.close(timeout=10)
