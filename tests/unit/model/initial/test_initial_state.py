"""What a run begins from: lists laid out by patch, and chances that runs have in common."""

from __future__ import annotations

import numpy as np
from fundingflows.agents.patients.lists import PATHWAY, all_rows, partition_rows
from fundingflows.model.initial.calibrate import steady_state
from fundingflows.model.initial.state import InitialState
from fundingflows.scenarios import load_baseline, load_place

NUMBERS = load_baseline("2015_16").parameters


def test_every_pathway_is_in_the_list_of_its_own_patch_however_many_there_are():
    practices = np.random.default_rng(1).permutation(np.repeat(np.arange(300), 3))
    rows = np.zeros(practices.size, dtype=PATHWAY)
    rows["practice"], rows["key"] = practices, np.arange(practices.size)
    patches = np.arange(0, 301, 2)  # 150 patches of two practices
    listing = InitialState({"pathways": rows}).lists(patches)[0]
    assert listing.n.tolist() == [6] * 150
    for b in (0, 75, 149):
        assert set(partition_rows(listing, b)["practice"]) == {2 * b, 2 * b + 1}
    assert sorted(all_rows(listing)["key"]) == list(range(practices.size))


def test_chances_are_worked_out_anew_when_a_number_or_a_correction_changes():
    place = load_place("anytown")
    start = InitialState(dict(steady_state(place).arrays))  # its own: the process shares the other
    usual = start.chances(place, NUMBERS, True)
    assert start.chances(place, NUMBERS.changed({}), True) is usual
    more = start.chances(place, NUMBERS.changed({"hospital.ae_rate": {"multiply": 1.1}}), True)
    assert not np.array_equal(more, usual)
    start.arrays["fix.emergency"] = start.arrays["fix.emergency"] * 1.1
    assert not np.array_equal(start.chances(place, NUMBERS, True), usual)
