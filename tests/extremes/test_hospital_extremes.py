"""Hospitals under extreme conditions, in Anytown. What should follow stands beside each test; it was written first.

| Change | What should follow |
|---|---|
| beds x 0.05 | beds no fuller than escalation allows; most overnight emergencies refused; waits for a bed and for operations up; fixed cost goes over years, so that the margin does not soar |
| beds x 0.5 | the same to a lesser degree |
| beds x 0.5, without escalation beds | fewer emergencies find a bed |
| no emergencies | wards nearly empty, nobody refused, the shortest waits in A&E |
| theatres x 0.5 | waits up, operations down |
| hospitals paid nothing | beds, clinics and theatres together fall to less than half in three years, planned work first (C19), waits up, no crash |
| hospitals paid a fifth more | a few more beds, clinics and theatres, within limits |
"""  # noqa: E501

from __future__ import annotations

import numpy as np
import pytest
from fundingflows.agents.patients.calendar import WEEKS
from fundingflows.experiments.results import measures
from fundingflows.experiments.results.year import Year
from fundingflows.scenarios import FundingFlows, load_baseline, load_funding

YEARS = 3
PRICES = {
    "electives.prices": {"day_cases": 664.59, "inpatients": 3400.00},
    "emergencies.prices": {"emergency_zero_day": 589.47, "emergency_overnight": 3141.85},
    "outpatients.prices": {"first_clinics": 154.13, "follow_ups": 106.08, "other_visits": 77.07},
    "accident_and_emergency.prices": {"ae_major": 125.12},
    "specialised_services": {"per_head": 166.40},
    "other_acute": {"per_head": 4.53},
}


def place(funding="status_quo", **numbers):
    steps = {path.replace("__", "."): {"set": value} for path, value in numbers.items()}
    return FundingFlows("anytown", funding, rng=1, parameters=load_baseline("2015_16").parameters.changed(steps))


def paid(factor):
    """The usual contract with every price of hospitals times a factor."""
    return load_funding("status_quo").changed(
        {f"contracts.hospital.{term}.{name}": factor * price for term, p in PRICES.items() for name, price in p.items()}
    )


def smaller(name, factor, **numbers):
    model = place(**numbers)
    model.hospitals.resize(name, np.full(1, factor))
    return model.run(YEARS)


@pytest.fixture(scope="module")
def usual():
    return place().run(YEARS)


@pytest.fixture(scope="module")
def half():
    return smaller("beds", 0.5)


@pytest.fixture(scope="module")
def twentieth():
    return smaller("beds", 0.05)


@pytest.fixture(scope="module")
def unpaid():
    return place(paid(0.0)).run(YEARS)


def week(model):
    return model.hospitals.wards(1.0)


def measured(model, name, first=1):
    return measures.read(model, first)[name]


def limit(model):
    return 1.0 + model.parameters.hospital.escalation_beds


def occupancy(model, weeks):
    used, opened = (np.array(model.record.series[name])[-weeks:].sum() for name in ("beds_used", "beds_open"))
    return used / opened


def test_under_the_usual_contract_nobody_is_refused_and_stays_are_as_they_were():
    model = place()
    assert week(model)["refused"].tolist() == [0.0]
    assert week(model)["stay"] == pytest.approx(1.0)
    assert week(model)["bed_wait"] == pytest.approx(model.parameters.hospital.bed_wait_usual)
    assert model.hospitals.fixed_cost.standing("beds", model.parameters.hospital) == pytest.approx(1.0)


def test_a_usual_year_refuses_next_to_nobody(usual):
    assert week(usual)["refused"][0] < 0.02
    assert usual.hospitals.acute_beds == pytest.approx(usual.hospitals.usual_beds, rel=0.02)


@pytest.mark.parametrize("name", ["half", "twentieth"])
def test_nobody_lies_in_a_bed_that_is_not_there(name, request):
    model = request.getfixturevalue(name)
    assert occupancy(model, 2 * WEEKS) < 1.05 * limit(model)  # chance of single weeks, in so few beds


def test_fewer_beds_refuse_more_emergencies_and_more_wait_for_a_bed(usual, half, twentieth):
    refused = [week(model)["refused"][0] for model in (usual, half, twentieth)]
    assert refused[0] < 0.02 < 0.1 < refused[1] < 0.5 < refused[2] < 1.0
    waits = [week(model)["bed_wait"][0] for model in (usual, half, twentieth)]
    assert waits[0] < min(waits[1:])
    admitted = [measured(model, "emergencies") for model in (usual, half, twentieth)]
    assert admitted[2] < admitted[1] < 0.95 * admitted[0]


def test_electives_give_way_to_emergencies_without_a_bed(usual, half, twentieth):
    for model in (half, twentieth):
        assert Year(model, 1).event("inpatients") < 0.2 * Year(usual, 1).event("inpatients")
        assert measured(model, "median_wait") > 1.5 * measured(usual, "median_wait")


@pytest.mark.parametrize("name", ["half", "twentieth"])
def test_closing_beds_makes_no_margin_soar(name, usual, request):
    model = request.getfixturevalue(name)
    by_year = [measures.read(model, y, y + 1)["hospital_margin"] for y in range(YEARS)]
    assert by_year[0] < measured(usual, "hospital_margin", 0)  # income goes at once, fixed cost does not
    assert max(by_year) < measured(usual, "hospital_margin", 0) + 5.0


def test_escalation_beds_take_some_of_those_who_would_be_refused(half):
    without = smaller("beds", 0.5, hospital__escalation_beds=0.0)
    assert week(without)["refused"][0] > week(half)["refused"][0]
    assert occupancy(without, 2 * WEEKS) < 1.05


def test_without_emergencies_wards_are_empty_and_nobody_waits_for_a_bed(usual):
    model = place()
    model.patients.rates = model.patients.rates.copy()  # other runs share them
    model.patients.rates["emergency"] = 0.0
    model.patients.review(0, 0.0)
    model.run(YEARS)
    assert occupancy(model, 2 * WEEKS) < 0.3 * occupancy(usual, 2 * WEEKS)
    assert week(model)["refused"].tolist() == [0.0]
    assert week(model)["bed_wait"][0] <= week(usual)["bed_wait"][0]  # equal where the usual year is below the knee


def test_half_the_theatres_make_people_wait(usual):
    model = smaller("theatres", 0.5)
    assert measured(model, "median_wait") > 2.0 * measured(usual, "median_wait")
    assert measured(model, "electives") < 0.75 * measured(usual, "electives")


def test_hospitals_paid_nothing_lose_most_of_what_they_have(usual, unpaid):
    hospitals = unpaid.hospitals
    beds, planned = hospitals.acute_beds / hospitals.usual_beds, hospitals.capacity
    assert ((beds + planned) / 2.0 < 0.5).all()
    assert (planned < 0.8 * beds).all()
    assert measured(unpaid, "median_wait") > 2.0 * measured(usual, "median_wait")
    left = {name: measured(unpaid, name) / measured(usual, name) for name in ("electives", "emergencies")}
    assert left["electives"] < 0.7 * left["emergencies"] < 0.75  # planned work gives way first (C19)
    assert week(unpaid)["refused"][0] > 0.02 > week(usual)["refused"][0]
    figures = measures.read(unpaid)
    assert np.isnan(figures.pop("hospital_margin"))
    assert np.isfinite(list(figures.values())).all()


def test_hospitals_paid_more_open_a_little_more(usual):
    model = place(paid(1.2)).run(YEARS)
    for more, before in ((model.hospitals.acute_beds, usual.hospitals.acute_beds),
                         (model.hospitals.capacity, usual.hospitals.capacity)):  # fmt: skip
        assert (1.005 * before < more).all()
        assert (more < 1.1 * before).all()


def test_a_queue_pulls_clinics_and_theatres_only_where_more_is_paid(usual):
    per_head = place("capitated").run(YEARS)
    assert usual.hospitals.gain_of_more()[0] > 1.0
    assert per_head.hospitals.gain_of_more()[0] < 0.0
