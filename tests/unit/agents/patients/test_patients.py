from __future__ import annotations

import numpy as np
import pytest
from fundingflows.agents.patients.lists import LONGEST, all_rows, still_waiting
from fundingflows.agents.patients.patient import FRAILTY
from fundingflows.agents.patients.people import GONE
from fundingflows.scenarios import FundingFlows


def test_a_person_takes_31_bytes(anytown):
    columns = anytown.patients.people
    assert sum(column.dtype.itemsize for column in columns) == 31
    assert {column.size for column in columns} == {columns.key.size}


@pytest.mark.parametrize("practice", [0, 3, 5])
def test_a_person_is_read_from_the_columns(anytown, practice):
    row = int(anytown.patients.start[practice]) + 7
    people, person = anytown.patients.people, anytown.patients[row]
    state = people.state[row]
    assert person.id == f"{anytown.patients.people.key[row]:016x}"
    assert person.practice == practice
    assert person.age == -state["born"] // 52
    assert person.sex == ("female" if people.traits[row] % 2 else "male")
    assert 1 <= person.deprivation_quintile == people.traits[row] // 2 % 8 + 1 <= 5
    assert person.frailty == FRAILTY[state["frailty"]]
    assert person.control == pytest.approx(state["control"] / 65535, abs=1e-4)
    with pytest.raises(AttributeError):
        person.age = 3


def test_rows_without_a_person_are_index_errors(anytown):
    size = anytown.patients.people.key.size
    empty = int(np.flatnonzero(anytown.patients.people.key == 0)[0])
    for row in (-1, size, empty):
        with pytest.raises(IndexError, match=f"nobody in row {row} of {size}"):
            anytown.patients[row]


def test_the_number_of_people_is_that_of_the_lists_and_of_the_place(anytown):
    assert len(anytown.patients) == anytown.patients.list_sizes().sum()
    assert len(anytown.patients) == pytest.approx(anytown.place.registered, rel=0.02)
    with_rows = anytown.patients.people.where != GONE
    by_practice = [with_rows[a:b].sum() for a, b in zip(anytown.patients.start, anytown.patients.stop, strict=True)]
    assert anytown.patients.list_sizes().tolist() == by_practice


def test_nobody_is_in_two_rows(runs):
    for run in runs.values():
        keys = run.model.patients.people.key[run.model.patients.people.where != GONE]
        assert np.unique(keys).size == keys.size


def test_arrivals_are_the_same_people_under_every_funding_file(runs):
    first, *others = (run.arrived for run in runs.values())
    assert len(set(first)) == len(first) > 500
    for other in others:
        assert other == first


def test_births_are_the_same_people_under_every_funding_file(runs):
    def babies(run):
        people = run.model.patients.people
        here = (people.where != GONE) & (people.state["born"] >= 0) & ~np.isin(people.key, run.arrived)
        return dict(zip(people.key[here].tolist(), (people.traits[here] & 15).tolist(), strict=True))

    first, *others = (babies(run) for run in runs.values())
    assert len(first) > 200
    for other in others:
        both = first.keys() & other.keys()
        assert len(both) > 0.95 * len(first.keys() | other.keys())
        assert all(first[key] == other[key] for key in both)


def test_who_waits_is_who_is_counted_as_listed():
    model = FundingFlows("anytown", None, rng=2)
    for _ in range(6):
        model.step()
        rows = still_waiting(model.patients.lists.waiting)
        counted = np.zeros_like(model.hospitals.listed)
        waited = np.minimum(model.week - 1 - rows["start"].astype(int), LONGEST - 1)
        np.add.at(counted, (rows["hospital"], waited), 1)
        assert (counted == model.hospitals.listed).all()
        done = all_rows(model.patients.lists.waiting).size - rows.size
        assert done == model.weekly_total("clock_stops") > 0


def test_make_room_keeps_everyone_and_adds_empty_rows(anytown):
    def held(practice):
        rows = slice(patients.start[practice], patients.stop[practice])
        here = patients.people.where[rows] != GONE
        return patients.people.key[rows][here].tolist(), patients.people.state[rows][here].tolist()

    patients = anytown.patients
    before, free, lists = [held(p) for p in range(6)], patients.n_free.copy(), patients.list_sizes()
    patients.make_room(np.full(len(patients.start), 9))
    assert [held(p) for p in range(6)] == before
    assert patients.n_free.tolist() == (free + 9).tolist()
    assert patients.list_sizes().tolist() == lists.tolist()
    for p in range(6):
        first = patients.start[p]
        empty = first + patients.vacant[first : first + patients.n_free[p]]
        assert np.unique(empty).size == empty.size == patients.n_free[p]
        assert ((empty >= patients.start[p]) & (empty < patients.stop[p])).all()
        assert (patients.people.where[empty] == GONE).all()


def test_a_run_does_not_notice_that_rows_moved(anytown):
    roomy = FundingFlows("anytown", "status_quo", rng=1)
    for _ in range(6):
        anytown.step()
        roomy.step()
    roomy.patients.make_room_for(np.full(len(roomy.practices), int(roomy.patients.n_free.min()) + 1))
    assert roomy.patients.people.key.size > anytown.patients.people.key.size
    for _ in range(12):
        anytown.step()
        roomy.step()
    assert roomy.digest == anytown.digest
