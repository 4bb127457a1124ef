"""Names of temporary files and folders, which say whose they are, so that those of a process that was killed go."""

from __future__ import annotations

import glob
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path


def prefix(name: str) -> str:
    """How the name of something temporary begins that will take the place of ``name`` in its folder."""
    return f".{name[:100]}.{socket.gethostname()}.{os.getpid()}."


def forsaken(path: Path) -> bool:
    """Whether the process that wrote a ``.NAME.HOST.PID.ANYTHING`` of this machine has ended."""
    head, _, pid = path.name.rpartition(".")[0].rpartition(".")
    ours = head.endswith(f".{socket.gethostname()}") and Path("/proc/self").exists()
    return ours and not Path(f"/proc/{pid}").exists()


def of(target: Path) -> Iterator[Path]:
    """What processes that were killed have left beside a target that they were about to write."""
    beside = target.absolute().parent.glob(f".{glob.escape(target.name[:100])}.*")
    return (path for path in sorted(beside) if forsaken(path))


def remove(target: Path) -> None:
    """Remove what processes that were killed have left beside a target."""
    for path in of(target):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
