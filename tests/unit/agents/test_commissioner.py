"""Commissioners' cuts and what they give back, in pounds worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace as Some

import mesa
import numpy as np
import pytest
from fundingflows.agents.commissioner import Commissioner, Commissioners


@pytest.fixture
def commissioners():
    """Three commissioners with £1,000 a year each: £100 for community services, £20 at a practice's discretion."""
    balances = {"a": 0, "b": 0, "c": 0}
    ledger = Some(balance=lambda name: balances[name])
    rules = {"other_services": (1, 0.01, 0.9, 1.1), "community": (2, 0.05, 0.6, 1.1), "discretionary": (3, 0.5, 0, 1.2),
             "planned_care": (4, 0.1, 0.8, 1.2), "hospital_pay": (5, 0.02, 0.9, 1.0)}  # fmt: skip
    numbers = {
        f"squeeze_{what}_{item}": value
        for item, values in rules.items()
        for what, value in zip(("order", "limit", "least", "most"), values, strict=True)
    }
    blocks = dict.fromkeys(("block_mental_health", "block_ambulance", "block_other"), 0.0)
    parameters = Some(
        money=Some(
            deficit_tolerance=0.01,
            deficit_limit=10.0,
            directed_pace=2.0,
            surplus_limit=0.01,
            nhs_england_specialised=0.2,
            **numbers,
            **blocks,
        )
    )
    sites = [Some(id=name) for name in balances]
    cohort = Commissioners(Some(ledger=ledger), sites, np.full(3, 1.0 / 3.0), parameters)
    return cohort, balances


def planned(cohort):
    cohort.plan(np.full(3, 1000.0), {"community": np.full(3, 100.0), "discretionary": np.full(3, 20.0)})
    return cohort.community.tolist(), cohort.discretionary.tolist()


def test_a_deficit_is_cut_from_community_services_first_and_then_from_practices(commissioners):
    cohort, balances = commissioners
    balances |= {"a": -10_00, "b": -13_00, "c": -19_00}  # £0, £3 and £9 beyond the £10 that is tolerated
    community, discretionary = planned(cohort)
    assert cohort.deficit.tolist() == [10.0, 13.0, 19.0]
    assert community == pytest.approx([1.0, 0.97, 0.95])  # at most a twentieth a year
    assert discretionary == pytest.approx([1.0, 1.0, 0.8])  # the £4 left, of £20


def test_cuts_add_up_to_their_limits_and_floors(commissioners):
    cohort, balances = commissioners
    balances |= {"a": -1000_00, "b": -1000_00, "c": -1000_00}
    cohort.community[1] = 0.62
    assert planned(cohort) == (pytest.approx([0.95, 0.6, 0.95]), pytest.approx([0.5] * 3))
    assert planned(cohort)[1] == pytest.approx([0.0] * 3)


def test_who_is_covered_centrally_cuts_at_the_pace_of_directions(commissioners):
    cohort, balances = commissioners
    cohort.p.money.deficit_limit = 0.03
    balances |= {"a": -30_00, "b": -31_00, "c": -31_00}  # £30 may be carried over; c's rules let it cut no further
    cohort.community[2] = 0.6
    community, discretionary = planned(cohort)
    assert community == pytest.approx([0.95, 0.9, 0.6])
    assert discretionary == pytest.approx([0.5, 0.45, 0.0])  # of £20: £15 left of a's £20, £11 of b's £21


def test_a_surplus_gives_back_what_was_cut_and_no_more(commissioners):
    cohort, balances = commissioners
    balances |= {"a": 3_00, "b": 600_00, "c": -5_00}
    cohort.community[:], cohort.discretionary[:] = 0.9, 0.99
    community, discretionary = planned(cohort)
    # 20p to practices, cut last; the other £2.80 of a's £3 to community services; b's at most a twentieth a year
    assert community == pytest.approx([0.928, 0.95, 0.9])
    assert discretionary == pytest.approx([1.0, 1.0, 0.99])


def test_a_surplus_beyond_what_may_be_kept_buys_more_than_usual(commissioners):
    cohort, balances = commissioners
    balances |= {"a": 9_00, "b": 13_00, "c": 600_00}  # £0, £3 and £590 beyond the £10 that are kept
    assert planned(cohort) == (pytest.approx([1.0, 1.03, 1.05]), pytest.approx([1.0, 1.0, 1.2]))
    assert planned(cohort) == (pytest.approx([1.0, 1.06, 1.1]), pytest.approx([1.0, 1.0, 1.2]))
    assert planned(cohort)[0] == pytest.approx([1.0, 1.09, 1.1])
    balances |= {"b": -13_00}
    assert planned(cohort)[0][1] == pytest.approx(1.06)


HOSPITALS = Some(unit_cost=lambda name: 1.0, seen=lambda name: np.array([10.0, 5.0]))


def year(cohort, treasury, community=(0.0, 0.0, 0.0)):
    """Two hospitals with £40 and £20 of planned work a year and £100 and £50 of income, of the first commissioners.

    ``community``: £ that community services received.
    """
    cohort.observe_year(treasury, HOSPITALS, np.array([0, 1]), np.array([100.0, 50.0]), np.array(community))


def test_savings_set_aside_are_spent_in_the_next_year_and_not_twice(commissioners):
    cohort, balances = commissioners
    balances |= {"a": 15_00}
    cohort.set_aside(10.0)
    cohort.set_aside(5.0)
    assert planned(cohort) == ([1.0] * 3, [1.0] * 3)
    assert (cohort.extra.tolist(), cohort.saved.tolist()) == ([15.0, 0.0, 0.0], [0.0] * 3)
    assert cohort.deficit.tolist() == [0.0, 0.0, 0.0]  # £15 on the account, all of it spoken for
    planned(cohort)
    assert cohort.extra.tolist() == [0.0] * 3


def test_the_years_plan_divides_allocations_by_people(commissioners):
    cohort, balances = commissioners
    cohort.part = np.array([0.5, 0.25, 0.25])
    cohort.p.money.income_local_enhanced = 0.1
    balances |= {"a": -13_00, "b": -13_00}
    cohort.set_aside(11.0)
    treasury = Some(people=100.0, growth=1.1, allocations=lambda: {"commissioner": 1000.0})
    year(cohort, treasury, (110.0, 55.0, 55.0))
    # a: £24 less 1 % of £500 is £19 over, of £110 at most £5.50; b: £13 less £2.50 is £10.50, of £55 at most £2.75
    assert cohort.community == pytest.approx([0.95, 0.95, 1.0])
    assert cohort.extra.tolist() == [11.0, 0.0, 0.0]
    # of the £13.50 and £7.75 left, half of £5 and £2.50 from practices, a tenth of planned work, then hospitals' pay
    assert cohort.discretionary == pytest.approx([0.5, 0.5, 1.0])
    assert cohort.planned_care == pytest.approx([0.9, 0.9, 1.0])
    assert cohort.hospital_pay == pytest.approx([0.98, 0.98, 1.0])


def test_a_small_cut_of_hospitals_pay_is_of_what_is_not_specialised(commissioners):
    cohort, balances = commissioners
    cohort.p.money.income_local_enhanced = 0.0
    balances |= {"a": -15_00}
    allocation = {"commissioner": 3000.0}
    year(cohort, Some(people=300.0, growth=1.0, allocations=lambda: allocation))
    # £5 over: £4 of planned work, and of £100 less £0.20 for each of 100 people £1
    assert cohort.planned_care == pytest.approx([0.9, 1.0, 1.0])
    assert cohort.hospital_pay == pytest.approx([1.0 - 1.0 / 80.0, 1.0, 1.0])


def test_cuts_below_a_pound_are_of_a_pound(commissioners):
    cohort, balances = commissioners
    balances |= {"a": -4, "b": -9_04, "c": 3}  # 4p over; £9.04 over; 3p of surplus
    little = np.array([0.8, 0.8, 0.5])
    cohort.community[2], cohort.discretionary[2] = 0.9, 0.9
    money = {"community": little, "discretionary": np.array([20.0, 0.5, 0.25])}
    cohort.plan(np.array([0.0, 900.0, 1000.0]), money)
    # a cuts 4p of at least £1; b owes 4p beyond the £9 it is allowed: 4p of £1, of which 80p bring 3.2p, and 0.8p more
    # c's 3p are 3 % of at least £1 for practices, of which 25p bring 0.75p, and 2.25 % for community services
    assert cohort.community == pytest.approx([0.96, 0.96, 0.9225])
    assert cohort.discretionary == pytest.approx([1.0 - 0.008 / 20, 1.0 - 0.008, 0.93])


def test_a_surplus_returns_money_to_both_at_their_own_pace(commissioners):
    cohort, balances = commissioners
    cohort.p.money.squeeze_limit_discretionary = 0.02
    balances |= {"a": 60_00, "b": 2_40, "c": 60_00}
    cohort.community[:], cohort.discretionary[:] = [0.5, 0.5, 0.98], [0.5, 0.5, 0.99]
    # more than a year's pace; of £2.40 40p are practices' pace, and £2 of £100 a fiftieth
    assert planned(cohort) == (pytest.approx([0.55, 0.52, 1.0]), pytest.approx([0.52, 0.52, 1.0]))


def test_a_deficit_at_the_tolerance_is_neither_cut_nor_given_back(commissioners):
    cohort, balances = commissioners
    balances |= {"a": -10_00, "b": 0, "c": -10_01}
    cohort.community[:] = cohort.discretionary[:] = 0.8
    community, discretionary = planned(cohort)
    assert community == pytest.approx([0.8, 0.8, 0.7999])
    assert discretionary == pytest.approx([0.8] * 3)


def test_the_usual_money_of_community_services_is_what_they_would_be_paid_without_a_cut_or_savings(commissioners):
    cohort, balances = commissioners
    cohort.p.money.income_local_enhanced = 0.0
    cohort.community[0], cohort.extra = 0.8, np.array([10.0, 0.0, 0.0])
    balances |= {"a": -12_00 - 3_00 / 3}  # £10 spent on savings, and of £333 a tolerance of £3.33
    treasury = Some(people=100.0, growth=1.0, allocations=lambda: {"commissioner": 1000.0})
    year(cohort, treasury, (90.0, 0.0, 0.0))
    # £80 of £100 was paid by the contract: £9.67 over are 9.67 % of it, and no more than 5 % can be cut in a year
    assert cohort.community == pytest.approx([0.75, 1.0, 1.0])
    assert cohort.extra.tolist() == [0.0] * 3


@pytest.fixture
def place():
    """A place with 600 people in three practices, the first of the north and the others of the south."""
    sites = [Some(id="north", name="NHS North"), Some(id="south", name="NHS South")]
    people = np.array([[[100.0, 50.0]], [[200.0, 100.0]], [[100.0, 50.0]]])
    return Some(file=Some(commissioners=sites), commissioner=np.array([0, 1, 1]), people=people, registered=600.0)


def opened(place):
    model = mesa.Model()
    model.place, model.parameters = place, "parameters"
    model.ledger = Some(balance=lambda name: {"north": 5_00, "south": -7_00, "commissioner": 1}[name])
    return model, Commissioners.open(model)


def test_commissioners_divide_allocations_by_their_people(place):
    model, cohort = opened(place)
    assert (len(cohort), cohort.names) == (2, ["north", "south"])
    assert cohort.part.tolist() == [0.25, 0.75]
    assert cohort.balance == -2_00
    assert [a.name for a in model.agents_by_type[Commissioner]] == ["NHS North", "NHS South"]
    south = model.agents_by_type[Commissioner][1]
    assert (south.code, south.balance, south.community, south.discretionary) == ("south", -7_00, 1.0, 1.0)
    cohort.community[1], cohort.discretionary[1] = 0.9, 0.8
    assert (south.community, south.discretionary) == (0.9, 0.8)
    assert [cohort.deficit.tolist(), cohort.saved.tolist(), cohort.extra.tolist()] == [[0.0, 0.0]] * 3


def test_a_place_of_one_commissioner_calls_it_that(place):
    place.file.commissioners = place.file.commissioners[:1]
    place.commissioner = np.zeros(3, dtype=int)
    _, cohort = opened(place)
    assert (cohort.names, cohort.part.tolist(), cohort.balance) == (["commissioner"], [1.0], 1)
    cohort.use("others")
    assert cohort.p == "others"


def test_a_commissioner_without_practices_has_no_part(place):
    place.commissioner = np.zeros(3, dtype=int)
    _, cohort = opened(place)
    assert cohort.part.tolist() == [1.0, 0.0]


def test_the_tolerance_and_both_cuts_go_with_each_ones_part(commissioners):
    cohort, balances = commissioners
    cohort.part = np.array([0.5, 0.25, 0.25])
    cohort.p.money.income_local_enhanced = 0.1
    balances |= {"a": -7_00, "b": -3_50, "c": -6_50}
    treasury = Some(people=100.0, growth=1.1, allocations=lambda: {"commissioner": 1000.0})
    # £5 and £2.50 are tolerated: £2 of £110; £1 of £55; £4, of which £2.75 of £55 and £1.25 of £2.50, a half
    year(cohort, treasury, (110.0, 55.0, 55.0))
    assert cohort.community == pytest.approx([1 - 2 / 110, 1 - 1 / 55, 0.95])
    assert cohort.discretionary == pytest.approx([1.0, 1.0, 0.5])
    balances |= {"c": -5_65}  # £3.15: £2.75 and 40p, of £2.50
    cohort.discretionary[:] = cohort.community[:] = 1.0
    year(cohort, treasury, (110.0, 55.0, 55.0))
    assert cohort.discretionary == pytest.approx([1.0, 1.0, 1 - 0.4 / 2.5])


def test_of_a_surplus_no_more_than_the_tolerance_comes_back_in_a_year(commissioners):
    cohort, balances = commissioners
    balances |= {"a": 600_00, "b": 10_00, "c": 6_00}
    cohort.discretionary[:], cohort.community[:] = 0.2, 0.5
    # £10, £10 and £6 of £20 for practices; nothing is left for community services
    assert planned(cohort) == (pytest.approx([0.5] * 3), pytest.approx([0.7, 0.7, 0.5]))
