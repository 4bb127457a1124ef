"""A large place from a sample of it: each person stands for so many, who are alike but have luck of their own."""

from __future__ import annotations

import numpy as np

from ..agents import week as w
from .population import empty_people
from .start import LISTINGS, Start

SPARE = 0.03  #: empty rows for newcomers, as a share of a practice's list


def unfold(start: Start, times: int) -> Start:
    """A steady state of a sample, with ``times`` people for each.

    A person's key keeps the bytes that personal traits are read from; two others tell those who are alike apart, and
    the hash that luck is drawn by does the rest.
    """
    people = start.people()
    first, last = start["start"], start["stop"]
    alive = people.where != w.GONE
    lists = np.add.reduceat(alive, first) * times
    stop = np.cumsum((lists * (1.0 + SPARE)).astype(np.int64) + 64)
    begin = np.concatenate([[0], stop[:-1]])
    many = empty_people(int(stop[-1]))
    twins = np.arange(times, dtype=np.uint64) << np.uint64(16)
    row_of = np.zeros(alive.size, dtype=np.int64)  # the first of those whom a row of the sample stands for
    for p in range(first.size):
        rows = first[p] + np.flatnonzero(alive[first[p] : last[p]])
        here = slice(begin[p], begin[p] + rows.size * times)
        row_of[rows] = begin[p] + np.arange(rows.size) * times
        for column, whole in zip(people, many, strict=True):
            whole[here] = np.repeat(column[rows], times)
        many.key[here] ^= np.tile(twins, rows.size)
    arrays = dict(start.arrays)
    arrays |= {f"people.{name}": column for name, column in many._asdict().items()}
    arrays |= {"start": begin, "stop": stop}
    arrays |= {f"crowd.people.{name}": column[alive] for name, column in people._asdict().items()}
    count = np.add.reduceat(alive, first)
    arrays |= {"crowd.stop": np.cumsum(count), "crowd.start": np.cumsum(count) - count}
    for name in LISTINGS:
        listed = np.repeat(start[name], times)
        which = np.tile(twins, start[name].size)
        listed["row"] = row_of[start[name]["row"]].repeat(times) + (which >> np.uint64(16)).astype(np.int64)
        listed["key"] ^= which
        arrays[name] = listed
    arrays["listed"] = start["listed"] * times
    arrays |= {name: value * times for name, value in start.arrays.items() if ".usual." in name}
    return Start(arrays)
