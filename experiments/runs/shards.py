"""What runs gave, as Parquet shards that are whole or not there; and who is at work on a folder."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from .executors import Stopped

if TYPE_CHECKING:
    from .runs import Run

try:
    import fcntl
except ImportError:  # Windows: no locks; runs made twice are found by their key
    fcntl = None

SHARDS, DAMAGED = "runs", "damaged"
TEXTS = ("key", "place", "funding", "error", "digest")
WHOLE = ("seed", "weeks")


def name_of(keys: Iterable[str]) -> str:
    """The file name of a shard that holds these runs."""
    return sha256("".join(keys).encode()).hexdigest()[:24] + ".parquet"


def kept(folder: Path, runs: Iterable[Run]) -> bool:
    """Whether there is a shard of just these runs."""
    return (folder / SHARDS / name_of(run.key for run in runs)).exists()


def write(folder: Path, rows: Sequence[dict[str, Any]], name: str | None = None) -> Path:
    """Write rows as one shard: under a temporary name, to the disk, then renamed.

    Raises:
        OSError: when the disk is full or cannot be written; nothing is left behind.
    """
    columns = list(dict.fromkeys(key for row in rows for key in row))
    kinds = {**dict.fromkeys(TEXTS, pa.string()), **dict.fromkeys(WHOLE, pa.int64())}
    table = pa.table({c: pa.array([row.get(c) for row in rows], kinds.get(c, pa.float64())) for c in columns})
    path = folder / SHARDS / (name or name_of(row["key"] for row in rows))
    write_table(table, path)
    return path


def write_table(table: pa.Table, path: Path) -> None:
    """A Parquet file that is whole or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{socket.gethostname()}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            pq.write_table(table, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def read(folder: Path, columns: list[str] | None = None) -> tuple[pa.Table | None, list[str]]:
    """All rows, one a key (sorted by key, a run that succeeded before one that failed), and shards set aside.

    A shard that cannot be read is moved to ``damaged/``: its runs count as not made.
    """
    parts, damaged = [], []
    for path in sorted((folder / SHARDS).glob("*.parquet")):
        try:
            parts.append(pq.ParquetFile(path).read(columns))
        except (pa.ArrowInvalid, pa.ArrowException, OSError, ValueError):
            if path.exists():
                (folder / DAMAGED).mkdir(exist_ok=True)
                path.replace(folder / DAMAGED / path.name)
                damaged.append(path.name)
    if not parts:
        return None, damaged
    return pa.concat_tables(parts, promote_options="permissive"), damaged


def done(folder: Path, retry_errors: bool = False) -> tuple[dict[str, str | None], list[str]]:
    """Error message (or ``None``) by key of every run there is, and the shards that were set aside."""
    table, damaged = read(folder, ["key", "error"])
    made: dict[str, str | None] = {}
    if table is not None:
        for key, error in zip(table["key"].to_pylist(), table["error"].to_pylist(), strict=True):
            if error is None or key not in made:
                made[key] = error
    if retry_errors:
        made = {key: error for key, error in made.items() if error is None}
    return made, damaged


def sweep_up(folder: Path) -> None:
    """Remove what writers that were killed left half-written; those that are at work keep theirs."""
    for path in (folder / SHARDS).glob(".*.tmp"):
        _, host, pid, _ = path.name.rsplit(".", 3)
        if host == socket.gethostname() and not Path(f"/proc/{pid}").exists() and Path("/proc/self").exists():
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def at_work(folder: Path, part: tuple[int, int] | None = None) -> Iterator[None]:
    """Hold the folder: alone, or as one part of several. The hold ends with the process, however it ends.

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
                f"{folder}: {who} is at work on this sweep; wait for it, or divide the work with --part 1/2 and 2/2"
            ) from None
        if alone:
            file.truncate(0)
            file.write(f"process {os.getpid()} on {socket.gethostname()}")
            file.flush()
        yield
