"""Two hospitals with round numbers: what they learn, open, see, measure and are told, worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace as Some

import numpy as np
import pytest
from fundingflows.agents.capacity import planned_first
from fundingflows.agents.hospital import ADMITTED, CODED, Hospitals
from fundingflows.agents.observed import Registered, WeekEvents, YearEnd
from fundingflows.agents.patients.events import EVENTS
from fundingflows.agents.provider import Providers

UNITS = dict(zip(Hospitals.UNIT_COST, (100.0, 500.0, 3000.0, 700.0, 3500.0, 150.0, 100.0, 80.0), strict=True))
SHARE = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])  # of three practices' hospital work


def site(name, beds, share, community, latitude, longitude):
    return Some(id=name.lower(), name=name, acute_beds=float(beds), share=share, community_beds=community, margin=-0.02,
                latitude=latitude, longitude=longitude)  # fmt: skip


def made(*sites):
    hospital = Some(
        divert_hospitals=1.0, occupancy=0.9, coding_depth=0.1, escalation_beds=0.05, clinic_queue_share=0.7,
        follow_up_time=0.5, divert_share=1.0, transfers_stay_share=0.1, deficit_bed_closure=0.5,
        deficit_lent=0.2, surplus_opening_limit=0.1, capacity_exit_years=2.0,
        capacity_entry_years=4.0, fixed_cost_share=0.6,
        escalation_premium=0.5, follow_ups_per_first=2.0, throughput_within_18=0.3, crowding_weeks=13.0,
        bed_wait_usual=0.05, bed_wait_knee=0.9, bed_wait_full=0.1, crowding_stay=0.5, fixed_staff_share=0.5,
        fixed_staff_years=0.5, fixed_overhead_years=4.0, queue_capacity=0.1, queue_capacity_limit=0.1,
        planned_gives_way=3.0, escalation_staff=2.0, quality_years=2.0, quality_readmission=0.5, quality_death=0.2,
        quality_cost=0.1, process_quality=0.8,
    )  # fmt: skip
    money = {f"unit_cost_{Hospitals.UNIT_COST[name]}": price for name, price in UNITS.items()}
    parameters = Some(
        hospital=hospital,
        money=Some(**money, bed_day_cost=300.0, other_acute_cost=26.0, qaly_value=3e4),
        general_practice=Some(handback_minutes_discharge=6.0, handback_minutes_clinic=2.0),
        outcomes=Some(measured_late=0.0, acsc_measure_error=0.05, treatment_gain=0.02,
                      early_unwell=np.zeros(4), unwell_emergency=2.0),
        behaviour=Some(forecast_error=0.1, horizon_years=3.0),
    )  # fmt: skip
    people = np.array([100.0, 200.0, 300.0])[:, None, None] * np.full((3, 2, 7), 1 / 14)
    place = Some(people=people, commissioner=np.array([0, 1, 1]), file=Some(hospitals=sites, commissioners=["n", "s"]))
    return Hospitals.open(
        Some(place=place, parameters=parameters, share=SHARE, sample=0.5, case=Some(funding="any"), week=1,
             normal=lambda name, week, shape: np.zeros(shape))
    )  # fmt: skip


@pytest.fixture
def hospitals():
    """Hospitals of 100 and 60 beds, and of 30 and 10 of the 40 step-down beds."""
    return made(site("Big", 100, 0.6, 24, 51.0, -3.0), site("Small", 60, 0.2, 16, 51.5, -3.0))


def column(rows, numbers):
    """Counts of each hospital's weeks or activities, zero but for some."""
    table = np.zeros((2, rows))
    for place, value in numbers.items():
        table[:, place] = value
    return table


def file_year(hospitals, **did):
    """Four quarters of activity, the same each."""
    hospitals.begin(dict.fromkeys(hospitals.COUNTED, np.zeros(2)) | {name: np.array(v) for name, v in did.items()})
    hospitals.closed = 4


def registered():
    weighted = {"people_flat": np.array([100.0, 200.0, 300.0]), "people_old": np.array([10.0, 40.0, 30.0])}
    return Registered(
        weighted, np.zeros((3, 2, 7)), np.zeros((3, 4)), np.zeros(3), np.array([4.0, 6.0, 8.0]), np.zeros(3)
    )


def test_step_down_beds_go_with_a_hospitals_work_and_with_community_staff(hospitals):
    assert hospitals.beds().tolist() == [130.0, 70.0]
    hospitals.open_step_down(np.array([0.9, 0.5]))
    hospitals.observe_year(YearEnd(np.ones(2), np.full(2, 1.02), np.ones(2), np.array([0.9, 1.0]), np.zeros(1)))
    assert hospitals.beds() == pytest.approx([127.0, 65.0])
    hospitals.occupancy = np.array([0.8, 1.1])  # no fuller than full
    assert hospitals.step_down_used() == pytest.approx([0.8 * 27.0, 5.0])
    assert hospitals.titles() == ["Big", "Small"]
    assert hospitals.names == ["big", "small"]
    assert hospitals.usual_beds.tolist() == [100, 60]


def test_people_served_are_those_of_practices_by_their_share(hospitals):
    hospitals.observe_registered(registered(), first=True)
    assert hospitals.served_people.tolist() == [200.0, 400.0]
    assert hospitals.expected_acsc.tolist() == [7.0, 11.0]
    later = registered()
    later.weighted["people_flat"] = np.array([200.0, 200.0, 300.0])
    hospitals.observe_registered(later)
    assert hospitals.served_people.tolist() == [300.0, 400.0]
    facts = hospitals.contract_facts()
    assert facts["people_at_start"].tolist() == [200.0, 400.0]
    assert facts["share_at_start"] == pytest.approx([1 / 3, 2 / 3])
    assert facts["people_old"].tolist() == [30.0, 50.0]
    assert facts["discretionary"] == 1.0
    # 100 of 300 people of the first are of the northern commissioner, none of the second
    assert hospitals.commissioner().tolist() == [0, 1]


def test_spells_are_paid_as_coded_and_counted_as_they_were(hospitals):
    hospitals.levers[1, hospitals.LEVERS.index("coding")] = 1.5
    events = np.zeros((2, len(EVENTS)))
    events[:, EVENTS.index("day_cases")], events[:, EVENTS.index("first_clinics")] = [20.0, 40.0], 7.0
    hospitals.observe_week(WeekEvents(np.zeros(0), events, np.zeros(0), np.zeros(0), np.zeros(0)))
    assert hospitals.year["day_cases"].tolist() == [20.0, 40.0]
    assert hospitals.year["coded_day_cases"].tolist() == [20.0, 42.0]
    assert hospitals.year["first_clinics"].tolist() == [7.0, 7.0]
    hospitals.before = {"day_cases": np.ones(2)}
    facts = hospitals.to_date(0.5)
    assert facts["day_cases"].tolist() == [20.0, 42.0]
    assert "day_cases.last" not in facts
    hospitals.close_year()
    assert hospitals.to_date(0.0)["day_cases.last"].tolist() == [20.0, 42.0]
    assert hospitals.to_date(0.0)["day_cases"].tolist() == [0.0, 0.0]
    assert [hospitals.COUNTED[k] for k in ADMITTED] == list(CODED)


def test_plans_are_compared_with_spells_as_coded_today(hospitals):
    file_year(hospitals, day_cases=[100.0, 200.0], follow_ups=[50.0, 60.0])
    hospitals.levers[1, hospitals.LEVERS.index("coding")] = 1.5
    assert hospitals.as_paid("day_cases").tolist() == [100.0, 210.0]
    assert hospitals.as_paid("follow_ups").tolist() == [50.0, 60.0]
    hospitals.look_back()
    for when in ("last", "level"):
        assert hospitals.context[f"day_cases.{when}"].tolist() == [[100.0], [210.0]]
        assert hospitals.context[f"follow_ups.{when}"].tolist() == [[50.0], [60.0]]
    hospitals.measured = dict.fromkeys(hospitals.INDICATORS, np.zeros(2))
    f = hospitals.forecast(np.ones((1, 2, 7)), np.zeros((1, 1)))
    assert f.cost.shape == (1, 2)


def test_the_week_is_told_what_is_open(hospitals):
    hospitals.open_slots(np.array([40.0, 20.0]), np.array([10.0, 8.0]))
    for name, lever in (("elective", 1.1), ("admission", 1.2), ("overnight", 0.95), ("stay", 0.9), ("follow_up", 0.8)):
        hospitals.levers[0, hospitals.LEVERS.index(name)] = lever
    hospitals.capacity, hospitals.step_down = np.array([1.0, 1.5]), np.array([1.0, 0.25])
    # the first is asked for half as many nights as its beds allow with escalation; the second has room for a tenth
    hospitals.demand.begin(np.array([1.05 * 1.5, 1.05 * 0.9]), hospitals.there())
    hospitals.demand.usual[:] = 0.95
    week = hospitals.wards(0.5)
    assert week["clinic_slots"] == pytest.approx([40 * 1.1 * 0.9 * 0.5, 20 * 1.5 * 0.5])
    assert week["theatre_slots"] == pytest.approx([10 * 1.1 * 0.9 * 0.5, 8 * 1.5 * 0.5])
    asked, room = 130 * 7 * 1.05 * 1.5, 62.5 * 7 * 1.05 * 0.1
    divert = 1 / 3 * room / (asked / 3)
    refused = 1 - 1 / (1.5 * (1 - divert))
    assert week["divert"] == pytest.approx([divert, 0.0])
    assert week["refused"] == pytest.approx([refused, 0.0])
    assert week["bed_nights"] == pytest.approx([(130 * 7 - refused * asked * (1 - divert)) * 0.5, 62.5 * 7 * 0.5])
    assert week["clinic_share"].tolist() == [0.7, 0.7]
    assert week["follow_up_time"].tolist() == [0.5, 0.5]
    assert (week["admission"][0], week["overnight"][0], week["follow_up"][0]) == (1.2, 0.95, 0.8)
    assert week["stay"] == pytest.approx([0.9 * (1 - 0.5 * 0.1), 1.0])
    assert (week["handback"].tolist(), week["handback_clinic"].tolist()) == (
        pytest.approx([6, 6]),
        pytest.approx([2, 2]),
    )
    assert week["overflow"].tolist() == [1, 0]
    assert week["delay"].tolist() == [1.0, 1.0]
    assert week["early"] == pytest.approx(1.0 - week["stay"])


def test_emergencies_go_to_the_emptiest_of_the_nearest():
    sites = [site(name, 10, 1.0, 0, *at) for name, at in {
        "A": (51.0, 0.0), "B": (51.0, 1.0), "C": (51.8, 0.0), "D": (51.0, -3.0)}.items()]  # fmt: skip
    # a degree of longitude at 51° north is 0.63 of one of latitude: B, C, D are 0.63, 0.8 and 1.89 from A
    assert made(*sites).demand.near[:, 0].tolist() == [1, 0, 0, 0]
    several = made(*sites)
    several.demand.near = np.array([[1, 2], [0, 2], [0, 1], [0, 2]])
    several.demand.begin(np.array([0.8, 0.95, 0.9, 0.7]), several.there())
    assert several.wards(1.0)["overflow"].tolist() == [2, 0, 0, 0]
    assert made(sites[0]).demand.near.tolist() == [[0]]


def test_beds_used_and_occupancy_of_a_week(hospitals):
    did = np.zeros((2, len(EVENTS)))
    for name, nights in (
        ("emergency_nights", 200), ("elective_nights", 100), ("nhs_delayed_nights", 20), ("social_delayed_nights", 5),
    ):  # fmt: skip
        did[:, EVENTS.index(name)] = nights
    assert hospitals.nights(did) == pytest.approx([355.0, 355.0])  # 1.1 x 300 + 25
    listed = column(105, {0: 6, 10: 4})
    hospitals.close_week(np.array([318.5, 245.0]), listed, 0.5)
    weekly = hospitals.weekly()
    assert weekly["waiting"].tolist() == [20.0, 20.0]
    assert weekly["beds_used"].tolist() == [91.0, 70.0]
    assert weekly["beds_open"].tolist() == [130.0, 70.0]
    states = hospitals.states()
    assert states["occupancy"] == pytest.approx([318.5 / 455, 1.0])
    assert (states["beds"].tolist(), states["waiting"].tolist()) == ([130.0, 70.0], [20.0, 20.0])
    assert states["mean_wait"].tolist() == [4.0, 4.0]


def test_waits_are_relative_to_those_of_the_start(hospitals):
    assert hospitals.relative_wait() == 1.0  # nobody waited at the start
    hospitals.listed = np.zeros((2, 105), dtype=np.int64)
    hospitals.listed[0, 10], hospitals.listed[1, 30] = 3, 1
    assert hospitals.wait().tolist() == [10.0, 30.0]
    hospitals.usual_wait = np.array(5.0)
    assert hospitals.relative_wait() == 3.0
    hospitals.usual_wait = np.array(0.5)
    assert hospitals.relative_wait() == 30.0
    hospitals.listed[:] = 0
    assert hospitals.wait().tolist() == [0.0, 0.0]
    assert hospitals.relative_wait() == 0.0


def test_an_initial_state_brings_waits_and_slots(hospitals):
    listed = np.zeros((2, 105), dtype=np.int64)
    listed[:, 8] = 2
    hospitals.restore({"listed": listed, "clinic_slots": np.array([3.0, 4.0])}, 1.0)
    assert hospitals.usual_waits.tolist() == [8.0, 8.0]
    assert hospitals.clinic_slots.tolist() == [3.0, 4.0]


def test_queues_of_the_whole_place_and_of_a_sample(hospitals):
    ready, given = np.full((2, 4), 40.0), np.full((2, 4), 0.25)
    assert hospitals.queues(ready, 1.0).tolist() == ready.tolist()
    hospitals.see(ready, given)
    assert (hospitals.left.tolist(), hospitals.line.tolist()) == ([[30.0] * 4] * 2,) * 2
    assert hospitals.queues(ready + 5.0, 1.0)[0, 0] == 45.0
    hospitals.restore_queue(np.full((2, 4), 3.0), np.full((2, 4), 30.0))
    assert hospitals.queues(np.full((2, 4), 7.0), 0.1)[0].tolist() == [34.0] * 4  # the first week that any come: 4 more
    hospitals.see(np.full((2, 4), 8.0), given)
    assert hospitals.line[0].tolist() == [25.5] * 4
    assert hospitals.queues(np.full((2, 4), 9.0), 1.0)[0, 0] == 9.0  # all are in the sample
    hospitals.line, hospitals.left = np.full((2, 4), 30.0), np.zeros((2, 4))
    # 4 usually come; now 14 of the sample's tenth, and as ever from the rest: 1.4 and nine tenths of 4
    assert hospitals.queues(np.full((2, 4), 14.0), 0.1)[0] == pytest.approx(35.0)
    hospitals.restore_queue(np.full((2, 4), 30.0), np.full((2, 4), 1.0))
    hospitals.usual, hospitals.weeks_known = {}, {}
    assert 0.0 < hospitals.queues(np.zeros((2, 4)), 0.1).max() < 1e-6


def test_deficits_close_beds_and_people_open_clinics_with_delay(hospitals):
    hospitals.observe_registered(registered(), first=True)
    hospitals.served_people = np.array([240.0, 400.0])
    hospitals.acute_beds = np.array([100.0, 50.0])
    usual = 1 / 1.02  # income over cost at a margin of -2 %
    hospitals.open_and_close(100.0 * np.array([usual - 0.1, usual]), np.full(2, 100.0))
    assert hospitals.excess_deficit == pytest.approx([0.1, 0.0])
    # a twentieth cannot be staffed: of two parts of a hundred 7.5 of planned work and 2.5 of beds
    assert hospitals.acute_beds == pytest.approx([100 - 2.5 / 2, 50 + 10 / 4])
    assert hospitals.capacity == pytest.approx([1 + (1.2 * 0.925 - 1) / 4, 1.0])


def test_a_surplus_opens_what_a_deficit_of_its_size_closes_up_to_a_limit(hospitals):
    usual = 1 / 1.02
    hospitals.open_and_close(100.0 * np.array([usual + 0.1, usual + 0.5]), np.full(2, 100.0))
    assert hospitals.excess_deficit.tolist() == [0.0, 0.0]
    assert hospitals.acute_beds == pytest.approx([100 + 5 / 4, 60 + 6 / 4])
    assert hospitals.capacity == pytest.approx([1 + 0.05 / 4, 1 + 0.1 / 4])


def test_a_hospital_paid_nothing_closes_nearly_all_and_one_with_less_surplus_nothing(hospitals):
    hospitals.margin = np.array([0.0, 0.05])
    hospitals.open_and_close(np.array([0.0, 101.0]), np.array([100.0, 100.0]))
    # of a deficit of the whole cost a fifth is lent, which closes a tenth, and four fifths close four fifths; a tenth
    # of all staff is a fifth of those of beds, once planned work has none
    assert hospitals.acute_beds == pytest.approx([100 - 80 / 2, 60.0])
    assert hospitals.capacity == pytest.approx([1 - 1.0 / 2, 1.0])
    for _ in range(50):
        hospitals.open_and_close(np.zeros(2), np.zeros(2))
    assert np.isfinite(hospitals.acute_beds).all()


def test_capacity_follows_a_queue_only_where_more_is_paid_above_cost(hospitals, monkeypatch):
    monkeypatch.setattr(hospitals, "gain_of_more", lambda: np.array([0.5, -0.5]))
    monkeypatch.setattr(hospitals, "wait", lambda: np.array([12.0, 12.0]))
    hospitals.usual_waits = np.array([8.0, 8.0])
    usual = 100.0 / 1.02
    hospitals.open_and_close(np.full(2, usual), np.full(2, 100.0))
    assert hospitals.capacity == pytest.approx([1 + 0.1 * 0.5 * 0.5 / 4, 1.0])
    assert hospitals.acute_beds == pytest.approx([100.0, 60.0])
    hospitals.capacity[:] = 1.0
    hospitals.usual_waits = np.array([0.01, 0.0])  # a wait beyond all bounds; and none to compare with
    hospitals.open_and_close(np.full(2, usual), np.full(2, 100.0))
    assert hospitals.capacity == pytest.approx([1 + 0.1 / 4, 1.0])


def test_planned_work_gives_way_to_beds_where_staff_are_missing(hospitals):
    planned, beds = planned_first(np.array([1.1, 1.0, 0.8, 1 / 3, 0.2, 0.0]), hospitals.p.hospital)
    assert planned == pytest.approx([1.1, 1.0, 0.7, 0.0, 0.0, 0.0])  # three times the tenth that beds lose
    assert beds == pytest.approx([1.1, 1.0, 0.9, 2 / 3, 0.4, 0.0])


def test_payers_money_opens_clinics_and_theatres_late_within_staff_and_where_it_pays(hospitals, monkeypatch):
    monkeypatch.setattr(hospitals, "gain_of_more", lambda: np.array([2.0, 0.0]))
    usual = np.full(2, 100.0 / 1.02)
    hospitals.open_and_close(usual, np.full(2, 100.0), np.array([1.04, 1.04]))
    assert hospitals.capacity == pytest.approx([1.01, 1.0])
    ahead = hospitals.coming(np.array([[0.0], [1.0], [60.0]]))  # a quarter of what is left each year
    assert ahead == pytest.approx(np.array([[1.0, 1.0], [1.0175 / 1.01, 1.0], [1.04 / 1.01, 1.0]]))
    hospitals.capacity[:] = 1.0
    hospitals.open_and_close(usual, np.full(2, 100.0), np.array([1.5, 0.8]))
    assert hospitals.capacity == pytest.approx([1 + 0.1 / 4, 1.0])  # no more staff are to be had; a cut closes nothing


def test_planned_work_that_is_not_paid_for_stops_at_once_and_more_does_not_begin(hospitals):
    hospitals.open_slots(np.array([40.0, 20.0]), np.array([10.0, 8.0]))
    money = YearEnd(np.full(2, 100.0), np.full(2, 102.0), np.ones(2), np.array([1.2, 0.9]), np.zeros(2))
    hospitals.observe_year(money)
    assert hospitals.wards(1.0)["theatre_slots"] == pytest.approx([10.0, 7.2])


def test_capacity_is_changed_from_outside_at_once_and_for_good(hospitals):
    hospitals.open_slots(np.array([40.0, 20.0]), np.array([10.0, 8.0]))
    factor = np.array([1.5, 1.0])
    for name in ("beds", "clinics", "theatres"):
        hospitals.resize(name, factor)
    assert hospitals.acute_beds.tolist() == [150.0, 60.0]
    assert hospitals.clinic_slots.tolist() == [60.0, 20.0]
    assert hospitals.theatre_slots.tolist() == [15.0, 8.0]
    hospitals.open_and_close(np.full(2, 1 / 1.02), np.ones(2))
    assert hospitals.acute_beds == pytest.approx([150.0, 60.0])
    opened = hospitals.opened()
    assert [opened[name][0] for name in ("beds", "clinics", "theatres")] == pytest.approx([1.5, 1.5, 1.5])
    assert [opened[name][1] for name in ("beds", "clinics", "theatres")] == pytest.approx([1.0, 1.0, 1.0])


def measurable(hospitals):
    hospitals.observe_registered(registered(), first=True)
    file_year(hospitals, acsc_admissions=[14.0, 11.0], nhs_delayed_nights=[30.0, 4.0], emergency_nights=[300.0, 400.0],
              social_delayed_nights=[10.0, 16.0], elective_nights=[60.0, 80.0], emergency_zero_day=[10.0, 0.0],
              emergency_overnight=[20.0, 8.0], day_cases=[30.0, 2.0], inpatients=[40.0, 0.0], readmissions=[5.0, 2.0],
              hospital_deaths=[1.0, 4.0])  # fmt: skip
    hospitals.listed = np.zeros((2, 105), dtype=np.int64)
    hospitals.listed[0, [0, 17, 18, 40]] = [5, 4, 2, 1]
    return hospitals


def test_outcomes_of_hospitals(hospitals):
    outcomes = measurable(hospitals).outcomes()
    assert outcomes["within_18_weeks"].tolist() == [0.75, 0.0]
    assert outcomes["acsc_rate"].tolist() == [2.0, 1.0]
    assert outcomes["delayed_nights"].tolist() == [200.0, 50.0]  # 40 among 200 people, 20 among 400
    assert outcomes["bed_nights_per_head"].tolist() == [2.0, 1.25]
    assert outcomes["readmission_rate"].tolist() == [0.05, 0.2]  # 5 of 100 admissions of all kinds, 2 of 10
    assert outcomes["hospital_mortality"].tolist() == [0.05, 0.5]  # 1 and 4 deaths after 20 and 8 overnight emergencies


def test_outcomes_are_measured_with_error_and_shared_by_people(hospitals):
    measurable(hospitals).measure(np.array([[0.0, 0.0], [1.0, -1.0], [0.0, 0.0], [0.0, 2.0], *[[0.0, 0.0]] * 3]))
    first, second = 0.05 * np.sqrt(5), 0.05 * np.sqrt(2.5)  # of 200 and of 400 people
    for suffix in ("", ".crude"):
        rate = [2 * (1 + first), 1 - second]
        assert hospitals.measured[f"acsc_rate{suffix}"] == pytest.approx(rate)
        assert hospitals.measured[f"acsc_rate{suffix}.lot"] == pytest.approx([(rate[0] + 2 * rate[1]) / 3] * 2)
        assert hospitals.measured[f"within_18_weeks{suffix}.lot"] == pytest.approx([0.25, 0.25])
        assert hospitals.measured[f"bed_nights_per_head{suffix}"] == pytest.approx([2.0, 1.25 * (1 + 2 * second)])
        assert hospitals.measured[f"delayed_nights{suffix}.lot"] == pytest.approx([100.0, 100.0])


def test_a_hospital_that_serves_nobody_has_finite_outcomes(hospitals):
    file_year(hospitals, acsc_admissions=[0.25, 0.0], nhs_delayed_nights=[0.5, 0.0], emergency_nights=[0.5, 0.0])
    hospitals.served_people, hospitals.expected_acsc = np.array([1.0, 0.0]), np.array([0.5, 0.0])
    outcomes = hospitals.outcomes()
    found = [value.tolist() for value in outcomes.values()]
    assert found == [[0.0, 0.0], [0.5, 0.0], [500.0, 0.0], [1.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.8, 0.8]]
    hospitals.measure(np.ones((len(hospitals.INDICATORS), 2)))
    assert hospitals.measured["acsc_rate"] == pytest.approx([0.5 * (1 + 0.05 * np.sqrt(1000)), 0.0])
    assert hospitals.moves("emergency_nights")["bed_nights_per_head"].tolist() == [1.0, 1.0]


def test_one_more_night_moves_nights_a_head_and_costs_what_varies(hospitals):
    hospitals.observe_registered(registered())
    assert hospitals.moves("emergency_nights")["bed_nights_per_head"] == pytest.approx([1 / 200, 1 / 400])
    assert hospitals.moves("day_cases") == {}
    assert hospitals.variable_cost("emergency_nights") == pytest.approx(120.0)
    assert hospitals.variable_cost("follow_ups") == pytest.approx(40.0)
    assert [hospitals.unit_cost(name) for name in UNITS] == list(UNITS.values())


def test_the_expected_year_leaves_the_published_margin(hospitals, monkeypatch):
    def fit(self, *_):
        self.usual_income = np.array([1000.0, 2000.0])

    monkeypatch.setattr(Providers, "fit_adjustment_cost", fit)
    hospitals.observe_registered(registered(), first=True)
    file_year(hospitals, day_cases=[1.0, 2.0])
    hospitals.fit_adjustment_cost(())
    # £700 of a day case and £26 a head are expected; 2 % of income is lost
    assert hospitals.cost_factor == pytest.approx([1020 / (700 + 5200), 2040 / (1400 + 10_400)])


def test_costs_of_two_hospitals_in_a_quarter(hospitals):
    hospitals.observe_registered(registered(), first=True)
    file_year(hospitals, inpatients=[4.0, 0.0], elective_nights=[8.0, 0.0], emergency_nights=[4.0, 0.0],
              emergency_overnight=[2.0, 0.0])  # fmt: skip
    did = dict.fromkeys(hospitals.COUNTED, np.zeros(2)) | {"inpatients": np.array([2.0, 0.0]),
                                                           "elective_nights": np.array([5.0, 1.0])}  # fmt: skip
    hospitals.acute_beds = np.array([50.0, 60.0])
    hospitals.occupancy = np.array([1.1, 0.5])
    hospitals.fixed_cost.staff["beds"][0], hospitals.fixed_cost.overheads["beds"][0] = 0.3, 0.7
    fixed = 0.6 * (4 * 3500 + 2 * 3000) * 0.5 / 4
    varies = 0.4 * (2 * 3500 + 300 * (5 - 2 * 2))  # twelve nights in six stays were expected
    crowded = 0.1 * (50 + 30) * 7 * 13 * 300 * 0.5
    assert hospitals.costs(did, 13) == pytest.approx(
        [fixed + varies + 26 * 200 / 4 + crowded, 26 * 400 / 4 + 0.4 * 300]
    )


def test_what_readers_see_of_hospitals():
    states = {state.name: (state.unit, state.scale, state.mean) for state in Hospitals.STATES}
    assert states == {
        "beds": ("beds", 1.0, False), "occupancy": ("share", 1.0, True), "waiting": ("people", 1.0, False),
        "quality": ("of the usual", 1.0, True),
        "mean_wait": ("weeks", 1.0, True), "income": ("£m", 1e-6, False), "cost": ("£m", 1e-6, False),
    }  # fmt: skip
    assert [s.name for s in Hospitals.STATES if s.compared] == ["mean_wait", "income"]
    assert [a.name for a in Hospitals.ACTIVITIES if a.compared] == ["emergency_zero_day", "day_cases", "inpatients"]
    assert [d.name for d in Hospitals.DECISIONS if d.on_paper] == ["coding"]
    assert list(Hospitals.UNIT_COST) == ["ae_major", "emergency_zero_day", "emergency_overnight", "day_cases",
                          "inpatients",
                          "first_clinics", "follow_ups", "other_visits"]  # fmt: skip
