"""Gain shares, floating points, tournaments, best practice, penalties and readmissions; £ worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from fundingflows.agents.plans import NODES
from fundingflows.model.contracts.contract import Contract
from fundingflows.model.contracts.terms.best_practice import BestPractice
from fundingflows.model.contracts.terms.floating_point import FloatingPoint
from fundingflows.model.contracts.terms.gain_share import GainShare
from fundingflows.model.contracts.terms.outcome import Outcome
from fundingflows.model.contracts.terms.readmission import Readmission
from fundingflows.model.contracts.terms.tariff import Tariff
from fundingflows.model.contracts.terms.tournament import Tournament
from numpy.testing import assert_allclose

YEAR = {
    "elapsed": 1.0,
    "people_at_start": np.array([100.0, 200.0, 700.0]),
    "share_at_start": np.array([0.1, 0.2, 0.7]),
    "visits": np.array([80.0, 100.0, 150.0]),
    "visits.before": np.array([100.0, 100.0, 100.0]),
    "visits.last": np.array([80.0, 100.0, 120.0]),
    "quality": np.array([0.5, 0.9, 0.7]),
    "quality.crude": np.array([0.9, 0.1, 0.2]),
}
PRICES = {"visits": 10.0}


def test_gains_and_losses_against_the_year_before_are_shared():
    assert_allclose(GainShare(prices=PRICES, up=0.5, down=0.2).due(YEAR), [100.0, 0.0, -100.0])
    assert_allclose(GainShare(prices=PRICES, up=0.5, down=0.2, cap=0.05).due(YEAR), [50.0, 0.0, -50.0])
    assert_allclose(GainShare(prices=PRICES, up=0.5, down=0.2, corridor=0.1).due(YEAR), [50.0, 0.0, -80.0])
    assert_allclose(GainShare(prices=PRICES, up=1.0, benchmark=0.9).due(YEAR), [100.0, 0.0, 0.0])


def test_a_benchmark_counts_pro_rata_within_the_year():
    half = YEAR | {"elapsed": 0.5, "visits": YEAR["visits"] / 2}
    assert_allclose(GainShare(prices=PRICES, up=0.5, down=0.2).due(half), [50.0, 0.0, -50.0])


def test_a_rebased_benchmark_is_the_year_just_gone():
    assert_allclose(GainShare(prices=PRICES, up=0.5, down=0.5, rebased=True).due(YEAR), [0.0, 0.0, -150.0])
    rebased = Tariff(prices=PRICES, marginal_rate=0.0, rebased=True)
    assert_allclose(rebased.due(YEAR), [800.0, 1000.0, 1200.0])


def test_a_fixed_pot_is_divided_by_what_each_did_whatever_that_is():
    term = FloatingPoint(points={"visits": 3.0}, amount=3300.0)
    assert_allclose(term.due(YEAR), [800.0, 1000.0, 1500.0])
    assert_allclose(term.due(YEAR | {"visits": 2 * YEAR["visits"]}), [800.0, 1000.0, 1500.0])
    some = term.due(YEAR | {"holders": np.array([True, False, True])})
    assert_allclose(some[[0, 2]].sum(), 3300.0)


def test_in_plans_a_point_loses_value_only_by_what_one_does_oneself():
    level = YEAR["visits"][:, None]
    plans = np.stack([YEAR["visits"], YEAR["visits"] * 1.1])[:, :, None] * np.ones(NODES.size)
    wide = {"elapsed": 1.0, "people_at_start": YEAR["people_at_start"][:, None], "visits.level": level}
    due = FloatingPoint(points={"visits": 1.0}, amount=330.0).due(wide | {"visits": plans})[..., 0]
    assert_allclose(due[0], YEAR["visits"])
    more = YEAR["visits"] * 1.1
    assert_allclose(due[1], 330.0 * more / (330.0 + 0.1 * YEAR["visits"]))


def test_a_tournament_pays_the_best_share_by_rank():
    assert_allclose(Tournament(indicator="quality", per_head=2.0, top=0.34).due(YEAR), [0.0, 400.0, 0.0])
    assert_allclose(Tournament(indicator="quality", per_head=2.0, top=0.67).due(YEAR), [0.0, 400.0, 1400.0])
    assert_allclose(Tournament(indicator="quality", per_head=2.0, top=0.3, best="low").due(YEAR), [200.0, 0.0, 0.0])
    crude = Tournament(indicator="quality", per_head=2.0, top=0.3, adjusted=False)
    assert_allclose(crude.due(YEAR), [200.0, 0.0, 0.0])


@pytest.mark.parametrize(("reach", "wins"), [(0.75, [False, False, False]), (0.95, [True, True, True])])
def test_in_plans_one_wins_by_passing_the_others_as_last_measured(reach, wins):
    wide = {"elapsed": 1.0, "people_at_start": YEAR["people_at_start"][:, None]}
    wide |= {"quality.level": YEAR["quality"][:, None], "quality": np.full((1, 3, NODES.size), reach)}
    due = Tournament(indicator="quality", per_head=1.0, top=0.34).due(wide)[0, :, 0]
    # the second holds the lead at 0.9 and needs to stay above 0.7; the others must pass 0.9
    assert (due > 0).tolist() == ([False, True, False] if reach == 0.75 else wins)


def test_best_practice_pays_per_case_for_the_share_that_qualifies():
    term = BestPractice(prices={"visits": 5.0}, indicator="quality", start=0.5, target=0.9, scale=2.0)
    assert_allclose(term.due(YEAR), [0.0, 1000.0, 750.0])


def test_a_penalty_takes_at_the_end_what_a_bonus_would_not_have_paid():
    fields = {"indicator": "quality", "start": 0.5, "target": 0.9, "per_head": 10.0}
    bonus, penalty = (Outcome(form=form, **fields).due(YEAR) for form in ("bonus", "penalty"))
    assert_allclose(bonus - penalty, 10.0 * YEAR["people_at_start"])
    assert_allclose(Outcome(form="penalty", **fields).due(YEAR | {"elapsed": 0.5}), 0.0)
    early = Outcome(form="penalty", **fields).due(YEAR | {"elapsed": 0.5, "closing": True})
    assert_allclose(early, penalty / 2)


def test_a_share_of_readmissions_is_not_paid():
    assert_allclose(Readmission(price=1000.0, unpaid=0.5).due({"readmissions": np.array([28.0])}), [-14000.0])


# at work ------------------------------------------------------------------------------------------------------------


def test_a_fixed_pot_pays_less_at_the_margin_than_fees_of_the_same_sum(anytown):
    practices = anytown.practices
    fees = Contract((Tariff(prices={"gp_consultations": 10.0}),))
    pot = float(fees.due(practices.expected()).sum())
    floating = Contract((FloatingPoint(points={"gp_consultations": 1.0}, amount=pot),))
    k = practices.LEVERS.index("appointments")
    part = practices.before["gp_consultations"] / practices.before["gp_consultations"].sum()
    ratio = practices.marginal_pay(floating)[:, k] / practices.marginal_pay(fees)[:, k]
    assert_allclose(ratio, 1.0 - part, rtol=0.03)


def test_a_rebased_benchmark_blunts_the_wish_to_save(anytown):
    practices = anytown.practices
    from fundingflows.agents import plans

    def gain(rebased):
        contract = Contract((GainShare(prices={"gp_referrals": 400.0}, up=1.0, down=1.0, rebased=rebased),))
        k = practices.LEVERS.index("referral")
        worth = lambda levers: plans.worth(levers, practices.forecast, contract, practices.motives)  # noqa: E731
        free = lambda levers: plans.worth(levers, practices.forecast, Contract(()), practices.motives)  # noqa: E731
        practices.look_back()
        one = np.ones_like(practices.levers)
        return (plans.slopes(one, worth) - plans.slopes(one, free))[:, k]

    standing, rebased = gain(False), gain(True)
    assert (standing < 0).all()
    assert (np.abs(rebased) < 0.5 * np.abs(standing)).all()


def test_a_prize_by_rank_raises_effort(anytown):
    practices = anytown.practices
    prize = Contract((*practices.contract, Tournament(indicator="recorded_quality", per_head=20.0, top=0.5)))
    practices.contract = prize
    practices.decide(1.0)
    assert practices.lever("recording").max() > 1.02
