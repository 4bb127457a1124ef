"""Step-up beds: some overnight emergencies are looked after in the community; illness and needs stay the same."""

import numpy as np
import pytest
from fundingflows.agents.patients.events import EVENTS
from fundingflows.agents.patients.moves import MOVES
from fundingflows.agents.patients.people import STEP_UP_BED
from fundingflows.scenarios import FundingFlows, load_baseline

PARAMETERS = load_baseline("2015_16").parameters


def half_a_year(chance, **numbers):
    """Half a year of Anytown with frozen behaviour and beds for this share of suited emergencies: events, moves."""
    parameters = PARAMETERS.replaced({f"community.{name}": value for name, value in numbers.items()})
    model = FundingFlows("anytown", "status_quo", rng=3, freeze_behaviour=True, parameters=parameters)
    table = model.practices.week_table

    def with_beds(sample):
        week = table(sample)
        week["step_up"] = chance
        return week

    model.practices.week_table = with_beds
    for _ in range(26):
        model.step()
    events = np.sum(model.record.practice, axis=0).sum(axis=0).tolist()
    return dict(zip(EVENTS, events, strict=True)), dict(zip(MOVES, model.patients.moved().tolist(), strict=True)), model


@pytest.fixture(scope="module")
def usual():
    return half_a_year(0.0)


def test_nobody_is_taken_where_there_are_no_beds(usual):
    _, moves, model = usual
    assert (moves["step_up_begun"], moves["step_up_ended"], moves["deaths_in_step_up"]) == (0, 0, 0)
    assert (model.patients.people.where != STEP_UP_BED).all()


def test_a_tenth_of_overnight_emergencies_of_grown_ups_is_taken_less_those_sent_on(usual):
    events, moves, model = half_a_year(1.0)
    taken = moves["step_up_begun"]
    overnight = usual[0]["emergency_overnight"]
    # a tenth of those of 15 and over, of whom 0.236 are sent on: at most 7.6 % of all; three standard deviations
    assert (
        0.05 * overnight - 3 * np.sqrt(0.05 * overnight) < taken < 0.0764 * overnight + 3 * np.sqrt(0.0764 * overnight)
    )
    there = int((model.patients.people.where == STEP_UP_BED).sum())
    assert taken == moves["step_up_ended"] + moves["deaths_in_step_up"] + there
    assert model.community.year["step_up_cases"].sum() == taken
    assert events["emergency_overnight"] < overnight
    # the illness is the same wherever it is looked after, and no worse
    assert events["nights_needed"] == pytest.approx(usual[0]["nights_needed"], rel=0.03)
    assert events["deaths"] == pytest.approx(usual[0]["deaths"], abs=3)


def test_all_are_sent_on_where_the_beds_can_keep_nobody(usual):
    events, moves, _ = half_a_year(1.0, step_up_sent_on=1.0)
    assert moves["step_up_begun"] == 0
    assert events == usual[0]
