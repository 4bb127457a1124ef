"""Terms after a quarter of the year, with ties, limits and defaults; three providers, every £ worked out by hand."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pkgutil import iter_modules

import numpy as np
import pytest
from fundingflows.model.contracts import terms as package
from fundingflows.model.contracts.contract import Contract, Neutral, closing, holders, payer_of, placed, together
from fundingflows.model.contracts.terms import terms
from fundingflows.model.contracts.terms.best_practice import BestPractice
from fundingflows.model.contracts.terms.blended import Blended
from fundingflows.model.contracts.terms.block import Block
from fundingflows.model.contracts.terms.capitation import Capitation
from fundingflows.model.contracts.terms.floating_point import FloatingPoint
from fundingflows.model.contracts.terms.gain_share import GainShare
from fundingflows.model.contracts.terms.outcome import Outcome
from fundingflows.model.contracts.terms.readmission import Readmission
from fundingflows.model.contracts.terms.tariff import Tariff
from fundingflows.model.contracts.terms.tournament import Tournament
from numpy.testing import assert_allclose

QUARTER = {
    "elapsed": 0.25,
    "people_at_start": np.array([100.0, 200.0, 700.0]),
    "share_at_start": np.array([0.1, 0.2, 0.7]),
    "discretionary": 0.4,
    "visits": np.array([40.0, 50.0, 4.0]),
    "visits.before": np.array([100.0, 160.0, 40.0]),
    "visits.last": np.array([120.0, 160.0, 80.0]),
    "nights": np.array([6.0, 2.0, 1.0]),
    "nights.before": np.array([20.0, 16.0, 8.0]),
    "nights.last": np.array([24.0, 16.0, 4.0]),
    "quality": np.array([0.3, 0.8, 0.5]),
    "quality.crude": np.array([0.9, 0.4, 0.2]),
    "quality.lot": np.array([0.6, 0.6, 0.6]),
    "quality.crude.lot": np.array([0.7, 0.7, 0.7]),
    "quality.group": np.array([0.35, 0.35, 0.45]),
    "quality.crude.group": np.array([0.65, 0.65, 0.25]),
}
PRICES = {"visits": 10.0, "nights": 50.0}


# defaults -----------------------------------------------------------------------------------------------------------


def test_a_term_without_money_owes_nothing():
    quality = {"indicator": "quality"}
    for term in (Block(), Capitation(), Tariff(), FloatingPoint(points={"visits": 1.0}), GainShare(),
                 BestPractice(**quality), Outcome(**quality), Tournament(**quality)):  # fmt: skip
        flat = QUARTER | {"people_flat": QUARTER["people_at_start"]}
        assert np.all(term.due(flat) == 0.0), term.term


def test_a_term_cannot_be_changed_and_names_itself():
    for name, term in terms().items():
        assert (term().name, term().payer, term.term) == (name, "commissioner", name)
        with pytest.raises(FrozenInstanceError):
            term().name = "other"
    with pytest.raises(FrozenInstanceError):
        Contract().terms = ()
    with pytest.raises(FrozenInstanceError):
        Neutral("usual").times = 2.0
    assert (Neutral("usual").share, Neutral("usual").times) == (None, 1.0)


def test_only_classes_with_a_term_of_their_own_are_terms():
    assert all(isinstance(term, type) and term.term == name for name, term in terms().items())
    assert set(terms()) == {file.name for file in iter_modules(package.__path__)}  # a file each, of the term's name


def test_who_depends_on_others_and_who_may_hold_a_term():
    assert {name for name, term in terms().items() if getattr(term, "collective", False)} == {
        "floating_point", "outlier_pool", "tournament",
    }  # fmt: skip
    assert Readmission.kinds == ("hospital",)


def test_a_term_pays_by_its_defaults():
    assert_allclose(BestPractice(prices=PRICES, indicator="quality").due(QUARTER), [210.0, 480.0, 45.0])
    # without limits: half of the saving on a quarter of last year's 2,000, 2,400 and 800; no part of an overspend
    assert_allclose(GainShare(prices=PRICES).due(QUARTER), [0.0, 0.0, 55.0])
    assert_allclose(Outcome(indicator="quality", per_head=8.0).due(QUARTER), [60.0, 320.0, 700.0])
    assert_allclose(Tournament(indicator="quality", per_head=8.0).due(QUARTER), [0.0, 400.0, 0.0])
    assert_allclose(Readmission().due({"readmissions": 7.0}), 0.0)
    assert_allclose(Readmission(price=1000.0).due({"readmissions": 7.0}), -0.30 * 1000 * 7)


# blocks, capitation, tariffs -----------------------------------------------------------------------------------------


def test_a_block_is_paid_evenly_over_the_year():
    assert_allclose(Block(per_head=3.0, amount=2000.0).due(QUARTER), [125.0, 250.0, 875.0])
    assert_allclose(Block(amount=2000.0).due(QUARTER), [50.0, 100.0, 350.0])
    assert_allclose(Block(per_head=3.0, discretionary=True).due(QUARTER), [30.0, 60.0, 210.0])


@pytest.mark.parametrize("weights", ["flat", "age_sex", "workload", "carr_hill_a", "carr_hill_b", "need"])
def test_capitation_pays_by_the_weights_that_it_names(weights):
    names = ("flat", "age_sex", "workload", "carr_hill_a", "carr_hill_b", "need")
    people = {f"people_{name}": np.array([10.0, 20.0]) * (k + 1) for k, name in enumerate(names)}
    rank = names.index(weights) + 1
    assert_allclose(Capitation(rate=2.5, weights=weights).due(people), [25.0 * rank, 50.0 * rank])
    assert Capitation().weights == "flat"


def test_a_price_may_follow_a_part_of_need():
    people = {"people_flat": np.array([10.0, 20.0]), "people_need": np.array([6.0, 28.0])}
    assert_allclose(Capitation(rate=2.0, weights="need", adjustment=1.0).due(people), [12.0, 56.0])
    assert_allclose(Capitation(rate=2.0, weights="need", adjustment=0.25).due(people), [18.0, 44.0])  # 10 - 1, 20 + 2
    assert_allclose(Capitation(rate=2.0, weights="need", adjustment=0.0).due(people), [20.0, 40.0])


def test_capitation_pays_no_less_than_its_floor_by_the_weights_of_the_floor():
    people = {"people_workload": np.array([10.0, 20.0]), "people_carr_hill_a": np.array([16.0, 12.0])}
    term = Capitation(rate=2.0, weights="workload", floor=1.5)
    assert_allclose(term.due(people), [24.0, 40.0])  # 1.5 × 16 where 2 × 10 is less
    assert_allclose(Capitation(rate=2.0, weights="workload").due(people), [20.0, 40.0])


def test_a_plain_tariff_needs_no_year_before():
    now = {name: QUARTER[name] for name in ("visits", "nights")}
    assert_allclose(Tariff(prices=PRICES).due(now), [700.0, 600.0, 90.0])


def test_a_marginal_rate_comes_before_cap_and_floor_and_the_scale_after():
    # a quarter of 0.8 of last year is 20, 32 and 8 visits, 4, 3.2 and 1.6 nights; half price beyond:
    # 30, 41 and 4 visits, 5, 2 and 1 nights, so £550, £510 and £90; last year at the full price: £500, £600, £200
    fields = {"prices": PRICES, "marginal_rate": 0.5, "baseline": 0.8}
    assert_allclose(Tariff(**fields).due(QUARTER), [550.0, 510.0, 90.0])
    assert_allclose(Tariff(**fields, cap=0.9).due(QUARTER), [450.0, 510.0, 90.0])
    assert_allclose(Tariff(**fields, floor=0.6).due(QUARTER), [550.0, 510.0, 120.0])
    assert_allclose(Tariff(**fields, cap=0.9, floor=0.6, scale=2.0).due(QUARTER), [900.0, 1020.0, 240.0])
    assert_allclose(Tariff(**fields, cap=0.0).due(QUARTER), 0.0)


def test_a_rebased_tariff_takes_line_cap_and_floor_from_the_year_just_gone():
    # a quarter of last year: 30, 40 and 20 visits, 6, 4 and 1 nights; £600, £600 and £250
    fields = {"prices": PRICES, "rebased": True}
    assert_allclose(Tariff(**fields, marginal_rate=0.0).due(QUARTER), [600.0, 500.0, 90.0])
    assert_allclose(Tariff(**fields, cap=0.5).due(QUARTER), [300.0, 300.0, 90.0])
    assert_allclose(Tariff(**fields, floor=0.8).due(QUARTER), [700.0, 600.0, 200.0])


def test_units_beyond_the_baseline_may_pay_more_than_the_price():
    term = Tariff(prices={"visits": 10.0}, marginal_rate=1.5)
    assert_allclose(term.due(QUARTER), [250.0 + 225.0, 400.0 + 150.0, 40.0])


# blended payment ---------------------------------------------------------------------------------------------------

# done: £700, £600 and £90; planned: a quarter of £2,000, £2,400 and £800, so 500, 600 and 200


def test_a_plan_is_paid_whatever_is_done_and_a_share_of_what_differs_from_it():
    assert_allclose(Blended(prices=PRICES).due(QUARTER), [500.0 + 0.2 * 200, 600.0, 200.0 - 0.2 * 110])
    uneven = Blended(prices=PRICES, up=0.5, down=0.7, scale=2.0)
    assert_allclose(uneven.due(QUARTER), [2 * (500.0 + 0.5 * 200), 1200.0, 2 * (200.0 - 0.7 * 110)])
    assert_allclose(Blended(prices=PRICES, up=0.0, down=0.0).due(QUARTER), [500.0, 600.0, 200.0])


def test_a_plan_may_be_above_last_year_and_from_the_year_just_gone():
    # 1.2 of the plan: 600, 720 and 240, missed by +100, -120 and -150
    assert_allclose(Blended(prices=PRICES, plan=1.2).due(QUARTER), [620.0, 696.0, 210.0])
    # a quarter of £2,400, £2,400 and £1,000, missed by +100, 0 and -160
    rebased = Blended(prices=PRICES, rebased=True)
    assert_allclose(rebased.due(QUARTER), [620.0, 600.0, 218.0])
    assert (rebased.depends_on_last_year, Blended().depends_on_last_year) == (True, False)


def test_within_the_tolerance_nothing_changes_and_beyond_it_only_the_rest_counts():
    # 50 and 20 of the 200 beyond and of the 110 short are free
    assert_allclose(Blended(prices=PRICES, tolerance=0.1).due(QUARTER), [500.0 + 0.2 * 150, 600.0, 200.0 - 0.2 * 90])
    assert_allclose(Blended(prices=PRICES, tolerance=0.6).due(QUARTER), [500.0, 600.0, 200.0])


def test_a_blended_payment_is_a_block_and_a_tariff_at_part_of_the_price_where_both_shares_are_alike():
    part = Tariff(prices=PRICES, scale=0.2).due(QUARTER)
    assert_allclose(Blended(prices=PRICES).due(QUARTER), 0.8 * np.array([500.0, 600.0, 200.0]) + part)


# gain shares ---------------------------------------------------------------------------------------------------------

SAVING = QUARTER | {"visits": np.array([10.0, 50.0, 10.0]), "nights": np.array([2.0, 2.0, 4.0])}
# £200, £600 and £300 against a quarter of 0.9 of £2,000, £2,400 and £800: saved 250, −60 and −120 of 450, 540 and 180


def test_gains_are_shared_beyond_the_corridor_and_up_to_the_cap():
    fields = {"prices": PRICES, "benchmark": 0.9, "up": 0.6, "down": 0.2}
    assert_allclose(GainShare(**fields).due(SAVING), [150.0, -12.0, -24.0])
    assert_allclose(GainShare(**fields, corridor=0.1).due(SAVING), [0.6 * 205, -0.2 * 6, -0.2 * 102])
    assert_allclose(GainShare(**fields, corridor=0.1, cap=0.1).due(SAVING), [45.0, -1.2, -18.0])
    assert_allclose(GainShare(**fields, cap=0.0).due(SAVING), 0.0)


def test_a_rebased_gain_share_counts_from_the_year_just_gone():
    # a quarter of £2,400, £2,400 and £1,000 is £600, £600 and £250
    assert_allclose(GainShare(prices=PRICES, up=0.5, down=0.2, rebased=True).due(SAVING), [200.0, 0.0, -10.0])


def test_which_contracts_depend_on_last_year():
    assert [GainShare(rebased=on).depends_on_last_year for on in (True, False)] == [True, False]
    assert [Tariff(rebased=on).depends_on_last_year for on in (True, False)] == [True, False]
    assert (GainShare().depends_on_last_year, Tariff().depends_on_last_year) == (False, False)
    assert Contract((Block(), Tariff(rebased=True))).depends_on_last_year
    assert not Contract((Block(), Tariff())).depends_on_last_year


# sums divided by points ----------------------------------------------------------------------------------------------


def test_a_quarter_of_a_fixed_sum_is_divided_by_points():
    # 40 + 4 × 6 = 64, 50 + 8 = 58 and 4 + 4 = 8 points of 130; a quarter of £5,200 is £10 a point
    term = FloatingPoint(points={"visits": 1.0, "nights": 4.0}, amount=5200.0)
    assert_allclose(term.due(QUARTER), [640.0, 580.0, 80.0])
    two = QUARTER | {"holders": np.array([True, False, True])}  # 72 points, £18 1/18 each
    assert_allclose(term.due(two)[[0, 2]], [1300.0 * 64 / 72, 1300.0 * 8 / 72])


def test_few_points_divide_the_whole_sum_and_none_leave_it_undivided():
    term = FloatingPoint(points={"visits": 1.0}, amount=100.0)
    assert_allclose(term.due(QUARTER | {"visits": np.array([0.2, 0.2, 0.1])}), [10.0, 10.0, 5.0])
    assert_allclose(term.due(QUARTER | {"visits": np.zeros(3)}), 0.0)


def test_in_plans_the_others_stay_at_their_level():
    level = np.array([[10.0], [20.0], [30.0]])
    own = np.array([[12.0], [25.0], [33.0]])
    plans = {"people_at_start": np.ones((3, 1)), "visits": own, "visits.level": level}
    assert_allclose(together(plans, "visits"), [[62.0], [65.0], [63.0]])
    plans["holders"] = np.array([[True], [True], [False]])
    assert_allclose(together(plans, "visits")[:2], [[32.0], [35.0]])
    assert_allclose(together({"people_at_start": np.ones(3), "visits": own[:, 0]}, "visits"), [70.0])
    many = {"people_at_start": np.ones(3), "visits": np.stack([own[:, 0], level[:, 0]])}
    assert_allclose(together(many, "visits"), [[70.0], [60.0]])  # futures (S, N) are added one by one


def test_everyone_holds_a_term_unless_it_says_otherwise():
    assert_allclose(holders({"people_at_start": np.ones(3)}), [1.0, 1.0, 1.0])
    assert_allclose(holders({"people_at_start": np.ones(2), "holders": np.array([True, False])}), [1.0, 0.0])


# tournaments ---------------------------------------------------------------------------------------------------------


def test_a_quarter_of_the_prize_goes_to_the_best():
    prize = {"indicator": "quality", "per_head": 8.0}
    assert_allclose(Tournament(**prize, top=0.6).due(QUARTER), [0.0, 400.0, 1400.0])
    assert_allclose(Tournament(**prize, top=0.6, best="low").due(QUARTER), [200.0, 0.0, 1400.0])
    assert_allclose(Tournament(**prize, top=0.1, adjusted=False).due(QUARTER), [200.0, 0.0, 0.0])


def rank(values, top, best="high", holding=None, level=None):
    """Winners among providers in a row or, in plans, in a column of one."""
    values = np.array(values) if level is None else np.array(values)[:, None]
    activity = {"people_at_start": np.ones(values.shape), "quality": values}
    if holding is not None:
        activity["holders"] = np.array(holding, dtype=bool).reshape(values.shape)
    if level is not None:
        activity["quality.level"] = np.array(level)[:, None]
    return placed(activity, "quality", top, best).ravel().tolist()


def test_the_number_of_winners_is_rounded_and_at_least_one():
    five = [0.1, 0.5, 0.4, 0.3, 0.2]
    assert rank(five, 0.05) == [0, 1, 0, 0, 0]
    assert rank(five, 0.25) == [0, 1, 0, 0, 0]
    assert rank(five, 0.35) == [0, 1, 1, 0, 0]
    assert rank(five, 0.8) == [0, 1, 1, 1, 1]
    assert rank(five, 1.0) == [1, 1, 1, 1, 1]


def test_a_quarter_of_the_providers_win_unless_the_file_says_otherwise():
    eight = {"elapsed": 1.0, "people_at_start": np.ones(8), "quality": np.arange(8.0)}
    assert_allclose(Tournament(indicator="quality", per_head=1.0).due(eight), [0, 0, 0, 0, 0, 0, 1, 1])


def test_who_ties_with_the_last_winner_wins_too():
    assert rank([0.9, 0.7, 0.7, 0.5], 0.5) == [1, 1, 1, 0]
    assert rank([0.9, 0.7, 0.7, 0.5], 0.5, "low") == [0, 1, 1, 1]


def test_those_outside_a_contract_do_not_compete():
    assert rank([0.6, 0.9, 0.5, 0.4], 0.34, holding=[1, 0, 1, 1])[0] == 1
    assert rank([0.6, 0.9, 0.5, 0.4], 0.34, holding=[1, 0, 1, 1])[2:] == [0, 0]
    # three hold it: a half of three is two, where a half of four would also be two, and of one, one
    assert rank([0.6, 0.9, 0.5, 0.4], 0.5, holding=[1, 0, 0, 0])[2:] == [0, 0]
    assert rank([0.6, 0.9, 0.5, 0.4], 1.0, holding=[1, 0, 1, 1])[2:] == [1, 1]


def test_in_plans_winners_must_stay_ahead_of_the_best_loser_and_the_others_pass_the_worst_winner():
    level = [0.9, 0.7, 0.6, 0.5]
    assert rank([0.61, 0.61, 0.61, 0.61], 0.5, level=level) == [1, 1, 0, 0]
    assert rank([0.6, 0.59, 0.7, 0.71], 0.5, level=level) == [0, 0, 0, 1]
    assert rank([0.5, 0.4, 0.89, 0.95], 0.25, level=level) == [0, 0, 0, 1]
    assert rank([0.95, 0.05, 0.05, 0.05], 1.0, level=level) == [1, 1, 1, 1]
    assert rank([0.69, 0.55, 0.71, 0.45], 0.25, "low", level=level) == [0, 0, 0, 1]
    assert rank([0.69, 0.49, 0.71, 0.65], 0.25, "low", level=level) == [0, 1, 0, 0]


def test_futures_are_ranked_one_by_one():
    futures = {"people_at_start": np.ones(3), "quality": np.array([[0.1, 0.3, 0.2]])}
    assert placed(futures, "quality", 0.67, "high").tolist() == [[0, 1, 1]]
    futures["quality"] = np.array([[0.1, 0.3, 0.2], [0.6, 0.5, 0.4]])
    assert placed(futures, "quality", 0.34, "high").tolist() == [[0, 1, 0], [1, 0, 0]]


def test_in_plans_a_prize_for_all_is_won_whatever_they_reach():
    assert rank([0.95, 0.05], 1.0, "low", level=[0.5, 0.6]) == [1, 1]


def test_in_plans_ties_are_lost():
    assert rank([0.71, 0.71, 0.7, 0.7], 0.5, level=[0.9, 0.7, 0.7, 0.5]) == [1, 1, 0, 0]


def test_in_plans_only_holders_are_to_beat():
    # two hold it, at 0.9 and 0.5: one wins; the first has to stay above 0.5, the last to pass 0.9
    won = rank([0.6, 0.1, 0.1, 0.8], 0.5, level=[0.9, 0.7, 0.6, 0.5], holding=[1, 0, 0, 1])
    assert (won[0], won[3]) == (1, 0)
    won = rank([0.5, 0.1, 0.1, 0.91], 0.5, level=[0.9, 0.7, 0.6, 0.5], holding=[1, 0, 0, 1])
    assert (won[0], won[3]) == (0, 1)


# results and quality -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shared", "adjusted", "expected"),
    [
        ("own", True, [0.3, 0.8, 0.5]), ("own", False, [0.9, 0.4, 0.2]),
        ("lot", True, [0.6, 0.6, 0.6]), ("lot", False, [0.7, 0.7, 0.7]),
        ("group", True, [0.35, 0.35, 0.45]), ("group", False, [0.65, 0.65, 0.25]),
    ],
)  # fmt: skip
def test_a_result_is_a_providers_own_or_that_of_its_lot_or_group(shared, adjusted, expected):
    term = Outcome(indicator="quality", per_head=8.0, shared=as_read(shared), adjusted=adjusted)
    assert_allclose(term.due(QUARTER), np.array([200.0, 400.0, 1400.0]) * expected)


def test_results_are_paid_in_proportion_between_start_and_target():
    term = Outcome(indicator="quality", per_head=8.0, start=0.4, target=0.6)
    assert_allclose(term.due(QUARTER), [0.0, 400.0, 700.0])
    less = Outcome(indicator="quality", per_head=8.0, start=0.7, target=0.3)
    assert_allclose(less.due(QUARTER), [200.0, 0.0, 700.0])


def test_what_is_withheld_or_taken_is_settled_when_the_year_closes():
    fields = {"indicator": "quality", "per_head": 8.0, "start": 0.4, "target": 0.6}
    withheld, penalty = Outcome(**fields, form="withheld"), Outcome(**fields, form="penalty")
    assert_allclose(withheld.due(QUARTER), [200.0, 400.0, 1400.0])
    assert_allclose(penalty.due(QUARTER), 0.0)
    early = QUARTER | {"closing": True}
    assert_allclose(withheld.due(early), [0.0, 400.0, 700.0])
    assert_allclose(penalty.due(early), [-200.0, 0.0, -700.0])


def test_a_year_closes_at_its_end_or_when_it_is_said_to():
    assert [closing({"elapsed": x}) for x in (0.5, 0.99, 1.0, 1.02)] == [False, False, True, True]
    assert [closing({"elapsed": np.array(x)}) for x in ([1.0, 0.5], [1.0, 1.0])] == [False, True]
    assert [closing({"elapsed": 1.0, "closing": False}), closing({"elapsed": 0.2, "closing": True})] == [False, True]


def test_terms_that_cannot_pay_in_proportion_are_refused():
    same = {"indicator": "quality", "start": 0.5, "target": 0.5}
    for term in (Outcome(**same), BestPractice(**same)):
        assert term.problem("practice") == "target: expected a value other than start (0.5)"
    for start, target in ((0.4, 0.5), (0.5, 0.4)):
        assert Outcome(start=start, target=target).problem("hospital") == ""
        assert BestPractice(start=start, target=target).problem("hospital") == ""
    for kind in ("hospital", "social_care"):
        assert "only practices" in Outcome(shared="group").problem(kind)
    assert Outcome(shared="group").problem("practice") == ""
    assert Outcome(shared="lot").problem("hospital") == ""


def test_best_practice_adds_activities_and_pays_for_the_share_that_qualifies():
    term = BestPractice(prices=PRICES, indicator="quality", start=0.4, target=0.6, scale=3.0)
    assert_allclose(term.due(QUARTER), [0.0, 1800.0, 135.0])


def test_readmissions_are_counted_and_some_are_not_paid():
    term = Readmission(price=200.0, unpaid=0.4)
    assert_allclose(term.due({"readmissions": np.array([0.0, 5.0])}), [0.0, -400.0])
    assert_allclose(Readmission(price=200.0).due({"readmissions": 10.0}), -600.0)  # 30 %


# contracts -----------------------------------------------------------------------------------------------------------


def test_a_contract_owes_the_sum_of_its_terms():
    assert_allclose(Contract((Block(per_head=4.0), Tariff(prices=PRICES))).due(QUARTER), [800.0, 800.0, 790.0])
    assert Contract().due(QUARTER) == 0.0
    assert [term.term for term in Contract((Block(), Tariff()))] == ["block", "tariff"]


@pytest.mark.parametrize(
    ("kind", "payer", "account"),
    [
        ("social_care", "commissioner", "council"), ("social_care", "pot", "pot"), ("social_care", "a_pot", "a_pot"),
        ("hospital", "commissioner", "commissioner"), ("practice", "nhs_england", "nhs_england"),
        ("a_kind", "commissioner", "commissioner"), ("task", "commissioner", "commissioner"),
    ],
)  # fmt: skip
def test_social_cares_commissioner_is_the_council(kind, payer, account):
    assert payer_of(as_read(kind), Block(payer=as_read(payer))) == account


def as_read(word):
    """A word as it comes from a file: equal to the one in the code, and not the same object."""
    return "".join(list(word))
