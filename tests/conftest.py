"""Finished runs of the small place, made once and shared; tests must not change them."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from typing import NamedTuple

if sys.dont_write_bytecode:  # every process that a test starts would compile all it imports, for seconds: compile once
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = tempfile.mkdtemp(prefix="bytecode-")
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    atexit.register(shutil.rmtree, sys.pycache_prefix, ignore_errors=True)

import numpy as np
import pytest
from fundingflows.scenarios import FundingFlows
from hypothesis import settings

settings.register_profile("the same each time", derandomize=True, deadline=None)
settings.load_profile("the same each time")

FUNDINGS = ("status_quo", "activity_based", "capitated", "outcome_based")
YEARS = 2


class Run(NamedTuple):
    model: FundingFlows
    totals: list[int]  # the ledger's total after each week
    keys: np.ndarray  # everyone after twelve weeks, before a lever has moved
    states: np.ndarray
    arrived: list[int]  # keys of those who moved in, in order


def run(funding: str) -> Run:
    model = FundingFlows("anytown", funding, rng=1)
    arrived: list[int] = []
    newcomers, arrive = model.newcomers, model.newcomers.arrive

    def noted(model):
        arrive(model)
        first, last = newcomers.first[model.week - newcomers.since :][:2]
        arrived.extend(newcomers.coming["key"][first:last].tolist())

    newcomers.arrive = noted
    totals = []
    for week in range(YEARS * 52):
        model.step()
        totals.append(model.ledger.total())
        if week == 11:
            keys, states = model.patients.people.key.copy(), model.patients.people.state.copy()
    return Run(model, totals, keys, states, arrived)


@pytest.fixture(scope="session")
def runs() -> dict[str, Run]:
    """Two years of anytown under each funding file, seed 1."""
    return {name: run(name) for name in FUNDINGS}


@pytest.fixture
def anytown() -> FundingFlows:
    """Anytown before its first week, to be changed at will."""
    return FundingFlows("anytown", "status_quo", rng=1)
