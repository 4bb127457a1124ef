"""A run's folder: tables, a picture and a manifest, written all or not at all."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...agents.patients.events import EVENTS
from ...model import leftovers, record
from ...model.errors import InputError
from ...model.stocks import stock_table
from ...model.system import HealthEconomy

OLD = "-old"  #: how the name of an earlier run ends that is about to be replaced
MARK = "manifest.json"
RUNS = "runs"  #: folder of runs that are kept; all there is while a comparison is being made


def versions() -> dict[str, str]:
    """Versions of the model and of what its results may depend on."""
    out = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in ("fundingflows", "mesa", "numpy", "numba", "pandas", "scipy"):
        try:
            out[name] = version(name)
        except PackageNotFoundError:
            out[name] = "unknown"
    return out


def check(folder: Path) -> None:
    """Refuse, before any work is done, a folder that is a file, cannot be written, or holds something else.

    Raises:
        InputError: one sentence.
    """
    try:
        here, there = folder.is_symlink(), folder.exists() and not folder.is_dir()
        inside = Path.cwd().is_relative_to(folder.absolute().resolve())
    except (OSError, ValueError):
        raise InputError(f"--out {folder}: no folder can have that name") from None
    if here or there:
        what = "a link" if here else "a file"
        raise InputError(f"--out {folder}: is {what}; expected a folder that is new, empty or holds an earlier run")
    if inside:
        raise InputError(f"--out {folder}: is the folder you are in, or holds it; name a new one")
    other = folder.is_dir() and any(path.name != RUNS and not path.name.startswith(".") for path in folder.iterdir())
    if other and not (folder / MARK).exists():
        raise InputError(f"--out {folder}: holds something other than a run; choose a new or empty folder")
    parent = folder.absolute().parent
    while not parent.exists():
        parent = parent.parent
    if not (parent.is_dir() and os.access(parent, os.W_OK)):
        raise InputError(f"--out {folder}: {parent} cannot be written to")


@contextmanager
def writing(folder: Path) -> Iterator[Path]:
    """A temporary folder that replaces the target once everything has been written."""
    check(folder)
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    _recover(folder)
    temporary = Path(tempfile.mkdtemp(dir=folder.absolute().parent, prefix=leftovers.prefix(folder.name)))
    old = temporary.with_name(temporary.name + OLD)
    try:
        yield temporary
        if folder.exists():
            folder.rename(old)
        temporary.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        for path in (old, temporary):
            shutil.rmtree(path, ignore_errors=True)
        raise


def _recover(folder: Path) -> None:
    """Put back the earlier run of a process that was killed between moving it aside and replacing it."""
    for old in leftovers.of(folder):
        if old.name.endswith(OLD) and not folder.exists():
            old.rename(folder)
    leftovers.remove(folder)


def keep_runs(folder: Path, temporary: Path) -> None:
    """Link the runs that a folder keeps into the one that will take its place."""
    for file in sorted((folder / RUNS).glob("*.parquet")):
        (temporary / RUNS).mkdir(exist_ok=True)
        try:
            os.link(file, temporary / RUNS / file.name)
        except OSError:
            shutil.copyfile(file, temporary / RUNS / file.name)


def tables(model: HealthEconomy) -> dict[str, pd.DataFrame]:
    """The tables of a run by file name; docs/outputs.md describes their columns."""
    chosen = record.joiners(model)
    return {
        "organisations": record.organisations(model),
        "edges": record.edges(model),
        "ledger": model.ledger.flows(),
        "people": record.people(model),
        "weekly": record.weekly(model),
        "stocks": stock_table(model.stocks),
        **({"joiners": chosen} if len(chosen) else {}),
    }


def traced(model: HealthEconomy) -> pd.DataFrame:
    """Events of traced people: week, row, person, event, practice, hospital."""
    lines = np.array(model.traced_events, dtype=np.int64).reshape(-1, 5)
    keys = lines[:, 1].astype(np.uint64)
    keep = np.isin(keys, np.array(list(model.traced), dtype=np.uint64))
    lines, keys = lines[keep], keys[keep]
    frame = pd.DataFrame(
        {
            "week": lines[:, 0] + 1,
            "row": [model.traced[int(k)] for k in keys],
            "person": [f"{int(k):016x}" for k in keys],
            "event": [EVENTS[e] for e in lines[:, 2]],
            "practice": [model.practices.names[p] for p in lines[:, 4]],
            "hospital": ["" if h < 0 else model.hospitals.names[h] for h in lines[:, 3]],
        }
    )
    return frame.sort_values(["row", "week"], kind="stable").reset_index(drop=True)


def write_tables(folder: Path, frames: dict[str, pd.DataFrame], csv: bool = False) -> None:
    """Parquet, and CSV as well when asked for."""
    for name, frame in frames.items():
        frame.to_parquet(folder / f"{name}.parquet", compression="zstd", index=False)
        if csv:
            frame.to_csv(folder / f"{name}.csv", index=False)


def write_manifest(folder: Path, facts: dict[str, Any]) -> None:
    """The manifest, last of all and whole or not at all: a folder with one is complete."""
    write_text(folder / MARK, json.dumps(facts, indent=2, ensure_ascii=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """A file, whole or not at all; one that was there before is replaced."""
    temporary = path.with_name(f"{leftovers.prefix(path.name)}tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
