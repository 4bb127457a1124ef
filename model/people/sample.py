"""Fewer people for many, or many for few: a steady state subsample to a sample, or unfolded from one."""

from __future__ import annotations

import numpy as np

from ...agents.patients import week as w
from ..initial.state import LISTINGS, InitialState
from .population import empty_people

THINNING = -70000  #: the week whose salt draws who is in a sample
SPARE = 0.06  #: empty rows for newcomers, as a share of a practice's list: enough for some years of growth


def expand(start: InitialState, times: int) -> InitialState:
    """A steady state of a sample, with ``times`` people for each.

    A person's key keeps the bytes that personal traits are read from; two others tell those who are alike apart, and
    the hash that luck is drawn by does the rest.
    """
    people = start.people()
    first, last = start["start"], start["stop"]
    alive = people.where != w.GONE
    begin, stop = _rooms(np.add.reduceat(alive, first) * times)
    many = empty_people(int(stop[-1]))
    twins = np.arange(times, dtype=np.uint64) << np.uint64(16)
    row_of = np.zeros(alive.size, dtype=np.int64)  # the first of those whom a row of the sample stands for
    for p in range(first.size):
        rows = first[p] + np.flatnonzero(alive[first[p] : last[p]])
        here = slice(begin[p], begin[p] + rows.size * times)
        row_of[rows] = begin[p] + np.arange(rows.size) * times
        for column, whole in zip(people, many, strict=True):
            whole[here].reshape(rows.size, times)[:] = column[rows, None]
        many.key[here].reshape(rows.size, times)[:] ^= twins
    lists = {}
    for name in LISTINGS:
        listed = np.repeat(start[name], times)
        which = np.tile(twins, start[name].size)
        listed["row"] = row_of[start[name]["row"]].repeat(times) + (which >> np.uint64(16)).astype(np.int64)
        listed["key"] ^= which
        lists[name] = listed
    few = w.People(*(column[alive] for column in people))
    count = np.add.reduceat(alive, first)
    reference = {f"reference.people.{name}": column for name, column in few._asdict().items()}
    reference |= {"reference.stop": np.cumsum(count), "reference.start": np.cumsum(count) - count}
    return _with(start, many, begin, stop, lists, reference, float(times))


def subsample(start: InitialState, share: float, seed: int) -> InitialState:
    """A steady state with a share of its people, drawn by lot; rates and what is expected stay the whole place's.

    Who is drawn depends on the seed, so that results over seeds are unbiased and their spread is that of the sample.
    The draw is systematic (every fourth person, say, from a random one on) down a list on which those who are alike
    stand together, so that a practice's sample asks for as much as its people do, and as many of them are on lists.
    """
    people = start.people()
    first, last = start["start"], start["stop"]
    alive = people.where != w.GONE
    begins = w.uniforms(np.zeros(1, dtype=np.uint64), w.salts(seed, THINNING)[w.D_PERSON])[0]
    held = _held(start, people)
    kept = np.zeros(alive.size, dtype=bool)
    seen = 0
    for p in range(first.size):
        rows = first[p] + np.flatnonzero(alive[first[p] : last[p]])
        rows = rows[_alike(people.t_request[rows], people.t_rare[rows], held[rows], share)]
        steps = np.floor(np.arange(seen, seen + rows.size + 1) * share + begins)
        kept[rows] = np.diff(steps) > 0
        seen += rows.size
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
        row = row_of[start[name]["row"]]
        lists[name] = start[name][row >= 0]
        lists[name]["row"] = row[row >= 0]
    everyone, first_row, last_row = start.reference_people()
    reference = {f"reference.people.{name}": column for name, column in everyone._asdict().items()}
    reference |= {"reference.start": first_row, "reference.stop": last_row}
    return _with(start, few, begin, stop, lists, reference, share)


def _held(start: InitialState, people: w.People) -> np.ndarray:
    """What holds each person, as a number: nothing, care, a place on a list, a bed."""
    held = (people.state["care"] > w.NO_CARE).astype(np.uint8)
    held[start["pathways"]["row"]] = 2
    held[(people.where == w.HOSPITAL) | (people.where == w.FIT)] = 3
    return held


def _alike(asks: np.ndarray, rare: np.ndarray, held: np.ndarray, share: float) -> np.ndarray:
    """An order of people (n,) in which those who are alike stand together: in what holds them, in asking, in risk."""
    bins = max(int(np.sqrt(asks.size * share)), 1)
    among = np.empty(asks.size, dtype=np.int64)
    among[np.argsort(asks, kind="stable")] = np.arange(asks.size) * bins // max(asks.size, 1)
    turn = np.where(among % 2, rare.astype(np.int64), -rare.astype(np.int64))  # to and fro, so that bins meet
    return np.lexsort((turn, among, held))


def _rooms(lists: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and last row (P,) of practices with so many people and room for newcomers."""
    stop = np.cumsum((lists * (1.0 + SPARE)).astype(np.int64) + 64)
    return np.concatenate([[0], stop[:-1]]), stop


def _with(
    start: InitialState,
    people: w.People,
    begin: np.ndarray,
    stop: np.ndarray,
    lists: dict[str, np.ndarray],
    reference: dict[str, np.ndarray],
    times: float,
) -> InitialState:
    """The state with other people; what is counted by the head becomes so many times as large."""
    arrays = start.arrays | lists | reference
    arrays |= {f"people.{name}": column for name, column in people._asdict().items()}
    arrays |= {"start": begin, "stop": stop, "sample": np.array(start.sample * times)}
    arrays["hospital.line"] = start.waiting() * times
    arrays["hospital.listed"] = np.rint(start["hospital.listed"] * times).astype(np.int64)
    arrays |= {name: value * times for name, value in start.arrays.items() if ".usual." in name}
    return InitialState(arrays)
