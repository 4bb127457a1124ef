"""Results of runs in atomically written Parquet shards."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ..results.output import RUNS

SHARDS, DAMAGED = RUNS, "damaged"
TEXTS = ("key", "place", "funding", "error", "digest")
WHOLE = ("seed", "weeks")


def name_of(keys: Iterable[str]) -> str:
    """The file name of a shard that holds these runs."""
    return sha256("".join(keys).encode()).hexdigest()[:24] + ".parquet"


def kept(folder: Path, keys: Iterable[str]) -> bool:
    """Whether there is a shard of exactly these runs."""
    return (folder / SHARDS / name_of(keys)).exists()


def write(folder: Path, rows: Sequence[dict[str, Any]], name: str | None = None) -> Path:
    """Write rows as one shard: under a temporary name, to the disk, then renamed.

    Raises:
        OSError: when the disk is full or cannot be written; nothing is left behind.
    """
    columns = list(dict.fromkeys(key for row in rows for key in row))
    kinds = {**dict.fromkeys(TEXTS, pa.string()), **dict.fromkeys(WHOLE, pa.int64())}
    for kind, made in ((str, pa.string()), (bytes, pa.binary())):  # texts and whole tables from a reader
        kinds |= {c: made for c in columns if c not in kinds and any(isinstance(row.get(c), kind) for row in rows)}
    table = pa.table({c: pa.array([row.get(c) for row in rows], kinds.get(c, pa.float64())) for c in columns})
    path = folder / SHARDS / (name or name_of(row["key"] for row in rows))
    write_table(table, path)
    return path


def write_table(table: pa.Table, path: Path) -> None:
    """Write a Parquet file atomically."""
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
    """All rows, one for each key (sorted by key, a run that succeeded before one that failed), and shards set aside.

    A shard that cannot be read is moved to ``damaged/``: its runs count as missing.
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


def remove_leftovers(folder: Path) -> None:
    """Remove half-written files of writers that were killed, but not those of writers still running."""
    for path in (folder / SHARDS).glob(".*.tmp"):
        _, host, pid, _ = path.name.rsplit(".", 3)
        if host == socket.gethostname() and not Path(f"/proc/{pid}").exists() and Path("/proc/self").exists():
            path.unlink(missing_ok=True)


def borrow(folder: Path, keys: Iterable[str]) -> None:
    """Copy runs that a neighbouring folder keeps in a shard of their own."""
    beside = [path for path in sorted(folder.absolute().parent.glob(f"*/{SHARDS}")) if path.parent.name != folder.name]
    for name in (name_of([key]) for key in keys):
        target = folder / SHARDS / name
        found = next((path / name for path in beside if (path / name).exists()), None)
        if found is None or target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{name}.{socket.gethostname()}.{os.getpid()}.tmp")
        with contextlib.suppress(OSError):  # runs that cannot be copied are made again
            shutil.copyfile(found, temporary)
            temporary.replace(target)


def row_of(folder: Path, key: str) -> dict[str, Any]:
    """The row of a run that has a shard of its own."""
    return pq.ParquetFile(folder / SHARDS / name_of([key])).read().to_pylist()[0]


_rows: dict[Path, list[dict[str, Any]]] = {}  # by file: a shard's name is made of its keys


def good_rows(folder: Path) -> dict[str, dict[str, Any]]:
    """Rows by key, those that failed left out; each shard is read once by a process, and a damaged one is set aside."""
    rows: dict[str, dict[str, Any]] = {}
    for path in sorted((folder / SHARDS).glob("*.parquet")):
        if path not in _rows:
            try:
                _rows[path] = pq.ParquetFile(path).read().to_pylist()
            except (pa.ArrowException, OSError, ValueError):
                done(folder)
                continue
        rows |= {row["key"]: row for row in _rows[path] if row["error"] is None}
    return rows


def errors(folder: Path, keys: Sequence[str]) -> list[str]:
    """Messages of runs that failed."""
    made, _ = done(folder)
    return sorted({str(made[key]) for key in keys if made.get(key)})
