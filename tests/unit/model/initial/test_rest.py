"""What the opening of a run balances, worked out by hand."""

from types import SimpleNamespace as Some

import numpy as np
import pytest
from fundingflows.agents.patients.people import REFUSED_CARE
from fundingflows.model.initial import corrections as correcting
from fundingflows.model.initial.calibrate import steady_state
from fundingflows.model.initial.first_guess import published_care
from fundingflows.scenarios import FundingFlows, load_place


@pytest.fixture(scope="module")
def model():
    return FundingFlows("anytown", "status_quo", rng=1)


def test_opening_a_run_lets_no_refusal_lapse(model):
    before = steady_state(load_place("anytown"))["people.state"]["care"] == REFUSED_CARE
    assert before.sum() > 5
    assert (model.patients.people.state["care"] == REFUSED_CARE).sum() == before.sum()


def test_as_many_people_are_in_each_kind_of_care_as_published():
    other = FundingFlows("anytown", "status_quo", rng=2)
    kinds = other.patients.people.state["care"]
    kinds[np.flatnonzero(kinds == 2)[:20]] = 0  # twenty residents of the council go missing
    kinds[np.flatnonzero(kinds == 0)[:5]] = 4
    correcting.rebalance_care(other)
    published = published_care(other.parameters, other.place.people.sum(axis=(0, 1)))
    assert np.bincount(kinds, minlength=5)[1:5].tolist() == np.rint(published).tolist()
    assert other.social_care.held.sum(axis=0).tolist() == np.rint(published).tolist()


def test_a_small_place_has_room_for_chance_and_a_large_one_as_published():
    def capacity(held):
        care = Some(held=np.array([[held, held, 10.0, 10.0]]))
        parameters = Some(social_care=Some(start_utilisation=0.9))
        council = Some(care_home_places=held + 120.0)
        return correcting.care_capacity(
            Some(social_care=care, parameters=parameters, place=Some(file=Some(councils=[council])))
        )[0]

    assert capacity(100.0)[:2] == pytest.approx([131.0, 131.0])  # 100 + 3 times the root, and one
    assert capacity(8100.0)[:2] == pytest.approx([9001.0, 9001.0])  # 8,100 / 0.9, and one
    assert capacity(100.0)[2:] == pytest.approx([60.0, 60.0])  # half of the hundred empty places each


def test_clinics_and_theatres_are_sized_by_their_own_lists(model, monkeypatch):
    """With ten more than there should be in a clinic's queue, and 20 fewer in a theatre's, of 1,000 and 500 a year."""
    goals = correcting.list_goals(model)
    monkeypatch.setattr(correcting, "waiting_for", lambda m: goals + np.array([[10.0], [-20.0]]))
    year = {"first_clinics": np.array([1000.0]), "day_cases": np.array([400.0]), "inpatients": np.array([100.0])}
    monkeypatch.setattr(correcting, "_did", lambda models, name: year[name])
    assert correcting.slots_for_list([model], 1.0) == pytest.approx(np.array([[1.01], [0.96]]))
    assert correcting.slots_for_list([model], 0.5) == pytest.approx(np.array([[1.005], [0.98]]))
    hospital = model.parameters.hospital
    assert goals.sum() == pytest.approx(hospital.waiting_list * model.place.registered)


def test_homes_divide_new_needs_as_they_divide_residents():
    """Of 100 starts and 120 ends in homes, a fifth more are needed; the council's, of whom some are refused, more."""
    other = FundingFlows("anytown", "status_quo", rng=3)
    published = published_care(other.parameters, other.place.people.sum(axis=(0, 1)))
    other.social_care.recount(published[None, :].copy())
    people = np.ones(7)
    simulated = {"people": people}
    for k, (starts, ends) in {
        "home_care": (100, 100), "council_place": (70, 80), "self_place": (20, 30), "nhs_place": (10, 10)
    }.items():  # fmt: skip
        simulated |= {f"{k}_starts": people * starts / 7, f"{k}_ends": people * ends / 7}
    corrections = {"care_kind": np.array([0.7, 0.1, 0.1, 0.1]), "care_need": np.array(1.0)}
    correcting.correct_care([other], corrections, simulated)
    kinds = corrections["care_need"] * corrections["care_kind"]
    assert kinds[0] == pytest.approx(0.7)
    assert kinds[1:].sum() == pytest.approx(0.3 * 1.2**0.5)  # trusted half at 100 starts
    share = other.parameters.social_care.eligible_share
    assert kinds[1] / kinds[2] == pytest.approx(published[1] / published[2] / share)
