"""What a run records: weekly counts by organisation, and yearly flows, groups of people and facts."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import batched
from typing import Any, Protocol

import numpy as np
import pandas as pd

from ..agents.patients.calendar import WEEKS
from ..agents.patients.events import EDGE_FIRST, EDGES, EVENTS
from ..agents.patients.lists import LONGEST
from ..agents.patients.people import GROUPS
from .economy import Economy
from .parameters import AXES

QUARTERS = 4  #: in a year
MANY = 1_000  #: organisations beyond which a series that has not changed is kept once


def narrow(counts: np.ndarray) -> np.ndarray:
    """Counts in the smallest integer type that holds them."""
    return counts.astype(np.min_scalar_type(int(counts.max(initial=0))))


class Tables(Sequence[np.ndarray]):
    """Tables of counts (N, events), one after another. Large ones are kept compressed, event by event."""

    LARGE = 100_000  #: bytes beyond which a table is compressed

    def __init__(self) -> None:
        self._kept: list[np.ndarray | tuple[bytes, np.dtype, int]] = []

    def append(self, counts: np.ndarray) -> None:
        """Append a table."""
        table = narrow(counts)
        large = table.nbytes > self.LARGE
        self._kept.append((zlib.compress(table.tobytes("F"), 1), table.dtype, len(table)) if large else table)

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, k: Any) -> Any:
        """A table, or the tables of a slice."""
        if isinstance(k, slice):
            return [self[i] for i in range(*k.indices(len(self)))]
        table = self._kept[k]
        if isinstance(table, np.ndarray):
            return table
        deflated, dtype, n = table
        return np.frombuffer(zlib.decompress(deflated), dtype).reshape(-1, n).T


class Edges:
    """Flows along the edges that were used. In a large place most edges never are, so the table is sparse."""

    def __init__(self, edge: np.ndarray, counts: np.ndarray, n_hospitals: int) -> None:
        self.edge = edge.astype(np.int32)  # (n,) practice * hospitals + hospital, ascending
        self._counts = Tables()  # (n, EDGES)
        self._counts.append(counts)
        self.n_hospitals = n_hospitals

    @property
    def counts(self) -> np.ndarray:
        """Flows along each edge, (n, EDGES)."""
        return self._counts[0]

    @staticmethod
    def used(table: np.ndarray) -> Edges:
        """The edges of a table (P, H, EDGES) along which anything moved."""
        flat = table.reshape(-1, EDGES)
        edge = np.flatnonzero(flat.any(axis=1))
        return Edges(edge, flat[edge], table.shape[1])

    @staticmethod
    def total(parts: list[Edges]) -> Edges:
        """The sum of several quarters."""
        edge = np.unique(np.concatenate([part.edge for part in parts]))
        counts = np.zeros((edge.size, EDGES), dtype=np.int32)
        for part in parts:
            counts[np.searchsorted(edge, part.edge)] += part.counts
        return Edges(edge, counts, parts[0].n_hospitals)

    def __iter__(self) -> Iterator[np.ndarray]:
        """Rows of practices and of hospitals (n,), counts (n, EDGES)."""
        practice, hospital = np.divmod(self.edge.astype(np.int64), self.n_hospitals)
        return iter((practice, hospital, self.counts.astype(np.int32)))


class Record:
    """Counts by week, of practices (P, events) and hospitals (H, events); series; quarters; years."""

    def __init__(self, n_practices: int, n_hospitals: int) -> None:
        self.practice = Tables()
        self.hospital: list[np.ndarray] = []
        self.series: dict[str, list[np.ndarray]] = {}
        self.quarterly: dict[str, list[np.ndarray]] = {}
        self.years: list[dict[str, Any]] = []
        self.last = np.zeros((n_practices, len(EVENTS)), dtype=np.int64)  # events of the quarter until last week
        self.groups = np.zeros((GROUPS, len(EVENTS)), dtype=np.int64)
        self.edges: list[Edges] = []  # one for each quarter of the year so far
        self.qalys = np.zeros(GROUPS, dtype=np.int64)
        self.arms: dict[str, np.ndarray] = {}  # practices (P,) of each marked arm, whose people are counted apart too
        self.arm_groups: dict[str, np.ndarray] = {}  # as groups, by arm
        self.unmet_care = np.zeros(GROUPS, dtype=np.int64)  # people refused or waiting for care, summed over quarters
        self.completed = np.zeros((n_hospitals, LONGEST), dtype=np.int64)

    def append_week(self, tally: np.ndarray, ward: np.ndarray, completed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Append a week; ``tally`` counts since the quarter began. Returns the week's events, (P, E) and (H, E)."""
        total = np.einsum("peg->pe", tally).astype(np.int64)  # several times as fast as sum()
        events = total - self.last
        self.last = total
        self.practice.append(events)
        self.hospital.append(ward.copy())
        self.completed += completed
        return events, self.hospital[-1]

    def append_weekly(self, **series: np.ndarray) -> None:
        """Append to weekly series; in a large place an unchanged value is kept once."""
        for name, value in series.items():
            past = self.series.setdefault(name, [])
            same = value.size > MANY and past and np.array_equal(past[-1], value)
            past.append(past[-1] if same else np.array(value))

    def close_quarter(self, tally: np.ndarray, edges: np.ndarray, stock: np.ndarray, **levers: np.ndarray) -> None:
        """Append a quarter and clear its tallies."""
        self.groups += tally.sum(axis=0, dtype=np.int64).T
        for arm, rows in self.arms.items():
            self.arm_groups[arm] = self.arm_groups.get(arm, 0) + tally[rows].sum(axis=0, dtype=np.int64).T
        self.edges.append(Edges.used(edges))
        self.qalys += stock[:, :, 3].sum(axis=0)
        self.unmet_care += stock[:, :, 9].sum(axis=0)
        self.last[:] = 0
        tally[:] = 0
        edges[:] = 0
        for name, value in levers.items():
            self.quarterly.setdefault(name, []).append(np.array(value))

    def close_year(self, **facts: Any) -> None:
        """Append a year of groups, edges and facts, and clear the sums."""
        self.years.append({"groups": self.groups.copy(), "edges": Edges.total(self.edges), "qalys": self.qalys.copy(),
                           "completed": self.completed.copy(), "unmet_care": self.unmet_care / QUARTERS,
                           **facts})  # fmt: skip
        self.edges.clear()
        self.arm_groups = {}
        for array in (self.groups, self.qalys, self.completed, self.unmet_care):
            array[:] = 0

    def digest(self, ledger_columns: Iterable[np.ndarray]) -> str:
        """SHA-256 of everything recorded. Equal digests mean equal results, bit for bit."""
        h = sha256()
        for weeks in (self.practice, self.hospital):
            for stack in _stacked(weeks):
                h.update(stack.astype(np.int64).tobytes())
        for array in ledger_columns:
            h.update(np.ascontiguousarray(array).tobytes())
        for table in (self.series, self.quarterly):
            for name in sorted(table):
                h.update(name.encode())
                for stack in _stacked(table[name]):
                    h.update(stack.tobytes())
        for year in self.years:
            for array in (year["groups"], *year["edges"], year["qalys"]):
                h.update(array.tobytes())
        return h.hexdigest()


def _stacked(weeks: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
    """Weeks stacked: many at a time in a small place, where hashing each one alone would cost more than its content."""
    n = max(10 * MANY // max(weeks[0].size, 1), 1) if len(weeks) else 1
    return (np.stack(some) for some in batched(weeks, n))


class Recorded(Economy, Protocol):
    """A model with its record."""

    @property
    def record(self) -> Record: ...


def organisations(model: Recorded) -> pd.DataFrame:
    """One row per organisation and year: activity (whole place), income, cost, levers and state."""
    frames = []
    for year, facts in enumerate(model.record.years):
        for cohort in model.cohorts:
            rows = facts["organisations"][cohort.kind]
            frame = pd.DataFrame({name: np.asarray(value, dtype=float) for name, value in rows.items()})
            frame.insert(0, "year", year + 1)
            frame.insert(1, "kind", cohort.kind)
            frame.insert(2, "organisation", cohort.names)
            if model.timetable is not None:
                frame.insert(3, "arm", model.timetable.provisions.arms(cohort.kind).astype(str))
            if cohort.kind == "practice":
                frame.insert(3, "lot", model.place.practices.lot.to_numpy())
            frames.append(frame)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def edges(model: Recorded) -> pd.DataFrame:
    """One row per practice, hospital and year: patients who moved between them."""
    kept = ["gp_referrals", "other_referrals", "first_clinics", "follow_ups", "other_visits", "day_cases", "inpatients",
            "emergency_zero_day", "emergency_overnight"]  # fmt: skip
    frames = []
    for year, facts in enumerate(model.record.years):
        p, h, counts = facts["edges"]
        frame = pd.DataFrame({name: counts[:, EVENTS.index(name) - EDGE_FIRST] / model.sample for name in kept})
        frame.insert(0, "year", year + 1)
        frame.insert(1, "practice", np.array(model.practices.names)[p])
        frame.insert(2, "hospital", np.array(model.hospitals.names)[h])
        frames.append(frame)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def people(model: Recorded) -> pd.DataFrame:
    """One row per age band, deprivation quintile and year: people, events and QALYs (whole place)."""
    frames = []
    for year, facts in enumerate(model.record.years):
        frame = pd.DataFrame(facts["groups"] / model.sample, columns=list(EVENTS))
        frame.insert(0, "year", year + 1)
        frame.insert(1, "age_band", np.repeat(AXES["age_band"], 5))
        frame.insert(2, "quintile", np.tile(np.arange(1, 6), len(AXES["age_band"])))
        frame.insert(3, "people", facts["stock"][:, 0] / model.sample)
        frame.insert(4, "with_conditions", facts["stock"][:, 1] / model.sample)
        frame.insert(5, "mean_control", facts["stock"][:, 2] / np.maximum(facts["stock"][:, 1], 1) / 65535.0)
        frame.insert(6, "qalys", facts["qaly_years"])
        frame.insert(7, "untreated_needs", facts["stock"][:, 8] / model.sample)
        frame.insert(8, "unmet_care", facts["unmet_care"] / model.sample)
        waiting, weeks = facts["waits"]
        frame.insert(9, "waiting", waiting / model.sample)
        frame.insert(10, "weeks_waited", weeks / np.maximum(waiting, 1))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def joiners(model: Recorded) -> pd.DataFrame:
    """One row per year and kind of joiner: people who asked to join a practice, and those whom it turned away.

    No rows where practices may not choose their patients.
    """
    frames = []
    grades = pd.MultiIndex.from_product(
        [AXES["age_band"], AXES["conditions"], AXES["frailty"]], names=["age_band", "conditions", "frailty"]
    )
    for year, facts in enumerate(model.record.years):
        if facts["joiners"]:
            frames.append(pd.DataFrame(facts["joiners"], index=grades).assign(year=year + 1).reset_index())
    columns = ["year", *grades.names, "asked", "turned_away"]
    return pd.concat(frames, ignore_index=True).reindex(columns=columns) if frames else pd.DataFrame(columns=columns)


def weekly(model: Recorded) -> pd.DataFrame:
    """One row a week for the whole place: events, waiting list, beds, people in care. None before the first week."""
    total = np.array([events.sum(axis=0) for events in model.record.practice]).reshape(-1, len(EVENTS)) / model.sample
    frame = pd.DataFrame(total, columns=list(EVENTS))
    frame.insert(0, "week", np.arange(1, len(frame) + 1))
    frame.insert(1, "year", (frame["week"] - 1) // WEEKS + 1)
    series = model.record.series or {name: [] for cohort in model.cohorts for name in cohort.weekly()}
    for name, rows in series.items():
        values = np.array(rows, dtype=float)
        frame[name] = values.reshape(len(values), -1).sum(axis=1) if rows else values
    return frame
