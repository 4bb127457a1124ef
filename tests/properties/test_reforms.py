"""Dated changes: who they reach, what is owed before and after, and that behaviour follows what is paid."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from fundingflows.agents.patients.events import EVENTS
from fundingflows.model.clock import week_of
from fundingflows.model.contracts.change import rank
from fundingflows.model.contracts.contract import Contract
from fundingflows.model.contracts.holding import Holding, Holdings
from fundingflows.model.contracts.terms.block import Block
from fundingflows.model.contracts.terms.tariff import Tariff
from fundingflows.scenarios import FundingFlows, load_funding
from numpy.testing import assert_allclose

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
HEAD = 'title = "t"\nquestion = "q"\nsource = "s"\nextends = "{base}"\n'
FEE = """
[[changes.add_terms]]
term = "tariff"
name = "fee"
payer = "nhs_england"
prices = { gp_consultations = 1.0 }
"""


@pytest.fixture
def made(tmp_path):
    """Anytown under a funding file made of these changes."""

    def make(text: str, base: str = "status_quo", **options):
        (tmp_path / "mine.toml").write_text(HEAD.format(base=base) + text)
        return FundingFlows("anytown", load_funding(tmp_path / "mine.toml"), **{"rng": 1, **options})

    return make


def paid(model, purpose: str, weeks=None) -> np.ndarray:
    """Pence to each practice, claw-backs taken off."""
    flows = model.ledger.flows(purpose=purpose, weeks=weeks)
    sums = [flows.pence[flows.payee == n].sum() - flows.pence[flows.payer == n].sum() for n in model.practices.names]
    return np.array(sums)


# when and who ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "week"),
    [("2015-04-01", 0), ("2015-04-09", 1), ("2016-03-31", 51), ("2016-04-01", 52), ("2017-04-01", 104),
     ("2016-10-01", 78), ("2015-03-31", -1), ("2020-04-01", 260)],
)  # fmt: skip
def test_each_first_of_april_begins_a_year_of_52_weeks(day, week):
    assert week_of(date.fromisoformat(day), date(2015, 4, 1)) == week


def test_another_first_day_moves_the_calendar():
    assert week_of(date(2014, 6, 1), date(2014, 6, 1)) == 0
    assert week_of(date(2017, 2, 28), date(2016, 2, 29)) == 52


def test_a_random_share_is_exact_nested_and_the_same_in_every_run(made):
    change = '[[changes]]\nwhen = 2016-04-01\nwho = {{ kind = "practice", share = {0}, draw = "{1}" }}\narm = "a"\n'
    arms = {
        (share, draw, seed): set(
            np.flatnonzero(made(change.format(share, draw), rng=seed).timetable.provisions.rows["practice"][0])
        )
        for share, draw, seed in [(0.34, "", 1), (0.34, "", 2), (0.5, "", 1), (0.5, "again", 1)]
    }
    assert arms[0.34, "", 1] == arms[0.34, "", 2]
    assert [len(rows) for rows in arms.values()] == [2, 2, 3, 3]
    assert arms[0.34, "", 1] < arms[0.5, "", 1]
    assert rank("anytown", "practice", ["a", "b", "c", "d"], "").tolist() != [0, 1, 2, 3]


def test_arms_and_their_years_are_in_the_table_of_organisations(made):
    from fundingflows.model.record import organisations

    text = '[[changes]]\nwhen = 2015-10-01\nwho = { kind = "practice", lot = "east" }\narm = "treated"\n' + FEE
    table = organisations(made(text, freeze_behaviour=True).run(2))
    practices = table[table.kind == "practice"]
    assert practices[practices.lot == "east"].arm.unique().tolist() == ["treated"]
    assert practices[practices.lot == "west"].arm.unique().tolist() == ["control"]
    assert_allclose(practices[practices.arm == "treated"].groupby("year").treated.mean(), [26 / 52, 1.0])
    assert practices[practices.arm == "control"].treated.max() == 0.0
    assert table[table.kind == "hospital"].arm.unique().tolist() == [""]


# what is owed -----------------------------------------------------------------------------------------------------


def test_lines_pay_each_row_what_its_own_contract_would():
    every = np.ones(4, dtype=bool)
    some = np.array([True, False, True, False])
    terms = (Tariff(prices={"visits": 2.0}, marginal_rate=0.5), Block(per_head=3.0))
    held = Holdings([Holding(-1, terms[0], ~some, every), Holding(0, terms[1], some, some)])
    activity = {
        "visits": np.array([9.0, 7.0, 5.0, 3.0]), "visits.before": np.full(4, 4.0), "elapsed": 1.0,
        "people_at_start": np.arange(4.0), "share_at_start": np.full(4, 0.25),
    }  # fmt: skip
    alone = [Contract((t,)).due(activity) for t in terms]
    assert_allclose(held.due(activity), np.where(some, alone[1], alone[0]))
    plans = {k: v if np.ndim(v) == 0 else np.broadcast_to(v[:, None], (3, 4, 5)) for k, v in activity.items()}
    plans |= {k: activity[k][:, None] for k in ("people_at_start", "share_at_start", "visits.before")}
    assert_allclose(held.due(plans), np.broadcast_to(held.due(activity)[:, None], (3, 4, 5)))


def test_a_sum_for_a_group_is_shared_within_it(made):
    text = """
[[changes]]
when = 2015-04-01
who = { kind = "practice", lot = "east" }
add_terms = [ { term = "block", name = "gift", payer = "nhs_england", amount = 52000.0 } ]
"""
    model = made(text, freeze_behaviour=True)
    for _ in range(52):
        model.step()
    got = paid(model, "gift")
    east = np.asarray(model.place.practices.lot == "east")
    assert got[~east].tolist() == [0, 0, 0]
    assert got.sum() == pytest.approx(5_200_000, abs=3)


def test_a_fee_from_the_middle_of_a_year_counts_from_then(made):
    text = '[[changes]]\nwhen = 2015-08-19\nwho = { kind = "practice" }\n' + FEE
    model = made(text, freeze_behaviour=True)
    assert model.timetable.provisions.weeks == [19]  # not a week of payment
    while model.week < 19:
        model.step()
    before = model.practices.year["gp_consultations"].copy()
    while model.week < 52:
        model.step()
    assert model.ledger.flows(purpose="fee").week.min() == 20
    did = np.array([week[:, EVENTS.index("gp_consultations")] for week in model.record.practice])
    assert_allclose(did[:19].sum(axis=0), before)
    assert paid(model, "fee").tolist() == (did[19:52].sum(axis=0) * 100).tolist()


def test_what_was_owed_before_a_change_stays_owed_and_the_new_contract_counts_from_it(made):
    text = """
[[changes]]
when = 2015-08-19
who = { kind = "practice", lot = "west" }
contract = [ { term = "block", name = "new", payer = "nhs_england", per_head = 104.0 } ]
"""
    base = {"contracts.practice.premises_and_other.per_head": 52.0}
    model = made(text, freeze_behaviour=True)
    model = FundingFlows("anytown", model.case.funding.changed(base), rng=1, freeze_behaviour=True)
    for _ in range(52):
        model.step()
        assert model.ledger.total() == 0
    west = np.asarray(model.place.practices.lot == "west")
    people = model.practices.usual_list
    assert_allclose(paid(model, "premises_and_other") / 100, np.where(west, 19.0, 52.0) * people, atol=0.02)
    assert_allclose(paid(model, "new") / 100, np.where(west, 104.0 * 33 / 52, 0.0) * people, atol=0.02)


def test_what_a_change_leaves_alone_goes_on_to_the_penny(made):
    fee = '[[changes]]\nwhen = 2015-08-19\nwho = { kind = "practice", lot = "west" }\n' + FEE
    models = [made(text, freeze_behaviour=True) for text in (fee, "")]
    for model in models:
        while model.week < 26:  # later the fee has bought staff, and what they do is paid
            model.step()
    for term in load_funding("status_quo").contracts["practice"]:
        assert paid(models[0], term.name).tolist() == paid(models[1], term.name).tolist(), term.name


def test_a_withheld_sum_is_settled_when_its_contract_ends_before_the_year(made):
    text = """
[[changes]]
when = 2015-04-01
until = 2015-10-01
who = { kind = "practice" }
[[changes.add_terms]]
term = "outcome"
name = "held_back"
payer = "nhs_england"
indicator = "access"
start = 0.999
target = 1.0
per_head = 10.0
form = "withheld"
"""
    model = made(text, freeze_behaviour=True)
    while model.week < 26:
        model.step()
    assert paid(model, "held_back").min() > 0
    model.step()
    assert (paid(model, "held_back") == 0).any()  # not earned, so taken back in full
    assert [line.term.name for line in model.timetable.held["practice"]] == [
        term.name for term in load_funding("status_quo").contracts["practice"]
    ]


def test_a_scheme_that_ends_leaves_the_contract_as_it_was(made):
    model = FundingFlows("anytown", str(EXAMPLES / "scheme_withdrawn.toml"), rng=1, freeze_behaviour=True)
    names = {}
    for week in (0, 52, 103, 104, 208):
        names[week] = [term.name for _, term, _ in model.timetable.provisions.terms("hospital", week, {})]
    assert "waiting_bonus" in names[52]
    assert names[52] == names[103] == [*names[0], "waiting_bonus"]
    assert names[104] == names[208] == names[0]


def test_steps_over_years_are_equal_and_dated(made):
    model = FundingFlows("anytown", str(EXAMPLES / "council_cut.toml"), rng=1)
    base = model.parameters.social_care.council_budget
    provisions = model.timetable.provisions
    budgets = [provisions.parameters(w).social_care.council_budget / base for w in (51, 52, 104, 156, 208, 600)]
    assert_allclose(budgets, [1.0, 0.95, 0.9, 0.85, 0.8, 0.8])
    heads = [provisions.terms("social_care", w, {})[0][1].rate / 276.84 for w in (51, 52, 104, 156, 208)]
    assert_allclose(heads, [1.0, 0.95, 0.9, 0.85, 0.8])


def test_a_contract_spread_over_years_reaches_equal_groups(made):
    model = made('[[changes]]\nwhen = 2016-04-01\nover = 3\nwho = { kind = "practice" }\n' + FEE)
    reached = [model.timetable.provisions.active("practice", w).get(0, np.zeros(6, bool)) for w in (51, 52, 104, 156)]
    assert [int(rows.sum()) for rows in reached] == [0, 2, 4, 6]
    assert (reached[1] <= reached[2]).all()


def test_numbers_change_for_the_whole_model_on_the_day(made):
    model = made('[[changes]]\nwhen = 2015-08-19\nset = { "money.commissioner_allocation" = { multiply = 2.0 } }\n')
    while model.week < 24:
        model.step()
    flows = model.ledger.flows(purpose="allocation").query("payee == 'commissioner'").set_index("week").pence
    assert flows[24] == pytest.approx(2 * flows[16], rel=1e-6)
    assert model.hospitals.p is model.practices.p is model.commissioners.p is model.parameters


def test_chances_follow_numbers_that_people_live_by(made):
    path = "hospital.other_referral_rate"
    models = [
        made(f'[[changes]]\nwhen = 2015-07-01\nset = {{ "{path}" = {{ multiply = {x} }} }}\n') for x in (1.0, 1.5)
    ]
    for model in models:
        model.run(0.75)
    k = EVENTS.index("other_referrals")
    more, usual = (sum(week.sum(axis=0)[k] for week in m.record.practice[26:]) for m in reversed(models))
    assert more / usual == pytest.approx(1.5, abs=0.1)


def test_capacity_comes_and_goes(made):
    text = """
[[changes]]
when = 2015-07-01
until = 2015-10-01
who = { kind = "practice", lot = "east" }
set = { "capacity.practice.gps" = { multiply = 1.5 } }
"""
    model = made(text, freeze_behaviour=True)
    east = np.asarray(model.place.practices.lot == "east")
    usual = model.practices.usual_fte
    while model.week < 14:
        model.step()
    assert_allclose(model.practices.gp_fte[east] / usual[east], 1.5, rtol=0.05)
    assert_allclose(model.practices.gp_fte[~east] / usual[~east], 1.0, rtol=0.05)
    model.run(0.75)
    assert_allclose(model.practices.gp_fte / usual, 1.0, rtol=0.05)


# what providers make of it ------------------------------------------------------------------------------------------


def test_only_the_treated_answer_a_fee_and_only_after_it_begins(made):
    text = '[[changes]]\nwhen = 2015-10-01\nwho = { kind = "practice", lot = "east" }\n' + FEE.replace("1.0", "30.0")
    levers = np.array(made(text).run(1).record.quarterly["practice_levers"])[:, :, 0]
    usual = np.array(made("").run(1).record.quarterly["practice_levers"])[:, :, 0]
    east = np.array([True, True, False, True, False, False])
    assert np.array_equal(levers[:2], usual[:2])
    assert (levers[-1, east] > usual[-1, east] + 0.004).all()
    assert_allclose(levers[-1, ~east], usual[-1, ~east], atol=2e-3)


BUDGET = """
[[changes]]
when = 2016-04-01
{announced}
who = {{ kind = "practice" }}
[[changes.contract]]
term = "tariff"
name = "budget_on_last_year"
payer = "nhs_england"
prices = {{ gp_consultations = 40.0, other_consultations = 20.0 }}
cap = 1.0
floor = 1.0
"""


def test_a_budget_set_on_the_year_before_is_inflated_only_by_those_who_know_of_it(made):
    blind, told = (
        np.mean(made(BUDGET.format(announced=text), "capitated").run(1).practices.lever("appointments"))
        for text in ("", "announced = 2015-05-01")
    )
    assert blind == pytest.approx(1.0, abs=0.01)
    assert told > 1.02


def test_a_budget_starts_from_the_year_before_it_began(made):
    model = made(BUDGET.format(announced=""), "capitated").run(1)
    lately = model.practices.lately("gp_consultations")
    model.step()
    line = model.timetable.held["practice"][0]
    assert_allclose(line.before["gp_consultations"], lately)
    assert not np.allclose(lately, model.practices.before["gp_consultations"])


OFFER = """
[[changes]]
when = 2015-04-01
who = {{ kind = "practice", volunteers = true }}
arm = "offered"
contract = [ {{ term = "block", name = "offer", payer = "nhs_england", per_head = {0} }} ]

[[changes]]
when = 2016-04-01
set = {{ "contracts.practice.offer.per_head" = {1} }}
"""


def test_volunteers_take_what_is_worth_more_and_leave_when_it_is_not(made):
    better, worse = made(OFFER.format(200.0, 50.0)), made(OFFER.format(50.0, 200.0))
    for model, first in ((better, 6), (worse, 0)):
        model.step()
        assert model.timetable.joined[0].sum() == first
        while model.week < 53:
            model.step()
        assert model.timetable.joined[0].sum() == 6 - first
        assert model.ledger.total() == 0
    assert paid(better, "offer", (53, 56)).sum() == 0
    assert paid(worse, "offer").sum() == 0


STEPS = """
[[changes]]
when = 2015-04-01
over = 3
who = {{ kind = "practice", volunteers = true }}
contract = [ {{ term = "block", name = "offer", payer = "nhs_england", per_head = {0} }} ]
"""


def test_an_offer_in_steps_reaches_equal_groups_of_those_who_want_it(made):
    welcome, unwelcome = made(STEPS.format(200.0)), made(STEPS.format(50.0))
    for year in (1, 2, 3):
        for model in (welcome, unwelcome):
            while model.week < 52 * (year - 1) + 1:
                model.step()
        assert welcome.timetable.joined[0].sum() == 2 * year
        assert unwelcome.timetable.joined[0].sum() == 0
    welcome.step()
    assert welcome.ledger.total() == 0
    took = paid(welcome, "offer", (1, 52)) > 0
    assert took.sum() == 2
    assert (paid(welcome, "offer", (53, 104)) > 0)[took].all()  # who has joined stays


def test_practices_that_work_together_share_staff_and_results(made):
    text = '[[changes]]\nwhen = 2015-04-01\nwho = { kind = "practice", lot = "east" }\ntogether = true\n'
    model, alone = made(text, freeze_behaviour=True), made("", freeze_behaviour=True)
    east = np.asarray(model.place.practices.lot == "east")
    for each in (model, alone):  # one of the practices is short of GPs
        each.practices.gp_fte = each.practices.gp_fte * np.where(np.arange(east.size) == east.argmax(), 0.5, 1.0)
        each.run(1)
    assert np.ptp(model.practices.served[east]) < 0.4 * np.ptp(alone.practices.served[east])
    assert_allclose(np.array(model.practices.offer(1.0)).sum(), np.array(alone.practices.offer(1.0)).sum(), rtol=0.05)
    shared = model.practices.measured["access.group"]
    weights = model.practices.usual_list[east]
    assert_allclose(shared[east], np.average(model.practices.measured["access"][east], weights=weights))
    assert_allclose(shared[~east], model.practices.measured["access"][~east])


@pytest.mark.parametrize(
    "name", ["spqs", "somerset_obc", "family_care_networks", "prime_provider", "aligned_incentive"]
)
def test_every_funding_file_conserves_money(name):
    model = FundingFlows("anytown", name, rng=3)
    while model.week < (112 if name == "somerset_obc" else 60):
        model.step()
        assert model.ledger.total() == 0
    flows = model.ledger.flows()
    assert set(flows[flows.payer == "staff_and_suppliers"].purpose) <= {"partners' drawings"}


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.toml")), ids=lambda file: file.stem)
def test_every_example_runs(file):
    model = FundingFlows("anytown", str(file), rng=3)
    while model.week < min(max(model.timetable.provisions.weeks, default=52), 104) + 4:
        model.step()
        assert model.ledger.total() == 0
