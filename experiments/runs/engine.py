"""The engine of all runs: given a folder, it makes the missing runs, keeps every finished one and resumes."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...model.errors import InputError
from ...model.initial.calibrate import steady_state
from . import lock, shards, status
from .batch import run_batch
from .dispatch import SECONDS, Dispatcher, Tally, progress
from .executors import Executor, Stopped, ending
from .processes import local, not_while_importing
from .spec import Task


@dataclass(frozen=True)
class Options:
    """How runs are made: processes of this machine, or a Dask address; one part of several, or all."""

    processes: int | None = None
    dask: str | None = None
    part: tuple[int, int] | None = None
    retry_errors: bool = False


HERE = Options()  #: every core of this machine


def executor_of(
    options: Options, most: int, function: Callable[[Any], Any] = run_batch
) -> contextlib.AbstractContextManager[Executor]:
    """The executor for these options, always closed on exit; ``function`` does a piece of work."""
    if options.dask:
        from .dask import Dask

        return ending(Dask(function, options.dask, options.processes))
    return local(function, min(options.processes or os.cpu_count() or 1, most))


def part_of(runs: Sequence[Task], i: int, n: int) -> Sequence[Task]:
    """Every n-th run of the full list, from the i-th (counted from 1), including finished ones."""
    return runs[i - 1 :: n]


def find_steady_states(runs: Sequence[Task], say: Callable[[str], None] | None = None) -> None:
    """Find each place's steady state once, so that workers need not."""
    for place in {id(place): place for run in runs for place in run.needs}.values():
        steady_state(place, say)


def make(
    runs: Sequence[Task], folder: Path, options: Options = HERE, title: str = "Runs", say: bool = True,
    seconds: float = SECONDS,
) -> Tally:  # fmt: skip
    """Make the runs missing from the folder; a shard holds about ``seconds`` of work.

    Raises:
        Stopped: when something outside the program prevents it; finished runs are kept.
    """
    not_while_importing()
    runs = tuple({run.key: run for run in reversed(runs)}.values())[::-1]
    if options.part:
        runs = part_of(runs, *options.part)
    try:
        with lock.folder_lock(folder, options.part):
            return _make(runs, folder, options, title, say, seconds)
    except OSError as error:
        raise Stopped(f"{folder}: {(error.strerror or str(error)).lower()}; finished runs are kept") from None


def _make(
    runs: Sequence[Task], folder: Path, options: Options, title: str, say: bool, seconds: float
) -> Tally:  # fmt: skip
    shards.remove_leftovers(folder)
    tally, missing = progress([run.key for run in runs], folder, options.retry_errors)
    shards.set_aside(folder, tally.damaged)
    if say:
        for line in status.damaged_shards(folder, tally.damaged, moved=True):
            print(line.strip(), file=sys.stderr)
        if tally.kept:
            print(f"{tally.kept:,} of {tally.planned:,} runs already exist.", file=sys.stderr)
    todo = [run for run in runs if run.key in missing]
    if not todo:
        return tally
    find_steady_states(todo)
    with status.ProgressBar(title, tally.planned, tally.kept) as bar, executor_of(options, len(todo)) as executor:
        return Dispatcher(folder, executor, seconds, options.retry_errors).run(
            todo, tally, bar if say else lambda _: None
        )


def tried(
    runs: Sequence[Task], folder: Path, options: Options = HERE, title: str = "Runs", say: bool = True
) -> dict[str, dict[str, Any]]:
    """Rows by key of all these runs, one shard each, so that commands with neighbouring folders share runs.

    The row of a run that failed has its ``error``.

    Raises:
        Stopped: when something outside the program prevents it; finished runs are kept.
    """
    keys = list(dict.fromkeys(run.key for run in runs))
    shards.borrow(folder, keys)
    make(runs, folder, Options(options.processes, options.dask, None, True), title, say, seconds=0.0)
    return {key: shards.row_of(folder, key) for key in keys}


def make_all(
    runs: Sequence[Task], folder: Path, options: Options = HERE, title: str = "Runs", say: bool = True
) -> dict[str, dict[str, Any]]:
    """Rows as of ``tried``, of which none may fail.

    Raises:
        InputError: when the input of a run cannot be used.
        Stopped: when something outside the program prevents it, or a run fails; finished runs are kept.
    """
    rows = tried(runs, folder, options, title, say)
    for row in rows.values():
        if row["error"] is not None:
            raise failure(row["error"])
    return rows


def failure(error: str) -> Exception:
    """What the ``error`` of a row stands for: input that cannot be used, or a run that failed."""
    kind, _, text = error.partition(": ")
    return InputError(text) if kind == "InputError" else Stopped(f"a run failed: {error}")
