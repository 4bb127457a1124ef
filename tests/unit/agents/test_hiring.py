"""Posts that a contract pays back are filled as far as it pays for them, and no faster than people are found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fundingflows.experiments.results import incentives
from fundingflows.model.contracts.contract import Contract
from fundingflows.model.contracts.terms.block import Block
from fundingflows.model.contracts.terms.reimbursement import Reimbursement
from fundingflows.scenarios import FundingFlows, load_funding

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "staff_reimbursed.toml"


def wanted(model, term):
    practices = model.practices
    dues = practices._dues_of_staffing(Contract((term,)))
    start = np.ones(len(practices))
    return practices._staffing().best(dues, practices.usual_staff_pay, practices.usual_income, start)


def test_staff_beyond_those_before_are_paid_for_up_to_a_limit():
    term = Reimbursement(price=1000.0, most_per_head=2.0)
    year = {
        "other_staff_years": np.array([5.0, 3.0]), "other_staff_years.before": np.array([4.0, 4.0]),
        "people_at_start": np.array([300.0, 800.0]), "elapsed": 1.0,
    }  # fmt: skip
    assert term.due(year).tolist() == [600.0, 0.0]
    assert term.due({**year, "elapsed": 0.5}).tolist() == [300.0, 800.0]
    assert Reimbursement(price=1000.0, baseline=0.5).due(year).tolist() == [3000.0, 1000.0]


def test_posts_wanted_follow_what_one_more_is_paid_back(anytown):
    practices, behaviour = anytown.practices, anytown.parameters.behaviour
    pay = 10_000.0 * practices.other_fte / practices.usual_income
    room = behaviour.room_up_staff
    curve = 1.0 + room * np.tanh(pay * behaviour.response_staff / room)
    assert wanted(anytown, Reimbursement(price=10_000.0)) == pytest.approx(curve, abs=5e-3)
    assert wanted(anytown, Block(per_head=50.0)).tolist() == [1.0] * len(practices)


def test_nobody_wants_posts_beyond_the_limit(anytown):
    practices = anytown.practices
    at_limit = 1.0 + 2.0 * practices.usual_list / (30_000.0 * practices.other_fte)
    term = Reimbursement(price=30_000.0, most_per_head=2.0)
    assert wanted(anytown, term) == pytest.approx(at_limit, abs=0.01)  # the search stops near a kink


@pytest.fixture(scope="module")
def pair():
    return [FundingFlows("anytown", f, rng=1, threads=1).run(4) for f in (load_funding(EXAMPLE), "status_quo")]


def test_staff_grow_no_faster_than_people_are_found_and_are_paid_back_to_the_penny(pair):
    paid_back = pair[0]
    staff = [[year["organisations"]["practice"]["other_fte"].sum() for year in m.record.years] for m in pair]
    assert staff[0][0] == staff[1][0]
    assert staff[0][1] > staff[1][1]
    most = paid_back.parameters.general_practice.other_growth_limit
    assert all(
        after - before < 1.02 * most * staff[1][0] for before, after in zip(staff[0], staff[0][1:], strict=False)
    )
    flows = paid_back.ledger.flows(purpose="additional_roles", weeks=(157, 208)).groupby("payee", observed=True)[
        "pence"
    ]
    did = paid_back.record.years[3]["organisations"]["practice"]["other_staff_years"]
    before = paid_back.record.years[0]["organisations"]["practice"]["other_staff_years"]
    due = np.minimum(36_000.0 * (did - before), 7.60 * paid_back.practices.usual_list)
    paid = flows.sum().reindex(paid_back.practices.names, fill_value=0).to_numpy()
    assert paid == pytest.approx(100.0 * np.maximum(due, 0.0), abs=1.0)  # a penny


def test_posts_paid_back_in_full_leave_partners_what_they_had(pair):
    """Fees for what more is done, and what it uses up, are small beside the £7.60 a head that the posts cost."""
    left = [
        [
            (year["organisations"]["practice"]["income"] - year["organisations"]["practice"]["cost"]).sum()
            for year in m.record.years
        ]
        for m in pair
    ]
    assert left[0][2] == pytest.approx(left[1][2], rel=0.05)


def test_posts_that_are_paid_back_bring_no_office_staff(anytown):
    practices = anytown.practices
    usual = practices.expenses(52)
    practices.staffing, practices.paid_posts = practices.staffing + 0.5, np.full(len(practices), 0.4)
    money = anytown.parameters.money
    clinical = (money.practice_cost_nurse + money.practice_cost_direct_care) * practices.usual_list
    office = money.practice_cost_admin * practices.usual_list
    assert practices.expenses(52) - usual == pytest.approx(0.5 * clinical + 0.1 * office)


def test_a_post_paid_back_in_full_costs_nothing_on_the_page_of_incentives(anytown):
    cost = anytown.practices.variable_cost("other_staff_years")
    assert 20_000.0 < cost < 40_000.0
    terms = Contract((Reimbursement(price=cost, baseline=0.0),))
    by = {**anytown.timetable.held, "practice": incentives.holdings_of(terms, len(anytown.practices))}
    table = incentives.table(anytown, by=by).set_index(["kind", "unit"])
    row = table.loc[("practice", "one more nurse or clinician for a year")]
    assert row["pays"] == pytest.approx(row["costs"])
