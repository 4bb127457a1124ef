"""Community services of two areas with round numbers: what they reach, hire, do for patients and expect, by hand."""

from __future__ import annotations

from types import SimpleNamespace as Some

import numpy as np
import pytest
from fundingflows.agents.community import CommunityServices
from fundingflows.agents.forecast.community import worth_of_all
from fundingflows.agents.observed import Registered, WeekEvents, YearEnd
from fundingflows.agents.patients.events import EVENTS
from fundingflows.agents.patients.tables import HOSPITAL_WEEK, PRACTICE_WEEK

BEHAVIOUR = {"money_weight": 1.0, "horizon_years": 1, "discount_rate": 0.0} | {
    f"{number}_{lever}": 1.0 for lever in CommunityServices.LEVERS for number in ("response", "room_down", "room_up")
}
HERE = np.array([0, 1, 1])  # areas of three practices


class Beds:
    """Two hospitals with 10 and 20 step-down beds, half full; what community services tell them is kept."""

    def __init__(self):
        self.step_down, self.at_home = np.ones(2), np.zeros(2)

    def open_step_down(self, relative):
        self.step_down = relative

    def treat_at_home(self, part):
        self.at_home = part

    def step_down_beds(self):
        return np.array([10.0, 20.0]) * self.step_down

    def step_down_used(self):
        return 0.5 * self.step_down_beds()


def made(*names):
    community = Some(
        visits_by_frailty=np.array([1.0, 10.0, 20.0, 50.0]), unvisited=0.25, visit_gain=0.002, unvisited_acsc=0.4,
        unvisited_discharge=0.2, delay_elasticity=-1.0, delay_most=3.0, home_cases_share=0.1, home_stay_share=0.5,
        visit_cost=40.0, home_case_cost=1000.0, step_down_cost=100.0, staff_hire_limit=0.1, staff_loss_limit=0.3,
        care_home_support=0.0, care_home_support_effect=0.3, care_home_support_cost=200.0,
        step_up_beds=0.0, step_up_suited=np.array([0.0, 0.0, 0.1, 0.1, 0.2, 0.2, 0.2]), step_up_occupancy=0.5,
        step_up_nights=3.64, step_up_instead=0.4,
    )  # fmt: skip
    parameters = Some(
        community=community, hospital=Some(emergency_rate=np.full(7, 0.2), zero_day_share=np.full(7, 0.5)),
        outcomes=Some(measured_late=0.0, acsc_measure_error=0.05, delay_harm=0.001),
        behaviour=Some(forecast_error=0.1, **BEHAVIOUR), money=Some(qaly_value=3e4),
    )  # fmt: skip
    people = np.full((3, 2, 7), 100.0)
    place = Some(people=people, commissioner=HERE,
                 file=Some(commissioners=[Some(id=name[0].lower(), name=name) for name in names]))  # fmt: skip
    share = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])  # of each practice's hospital work
    return CommunityServices.open(Some(place=place, parameters=parameters, share=share, hospitals=Beds()))


@pytest.fixture
def community():
    cohort = made("North", "South")
    cohort.observe_registered(registered(), first=True)
    return cohort


def registered(severe=0.0):
    """Of each practice 100 fit and 10 moderately frail people, with ``severe`` in the first."""
    frailty = np.tile([100.0, 0.0, 10.0, 0.0], (3, 1))
    frailty[0, 3] = severe
    weighted, residents = {"people_flat": frailty.sum(axis=1)}, np.array([4.0, 5.0, 6.0])
    return Registered(weighted, np.full((3, 2, 7), 50.0), frailty, np.zeros(3), np.zeros(3), residents)


def test_areas_are_the_commissioners(community):
    assert (community.names, len(community)) == (["community n", "community s"], 2)
    assert community.titles() == ["Community services, North", "Community services, South"]
    assert community.people.tolist() == [110.0, 220.0]
    assert community.need.tolist() == [300.0, 600.0]  # 100 x 1 and 10 x 20 for each practice
    assert community.of_hospital.tolist() == [0, 1]
    assert community.contract_facts()["share_at_start"] == pytest.approx([1 / 3, 2 / 3])


def test_one_area_has_the_plain_name():
    place_of_one = made("Somewhere")
    assert (place_of_one.names, place_of_one.titles()) == (["community"], ["Community services"])


def test_what_is_reached_goes_with_staff_and_visits_over_need(community):
    community.observe_registered(registered(severe=6.0))  # 300 visits more are needed in the north
    community.employ(np.array([1.0, 0.5]))
    assert community.reached(np.array([1.0, 1.2])) == pytest.approx([0.5, 0.6])
    # 0.25 ** 0.5 = 0.5 of needs are not visited, 0.25 more than usual; none reached: 0.75 more
    assert community.unvisited(np.array([0.5, 0.0, 1.0])) == pytest.approx([0.25, 0.75, 0.0])
    assert community.unvisited(np.array([2.0])) == pytest.approx([0.0625 - 0.25])
    assert community.delay(np.array([1.0, 0.5, 0.01, 2.0])) == pytest.approx([1.0, 2.0, 3.0, 0.5])
    assert community.outcomes()["visited"] == pytest.approx([0.5, 0.5])
    assert community.model.hospitals.step_down.tolist() == [1.0, 0.5]


def test_a_week_of_visits_cases_and_nights(community):
    events = np.zeros((3, len(EVENTS)))
    events[:, EVENTS.index("emergency_overnight")] = [10.0, 20.0, 30.0]
    events[:, EVENTS.index("nhs_delayed_nights")] = [1.0, 2.0, 4.0]
    community.levers[:] = [[1.5, 2.0], [1.0, 1.0]]
    in_step_up = np.array([3.0, 4.0, 5.0])
    community.observe_week(WeekEvents(events, np.zeros(0), np.zeros(0), np.zeros(0), in_step_up))
    assert community.year["home_visits"] == pytest.approx([300 * 1.5 / 52, 600 / 52])
    assert community.year["home_cases"] == pytest.approx([0.1 * 10 * 2.0, 0.1 * 50])
    assert community.year["step_down_nights"] == pytest.approx([7 * 5.0, 7 * 10.0])
    assert community.year["step_up_cases"].tolist() == [3.0, 9.0]
    assert community.year["nhs_delayed_nights"].tolist() == [1.0, 6.0]


def test_patients_who_are_not_visited_are_ill_and_wait_and_those_at_home_free_beds(community):
    community.employ(np.array([0.5, 1.0]))
    community.levers[1] = [1.0, 2.0]
    practices, hospitals = np.zeros(3, PRACTICE_WEEK), np.zeros(2, HOSPITAL_WEEK)
    practices["continuity"], hospitals["delay"], hospitals["early"] = 1.0, 1.0, 0.1
    community.shape_week(practices, hospitals)
    assert practices["unvisited"] == pytest.approx([0.25, 0.0, 0.0])
    assert practices["continuity"] == pytest.approx([1.1, 1.0, 1.0])
    assert hospitals["delay"] == pytest.approx([2.0, 1.0])
    assert hospitals["early"] == pytest.approx([0.15, 0.1])
    # half the cases of 10 % that spend half their stay at home; twice as many
    assert community.model.hospitals.at_home == pytest.approx([-0.025, 0.05])


def usual_year(community):
    community.begin({name: np.array([100.0, 200.0]) for name in community.COUNTED})
    contract = Some(due=lambda activity: np.array([1e6, 2e6]), depends_on_last_year=False)
    community.restore_expected_year(dict(community.before), {})
    community.fit_adjustment_cost(contract)


def test_support_for_care_homes_costs_money_and_lowers_avoidable_admissions(community):
    before = community.costs({"home_visits": np.zeros(2), "home_cases": np.zeros(2)}, 52)
    community.p.community.care_home_support = 0.5
    practices, hospitals = np.zeros(3, dtype=PRACTICE_WEEK), np.zeros(2, dtype=HOSPITAL_WEEK)
    practices["care_home_acsc"] = 1.0
    community.shape_week(practices, hospitals)
    assert practices["care_home_acsc"] == pytest.approx([0.85] * 3)  # half of the homes, three tenths in each
    cost = community.costs({"home_visits": np.zeros(2), "home_cases": np.zeros(2)}, 52)
    assert cost - before == pytest.approx([0.5 * 200 * 4, 0.5 * 200 * 11])


def test_step_up_beds_take_a_share_of_suited_emergencies_and_cost_money_full_or_not(community):
    nothing = {"home_visits": np.zeros(2), "home_cases": np.zeros(2)}
    before = community.costs(nothing, 52)
    practices, hospitals = np.zeros(3, dtype=PRACTICE_WEEK), np.zeros(2, dtype=HOSPITAL_WEEK)
    community.shape_week(practices, hospitals)
    assert practices["step_up"].tolist() == [0.0, 0.0, 0.0]
    community.p.community.step_up_beds = 1.0
    community.employ(np.array([1.0, 0.5]))
    community.shape_week(practices, hospitals)
    # the north has 700 people and 0.7 beds: 0.7 x 364 x 0.5 / 3.64 = 35 stays, 14 of them in place of hospital; of each
    # band's 100 people 10 are admitted overnight, so that 2 x 1 + 3 x 2 = 8 are suited. The south has twice the people
    # and half the staff: 14 for 16
    assert practices["step_up"] == pytest.approx([1.0, 0.875, 0.875])
    community.employ(np.ones(2))
    assert community.costs(nothing, 52) - before == pytest.approx([0.7 * 364 * 100.0, 1.4 * 364 * 100.0])


def test_money_buys_staff_as_fast_as_they_can_be_hired_or_let_go(community):
    usual_year(community)
    paid, cost = np.array([1.05e6, 1e6]), np.array([1e6, 1.4e6])
    community.observe_year(YearEnd(paid, cost, np.ones(2), np.ones(2), np.zeros(1)))
    assert community.staff == pytest.approx([1.05, 0.8])  # 5 % and -20 % of usual income
    community.observe_year(YearEnd(2 * paid, np.array([1e6, 4e6]), np.ones(2), np.ones(2), np.zeros(1)))
    assert community.staff == pytest.approx([1.15, 0.5])  # no faster than 10 % up and 30 % down
    assert community.states()["staff"] == pytest.approx([1.15, 0.5])


def test_the_usual_year_costs_what_it_earns_and_less_staff_cost_less(community):
    usual_year(community)
    beds = np.array([10.0, 20.0]) * 100 * 364
    assert community.costs(community.before, 52) == pytest.approx([1e6, 2e6])
    community.employ(np.array([0.5, 1.0]))
    work = 100 * 40 + 100 * 1000
    assert community.costs(community.before, 52)[0] == pytest.approx(work + 0.5 * (1e6 - work))
    assert community.other_cost[1] == pytest.approx(2e6 - 2 * work - beds[1])
    community.resize("step_down_beds", np.array([2.0, 1.0]))
    assert community.model.hospitals.step_down == pytest.approx([1.0, 1.0])  # twice the beds, half the staff
    community.resize("staff", np.array([2.0, 1.0]))
    assert (community.staff.tolist(), community.model.hospitals.step_down.tolist()) == ([1.0, 1.0], [2.0, 1.0])
    assert community.variable_cost("home_visits") == 40.0
    assert np.isnan(community.variable_cost("step_down_nights"))


def test_one_more_visit_than_usual_brings_its_gain(community):
    per_visit, more = worth_of_all(community.p.community), 1e-6
    saved = -community.unvisited(np.array([1.0 + more]))[0] * per_visit
    assert saved == pytest.approx(more * 0.002, rel=1e-5)


def test_plans_see_visits_cases_delays_and_needs(community):
    usual_year(community)
    community.look_back()
    plan = np.array([[[1.0, 1.0], [1.0, 1.0]], [[2.0, 1.5], [1.0, 1.0]]])
    f = community.forecast(plan, np.zeros((1, 1)))
    middle = 2  # of five shocks
    assert f.activity["home_visits"][..., middle] == pytest.approx(np.array([[100.0, 200.0], [200.0, 200.0]]))
    assert f.activity["home_cases"][1, 0, middle] == pytest.approx(150.0)
    assert f.activity["nhs_delayed_nights"][1, 0, middle] == pytest.approx(50.0)
    assert f.activity["visited"][:, 0, middle] == pytest.approx([0.75, 1.0 - 0.0625])
    assert f.activity["delayed_nights.lot"][:, 0, middle] == pytest.approx([1000 * 100 / 110, 1000 * 50 / 110])
    assert f.cost[1, 0] - f.cost[0, 0] == pytest.approx(100 * 40 + 50 * 1000)
    assert f.benefit[1, 0] > f.benefit[0, 0]


def test_outcomes_are_measured_with_error(community):
    usual_year(community)
    community.measure(np.array([[1.0, 0.0], [0.0, 2.0]]))
    noise = 0.05 * np.sqrt(1000 / np.array([110.0, 220.0]))
    assert community.measured["visited"] == pytest.approx([0.75 * (1 + noise[0]), 0.75])
    assert community.measured["delayed_nights.lot"] == pytest.approx(
        1000 * np.array([100 / 110, 200 / 220 * (1 + 2 * noise[1])])
    )
    assert community.moves("nhs_delayed_nights")["delayed_nights"] == pytest.approx(1000 / np.array([110, 220]))
    assert community.moves("home_visits") == {}
    assert community.commissioner().tolist() == [0, 1]
