"""Results of runs in atomically written Parquet shards, whose names end with a digest of their contents."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ...model import leftovers
from ..results.output import RUNS

SHARDS, DAMAGED = RUNS, "damaged"
TEXTS = ("key", "place", "funding", "error", "digest")
WHOLE = ("seed", "weeks")


def name_of(keys: Iterable[str]) -> str:
    """How the file name of a shard that holds these runs begins."""
    return sha256("".join(keys).encode()).hexdigest()[:24]


def _holding(runs: Path, keys: Iterable[str]) -> list[Path]:
    """Files of exactly these runs in a folder of shards, sound or not."""
    return sorted(runs.glob(f"{name_of(keys)}-*.parquet"))


def _whole(path: Path) -> bytes:
    """The contents of a shard.

    Raises:
        OSError: when it cannot be read, or is not what was written.
    """
    raw = path.read_bytes()
    if _digest(raw) != path.stem.rpartition("-")[2]:
        raise OSError(f"{path.name}: damaged")
    return raw


def _digest(raw: bytes) -> str:
    return sha256(raw).hexdigest()[:24]


def _table(path: Path, columns: list[str] | None = None) -> pa.Table:
    return pq.ParquetFile(pa.BufferReader(_whole(path))).read(columns)


def _sound(path: Path) -> bool:
    try:
        return bool(_whole(path))
    except OSError:
        return False


def kept(folder: Path, keys: Iterable[str]) -> bool:
    """Whether there is a shard of exactly these runs."""
    return any(_sound(path) for path in _holding(folder / SHARDS, keys))


def write(folder: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """Write rows as one shard: under a temporary name, to the disk, then renamed.

    Raises:
        OSError: when the disk is full or cannot be written; nothing is left behind.
    """
    columns = list(dict.fromkeys(key for row in rows for key in row))
    kinds = {**dict.fromkeys(TEXTS, pa.string()), **dict.fromkeys(WHOLE, pa.int64())}
    for kind, made in ((str, pa.string()), (bytes, pa.binary())):  # texts and whole tables from a reader
        kinds |= {c: made for c in columns if c not in kinds and any(isinstance(row.get(c), kind) for row in rows)}
    table = pa.table({c: pa.array([row.get(c) for row in rows], kinds.get(c, pa.float64())) for c in columns})
    keys = [row["key"] for row in rows]
    before = _holding(folder / SHARDS, keys)
    path = write_table(table, folder / SHARDS / f"{name_of(keys)}.parquet", digest=True)
    for old in before:
        if old != path:
            old.unlink(missing_ok=True)
    return path


def write_table(table: pa.Table, path: Path, digest: bool = False) -> Path:
    """Write a Parquet file atomically; with ``digest``, its name ends with one of its contents. Returns its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{leftovers.prefix(path.name)}tmp")
    try:
        with temporary.open("wb") as file:
            pq.write_table(table, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        if digest:
            path = path.with_stem(f"{path.stem}-{_digest(temporary.read_bytes())}")
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    return path


def read(folder: Path, columns: list[str] | None = None) -> tuple[pa.Table | None, list[str]]:
    """All rows, and the names of damaged shards: their runs count as missing. Nothing is written or moved."""
    parts, damaged = [], []
    for path in sorted((folder / SHARDS).glob("*.parquet")):
        try:
            parts.append(_table(path, columns))
        except (pa.ArrowException, OSError, ValueError):
            if path.exists():
                damaged.append(path.name)
    if not parts:
        return None, damaged
    return pa.concat_tables(parts, promote_options="permissive"), damaged


def done(folder: Path, retry_errors: bool = False) -> tuple[dict[str, str | None], list[str]]:
    """Error message (or ``None``) by key of every run there is, and the names of damaged shards."""
    table, damaged = read(folder, ["key", "error"])
    made: dict[str, str | None] = {}
    if table is not None:
        for key, error in zip(table["key"].to_pylist(), table["error"].to_pylist(), strict=True):
            if error is None or key not in made:
                made[key] = error
    if retry_errors:
        made = {key: error for key, error in made.items() if error is None}
    return made, damaged


def set_aside(folder: Path, damaged: Sequence[str]) -> None:
    """Move damaged shards out of the way, so that their runs are made again; for who holds the folder's lock."""
    for name in damaged:
        (folder / DAMAGED).mkdir(exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            (folder / SHARDS / name).replace(folder / DAMAGED / name)


def remove_leftovers(folder: Path) -> None:
    """Remove half-written files of writers that were killed, but not those of writers still running."""
    for path in (folder / SHARDS).glob(".*.tmp"):
        if leftovers.forsaken(path):
            path.unlink(missing_ok=True)


def borrow(folder: Path, keys: Iterable[str]) -> None:
    """Copy runs that a neighbouring folder keeps in a shard of their own."""
    beside = [path for path in sorted(folder.absolute().parent.glob(f"*/{SHARDS}")) if path.parent.name != folder.name]
    for key in keys:
        found = next((path for runs in beside for path in _holding(runs, [key]) if _sound(path)), None)
        if found is None or kept(folder, [key]):
            continue
        target = folder / SHARDS / found.name
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f"{leftovers.prefix(found.name)}tmp")
        with contextlib.suppress(OSError):  # runs that cannot be copied are made again
            shutil.copyfile(found, temporary)
            temporary.replace(target)


def row_of(folder: Path, key: str) -> dict[str, Any]:
    """The row of a run that has a shard of its own."""
    path = next(path for path in _holding(folder / SHARDS, [key]) if _sound(path))
    return _table(path).to_pylist()[0]


_rows: dict[Path, list[dict[str, Any]]] = {}  # by file: a shard's name is made of its keys and contents


def good_rows(folder: Path) -> dict[str, dict[str, Any]]:
    """Rows by key, those that failed left out; each shard is read once by a process, and a damaged one left out."""
    rows: dict[str, dict[str, Any]] = {}
    for path in sorted((folder / SHARDS).glob("*.parquet")):
        if path not in _rows:
            try:
                _rows[path] = _table(path).to_pylist()
            except (pa.ArrowException, OSError, ValueError):
                continue
        rows |= {row["key"]: row for row in _rows[path] if row["error"] is None}
    return rows


def errors(folder: Path, keys: Sequence[str]) -> list[str]:
    """Messages of runs that failed."""
    made, _ = done(folder)
    return sorted({str(made[key]) for key in keys if made.get(key)})
