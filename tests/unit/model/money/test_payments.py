"""Every payment of four weeks, and what a change within the year leaves owed; pence worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from fundingflows.model.contracts.holding import Holding, Holdings
from fundingflows.model.contracts.terms.block import Block
from fundingflows.model.contracts.terms.floating_point import FloatingPoint
from fundingflows.model.contracts.terms.outcome import Outcome
from fundingflows.model.contracts.terms.tariff import Tariff
from fundingflows.model.money.account import Account, continued, keeping, pence
from fundingflows.model.money.ledger import Ledger
from fundingflows.model.money.payments import STAFF, YEARS, Payments, accounts
from numpy.testing import assert_allclose

EVERYONE, FIRST, NOBODY = np.ones(2, bool), np.array([True, False]), np.zeros(2, bool)
PRICE = Tariff(prices={"visits": 10.0}, name="fees")


class Cohort:
    """Two providers of a kind, or one; their activity and costs are given."""

    TALLIED = ("visits",)

    def __init__(self, kind, names, commissioner, cost=0.0):
        self.kind, self.names, self.row, self.cost = kind, names, commissioner, cost
        self.contract = None
        self.borrowed = np.zeros(len(names))
        self.this_year = np.zeros((1, len(names)))

    def __len__(self):
        return len(self.names)

    def learn(self, facts):
        """Nothing: its contracts refer to no facts from outside."""

    @property
    def year(self):
        return {"visits": self.this_year[0]}

    def commissioner(self):
        return np.array(self.row)

    def costs(self, done, weeks):
        return self.cost * done["visits"] * weeks

    def to_date(self, elapsed):
        n = len(self)
        share = np.full(n, 1.0 / n)
        people = {
            "people_at_start": np.full(n, 100.0),
            "share_at_start": share,
            "people_flat": np.full(n, 100.0) * elapsed,
        }
        return {"elapsed": elapsed, **people, "visits": self.year["visits"], "visits.before": np.full(n, 20.0)}


class Care(Cohort):
    """Social care of one council: £700 of care it answers for, of which clients pay £200, and £90 of self-funded."""

    @property
    def part(self):
        return np.array([1.0]) if len(self) == 1 else np.array([0.25, 0.75])

    def care_weeks(self, done):
        return {"home": done["visits"]}

    def own_costs(self, weeks, years):
        return 7.0 * weeks["home"]

    def contributions(self, weeks, years):
        return 2.0 * weeks["home"]

    def self_paid(self, weeks, years):
        return np.full(len(self), 90.0)

    def nhs_paid(self, weeks):
        return 0.4 * weeks["home"]


def economy(councils=("c",), pools=None):
    """Two commissioners with a quarter and three quarters of the people; £5,200 a year, £400 in four weeks."""
    practices, hospitals = Cohort("practice", ["a", "b"], [0, 1], 2.0), Cohort("hospital", ["h"], [1], 5.0)
    community = Cohort("community", ["near", "far"], [0, 1])
    care = Care("social_care", ["home_care", "other_care"][: len(councils)], [1, 0][: len(councils)], 8.0)
    money = {f"block_{name}": 0.0 for name in ("mental_health", "prescribing", "ambulance", "other")}
    parameters = SimpleNamespace(
        money=SimpleNamespace(
            **money,
            block_continuing_care=26.0,
            deficit_interest=0.1,
            deficit_limit=0.2,
            surplus_limit=0.2,
            deficit_tolerance=0.01,
            squeeze_order_primary_care=1,
            squeeze_order_specialised=2,
            squeeze_least_primary_care=0.9,
            squeeze_least_specialised=0.9,
        ),
        social_care=SimpleNamespace(council_tax_share=0.6, better_care_fund=1.3),
    )
    allocations = {"commissioner": 5200.0, "nhs_england": 1300.0, "council": 2600.0}
    made = SimpleNamespace(
        week=4, timetable=None, held_links=frozenset(), parameters=parameters,
        case=SimpleNamespace(funding=pools, usual=None),
        place=SimpleNamespace(file=SimpleNamespace(councils=[SimpleNamespace(id=name) for name in councils])),
        practices=practices, hospitals=hospitals, social_care=care, community=community,
        cohorts=(practices, hospitals, care, community),
        treasury=SimpleNamespace(people=100.0, growth=1.0, allocations=lambda: allocations),
        commissioners=SimpleNamespace(
            names=["west", "east"], part=np.array([0.25, 0.75]), extra=np.array([0.0, 130.0]),
            shares={"community": np.array([1.0, 0.5]), "other_services": np.ones(2), "hospital_pay": np.ones(2)},
        ),
    )  # fmt: skip
    made.ledger = Ledger(accounts(made))
    made.payments = Payments(made)
    return made


@pytest.fixture
def model():
    return economy()


def flow(model, payer, payee, purpose):
    return int(model.ledger.flows(payer, payee, purpose).pence.sum())


def test_public_money_is_a_thirteenth_of_the_years_divided_by_people(model):
    model.payments.pay(YEARS)
    assert flow(model, "treasury", "west", "allocation") == 100_00
    assert flow(model, "treasury", "east", "allocation") == 300_00
    assert flow(model, "treasury", "nhs_england", "allocation") == 100_00
    assert flow(model, "treasury", "council", "grant") == 80_00  # 40 % of £200
    assert flow(model, "council_taxpayers", "council", "council tax") == 120_00
    assert flow(model, "east", "council", "better care fund") == 10_00  # £1.30 x 100 people / 13


def test_community_services_are_paid_what_a_squeeze_leaves_and_savings_set_aside(model):
    model.community.contract = (Block(per_head=13.0, name="nursing"),)
    model.payments.pay(YEARS)
    # £13 x 100 people / 13 = £100 each: in full, and halved with £130 / 13 more
    assert flow(model, "west", "near", "nursing") == 100_00
    assert flow(model, "east", "far", "nursing") == 50_00
    assert flow(model, "east", "far", "savings spent") == 10_00
    assert model.payments.income["community"].tolist() == [100.0, 60.0]


def test_blocks_are_paid_by_people_and_spent_at_once(model):
    model.social_care.this_year[:] = 100.0
    model.payments.pay(YEARS)
    # continuing care: £200, of which £40 pay NHS-funded places
    assert flow(model, "continuing_care", "home_care", "NHS-funded places") == 40_00
    assert flow(model, "continuing_care", STAFF, "running cost") == 160_00
    assert model.ledger.balance("continuing_care") == 0


def test_a_councils_own_cost_is_its_care_less_what_clients_pay(model):
    model.social_care.this_year[:] = 100.0
    model.payments.pay(YEARS)
    assert_allclose(model.payments.own_care, [500.0])  # £700 − £200
    assert flow(model, "clients", "home_care", "client contribution") == 200_00
    assert flow(model, "clients", "home_care", "self-funded care") == 90_00
    assert_allclose(model.payments.income["social_care"], [200.0 + 90.0 + 40.0])
    model.payments.pay(2 * YEARS)  # no more care since: nothing more of it
    assert_allclose(model.payments.own_care, [500.0])


def test_providers_spend_what_their_work_since_the_last_payment_costs(model):
    model.practices.contract = (Block(per_head=13.0, name="core"),)
    model.practices.this_year[:] = [[3.0, 5.0]]
    model.hospitals.this_year[:] = 2.0
    model.payments.pay(YEARS)
    assert_allclose(model.payments.income["practice"], [100.0, 100.0])
    assert_allclose(model.payments.cost["practice"], [24.0, 40.0])  # £2 x visits x 4 weeks
    drawings = model.ledger.flows(purpose="partners' drawings")
    assert dict(zip(drawings.payer, drawings.pence, strict=True)) == {"a": 76_00, "b": 60_00}
    assert model.ledger.balance("h") == -40_00
    model.payments.pay(2 * YEARS)
    assert model.ledger.balance("h") == -40_00
    model.payments.year_end()
    assert flow(model, "treasury", "h", "loan") == 40_00
    assert model.ledger.balance("h") == 0
    assert model.payments.cost["hospital"].tolist() == [0.0]


def test_each_provider_is_paid_by_its_own_commissioner(model):
    model.practices.contract = (Block(per_head=13.0, name="core"),)
    model.payments.pay(YEARS)
    assert flow(model, "west", "a", "core") == flow(model, "east", "b", "core") == 100_00
    assert model.payments.payers("social_care", Block()) == ["council"]
    assert model.payments.payers("practice", Block(payer="nhs_england")) == "nhs_england"


def test_a_payment_is_the_change_in_what_is_owed_beyond_the_marginal_rate_too():
    half = Tariff(prices={"visits": 10.0}, marginal_rate=0.5)
    account = Account(Holding(-1, half, EVERYONE, EVERYONE), np.array([150_00, 150_00]))
    activity = {"elapsed": 1.0, "people_at_start": np.ones(2), "visits.before": np.full(2, 20.0)}
    activity["visits"] = np.array([15.0, 30.0])
    assert account.unpaid(activity).tolist() == [0, 250_00 - 150_00]  # 20 in full, 10 at half price
    assert account.unpaid({**activity, "visits": np.array([12.0, 20.0])}).tolist() == [-30_00, 50_00]


def test_pence_round_to_the_nearest_halves_to_even():
    assert pence([0.004, 0.006, -0.006, 0.125, 0.375]).tolist() == [0, 1, -1, 12, 38]
    assert pence(1.0).shape == (1,)


def test_who_joins_within_the_year_is_counted_from_then():
    old, new = Holding(-1, PRICE, FIRST, EVERYONE), Holding(-1, PRICE, EVERYONE, EVERYONE)
    before = Account(old, np.array([50_00, 0]))
    after = continued(new, before, {"visits": np.array([5.0, 8.0])}, ["visits"])
    assert after.paid.tolist() == [50_00, 0]
    assert after.joined_at["visits"].tolist() == [0.0, 8.0]
    later = {"people_at_start": np.ones(2), "visits": np.array([7.0, 9.0])}
    assert after.unpaid(later).tolist() == [20_00, 10_00]


def test_a_new_term_within_the_year_starts_at_nothing():
    after = continued(Holding(0, PRICE, FIRST, EVERYONE), None, {"visits": np.array([5.0, 8.0])}, ["visits"])
    assert after.paid.tolist() == [0, 0]
    assert after.joined_at["visits"].tolist() == [5.0, 8.0]


def test_a_shared_pot_is_counted_anew_when_its_holders_change():
    pot = Holding(-1, FloatingPoint(points={"visits": 1.0}), EVERYONE, EVERYONE)
    assert keeping(pot, FIRST).tolist() == NOBODY.tolist()
    assert keeping(pot, EVERYONE).tolist() == EVERYONE.tolist()
    assert keeping(Holding(-1, PRICE, EVERYONE, EVERYONE), FIRST).tolist() == FIRST.tolist()


def test_leavers_are_paid_to_the_day_and_keep_it(model):
    practices = model.practices
    old, new = [Holding(-1, PRICE, EVERYONE, EVERYONE)], [Holding(-1, PRICE, FIRST, EVERYONE)]
    practices.this_year[:] = [[4.0, 6.0]]
    model.payments.accounts["practice"] = [Account(old[0], np.array([10_00, 10_00]))]
    model.payments.renew(practices, old, new, 0.25)
    assert flow(model, "east", "b", "fees") == 50_00  # 6 visits less what was paid
    assert flow(model, "west", "a", "fees") == 0
    assert model.payments.income["practice"].tolist() == [0.0, 50.0]
    (account,) = model.payments.accounts["practice"]
    assert account.paid.tolist() == [10_00, 0]
    assert account.joined_at["visits"].tolist() == [0.0, 6.0]


def test_providers_paid_by_a_pool_earn_it(model):
    model.payments.pay_rows("clients", "practice", np.array([1]), np.array([7_00]), "gift")
    assert model.payments.income["practice"].tolist() == [0.0, 7.0]
    assert model.payments.quarter["practice"].tolist() == [0, 700]


def test_blocks_and_the_better_care_fund_grow_with_allocations(model):
    model.treasury.growth = 1.25
    model.payments.pay(YEARS)
    # £26 a head × 100 people × 1.25 in thirteen payments: £250, a quarter of it west's
    assert flow(model, "west", "continuing_care", "continuing care") == 62_50
    assert flow(model, "east", "council", "better care fund") == 12_50  # £1.30 a head


class Closing:
    """A term that owes £7 when the year is over, and nothing before."""

    name, payer, depends_on_last_year = "at the end", "commissioner", False

    def due(self, activity):
        return np.full(2, 7.0 if activity["closing"] else 0.0)


@pytest.mark.parametrize(("elapsed", "owed"), [(12 / 13, 0), (1.0, 7_00)])
def test_a_year_closes_with_its_last_payment(model, elapsed, owed):
    model.practices.contract = Holdings([Holding(-1, Closing(), EVERYONE, EVERYONE)])
    model.payments.pay(elapsed)
    assert flow(model, "west", "a", "at the end") == owed


def test_what_is_paid_in_advance_is_settled_with_the_last_payment_of_the_year(model):
    practices = model.practices
    practices.contract = (Outcome(indicator="visits", start=0.0, target=10.0, per_head=13.0, form="withheld"),)
    practices.this_year[:] = [[10.0, 5.0]]
    model.payments.pay(12 * YEARS)
    assert flow(model, "east", "b", "outcome") == 1200_00  # in advance: all of £13 x 100 people x 12/13
    model.payments.settle()
    assert flow(model, "west", "a", "outcome") == 1300_00
    assert flow(model, "east", "b", "outcome") - flow(model, "b", "east", "outcome") == 650_00  # half is earned


def test_every_account_of_a_place():
    pools = SimpleNamespace(pools=[SimpleNamespace(name="alliance")])
    assert accounts(economy(pools=pools)) == [
        "treasury", "council_taxpayers", "clients", "west", "east", "nhs_england", "council", "a", "b", "h",
        "home_care", "near", "far", "alliance", "mental_health", "pharmacies", "continuing_care", "other_nhs", STAFF,
    ]  # fmt: skip
    assert accounts(economy(("c", "d")))[6:8] == ["council c", "council d"]


def test_councils_divide_their_money_and_pay_their_own_care():
    model = economy(("c", "d"))
    model.social_care.contract = (Block(per_head=13.0, name="home care"),)
    model.social_care.this_year[:] = [[100.0, 200.0]]
    model.payments.pay(YEARS)
    assert flow(model, "treasury", "council c", "grant") == 20_00  # a quarter of 40 % of £200
    assert flow(model, "council_taxpayers", "council d", "council tax") == 90_00
    assert flow(model, "east", "council c", "better care fund") == 2_50
    assert flow(model, "west", "council d", "better care fund") == 7_50
    assert flow(model, "council c", "home_care", "home care") == flow(model, "council d", "other_care", "home care")
    assert flow(model, "council d", "other_care", "home care") == 100_00
    assert_allclose(model.payments.own_care, [500.0, 1000.0])
    assert flow(model, "continuing_care", "other_care", "NHS-funded places") == 80_00
    assert flow(model, "continuing_care", STAFF, "running cost") == 80_00  # £200 less £40 and £80
    assert_allclose(model.payments.income["social_care"], [100 + 200 + 90 + 40, 100 + 400 + 90 + 80])
    model.payments.pay(2 * YEARS)
    assert_allclose(model.payments.income["social_care"], [430 + 100 + 90, 670 + 100 + 90])
    assert model.payments.quarter["social_care"].tolist() == [200_00, 200_00]  # under contracts
    model.payments.year_end()
    assert [x.tolist() for x in (model.payments.income["social_care"], model.payments.own_care)] == [[0.0, 0.0]] * 2


def test_each_service_outside_the_model_has_its_own_block(model):
    money = model.parameters.money
    money.block_mental_health, money.block_prescribing, money.block_ambulance, money.block_other = 1.3, 2.6, 3.9, 5.2
    model.payments.pay(YEARS)
    paid = {
        "mental_health": ("mental health", 10_00), "pharmacies": ("prescribing", 20_00),
        "other_nhs": ("ambulance and other services", 30_00 + 40_00), "continuing_care": ("continuing care", 200_00),
    }  # fmt: skip
    for account, (purpose, amount) in paid.items():
        assert flow(model, "west", account, purpose) == amount / 4
        assert flow(model, "east", account, purpose) == amount * 3 / 4
        assert flow(model, account, STAFF, "running cost") == amount
        assert model.ledger.balance(account) == 0


def test_pools_are_paid_every_four_weeks_in_their_week(model):
    weeks = []
    model.timetable = SimpleNamespace(pools=SimpleNamespace(pay=weeks.append, budget={}))
    model.payments.pay(YEARS)
    assert weeks == [4]


def test_hospitals_keep_what_they_have_earned_and_are_lent_only_what_they_lost(model):
    model.ledger.pay("treasury", "h", 5_00, "gift")
    model.hospitals.this_year[:] = 1.0
    model.payments.seen["hospital"] = model.hospitals.this_year.copy()
    model.payments.year_end()
    assert model.ledger.balance("h") == 5_00
    assert flow(model, "treasury", "h", "loan") == 0
    assert model.payments.seen == model.payments.accounts == {}


def test_hospitals_pay_interest_on_what_they_borrowed_and_it_is_cost_of_the_next_year(model):
    model.parameters.money.deficit_interest = 0.02
    model.hospitals.borrowed = np.array([150.0])
    model.payments.year_end()
    assert flow(model, "h", "treasury", "interest") == 3_00
    assert model.payments.cost["hospital"].tolist() == [3.0]


@pytest.mark.parametrize(
    ("kind", "share", "expected"),
    [("social_care", 0.9, {"council": 0.9, "commissioner": 0.9}), ("social_care", 1.0, {}), ("practice", 0.9, {})],
)
def test_providers_expect_to_be_paid_what_their_payers_have_the_money_for(model, kind, share, expected):
    model.case = SimpleNamespace(funding=None)
    model.payments.council_books.pay[:] = share
    found = model.payments.expected_pay(kind)
    assert {payer: set(part.tolist()) for payer, part in found.items()} == {p: {s} for p, s in expected.items()}


def test_two_payments_to_one_provider_count_twice(model):
    model.payments.pay_rows("clients", "practice", np.array([1, 1, 0]), np.array([7_00, 2_00, -1_00]), "gift")
    assert model.payments.income["practice"].tolist() == [-1.0, 9.0]
    assert model.payments.quarter["practice"].tolist() == [-1_00, 9_00]
    assert flow(model, "a", "clients", "gift") == 1_00


def test_a_change_at_the_years_start_opens_accounts_again(model):
    model.payments.accounts = {"practice": [], "hospital": []}
    model.payments.renew(model.practices, [], [], 0.0)
    assert model.payments.accounts == {"hospital": []}
    model.payments.renew(model.social_care, [], [], 0.0)  # whose account was not open


def test_who_takes_up_a_sum_a_head_within_the_year_is_paid_from_then(model):
    practices = model.practices
    block = Block(per_head=13.0, name="core")
    old, new = [Holding(-1, block, FIRST, EVERYONE)], [Holding(-1, block, EVERYONE, EVERYONE)]
    model.payments.accounts["practice"] = [Account(old[0], np.array([325_00, 0]))]
    practices.this_year[:] = [[4.0, 6.0]]
    model.payments.renew(practices, old, new, 0.25)
    practices.contract = Holdings(new)
    assert model.ledger.flows().empty
    model.payments.pay(0.5)
    assert flow(model, "west", "a", "core") == flow(model, "east", "b", "core") == 325_00  # a quarter of £13 x 100
    (account,) = model.payments.accounts["practice"]
    assert account.joined_at["elapsed"].tolist() == [0.0, 0.25]
    assert account.joined_at["people_flat"].tolist() == [0.0, 25.0]
    assert "people_at_start" not in account.joined_at


def test_rows_that_keep_a_term_twice_are_counted_from_when_they_joined():
    both = Holding(-1, PRICE, EVERYONE, EVERYONE)
    first = continued(both, Account(Holding(-1, PRICE, FIRST, EVERYONE), np.zeros(2, int)), {"visits": 8.0}, ["visits"])
    again = continued(both, first, {"visits": np.array([9.0, 9.0])}, ["visits"])
    assert again.joined_at["visits"].tolist() == [0.0, 8.0]
    kept = continued(both, Account(both, np.array([1, 2])), {"visits": 9.0}, ["visits"])
    assert (kept.paid.tolist(), kept.joined_at) == ([1, 2], {})
    assert continued(both, None, {"visits": 0.0}, ["visits"]).joined_at == {}


def test_who_leaves_a_term_is_settled_as_at_the_years_end(model):
    term = Closing()
    old, new = [Holding(-1, term, EVERYONE, EVERYONE)], [Holding(-1, term, FIRST, EVERYONE)]
    model.payments.accounts["practice"] = [Account(old[0], np.zeros(2, dtype=np.int64))]
    model.payments.renew(model.practices, old, new, 0.25)
    assert flow(model, "east", "b", "at the end") == 7_00
    assert flow(model, "west", "a", "at the end") == 0


@pytest.mark.parametrize(("kind", "name"), [("practice", "a"), ("hospital", "h"), ("social_care", "home_care")])
def test_a_pool_pays_providers_of_the_kind_it_names(model, kind, name):
    model.payments.pay_rows("clients", kind, np.array([0]), np.array([3_00]), "gift")
    assert model.ledger.balance(name) == 3_00
    assert model.payments.income[kind][0] == 3.0


def test_a_deficit_bears_interest_and_the_centre_covers_what_exceeds_the_limit(model):
    # west's limit is a fifth of £1,300, east's of £3,900; a surplus of a fifth and the £130 set aside are kept
    model.ledger.pay("west", STAFF, 300_00, "test")
    model.ledger.pay("treasury", "east", 950_00, "test")
    model.payments.year_end()
    assert flow(model, "west", "treasury", "interest") == 30_00
    assert flow(model, "treasury", "west", "central cover") == 70_00
    assert flow(model, "east", "treasury", "surplus returned") == 40_00
    assert (model.ledger.balance("west"), model.ledger.balance("east")) == (-260_00, 910_00)
    assert flow(model, "east", "treasury", "interest") == flow(model, "west", "treasury", "surplus returned") == 0


def test_a_small_deficit_is_carried_over_with_its_interest(model):
    model.ledger.pay("west", STAFF, 200_00, "test")
    model.payments.year_end()
    assert model.ledger.balance("west") == -220_00


def test_a_council_that_owes_more_than_it_gets_pays_next_year_what_its_money_lasts_for(model):
    model.social_care.contract = (Block(per_head=32.5, name="home care"),)
    model.payments.pay(YEARS)  # £250 of £210
    assert model.payments.council_pay.tolist() == [1.0]
    model.payments.year_end()
    assert_allclose(model.payments.council_pay, [170.0 / 250.0])  # and £40 made good
    model.payments.pay(YEARS)
    assert flow(model, "council", "home_care", "home care") == 250_00 + 170_00
    assert model.ledger.balance("council") == 0
    model.payments.year_end()
    assert_allclose(model.payments.council_pay, [210.0 / 250.0])
    model.social_care.contract = (Block(per_head=13.0, name="home care"),)
    model.payments.pay(YEARS)
    model.payments.year_end()  # £210 less 84 % of £100: £42 are a fifth, the rest goes to others
    assert model.payments.council_pay.tolist() == [1.0]
    assert flow(model, "council", STAFF, "other council services") == 84_00
    assert model.ledger.balance("council") == 42_00


def test_hospitals_are_paid_their_share_of_what_commissioners_owe(model):
    model.commissioners.shares["hospital_pay"] = np.array([0.5, 0.9])  # the hospital's is the second
    rest = Block(per_head=13.0, payer="nhs_england", name="specialised")
    model.hospitals.contract = (Block(per_head=13.0, name="block"), rest)
    model.practices.contract = (Block(per_head=13.0, name="core"),)
    model.payments.pay(YEARS)
    assert (flow(model, "east", "h", "block"), flow(model, "nhs_england", "h", "specialised")) == (90_00, 100_00)
    assert flow(model, "west", "a", "core") == flow(model, "east", "b", "core") == 100_00
    assert_allclose(model.payments.income["hospital"], [190.0])
    model.commissioners.shares["hospital_pay"][1] = 0.8
    model.payments.pay(2 * YEARS)  # a share is of the year to date
    assert flow(model, "east", "h", "block") == 160_00
