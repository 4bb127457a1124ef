"""The lock on a folder of runs: no two processes make the same runs at once."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from .executors import Stopped

try:
    import fcntl
except ImportError:  # Windows: no locks; runs made twice are found by their key
    fcntl = None


@contextlib.contextmanager
def folder_lock(folder: Path, part: tuple[int, int] | None = None) -> Iterator[None]:
    """Lock the folder, alone or as one part of several. The lock ends with the process, however that ends.

    Raises:
        Stopped: when another process is at work on the same runs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if fcntl is None:
        yield
        return
    names = [("sweep", part is None)]
    if part is not None:
        names += [(f"parts-of-{part[1]}", False), (f"part-{part[0]}-of-{part[1]}", True)]
    with contextlib.ExitStack() as held:
        for name, alone in names:
            held.enter_context(_lock(folder, name, alone))
        for other in folder.glob(".parts-of-*.lock"):  # 1/2 and 1/3 would share runs
            if part is not None and other.name != f".parts-of-{part[1]}.lock":
                with _lock(folder, other.name[1:-5], True):
                    pass
        yield


@contextlib.contextmanager
def _lock(folder: Path, name: str, alone: bool) -> Iterator[None]:
    if fcntl is None:
        return
    with (folder / f".{name}.lock").open("a+") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            who = file.read().strip() or "another process"
            raise Stopped(
                f"{folder}: {who} is running this sweep; wait for it, or split the work with --part 1/2 and 2/2"
            ) from None
        if alone:
            file.truncate(0)
            file.write(f"process {os.getpid()} on {socket.gethostname()}")
            file.flush()
        yield
