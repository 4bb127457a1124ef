"""Pools of a place of two hospitals, two practices and one council; every £ and every odd penny worked out by hand."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from types import SimpleNamespace

import numpy as np
import pytest
from fundingflows.agents.plans import NODES
from fundingflows.model.contracts.contract import Contract
from fundingflows.model.contracts.holding import Holding, Holdings
from fundingflows.model.contracts.pools.pool import Pool
from fundingflows.model.contracts.pools.pools import Pools
from fundingflows.model.contracts.pools.share import PooledContract, PoolShare, extra_spending, paid_from
from fundingflows.model.contracts.terms.block import Block
from fundingflows.model.contracts.terms.tariff import Tariff
from fundingflows.model.errors import InputError
from fundingflows.model.money.ledger import Ledger
from numpy.testing import assert_allclose


class Cohort:
    """Providers of a kind and the people they serve."""

    def __init__(self, kind, names, people):
        self.kind, self.names, self.usual_people = kind, names, np.array(people)

    def __len__(self):
        return len(self.names)

    def contract_facts(self):
        people = self.usual_people
        return {"people_at_start": people, "share_at_start": people / people.sum()}

    def expected(self):
        return {**self.contract_facts(), "elapsed": 1.0, "visits": self.usual_people / 10.0}


#: £10 a head to hospitals (3,000 and 1,000), £5 a head to practices from NHS England (500 and 1,500), £2,000 for care
USUAL = {
    "hospital": Contract((Block(per_head=10.0),)),
    "practice": Contract((Block(per_head=5.0, payer="nhs_england"),)),
    "social_care": Contract((Block(amount=2000.0),)),
}
PAYERS = ("commissioner", "nhs_england", "council")


class Holders(list):
    """Commissioners, and what they set aside."""

    saved = 0.0
    hospital_pay = np.ones(1)

    def set_aside(self, pounds):
        self.saved += pounds


def made(*pools, commissioners=("commissioner",), growth=1.0, error=0.0):
    """The pools of the place, in week 0 with empty accounts."""
    cohorts = (
        Cohort("hospital", ["h1", "h2"], [300.0, 100.0]),
        Cohort("practice", ["p1", "p2"], [100.0, 300.0]),
        Cohort("social_care", ["c"], [400.0]),
    )
    ledger = Ledger([*PAYERS, *(n for c in cohorts for n in c.names), *(p.name for p in pools), "outside"])

    def pay_rows(payer, kind, rows, amount, purpose):
        names = next(c.names for c in cohorts if c.kind == kind)
        ledger.pay(payer, [names[r] for r in rows], amount, purpose)

    model = SimpleNamespace(
        place=SimpleNamespace(id="town"), commissioners=Holders(commissioners), cohorts=cohorts, hospitals=cohorts[0],
        ledger=ledger, payments=SimpleNamespace(pay_rows=pay_rows, council_pay=np.ones(1), nhs_england_pay=1.0),
        treasury=SimpleNamespace(growth=growth), week=0,
        social_care=SimpleNamespace(part=np.ones(1)), held_links=frozenset(),
        parameters=SimpleNamespace(
            behaviour=SimpleNamespace(forecast_error=error), money=SimpleNamespace(subcontract_least=0.6)
        ),
    )  # fmt: skip
    return Pools(model, pools, {"usual": SimpleNamespace(contracts=USUAL)})


def held(term, rows):
    rows = np.array(rows, dtype=bool)
    return Holding(0, term, rows, np.ones(rows.size, dtype=bool))


NOBODY = {"hospital": [], "practice": [], "social_care": []}
FROM_POT = Block(name="pooled", payer="pot", per_head=8.0)
#: the pool pays the first hospital and the council; the commissioner still pays hospitals £2 a head
SOME = {
    "hospital": [held(Block(per_head=2.0), [True, True]), held(FROM_POT, [True, False])],
    "practice": [],
    "social_care": [held(FROM_POT, [True])],
}
ALL = {kind: [held(FROM_POT, [True] * n)] for kind, n in (("hospital", 2), ("practice", 2), ("social_care", 1))}


def balances(pools):
    return {name: pence for name, pence in pools.model.ledger.balances().items() if pence}


# budgets ------------------------------------------------------------------------------------------------------------


def test_a_budget_is_what_payers_would_have_paid_less_what_they_still_pay():
    pools = made(Pool("pot"))
    pools.open_and_close(0, SOME)
    assert pools.budget["pot"] == {"commissioner": 3000.0 - 600.0, "nhs_england": 0.0, "council": 2000.0}
    assert pools.yearly(pools.pools[0]) == 4400.0
    pools.open_and_close(0, ALL)
    assert pools.budget["pot"] == {"commissioner": 4000.0, "nhs_england": 2000.0, "council": 2000.0}


def test_a_payer_that_still_pays_more_than_before_owes_the_pool_nothing():
    pools = made(Pool("pot"))
    more = [held(Block(per_head=15.0), [True, True]), held(FROM_POT, [True, False])]
    pools.open_and_close(0, SOME | {"hospital": more})
    assert pools.budget["pot"] == {"commissioner": 0.0, "nhs_england": 0.0, "council": 2000.0}


def test_a_pool_opens_when_it_pays_someone_and_is_wound_up_when_it_pays_nobody():
    pools = made(Pool("pot"), Pool("other"))
    pools.open_and_close(4, NOBODY)
    assert (pools.budget, pools.filled, pools.first_week) == ({"pot": {}, "other": {}}, {}, {})
    pools.open_and_close(8, SOME)
    assert (pools.filled, pools.first_week) == ({"pot": 8}, {"pot": 8})
    pools.open_and_close(21, ALL)  # what SOME brings is filled to this week: a quarter of a year
    assert (pools.filled, pools.first_week) == ({"pot": 21}, {"pot": 8})
    assert balances(pools) == {"commissioner": -60000, "council": -50000, "pot": 110000}
    pools.open_and_close(21, NOBODY)
    assert (pools.budget["pot"], pools.filled, pools.paid_in["pot"]) == ({}, {}, {})
    assert balances(pools) == {}
    assert pools.surplus == {"pot": 1100.0, "other": 0.0}


def test_a_pool_needs_one_commissioner():
    with pytest.raises(InputError, match=r"town: pool 'pot': .* has 2"):
        made(Pool("pot"), commissioners=("a", "b"))
    assert made(commissioners=("a", "b")).pools == ()


def test_a_pool_is_filled_for_the_weeks_gone_once():
    pools = made(Pool("pot"), growth=1.5)
    pools.open_and_close(0, SOME)
    pools.pay(13)
    assert balances(pools) == {"commissioner": -90000, "council": -75000, "pot": 165000}
    for week in (13, 12, 0):  # no week is paid for twice
        pools.pay(week)
    assert pools.paid_in["pot"] == {"commissioner": 90000, "nhs_england": 0, "council": 75000}
    pools.pay(26)
    assert pools.model.ledger.balance("pot") == 330000
    assert pools.paid_in["pot"] == {"commissioner": 180000, "nhs_england": 0, "council": 150000}
    assert pools.model.ledger.flows(purpose="pooled budget").pence.sum() == 330000


def test_a_pool_that_is_not_open_is_not_filled():
    pools = made(Pool("shut"), Pool("pot"))
    pools.open_and_close(0, SOME)
    pools.pay(13)
    assert pools.model.ledger.balance("shut") == 0
    assert pools.model.ledger.balance("pot") == 110000


@pytest.mark.parametrize(
    ("week", "level"), [(0, 1.8), (9, 1.8), (61, 1.8), (62, 1.62), (113, 1.62), (114, 1.62), (10, 1.8)]
)
def test_savings_count_from_the_week_in_which_the_pool_opened(week, level):
    pools = made(Pool("pot", savings=0.1, savings_years=2), growth=2.0)
    pools.first_week["pot"] = 9
    pools.budget["pot"] = {"commissioner": 100.0, "council": 50.0}
    pools.model.week = week
    assert pools.yearly(pools.pools[0]) == pytest.approx(150.0 * level)


def test_a_pool_that_has_not_opened_counts_its_years_from_the_start():
    pools = made(Pool("pot", savings=0.1))
    pools.budget["pot"] = {"commissioner": 100.0}
    for pools.model.week, pounds in ((52, 90.0), (53, 81.0)):
        assert pools.yearly(pools.pools[0]) == pytest.approx(pounds)


def test_savings_add_up_year_by_year_while_they_last():
    endless, two = Pool("pot", savings=0.1), Pool("pot", savings=0.1, savings_years=2)
    assert [endless.savings_factor(year) for year in (1, 2, 3)] == pytest.approx([0.9, 0.81, 0.729])
    assert [two.savings_factor(year) for year in (1, 2, 3)] == pytest.approx([0.9, 0.81, 0.81])
    assert Pool("pot").savings_factor(3) == 1.0


@pytest.mark.parametrize(("lead", "name"), [(None, "h1"), ("h2", "h2")])
def test_a_lead_hospital_takes_its_margin_first(lead, name):
    pools = made(Pool("pot", holder="lead", lead=lead, margin=0.05))
    pools.open_and_close(0, SOME)
    pools.pay(13)  # a quarter of £4,400, and 5 % of it
    assert balances(pools) == {"commissioner": -60000, "council": -50000, "pot": 104500, name: 5500}


@pytest.mark.parametrize("pool", [Pool("pot", holder="lead"), Pool("pot", holder="alliance", margin=0.05)])
def test_only_a_lead_has_a_margin(pool):
    pools = made(pool)
    pools.open_and_close(0, SOME)
    pools.pay(13)
    assert pools.model.ledger.balance("pot") == 110000
    assert not (pools.model.ledger.flows().purpose == "margin of the lead provider").any()


def shared_out(margin, held=ALL, **options):
    pools = made(Pool("pot", holder="lead", margin=margin), **options)
    pools.open_and_close(0, held)
    return pools


#: the pool pays everyone £6 a head: £7,200, of a budget of £8,000
LESS = {kind: [held(Block(name="pooled", payer="pot", per_head=6.0), [True] * n)]
        for kind, n in (("hospital", 2), ("practice", 2), ("social_care", 1))}  # fmt: skip


def test_a_leads_margin_is_cut_from_its_subcontractors():
    # of £8,000 £7,200 are owed: £1,800 to the lead, £5,400 to others; a margin of £1,200 leaves £400 too little
    pools = shared_out(0.15, LESS)
    cut = 1.0 - 400.0 / 5400.0
    assert_allclose(pools.affordable("pot", "hospital"), [1.0, cut])
    assert_allclose(pools.affordable("pot", "practice"), [cut, cut])
    assert_allclose(pools.affordable("pot", "social_care"), [cut])
    assert pools.affordable("commissioner", "hospital") == pools.affordable("tin", "practice") == 1.0


@pytest.mark.parametrize(
    ("margin", "share"), [(0.0, 1.0), (0.1, 1.0), (0.15, 1 - 400 / 5400), (0.2, 1 - 800 / 5400), (0.9, 0.6)]
)
def test_others_get_less_the_larger_the_margin_down_to_a_floor(margin, share):
    assert_allclose(shared_out(margin, LESS).affordable("pot", "social_care"), share)


def test_only_the_margin_is_cut_from_others_and_other_losses_fall_on_the_lead():
    # £9,600 are owed of £8,000: of the £2,400 that a margin of £800 leaves lacking, others bear £800 of their £7,200
    assert_allclose(shared_out(0.1).affordable("pot", "practice"), [1.0 - 800.0 / 7200.0] * 2)
    assert shared_out(0.0).affordable("pot", "practice") == 1.0


def test_what_a_margin_leaves_lacking_is_found_anew_each_year():
    pools = shared_out(0.15, LESS)
    pools.model.treasury.growth = 1.1  # £8,800, of which £1,320 are margin: enough
    pools.settle(LESS)
    assert_allclose(pools.affordable("pot", "practice"), [1.0, 1.0])


def test_payers_short_of_money_fill_pools_in_part():
    pools = made(Pool("pot"))
    pools.model.commissioners.hospital_pay = np.array([0.9])
    pools.model.payments.council_pay = np.array([0.5])
    pools.model.payments.nhs_england_pay = 0.8
    pools.open_and_close(0, ALL)
    pools.pay(13)
    assert balances(pools) == {"commissioner": -900_00, "nhs_england": -400_00, "council": -250_00, "pot": 1550_00}


# results -------------------------------------------------------------------------------------------------------------


def settled(pool, pence, held=SOME, paid_in=None):
    """Balances after a pool with this much on its account has been settled."""
    pools = made(pool)
    pools.filled["pot"] = 52
    pools.paid_in["pot"] = dict(paid_in or {"commissioner": 60000, "nhs_england": 0, "council": 40000})
    pools.model.ledger.pay("outside", "pot", pence, "test")
    pools.settle(held)
    assert pools.surplus["pot"] == pence / 100.0
    assert pools.paid_in["pot"] == {}
    found = balances(pools)
    assert found.pop("outside", 0) == -pence
    return found, pools.model.commissioners.saved


ALLIANCE = {"holder": "alliance", "members": {"hospital": 0.6, "social_care": 0.4}}


def test_a_surplus_goes_to_the_holder_then_to_services_and_the_rest_to_payers():
    # of £100 the alliance gets £50, 60 % and 40 %; of the other £50 £20 is spent on services; £30 goes back 60 to 40
    found, saved = settled(Pool("pot", **ALLIANCE, gain=0.5, loss=0.25, reinvest=0.4), 10000)
    assert found == {"h1": 3000, "c": 2000, "commissioner": 2000 + 1800, "council": 1200}
    assert saved == 20.0


def test_of_a_deficit_an_alliance_makes_good_its_share_and_nothing_is_reinvested():
    # of £100 that lack the alliance brings £25; the payers the other £75, 60 to 40
    found, saved = settled(Pool("pot", **ALLIANCE, gain=0.5, loss=0.25, reinvest=0.6), -10000)
    assert found == {"h1": -1500, "c": -1000, "commissioner": -4500, "council": -3000}
    assert saved == 0.0


def test_the_cap_is_a_share_of_what_was_paid_in():
    # 2 % of £1,000 is £20
    found, _ = settled(Pool("pot", **ALLIANCE, gain=0.5, loss=0.25, cap=0.02), 10000)
    assert found == {"h1": 1200, "c": 800, "commissioner": 4800, "council": 3200}
    found, _ = settled(Pool("pot", **ALLIANCE, gain=0.5, loss=0.25, cap=0.02), -10000)
    assert found == {"h1": -1200, "c": -800, "commissioner": -4800, "council": -3200}
    # 2 % of £1,000.50 is £20.01, in pence 1200.6 and 800.4
    found, _ = settled(Pool("pot", **ALLIANCE, cap=0.02), 10000, paid_in={"commissioner": 60050, "council": 40000})
    assert (found["h1"], found["c"]) == (1201, 800)


def test_the_holder_bears_all_of_a_result_unless_the_file_says_otherwise():
    assert settled(Pool("pot", **ALLIANCE), 10000)[0] == {"h1": 6000, "c": 4000}
    assert settled(Pool("pot", **ALLIANCE), -10000)[0] == {"h1": -6000, "c": -4000}


@pytest.mark.parametrize(
    ("pence", "commissioner", "council"), [(1, 1, 0), (2, 1, 1), (5, 3, 2), (7, 4, 3), (-7, -4, -3), (101, 61, 40)]
)
def test_the_first_payer_takes_the_odd_penny(pence, commissioner, council):
    found, _ = settled(Pool("pot"), pence)
    assert (found.get("commissioner", 0), found.get("council", 0)) == (commissioner, council)


def test_three_payers_share_a_pound_to_the_penny():
    thirds = dict.fromkeys(PAYERS, 500)
    assert settled(Pool("pot"), 100, paid_in=thirds)[0] == {"commissioner": 34, "nhs_england": 33, "council": 33}
    assert settled(Pool("pot"), 200, paid_in=thirds)[0] == {"commissioner": 66, "nhs_england": 67, "council": 67}
    later = {"commissioner": 0, "nhs_england": 1, "council": 1}
    assert settled(Pool("pot"), 3, paid_in=later)[0] == {"nhs_england": 1, "council": 2}


def test_what_nobody_paid_in_is_the_commissioners():
    assert settled(Pool("pot"), 77, paid_in={"commissioner": 0, "council": 0})[0] == {"commissioner": 77}
    one = made(Pool("pot"))
    one.filled["pot"] = 0
    one.model.ledger.pay("outside", "pot", 9, "test")
    one.settle(NOBODY)
    assert balances(one) == {"outside": -9, "commissioner": 9}


def test_reinvested_pence_are_rounded_before_the_rest_goes_back():
    found, saved = settled(Pool("pot", reinvest=0.25), 1001)  # £2.50 and, of £7.51, £3.00 for the council
    assert found == {"commissioner": 1001 - 300, "council": 300}
    assert saved == 2.5


def test_a_pool_that_is_not_open_is_not_settled():
    pools = made(Pool("shut"), Pool("pot"))
    pools.filled["pot"] = 52
    for name in ("shut", "pot"):
        pools.model.ledger.pay("outside", name, 10, "test")
    pools.settle(NOBODY)
    assert balances(pools) == {"outside": -20, "shut": 10, "commissioner": 10}


def test_a_pool_and_a_share_in_it_cannot_be_changed():
    pool = Pool("pot")
    with pytest.raises(FrozenInstanceError):
        pool.gain = 0.5
    with pytest.raises(FrozenInstanceError):
        PoolShare(pool, np.ones(1), 0.0, 0.0, 0.0).surplus = 1.0


def test_part_of_a_result_falls_to_each_holder():
    assert_allclose(Pool("pot").holder_result([50.0, -50.0], 1000.0), [50.0, -50.0])
    assert_allclose(Pool("pot", gain=0.4, loss=0.3).holder_result([50.0, -50.0], 1000.0), [20.0, -15.0])
    assert_allclose(Pool("pot", cap=0.02).holder_result([50.0, -50.0, 5.0], 1000.0), [20.0, -20.0, 5.0])
    assert_allclose(Pool("pot", cap=0.0).holder_result([50.0, -50.0], 1000.0), [0.0, 0.0])


# who bears them ------------------------------------------------------------------------------------------------------


def weights(pool, held):
    pools = made(pool)
    return [pools.weights(pool, cohort, held[cohort.kind]).tolist() for cohort in pools.model.cohorts]


def test_members_share_by_people_among_those_whom_the_pool_pays():
    alliance = Pool("pot", holder="alliance", members={"hospital": 0.6, "practice": 0.3})
    assert weights(alliance, ALL) == [pytest.approx([0.45, 0.15]), pytest.approx([0.075, 0.225]), [0.0]]
    assert weights(alliance, SOME) == [pytest.approx([0.6, 0.0]), [0.0, 0.0], [0.0]]
    each = SOME | {"hospital": [held(FROM_POT, [True, False]), held(FROM_POT, [False, True])]}
    assert weights(alliance, each)[0] == pytest.approx([0.45, 0.15])


def test_a_federation_is_the_practices_and_a_lead_the_hospital():
    assert weights(Pool("pot", holder="federation"), ALL) == [[0.0, 0.0], pytest.approx([0.25, 0.75]), [0.0]]
    assert weights(Pool("pot", holder="lead"), SOME) == [[1.0, 0.0], [0.0, 0.0], [0.0]]
    assert weights(Pool("pot", holder="lead", lead="h2"), SOME) == [[0.0, 1.0], [0.0, 0.0], [0.0]]
    assert weights(Pool("pot"), ALL) == [[0.0, 0.0], [0.0, 0.0], [0.0]]


# what plans and incentives see ---------------------------------------------------------------------------------------


def share(pool, surplus, error=0.0, **options):
    pools = made(pool, error=error, **options)
    pools.surplus["pot"] = surplus
    return pools.marginal_share(pool, SOME)


def test_one_more_pound_of_surplus_counts_by_gain_or_loss():
    pool = Pool("pot", **ALLIANCE, gain=0.5, loss=0.3)
    assert share(pool, 100.0) == pytest.approx(0.5)
    assert share(pool, -100.0) == pytest.approx(0.3)
    assert share(pool, 0.0) == pytest.approx(0.4)
    assert share(pool, 0.0, error=0.1) == pytest.approx(0.4)
    # one step of £4.40 up and one down, from £2.20: gain on £6.60 and loss on £2.20
    assert share(pool, 2.2) == pytest.approx((0.5 * 6.6 + 0.3 * 2.2) / 8.8)
    # allocations of half as much halve the step
    assert share(pool, 1.1, growth=0.5) == pytest.approx((0.5 * 3.3 + 0.3 * 1.1) / 4.4)
    # savings of nine tenths leave £440 a year: the step is then £1
    less = Pool("pot", **ALLIANCE, gain=0.5, loss=0.3, savings=0.9)
    assert share(less, 0.5) == pytest.approx((0.5 * 1.5 + 0.3 * 0.5) / 2.0)


def test_forecast_errors_blur_the_line_between_surplus_and_deficit():
    # errors of 1.3556 and 2.8570 standard deviations of £440 weigh 0.2221 and 0.0113 on either side; only the largest
    # of them turns a surplus of £660 into a deficit; allocations half as large again raise the error by half
    pool = Pool("pot", **ALLIANCE, gain=0.5, loss=0.3)
    assert share(pool, 660.0, error=0.1) == pytest.approx(0.5 - 0.2 * 0.011257, abs=1e-6)
    blurred = 0.5 - 0.2 * (0.011257 + 0.222076)
    assert share(pool, 660.0, error=0.1, growth=1.5) == pytest.approx(blurred, abs=1e-6)


def test_doing_more_costs_members_their_part_of_what_the_pool_pays():
    tariff = Tariff(name="visits", payer="pot", prices={"visits": 10.0})
    pool = Pool("pot", **ALLIANCE, gain=0.5, loss=0.5, charges={"visits": 3.0, "nights": 100.0})
    pools = made(pool)
    hospitals = pools.model.hospitals
    paid = SOME | {"hospital": [held(tariff, [True, True])]}
    now = hospitals.expected()
    more = now | {"visits": now["visits"] + np.array([2.0, 4.0])}
    found = pools.marginal(hospitals, paid, now, more)
    assert_allclose(found, [-0.6 * 0.75 * 0.5 * 26.0, -0.6 * 0.25 * 0.5 * 52.0])
    assert_allclose(pools.marginal(pools.model.cohorts[1], paid, now, more), [0.0, 0.0])
    twice = made(pool, Pool("tin", **ALLIANCE))
    assert_allclose(twice.marginal(hospitals, paid, now, more), found)


def test_extra_spending_is_of_terms_and_charges():
    now, more = ({"visits": np.array(v)} for v in ([1.0, 2.0], [4.0, 3.0]))
    first, second = (held(Tariff(prices={"visits": p}), [True, True]) for p in (10.0, 1.0))
    assert_allclose(extra_spending([first, second], {}, now, more), [33.0, 11.0])
    assert_allclose(extra_spending([first], {"visits": 2.0}, now, more), [36.0, 12.0])
    assert extra_spending([], {}, now, more) == 0.0
    assert paid_from(Pool("pot"), SOME["hospital"]) == SOME["hospital"][1:]


def test_plans_expect_the_pools_result_over_forecast_errors():
    paid = [held(Tariff(payer="pot", prices={"visits": 10.0}), [True, True])]
    pool = Pool("pot", **ALLIANCE, gain=0.5, loss=0.25, cap=0.2, charges={"visits": 2.0, "nights": 9.0})
    part = PoolShare(pool, np.array([0.45, 0.15]), 100.0, 1000.0, 0.1)
    column = {"people_at_start": np.ones((2, 1)), "visits.level": np.array([[10.0], [20.0]])}
    plans = np.array([[12.0], [15.0]]) * np.ones(NODES.size)
    found = part.due(column | {"visits": plans}, paid)
    want = np.zeros((2, NODES.size))
    for row, (weight, left) in enumerate([(0.45, 100.0 - 24.0), (0.15, 100.0 + 60.0)]):
        for k, node in enumerate(NODES):
            surplus = left + 100.0 * node
            want[row, k] = weight * (min(0.5 * surplus, 200.0) if surplus > 0 else max(0.25 * surplus, -200.0))
    assert_allclose(found, want)
    assert part.due({"visits": plans}, paid) == 0.0  # the year to date: the money moves when the pool settles


def test_a_contract_counts_the_pools_only_for_those_who_share_in_them():
    pool = Pool("pot", **ALLIANCE, gain=0.5, loss=0.5)
    pools = made(pool, Pool("tin", **ALLIANCE), error=0.07, growth=1.5)
    hospitals, practices, _ = pools.model.cohorts
    assert type(pools.contract(hospitals, SOME["hospital"])) is Holdings  # not open yet
    pools.open_and_close(0, SOME)
    pools.surplus["pot"] = 30.0
    contract = pools.contract(hospitals, SOME["hospital"])
    (share,) = contract.shares
    assert (share.pool, share.surplus, share.budget, share.error) == (pool, 30.0, 6600.0, 0.07)
    assert_allclose(share.weights, [0.6, 0.0])
    assert type(pools.contract(practices, [])) is Holdings
    # £2 a head for both and £8 for the first; in plans at their level, the first also has 0.6 of half the surplus
    assert_allclose(contract.due(hospitals.expected()), [3000.0, 200.0])
    column = {"people_at_start": np.array([[300.0], [100.0]]), "share_at_start": np.array([[0.75], [0.25]])}
    plan = {**column, "elapsed": 1.0, "visits": np.ones((2, NODES.size)), "visits.level": np.ones((2, 1))}
    middle = contract.due(plan)[:, NODES.size // 2]
    assert_allclose(middle, [3000.0 + 0.6 * 0.5 * 30.0, 200.0])
    both = PooledContract(SOME["hospital"], [share, share])
    assert_allclose(both.due(plan)[:, NODES.size // 2], [3000.0 + 2 * 9.0, 200.0])
