"""Slow stocks of providers against values worked out by hand: turnover, hours, intensity, closures, councils' rules."""

import numpy as np
import pytest
from fundingflows.scenarios import FundingFlows, load_baseline


def with_numbers(**changes):
    numbers = load_baseline("2015_16").parameters
    steps = {path.replace("__", "."): {"set": value} for path, value in changes.items()}
    return FundingFlows("anytown", "status_quo", rng=1, parameters=numbers.changed(steps))


@pytest.fixture
def model():
    return FundingFlows("anytown", "status_quo", rng=1)


def staffed(model, relative):
    """Practices after a quarter with so many contacts per GP, relative to the usual."""
    practices = model.practices
    usual = practices.gp_fte * practices.p.general_practice.gp_weeks / 4.0 * practices.usual_load
    practices.staff(relative * usual)
    return practices


def test_turnover_rises_with_the_exponential_of_extra_contacts(model):
    gp = model.parameters.general_practice
    practices = staffed(model, 1.2)
    assert practices.loads == pytest.approx(1.2 * practices.usual_load)
    assert practices.turnover == pytest.approx(gp.leaving_rate * np.exp(gp.leaving_workload * 0.2))


def test_turnover_answers_pressure_only_so_far_and_never_takes_everyone():
    gp = with_numbers(general_practice__leaving_pressure_limit=0.5)
    practices = staffed(gp, 3.0)
    numbers = gp.parameters.general_practice
    assert practices.turnover == pytest.approx(numbers.leaving_rate * np.exp(numbers.leaving_workload * 0.5))
    few = staffed(with_numbers(general_practice__leaving_rate_limit=0.12), 2.0)
    assert few.turnover == pytest.approx(0.12)


def test_a_quarter_of_leavers_and_joiners_by_hand(model):
    practices = model.practices
    before, gp = practices.gp_fte.copy(), model.parameters.general_practice
    staffed(model, 1.0)  # as many join as leave, since nobody is missing and lists are as they were
    assert practices.gp_fte == pytest.approx(before, rel=1e-9)
    practices.gp_fte = 0.9 * before
    practices.staff(practices.gp_fte * gp.gp_weeks / 4.0 * practices.usual_load)
    wanted = gp.leaving_rate * before + 0.1 * before / gp.joining_years
    joiners = np.minimum(wanted, gp.joining_limit * gp.leaving_rate * before)
    assert practices.gp_fte == pytest.approx(0.9 * before + (joiners - gp.leaving_rate * 0.9 * before) / 4.0)


def test_hours_follow_income_within_bounds(model):
    practices, gp = model.practices, model.parameters.general_practice
    practices.work(np.full(len(practices), 10.0))
    part = 1.0 - np.exp(-1.0 / model.parameters.behaviour.adjustment_years)
    assert practices.hours == pytest.approx(1.0 + (gp.hours_income_high**gp.income_hours - 1.0) * part)
    wide = with_numbers(general_practice__hours_income_high=3.0)
    wide.practices.work(np.full(len(practices), 10.0))
    assert (wide.practices.hours < practices.hours).all()  # who earns more works less


def test_beds_close_for_deficits_beyond_the_usual_in_part_while_lenders_cover_them(model):
    hospitals, numbers = model.hospitals, model.parameters.hospital
    before, usual = hospitals.acute_beds.copy(), 1.0 / (1.0 - hospitals.margin)
    cost = np.full(len(hospitals), 100.0)
    hospitals.open_and_close(cost * (usual - 0.1), cost)
    assert hospitals.excess_deficit == pytest.approx(0.1)
    of_beds = 2.0 / (1.0 + numbers.planned_gives_way)  # what planned work leaves of two equal parts
    closed = of_beds * 0.1 * numbers.deficit_bed_closure
    assert hospitals.acute_beds == pytest.approx(before * (1.0 - closed / numbers.capacity_exit_years))
    assert hospitals.borrowed == pytest.approx(10.0)
    hospitals.acute_beds = before.copy()
    hospitals.open_and_close(cost * (usual - 0.5), cost)  # £50 short, of which the rest of the limit is lent
    lent = numbers.deficit_lent - 0.1
    closed = of_beds * (lent * numbers.deficit_bed_closure + 0.5 - lent)
    assert hospitals.acute_beds == pytest.approx(before * (1.0 - closed / numbers.capacity_exit_years))
    assert hospitals.borrowed == pytest.approx(100.0 * numbers.deficit_lent)
    hospitals.open_and_close(cost * (usual + 0.05), cost)
    assert hospitals.borrowed == pytest.approx(100.0 * numbers.deficit_lent - 5.0)  # a surplus pays back


def test_the_only_hospital_of_a_place_diverts_nobody(model):
    hospitals = model.hospitals
    hospitals.demand.begin(np.full(len(hospitals), 2.0), hospitals.there())
    week = hospitals.wards(1.0)
    assert week["divert"].tolist() == [0.0]
    assert week["refused"] == pytest.approx(1.0 - (1.0 + model.parameters.hospital.escalation_beds) / 2.0)


def test_councils_tighten_and_buy_within_bounds(model):
    care = model.social_care
    capacity, one = care.capacity.copy(), np.ones(len(care))
    care.budget(care.usual_cover, 1.25 * one)  # four fifths of the money
    assert care.rule == pytest.approx(0.8)
    grown = (care.people_65 / care.usual_people_65)[:, None]
    target = care.usual_capacity * np.array([0.8, 0.8, 1.0, 1.0]) * grown * care.supply[:, None]
    assert care.capacity == pytest.approx(capacity + 0.5 * (target - capacity))
    for _ in range(3):
        care.budget(one, 10.0 * one)  # at most a fifth less a year
    assert care.rule == pytest.approx(0.5)
    for _ in range(6):
        care.budget(10.0 * one, one)
    assert care.rule == pytest.approx(1.25)


def test_community_services_keep_what_is_theirs_by_law():
    model = with_numbers(money__squeeze_least_community=0.98)
    commissioners = model.commissioners
    n = len(commissioners)
    model.ledger.pay("commissioner", "staff_and_suppliers", 10**12, "test")
    commissioners.plan(np.full(n, 1e8), {"community": np.full(n, 1e7)})
    assert commissioners.community == pytest.approx(0.98)  # a twentieth a year, but for the floor
