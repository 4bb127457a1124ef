"""Whom practices turn away where they may choose: losses by hand, nobody under the usual contract, nobody lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fundingflows.agents.choosing import CONDITIONS, FRAILTY, IS_TURNED_AWAY, KINDS_OF_JOINER, kinds_of
from fundingflows.agents.joiners import needs
from fundingflows.agents.patients.calendar import WEEKS
from fundingflows.agents.patients.entry import uniforms
from fundingflows.agents.patients.events import Event
from fundingflows.agents.patients.people import BANDS, NEWCOMER
from fundingflows.experiments.results.turned_away import by_age
from fundingflows.model.contracts.contract import Contract
from fundingflows.model.contracts.terms.block import Block
from fundingflows.model.contracts.terms.capitation import Capitation
from fundingflows.model.contracts.terms.tariff import Tariff
from fundingflows.model.record import joiners
from fundingflows.scenarios import FundingFlows

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "choice_of_patients.toml"
FLAT = Contract((Capitation(rate=150.0),))
FRAIL_OLD = ((BANDS - 1) * CONDITIONS + 2) * FRAILTY + 3  # 85 or over, two conditions, severely frail


@pytest.fixture
def practices(anytown):
    return anytown.practices


def test_nobody_is_turned_away_under_the_usual_contract(anytown, practices):
    assert not practices.shares_turned_away(anytown.case.usual.contracts["practice"]).any()


def test_a_loss_is_what_need_costs_beyond_the_average_persons_less_what_is_paid_beyond_it(practices):
    people = practices.weighted["people_flat"]
    own = needs(practices).reshape(KINDS_OF_JOINER, 1) / (practices.weighted["people_need"] / people)
    assert practices.losses(FLAT) == pytest.approx(np.maximum(own - 1.0, 0.0), abs=1e-6)  # paid the same for everyone
    assert practices.losses(Contract((Block(per_head=150.0),))) == pytest.approx(practices.losses(FLAT), abs=1e-6)


def test_shares_follow_the_losses_beyond_the_usual_ones_to_the_end_of_the_room(anytown, practices):
    behaviour = anytown.parameters.behaviour
    usual = practices.losses(anytown.case.usual.contracts["practice"])
    beyond = np.maximum(practices.losses(FLAT) - usual, 0.0)
    for allowed in (1.0, 0.5):
        room = behaviour.room_choice * allowed
        curve = room * np.tanh(beyond * behaviour.response_choice / room)
        assert practices.shares_turned_away(FLAT, allowed) == pytest.approx(curve, abs=1e-6)
    shares = practices.shares_turned_away(FLAT)
    assert (shares[FRAIL_OLD] > 0.01).all()
    assert shares.max() < behaviour.room_choice
    assert not shares.reshape(BANDS, CONDITIONS, FRAILTY, -1)[2, 0, 0].any()  # young and fit


def test_a_price_that_follows_need_or_care_turns_no_frail_person_away(practices):
    rate = practices.usual_income.sum() / practices.weighted["people_need"].sum()
    by_need = practices.shares_turned_away(Contract((Capitation(rate=rate, weights="need"),)))
    seen = practices.before["gp_consultations"] + practices.before["other_consultations"]
    fee = float(practices.usual_income.sum() / seen.sum())
    items = Contract((Tariff(prices={"gp_consultations": fee, "other_consultations": fee}),))
    assert by_need[FRAIL_OLD].max() < practices.shares_turned_away(FLAT)[FRAIL_OLD].min() / 4.0
    assert (
        practices.shares_turned_away(items)[FRAIL_OLD].max() < practices.shares_turned_away(FLAT)[FRAIL_OLD].min() / 4.0
    )


def people_who_ask(n, practice, week) -> Any:
    asking: Any = np.zeros(n, dtype=NEWCOMER)
    asking["key"] = np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    asking["practice"], asking["born"] = practice, week - 90 * WEEKS
    asking["conditions"], asking["frailty"] = 2, 3
    return asking


def test_whoever_is_turned_away_registers_with_a_neighbour_and_is_counted(practices):
    asking = people_who_ask(2000, 1, week=10)
    assert (kinds_of(asking, 10) == FRAIL_OLD).all()
    practices.turning_away = np.zeros((KINDS_OF_JOINER, len(practices)))
    practices.turning_away[FRAIL_OLD, 1] = 0.25
    practices.welcome(asking, 10)
    away = uniforms(asking["key"], np.uint64(IS_TURNED_AWAY)) < 0.25
    assert np.array_equal(asking["practice"] != 1, away)
    assert away.mean() == pytest.approx(0.25, abs=0.03)
    assert set(asking["practice"][away]) <= set(practices.peers[1])
    assert practices.asked[FRAIL_OLD, 1] == 2000
    assert practices.turned_away.sum() == practices.turned_away[FRAIL_OLD, 1] == away.sum()
    assert np.array_equal(
        practices.taken_on[FRAIL_OLD], np.bincount(asking["practice"][away], minlength=len(practices))
    )


def test_a_neighbour_who_turns_fewer_away_takes_on_more_of_them(practices):
    first, second = np.unique(practices.peers[1][practices.peers[1] != 1])[:2]
    taken = {}
    for share in (0.0, 0.9):
        asking = people_who_ask(2000, 1, week=10)
        practices.turning_away = np.zeros((KINDS_OF_JOINER, len(practices)))
        practices.turning_away[FRAIL_OLD, [1, first]] = 1.0, share
        practices.welcome(asking, 10)
        taken[share] = np.bincount(asking["practice"], minlength=len(practices))
    assert taken[0.9][first] < 0.5 * taken[0.0][first]
    assert taken[0.9][second] > taken[0.0][second]


def test_where_practices_may_not_choose_nobody_asks_twice(practices):
    asking = people_who_ask(20, 1, week=10)
    practices.welcome(asking, 10)
    assert (asking["practice"] == 1).all()
    assert not practices.asked.size
    assert not practices.number("turned_away").any()


@pytest.fixture(scope="module")
def chosen():
    return FundingFlows("anytown", EXAMPLE, rng=1, threads=1).run(3)


def test_a_run_counts_everyone_who_asks_once_the_first_quarter_is_over(chosen):
    table = joiners(chosen)
    arrivals = [year["groups"][:, Event.ARRIVALS].sum() for year in chosen.record.years]
    assert table.groupby("year")["asked"].sum().tolist()[1:] == arrivals[1:]
    away = [year["organisations"]["practice"]["turned_away"].sum() for year in chosen.record.years]
    assert table.groupby("year")["turned_away"].sum().tolist() == away
    assert by_age(table)["asked"].iloc[-1] == pytest.approx(table["asked"].sum() / 3.0)
    on = [year["organisations"]["practice"]["taken_on"].sum() for year in chosen.record.years]
    assert on == away  # nobody is lost
    flat = chosen.record.arms["flat"]
    assert not chosen.practices.turning_away[:, ~flat].any()  # the others keep the usual contract
    assert chosen.practices.turning_away[FRAIL_OLD, flat].min() > 0.01
