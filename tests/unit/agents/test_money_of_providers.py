"""What providers cost and what clients pay; every pound worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace as Some

import numpy as np
import pytest
from fundingflows.agents.capacity import FixedCost
from fundingflows.agents.hospital import Hospitals
from fundingflows.agents.practice import Practices
from fundingflows.agents.social_care import SocialCare

# hospitals ----------------------------------------------------------------------------------------------------------

UNITS = dict(zip(Hospitals.UNIT_COST, (100.0, 500.0, 3000.0, 700.0, 3500.0, 150.0, 100.0, 80.0), strict=True))


@pytest.fixture
def hospital():
    """A hospital of ten beds for 1,000 people: £1 of 5 is fixed, ten units a year of everything, 500 nights."""
    cohort = Hospitals.__new__(Hospitals)
    money = {f"unit_cost_{Hospitals.UNIT_COST[name]}": price for name, price in UNITS.items()}
    cohort.p = Some(hospital=Some(fixed_cost_share=0.2, escalation_premium=0.5, fixed_staff_share=0.5,
                                  fixed_staff_years=0.5, fixed_overhead_years=4.0, quality_cost=0.02),
                    money=Some(**money, other_acute_cost=26.0, bed_day_cost=300.0))  # fmt: skip
    cohort.before = {name: np.array([10.0]) for name in Hospitals.UNIT_COST}
    cohort.before |= {"emergency_nights": np.array([300.0]), "elective_nights": np.array([200.0])}
    cohort.names, cohort.cost_factor = ["h"], np.ones(1)
    cohort.acute_beds, cohort.usual_beds = np.array([10.0]), np.array([10.0])
    cohort.community_beds, cohort.step_down, cohort.at_home = np.zeros(1), np.ones(1), np.zeros(1)
    cohort.fixed_cost, cohort.levers = FixedCost(Hospitals.CAPACITY, 1), np.ones((1, len(Hospitals.LEVERS)))
    cohort.usual_people, cohort.occupancy = np.array([1000.0]), np.array([0.9])
    return cohort


def did(**more):
    """A year's activity: ten units of everything and 500 nights, and ``more``."""
    year = dict.fromkeys(Hospitals.UNIT_COST, 10.0) | {
        "emergency_nights": 300.0,
        "elective_nights": 200.0,
        "discharges": 20.0,
    }
    return {name: np.array([number]) for name, number in (year | more).items()}


def test_a_usual_year_costs_its_units_and_other_work(hospital):
    assert hospital.costs(did(), 52) == pytest.approx(10 * 8130 + 26 * 1000)
    assert hospital.expected_cost() == pytest.approx(10 * 8130 + 26 * 1000)


def test_fixed_cost_goes_with_time_and_variable_cost_with_activity(hospital):
    quarter = {name: number / 4.0 for name, number in did().items()}
    assert hospital.costs(quarter, 13) == pytest.approx((81_300 + 26_000) / 4.0)
    assert hospital.costs(did(day_cases=11.0), 52) - hospital.costs(did(), 52) == pytest.approx(0.8 * 700)


def test_effort_on_quality_costs_a_share_of_the_usual_year(hospital):
    usual = hospital.costs(did(), 13)
    hospital.levers[:, Hospitals.LEVERS.index("quality")] = 1.5
    assert hospital.costs(did(), 13) - usual == pytest.approx(0.02 * 0.5 * 107_300 / 4.0)


def test_fixed_cost_of_wards_falls_with_beds_staff_within_a_year_and_overheads_over_years(hospital):
    usual = hospital.costs(did(), 52)
    tenth = {"beds": np.array([0.9]), "clinics": np.ones(1), "theatres": np.ones(1)}
    fixed = 0.2 * 10 * (3000 + 3500)  # of overnight emergencies and inpatients; the other places stay as they are
    for weeks, share in ((26, 0.5 * (1 - np.exp(-1)) + 0.5 * (1 - np.exp(-1 / 8))), (26 * 40, 1.0)):
        hospital.fixed_cost = FixedCost(Hospitals.CAPACITY, 1)
        for _ in range(weeks):
            hospital.fixed_cost.follow(tenth, hospital.p.hospital)
        assert hospital.costs(did(), 52) - usual == pytest.approx(-0.1 * fixed * share, rel=0.01)
    hospital.acute_beds = np.array([1.0])
    hospital.fixed_cost = FixedCost(Hospitals.CAPACITY, 1)
    assert hospital.costs(did(), 52) == pytest.approx(usual)  # nothing at once


def test_fixed_cost_of_clinics_and_theatres_follows_them_and_of_an_emergency_department_nothing(hospital):
    for place, units in (("clinics", 150 + 100 + 80), ("theatres", 700)):
        usual = hospital.costs(did(), 52)
        for stock in (hospital.fixed_cost.staff, hospital.fixed_cost.overheads):
            stock[place] = np.array([1.2])
        assert hospital.costs(did(), 52) - usual == pytest.approx(0.2 * 0.2 * 10 * units)


def test_nights_beyond_the_usual_stay_cost_bed_days(hospital):
    usual = hospital.costs(did(), 52)
    assert hospital.costs(did(emergency_nights=310.0), 52) - usual == pytest.approx(0.8 * 300 * 10)
    # one more overnight stay is charged its unit, and is expected to take 500 / 20 = 25 nights
    more = hospital.costs(did(emergency_overnight=11.0, emergency_nights=325.0), 52)
    assert more - usual == pytest.approx(0.8 * 3000)


def test_beds_beyond_those_open_cost_a_premium(hospital):
    usual = hospital.costs(did(), 52)
    hospital.occupancy = np.array([1.2])
    assert hospital.costs(did(), 52) - usual == pytest.approx(0.2 * 10 * 7 * 52 * 300 * 0.5)
    hospital.cost_factor = np.array([2.0])
    hospital.occupancy = np.array([1.0])
    assert hospital.costs(did(), 52) == pytest.approx(2 * usual)


def test_the_variable_cost_of_one_more_is_its_unit_less_what_is_fixed(hospital):
    assert hospital.variable_cost("day_cases") == pytest.approx(0.8 * 700)
    assert hospital.variable_cost("emergency_nights") == pytest.approx(0.8 * 300)
    assert hospital.beds().tolist() == [10.0]


# social care --------------------------------------------------------------------------------------------------------


@pytest.fixture
def council():
    """A council with 1,000 people, of whom 200 are over 65 and 600 of working age."""
    cohort = SocialCare.__new__(SocialCare)
    cohort.p = Some(social_care=Some(
        home_care_hours=10.0, home_care_price=15.0, care_home_price=600.0, self_funded_price=800.0,
        nhs_funded_price=900.0, other_spend_65=50.0, working_age_spend=20.0, overheads=5.0, reablement_spend_share=0.1,
        speed_spend_share=0.2, contribution_home_care=30.0, contribution_care_home=200.0, contribution_other=2.0,
        self_bought_home_care=25.0, squeeze_fee_share=0.5,
    ))  # fmt: skip
    cohort.levers, cohort.rule = np.ones((1, 3)), np.ones(1)
    cohort.people, cohort.people_65, cohort.people_working = np.array([1000.0]), np.array([200.0]), np.array([600.0])
    return cohort


WEEKS = {"home_care": np.array([40.0]), "council_place": np.array([10.0]), "self_place": np.array([4.0]),
         "nhs_place": np.array([2.0])}  # fmt: skip


def test_a_councils_own_cost_is_care_and_what_it_spends_on_people(council):
    other = 50 * 200 + 20 * 600 + 5 * 1000
    assert council.own_costs(WEEKS, 1.0) == pytest.approx(150 * 40 + 600 * 10 + other)
    assert council.own_costs(WEEKS, 0.5) == pytest.approx(150 * 40 + 600 * 10 + other / 2)


def test_reablement_and_speed_cost_their_share(council):
    usual = council.own_costs(WEEKS, 1.0)
    council.levers[:, council.LEVERS.index("reablement")] = 1.5
    assert council.own_costs(WEEKS, 1.0) - usual == pytest.approx(50 * 200 * 0.1 * 0.5)
    council.levers[:] = 1.0
    council.levers[:, council.LEVERS.index("speed")] = 1.5
    assert council.own_costs(WEEKS, 1.0) - usual == pytest.approx(5 * 1000 * 0.2 * 0.5)


def test_clients_and_the_nhs_pay_their_parts(council):
    assert council.contributions(WEEKS, 0.5) == pytest.approx(30 * 40 + 200 * 10 + 0.5 * 2 * 1000)
    assert council.self_paid(WEEKS, 0.5) == pytest.approx(800 * 4 + 0.5 * 25 * 200)
    assert council.nhs_paid(WEEKS) == pytest.approx(900 * 2)
    assert council.variable_cost("home_care_weeks") == pytest.approx(150)
    assert council.variable_cost("council_place_weeks") == pytest.approx(600)
    assert np.isnan(council.variable_cost("care_needs"))


# practices ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def practice():
    """A practice of 1,000 people that saw 400 patients a quarter, two fifths of whose premises vary with them."""
    cohort = Practices.__new__(Practices)
    cohort.p = Some(money=Some(
        practice_cost_salaried_gp=10.0, practice_cost_nurse=6.0, practice_cost_direct_care=4.0,
        practice_cost_admin=12.0, practice_cost_premises_other=20.0, practice_variable_share=0.4,
    ))  # fmt: skip
    cohort.levers = np.ones((1, 4))
    cohort.usual_list = cohort.lists = np.array([1000.0])
    cohort.gp_fte = cohort.usual_fte = cohort.other_fte = cohort.usual_other_fte = np.array([2.0])
    cohort.staffing = np.array([1.0])
    cohort.before = {"gp_consultations": np.array([1000.0]), "other_consultations": np.array([600.0])}
    cohort.quarters = np.zeros((4, len(cohort.TALLIED), 1))
    cohort.quarters[-1, cohort.TALLIED.index("gp_consultations")] = 250.0
    cohort.quarters[-1, cohort.TALLIED.index("other_consultations")] = 150.0
    return cohort


def test_expenses_of_a_practice_by_hand(practice):
    assert practice.expenses(52) == pytest.approx(1000 * (10 + 6 + 4 + 12 + 20))
    assert practice.expenses(13) == pytest.approx(13_000)
    practice.gp_fte = np.array([3.0])
    assert practice.expenses(52) == pytest.approx(52_000 + 5000)
    practice.other_fte = np.array([1.0])
    assert practice.expenses(52) == pytest.approx(52_000 + 5000 - 5000)
    practice.staffing = np.array([0.5])  # half of the clinical and administrative staff that is left
    assert practice.expenses(52) == pytest.approx(52_000 + 5000 - 5000 - (5000 + 12_000) / 2)


def test_more_appointments_cost_staff_and_more_patients_cost_rooms(practice):
    practice.levers[:, practice.LEVERS.index("appointments")] = 1.1
    assert practice.expenses(52) == pytest.approx(52_000 + 0.1 * 10_000)
    practice.levers[:] = 1.0
    practice.quarters[-1, practice.TALLIED.index("gp_consultations")] = 350.0  # a quarter more
    assert practice.expenses(52) == pytest.approx(52_000 + 20_000 * 0.4 * 0.25)
