"""End workers when their parent process has died, for whatever reason."""

from __future__ import annotations

import os
import threading
from multiprocessing import parent_process
from multiprocessing.connection import wait

EVERY = 1.0  #: seconds between looks


def follow_parent() -> None:
    """End this process within a second or two of its parent's death, even in the middle of a run.

    ``kill -9`` gives the parent no chance to tell its workers. The pipe between them closes all the same. If
    another process holds a copy of it, the change of parent is noticed instead.
    """
    parent = parent_process()
    if parent is None:
        return
    adopted = os.getppid()

    def look() -> None:
        while not wait([parent.sentinel], timeout=EVERY) and os.getppid() == adopted:
            pass
        os._exit(1)

    threading.Thread(target=look, name="watchdog", daemon=True).start()
