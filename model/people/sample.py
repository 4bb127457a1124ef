"""Fewer people for many, or many for few: an initial state thinned to a sample, or expanded from one."""

from __future__ import annotations

import numpy as np

from ...agents.patients.draws import Draw
from ...agents.patients.entry import salts, uniforms
from ...agents.patients.people import FIT, GONE, HOSPITAL, NO_CARE, People
from ..initial.state import LISTINGS, InitialState
from .population import empty_people

SAMPLING_WEEK = -70000  #: the week whose salt draws who is in a sample
SPARE = 0.06  #: empty rows for newcomers, as a share of a practice's list: enough for some years of growth


def expand(initial: InitialState, times: int) -> InitialState:
    """The state of a sample with each person copied ``times`` times.

    Copies share the bytes of the key that personal traits are read from. Two other bytes tell them apart, so that each
    copy draws chance of its own.
    """
    people = initial.people()
    first, last = initial["start"], initial["stop"]
    alive = people.where != GONE
    begin, stop = _rooms(np.add.reduceat(alive, first) * times)
    many = empty_people(int(stop[-1]))
    copies = np.arange(times, dtype=np.uint64) << np.uint64(16)
    row_of = np.zeros(alive.size, dtype=np.int64)  # the first copy of each row
    for p in range(first.size):
        rows = first[p] + np.flatnonzero(alive[first[p] : last[p]])
        here = slice(begin[p], begin[p] + rows.size * times)
        row_of[rows] = begin[p] + np.arange(rows.size) * times
        for column, whole in zip(people, many, strict=True):
            whole[here].reshape(rows.size, times)[:] = column[rows, None]
        many.key[here].reshape(rows.size, times)[:] ^= copies
    lists = {}
    for name in LISTINGS:
        listed = np.repeat(initial[name], times)
        which = np.tile(copies, initial[name].size)
        listed["row"] = row_of[initial[name]["row"]].repeat(times) + (which >> np.uint64(16)).astype(np.int64)
        listed["key"] ^= which
        lists[name] = listed
    count = np.add.reduceat(alive, first)
    sampled = People(*(column[alive] for column in people))
    reference = _reference(sampled, np.cumsum(count) - count, np.cumsum(count))
    return _with(initial, many, (begin, stop), lists | reference, float(times))


def subsample(initial: InitialState, share: float, seed: int) -> InitialState:
    """The state with a share of its people, drawn at random; rates and expectations stay the whole population's.

    Who is drawn depends on the seed, so that results over seeds are unbiased and their spread is that of the sample.
    The draw is systematic (every fourth person, say, from a random one on) down a list sorted by similarity, so that
    each practice's sample asks for as much as its people do, and as many of them are on waiting lists.
    """
    people = initial.people()
    first = initial["start"]
    alive = people.where != GONE
    kept = _draw(initial, people, alive, share, seed)
    count = np.add.reduceat(kept, first)
    begin, stop = _rooms(count)
    rows = np.flatnonzero(kept)
    row_of = np.full(alive.size, -1, dtype=np.int64)
    row_of[rows] = np.repeat(begin - (np.cumsum(count) - count), count) + np.arange(rows.size)
    few = empty_people(int(stop[-1]))
    for column, whole in zip(people, few, strict=True):
        whole[row_of[rows]] = column[rows]
    lists = {}
    for name in LISTINGS:
        row = row_of[initial[name]["row"]]
        lists[name] = initial[name][row >= 0]
        lists[name]["row"] = row[row >= 0]
    return _with(initial, few, (begin, stop), lists | _reference(*initial.reference_people()), share)


def _draw(initial: InitialState, people: People, alive: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Whether each row is in the sample, a systematic draw down every practice's sorted people."""
    first, last = initial["start"], initial["stop"]
    offset = uniforms(np.zeros(1, dtype=np.uint64), salts(seed, SAMPLING_WEEK)[Draw.ARRIVAL_PERSON])[0]
    engaged = _engaged(initial, people)
    kept = np.zeros(alive.size, dtype=bool)
    seen = 0
    for p in range(first.size):
        rows = first[p] + np.flatnonzero(alive[first[p] : last[p]])
        rows = rows[_by_similarity(people.t_request[rows], people.t_rare[rows], engaged[rows], share)]
        steps = np.floor(np.arange(seen, seen + rows.size + 1) * share + offset)
        kept[rows] = np.diff(steps) > 0
        seen += rows.size
    return kept


def _engaged(initial: InitialState, people: People) -> np.ndarray:
    """What each person receives or waits for: 0 nothing, 1 social care, 2 a hospital's list, 3 a bed."""
    engaged = (people.state["care"] > NO_CARE).astype(np.uint8)
    engaged[initial["pathways"]["row"]] = 2
    engaged[(people.where == HOSPITAL) | (people.where == FIT)] = 3
    return engaged


def _by_similarity(asks: np.ndarray, rare: np.ndarray, engaged: np.ndarray, share: float) -> np.ndarray:
    """An order of people (n,) that puts similar ones side by side: by engagement, requests and risk."""
    bins = max(int(np.sqrt(asks.size * share)), 1)
    among = np.empty(asks.size, dtype=np.int64)
    among[np.argsort(asks, kind="stable")] = np.arange(asks.size) * bins // max(asks.size, 1)
    risk = np.where(among % 2, rare.astype(np.int64), -rare.astype(np.int64))  # to and fro, so that bins meet
    return np.lexsort((risk, among, engaged))


def _rooms(lists: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and last row (P,) of practices with these lists, and room for newcomers."""
    stop = np.cumsum((lists * (1.0 + SPARE)).astype(np.int64) + 64)
    return np.concatenate([[0], stop[:-1]]), stop


def _reference(people: People, first: np.ndarray, last: np.ndarray) -> dict[str, np.ndarray]:
    """The people that rates are scaled with, as arrays of an initial state."""
    columns = {f"reference.people.{name}": column for name, column in people._asdict().items()}
    return columns | {"reference.start": first, "reference.stop": last}


def _with(
    initial: InitialState,
    people: People,
    rows: tuple[np.ndarray, np.ndarray],
    changed: dict[str, np.ndarray],
    times: float,
) -> InitialState:
    """The state with other people in ``rows``, first and last by practice; counts become ``times`` as large."""
    arrays = initial.arrays | changed
    arrays |= {f"people.{name}": column for name, column in people._asdict().items()}
    arrays |= {"start": rows[0], "stop": rows[1], "sample": np.array(initial.sample * times)}
    arrays["hospital.line"] = initial.waiting() * times
    arrays["hospital.listed"] = np.rint(initial["hospital.listed"] * times).astype(np.int64)
    arrays |= {name: value * times for name, value in initial.arrays.items() if ".usual." in name}
    return InitialState(arrays)
