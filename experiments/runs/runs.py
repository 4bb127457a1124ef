"""One run of a sweep: its key, and the row that it gives."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from ...model.initial import calibrate
from ...model.parameters import Parameters
from ...model.scenario import Scenario
from ...model.system import HealthEconomy
from ...model.version import code_digest
from ..results import levers, measures
from ..results.output import versions
from . import shards
from .executors import Stopped
from .processes import Interrupted

_ONE_AT_A_TIME = threading.Lock()  # numba's threads are not for two runs at once in one process


@dataclass(frozen=True)
class Run:
    """A run before it is made. ``case`` names its scenario in the plan, ``changes`` its parameters by path.

    ``values``: the point of the design, by variable; what the run's row shows.
    """

    key: str
    place: str
    place_digest: str
    funding: str
    seed: int
    weeks: int
    case: int
    changes: Mapping[str, Mapping[str, float]]
    values: Mapping[str, float]
    point: int = 0
    frozen: bool = False
    held: Mapping[str, float] = field(default_factory=dict)  # levers by ``kind.lever``, kept where they are put


@dataclass(frozen=True)
class Batch:
    """Runs that one worker makes together and keeps in one shard."""

    folder: Path
    version: str
    cases: Mapping[int, Scenario]  # without parameters, which every worker has
    runs: tuple[Run, ...]
    failed: str = ""  # why the runs are not to be tried again
    again: bool = False  # rows that are there already are to be made again


@dataclass
class Report:
    """What a worker says of a batch: rows kept, errors among them, seconds the model took."""

    rows: int
    errors: int = 0
    seconds: float = 0.0
    full: str = field(default="")  # why rows could not be kept


@cache
def version() -> str:
    """Version of everything that can change a row: the package, and a digest of the sources behind a run."""
    here = Path(measures.__file__).parent
    text = b"".join((here / name).read_bytes() for name in ("levers.py", "measures.py", "year.py"))
    return f"{versions()['fundingflows']}+{sha256(code_digest().encode() + text).hexdigest()[:12]}"


def key_of(known: Parameters, scenario_hash: str, changes: Mapping[str, Mapping[str, float]], *more: Any) -> str:
    """SHA-256 (first 128 bits) of scenario, parameters that differ from the baseline's, version, and what else counts.

    ``known``: the baseline's parameters. ``more``: seed, length, whether behaviour is frozen, levers that are held.
    """
    values = known.changed(changes)
    new = [p for p in changes if not np.array_equal(values[p].value, known[p].value)]
    differ = {p: np.asarray(values[p].value).tolist() for p in new}
    text = json.dumps([version(), scenario_hash, differ, *more], sort_keys=True)
    return sha256(text.encode()).hexdigest()[:32]


def _blank(run: Run) -> dict[str, Any]:
    return {"key": run.key, "place": run.place, "funding": run.funding, "seed": run.seed, "weeks": run.weeks,
            "error": None, "digest": None, "seconds": None, **run.values}  # fmt: skip


def row_of(run: Run, case: Scenario) -> dict[str, Any]:
    """Make a run. An error is a row too, with its message.

    ``seconds``: what the model itself took, from nothing to the horizon.
    """
    row = _blank(run)
    began = perf_counter()
    try:
        changed = replace(case, parameters=case.place.baseline.parameters.changed(run.changes))
        start = calibrate.steady_state(case.place)
        began = perf_counter()
        model = HealthEconomy(changed, start, run.seed, threads=1, freeze_behaviour=run.frozen)
        levers.hold(model, run.held)
        model.run(run.weeks / 52)
        row["seconds"] = perf_counter() - began
        return row | _found(model)
    except Exception as error:
        row["seconds"] = perf_counter() - began
        return row | {"error": f"{type(error).__name__}: {error}"[:500]}


def _found(model: HealthEconomy) -> dict[str, Any]:
    """What a finished run gave; the model is used up.

    A Mesa model and its agents know one another. Python frees such circles only now and then, by when dozens of runs
    may lie in memory: the circle is cut here, so that each run's arrays go with it.
    """
    ends = {f"lever.{name}": end for name, end in levers.ends(model).items()}
    found = {"digest": model.digest, **measures.read(model), **ends}
    vars(model).clear()
    return found


def run_batch(batch: Batch, make: Callable[[Run, Scenario], dict[str, Any]] | None = None) -> Report:
    """Make the runs of a batch and keep them in one shard; what is finished is kept when the process is told to end.

    ``make`` gives a run's row (``row_of`` when left out).
    """
    if batch.version != version():
        raise Stopped(f"a worker has version {version()} of the model, the sweep {batch.version}; install the same one")
    if shards.kept(batch.folder, batch.runs) and not (batch.failed or batch.again):
        return Report(len(batch.runs))  # kept by a worker that died before it could say so
    rows: list[dict[str, Any]] = []
    with _ONE_AT_A_TIME:
        try:
            for run in batch.runs:
                rows.append(
                    _failed(run, batch.failed) if batch.failed else (make or row_of)(run, batch.cases[run.case])
                )
        except (Interrupted, KeyboardInterrupt):
            with contextlib.suppress(OSError):
                _keep(batch.folder, rows)
            raise
    try:
        _keep(batch.folder, rows)
    except OSError as error:
        return Report(0, full=error.strerror or str(error))
    return Report(len(rows), sum(row["error"] is not None for row in rows), sum(row["seconds"] or 0.0 for row in rows))


def _keep(folder: Path, rows: Iterable[dict[str, Any]]) -> None:
    kept = list(rows)
    if kept:
        shards.write(folder, kept)


def _failed(run: Run, why: str) -> dict[str, Any]:
    return _blank(run) | {"error": why}
