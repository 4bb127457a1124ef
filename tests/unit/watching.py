"""Processes seen from outside, through /proc: who works for whom, who is alive, how much each has done."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path


def below(pid: int) -> Iterator[int]:
    """Processes that a process has started, and those that they have."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            ours = [int(child) for child in task.read_text().split()]
        except OSError:
            continue
        for child in ours:
            yield child
            yield from below(child)


def workers(pid: int) -> list[int]:
    """Those below that do the work (not the one that tidies up after multiprocessing)."""
    out = []
    for child in below(pid):
        try:
            words = Path(f"/proc/{child}/cmdline").read_text()
        except OSError:
            continue
        if "spawn_main" in words:
            out.append(child)
    return out


def alive(pid: int) -> bool:
    """Whether a process is there and not only its name."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def used(pid: int) -> float:
    """Seconds of processor time that a process has taken: how far it is, however busy the machine."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def wait_for(what: Callable[[], object], seconds: float = 240.0) -> None:
    """Wait until something is so; a busy machine has all the time that it could need."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)
