"""How long people have waited, by age band and deprivation fifth."""

from types import SimpleNamespace

import numpy as np
from fundingflows.agents.patients.lists import CLINIC, PATHWAY, STOPPED, Listing
from fundingflows.agents.patients.people import GONE, GROUPS, HOME
from fundingflows.model import record
from fundingflows.model.people.waits import waits
from fundingflows.scenarios import FundingFlows


def traits(band: int, fifth: int) -> int:
    return band << 4 | (fifth - 1) << 1 | 1


def test_waits_by_hand():
    """Two pathways of a person of 75, one of a child; the seen, the dead and a row's earlier holder do not count."""
    people = SimpleNamespace(
        key=np.array([10, 11, 12, 13], dtype=np.uint64), where=np.array([HOME, HOME, GONE, HOME], dtype=np.uint8),
        traits=np.array([traits(5, 1), traits(0, 5), traits(2, 3), traits(2, 3)], dtype=np.uint8),
    )  # fmt: skip
    rows = np.zeros(6, dtype=PATHWAY)
    rows["key"], rows["row"] = [10, 10, 11, 11, 12, 99], [0, 0, 1, 1, 2, 3]
    rows["start"], rows["stage"] = [-30, 92, 99, 50, 1, 1], [CLINIC, CLINIC, CLINIC, STOPPED, CLINIC, CLINIC]
    listing = Listing(rows, np.array([0, 6]), np.array([6]))
    patients = SimpleNamespace(people=people, lists=SimpleNamespace(waiting=listing))
    counts, weeks = waits(patients, 100)  # type: ignore[arg-type]
    assert counts.shape == weeks.shape == (GROUPS,)
    assert (counts[25], weeks[25]) == (2, 138.0)
    assert (counts[4], weeks[4]) == (1, 1.0)
    assert counts.sum() == 3


def test_those_on_the_list_by_group_are_those_by_hospital():
    model = FundingFlows("anytown", "status_quo", sample=0.25, rng=1).run(1.0)
    table = record.people(model)
    listed = model.hospitals.listed.sum(axis=0)
    by_group = (table["waiting"] * table["weeks_waited"]).sum() / table["waiting"].sum()
    by_hospital = (listed * np.arange(listed.size)).sum() / listed.sum()
    assert abs(table["waiting"].sum() * model.sample / listed.sum() - 1.0) < 0.01  # who died in the last week
    assert abs(by_group / by_hospital - 1.0) < 0.01
