"""Beds that are asked for and are not there, worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace as Some

import numpy as np
import pytest
from fundingflows.agents.beds import BedDemand

P = Some(escalation_beds=0.1, divert_share=1.0, crowding_weeks=10.0, bed_wait_usual=0.05, bed_wait_knee=0.9,
         bed_wait_full=0.2, crowding_stay=0.5, escalation_staff=2.0)  # fmt: skip
THERE = np.array([100.0])


def demand(*pressure, near=None, there=100.0):
    """Hospitals of 100 nights a week each, asked for so many times that."""
    made = BedDemand(np.array([[h] for h in range(len(pressure))]) if near is None else np.array(near), 0.9)
    made.used = np.array(pressure) * there
    return made


def meets(*pressure, near=None, **numbers):
    return demand(*pressure, near=near).crowding(np.full(len(pressure), 100.0), Some(**vars(P) | numbers))


def test_everyone_finds_a_bed_until_escalation_beds_are_full():
    for pressure in (0.0, 0.9, 1.0, 1.1):
        assert meets(pressure).refused.tolist() == [0.0]
    assert meets(2.2).refused == pytest.approx([0.5])  # 110 of 220 nights are there
    assert meets(2.2, escalation_beds=0.0).refused == pytest.approx([1 - 1 / 2.2])


def test_staff_of_escalation_beds_come_from_planned_work():
    assert [meets(pressure).planned.item() for pressure in (0.5, 1.0, 1.05, 1.1, 3.0)] == pytest.approx(
        [1.0, 1.0, 0.9, 0.8, 0.8]
    )
    full = demand(1.06)
    full.usual = np.array([1.02])  # as many as ever take nobody away
    assert full.crowding(THERE, P).planned == pytest.approx([0.92])


def test_nights_asked_for_are_those_used_over_the_share_that_found_a_bed():
    beds = demand(1.1)
    beds.admitted = np.array([0.25])
    assert beds.asked() == pytest.approx([440.0])
    assert beds.pressure(THERE) == pytest.approx([4.4])
    assert beds.crowding(THERE, P).refused == pytest.approx([0.75])


def test_running_means_of_nights_used_and_people_let_in():
    beds = demand(2.2)
    beds.close_week(np.array([150.0]), beds.crowding(THERE, P), P)
    part = 1 - np.exp(-0.1)
    assert beds.used == pytest.approx([220 - part * 70])
    assert beds.admitted == pytest.approx([1 - part * 0.5])


@pytest.mark.parametrize("there", [5.0, 50.0, 90.0, 120.0])
def test_occupancy_stays_at_the_limit_whatever_is_asked_for(there):
    beds, nights, open_nights = demand(1.0), 100.0, np.array([there])
    for _ in range(300):  # people stay some weeks: a third of the nights leaves each week
        refused = beds.crowding(open_nights, P).refused[0]
        nights += ((1.0 - refused) * 100.0 - nights) / 3.0
        beds.close_week(np.array([nights]), beds.crowding(open_nights, P), P)
    assert nights == pytest.approx(min(1.1 * there, 100.0), rel=1e-3)
    assert refused == pytest.approx(max(1.0 - 1.1 * there / 100.0, 0.0), abs=1e-3)


def test_neighbours_with_room_take_those_without_a_bed_first():
    met = meets(1.65, 0.88, near=[[1], [0]])  # 55 nights too many, 22 free next door
    assert met.overflow.tolist() == [1, 0]
    assert met.divert == pytest.approx([22 / 165, 0.0])
    assert met.refused == pytest.approx([1 - 110 / (165 - 22), 0.0])
    some = meets(1.65, 0.0, near=[[1], [0]], divert_share=0.6)  # room for all, but not all can be sent
    assert some.divert == pytest.approx([0.6 * 55 / 165, 0.0])
    assert some.refused == pytest.approx([1 - 110 / (165 - 33), 0.0])


def test_nobody_is_sent_to_a_full_hospital_nor_back_to_the_own_one():
    assert meets(2.2, 1.1, near=[[1], [0]]).divert.tolist() == [0.0, 0.0]
    assert meets(2.2).divert.tolist() == [0.0]


def test_two_full_hospitals_share_the_room_of_a_third():
    met = meets(1.65, 2.2, 0.44, near=[[2], [2], [0]])  # 55 and 110 too many, 66 free
    assert met.divert == pytest.approx([55 / 165 * 66 / 165, 0.5 * 66 / 165, 0.0])


def test_people_received_do_not_use_up_the_room_twice():
    beds = demand(1.65, 0.88, near=[[1], [0]])
    there = np.full(2, 100.0)
    for _ in range(300):
        met = beds.crowding(there, P)
        sent = met.divert[0] * 165.0
        beds.close_week(np.array([(165.0 - sent) * (1 - met.refused[0]), 88.0 + sent]), met, P)
    assert sent == pytest.approx(22.0)
    assert beds.received == pytest.approx([0.0, 22.0])
    assert beds.asked() == pytest.approx([165.0, 110.0])


def test_waits_in_an_emergency_department_are_convex_above_the_knee():
    def waits(occupancy, usual=0.9):
        beds = demand(occupancy)
        beds.usual[:] = usual
        return beds.crowding(THERE, P).bed_wait.item()

    assert waits(0.9) == waits(0.5) == pytest.approx(0.05)
    assert waits(0.95) == pytest.approx(0.05 + 0.2 / 4)
    assert waits(1.0) == pytest.approx(0.25)
    assert waits(1.1) == waits(3.0) == pytest.approx(0.85)  # no bed is fuller than escalation allows
    assert waits(1.0, usual=1.0) == pytest.approx(0.05)  # the usual occupancy has the usual waits
    assert waits(0.9, usual=1.0) == 0.0


def test_stays_are_shortened_a_little_beyond_the_usual_occupancy():
    assert meets(0.85).stay.tolist() == [1.0]
    assert meets(1.0).stay == pytest.approx([0.95])
    assert meets(5.0).stay == pytest.approx([0.9])
    beds = demand(1.0)
    beds.begin(np.array([0.98]), THERE)
    assert beds.crowding(THERE, P).stay == pytest.approx([1.0])
    assert (beds.usual.item(), beds.used.item()) == (0.98, 98.0)


def test_a_hospital_without_any_bed_refuses_everyone():
    assert demand(1.0).crowding(np.zeros(1), P).refused == pytest.approx([1.0])
