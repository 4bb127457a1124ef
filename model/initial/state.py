"""The initial state of a run: arrays by name, kept on disk as a folder of files."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import file_digest
from pathlib import Path
from typing import Any

import numpy as np

from ...agents.patients.lists import (
    CARE_REQUEST,
    PATHWAY,
    QUEUES,
    STAY,
    Listing,
    Lists,
    all_rows,
    lengthened,
    partition_rows,
    still_waiting,
)
from ...agents.patients.people import HOME, STATE, People
from ...agents.patients.rows import with_room
from .. import leftovers
from ..economy import Economy
from ..parameters import Parameters
from ..people.population import ReferencePopulation
from ..people.rates import rates
from ..place.place import Place

KEPT_RATES = 4  #: sets of rates that are kept
SUMS = "sha256.json"  #: of every array, so that a damaged cache is made again
MANY = 1_000_000  #: people whose columns are worth more than one thread to copy


class InitialState:
    """Arrays by name: ``initial["x"]`` gives one. Providers' columns are named by kind, such as ``hospital.listed``."""

    def __init__(self, arrays: dict[str, np.ndarray]) -> None:
        self.arrays = arrays
        self._chances: dict[tuple[Any, ...], np.ndarray] = {}  # the last few sets of rates, by what they depend on

    def __getitem__(self, name: str) -> np.ndarray:
        return self.arrays[name]

    @property
    def week(self) -> int:
        """The first week of a run from this state."""
        return int(self.arrays["week"])

    @property
    def sample(self) -> float:
        """Share of the place's people that it holds."""
        return float(self.arrays.get("sample", np.array(1.0)))

    def people(self) -> People:
        """Copy the people columns into private memory (read again from disk), which gets huge pages."""
        columns = dict(zip(People._fields, (self.arrays[f"people.{name}"] for name in People._fields), strict=True))
        # files do not keep the type's alignment, and another type would make the kernels compile again
        columns["state"] = columns["state"].view(STATE)
        if columns["key"].size < MANY:
            return People(*map(_copy, columns.values()))
        with ThreadPoolExecutor() as pool:
            return People(*pool.map(_copy, columns.values()))

    def corrections(self) -> dict[str, Any]:
        """Factors on rates found by calibration, by name."""
        return {k.removeprefix("fix."): v for k, v in self.arrays.items() if k.startswith("fix.")}

    def chances(self, place: Place, parameters: Parameters, ageing: bool) -> np.ndarray:
        """Rates of the week's chances, see ``rates``; kept, because the runs of a sweep share them."""
        fixes = tuple((name, np.asarray(fix).tobytes()) for name, fix in sorted(self.corrections().items()))
        key = (place.digest, parameters.digest, ageing, fixes)
        if key not in self._chances:
            if len(self._chances) >= KEPT_RATES:
                del self._chances[next(iter(self._chances))]
            self._chances[key] = rates(
                place, parameters, ReferencePopulation(*self.reference_people()), self.corrections(), ageing
            )
        return self._chances[key]

    def lists(self, partitions: np.ndarray) -> Lists:
        """The waiting list, the wards and the queue for care, by partition of practices (B + 1,), with room to grow."""
        return Lists(*(self._list(name, partitions) for name in ("pathways", "stays", "queue")))

    def _list(self, name: str, partitions: np.ndarray) -> Listing:
        held = self.arrays.get(name, np.zeros(0, dtype=LISTINGS[name]))
        if isinstance(held, np.memmap):  # read past the map, which would stay in memory
            held = np.load(str(held.filename))
        partition = np.repeat(np.arange(partitions.size - 1, dtype=np.int16), np.diff(partitions))[held["practice"]]
        n = np.bincount(partition, minlength=partitions.size - 1).astype(np.int64)
        listing = lengthened(Listing(np.zeros(0, dtype=LISTINGS[name]), np.zeros(n.size + 1, np.int64), 0 * n), n)
        listing.n[:] = n
        for b in range(n.size):
            partition_rows(listing, b)[:] = held[partition == b]
        return listing

    def of(self, kind: str) -> dict[str, np.ndarray]:
        """Arrays of one kind of provider, by name without the kind."""
        return {k.removeprefix(f"{kind}."): v for k, v in self.arrays.items() if k.startswith(f"{kind}.")}

    def restore(self, model: Economy) -> None:
        """Restore the providers' state."""
        for cohort in model.cohorts:
            cohort.restore(self.of(cohort.kind), model.sample)
        if model.sample < 1.0 and "pathways" in self.arrays:
            left = self.waiting()
            model.hospitals.restore_queue(left, self.arrays.get("hospital.line", left))

    def waiting(self) -> np.ndarray:
        """People at home on the waiting list who were ready before this week, (H, QUEUES)."""
        rows = self["pathways"]
        ready = (rows["ready"] < self.week) & (self["people.where"][rows["row"]] == HOME)
        queue = rows["hospital"].astype(np.int64) * QUEUES + rows["stage"]
        most = self["hospital.clinic_slots"].size * QUEUES
        return np.bincount(queue[ready], minlength=most).reshape(-1, QUEUES).astype(float)

    def restore_expected_year(self, model: Economy) -> None:
        """Give organisations the expected year, to which memory and contracts refer."""
        for cohort in model.cohorts:
            did, outcomes = (
                {name: array.copy() for name, array in self.of(f"{what}.{cohort.kind}").items()}
                for what in ("expected", "outcome")
            )
            cohort.restore_expected_year(did, outcomes)

    def reference_people(self) -> tuple[People, np.ndarray, np.ndarray]:
        """The people whose mean risks scale the rates, and each practice's first and last row of them.

        They are the whole population, or the sample from which a large place was expanded.
        """
        prefix = "reference." if "reference.start" in self.arrays else ""
        people = People(*(self.arrays[f"{prefix}people.{name}"] for name in People._fields))
        return people, self.arrays[f"{prefix}start"], self.arrays[f"{prefix}stop"]

    def save(self, path: Path) -> None:
        """Write a folder of arrays under a temporary name and rename it, so that it is never found half-written."""
        path.parent.mkdir(parents=True, exist_ok=True)
        leftovers.remove(path)
        folder = Path(tempfile.mkdtemp(dir=path.parent, prefix=leftovers.prefix(path.name)))
        try:
            add(folder, self.arrays)
            folder.rename(path)
        except BaseException as error:
            shutil.rmtree(folder, ignore_errors=True)
            if not (isinstance(error, OSError) and path.is_dir()):  # otherwise another process has written it first
                raise

    @staticmethod
    def load(path: Path) -> InitialState:
        """Read what ``save`` wrote. Everyone's columns stay on disk until a run copies them.

        Raises:
            ValueError: for a folder that is not whole: a file is missing, more, or other than was written.
        """
        arrays = arrays_in(path)
        if not set(arrays) >= PEOPLE:
            raise KeyError(f"{path.name}: columns are missing")
        return InitialState(arrays)


def arrays_in(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a folder that ``save`` wrote, by name; those with a row for each person stay on disk.

    Raises:
        ValueError: for a folder that is not whole: a file is missing, more, or other than was written.
    """
    if json.loads((path / SUMS).read_text(encoding="utf-8")) != _sums(path):
        raise ValueError(f"{path.name}: damaged")
    large = PEOPLE | set(LISTINGS)
    names = [file.stem for file in path.glob("*.npy")]
    return {name: np.load(path / f"{name}.npy", mmap_mode="r" if name in large else None) for name in names}


def add(folder: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays into a folder, and the SHA-256 of every file in it."""
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    (folder / SUMS).write_text(json.dumps(_sums(folder)), encoding="utf-8")


def _sums(folder: Path) -> dict[str, str]:
    """SHA-256 by name of each array's file."""
    out = {}
    for file in folder.glob("*.npy"):
        with file.open("rb") as opened:
            out[file.name] = file_digest(opened, "sha256").hexdigest()
    return out


def _copy(column: np.ndarray) -> np.ndarray:
    """A copy of a column with room to grow; a column on disk is read straight into the copy."""
    copy = with_room(column.size, column.dtype)[: column.size]
    if isinstance(column, np.memmap):  # reading through the map would take memory for both
        with Path(str(column.filename)).open("rb") as file:
            file.seek(column.offset)
            file.readinto(copy.view(np.uint8))
    else:
        copy[:] = column
    return copy


PEOPLE = {f"people.{name}" for name in People._fields}
LISTINGS = {"pathways": PATHWAY, "stays": STAY, "queue": CARE_REQUEST}


def freeze(model: Economy) -> dict[str, np.ndarray]:
    """The state of a model as arrays by name, as ``InitialState`` reads them."""
    arrays: dict[str, np.ndarray] = {f"people.{n}": c for n, c in model.patients.people._asdict().items()}
    arrays |= {"start": model.patients.start, "stop": model.patients.stop}
    arrays["pathways"] = still_waiting(model.patients.lists.waiting)
    arrays |= {"stays": all_rows(model.patients.lists.stays), "queue": all_rows(model.patients.lists.care)}
    for cohort in model.cohorts:
        arrays |= {f"{cohort.kind}.{name}": array for name, array in cohort.state().items()}
    return arrays
